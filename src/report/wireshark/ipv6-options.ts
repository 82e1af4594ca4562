import { formatIpv6 } from "../../bytes/address.ts";
import { formatHex } from "../../bytes/hex.ts";
import { readU16, readU32 } from "../../bytes/numbers.ts";
import type { Layer } from "../../schema/layer.ts";
import type { Emit, Extra, Override } from "./context.ts";

const caseOf = ({ schema }: Layer): string => schema.caseName ?? "";
const rest = ({ bytes, start, end }: Layer): string => formatHex(bytes.subarray(start + 2, end));

/** Options that tshark 4.0 has no fields of its own for. */
const opaque: ReadonlySet<string> = new Set([
  "altMarkHopByHop",
  "altMarkDestination",
  "endpointIdentification",
]);
/** Of in-situ measurement it knows the traces. */
const isOtherIoam = (option: Layer): boolean =>
  caseOf(option).startsWith("ioam") && option.bytes[option.start + 3]! > 1;

/** An option as such, and what is not a part of it in the declaration. */
const optionExtra: Extra = {
  protocol: "ipv6.option",
  names: ["ipv6.opt", "ipv6.opt.pad1", "ipv6.opt.padn", "ipv6.opt.unknown", "ipv6.opt.qs_ttl_diff"],
  cells(layer, emit) {
    const { bytes, start, lower } = layer;
    emit("ipv6.opt", "1");
    if (bytes[start] === 0) emit("ipv6.opt.pad1", "1");
    else if (bytes[start] === 1 && bytes[start + 1] === 0) emit("ipv6.opt.padn", "<none>");
    else if (opaque.has(caseOf(layer)) || isOtherIoam(layer)) emit("ipv6.opt.unknown", rest(layer));
    else if (caseOf(layer) === "quickStart" && bytes[start + 2]! >> 4 === 0)
      emitTtlDifference(layer, lower, emit);
  },
};

/** How many routers did not take part in a quick start (RFC 4782 §3.1). */
function emitTtlDifference({ bytes, start }: Layer, lower: Layer | null, emit: Emit): void {
  let header = lower;
  while (header !== null && header.schema.name !== "ipv6") header = header.lower;
  if (header === null) return;
  const hopLimit = bytes[header.start + 7]!;
  emit("ipv6.opt.qs_ttl_diff", String((hopLimit - bytes[start + 3]!) & 0xff));
}

/** The long identifier of a node as one number. */
const nodeExtra: Extra = {
  protocol: "ipv6.ioam.node",
  names: ["ipv6.opt.ioam.trace.node.id_wide"],
  cells(layer, emit) {
    const view = (layer.view ??= new layer.schema.View(layer)) as unknown as {
      readonly idWideHigh?: number;
      readonly idWideLow?: number;
    };
    const { idWideHigh, idWideLow } = view;
    if (idWideHigh === undefined || idWideLow === undefined) return;
    const id = (BigInt(idWideHigh) << 32n) | BigInt(idWideLow);
    emit("ipv6.opt.ioam.trace.node.id_wide", `0x${id.toString(16).padStart(16, "0")}`);
  },
};

const RPL_HEADER = 8;

/** The addresses of an RPL route in full: what is left out of them is that of the destination (RFC 6554 §3). */
function emitRplAddresses({ bytes, start, headerEnd, lower }: Layer, emit: Emit): void {
  let header = lower;
  while (header !== null && header.schema.name !== "ipv6") header = header.lower;
  const sizes = [16 - (bytes[start + 4]! >> 4), 16 - (bytes[start + 4]! & 15)] as const;
  const padding = bytes[start + 5]! >> 4;
  const end = headerEnd - padding;
  const count = Math.floor((end - start - RPL_HEADER - sizes[1]) / sizes[0]) + 1;
  if (count < 1 || header === null) return;
  emit("ipv6.routing.rpl.addr_count", String(count));
  for (let i = 0, at = start + RPL_HEADER; i < count; i++, at += sizes[0]) {
    const size = i + 1 < count ? sizes[0] : sizes[1];
    const address = bytes.slice(header.start + 24, header.start + 40);
    address.set(bytes.subarray(at, at + size), 16 - size);
    emit("ipv6.routing.rpl.full_address", formatIpv6(address, 0));
  }
}

const CRH_SIDS = 4;
/** The segment that a compact route is at. */
function emitSegment({ bytes, start, headerEnd }: Layer, size: 2 | 4, emit: Emit): void {
  const at = start + CRH_SIDS + bytes[start + 3]! * size;
  if (at + size > headerEnd) return;
  const name = `ipv6.routing.crh${size * 8}.current_sid`;
  emit(name, String(size === 2 ? readU16(bytes, at) : readU32(bytes, at)));
}

const routeExtra: Extra = {
  protocol: "ipv6Routing",
  names: [
    "ipv6.routing.rpl.addr_count",
    "ipv6.routing.rpl.full_address",
    "ipv6.routing.crh16.current_sid",
    "ipv6.routing.crh32.current_sid",
  ],
  cells(layer, emit) {
    if (caseOf(layer) === "rpl") emitRplAddresses(layer, emit);
    else if (caseOf(layer) === "crh16") emitSegment(layer, 2, emit);
    else if (caseOf(layer) === "crh32") emitSegment(layer, 4, emit);
  },
};

export const ipv6OptionExtras: readonly Extra[] = [optionExtra, nodeExtra, routeExtra];

/** Where an option has no such part for Wireshark. */
const unless = (
  name: string,
  isHidden: (option: Layer) => boolean,
  print: (value: unknown) => string = String,
): Override => ({
  name: `ipv6.opt.${name}`,
  cell: (value, option) => (isHidden(option) ? null : print(value)),
});
const isPad1 = (option: Layer): boolean => option.bytes[option.start] === 0;
const hasHash = (option: Layer): boolean => (option.bytes[option.start + 2]! & 0x80) !== 0;

export const ipv6OptionOverrides: readonly Override[] = [
  unless("type.action", isPad1),
  unless("type.change", isPad1),
  unless("type.rest", isPad1),
  unless("smf_dpd.tid_type", hasHash),
  unless("smf_dpd.tid_len", hasHash),
  // With the byte that says that it is one.
  { name: "ipv6.opt.smf_dpd.hav", cell: (_value, option) => rest(option) },
  unless("ioam.rsv", isOtherIoam),
  unless("ioam.opt_type", isOtherIoam),
  {
    name: "ipv6.opt.ioam.trace.node.undefined",
    cell: (value) =>
      (formatHex(value as Uint8Array).match(/.{8}/g) ?? []).map((n) => `0x${n}`).join(","),
  },
];
