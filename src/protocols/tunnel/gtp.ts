import { bits, flag, flags, octets, part, u8, u16, u24, u32 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { names } from "../../schema/names.ts";
import { protocol, record } from "../../schema/protocol.ts";
import type { AnySchema, Lookup } from "../../schema/schema.ts";
import { etherTypes } from "../link/ethernet.ts";
import { udpPorts } from "../transport/udp.ts";
import { gtpElement } from "./gtp-elements.ts";

/** Message types of GTP (3GPP TS 29.060 §7.1, TS 29.281 §6.1). */
const messageNames = /* @__PURE__ */ names(`1=Echo Request
2=Echo Response
3=Version Not Supported
4=Node Alive Request
5=Node Alive Response
6=Redirection Request
7=Redirection Response
16=Create PDP Context Request
17=Create PDP Context Response
18=Update PDP Context Request
19=Update PDP Context Response
20=Delete PDP Context Request
21=Delete PDP Context Response
26=Error Indication
27=PDU Notification Request
28=PDU Notification Response
29=PDU Notification Reject Request
30=PDU Notification Reject Response
31=Supported Extension Headers Notification
32=Send Routeing Information for GPRS Request
33=Send Routeing Information for GPRS Response
34=Failure Report Request
35=Failure Report Response
36=Note MS GPRS Present Request
37=Note MS GPRS Present Response
48=Identification Request
49=Identification Response
50=SGSN Context Request
51=SGSN Context Response
52=SGSN Context Acknowledge
240=Data Record Transfer Request
241=Data Record Transfer Response
254=End Marker
255=T-PDU`);

/** Extension header types (3GPP TS 29.281 §5.2.1). */
const extensionNames = /* @__PURE__ */ names(`0=No more extension headers
1=MBMS support indication
2=MS Info Change Reporting support indication
3=Long PDCP PDU Number
32=Service Class Indicator
64=UDP Port
129=RAN Container
130=Long PDCP PDU Number
131=Xw RAN Container
132=NR RAN Container
133=PDU Session Container
192=PDCP PDU Number
193=Suspend Request
194=Suspend Response`);

const T_PDU = 255;
const UDP_PORT = 0x40;
const PDU_SESSION = 0x85;
const PDCP_NUMBER = 0xc0;
/** Bytes of the header that are always there; the length counts what follows them. */
const MANDATORY = 8;

type Placed = { readonly layer: Layer };
/** An extension header's type is the last byte of what stands before it. */
const isType =
  (type: number) =>
  ({ layer }: Placed): boolean =>
    layer.bytes[layer.start - 1] === type;
const knownSize = new Map([
  [UDP_PORT, 2],
  [PDU_SESSION, 2],
  [PDCP_NUMBER, 2],
]);

const extension = record("gtp.extension", "Extension Header", {
  filter: "gtp.ext_hdr",
  spec: "3GPP TS 29.281 §5.2",
})
  .fields({ length: u8("Length") })
  .when(isType(UDP_PORT), { udpPort: u16("UDP Port") })
  .when(isType(PDU_SESSION), {
    pduType: bits(4, "PDU Type", { filter: "pdu_ses_con.pdu_type" }),
    spare: bits(4, "Spare", { filter: null }),
    ppp: flag("Paging Policy Presence", { filter: "pdu_ses_cont.ppp" }),
    rqi: flag("Reflective QoS Indicator", { filter: "pdu_ses_cont.rqi" }),
    qfi: bits(6, "QoS Flow Identifier", { filter: "pdu_ses_con.qos_flow_id" }),
  })
  .when(isType(PDCP_NUMBER), { pdcpSn: u16("PDCP PDU Number") })
  .bytes(
    "content",
    "Content",
    ({ layer, length }) =>
      Math.max(0, length * 4 - 2 - (knownSize.get(layer.bytes[layer.start - 1]!) ?? 0)),
    { filter: null },
  )
  .fields({ next: u8("Next Extension Header", { base: "hex", names: extensionNames }) })
  .header({ field: "length", unit: 4 });

/** What a T-PDU carries: IP, by its version, or PPP. */
function gtpPayload({ layer }: Placed, lookup: Lookup): AnySchema | undefined {
  const { bytes, headerEnd, end } = layer;
  const first = headerEnd < end ? bytes[headerEnd]! : 0;
  if (first >> 4 === 4) return lookup(etherTypes, 0x0800);
  if (first >> 4 === 6) return lookup(etherTypes, 0x86dd);
  return first === 0xff ? lookup(etherTypes, 0x880b) : undefined;
}

/** True for a header of this version (3 bits) and protocol type (GTP or GTP'). */
const isVersion =
  (version: number) =>
  (bytes: Uint8Array, start: number, end: number): boolean =>
    start < end && bytes[start]! >> 4 === version * 2 + 1;

/** One of E, S and PN makes all three optional fields appear. */
const hasOptional = (h: { readonly flags: { readonly value: number } }): boolean =>
  (h.flags.value & 7) !== 0;

/** The end that the length field says: elements do not go on behind it. */
const pastEnd =
  (mandatory: number) =>
  (bytes: Uint8Array, at: number, _: number, { start }: Layer): boolean =>
    at >= start + mandatory + bytes[start + 2]! * 256 + bytes[start + 3]!;

/** The flags of a T-PDU that is built with optional fields or extension headers; signalling says its flags itself. */
function computedFlags({ bytes, start, headerEnd }: Layer): number {
  const given = bytes[start]!;
  const optional = headerEnd - start - MANDATORY;
  if (bytes[start + 1] !== T_PDU || (given & 7) !== 0 || optional < 4) return given;
  return given | (bytes[start + MANDATORY + 3] === 0 ? 0x02 : 0x06);
}

/** GPRS Tunnelling Protocol, version 1: user plane (GTP-U) and control plane (GTP-C). */
export const gtp = protocol({
  name: "gtp",
  title: "GPRS Tunnelling Protocol",
  spec: "3GPP TS 29.281 §5, TS 29.060 §6",
  over: [udpPorts.at(2152, 2123)],
  tunnel: true,
  test: isVersion(1),
})
  .fields({
    flags: flags(
      8,
      {
        version: part(3, "Version"),
        protocolType: part(1, "Protocol Type (GTP)", { filter: "payload" }),
        reserved: part(1, "Reserved"),
        extension: part(1, "Extension header present (E)", { filter: "e" }),
        sequence: part(1, "Sequence number present (S)", { filter: "s" }),
        npdu: part(1, "N-PDU number present (PN)", { filter: "pn" }),
      },
      "Flags",
      { base: "hex", default: 0x30, computed: computedFlags },
    ),
    message: u8("Message Type", { base: "hex", names: messageNames, default: T_PDU }),
    length: u16("Length"),
    teid: u32("Tunnel Endpoint Identifier", { base: "hex" }),
  })
  .when(hasOptional, {
    seq: u16("Sequence Number", { filter: "seq_number", base: "hex" }),
    npdu: u8("N-PDU Number", { filter: "npdu_number", base: "hex" }),
    nextExtension: u8("Next Extension Header", {
      filter: "ext_hdr.next",
      base: "hex",
      names: extensionNames,
      // Which extension headers go together, the messages say.
      valid: [0, 0],
    }),
  })
  .list("extensions", "Extension Headers", extension, {
    when: (h) => h.flags.extension && (h.nextExtension ?? 0) !== 0,
    until: (e) => e.next === 0,
  })
  .list("elements", "Information Elements", gtpElement, {
    when: (h) => h.message !== T_PDU,
    stop: pastEnd(MANDATORY),
    // TS 29.060 §7.7: in the order of their types. What is in some of them this declaration does not know.
    valid: { ordered: true, except: ["sized", "gsnAddress"] },
  })
  .payload({
    whole: { field: "length", plus: MANDATORY },
    next: (h, lookup) => (h.message === T_PDU ? gtpPayload(h, lookup) : undefined),
  });

/** GPRS Tunnelling Protocol, version 0: one port for both planes, tunnels named by a subscriber's identity. */
export const gtpV0 = protocol({
  name: "gtpV0",
  label: "GTPv0",
  title: "GPRS Tunnelling Protocol, Version 0",
  spec: "GSM 09.60 §6",
  filter: "gtp",
  over: [udpPorts.at(3386)],
  tunnel: true,
  test: isVersion(0),
})
  .fields({
    flags: flags(
      8,
      {
        version: part(3, "Version"),
        protocolType: part(1, "Protocol Type (GTP)", { filter: "payload" }),
        reserved: part(3, "Reserved"),
        snn: part(1, "SNDCP N-PDU number included"),
      },
      "Flags",
      { base: "hex", default: 0x1e },
    ),
    // Signalling has elements that this declaration does not know one by one.
    message: u8("Message Type", {
      base: "hex",
      names: messageNames,
      default: T_PDU,
      valid: [T_PDU, T_PDU],
    }),
    length: u16("Length"),
    seq: u16("Sequence Number", { filter: "seq_number", base: "hex" }),
    flowLabel: u16("Flow Label", { base: "hex" }),
    sndcpNumber: u8("SNDCP N-PDU LLC Number", { base: "hex", default: 0xff }),
    spare: u24("Spare", { filter: null, default: 0xffffff }),
    tid: octets(8, "Tunnel Identifier", { filter: null }),
  })
  .bytes("signalling", "Information Elements", (h) => (h.message === T_PDU ? 0 : h.length), {
    filter: null,
  })
  .payload({
    whole: { field: "length", plus: 20 },
    next: (h, lookup) => (h.message === T_PDU ? gtpPayload(h, lookup) : undefined),
  });

/** GTP': charging records on their way to a charging gateway (3GPP TS 32.295 §6). */
export const gtpPrime = protocol({
  name: "gtpPrime",
  label: "GTP'",
  title: "GPRS Tunnelling Protocol for Charging",
  spec: "3GPP TS 32.295 §6.1.1",
  filter: "gtp",
  over: [udpPorts.at(3386)],
  test: (bytes, start, end) => start < end && (bytes[start]! & 0x10) === 0 && bytes[start]! < 0x60,
})
  .fields({
    flags: flags(
      8,
      {
        version: part(3, "Version", { filter: ".gtp.prim.flags.version" }),
        protocolType: part(1, "Protocol Type (GTP)", { filter: "payload" }),
        reserved: part(3, "Reserved"),
        shortHeader: part(1, "Header of 6 bytes", { filter: "hdr_length" }),
      },
      "Flags",
      { base: "hex", default: 0x0f },
    ),
    message: u8("Message Type", { base: "hex", names: messageNames }),
    length: u16("Length"),
    seq: u16("Sequence Number", { filter: "seq_number", base: "hex" }),
  })
  .bytes("unused", "Unused", (h) => (h.flags.version === 0 && !h.flags.shortHeader ? 14 : 0), {
    filter: null,
  });
