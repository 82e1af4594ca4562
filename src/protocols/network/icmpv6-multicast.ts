import { bits, flags, ipv6Address, part, u8, u16 } from "../../schema/field.ts";
import { record, type View } from "../../schema/protocol.ts";
import { at } from "../../schema/variants.ts";
import { mldv2RecordNames } from "../iana/icmpv6.ts";
import { message, reserved } from "./icmpv6-base.ts";

/** Multicast Listener Discovery (RFC 2710, RFC 3810), Multicast Router Discovery (RFC 4286), MPL control (RFC 7731). */

const source = record("icmpv6.mldSource", "Source Address").fields({
  address: ipv6Address("Source Address", { filter: "mld.source_address" }),
});

const listener = (type: number) =>
  message(type).fields({
    maxResponse: u16("Maximum Response Delay", {
      filter: "mld.maximum_response_delay",
      note: "A code for it in queries of version 2 (RFC 3810 §5.1.3).",
    }),
    reserved: reserved(2),
    group: ipv6Address("Multicast Address", { filter: "mld.multicast_address" }),
  });

/** A query of version 2 goes on behind the 24 bytes of one of version 1 (RFC 3810 §8.1). */
const isVersion2 = (m: View<unknown>) => m.layer.end - m.layer.start >= 28;

/** Multicast Listener Query, version 1 or 2. */
const listenerQuery = listener(130)
  .when(isVersion2, {
    flags: flags(
      8,
      {
        reserved: part(4, "Reserved"),
        s: "Suppress Router-Side Processing",
        qrv: part(3, "Querier's Robustness Variable"),
      },
      "Flags",
      { filter: "mld.flag", base: "hex" },
    ),
    qqic: u8("Querier's Query Interval Code", { filter: "mld.qqi" }),
    sourceCount: u16("Number of Sources", { filter: "mld.nb_sources" }),
  })
  .list("sources", "Sources", source, { count: { field: "sourceCount" }, when: isVersion2 });

/** Multicast Listener Report of version 1. */
const listenerReport = listener(131);
/** Multicast Listener Done. */
const listenerDone = listener(132);

const recordSource = record("icmpv6.mldRecordSource", "Source Address").fields({
  address: ipv6Address("Source Address", { filter: "mldr.mar.source_address" }),
});

const group = record("icmpv6.mldRecord", "Multicast Address Record", {
  filter: "icmpv6.mldr.mar",
  spec: "RFC 3810 §5.2",
})
  .fields({
    type: u8("Record Type", { filter: "record_type", names: mldv2RecordNames }),
    auxLength: u8("Aux Data Len", { filter: "aux_data_len", note: "In words of 4 bytes." }),
    sourceCount: u16("Number of Sources", { filter: "nb_sources" }),
    group: ipv6Address("Multicast Address", { filter: "multicast_address" }),
  })
  .list("sources", "Sources", recordSource, { count: { field: "sourceCount" } })
  .bytes(
    "auxiliary",
    "Auxiliary Data",
    { field: "auxLength", unit: 4 },
    { filter: "auxiliary_data" },
  );

/** Multicast Listener Report of version 2. */
const listenerReportV2 = message(143)
  .fields({
    reserved: reserved(2),
    count: u16("Number of Multicast Address Records", { filter: "mldr.nb_mcast_records" }),
  })
  .list("records", "Multicast Address Records", group, { count: { field: "count" } });

/** Multicast Router Advertisement: the code is the advertisement interval. */
const routerAdvertisement = message(151).fields({
  queryInterval: u16("Query Interval", { filter: "mcast_ra.query_interval" }),
  robustness: u16("Robustness Variable", { filter: "mcast_ra.robustness_variable" }),
});

const seed = record("icmpv6.mplSeed", "Seed Info", {
  filter: "icmpv6.mpl.seed_info",
  spec: "RFC 7731 §6.2",
}).fields({
  minSequence: u8("min-seqno", { filter: "min_sequence" }),
  bitmapLength: bits(6, "bm-len", { filter: "bm_len" }),
  s: bits(2, "S"),
});
const seedIdLengths = [0, 2, 8, 16];
const mplSeed = seed
  .bytes("seedId", "seed-id", (r) => seedIdLengths[r.s] ?? 0)
  .bytes("bitmap", "buffered-mpl-messages", { field: "bitmapLength" }, { filter: null });

/** MPL Control Message. */
const mplControl = message(159).list("seeds", "Seed Info", mplSeed);

/** Multicast listeners, multicast routers and MPL. */
export const multicastMessages = {
  listenerQuery: at(130, listenerQuery),
  listenerReport: at(131, listenerReport),
  listenerDone: at(132, listenerDone),
  listenerReportV2: at(143, listenerReportV2),
  multicastRouterAdvertisement: at(151, routerAdvertisement),
  multicastRouterSolicitation: at(152, message(152)),
  multicastRouterTermination: at(153, message(153)),
  mplControl: at(159, mplControl),
};
