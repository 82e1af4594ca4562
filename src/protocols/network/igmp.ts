import { layerChecksum } from "../../schema/checksum.ts";
import { bits, flag, ipv4Address, octets, u8, u16, u24, u32 } from "../../schema/field.ts";
import { names } from "../../schema/names.ts";
import { protocol, record, type View } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import { igmpTypeNames, igmpv3RecordNames } from "../iana/igmp.ts";
import { ipProtocols } from "./ipv4.ts";

const base = protocol({
  name: "igmp",
  title: "Internet Group Management Protocol",
  spec: "RFC 3376",
  over: [ipProtocols.at(2)],
}).fields({ type: u8("Type", { base: "hex", names: igmpTypeNames }) });

const checksum = u16("Checksum", { base: "hex", checksum: layerChecksum });
const group = ipv4Address("Group Address", { filter: "maddr" });
const reserved = (count: number) => octets(count, "Reserved", { filter: "reserved" });

/** RFC 988 appendix I. */
const groupTypes = /* @__PURE__ */ names("0=Public\n1=Private");
const replies = /* @__PURE__ */ names(`
0=Request Granted
1=Request Denied, No Resources
2=Request Denied, Invalid Code
3=Request Denied, Invalid Group Address
4=Request Denied, Invalid Access Key
5-255=Request Pending, Retry in this Many Seconds`);

const version0 = { checksum, id: u32("Identifier", { filter: "identifier" }), group };
const accessKey = { accessKey: octets(8, "Access Key") };
const request = base.fields({
  reserved: octets(1, "Reserved", { filter: null }),
  ...version0,
  ...accessKey,
});
const reply = base.fields({
  code: u8("Code", { filter: "reply", names: replies }),
  ...version0,
  ...accessKey,
});

const source = record("igmp.source", "Source Address").fields({
  address: ipv4Address("Source Address", { filter: "saddr" }),
});

/** A query of version 3 goes on behind the 8 bytes of the older ones (RFC 3376 §7.1). */
const isVersion3 = (m: View<unknown>) => m.layer.end - m.layer.start >= 12;

const query = base
  .fields({
    maxResponse: u8("Max Resp Time", {
      filter: "max_resp",
      note: "In tenths of a second; zero in version 1, a code for it in version 3 (RFC 3376 §4.1.1).",
    }),
    checksum,
    group,
  })
  .when(isVersion3, {
    reserved: bits(4, "Resv", { filter: null }),
    s: flag("Suppress Router-Side Processing"),
    qrv: bits(3, "Querier's Robustness Variable"),
    qqic: u8("Querier's Query Interval Code"),
    sourceCount: u16("Number of Sources", { filter: "num_src" }),
  })
  .list("sources", "Sources", source, { count: { field: "sourceCount" }, when: isVersion3 });

const membership = base.fields({
  maxResponse: u8("Max Resp Time", { filter: "max_resp" }),
  checksum,
  group,
});

const groupRecord = record("igmp.groupRecord", "Group Record", { spec: "RFC 3376 §4.2.4" })
  .fields({
    type: u8("Record Type", { filter: "record_type", names: igmpv3RecordNames }),
    auxLength: u8("Aux Data Len", { filter: "aux_data_len", note: "In words of 4 bytes." }),
    sourceCount: u16("Number of Sources", { filter: "num_src" }),
    group: ipv4Address("Multicast Address", { filter: "maddr" }),
  })
  .list("sources", "Sources", source, { count: { field: "sourceCount" } })
  .bytes("auxiliary", "Auxiliary Data", { field: "auxLength", unit: 4 }, { filter: "aux_data" });

const report3 = base
  .fields({
    reserved: reserved(1),
    checksum,
    reserved2: reserved(2),
    count: u16("Number of Group Records", { filter: "num_grp_recs" }),
  })
  .list("records", "Group Records", groupRecord, { count: { field: "count" } });

/** draft-ietf-idmr-traceroute-ipm §5: what one router says of itself. */
const traceBlock = record("igmp.traceBlock", "Response Data Block", {
  filter: "igmp.mtrace",
}).fields({
  arrival: u32("Query Arrival Time", { filter: "q_arrival" }),
  incoming: ipv4Address("Incoming Interface Address", { filter: "q_inaddr" }),
  outgoing: ipv4Address("Outgoing Interface Address", { filter: "q_outaddr" }),
  previous: ipv4Address("Previous-Hop Router Address", { filter: "q_prevrtr" }),
  inputPackets: u32("Input packet count on incoming interface", { filter: "q_inpkt" }),
  outputPackets: u32("Output packet count on outgoing interface", { filter: "q_outpkt" }),
  totalPackets: u32("Total number of packets for this source-group pair", { filter: "q_total" }),
  routing: u8("Routing Protocol", { filter: "q_rtg_proto" }),
  ttl: u8("Forwarding TTL", { filter: "q_fwd_ttl" }),
  mbz: bits(1, "Must be zero", { filter: "q_mbz", base: "hex", digits: 2 }),
  s: bits(1, "Statistics of the whole source network", { filter: "q_s", base: "hex", digits: 2 }),
  mask: bits(6, "Source Mask", { filter: "q_src_mask", base: "hex" }),
  code: u8("Forwarding Code", { filter: "q_fwd_code", base: "hex" }),
});

const trace = base
  .fields({
    hops: u8("Number of hops", { filter: "mtrace.max_hops" }),
    checksum,
    group,
    source: ipv4Address("Source Address", { filter: "mtrace.saddr" }),
    receiver: ipv4Address("Receiver Address", { filter: "mtrace.raddr" }),
    response: ipv4Address("Response Address", { filter: "mtrace.rspaddr" }),
    responseTtl: u8("Response TTL", { filter: "mtrace.resp_ttl" }),
    queryId: u24("Query ID", { filter: "mtrace.q_id" }),
  })
  .list("blocks", "Response Data Blocks", traceBlock);

const discoveryChecksum = u16("Checksum", {
  filter: ".mrdisc.checksum",
  base: "hex",
  checksum: layerChecksum,
});
/** RFC 4286 §4: the advertisement and the messages without fields. */
const routerAdvertisement = base.fields({
  interval: u8("Advertisement Interval", { filter: ".mrdisc.adv_int" }),
  checksum: discoveryChecksum,
  queryInterval: u16("Query Interval", { filter: ".mrdisc.query_int" }),
  robustness: u16("Robustness Variable", { filter: ".mrdisc.rob_var" }),
});
const routerMessage = base.fields({
  reserved: octets(1, "Reserved", { filter: null }),
  checksum: discoveryChecksum,
});

const igmpCases = variants(
  base,
  "type",
  {
    createGroupRequest: at(
      1,
      base.fields({
        code: u8("Code", { filter: "group_type", names: groupTypes }),
        ...version0,
        ...accessKey,
      }),
    ),
    createGroupReply: at(2, reply),
    joinGroupRequest: at(3, request),
    joinGroupReply: at(4, reply),
    leaveGroupRequest: at(5, request),
    leaveGroupReply: at(6, reply),
    confirmGroupRequest: at(7, request),
    confirmGroupReply: at(8, reply),
    query: at(0x11, query),
    reportV1: at(0x12, base.fields({ reserved: reserved(1), checksum, group })),
    reportV2: at(0x16, membership),
    leave: at(0x17, membership),
    traceResponse: at(0x1e, trace),
    trace: at(0x1f, trace),
    reportV3: at(0x22, report3),
    multicastRouterAdvertisement: at(0x30, routerAdvertisement),
    multicastRouterSolicitation: at(0x31, routerMessage),
    multicastRouterTermination: at(0x32, routerMessage),
  },
  base.bytes("data", "Data", "rest", { filter: "data" }),
);
type IgmpCases = typeof igmpCases;
/** The declaration of {@link igmp}. */
export interface Igmp extends IgmpCases {}
/** Internet Group Management Protocol of all versions, by message type: `igmp.query({ group: "239.1.1.1" })`. */
export const igmp: Igmp = igmpCases;
