import { flags, part, u8, u16, u32 } from "../../schema/field.ts";
import { names } from "../../schema/names.ts";
import { protocol, record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import { pppoeTagNames } from "../iana/ppp.ts";
import { etherTypes } from "./ethernet.ts";
import { pppoeHead } from "./pppoe.ts";

const lineTagNames = /* @__PURE__ */ names(`
1=Agent Circuit ID
2=Agent Remote ID
129=Actual Data Rate Upstream
130=Actual Data Rate Downstream
131=Minimum Data Rate Upstream
132=Minimum Data Rate Downstream
133=Attainable Data Rate Upstream
134=Attainable Data Rate Downstream
135=Maximum Data Rate Upstream
136=Maximum Data Rate Downstream
137=Minimum Data Rate Upstream in Low Power State
138=Minimum Data Rate Downstream in Low Power State
139=Maximum Interleaving Delay Upstream
140=Actual Interleaving Delay Upstream
141=Maximum Interleaving Delay Downstream
142=Actual Interleaving Delay Downstream
144=Access Loop Encapsulation`);

const line = record("pppoeDiscovery.lineTag", "Line Tag", {
  filter: "pppoed.tags",
  spec: "Broadband Forum TR-101 §3.9.2",
})
  .fields({
    type: u8("Type", { filter: null, names: lineTagNames }),
    length: u8("Length", { filter: null }),
  })
  .header({ field: "length", plus: 2 });
const lineRate = (title: string, filter: string) => line.fields({ value: u32(title, { filter }) });

/** What the access node says of the subscriber's line, within the Broadband Forum's vendor tag. */
export const pppoeLineTag = variants(
  line,
  "type",
  {
    agentCircuitId: at(1, line.text("value", "Agent Circuit ID", "rest", { filter: "circuit_id" })),
    agentRemoteId: at(2, line.text("value", "Agent Remote ID", "rest", { filter: "remote_id" })),
    actualRateUp: at(129, lineRate("Actual Data Rate Upstream", "act_data_rate_up")),
    actualRateDown: at(130, lineRate("Actual Data Rate Downstream", "act_data_rate_down")),
    minimumRateUp: at(131, lineRate("Minimum Data Rate Upstream", "min_data_rate_up")),
    minimumRateDown: at(132, lineRate("Minimum Data Rate Downstream", "min_data_rate_down")),
    attainableRateUp: at(133, lineRate("Attainable Data Rate Upstream", "attainable_data_rate_up")),
    attainableRateDown: at(
      134,
      lineRate("Attainable Data Rate Downstream", "attainable_data_rate_down"),
    ),
    maximumRateUp: at(135, lineRate("Maximum Data Rate Upstream", "max_data_rate_up")),
    maximumRateDown: at(136, lineRate("Maximum Data Rate Downstream", "max_data_rate_down")),
    lowPowerRateUp: at(
      137,
      lineRate("Minimum Low Power Data Rate Upstream", "min_data_rate_up_lp"),
    ),
    lowPowerRateDown: at(
      138,
      lineRate("Minimum Low Power Data Rate Downstream", "min_data_rate_down_lp"),
    ),
    maximumDelayUp: at(139, lineRate("Maximum Interleaving Delay Upstream", "max_int_delay_up")),
    actualDelayUp: at(140, lineRate("Actual Interleaving Delay Upstream", "act_int_delay_up")),
    maximumDelayDown: at(
      141,
      lineRate("Maximum Interleaving Delay Downstream", "max_int_delay_down"),
    ),
    actualDelayDown: at(
      142,
      lineRate("Actual Interleaving Delay Downstream", "act_int_delay_down"),
    ),
    encapsulation: at(
      144,
      line.fields({
        dataLink: u8("Data Link", { filter: "access_loop_encap.data_link", base: "hex" }),
        encapsulation1: u8("Encapsulation 1", { filter: "access_loop_encap.encap_1", base: "hex" }),
        encapsulation2: u8("Encapsulation 2", { filter: "access_loop_encap.encap_2", base: "hex" }),
      }),
    ),
  },
  line.bytes("data", "Data", "rest", { filter: null }),
);

/** The Broadband Forum's number as a vendor. */
const BROADBAND_FORUM = 3561;

const tag = record("pppoeDiscovery.tag", "Tag", { filter: "pppoed.tags", spec: "RFC 2516 §4" })
  .fields({
    // Wireshark has these two only where it is told to show them.
    type: u16("Tag Type", { filter: null, base: "hex", names: pppoeTagNames }),
    length: u16("Tag Length", { filter: null }),
  })
  .header({ field: "length", plus: 4 });
const text = (title: string, filter: string) => tag.text("value", title, "rest", { filter });
const octets = (title: string, filter: string) => tag.bytes("value", title, "rest", { filter });

const rateUnits = names("0=kilobits/s\n1=megabits/s\n2=gigabits/s\n3=terabits/s");

/** Tags of PPPoE discovery. */
export const pppoeTag = variants(
  tag,
  "type",
  {
    endOfList: at(0x0000, tag),
    serviceName: at(0x0101, text("Service-Name", "service_name")),
    acName: at(0x0102, text("AC-Name", "ac_name")),
    hostUniq: at(0x0103, octets("Host-Uniq", "host_uniq")),
    acCookie: at(0x0104, octets("AC-Cookie", "ac_cookie")),
    vendorSpecific: at(
      0x0105,
      tag
        .fields({ vendor: u32("Vendor", { filter: "vendor_id" }) })
        .list("line", "Line Tags", pppoeLineTag, {
          when: { field: "vendor", is: BROADBAND_FORUM },
        })
        .bytes("data", "Data", "rest", {
          when: (t) => t.vendor !== BROADBAND_FORUM,
          filter: "vendor_unspecified",
        }),
    ),
    credits: at(
      0x0106,
      tag.fields({
        forward: u16("Forward Credit Notification", { filter: "credits.fcn" }),
        backward: u16("Backward Credit Notification", { filter: "credits.bcn" }),
      }),
    ),
    metrics: at(
      0x0107,
      tag.fields({
        flags: flags(
          16,
          {
            maximumUnits: part(2, "Maximum Data Rate Units", {
              filter: ".pppoed.tags.metrics.mdr_units",
              base: "hex",
              names: rateUnits,
            }),
            currentUnits: part(2, "Current Data Rate Units", {
              filter: ".pppoed.tags.metrics.cdr_units",
              base: "hex",
              names: rateUnits,
            }),
            receiveOnly: part(1, "Receive Only", { filter: ".pppoed.tags.metrics.r" }),
          },
          "Flags",
          { filter: null },
        ),
        linkQuality: u8("Relative Link Quality", { filter: "metrics.rlq" }),
        resources: u8("Resources", { filter: "metrics.resource" }),
        latency: u16("Latency", { filter: "metrics.latency" }),
        currentRate: u16("Current Data Rate", { filter: "metrics.curr_drate" }),
        maximumRate: u16("Maximum Data Rate", { filter: "metrics.max_drate" }),
      }),
    ),
    sequenceNumber: at(
      0x0108,
      tag.fields({ seq: u16("Sequence Number", { filter: "seq_num", base: "hex" }) }),
    ),
    creditScale: at(
      0x0109,
      tag.fields({ scale: u16("Credit Scale Factor", { filter: "credit_scale" }) }),
    ),
    relaySessionId: at(0x0110, octets("Relay-Session-Id", "relay_session_id")),
    hurl: at(0x0111, octets("HURL", "hurl")),
    motm: at(0x0112, octets("MOTM", "motm")),
    maxPayload: at(0x0120, octets("PPP-Max-Payload", "max_payload")),
    ipRouteAdd: at(0x0121, octets("IP_Route_Add", "ip_route_add")),
    serviceNameError: at(0x0201, text("Service-Name-Error", "service_name_error")),
    acSystemError: at(0x0202, text("AC-System-Error", "ac_system_error")),
    genericError: at(0x0203, text("Generic-Error", "generic_error")),
  },
  tag.bytes("data", "Data", "rest", { filter: ".pppoed.tag.unknown_data" }),
);

/** PPP over Ethernet, discovery stage. */
export const pppoeDiscovery = protocol({
  name: "pppoeDiscovery",
  label: "PPPoED",
  title: "PPP-over-Ethernet Discovery",
  spec: "RFC 2516 §5, RFC 5578",
  filter: "pppoe",
  also: ["pppoed"],
  over: [etherTypes.at(0x8863)],
})
  .fields(pppoeHead)
  .list("tags", "Tags", pppoeTag, {
    size: { field: "length" },
    until: (one) => one.is === "endOfList",
  });
