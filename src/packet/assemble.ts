import { Layer, moreOf } from "../schema/layer.ts";
import { forgetLayout } from "../schema/layout.ts";
import type { Schema } from "../schema/schema.ts";
import { Writer } from "../schema/writer.ts";
import { completeChecksums, completeLengths } from "./complete.ts";
import { nothing } from "./nothing.ts";
import { checkConditions } from "./presence.ts";
import { planOf, writeParts } from "./write.ts";

type Values = Readonly<Record<string, unknown>>;

/**
 * A layer by its declaration and values, or bytes as they are. `given` are those of the values that stay whatever computing
 * would make of them, all when left out. A `header` is taken as it stands, for the values that it was made of.
 */
export type Part =
  | {
      readonly schema: Schema;
      readonly values: Values;
      readonly given?: Values;
      readonly header?: Uint8Array | null;
    }
  | { readonly bytes: Uint8Array };

/**
 * Lays layers out in order, then computes what was left out: lengths and type numbers first, then checksums from the
 * inside out. Bytes after the last layer are its payload. `out` is where they come to lie.
 */
export class Assembly {
  private readonly out: Writer;
  private readonly begin: number;
  private bottom: Layer | null;
  private top: Layer | null;
  /** The values of layers that have parts behind their payload. */
  private trails: Map<Layer, Values> | null;
  /** The values of headers of which parts are given that have conditions. */
  private conditions: Map<Layer, Values> | null;

  constructor(out: Writer) {
    this.out = out;
    this.begin = out.length;
    this.bottom = null;
    this.top = null;
    this.trails = null;
    this.conditions = null;
  }

  /** Appends a layer: its header, which may not be whole before {@link finish}, or is given as it stands. */
  layer(
    schema: Schema,
    values: Values,
    given: Values = values,
    header: Uint8Array | null = null,
  ): void {
    const { out } = this;
    const lower = this.top;
    const start = out.length;
    out.base = start;
    out.seen = null;
    // A header as it stands tells nothing of what it was made of: all of it may be pinned, or stand behind the payload.
    out.pins = out.trails = header !== null;
    out.conditions = false;
    out.sizes = null;
    const made = header === null ? writeParts(out, schema, values) : schema;
    if (header !== null) out.raw(header);
    const layer = new Layer(made, out.bytes, start, out.length, lower);
    moreOf(layer).give(given, out.pins);
    if (out.sizes !== null) moreOf(layer).sizes = out.sizes;
    if (out.conditions) (this.conditions ??= new Map()).set(layer, values);
    if (out.trails) (this.trails ??= new Map()).set(layer, values);
    if (lower === null) this.bottom = layer;
    else lower.upper = layer;
    this.top = layer;
  }

  /** Appends payload. */
  bytes(bytes: Uint8Array): void {
    this.out.raw(bytes);
  }

  /** The lowest layer; one of no protocol where there is none. */
  finish(): Layer {
    const { out } = this;
    const bottom = this.bottom;
    const top = this.top;
    if (bottom === null || top === null) return this.bare();
    const payloadEnd = out.length;
    // Trailers follow the payload from the innermost layer outwards; each layer ends behind its own.
    for (let l: Layer | null = top; l !== null; l = l.lower) {
      const values = this.trails?.get(l);
      if (values !== undefined) writeTrailer(out, l.schema, values);
      l.end = out.length;
    }
    const bytes = out.finish();
    for (let l: Layer | null = bottom; l !== null; l = l.upper) {
      // The room may have grown since.
      if (l.bytes !== bytes) (l as { bytes: Uint8Array }).bytes = bytes;
      completeLengths(l, l.upper === null ? payloadEnd : l.upper.end);
    }
    for (const [l, values] of this.conditions ?? [])
      checkConditions(asRead(l), values, out.checks!);
    for (let l: Layer | null = top; l !== null; l = l.lower) completeChecksums(l);
    return bottom;
  }

  private bare(): Layer {
    const { out } = this;
    const bare = new Layer(nothing.schema, out.finish(), this.begin, out.length, null);
    bare.headerEnd = this.begin;
    return bare;
  }
}

/** Values that were given, all of them: see `Writer.checks`. */
export const allGiven: ReadonlySet<object> = new Set();

/** The layers of some parts, in bytes of their own. `checks` refuses parts whose condition does not hold: see `Writer`. */
export function assemble(parts: readonly Part[], checks: ReadonlySet<object> | null = null): Layer {
  const out = new Writer();
  out.checks = checks;
  const assembly = new Assembly(out);
  for (const part of parts) {
    if ("bytes" in part) assembly.bytes(part.bytes);
    else assembly.layer(part.schema, part.values, part.given, part.header);
  }
  return assembly.finish();
}

/** A layer as reading will find it: what was found out while it was not complete is forgotten. */
function asRead(layer: Layer): Layer {
  const { schema, bytes, start, end, headerEnd, lower, upper } = layer;
  forgetLayout(layer);
  layer.view = null;
  const one = new Layer(schema, bytes, start, end, lower);
  one.headerEnd = headerEnd;
  one.upper = upper;
  return one;
}

function writeTrailer(out: Writer, schema: Schema, values: Values): void {
  const { trailer } = planOf(schema);
  let given: Record<string, unknown> | null = null;
  for (const name of trailer) if (values[name] !== undefined) (given ??= {})[name] = values[name];
  if (given !== null) writeParts(out, schema.spec.trailer!, given);
  const rest = values["trailer"];
  if (rest instanceof Uint8Array && !trailer.includes("trailer")) out.raw(rest);
}
