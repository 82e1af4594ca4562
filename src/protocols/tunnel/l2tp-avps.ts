import { bits, flag, octets, u8, u16, u32 } from "../../schema/field.ts";
import { names } from "../../schema/names.ts";
import { record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";

/** L2TP message types (RFC 2661 §3.2). */
const messageNames = /* @__PURE__ */ names(`1=SCCRQ
2=SCCRP
3=SCCCN
4=StopCCN
6=HELLO
7=OCRQ
8=OCRP
9=OCCN
10=ICRQ
11=ICRP
12=ICCN
14=CDN
15=WEN
16=SLI`);

const typeNames = /* @__PURE__ */ names(`0=Message Type
1=Result Code
2=Protocol Version
3=Framing Capabilities
4=Bearer Capabilities
5=Tie Breaker
6=Firmware Revision
7=Host Name
8=Vendor Name
9=Assigned Tunnel ID
10=Receive Window Size
11=Challenge
12=Q.931 Cause Code
13=Challenge Response
14=Assigned Session ID
15=Call Serial Number
16=Minimum BPS
17=Maximum BPS
18=Bearer Type
19=Framing Type
21=Called Number
22=Calling Number
23=Sub-Address
24=Tx Connect Speed
25=Physical Channel ID
26=Initial Received LCP CONFREQ
27=Last Sent LCP CONFREQ
28=Last Received LCP CONFREQ
29=Proxy Authen Type
30=Proxy Authen Name
31=Proxy Authen Challenge
32=Proxy Authen ID
33=Proxy Authen Response
34=Call Errors
35=ACCM
36=Random Vector
37=Private Group ID
38=Rx Connect Speed
39=Sequencing Required`);

const avp = record("l2tp.avp", "Attribute Value Pair", {
  filter: "l2tp.avp",
  spec: "RFC 2661 §4.1",
})
  .fields({
    mandatory: flag("Mandatory"),
    hidden: flag("Hidden"),
    reserved: bits(4, "Reserved", { filter: null }),
    length: bits(10, "Length"),
    vendor: u16("Vendor ID", { filter: "vendor_id" }),
    type: u16("Attribute Type", { names: typeNames }),
  })
  .header({ field: "length" });
const unknown = avp.bytes("data", "Data", "rest", { filter: null });
const word = avp.fields({ value: u16("Value", { filter: null }) });
const number = avp.fields({ value: u32("Value", { filter: null }) });
const text = avp.text("text", "Text", "rest", { filter: null });

const standard = variants(
  avp,
  "type",
  {
    messageType: at(
      0,
      avp.fields({ message: u16("Message", { filter: "message_type", names: messageNames }) }),
    ),
    resultCode: at(
      1,
      avp
        .fields({ result: u16("Result Code", { filter: null }) })
        .when((h) => h.length > 8, { error: u16("Error Code", { filter: null }) })
        .text("text", "Error Message", "rest", { filter: null }),
    ),
    protocolVersion: at(
      2,
      avp.fields({
        version: u8("Version", { filter: null, default: 1 }),
        revision: u8("Revision", { filter: null }),
      }),
    ),
    number: at([3, 4, 15, 16, 17, 18, 19, 24, 25, 38], number),
    tieBreaker: at(5, avp.fields({ tieBreaker: octets(8, "Tie Breaker", { filter: null }) })),
    word: at([6, 10, 29, 32], word),
    text: at([7, 8, 21, 22, 23, 30], text),
    assignedTunnel: at(9, avp.fields({ tunnel: u16("Assigned Tunnel ID") })),
    assignedSession: at(14, avp.fields({ session: u16("Assigned Session ID") })),
  },
  unknown,
);

const made = variants(avp, "vendor", { standard: at(0, standard) }, unknown);
type Made = typeof made;
/** The type of {@link l2tpAvp}, under a name. */
export interface L2tpAvp extends Made {}
/** Attribute value pairs of L2TP's control messages; those of a vendor are bytes. */
export const l2tpAvp: L2tpAvp = made;
