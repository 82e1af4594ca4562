import { bits, flag, flags, octets, part, u8, u16, u24, u32 } from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import { tcpAlternateChecksumNames, tcpExperimentNames } from "../iana/tcp.ts";
import { mptcpOption } from "./mptcp.ts";
import { tcpKind, tcpOptionBase } from "./tcp-option-base.ts";

/** One isolated block of data that arrived (RFC 2018 §3). */
export const sackBlock = record("tcp.sackBlock", "SACK Block", { spec: "RFC 2018 §3" }).fields({
  left: u32("Left Edge", {
    filter: null,
    note: "Wireshark's tcp.options.sack_le counts from the connection's start.",
  }),
  right: u32("Right Edge", { filter: null }),
});

/** One binding space of the SCPS capabilities option (CCSDS 714.0-B §3.2.3). */
const scpsBinding = record("tcp.scpsBinding", "SCPS Binding Space", { filter: "tcp" })
  .fields({
    id: u8("Binding Space Identifier", { filter: "options.scps.binding.id" }),
    length: bits(4, "Length", { filter: "options.scps.binding.len" }),
    reserved: bits(4, "Reserved", { filter: null }),
  })
  .bytes("data", "Data", "rest", { filter: "options.scps.binding.data" });

/** Shared option kinds 253 and 254: the experiment names itself (RFC 6994 §3). */
const experimentBase = tcpOptionBase.fields({
  exid: u16("Experiment Identifier", {
    filter: "options.experimental.exid",
    base: "hex",
    names: tcpExperimentNames,
  }),
});

const experiment = variants(
  experimentBase,
  "exid",
  {
    /** Fast Open before it had a kind of its own (RFC 7413 §4.1.1). */
    experimentalFastOpen: at(
      0xf989,
      experimentBase.bytes("cookie", "Cookie", "rest", {
        filter: "options.tfo.cookie",
        when: (o) => o.length > 4,
      }),
    ),
    /** SMC-R and SMC-D capability (RFC 7609 §A.1). */
    experimentalSmc: at(
      0xe2d4,
      experimentBase.fields({
        exidLow: u16("Experiment Identifier, Low Half", { filter: null, default: 0xc3d9 }),
      }),
    ),
  },
  experimentBase.bytes("data", "Data", "rest", { filter: "options.experimental.data" }),
);

/**
 * One suboption of encryption negotiation (RFC 8547 §4.2): an identifier, with data up to the option's end where the first
 * bit is set; a length byte before it (below 0x20 after the first bit) says how much data, less one.
 */
export const enoSuboption = record("tcp.enoSuboption", "ENO Suboption", { spec: "RFC 8547 §4.2" })
  .fields({
    hasData: flag("Data follows", { filter: null }),
    value: bits(7, "Identifier or length", { filter: null }),
  })
  .when((o) => o.hasData && o.value < 0x20, { identifier: u8("Identifier", { filter: null }) })
  .bytes(
    "data",
    "Data",
    (o) => (o.hasData ? (o.value < 0x20 ? o.value + 1 : o.layer.end - o.layer.start - 1) : 0),
    {
      filter: null,
    },
  );

const made = variants(
  tcpKind,
  "kind",
  {
    endOfOptionList: at(0, tcpKind),
    noOperation: at(1, tcpKind),
    maximumSegmentSize: at(
      2,
      tcpOptionBase.fields({ mss: u16("Maximum Segment Size", { filter: "options.mss_val" }) }),
    ),
    windowScale: at(
      3,
      tcpOptionBase.fields({ shift: u8("Shift Count", { filter: "options.wscale.shift" }) }),
    ),
    sackPermitted: at(4, tcpOptionBase),
    sack: at(5, tcpOptionBase.list("blocks", "Blocks", sackBlock)),
    echo: at(
      6,
      tcpOptionBase.fields({ info: u32("Info to Echo", { filter: "options.echo_value" }) }),
    ),
    echoReply: at(
      7,
      tcpOptionBase.fields({ info: u32("Echoed Info", { filter: "options.echo_value" }) }),
    ),
    timestamps: at(
      8,
      tcpOptionBase.fields({
        value: u32("Timestamp Value", { filter: "options.timestamp.tsval" }),
        echoReply: u32("Timestamp Echo Reply", { filter: "options.timestamp.tsecr" }),
      }),
    ),
    partialOrderPermitted: at(9, tcpOptionBase),
    partialOrderProfile: at(
      10,
      tcpOptionBase.fields({
        startFlag: flag("Start Flag", { filter: null }),
        endFlag: flag("End Flag", { filter: null }),
        filler: bits(6, "Filler", { filter: null }),
      }),
    ),
    connectionCount: at(
      11,
      tcpOptionBase.fields({ count: u32("Connection Count", { filter: "options.cc_value" }) }),
    ),
    connectionCountNew: at(
      12,
      tcpOptionBase.fields({ count: u32("Connection Count", { filter: "options.cc_value" }) }),
    ),
    connectionCountEcho: at(
      13,
      tcpOptionBase.fields({
        count: u32("Echoed Connection Count", { filter: "options.cc_value" }),
      }),
    ),
    alternateChecksumRequest: at(
      14,
      tcpOptionBase.fields({
        algorithm: u8("Checksum Algorithm", { filter: null, names: tcpAlternateChecksumNames }),
      }),
    ),
    alternateChecksumData: at(
      15,
      tcpOptionBase.bytes("data", "Data", "rest", { filter: "options.unknown.payload" }),
    ),
    md5Signature: at(
      19,
      tcpOptionBase.fields({ digest: octets(16, "MD5 Digest", { filter: "options.md5.digest" }) }),
    ),
    scpsCapabilities: at(
      20,
      tcpOptionBase
        .fields({
          capabilities: flags(
            8,
            {
              bets: part(1, "Best Effort Transport Service", {
                filter: ".tcp.options.scpsflags.bets",
              }),
              snack1: part(1, "SNACK, short form", { filter: ".tcp.options.scpsflags.snack1" }),
              snack2: part(1, "SNACK, long form", { filter: ".tcp.options.scpsflags.snack2" }),
              compress: part(1, "Header compression", {
                filter: ".tcp.options.scpsflags.compress",
              }),
              nlts: part(1, "Network layer timestamps", { filter: ".tcp.options.scpsflags.nlts" }),
              reserved: part(3, "Reserved", { filter: ".tcp.options.scpsflags.reserved" }),
            },
            "Capabilities",
            { filter: "options.scps.vector", base: "hex" },
          ),
          connection: u8("Connection Identifier", { filter: "options.scps.binding" }),
        })
        .list("bindings", "Extended Capabilities", scpsBinding),
    ),
    selectiveNegativeAck: at(
      21,
      tcpOptionBase
        .fields({
          offset: u16("Hole1 Offset", { filter: "options.snack.offset" }),
          size: u16("Hole1 Size", { filter: "options.snack.size" }),
        })
        .bytes("bitVector", "Bit Vector", "rest", { filter: null }),
    ),
    quickStartResponse: at(
      27,
      tcpOptionBase.fields({
        reserved: bits(4, "Reserved", { filter: null }),
        rate: bits(4, "Rate Request", { filter: "options.qs.rate" }),
        ttlDifference: u8("TTL Difference", { filter: "options.qs.ttl_diff" }),
        nonce: bits(30, "QS Nonce", { filter: null }),
        reserved2: bits(2, "Reserved", { filter: null }),
      }),
    ),
    userTimeout: at(
      28,
      tcpOptionBase.fields({
        minutes: flag("Granularity: minutes, not seconds", {
          filter: "options.user_to_granularity",
        }),
        timeout: bits(15, "User Timeout", { filter: "options.user_to_val" }),
      }),
    ),
    authentication: at(
      29,
      tcpOptionBase
        .fields({
          keyId: u8("KeyID", { filter: "options.ao.keyid" }),
          nextKeyId: u8("RNextKeyID", { filter: "options.ao.rnextkeyid" }),
        })
        .bytes("mac", "MAC", "rest", { filter: "options.ao.mac" }),
    ),
    multipath: at(30, mptcpOption),
    fastOpen: at(
      34,
      tcpOptionBase.bytes("cookie", "Cookie", "rest", {
        filter: "options.tfo.cookie",
        when: (o) => o.length > 2,
      }),
    ),
    encryptionNegotiation: at(
      69,
      tcpOptionBase.list("suboptions", "Suboptions", enoSuboption, { filter: null }),
    ),
    accurateEcn0: at(
      172,
      tcpOptionBase
        .when((o) => o.length >= 5, {
          ect0: u24("ECT(0) Bytes", { filter: "options.acc_ecn.ee0b" }),
        })
        .when((o) => o.length >= 8, { ce: u24("CE Bytes", { filter: "options.acc_ecn.eceb" }) })
        .when((o) => o.length >= 11, {
          ect1: u24("ECT(1) Bytes", { filter: "options.acc_ecn.ee1b" }),
        }),
    ),
    accurateEcn1: at(
      174,
      tcpOptionBase
        .when((o) => o.length >= 5, {
          ect1: u24("ECT(1) Bytes", { filter: "options.acc_ecn.ee1b" }),
        })
        .when((o) => o.length >= 8, { ce: u24("CE Bytes", { filter: "options.acc_ecn.eceb" }) })
        .when((o) => o.length >= 11, {
          ect0: u24("ECT(0) Bytes", { filter: "options.acc_ecn.ee0b" }),
        }),
    ),
    experiment1: at(253, experiment),
    experiment2: at(254, experiment),
  },
  tcpOptionBase.bytes("data", "Data", "rest", { filter: "options.unknown.payload" }),
);

type Made = typeof made;
/** The type of {@link tcpOption}, under a name: spelled out in every use it would fill files. */
export interface TcpOption extends Made {}
/**
 * Options of TCP: every kind of the IANA registry that a published document lays out, obsolete ones too. A view tells
 * them apart by `is`; kinds without a layout are `unknown` and keep their bytes.
 */
export const tcpOption: TcpOption = made;
