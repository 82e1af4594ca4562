import { formatHex } from "../../bytes/hex.ts";
import { readU16 } from "../../bytes/numbers.ts";
import type { Layer } from "../../schema/layer.ts";
import { hexCell } from "./cell.ts";
import type { Extra, Override } from "./context.ts";
import { whole } from "./whole.ts";

const optionExtra = whole("ipv4.option", {
  endOfOptionsList: "ip.options.eol",
  noOperation: "ip.options.nop",
  recordRoute: "ip.options.record_route",
  mtuProbe: "ip.options.mtu_probe",
  mtuReply: "ip.options.mtu_reply",
  quickStart: "ip.options.qs",
  timestamp: "ip.options.timestamp",
  traceroute: "ip.options.traceroute",
  security: "ip.options.security",
  looseSourceRoute: "ip.options.route",
  extendedSecurity: "ip.options.ext_security",
  cipso: "ip.options.cipso",
  streamId: "ip.options.sid",
  strictSourceRoute: "ip.options.source_route",
  routerAlert: "ip.options.routeralert",
  selectiveDirectedBroadcast: "ip.options.sdb",
});

/** Octets of a CIPSO tag before its categories. */
const TAG_HEAD = 4;

/** The numbers of the bits that are set, the highest bit of the first byte being 0. */
function bitmap(bytes: Uint8Array, start: number, end: number): string[] {
  const set: string[] = [];
  for (let at = start; at < end; at++)
    for (let bit = 0; bit < 8; bit++)
      if ((bytes[at]! & (0x80 >> bit)) !== 0) set.push(String((at - start) * 8 + bit));
  return set;
}

function numbers(bytes: Uint8Array, start: number, end: number): string[] {
  const found: string[] = [];
  for (let at = start; at + 2 <= end; at += 2) found.push(String(readU16(bytes, at)));
  return found;
}

/** Ranges from the top to the bottom; the last bottom may be left out where it is zero. */
function ranges(bytes: Uint8Array, start: number, end: number): string[] {
  const ends = numbers(bytes, start, end);
  const found: string[] = [];
  for (let i = 0; i < ends.length; i += 2) found.push(`${ends[i]}-${ends[i + 1] ?? 0}`);
  return found;
}

const categoriesOf: Readonly<Record<string, typeof bitmap>> = {
  bitmap,
  enumerated: numbers,
  ranged: ranges,
};

/** The categories of a CIPSO tag as text. */
const cipsoExtra: Extra = {
  protocol: "ipv4.cipsoTag",
  names: ["ip.cipso.categories", "ip.cipso.tag_data"],
  cells({ schema, bytes, start, end }, emit) {
    const read = categoriesOf[schema.caseName ?? ""];
    if (read !== undefined)
      emit("ip.cipso.categories", read(bytes, start + TAG_HEAD, end).join(","));
    else if (schema.caseName === "permissive")
      emit("ip.cipso.tag_data", formatHex(bytes.subarray(start + 2, end)));
  },
};

export const ipv4OptionExtras: readonly Extra[] = [optionExtra, cipsoExtra];

/** Octets of a security option before its protection authorities. */
const AUTHORITIES = 3;
/** RFC 1108 §2.4 gives the bits of the first octet names; of further ones only the last has a meaning. */
const isFirst = (authority: Layer): boolean =>
  authority.lower !== null && authority.start === authority.lower.start + AUTHORITIES;

const inFirst = (name: string): Override => ({
  name: `ip.opt.sec_prot_auth_${name}`,
  cell: (value, authority) => (isFirst(authority) ? String(value) : null),
});

const knownOnly = (name: string): Override => ({
  name,
  cell: (value, { schema }) => (schema.caseName === "unknown" ? null : String(value)),
});

export const ipv4OptionOverrides: readonly Override[] = [
  ...["genser", "siop_esi", "sci", "nsa", "doe"].map(inFirst),
  {
    name: "ip.opt.sec_prot_auth_unassigned",
    cell: (value, authority) =>
      isFirst(authority) ? String(value) : hexCell(authority.bytes[authority.start]! >> 1, 2),
  },
  // Of an option that it does not know, Wireshark shows no field.
  ...["type", "type.copy", "type.class", "type.number", "len"].map((name) =>
    knownOnly(`ip.opt.${name}`),
  ),
  {
    name: "ip.cipso.sensitivity_level",
    cell: (value, { schema }) => (schema.caseName === "permissive" ? null : String(value)),
  },
  {
    name: "ip.cipso.tag_data",
    cell: (value, { schema }) =>
      schema.caseName === "unknown" ? null : formatHex(value as Uint8Array),
  },
];
