import { headerChecksum } from "../../schema/checksum.ts";
import { bits, ipv6Address, octets, u8, u16, u32 } from "../../schema/field.ts";
import { names } from "../../schema/names.ts";
import { protocol, record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import { ipProtocolNames } from "../iana/ip-protocols.ts";
import { ipProtocols } from "./ipv4.ts";
import { shim6Option } from "./shim6-options.ts";

const messageNames = /* @__PURE__ */ names(`
1=I1
2=R1
3=I2
4=R2
5=R1bis
6=I2bis
64=Update Request
65=Update Acknowledgement
66=Keepalive
67=Probe
68=Error`);

const base = protocol({
  name: "shim6",
  label: "Shim6",
  title: "Site Multihoming by IPv6 Intermediation",
  spec: "RFC 5533",
  over: [ipProtocols.at(140)],
})
  .fields({
    nextHeader: u8("Next Header", { filter: "nxt", names: ipProtocolNames, default: 59 }),
    len: u8("Hdr Ext Len", { note: "In words of 8 bytes, the first not counted." }),
    type: u8("Type", {
      filter: "type",
      names: messageNames,
      note: "With its highest bit set, the payload extension header, whose context tag has the rest.",
    }),
  })
  .header({ field: "len", unit: 8, plus: 8 })
  .payload({ next: { table: ipProtocols, by: "nextHeader" } });

/** RFC 5533 §5.2: the lowest bit tells it from HIP; the checksum covers the message without pseudo-header. */
const message = base.fields({
  specific: bits(7, "Type-specific", { filter: null }),
  fixed: bits(1, "Fixed bit, zero", { filter: "proto" }),
  checksum: u16("Checksum", { base: "hex", checksum: headerChecksum }),
});
const nonce = (filter: "inonce" | "rnonce", title: string) => u32(title, { filter });
const tag = (title: string) => ({
  r: bits(1, "Reserved", { filter: null }),
  contextTag: bits(47, title, { filter: null }),
});
const reserved = (count: number, filter: string) => octets(count, "Reserved", { filter });
const options = { pad: 8, align: 8 } as const;

const probe = record("shim6.probe", "Probe", { filter: "shim6" }).fields({
  source: ipv6Address("Source address", { filter: "psrc" }),
  destination: ipv6Address("Destination address", { filter: "pdst" }),
  nonce: u32("Nonce", { filter: "pnonce" }),
  data: u32("Data", { filter: "pdata", base: "hex" }),
});

const update = message
  .fields({
    ...tag("Receiver Context Tag"),
    nonce: nonce("rnonce", "Request Nonce"),
  })
  .list("options", "Options", shim6Option, options);

/** RFC 5534 §5.2: the probes that were sent and those that were received. */
const probes = message
  .fields({
    ...tag("Receiver Context Tag"),
    received: bits(4, "Precvd", { filter: "precvd" }),
    sent: bits(4, "Psent", { filter: "psent" }),
    state: bits(2, "Sta", { filter: "reap" }),
    reserved2: bits(22, "Reserved", { filter: null }),
  })
  .list("sentProbes", "Probes sent", probe, { count: { field: "sent" } })
  .list("receivedProbes", "Probes received", probe, { count: { field: "received" } })
  .list("options", "Options", shim6Option, options);

/** Every type with the highest bit set. */
const payloadTypes = Array.from({ length: 128 }, (_, i) => 128 + i);

const made = variants(
  base,
  "type",
  {
    payload: at(
      payloadTypes,
      base.fields({ contextTag: octets(5, "Receiver Context Tag", { filter: null }) }),
    ),
    i1: at(
      1,
      message
        .fields({
          ...tag("Initiator Context Tag"),
          initiatorNonce: nonce("inonce", "Initiator Nonce"),
        })
        .list("options", "Options", shim6Option, options),
    ),
    r1: at(
      2,
      message
        .fields({
          reserved2: reserved(2, "reserved2"),
          initiatorNonce: nonce("inonce", "Initiator Nonce"),
          responderNonce: nonce("rnonce", "Responder Nonce"),
        })
        .list("options", "Options", shim6Option, options),
    ),
    i2: at(
      3,
      message
        .fields({
          ...tag("Initiator Context Tag"),
          initiatorNonce: nonce("inonce", "Initiator Nonce"),
          responderNonce: nonce("rnonce", "Responder Nonce"),
          reserved2: reserved(4, "reserved2"),
        })
        .list("options", "Options", shim6Option, options),
    ),
    r2: at(
      4,
      message
        .fields({
          ...tag("Responder Context Tag"),
          initiatorNonce: nonce("inonce", "Initiator Nonce"),
        })
        .list("options", "Options", shim6Option, options),
    ),
    r1bis: at(
      5,
      message
        .fields({
          ...tag("Packet Context Tag"),
          responderNonce: nonce("rnonce", "Responder Nonce"),
        })
        .list("options", "Options", shim6Option, options),
    ),
    i2bis: at(
      6,
      message
        .fields({
          ...tag("Initiator Context Tag"),
          initiatorNonce: nonce("inonce", "Initiator Nonce"),
          responderNonce: nonce("rnonce", "Responder Nonce"),
          reserved2: reserved(6, "reserved2"),
          r2: bits(1, "Reserved", { filter: null }),
          packetContextTag: bits(47, "Packet Context Tag", { filter: null }),
        })
        .list("options", "Options", shim6Option, options),
    ),
    updateRequest: at(64, update),
    updateAcknowledgement: at(65, update),
    keepalive: at(
      66,
      message
        .fields({ ...tag("Receiver Context Tag"), reserved2: reserved(4, "reserved2") })
        .list("options", "Options", shim6Option, options),
    ),
    probe: at(67, probes),
  },
  message.bytes("data", "Data", "rest", { filter: null }),
);
type Made = typeof made;
/** The declaration of {@link shim6}. */
export interface Shim6 extends Made {}
/** Shim6 Protocol: payload extension header and control messages. */
export const shim6: Shim6 = made;
