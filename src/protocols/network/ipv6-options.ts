import { bits, flag, flags, ipv6Address, part, u8, u16, u32 } from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import { quickStartFunctionNames } from "../iana/ipv4.ts";
import {
  calipsoDomainNames,
  ipv6OptionActionNames,
  ipv6OptionNames,
  ipv6RouterAlertNames,
  smfTaggerNames,
} from "../iana/ipv6.ts";
import { ioamTrace } from "./ipv6-ioam.ts";

const type = record("ipv6.option", "Option", { spec: "RFC 8200 §4.2" }).fields({
  type: flags(
    8,
    {
      action: part(2, "Action where unrecognized", { names: ipv6OptionActionNames }),
      mutable: part(1, "May change on the way", { filter: "change" }),
      rest: part(5, "Low-order bits", { base: "hex" }),
    },
    "Option Type",
    { filter: "opt.type", base: "hex", names: ipv6OptionNames },
  ),
});
const option = type
  .fields({ length: u8("Length", { filter: "opt.length" }) })
  .header({ field: "length", plus: 2 });

/** RFC 4782 §3.1: the function says whether a rate is asked for or reported. */
const quickStart = option
  .fields({
    function: bits(4, "Function", { filter: "opt.qs_func", names: quickStartFunctionNames }),
    rate: bits(4, "Rate", { filter: "opt.qs_rate" }),
  })
  .when({ field: "function", is: 0 }, { ttl: u8("QS TTL", { filter: "opt.qs_ttl" }) })
  .when((o) => o.function !== 0, { unused: u8("Not Used", { filter: "opt.qs_unused" }) })
  .fields({
    nonce: bits(30, "QS Nonce", { filter: "opt.qs_nonce", base: "hex" }),
    reserved: bits(2, "Reserved", { filter: "opt.qs_reserved", base: "hex", digits: 8 }),
  });

/** RFC 6621 §6.1: a sequence number with the identity of its tagger, or a hash assist value. */
const smfDpd = option
  .fields({
    hash: flag("Hash assist", { filter: "opt.smf_dpd.hash_bit" }),
    taggerType: bits(3, "TaggerId Type", {
      filter: "opt.smf_dpd.tid_type",
      names: smfTaggerNames,
      note: "With the hash bit set, this and the next field begin the hash assist value.",
    }),
    taggerLength: bits(4, "TaggerId Length", { filter: "opt.smf_dpd.tid_len" }),
  })
  .bytes(
    "tagger",
    "TaggerId",
    { field: "taggerLength", plus: 1 },
    {
      filter: "opt.smf_dpd.tagger_id",
      when: (o) => !o.hash && o.taggerType !== 0,
    },
  )
  .bytes("identifier", "Identifier", "rest", {
    filter: "opt.smf_dpd.ident",
    when: (o) => !o.hash,
  })
  .bytes("hashAssist", "Hash Assist Value", "rest", {
    filter: "opt.smf_dpd.hav",
    when: (o) => o.hash,
  });

/** RFC 8250 §3.2. */
const pdm = option.fields({
  scaleLastReceived: u8("Scale Delta Time Last Received", { filter: "opt.pdm.scale_dtlr" }),
  scaleLastSent: u8("Scale Delta Time Last Sent", { filter: "opt.pdm.scale_dtls" }),
  packetNumber: u16("Packet Sequence Number This Packet", { filter: "opt.pdm.psn_this_pkt" }),
  lastReceived: u16("Packet Sequence Number Last Received", { filter: "opt.pdm.psn_last_recv" }),
  deltaLastReceived: u16("Delta Time Last Received", { filter: "opt.pdm.delta_last_recv" }),
  deltaLastSent: u16("Delta Time Last Sent", { filter: "opt.pdm.delta_last_sent" }),
});

/** RFC 6553 §3, RFC 9008 §4.3. */
const rpl = option
  .fields({
    flags: flags(
      8,
      {
        o: "Down",
        r: "Rank-Error",
        f: "Forwarding-Error",
        reserved: part(5, "Reserved", { filter: "rsv", base: "hex" }),
      },
      "Flags",
      { filter: "opt.rpl.flag", base: "hex" },
    ),
    instance: u8("RPLInstanceID", { filter: "opt.rpl.instance_id", base: "hex" }),
    senderRank: u16("SenderRank", { filter: "opt.rpl.sender_rank", base: "hex" }),
  })
  .bytes("subTlvs", "Sub-TLVs", "rest", { filter: null });

/** Bytes of the identifier where the flags have 2 for its length. */
const SEED_BYTES = 8;
/** RFC 7731 §6.1. */
const mpl = option
  .fields({
    flags: flags(
      8,
      {
        s: part(2, "Seed-id length"),
        m: "Largest sequence number",
        v: "Version",
        reserved: part(4, "Reserved", { filter: "rsv", base: "hex" }),
      },
      "Flags",
      {
        filter: "opt.mpl.flag",
        base: "hex",
        valid: (random) => ({ s: 2, m: random.chance(50) }),
      },
    ),
    sequence: u8("Sequence", { filter: "opt.mpl.sequence", base: "hex" }),
  })
  .bytes("seed", "Seed-id", "rest", {
    filter: "opt.mpl.seed_id",
    valid: (random) => random.bytes(SEED_BYTES),
  });

/** RFC 6971 §13.1. */
const dff = option.fields({
  flags: flags(
    8,
    {
      version: part(2, "Version", { filter: ".ipv6.opt.dff.flag.ver" }),
      dup: part(1, "Duplicate", { filter: ".ipv6.opt.dff.flag.dup" }),
      ret: part(1, "Return", { filter: ".ipv6.opt.dff.flag.ret" }),
      reserved: part(4, "Reserved", { filter: ".ipv6.opt.dff.flag.rsv", base: "hex" }),
    },
    "Flags",
    { filter: "opt.dff.flags", base: "hex" },
  ),
  sequence: u16("Sequence Number", { filter: "opt.dff.sequence_number" }),
});

/** RFC 9343 §3.1. */
const altMark = option.fields({
  flow: bits(20, "FlowMonID", { filter: null }),
  loss: flag("Loss Marking", { filter: null }),
  delay: flag("Delay Marking", { filter: null }),
  reserved: bits(10, "Reserved", { filter: null }),
});

/** RFC 9197 §4, RFC 9486 §3: the trace options; the data of other kinds stays bytes. */
const ioam = option.fields({
  reserved: u8("Reserved", { filter: "opt.ioam.rsv" }),
  ioamType: u8("IOAM Option-Type", { filter: "opt.ioam.opt_type" }),
});
const ioamTraced = (o: { readonly ioamType: number }): boolean => o.ioamType < 2;
const ioamOption = ioam
  .record("trace", "Trace", ioamTrace, { when: ioamTraced })
  .bytes("data", "Data", "rest", { filter: null });

const experiment = option.bytes("data", "Data", "rest", { filter: "opt.experimental" });

const ipv6OptionCases = variants(
  type,
  "type",
  {
    pad1: at(0, type),
    padN: at(1, option.bytes("padding", "PadN", "rest", { filter: "opt.padn" })),
    tunnelEncapsulationLimit: at(
      4,
      option.fields({ limit: u8("Tunnel Encapsulation Limit", { filter: "opt.tel" }) }),
    ),
    routerAlert: at(
      5,
      option.fields({
        value: u16("Router Alert", { filter: "opt.router_alert", names: ipv6RouterAlertNames }),
      }),
    ),
    calipso: at(
      7,
      option
        .fields({
          domain: u32("CALIPSO Domain of Interpretation", {
            filter: "opt.calipso.doi",
            names: calipsoDomainNames,
          }),
          compartmentLength: u8("Compartment Length", {
            filter: "opt.calipso.cmpt.length",
            note: "In words of 32 bits.",
          }),
          level: u8("Sensitivity Level", { filter: "opt.calipso.sens_level" }),
          checksum: u16("Checksum", { filter: "opt.calipso.checksum", base: "hex" }),
        })
        .bytes(
          "compartments",
          "Compartment Bitmap",
          { field: "compartmentLength", unit: 4 },
          {
            filter: "opt.calipso.cmpt_bitmap",
          },
        ),
    ),
    smfDpd: at(8, smfDpd),
    pdm: at(15, pdm),
    ioamDestination: at(17, ioamOption),
    altMarkDestination: at(18, altMark),
    rpl: at(35, rpl),
    quickStart: at(38, quickStart),
    minimumPathMtu: at(
      48,
      option.fields({
        minimum: u16("Min-PMTU", { filter: "opt.pmtu.min" }),
        returned: bits(15, "Rtn-PMTU", {
          filter: "opt.pmtu.rtn",
          scale: 2,
          note: "The field holds the 15 high-order bits of the reported MTU (RFC 9268).",
        }),
        r: flag("Return requested", { filter: "opt.pmtu.r_flag" }),
      }),
    ),
    ioamHopByHop: at(49, ioamOption),
    altMarkHopByHop: at(50, altMark),
    rplDeprecated: at(99, rpl),
    mpl: at(109, mpl),
    endpointIdentification: at(
      138,
      option.bytes("endpoint", "Endpoint Identification", "rest", { filter: null }),
    ),
    ilnpNonce: at(139, option.bytes("nonce", "Nonce Value", "rest", { filter: "opt.ilnp_nonce" })),
    lineIdentification: at(
      140,
      option
        .fields({ lineIdLength: u8("LineIDLen", { filter: "opt.lio.length" }) })
        .text("lineId", "Line ID", { field: "lineIdLength" }, { filter: "opt.lio.line_id" }),
    ),
    jumboPayload: at(
      194,
      option.fields({ jumboLength: u32("Jumbo Payload Length", { filter: "opt.jumbo" }) }),
    ),
    homeAddress: at(
      201,
      option.fields({
        home: ipv6Address("Home Address", { filter: "opt.mipv6.home_address" }),
      }),
    ),
    ipDff: at(238, dff),
    experiment: at([30, 62, 94, 126, 158, 190, 222, 254], experiment),
  },
  option.bytes("data", "Data", "rest", { filter: "opt.unknown" }),
);
type Ipv6OptionCases = typeof ipv6OptionCases;
/** The declaration of {@link ipv6Option}. */
export interface Ipv6Option extends Ipv6OptionCases {}
/** An option of the Hop-by-Hop Options and the Destination Options header, which share one number space. */
export const ipv6Option: Ipv6Option = ipv6OptionCases;
