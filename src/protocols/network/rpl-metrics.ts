import { bits, flag, flags, part, u8, u16, u32 } from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import { rplMetricNames } from "../iana/icmpv6.ts";

/** RFC 6551 §2.1: what all metrics and constraints begin with. */
const type = record("icmpv6.rplMetric", "Metric", { filter: "icmpv6.rpl.opt.metric" }).fields({
  type: u8("Routing-MC-Type", { names: rplMetricNames }),
});
const base = type
  .fields({
    flags: flags(
      16,
      {
        reserved: part(5, "Reserved", { filter: ".icmpv6.rpl.opt.metric.reserved", base: "hex" }),
        p: part(1, "Not recorded by all nodes", { filter: ".icmpv6.rpl.opt.metric.flag.p" }),
        c: part(1, "Constraint", { filter: ".icmpv6.rpl.opt.metric.flag.c" }),
        o: part(1, "Optional", { filter: ".icmpv6.rpl.opt.metric.flag.o" }),
        r: part(1, "Recorded", { filter: ".icmpv6.rpl.opt.metric.flag.r" }),
        a: part(3, "Aggregation", { filter: ".icmpv6.rpl.opt.metric.flag.a", base: "hex" }),
        precedence: part(4, "Precedence", { filter: ".icmpv6.rpl.opt.metric.prec", base: "hex" }),
      },
      "Flags",
      { base: "hex" },
    ),
    length: u8("Length"),
  })
  .header({ field: "length", plus: 4 });

const nodeTlv = record("icmpv6.rplNodeTlv", "TLV", {
  filter: "icmpv6.rpl.opt.metric.nsa.object.opttlv.object",
})
  .fields({ type: u8("Type"), length: u8("Length") })
  .bytes("data", "Data")
  .header({ field: "length", plus: 2 });

/** RFC 6551 §3.1. */
const nodeState = base
  .fields({
    object: flags(
      16,
      {
        reserved: part(8, "Reserved", { base: "hex" }),
        flags: part(6, "Flags", { base: "hex" }),
        a: part(1, "Aggregator", { filter: "flag.a" }),
        o: part(1, "Overload", { filter: "flag.o" }),
      },
      "Node State and Attribute",
      { filter: "nsa.object", base: "hex" },
    ),
  })
  .list("tlvs", "TLVs", nodeTlv);

/** RFC 6551 §3.2. */
const energy = record("icmpv6.rplEnergy", "Node Energy", {
  filter: "icmpv6.rpl.opt.metric.ne",
}).fields({
  object: flags(
    16,
    {
      flags: part(4, "Flags", { base: "hex" }),
      i: part(1, "Included", { filter: "flag.i" }),
      t: part(2, "Type", { filter: "type", base: "hex" }),
      e: part(1, "Estimated", { filter: "flag.e" }),
      energy: part(8, "E-E", { base: "hex" }),
    },
    "Node Energy",
    { base: "hex" },
  ),
});

const throughput = record("icmpv6.rplThroughput", "Throughput").fields({
  value: u32("Throughput", { filter: ".icmpv6.rpl.opt.metric.lt.object.lt" }),
});
const latency = record("icmpv6.rplLatency", "Latency").fields({
  value: u32("Latency", { filter: ".icmpv6.rpl.opt.metric.ll.object.ll" }),
});
/** RFC 6551 §4.3.1. */
const quality = record("icmpv6.rplQuality", "Link Quality Level", {
  filter: "icmpv6.rpl.opt.metric.lql.object",
})
  .fields({
    value: bits(3, "Val", { filter: "val", base: "hex", digits: 2 }),
    counter: bits(5, "Counter"),
  })
  .composite("object", "Link Quality Level", ["value", "counter"], {
    filter: ".icmpv6.rpl.opt.metric.lql.object",
    base: "hex",
  });
const etx = record("icmpv6.rplEtx", "ETX").fields({
  value: u16("ETX", { filter: ".icmpv6.rpl.opt.metric.etx.object.etx" }),
});
/** RFC 6551 §4.4.1: ten colors, with a counter or whether they are included. */
const color = record("icmpv6.rplColor", "Link Color", {
  filter: "icmpv6.rpl.opt.metric.lc.object",
}).fields({
  color: bits(10, "Link Color", { filter: "lc", base: "hex", digits: 4 }),
  reserved: bits(5, "Counter, high-order bits, or Reserved", { filter: null }),
  i: flag("Counter, low-order bit, or Included", { filter: null }),
});

const metricCases = variants(
  type,
  "type",
  {
    nodeState: at(1, nodeState),
    nodeEnergy: at(2, base.list("values", "Node Energy", energy)),
    hopCount: at(
      3,
      base.fields({
        object: flags(
          16,
          {
            reserved: part(4, "Reserved", { base: "hex" }),
            flags: part(4, "Flags", { base: "hex" }),
            hops: part(8, "Hop Count", { filter: "hp" }),
          },
          "Hop Count",
          { filter: "hp.object", base: "hex" },
        ),
      }),
    ),
    linkThroughput: at(4, base.list("values", "Throughput", throughput)),
    linkLatency: at(5, base.list("values", "Latency", latency)),
    linkQuality: at(
      6,
      base
        .fields({ reserved: u8("Reserved", { filter: "lql.object.res", base: "hex" }) })
        .list("values", "Link Quality Level", quality),
    ),
    linkEtx: at(7, base.list("values", "ETX", etx)),
    linkColor: at(
      8,
      base
        .fields({ reserved: u8("Reserved", { filter: "lc.object.res", base: "hex" }) })
        .list("values", "Link Color", color),
    ),
  },
  base.bytes("data", "Data", "rest", { filter: null }),
);
type RplMetricCases = typeof metricCases;
/** The declaration of {@link metric}. */
export interface RplMetric extends RplMetricCases {}
/** A metric or constraint of a DAG Metric Container (RFC 6551). */
export const metric: RplMetric = metricCases;
