import { formatEui64, formatIpv6 } from "../../bytes/address.ts";
import { formatHex } from "../../bytes/hex.ts";
import type { Layer } from "../../schema/layer.ts";
import { trailerOf } from "../../schema/layout.ts";
import { formatTime, hexCell } from "./cell.ts";
import type { Emit, Extra, Override } from "./context.ts";

const caseOf = ({ schema }: Layer): string => schema.caseName ?? "";
const hexOf = ({ bytes }: Layer, from: number, to: number): string =>
  formatHex(bytes.subarray(from, to));

/** Octets of the first header of a message: type, code and checksum. */
const MESSAGE = 4;
/** Octets of an option before its content. */
const OPTION = 2;

/** What a message of an unknown type holds, and the extensions of the others. */
const messageExtra: Extra = {
  protocol: "icmpv6",
  names: ["icmpv6.undecoded.type", "icmpv6.data", "icmp.ext"],
  cells(layer, emit) {
    if (caseOf(layer) === "unknown" && layer.schema.parent === null) {
      emit("icmpv6.undecoded.type", "1");
      if (layer.end > layer.start + MESSAGE)
        emit("icmpv6.data", hexOf(layer, layer.start + MESSAGE, layer.end));
    }
    if (trailerOf(layer) !== null) emit("icmp.ext", "1");
  },
};

/** Options of neighbour discovery that Wireshark does not take apart. */
const undecoded: ReadonlySet<string> = new Set(["pvdId", "encryptedDns", "experiment", "unknown"]);
const padded: ReadonlySet<string> = new Set([
  "cga",
  "trustAnchor",
  "handoverAssist",
  "mobileNodeIdentifier",
  "dnssl",
]);
const signed: ReadonlySet<string> = new Set(["rsaSignature", "proxySignature"]);

const optionExtra: Extra = {
  protocol: "icmpv6.option",
  names: [
    "icmpv6.undecoded.option",
    "icmpv6.data",
    "icmpv6.opt.padding",
    "icmpv6.opt.digital_signature_padding",
    "icmpv6.opt.6cio.unassigned1",
  ],
  cells(layer, emit) {
    const { bytes, start, end } = layer;
    const name = caseOf(layer);
    if (undecoded.has(name)) {
      emit("icmpv6.undecoded.option", "1");
      emit("icmpv6.data", hexOf(layer, start + OPTION, end));
    } else if (padded.has(name)) emit("icmpv6.opt.padding", "1");
    else if (signed.has(name)) emit("icmpv6.opt.digital_signature_padding", "1");
    else if (name === "sixLowpanCapability")
      emit(
        "icmpv6.opt.6cio.unassigned1",
        hexCell((bytes[start + 2]! << 8) | (bytes[start + 3]! & 0xfe), 4),
      );
  },
};

const rplOptionExtra: Extra = {
  protocol: "icmpv6.rplOption",
  names: [
    "icmpv6.opt",
    "icmpv6.undecoded.rpl_option",
    "icmpv6.data",
    "icmpv6.rpl.opt.routediscovery.flag",
    "icmpv6.rpl.opt.routediscovery.addr_vec",
    "icmpv6.rpl.opt.routediscovery.nh",
  ],
  cells(layer, emit) {
    const { bytes, start, end } = layer;
    emit("icmpv6.opt", "1");
    if (caseOf(layer) === "unknown") {
      emit("icmpv6.undecoded.rpl_option", "1");
      emit("icmpv6.data", hexOf(layer, start + OPTION, end));
    } else if (caseOf(layer) === "routeDiscovery") {
      emit("icmpv6.rpl.opt.routediscovery.flag", "1");
      emit("icmpv6.rpl.opt.routediscovery.addr_vec", "1");
      if (isReply(layer))
        emit("icmpv6.rpl.opt.routediscovery.nh", String(bytes[start + 3]! & NEXT_HOP));
    }
  },
};
/** In a Discovery Reply Object the next hop stands where the rank was (RFC 6997 §7). */
const NEXT_HOP = 0x3f;
const isReply = ({ lower }: Layer): boolean =>
  /^(dro|secureDro)$/.test(lower?.schema.caseName ?? "");

/** A seed by the kind of its number, and the messages that are buffered of it (RFC 7731 §6.2). */
const seedExtra: Extra = {
  protocol: "icmpv6.mplSeed",
  names: ["icmpv6.mpl.seed_info.seed_id", "icmpv6.mpl.seed_info.sequence"],
  cells(layer, emit) {
    const { bytes, start, end } = layer;
    const size = [0, 2, 8, 16][bytes[start + 1]! & 3]!;
    emit("icmpv6.mpl.seed_info.seed_id", seedId(layer, size));
    for (let at = start + 2 + size; at < end; at++)
      for (let bit = 0; bit < 8; bit++)
        if ((bytes[at]! & (0x80 >> bit)) !== 0)
          emit(
            "icmpv6.mpl.seed_info.sequence",
            String(bytes[start]! + (at - start - 2 - size) * 8 + bit),
          );
  },
};

function seedId(layer: Layer, size: number): string {
  const { bytes, start } = layer;
  const at = start + 2;
  if (size === 0) return senderOf(layer);
  if (size === 16) return formatIpv6(bytes, at);
  return size === 8 ? formatEui64(bytes, at) : hexOf(layer, at, at + size);
}

/** Without a number of its own the seed is the sender. */
function senderOf(seed: Layer): string {
  const network = seed.lower?.lower ?? null;
  return network?.schema.name === "ipv6" ? formatIpv6(network.bytes, network.start + 8) : "";
}

const mark = (protocol: string, name: string): Extra => ({
  protocol,
  names: [name],
  cells: (_layer, emit: Emit) => emit(name, "1"),
});

export const icmpv6OptionExtras: readonly Extra[] = [
  messageExtra,
  optionExtra,
  rplOptionExtra,
  seedExtra,
  mark("icmpv6.usePrefix", "icmpv6.rr.pco.up"),
  mark("icmpv6.renumberingResult", "icmpv6.rr.rm"),
];

/** Whole seconds in 48 bits, and 1/65536 seconds (RFC 3971 §5.3.1). */
export function timestamp(value: unknown): string {
  const n = value as bigint;
  return formatTime(Number(n >> 16n), Math.floor((Number(n & 0xffffn) * 1e9) / 65_536));
}

/** Codes of which the greater ones have three bits of exponent and `bits` of mantissa (RFC 3810 §5.1.3, §5.1.9). */
export function codeOf(code: number, bits: number): number {
  const limit = 2 ** (bits + 3);
  if (code < limit) return code;
  const mantissa = (code % 2 ** bits) + 2 ** bits;
  return mantissa * 2 ** (((code >> bits) & 7) + 3);
}

/** An address of which the first bytes may be left out. */
const address = (name: string): Override => ({
  name: `icmpv6.rpl.opt.routediscovery.${name}`,
  cell: (value) => {
    const bytes = value as Uint8Array;
    return bytes.length === 16 ? formatIpv6(bytes, 0) : formatHex(bytes);
  },
});

export const icmpv6OptionOverrides: readonly Override[] = [
  { name: "icmpv6.opt.timestamp", cell: timestamp },
  { name: "icmpv6.opt.6cio.flag_g", cell: (value) => hexCell(value === true ? 1 : 0, 4) },
  { name: "icmpv6.mpl.seed_info.seed_id", cell: () => null },
  { name: "icmpv6.mld.qqi", cell: (value) => String(codeOf(value as number, 4)) },
  {
    name: "icmpv6.rpl.opt.routediscovery.maxrank",
    cell: (value, layer) => (isReply(layer) ? null : String(value)),
  },
  address("targetaddr"),
  address("addrvec.addr"),
];
