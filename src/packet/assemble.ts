import { Layer, moreOf } from "../schema/layer.ts";
import type { Schema } from "../schema/schema.ts";
import { Writer } from "../schema/writer.ts";
import { completeChecksums, completeLengths } from "./complete.ts";
import { nothing } from "./nothing.ts";
import { type Written, writeParts } from "./write.ts";

/** A layer by its declaration and values, or bytes as they are. */
export type Part =
  | { readonly schema: Schema; readonly values: Readonly<Record<string, unknown>> }
  | { readonly bytes: Uint8Array };

/**
 * Lays layers out in order, then computes what was left out: lengths and type numbers first, then checksums from the
 * inside out. Bytes after the last layer are its payload.
 */
export function assemble(parts: readonly Part[]): Layer {
  const out = new Writer();
  const written: Written[] = [];
  const headerEnds: number[] = [];
  for (const part of parts) {
    if ("bytes" in part) {
      out.raw(part.bytes);
      continue;
    }
    out.base = out.length;
    out.seen = null;
    written.push(writeParts(out, part.schema, part.values));
    headerEnds.push(out.length);
  }
  const ends = writeTrailers(out, written);
  const bytes = out.finish();
  if (written.length === 0) {
    const bare = new Layer(nothing.schema, bytes, 0, bytes.length, null);
    bare.headerEnd = 0;
    return bare;
  }
  const layers = link(bytes, written, headerEnds, ends.layers);
  layers.forEach((layer, i) => {
    completeLengths(layer, ends.payloads[i]!);
  });
  for (let i = layers.length - 1; i >= 0; i--) completeChecksums(layers[i]!);
  return layers[0]!;
}

/** Trailers follow the payload from the innermost layer outwards; gives where each payload and each layer ends. */
function writeTrailers(
  out: Writer,
  written: readonly Written[],
): { payloads: number[]; layers: number[] } {
  const payloads = new Array<number>(written.length);
  const layers = new Array<number>(written.length);
  for (let i = written.length - 1; i >= 0; i--) {
    const { schema, values } = written[i]!;
    const { trailer } = schema.spec;
    payloads[i] = out.length;
    if (trailer !== null) {
      const given = Object.entries(values).filter(([name]) => trailer.find(name));
      if (given.length > 0) writeParts(out, trailer, Object.fromEntries(given));
    }
    if (!trailer?.find("trailer") && values["trailer"] instanceof Uint8Array)
      out.raw(values["trailer"]);
    layers[i] = out.length;
  }
  return { payloads, layers };
}

function link(
  bytes: Uint8Array,
  written: readonly Written[],
  headerEnds: readonly number[],
  ends: readonly number[],
): Layer[] {
  const layers: Layer[] = [];
  written.forEach(({ schema, values, start }, i) => {
    const lower = layers[i - 1] ?? null;
    const layer = new Layer(schema, bytes, start, ends[i]!, lower);
    layer.headerEnd = headerEnds[i]!;
    if (lower !== null) lower.upper = layer;
    moreOf(layer).pinned = pinnedNames(values);
    layers.push(layer);
  });
  return layers;
}

/** Names of what was given; of flags given one by one, those flags only. */
function pinnedNames(values: Readonly<Record<string, unknown>>): Set<string> {
  const names = new Set<string>();
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    if (typeof value === "object" && value !== null && value.constructor === Object)
      for (const part of Object.keys(value)) names.add(part === "value" ? name : `${name}.${part}`);
    else names.add(name);
  }
  return names;
}
