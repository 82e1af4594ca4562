import type { CaptureOrigin } from "../capture/collector.ts";
import type { Block } from "../files/blocks.ts";
import type { PacketOptions } from "../files/options.ts";
import { caseOf } from "../packet/cases.ts";
import { faultAbove, faultOf } from "../packet/faults.ts";
import { nothing } from "../packet/nothing.ts";
import type { Packet } from "../packet/packet.ts";
import { type PlainValues, valuesOf } from "../packet/values.ts";
import type { PacketError } from "../schema/error.ts";
import type { FlagBit } from "../schema/field.ts";
import type { Layer } from "../schema/layer.ts";
import { payloadEnd, trailerOf } from "../schema/layout.ts";
import type { Names } from "../schema/names.ts";
import type { Placed } from "../schema/place.ts";
import type { Schema } from "../schema/schema.ts";
import { type Content, contentOf, type Fields, Moment, Named } from "./content.ts";
import { bottomKey, flagKeys, keysOf } from "./keys.ts";
import type { ForeignLayers } from "./report.ts";
import { epochTime, isoTime } from "./time.ts";

/** What a frame says of its place depends on the file it comes from; `null` for packets of no file. */
export type Source = "pcap" | "nanosecond pcap" | "pcapng" | null;

/** What a block says of the packets that follow it. */
export function sourceAfter(block: Block, before: Source): Source {
  if (block.kind === "pcapHeader") return block.nanoseconds ? "nanosecond pcap" : "pcap";
  return block.kind === "sectionHeader" ? "pcapng" : before;
}

type MutableFields = Map<string, Content>;

/**
 * All that a report says of a packet, by key: what formats that are not in a hurry put into words. JSON writes the same
 * straight from the bytes.
 */
export function frameContent(
  packet: Packet,
  source: Source,
  options?: PacketOptions,
  layers?: ForeignLayers,
): Fields {
  const frame: MutableFields = new Map();
  addPlace(frame, packet, source);
  if (options !== undefined) addOptions(frame, options);
  const { seconds, nanoseconds, number, originalLength, data, start, end, bottom } = packet;
  const timed = nanoseconds >= 0;
  const known = timed && isoTime(seconds, nanoseconds) !== undefined;
  frame.set("time", known ? new Moment(seconds, nanoseconds) : null);
  frame.set("number", number);
  frame.set("time_epoch", timed ? epochTime(seconds, nanoseconds) : null);
  frame.set("len", originalLength);
  frame.set("cap_len", end - start);
  if (layers !== undefined) for (const [key, value] of layers.content) frame.set(key, value);
  else if (bottom.schema !== nothing.schema)
    frame.set(bottomKey(bottom.schema.root.name), layerContent(bottom, start));
  else addRaw(frame, bottom, "raw", start);
  if (layers === undefined && bottom.end < end)
    frame.set("trailer", data.subarray(bottom.end, end));
  frame.set("protocols", layers === undefined ? String(packet.chain) : layers.chain.join(":"));
  frame.set("packet", data.subarray(start, end));
  return frame;
}

function addPlace(frame: MutableFields, packet: Packet, source: Source): void {
  const { seconds, nanoseconds, end, start, originalLength, origin } = packet;
  if (source === null || !("info" in origin)) return;
  const { info } = origin as CaptureOrigin;
  if (source === "pcapng") {
    frame.set("section_number", info.section);
    frame.set("interface_id", info.id);
    return;
  }
  const place = new Map<string, Content>([["ts_sec", seconds]]);
  if (source === "pcap") place.set("ts_usec", Math.floor(nanoseconds / 1000));
  else place.set("ts_nsec", nanoseconds);
  place.set("incl_len", end - start);
  place.set("orig_len", originalLength);
  frame.set("frame_info", place);
}

/** Comments, and whatever else the options of a packet say. */
function addOptions(frame: MutableFields, { comments, ...others }: PacketOptions): void {
  if (comments.length > 0) frame.set("comments", comments);
  const said = Object.entries(others).filter(
    ([, value]) => !Array.isArray(value) || value.length > 0,
  );
  if (said.length > 0) frame.set("options", contentOf(new Map(said)));
}

function layerContent(layer: Layer, base: number): Fields {
  const { schema, upper } = layer;
  const keys = keysOf(schema);
  const known = new Map<Layer, PlainValues>();
  const values = valuesOf(layer, known);
  const layers = new Map([...known].map(([one, its]) => [its, one]));
  const fields = fieldsOf(schema, values, layers, base);
  const fault = faultOf(layer);
  if (fault !== null) fields.set(keys.error, errorContent(fault, base));
  if (upper === null) addRaw(fields, layer, keys.raw, base);
  else fields.set(keys.upper(upper.schema.root.name), layerContent(upper, base));
  addTrailer(fields, layer, base);
  return fields;
}

function addTrailer(fields: MutableFields, layer: Layer, base: number): void {
  const from = payloadEnd(layer);
  if (from >= layer.end) return;
  const keys = keysOf(layer.schema);
  const tail = trailerOf(layer);
  if (tail === null) {
    fields.set(keys.trailer, layer.bytes.subarray(from, layer.end));
    return;
  }
  const inside = fieldsOf(tail.schema, valuesOf(tail), new Map(), base);
  for (const [key, { name }] of keys.trailerParts)
    if (inside.has(name)) fields.set(key, inside.get(name)!);
  if (inside.has("rest")) fields.set(keys.trailerRest, inside.get("rest")!);
}

/** The bytes above the highest layer, and why they are no layer. */
function addRaw(fields: MutableFields, top: Layer, key: string, base: number): void {
  const to = payloadEnd(top);
  const error = faultAbove(top);
  const partial = top.more?.partial ?? null;
  if (top.headerEnd >= to && error === null && partial === null) return;
  const raw = new Map<string, Content>([
    ["protocol", partial?.schema.root.name ?? null],
    ["error", error === null ? null : errorContent(error, base)],
    ["packet", top.bytes.subarray(top.headerEnd, Math.max(top.headerEnd, to))],
  ]);
  fields.set(key, raw);
}

function errorContent({ offset, ...error }: PacketError, base: number): Fields {
  const { kind, protocol, field, needed, available, limitedBy } = error;
  return contentOf({
    kind,
    protocol,
    field,
    offset: offset - base,
    needed,
    available,
    limitedBy,
  }) as Fields;
}

type LayerOf = ReadonlyMap<PlainValues, Layer>;

/** The parts of a header or record in the order of the declaration, then the bytes that none of them covers. */
function fieldsOf(
  schema: Schema,
  values: PlainValues,
  layers: LayerOf,
  base: number,
): MutableFields {
  const fields: MutableFields = new Map();
  if (schema.caseName !== null) fields.set("is", schema.caseName);
  for (const placed of schema.placed) {
    const value = values[placed.name];
    if (value !== undefined) fields.set(placed.name, partContent(placed, value, layers, base));
  }
  const { rest } = values;
  // Of a declaration without parts an empty rest says nothing.
  if (rest instanceof Uint8Array && (rest.length > 0 || schema.placed.length > 0))
    fields.set("rest", rest);
  return fields;
}

function partContent(placed: Placed, value: unknown, layers: LayerOf, base: number): Content {
  const { kind, field, schema, options } = placed.item;
  if (kind === "list")
    return (value as readonly unknown[]).map((one) =>
      one instanceof Uint8Array ? one : recordContent(schema!, one as PlainValues, layers, base),
    );
  if (kind === "record") return recordContent(schema!, value as PlainValues, layers, base);
  if (field?.kind === "flags") return flagsContent(field.flags, value as number);
  return named(contentOf(value), options.names);
}

function recordContent(schema: Schema, values: PlainValues, layers: LayerOf, base: number): Fields {
  const layer = layers.get(values);
  const own = layer?.schema ?? caseOf(schema, values);
  const fields = fieldsOf(own, values, layers, base);
  const fault = layer?.more?.fault ?? null;
  if (fault !== null) fields.set(keysOf(own).error, errorContent(fault, base));
  return fields;
}

function named(value: Content, names: Names | undefined): Content {
  const numeric =
    typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
  if (names === undefined || !numeric) return value;
  return new Named(value, names.get(Number(value)) ?? null);
}

function flagsContent(flags: readonly FlagBit[], whole: number): Fields {
  const fields: MutableFields = new Map([["value", whole]]);
  for (const [key, flag] of flagKeys(flags)) {
    const n = (whole >>> flag.shift) & (2 ** flag.width - 1);
    fields.set(key, named(flag.width === 1 ? n === 1 : n, flag.names ?? undefined));
  }
  return fields;
}
