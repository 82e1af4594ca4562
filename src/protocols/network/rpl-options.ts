import { bits, flag, flags, ipv6Address, part, u8, u16, u32 } from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import { rplObjectiveNames, rplOptionNames } from "../iana/icmpv6.ts";
import { metric } from "./rpl-metrics.ts";

const type = record("icmpv6.rplOption", "RPL Option", {
  filter: "icmpv6.rpl.opt",
  spec: "RFC 6550 §6.7",
}).fields({
  type: u8("Type", { names: rplOptionNames }),
});
const option = type.fields({ length: u8("Length") }).header({ field: "length", plus: 2 });

/** Random prefixes are whole addresses, since the prefix's bytes are as many as its length needs. */
const wholePrefix = [128, 128] as const;

const routeInformation = option
  .fields({
    prefixLength: u8("Prefix Length", { filter: "route.prefix_length", valid: wholePrefix }),
    flags: flags(
      8,
      {
        reserved: part(3, "Reserved", { filter: null }),
        preference: part(2, "Route Preference", { filter: ".icmpv6.rpl.opt.route.pref" }),
        reserved2: part(3, "Reserved", { filter: null }),
      },
      "Flags",
      { filter: "route.flag", base: "hex" },
    ),
    lifetime: u32("Route Lifetime", { filter: "route.lifetime" }),
  })
  .bytes("prefix", "Prefix", "rest", {
    filter: "route.prefix",
    valid: (random) => random.bytes(16),
  });

const configuration = option.fields({
  flags: flags(
    8,
    {
      reserved: part(4, "Reserved", { filter: ".icmpv6.rpl.opt.config.reserved" }),
      a: part(1, "Authentication", { filter: ".icmpv6.rpl.opt.config.auth" }),
      pcs: part(3, "Path Control Size", { filter: ".icmpv6.rpl.opt.config.pcs" }),
    },
    "Flags",
    { filter: "config.flag", base: "hex" },
  ),
  intervalDoublings: u8("DIOIntervalDoublings", { filter: "config.interval_double" }),
  intervalMin: u8("DIOIntervalMin", { filter: "config.interval_min" }),
  redundancy: u8("DIORedundancyConstant", { filter: "config.redundancy" }),
  maxRankIncrease: u16("MaxRankIncrease", { filter: "config.max_rank_inc" }),
  minHopRankIncrease: u16("MinHopRankIncrease", { filter: "config.min_hop_rank_inc" }),
  objective: u16("Objective Code Point", { filter: "config.ocp", names: rplObjectiveNames }),
  reserved: u8("Reserved", { filter: "config.rsv" }),
  lifetime: u8("Default Lifetime", { filter: "config.def_lifetime" }),
  lifetimeUnit: u16("Lifetime Unit", { filter: "config.lifetime_unit" }),
});

const target = option
  .fields({
    flags: u8("Flags", { filter: "target.flag" }),
    prefixLength: u8("Target Prefix Length", {
      filter: "target.prefix_length",
      valid: wholePrefix,
    }),
  })
  .bytes("prefix", "Target Prefix", "rest", {
    filter: "target.prefix",
    valid: (random) => random.bytes(16),
  });

const transit = option
  .fields({
    flags: flags(8, { e: "External", reserved: part(7, "Reserved", { filter: "rsv" }) }, "Flags", {
      filter: "transit.flag",
      base: "hex",
    }),
    pathControl: u8("Path Control", { filter: "transit.pathctl" }),
    pathSequence: u8("Path Sequence", { filter: "transit.pathseq" }),
    pathLifetime: u8("Path Lifetime", { filter: "transit.pathlifetime" }),
  })
  .when((o) => o.length > 4, {
    parent: ipv6Address("Parent Address", { filter: "transit.parent" }),
  });

const solicited = option.fields({
  instance: u8("RPLInstanceID", { filter: "solicited.instance" }),
  flags: flags(
    8,
    {
      v: "Version predicate",
      i: "InstanceID predicate",
      d: "DODAGID predicate",
      reserved: part(5, "Reserved", { filter: "rsv" }),
    },
    "Flags",
    { filter: "solicited.flag", base: "hex" },
  ),
  dodag: ipv6Address("DODAGID", { filter: "solicited.dodagid" }),
  version: u8("Version Number", { filter: "solicited.version" }),
});

const prefixInformation = option.fields({
  prefixLength: u8("Prefix Length", { filter: "prefix.length" }),
  flags: flags(
    8,
    {
      l: part(1, "On-link"),
      a: part(1, "Autonomous address-configuration", { filter: ".icmpv6.rpl.opt.config.flag.a" }),
      r: part(1, "Router address", { filter: ".icmpv6.rpl.opt.config.flag.r" }),
      reserved: part(5, "Reserved", { filter: ".icmpv6.rpl.opt.config.flag.rsv" }),
    },
    "Flags",
    { filter: "prefix.flag", base: "hex" },
  ),
  validLifetime: u32("Valid Lifetime", { filter: "prefix.valid_lifetime" }),
  preferredLifetime: u32("Preferred Lifetime", { filter: "prefix.preferred_lifetime" }),
  reserved: u32("Reserved"),
  prefix: ipv6Address("Prefix", { filter: "prefix" }),
});

const vectorAddress = record("icmpv6.rplVectorAddress", "Address", {
  filter: "icmpv6.rpl.opt.routediscovery",
}).bytes(
  "address",
  "Address",
  (a) => {
    const option = a.layer.lower;
    return option === null ? 16 : 16 - (option.bytes[option.start + 2]! & 15);
  },
  { filter: "addrvec.addr" },
);

/** RFC 6997 §7: addresses lack the leading bytes that they share with the DODAGID. */
const routeDiscovery = option
  .fields({
    reply: flag("Reply", { filter: "routediscovery.flag.reply" }),
    hopByHop: flag("Hop-by-hop", { filter: "routediscovery.flag.hopbyhop" }),
    routes: bits(2, "Number of Routes", { filter: "routediscovery.flag.numofroutes" }),
    elided: bits(4, "Compr", { filter: "routediscovery.flag.compr" }),
    lifetime: bits(2, "Lifetime", { filter: "routediscovery.lifetime" }),
    maxRank: bits(6, "MaxRank or NextHop", { filter: "routediscovery.maxrank" }),
  })
  .bytes("target", "TargetAddr", (o) => 16 - o.elided, { filter: "routediscovery.targetaddr" })
  .list("addresses", "Address vector", vectorAddress);

const rplOptionCases = variants(
  type,
  "type",
  {
    pad1: at(0, type),
    padN: at(1, option.bytes("padding", "Padding", "rest", { filter: "padn" })),
    metricContainer: at(2, option.list("metrics", "Metrics", metric)),
    routeInformation: at(3, routeInformation),
    configuration: at(4, configuration),
    target: at(5, target),
    transitInformation: at(6, transit),
    solicitedInformation: at(7, solicited),
    prefixInformation: at(8, prefixInformation),
    targetDescriptor: at(
      9,
      option.fields({
        descriptor: u32("Descriptor", { filter: "targetdesc.descriptor", base: "hex" }),
      }),
    ),
    routeDiscovery: at(10, routeDiscovery),
  },
  option.bytes("data", "Data", "rest", { filter: null }),
);
type RplOptionCases = typeof rplOptionCases;
/** The declaration of {@link rplOption}. */
export interface RplOption extends RplOptionCases {}
/** An option of RPL control messages. */
export const rplOption: RplOption = rplOptionCases;
