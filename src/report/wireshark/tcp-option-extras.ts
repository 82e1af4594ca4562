import { formatHex } from "../../bytes/hex.ts";
import type { Layer } from "../../schema/layer.ts";
import type { Extra, Override } from "./context.ts";
import { whole } from "./whole.ts";

const UNKNOWN = "tcp.options.unknown";
const EXPERIMENTAL = "tcp.options.experimental";

const wholeExtra = whole("tcp.option", {
  noOperation: "tcp.options.nop",
  maximumSegmentSize: "tcp.options.mss",
  windowScale: "tcp.options.wscale",
  sackPermitted: "tcp.options.sack_perm",
  sack: "tcp.options.sack",
  echo: "tcp.options.echo",
  echoReply: "tcp.options.echo",
  timestamps: "tcp.options.timestamp",
  connectionCount: "tcp.options.cc",
  connectionCountNew: "tcp.options.cc",
  connectionCountEcho: "tcp.options.cc",
  md5Signature: "tcp.options.md5",
  scpsCapabilities: "tcp.options.scps",
  selectiveNegativeAck: "tcp.options.snack",
  quickStartResponse: "tcp.options.qs",
  userTimeout: "tcp.options.user_to",
  authentication: "tcp.options.ao",
  fastOpen: "tcp.options.tfo",
  accurateEcn0: "tcp.options.acc_ecn",
  accurateEcn1: "tcp.options.acc_ecn",
});

/** Options that Wireshark does not take apart. */
const opaque: ReadonlySet<string> = new Set([
  "partialOrderProfile",
  "alternateChecksumRequest",
  "encryptionNegotiation",
]);
/** Octets of an option before its content, and of an experimental one. */
const OPTION = 2;
const EXPERIMENT = 4;

/** What an option holds that is not taken apart. */
const contentExtra: Extra = {
  protocol: "tcp.option",
  names: [`${UNKNOWN}.payload`, `${EXPERIMENTAL}.data`],
  cells({ schema, bytes, start, end }, emit) {
    const name = schema.caseName ?? "";
    if (opaque.has(name))
      emit(`${UNKNOWN}.payload`, formatHex(bytes.subarray(start + OPTION, end)));
    else if (name === "experimentalSmc")
      emit(`${EXPERIMENTAL}.data`, formatHex(bytes.subarray(start + EXPERIMENT, end)));
  },
};

export const tcpOptionExtras: readonly Extra[] = [wholeExtra, contentExtra];

/** Options of one length only: Wireshark does not show the value of one that is longer or shorter. */
const sized = (name: string, length: number): Override => ({
  name: `tcp.options.${name}`,
  cell: (value, { bytes, start }) => (bytes[start + 1] === length ? String(value) : null),
});
/** Flags of Multipath TCP that version 0 did not have. */
const ofVersion1 = (name: string): Override => ({
  name: `tcp.options.mptcp.${name}.flag`,
  cell: (value, option) => (isVersion0(option) ? null : String(value)),
});
const isVersion0 = ({ bytes, start }: Layer): boolean => (bytes[start + 2]! & 0xf) === 0;

export const tcpOptionOverrides: readonly Override[] = [
  sized("mss_val", 4),
  sized("wscale.shift", 3),
  sized("timestamp.tsval", 10),
  sized("timestamp.tsecr", 10),
  ofVersion1("nomoresubflows"),
  ofVersion1("sha256"),
];
