import { bits, flag, flags, part, u8, u16, u32, u64 } from "../../schema/field.ts";
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
const number = (title: string, filter: string) => avp.fields({ value: u32(title, { filter }) });
const text = (title: string, filter: string) => avp.text("text", title, "rest", { filter });
const octetsOf = (title: string, filter: string) => avp.bytes("data", title, "rest", { filter });
const reserved = { reserved2: u16("Reserved", { filter: null }) };

/** Whether a value of two bits says synchronous and asynchronous framing, or digital and analog bearers. */
const pair = (title: string, high: [string, string], low: [string, string]) =>
  avp.fields({
    value: flags(
      32,
      {
        reserved: part(30, "Reserved", { filter: null }),
        high: part(1, high[0], { filter: `.l2tp.avp.${high[1]}` }),
        low: part(1, low[0], { filter: `.l2tp.avp.${low[1]}` }),
      },
      title,
      { filter: null },
    ),
  });

/** RFC 2661 §4.4.2. A code is followed by another, and by a message for people, where there is one. */
const general = {
  messageType: at(
    0,
    avp.fields({ message: u16("Message", { filter: "message_type", names: messageNames }) }),
  ),
  resultCode: at(
    1,
    avp
      .fields({ result: u16("Result Code", { filter: ".l2tp.result_code" }) })
      .when((h) => h.length > 8, { error: u16("Error Code", { filter: "error_code" }) })
      .text("text", "Error Message", "rest", { filter: "error_message" }),
  ),
  protocolVersion: at(
    2,
    avp.fields({
      version: u8("Version", { filter: "protocol_version", default: 1 }),
      revision: u8("Revision", { filter: "protocol_revision" }),
    }),
  ),
  framingCapabilities: at(
    3,
    pair(
      "Framing Capabilities",
      ["Asynchronous Framing", "async_framing_supported"],
      ["Synchronous Framing", "sync_framing_supported"],
    ),
  ),
  bearerCapabilities: at(
    4,
    pair(
      "Bearer Capabilities",
      ["Analog Access", "analog_access_supported"],
      ["Digital Access", "digital_access_supported"],
    ),
  ),
  tieBreaker: at(
    5,
    avp.fields({ tieBreaker: u64("Tie Breaker", { filter: ".l2tp.tie_breaker", base: "hex" }) }),
  ),
  firmwareRevision: at(
    6,
    avp.fields({ revision: u16("Firmware Revision", { filter: "firmware_revision" }) }),
  ),
  hostName: at(7, text("Host Name", "host_name")),
  vendorName: at(8, text("Vendor Name", "vendor_name")),
  assignedTunnel: at(
    9,
    avp.fields({ tunnel: u16("Assigned Tunnel ID", { filter: "assigned_tunnel_id" }) }),
  ),
  receiveWindowSize: at(
    10,
    avp.fields({ size: u16("Receive Window Size", { filter: "receive_window_size" }) }),
  ),
  challenge: at(11, octetsOf("Challenge", "chap_challenge")),
  causeCode: at(
    12,
    avp
      .fields({
        cause: u16("Cause Code", { filter: "cause_code" }),
        causeMessage: u8("Cause Message", { filter: "cause_msg" }),
      })
      .text("text", "Advisory Message", "rest", { filter: "advisory_msg" }),
  ),
  challengeResponse: at(13, octetsOf("Challenge Response", "chap_challenge_response")),
} as const;

/** RFC 2661 §4.4.3 to §4.4.6. */
const ofCalls = {
  assignedSession: at(
    14,
    avp.fields({ session: u16("Assigned Session ID", { filter: "assigned_session_id" }) }),
  ),
  callSerialNumber: at(15, number("Call Serial Number", "call_serial_number")),
  minimumBps: at(16, number("Minimum BPS", "minimum_bps")),
  maximumBps: at(17, number("Maximum BPS", "maximum_bps")),
  bearerType: at(
    18,
    pair("Bearer Type", ["Analog", "analog_bearer_type"], ["Digital", "digital_bearer_type"]),
  ),
  framingType: at(
    19,
    pair(
      "Framing Type",
      ["Asynchronous", "async_framing_type"],
      ["Synchronous", "sync_framing_type"],
    ),
  ),
  calledNumber: at(21, text("Called Number", "called_number")),
  callingNumber: at(22, text("Calling Number", "calling_number")),
  subAddress: at(23, text("Sub-Address", "sub_address")),
  connectSpeed: at(24, number("Connect Speed", "connect_speed")),
  physicalChannel: at(25, number("Physical Channel", "physical_channel")),
  receiveConnectSpeed: at(38, number("Rx Connect Speed", "rx_connect_speed")),
  privateGroup: at(37, octetsOf("Private Group ID", "private_group_id")),
  sequencingRequired: at(39, avp),
  randomVector: at(36, octetsOf("Random Vector", "random_vector")),
} as const;

/** RFC 2661 §4.4.5 and §4.4.6: what the access concentrator agreed with the caller, and errors. */
const ofLinks = {
  initialConfreq: at(26, octetsOf("Initial Received LCP CONFREQ", "initial_received_lcp_confreq")),
  lastSentConfreq: at(27, octetsOf("Last Sent LCP CONFREQ", "last_sent_lcp_confreq")),
  lastReceivedConfreq: at(28, octetsOf("Last Received LCP CONFREQ", "last_received_lcp_confreq")),
  proxyType: at(
    29,
    avp.fields({ proxyType: u16("Proxy Authen Type", { filter: "proxy_authen_type" }) }),
  ),
  proxyName: at(30, text("Proxy Authen Name", "proxy_authen_name")),
  proxyChallenge: at(31, octetsOf("Proxy Authen Challenge", "proxy_authen_challenge")),
  proxyId: at(
    32,
    avp.fields({
      reserved2: u8("Reserved", { filter: null }),
      id: u8("Proxy Authen ID", { filter: "proxy_authen_id" }),
    }),
  ),
  proxyResponse: at(33, octetsOf("Proxy Authen Response", "proxy_authen_response")),
  callErrors: at(
    34,
    avp.fields({
      ...reserved,
      crc: u32("CRC Errors", { filter: "crc_errors" }),
      framing: u32("Framing Errors", { filter: "framing_errors" }),
      hardware: u32("Hardware Overruns", { filter: "hardware_overruns" }),
      buffer: u32("Buffer Overruns", { filter: "buffer_overruns" }),
      timeouts: u32("Time-out Errors", { filter: "time_out_errors" }),
      alignment: u32("Alignment Errors", { filter: "alignment_errors" }),
    }),
  ),
  accm: at(
    35,
    avp.fields({
      ...reserved,
      send: u32("Send ACCM", { filter: "send_accm" }),
      receive: u32("Receive ACCM", { filter: "receive_accm" }),
    }),
  ),
} as const;

const standard = variants(avp, "type", { ...general, ...ofCalls, ...ofLinks }, unknown);
const made = variants(avp, "vendor", { standard: at(0, standard) }, unknown);
type Made = typeof made;
/** The type of {@link l2tpAvp}, under a name. */
export interface L2tpAvp extends Made {}
/** Attribute value pairs of L2TP's control messages; those of a vendor are bytes. */
export const l2tpAvp: L2tpAvp = made;
