import { formatIpv4, formatMac } from "../../bytes/address.ts";
import { readU16 } from "../../bytes/numbers.ts";
import { reportedEnd } from "../../packet/reported.ts";
import type { Layer } from "../../schema/layer.ts";
import type { Emit, Extra, Override } from "./context.ts";

const HOP_BY_HOP = 0;
const NO_NEXT_HEADER = 59;

/** Of a header of another version Wireshark shows the version only. */
export const isVersion6 = ({ bytes, start }: Layer): boolean => bytes[start]! >> 4 === 6;

/** The MAC address that an interface identifier was made from (RFC 4291 appendix A). */
function slaacMac(b: Uint8Array, at: number): string | null {
  if (b[at] === 0xff || (b[at + 8]! & 3) !== 2 || readU16(b, at + 11) !== 0xfffe) return null;
  const mac = Uint8Array.of(
    b[at + 8]! ^ 2,
    b[at + 9]!,
    b[at + 10]!,
    ...b.subarray(at + 13, at + 16),
  );
  return formatMac(mac, 0);
}

/** What an address says of the tunnel behind it: 6to4 (RFC 3056 §2) or Teredo (RFC 4380 §4). */
function emitAddress(b: Uint8Array, at: number, side: string, emit: Emit): void {
  const both = (name: string, cell: string): void => {
    emit(`ipv6.${side}_${name}`, cell);
    emit(`ipv6.${name}`, cell);
  };
  const mac = slaacMac(b, at);
  if (mac !== null) both("slaac_mac", mac);
  if (readU16(b, at) === 0x2002) {
    both("6to4_gw_ipv4", formatIpv4(b, at + 2));
    both("6to4_sla_id", String(readU16(b, at + 6)));
  } else if (readU16(b, at) === 0x2001 && readU16(b, at + 2) === 0) {
    both("ts_ipv4", formatIpv4(b, at + 4));
    both("tc_port", String(readU16(b, at + 10) ^ 0xffff));
    const client = b.slice(at + 12, at + 16).map((octet) => octet ^ 0xff);
    both("tc_ipv4", formatIpv4(client, 0));
  }
}

const addressNames = ["slaac_mac", "6to4_gw_ipv4", "6to4_sla_id", "ts_ipv4", "tc_port", "tc_ipv4"];

/** What the addresses are made of, and what Wireshark finds wrong with a header. */
const ipv6Extra: Extra = {
  protocol: "ipv6",
  names: [
    "ipv6.bogus_ipv6_version",
    "ipv6.plen_exceeds_framing",
    "ipv6.plen_zero",
    ...addressNames.flatMap((n) => [`ipv6.${n}`, `ipv6.src_${n}`, `ipv6.dst_${n}`]),
  ],
  cells(layer, emit, { packet }) {
    if (!isVersion6(layer)) {
      emit("ipv6.bogus_ipv6_version", "1");
      return;
    }
    const { bytes, start, lower } = layer;
    const length = readU16(bytes, start + 4);
    const next = bytes[start + 6]!;
    if (length === 0 && next !== NO_NEXT_HEADER && next !== HOP_BY_HOP) emit("ipv6.plen_zero", "1");
    const end = lower === null ? packet.start + packet.originalLength : reportedEnd(lower, packet);
    const isQuoted = (lower?.schema.root.name ?? "").startsWith("icmp");
    if (start + 40 + length > end && !isQuoted) emit("ipv6.plen_exceeds_framing", "1");
    emitAddress(bytes, start + 8, "src", emit);
    emitAddress(bytes, start + 24, "dst", emit);
  },
};

const lengthExtra = (protocol: string, name: string): Extra => ({
  protocol,
  names: [name],
  cells: ({ bytes, start }, emit) => emit(name, String((bytes[start + 1]! + 1) * 8)),
});

const routingExtra: Extra = {
  protocol: "ipv6Routing",
  names: ["ipv6.routing.len_oct", "ipv6.routing.deprecated", "ipv6.routing.undecoded"],
  cells({ bytes, start }, emit) {
    emit("ipv6.routing.len_oct", String((bytes[start + 1]! + 1) * 8));
    const type = bytes[start + 2]!;
    if (type === 0) emit("ipv6.routing.deprecated", "1");
    else if (type === 1 || type > 6) emit("ipv6.routing.undecoded", "1");
  },
};

export const ipv6Extras: readonly Extra[] = [
  ipv6Extra,
  lengthExtra("hopByHop", "ipv6.hopopts.len_oct"),
  lengthExtra("destinationOptions", "ipv6.dstopts.len_oct"),
  routingExtra,
];

const shown = (name: string, print: (value: unknown) => string = String): Override => ({
  name: `ipv6.${name}`,
  cell: (value, layer) => (isVersion6(layer) ? print(value) : null),
});
const hexDigits = (value: unknown, digits: number): string =>
  (value as number).toString(16).padStart(digits, "0");

export const ipv6Overrides: readonly Override[] = [
  shown("tclass"),
  shown("tclass.dscp"),
  shown("tclass.ecn"),
  shown("flow", (value) => `0x${hexDigits(value, 6)}`),
  shown("plen"),
  shown("nxt"),
  shown("hlim"),
  shown("src"),
  shown("dst"),
  { name: "ipv6.routing.srh.tag", cell: (value) => hexDigits(value, 4) },
];
