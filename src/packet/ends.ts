import type { Kind } from "../schema/field.ts";
import { type Layer, moreOf } from "../schema/layer.ts";
import { segmentAt, variableEnd, variableStart } from "../schema/layout.ts";
import type { Endpoints } from "../schema/schema.ts";

/** Bytes of a field in its layer's array. */
export interface Span {
  readonly at: number;
  readonly length: number;
}

/** Two fields that hold the same thing of either end: addresses or ports. */
export interface Ends {
  readonly src: Span;
  readonly dst: Span;
  /** How the fields are read; "bytes" also for those of variable length. */
  readonly kind: Kind;
}

/** Where a field lies; `null` where it is not there, or begins or ends inside a byte. */
export function spanOf(layer: Layer, name: string): Span | null {
  const placed = layer.schema.find(name);
  if (placed === undefined) return null;
  if (placed.variable) {
    const at = variableStart(layer, placed);
    const end = at < 0 ? -1 : variableEnd(layer, placed, at);
    return end < 0 ? null : { at, length: end - at };
  }
  const from = segmentAt(layer, placed.segment);
  const { bits } = placed.item.field!;
  if (from < 0 || placed.bit & 7 || bits & 7) return null;
  return { at: from + (placed.bit >> 3), length: bits >> 3 };
}

/** The ends that a pair of fields holds; `null` where the packet does not have both, or they differ in length. */
export function endsOf(layer: Layer, pair: Endpoints): Ends | null {
  const src = spanOf(layer, pair.src);
  const dst = spanOf(layer, pair.dst);
  if (src === null || dst === null || src.length === 0 || src.length !== dst.length) return null;
  return { src, dst, kind: layer.schema.find(pair.src)!.item.field?.kind ?? "bytes" };
}

/** All ends that a layer has. */
export const allEnds = (layer: Layer): Ends[] =>
  layer.schema.spec.pairs.map((pair) => endsOf(layer, pair)).filter((ends) => ends !== null);

/** Whether two fields, each of its own layer, hold the same bytes. */
export function isEqual(a: Layer, one: Span, b: Layer, other: Span): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++)
    if (a.bytes[one.at + i] !== b.bytes[other.at + i]) return false;
  return true;
}

const every = ({ bytes }: Layer, { at, length }: Span, value: number): boolean => {
  for (let i = at; i < at + length; i++) if (bytes[i] !== value) return false;
  return true;
};

/** Whether an address is that of many: broadcast or multicast (IEEE 802 §8.1, RFC 1112, RFC 4291 §2.7). */
export function isGroup(layer: Layer, span: Span, kind: Kind): boolean {
  const first = layer.bytes[span.at]!;
  if (kind === "mac") return (first & 1) === 1;
  if (kind === "ipv6") return first === 0xff;
  return kind === "ipv4" && (first >> 4 === 14 || every(layer, span, 0xff));
}

/** Whether an address is not known yet: all zeros. Of ports, zero is one like others. */
export const isUnspecified = (layer: Layer, span: Span, kind: Kind): boolean =>
  kind !== "uint" && every(layer, span, 0);

/** Exchanges the ends of a layer in place; false where it has none. */
export function exchangeEnds(layer: Layer): boolean {
  const { bytes, schema } = layer;
  let found = false;
  for (const pair of schema.spec.pairs) {
    const ends = endsOf(layer, pair);
    if (ends === null) continue;
    const { src, dst } = ends;
    const kept = bytes.slice(src.at, src.at + src.length);
    bytes.copyWithin(src.at, dst.at, dst.at + dst.length);
    bytes.set(kept, dst.at);
    const more = moreOf(layer);
    for (const name of [pair.src, pair.dst]) {
      (more.pinned ??= new Set()).add(name);
    }
    more.changeVaguely(true);
    found = true;
  }
  return found;
}
