import { ipv4Address, u8, u16, u32 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { names } from "../../schema/names.ts";
import { protocol } from "../../schema/protocol.ts";
import { table } from "../../schema/table.ts";
import { at, variants } from "../../schema/variants.ts";
import { etherTypeNames } from "../iana/ethertypes.ts";
import { etherTypes, linkTypes } from "./ethernet.ts";
import { keyAbove } from "./keys.ts";
import { llcSaps } from "./llc.ts";

const addressNames = /* @__PURE__ */ names("15=Unicast\n143=Multicast");

/** Protocols of Cisco's HDLC framing that have no EtherType. */
export const chdlcProtocols = table("chdlc.protocol", etherTypeNames);

/** OSI's network layer, as its LLC service access point twice. */
const OSI = 0xfefe;

const computedProtocol = (layer: Layer): number =>
  keyAbove(layer, chdlcProtocols) ??
  keyAbove(layer, etherTypes) ??
  (keyAbove(layer, llcSaps) === OSI >> 8 ? OSI : 0);

/** Cisco's HDLC framing for serial lines: an EtherType, and a byte of padding before the protocols of OSI. */
export const chdlc = protocol({
  name: "chdlc",
  label: "C-HDLC",
  title: "Cisco HDLC",
  spec: "RFC 1547 §4.3.1",
  over: [linkTypes.at(104)],
})
  .fields({
    address: u8("Address", { base: "hex", names: addressNames, default: 0x0f }),
    control: u8("Control", { base: "hex", valid: [0, 0] }),
    protocol: u16("Protocol", { base: "hex", names: etherTypeNames, computed: computedProtocol }),
  })
  .when(
    { field: "protocol", is: OSI },
    { padding: u8("Padding", { filter: "clns_padding", base: "hex" }) },
  )
  .payload({
    // SLARP has the EtherType of RARP, so that this table goes first.
    next: {
      table: chdlcProtocols,
      by: "protocol",
      otherwise: (h, lookup) =>
        h.protocol === OSI ? lookup(llcSaps, OSI >> 8) : lookup(etherTypes, h.protocol),
    },
  });

/** What keeps these packets at the length that they have from Cisco's routers. */
const twoZeros = (): Uint8Array => new Uint8Array(2);

const slarpTypeNames = /* @__PURE__ */ names("0=Request\n1=Reply\n2=Keepalive");
const head = protocol({
  name: "slarp",
  title: "Cisco Serial Line Address Resolution Protocol",
  spec: "Cisco HDLC framing",
  over: [chdlcProtocols.at(0x8035)],
}).fields({ type: u32("Packet Type", { filter: "ptype", names: slarpTypeNames }) });
const address = head
  .fields({
    address: ipv4Address("Address"),
    netmask: ipv4Address("Netmask"),
  })
  .bytes("unused", "Unused", "rest", { filter: null, valid: twoZeros });

/** Serial Line Address Resolution Protocol: the other end's address, and keepalives. */
export const slarp = variants(
  head,
  "type",
  {
    request: at(0, address),
    reply: at(1, address),
    keepalive: at(
      2,
      head
        .fields({
          mySeq: u32("My Sequence Number", { filter: "mysequence" }),
          yourSeq: u32("Your Sequence Number", { filter: "yoursequence" }),
          reliability: u16("Reliability", { base: "hex", default: 0xffff }),
        })
        .bytes("unused", "Unused", "rest", { filter: null, valid: twoZeros }),
    ),
  },
  head,
);
