import { formatHex } from "../bytes/hex.ts";
import { formatPacketError, type PacketError } from "../schema/error.ts";
import type { Composite } from "../schema/item.ts";
import type { Layer } from "../schema/layer.ts";
import {
  listOf,
  payloadEnd,
  recordOf,
  segmentAt,
  trailerOf,
  variableEnd,
  variableStart,
} from "../schema/layout.ts";
import type { Placed } from "../schema/place.ts";
import type { Schema } from "../schema/schema.ts";
import { readFixed } from "../schema/value.ts";
import { readVariable } from "../schema/view.ts";
import { faultAbove, faultOf } from "./faults.ts";
import { flagText, numberText, valueText } from "./field-text.ts";
import type { Packet } from "./packet.ts";

/** A part of a packet as people look at it. The children, where there are any, tile the range without gaps. */
export interface DescribedNode {
  /** API name of a field, name of a protocol or record; `rest`, `trailer`, `raw` and `error` for what has none. */
  readonly name: string;
  /** Wireshark's name; `null` where it has none. */
  readonly filter: string | null;
  readonly title: string;
  /** Where its first bit lies and the last one ends, counted from the packet's start. */
  readonly start: number;
  readonly end: number;
  /** As a view gives it; `undefined` for what only holds other parts. */
  readonly value: unknown;
  /** The value as a person reads it. */
  readonly text: string;
  readonly children: readonly DescribedNode[];
  /** Why reading stopped here. */
  readonly error?: PacketError;
}

/** The header of a layer, or a record, as a tree. Its range ends where the payload starts. */
export function describe(layer: Layer): DescribedNode {
  return describeHeader(layer, packetStart(layer));
}

/**
 * A packet as a tree: its layers lowest first, the bytes above the highest, and the trailers, innermost first. So the
 * children tile the packet, whatever its bytes.
 */
export function describePacket(packet: Packet): DescribedNode {
  const base = packet.start;
  const children: DescribedNode[] = [];
  let top = packet.bottom;
  for (let l = packet.first; l !== null; l = l.upper) {
    children.push(describeHeader(l, base));
    top = l;
  }
  const raw = describeRaw(top, base);
  if (raw !== null) children.push(raw);
  for (let l: Layer | null = top; l !== null; l = l.lower) addTrailer(children, l, base);
  if (packet.bottom.end < packet.end)
    children.push(
      bytesNode("trailer", "Trailer", packet.data, packet.bottom.end, packet.end, base),
    );
  const end = packet.length * 8;
  const text = `${packet.length} bytes`;
  return {
    name: "packet",
    filter: "frame",
    title: "Packet",
    start: 0,
    end,
    value: undefined,
    text,
    children,
  };
}

function packetStart(layer: Layer): number {
  let l = layer;
  while (l.lower !== null) l = l.lower;
  return l.start;
}

function describeHeader(layer: Layer, base: number): DescribedNode {
  const { about, caseName } = layer.schema;
  const end = headerEnd(layer);
  return {
    name: about.name,
    filter: layer.schema.isProtocol ? about.prefix : null,
    title: about.title,
    start: (layer.start - base) * 8,
    end: (end - base) * 8,
    value: undefined,
    text: caseName ?? "",
    children: partsOf(layer, base, end),
  };
}

const headerEnd = (layer: Layer): number => (layer.schema.isProtocol ? layer.headerEnd : layer.end);

/** The parts of a header or record, with what no part covers, and its fault. */
function partsOf(layer: Layer, base: number, end: number): DescribedNode[] {
  const found: DescribedNode[] = [];
  for (const placed of layer.schema.placed) {
    const node = describePart(layer, placed, base);
    if (node !== null) found.push(node);
  }
  const tiled = tile(
    found,
    layer.bytes,
    base,
    (layer.start - base) * 8,
    (end - base) * 8,
    "rest",
    "Other bytes",
  );
  addFault(tiled, faultOf(layer), base, (end - base) * 8);
  return withComposites(tiled, layer.schema);
}

/** Nodes in order with nodes for the bytes between and behind them; what would overlap is left out. */
function tile(
  nodes: readonly DescribedNode[],
  bytes: Uint8Array,
  base: number,
  start: number,
  end: number,
  name: string,
  title: string,
): DescribedNode[] {
  const tiled: DescribedNode[] = [];
  let at = start;
  for (const node of nodes) {
    if (node.start < at || node.end > end) continue;
    if (node.start > at) tiled.push(bitsNode(name, title, bytes, at, node.start, base));
    tiled.push(node);
    at = node.end;
  }
  if (at < end) tiled.push(bitsNode(name, title, bytes, at, end, base));
  return tiled;
}

/** A fault is told at the bytes that could not be read; where there are none, by a node of its own behind all others. */
function addFault(
  nodes: DescribedNode[],
  error: PacketError | null,
  base: number,
  end: number,
): void {
  if (error === null) return;
  const at = (error.offset - base) * 8;
  const i = nodes.findLastIndex((n) => n.name === "rest" && n.start <= at && at < n.end);
  if (i >= 0) nodes[i] = { ...nodes[i]!, error };
  else nodes.push(errorNode(error, base, end));
}

const errorNode = (error: PacketError, base: number, at: number): DescribedNode => ({
  name: "error",
  filter: null,
  title: "Error",
  start: at,
  end: at,
  value: undefined,
  text: formatPacketError(error, base),
  children: [],
  error,
});

function bytesNode(
  name: string,
  title: string,
  bytes: Uint8Array,
  from: number,
  to: number,
  base: number,
): DescribedNode {
  const text = formatHex(bytes, from, to);
  const value = bytes.subarray(from, to);
  const [start, end] = [(from - base) * 8, (to - base) * 8];
  return { name, filter: null, title, start, end, value, text, children: [] };
}

/** Bits that no part covers; whole bytes wherever a header was read to its end. */
function bitsNode(
  name: string,
  title: string,
  bytes: Uint8Array,
  start: number,
  end: number,
  base: number,
): DescribedNode {
  if ((start & 7) === 0 && (end & 7) === 0)
    return bytesNode(name, title, bytes, base + (start >> 3), base + (end >> 3), base);
  const text = `${end - start} bits`;
  return { name, filter: null, title, start, end, value: undefined, text, children: [] };
}

/** What lies above the highest layer: a payload that nobody knows, or the begun header of the next protocol. */
function describeRaw(top: Layer, base: number): DescribedNode | null {
  const from = top.headerEnd;
  const to = payloadEnd(top);
  const error = faultAbove(top);
  const partial = top.more?.partial ?? null;
  if (from >= to && error === null && partial === null) return null;
  const node = bytesNode("raw", "Payload", top.bytes, from, Math.max(from, to), base);
  if (error === null && partial === null) return node;
  const why = error === null ? {} : { error };
  const title = partial === null ? "Payload" : `${partial.schema.about.title} (cut short)`;
  const children = partial === null ? [] : partialParts(partial, base);
  const text =
    error === null || children.length > 0 || node.text !== ""
      ? node.text
      : formatPacketError(error, base);
  return { ...node, title, text, children, ...why };
}

/** The parts of a header that is cut short, as far as they go. */
function partialParts(layer: Layer, base: number): DescribedNode[] {
  const found: DescribedNode[] = [];
  for (const placed of layer.schema.placed) {
    if (placed.variable || placed.segment > 0) break;
    const end = layer.start + ((placed.bit + placed.item.field!.bits + 7) >> 3);
    if (end <= layer.end) found.push(fixedNode(layer, placed, layer.start, base));
  }
  const [start, end] = [(layer.start - base) * 8, (layer.end - base) * 8];
  return tile(found, layer.bytes, base, start, end, "rest", "Other bytes");
}

function addTrailer(nodes: DescribedNode[], layer: Layer, base: number): void {
  const from = payloadEnd(layer);
  if (from >= layer.end) return;
  const tail = trailerOf(layer);
  const { title } = layer.schema.about;
  const node = bytesNode("trailer", `${title} trailer`, layer.bytes, from, layer.end, base);
  nodes.push(tail === null ? node : { ...node, children: partsOf(tail, base, layer.end) });
}

function describePart(layer: Layer, placed: Placed, base: number): DescribedNode | null {
  const { kind } = placed.item;
  if (!placed.variable) {
    const from = segmentAt(layer, placed.segment);
    return from < 0 ? null : fixedNode(layer, placed, from, base);
  }
  const at = variableStart(layer, placed);
  if (at < 0) return null;
  if (kind === "list") return listNode(layer, placed, at, base);
  if (kind === "record") {
    const one = recordOf(layer, placed);
    return one === null ? null : nestedNode(one, placed, base);
  }
  const value = readVariable(layer, placed);
  const end = variableEnd(layer, placed, at);
  if (value === undefined || end < at) return null;
  const text = valueText(value, placed.item.field, placed.item.options);
  return node(placed, (at - base) * 8, (end - base) * 8, value, text, []);
}

const node = (
  { name, item, filter }: Placed,
  start: number,
  end: number,
  value: unknown,
  text: string,
  children: readonly DescribedNode[],
): DescribedNode => ({ name, filter, title: item.title, start, end, value, text, children });

function fixedNode(layer: Layer, placed: Placed, from: number, base: number): DescribedNode {
  const field = placed.item.field!;
  const value = readFixed(field, layer.bytes, from, placed.bit);
  const start = (from - base) * 8 + placed.bit;
  const children = field.kind === "flags" ? flagNodes(placed, value as number, start) : [];
  return node(
    placed,
    start,
    start + field.bits,
    value,
    valueText(value, field, placed.item.options),
    children,
  );
}

/** A node for each flag, and one for leading bits without a name. */
function flagNodes(placed: Placed, whole: number, start: number): DescribedNode[] {
  const { bits, flags } = placed.item.field!;
  const nodes: DescribedNode[] = flags.map((flag) => {
    const from = start + bits - flag.shift - flag.width;
    const n = (whole >>> flag.shift) & (2 ** flag.width - 1);
    const value = flag.width === 1 ? n === 1 : n;
    return {
      name: flag.name,
      filter: flagFilter(placed.filter, flag.filter),
      title: flag.title,
      start: from,
      end: from + flag.width,
      value,
      text: flagText(flag, n),
      children: [],
    };
  });
  const first = nodes[0]?.start ?? start + bits;
  if (first === start) return nodes;
  const value = Math.floor(whole / 2 ** (bits - (first - start)));
  const surplus = {
    name: "unnamed",
    filter: null,
    title: "Unnamed bits",
    start,
    end: first,
    value,
  };
  return [{ ...surplus, text: String(value), children: [] }, ...nodes];
}

function flagFilter(whole: string | null, own: string | null): string | null {
  if (own?.startsWith(".")) return own.slice(1);
  return own === null || whole === null ? null : `${whole}.${own}`;
}

function nestedNode(one: Layer, placed: Placed, base: number): DescribedNode {
  const described = describeHeader(one, base);
  return { ...described, name: placed.name, filter: placed.filter, title: placed.item.title };
}

function listNode(layer: Layer, placed: Placed, at: number, base: number): DescribedNode {
  const items = listOf(layer, placed) as readonly { readonly layer: Layer }[];
  const nodes = items.map((item) => describeHeader(item.layer, base));
  const last = items.at(-1)?.layer.end ?? at;
  const end = Math.max(variableEnd(layer, placed, at), last);
  const [start, stop] = [(at - base) * 8, (end - base) * 8];
  const children = tile(nodes, layer.bytes, base, start, stop, "rest", "Other bytes");
  const text = `${items.length} ${items.length === 1 ? "item" : "items"}`;
  return node(placed, start, stop, undefined, text, children);
}

/** Neighbouring fields that people also read as one number become the children of one node. */
function withComposites(nodes: DescribedNode[], schema: Schema): DescribedNode[] {
  for (const composite of schema.spec.composites) {
    const first = nodes.findIndex((n) => n.name === composite.fields[0]);
    if (first < 0) continue;
    const parts = nodes.slice(first, first + composite.fields.length);
    if (composite.fields.some((name, i) => parts[i]?.name !== name)) continue;
    nodes.splice(first, parts.length, compositeNode(composite, parts, schema));
  }
  return nodes;
}

function compositeNode(
  { name, title, options }: Composite,
  children: readonly DescribedNode[],
  schema: Schema,
): DescribedNode {
  const start = children[0]!.start;
  const end = children.at(-1)!.end;
  const value = joined(children);
  const given = options.filter;
  const prefixed = `${schema.about.prefix}.${given ?? name}`;
  const filter = given === null ? null : given?.startsWith(".") ? given.slice(1) : prefixed;
  const text = value === undefined ? "" : numberText(value, end - start, options);
  return { name, filter, title, start, end, value, text, children };
}

/** The number that neighbouring numbers make up; none where one is not a number or they are too long. */
function joined(nodes: readonly DescribedNode[]): number | undefined {
  let whole = 0;
  let bits = 0;
  for (const { value, start, end } of nodes) {
    if (typeof value !== "number" && typeof value !== "boolean") return undefined;
    whole = whole * 2 ** (end - start) + Number(value);
    bits += end - start;
  }
  return bits <= 48 ? whole : undefined;
}
