import type { HpackBlock, HpackField } from "../../analysis/http2/hpack.ts";
import { settingsOf } from "../../analysis/http2/session.ts";
import { type Http2ShownBody, http2Shown } from "../../analysis/http2/shown.ts";
import { commonDecoders } from "../../bytes/content-coding.ts";
import { FRAME_HEADER, frameTypes } from "../../protocols/application/http2/frame.ts";
import type { Layer } from "../../schema/layer.ts";
import { readLatin1 } from "../../schema/value.ts";
import { bytesCell, hexCell, textCell } from "./cell.ts";
import type { Emit, Extra, Override } from "./context.ts";
import { mediaNames } from "./http-media.ts";
import { headerValue, messageOf } from "./http-message.ts";
import { columnOf, fieldColumns } from "./http2-fields.ts";

/** The flags that a type has not, with the name under which Wireshark shows them together. */
const unused: ReadonlyMap<number, readonly [name: string, mask: number]> = new Map([
  [frameTypes.data, ["unused_data", 0xf6]],
  [frameTypes.headers, ["unused_headers", 0xd2]],
  [frameTypes.settings, ["unused_settings", 0xfe]],
  [frameTypes.pushPromise, ["unused_push_promise", 0xf3]],
  [frameTypes.ping, ["unused_ping", 0xfe]],
  [frameTypes.continuation, ["unused_continuation", 0xfb]],
]);
const unusedNames = ["unused", ...[...unused.values()].map(([name]) => name)];

const PADDED = 8;
/** Types that may be padded; continuations may not, but are shown as if they might. */
const padded: ReadonlySet<number> = new Set([
  frameTypes.data,
  frameTypes.headers,
  frameTypes.pushPromise,
  frameTypes.continuation,
]);

const forms = {
  indexed: "Indexed Header Field",
  incremental: "Literal Header Field with Incremental Indexing",
  without: "Literal Header Field without Indexing",
  never: "Literal Header Field never Indexed",
} as const;

const typeOf = ({ bytes, start }: Layer): number => bytes[start + 3]!;
const flagsOf = ({ bytes, start }: Layer): number => bytes[start + 4]!;

function emitFlags(layer: Layer, emit: Emit): void {
  const flags = flagsOf(layer);
  const [name, mask] = unused.get(typeOf(layer)) ?? ["unused", 0xff];
  emit(`http2.flags.${name}`, hexCell(flags & mask, 2));
  if (!padded.has(typeOf(layer))) return;
  const isContinuation = typeOf(layer) === frameTypes.continuation;
  const hasPadding = (flags & PADDED) !== 0 && !isContinuation;
  if (isContinuation) emit("http2.flags.padded", (flags & PADDED) === 0 ? "0" : "1");
  emit("http2.pad_length", String(hasPadding ? (layer.bytes[layer.start + FRAME_HEADER] ?? 0) : 0));
}

/** What Wireshark counts beside the names and values: two lengths of four bytes. */
const LENGTHS = 8;

function emitBlock({ fields, updates }: HpackBlock, emit: Emit): void {
  if (fields.length + updates.length === 0) return;
  const size = fields.reduce(
    (sum, { name, value }) => sum + name.length + value.length + LENGTHS,
    0,
  );
  emit("http2.header.length", String(size));
  emit("http2.header.count", String(fields.length + updates.length));
  for (const size of updates) {
    emit("http2.header_table_size_update", "1");
    emit("http2.header_table_size_update.header_table_size", String(size));
  }
  for (const field of fields) emitField(field, emit);
  const part = (wanted: string) => fields.find(({ name }) => name === wanted)?.value;
  const [scheme, authority, path] = [part(":scheme"), part(":authority"), part(":path")];
  if (scheme !== undefined && authority !== undefined && path !== undefined)
    emit("http2.request.full_uri", textCell(`${scheme}://${authority}${path}`));
}

function emitField({ name, value, form, index }: HpackField, emit: Emit): void {
  emit("http2.header", "1");
  emit("http2.header.name.length", String(name.length));
  emit("http2.header.name", textCell(name));
  emit("http2.header.value.length", String(value.length));
  emit("http2.header.value", textCell(value));
  emit("http2.header.unescaped", textCell(unescaped(value)));
  const isNamed = form !== "indexed";
  emit(
    "http2.header.repr",
    isNamed ? `${forms[form]} - ${index > 0 ? "Indexed" : "New"} Name` : forms[form],
  );
  if (index > 0) emit("http2.header.index", String(index));
  const own = columnOf(name);
  if (own === null) return;
  if (!own.isNumber) emit(own.column, textCell(value));
  else if (/^\d{1,19}$/.test(value)) emit(own.column, String(BigInt(value)));
}

const unescaped = (value: string): string =>
  value.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );

/** Content that is decompressed by Wireshark at most. */
const MOST_CONTENT = 16 * 1024 * 1024;

/** The content of a message without its coding. */
function contentOf({ bytes, headers }: Http2ShownBody): Uint8Array {
  const coding = headers
    .find(({ name }) => name === "content-encoding")
    ?.value.trim()
    .toLowerCase();
  if (coding === undefined || bytes.length === 0 || !Object.hasOwn(commonDecoders, coding))
    return bytes;
  const decoded = commonDecoders[coding]!(bytes, MOST_CONTENT);
  return decoded.fault === null ? decoded.bytes : bytes;
}

/** Bytes of data in a frame, without padding. */
function dataLength(layer: Layer): number {
  if (typeOf(layer) !== frameTypes.data) return 0;
  const length = layer.headerEnd - layer.start - FRAME_HEADER;
  const isPadded = (flagsOf(layer) & PADDED) !== 0;
  return isPadded ? length - 1 - layer.bytes[layer.start + FRAME_HEADER]! : length;
}

function emitBody(layer: Layer, body: Http2ShownBody, emit: Emit): void {
  // Trailers and an empty frame end a body too; with data its own field shows it.
  if (body.isJoined && dataLength(layer) === 0) emit("http2.data.data", bytesCell(contentOf(body)));
  if (!body.isJoined) return;
  const { bytes, packets } = body;
  emit("http2.body.fragments", "1");
  for (const number of packets) emit("http2.body.fragment", String(number));
  emit("http2.body.fragment.count", String(packets.length));
  emit("http2.body.reassembled.length", String(bytes.length));
  emit("http2.body.reassembled.data", bytesCell(bytes));
}

function cells(layer: Layer, emit: Emit): void {
  const { bytes, start, headerEnd } = layer;
  const type = typeOf(layer);
  emit("http2.stream", "1");
  emitFlags(layer, emit);
  const payload = start + FRAME_HEADER;
  switch (type) {
    case frameTypes.headers:
      if ((flagsOf(layer) & 0x20) !== 0)
        emitWeight(layer, payload + ((flagsOf(layer) & PADDED) >> 3), emit);
      break;
    case frameTypes.priority:
      emitWeight(layer, payload, emit);
      break;
    case frameTypes.settings:
      for (let i = payload; i + 6 <= headerEnd; i += 6) emit("http2.settings", "1");
      break;
    case frameTypes.ping:
      if ((flagsOf(layer) & 1) !== 0 && payload + 8 <= headerEnd)
        emit("http2.pong", bytesCell(bytes.subarray(payload, payload + 8)));
      break;
    case frameTypes.origin:
      for (let i = payload; i + 2 <= headerEnd; i += 2 + bytes[i]! * 256 + bytes[i + 1]!)
        emit("http2.origin", "1");
      break;
    case frameTypes.continuation:
      if (payload < headerEnd)
        emit("http2.continuation.header", textCell(readLatin1(bytes, payload, headerEnd)));
  }
  const shown = http2Shown(layer);
  if (shown?.block) emitBlock(shown.block, emit);
  if (shown?.body) emitBody(layer, shown.body, emit);
}

/** The weight as a stream has it: one more than the field. */
function emitWeight({ bytes, headerEnd }: Layer, at: number, emit: Emit): void {
  if (at + 5 <= headerEnd) emit("http2.headers.weight_real", String(bytes[at + 4]! + 1));
}

const settingNames: ReadonlyMap<number, string> = new Map([
  [1, "header_table_size"],
  [2, "enable_push"],
  [3, "max_concurrent_streams"],
  [4, "initial_window_size"],
  [5, "max_frame_size"],
  [6, "max_header_list_size"],
  [8, "extended_connect"],
]);

/** The settings that an Upgrade of HTTP/1.1 carries in a header field (RFC 7540 §3.2.1). */
function upgradeCells(layer: Layer, emit: Emit): void {
  const value = headerValue(messageOf(layer), "http2-settings");
  if (value === undefined) return;
  for (const { id, value: setting } of settingsIn(value)) {
    emit("http2.settings", "1");
    emit("http2.settings.id", String(id));
    emit(`http2.settings.${settingNames.get(id) ?? "unknown"}`, String(setting));
  }
}

function settingsIn(text: string) {
  try {
    const plain = atob(text.trim().replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(plain, (c) => c.charCodeAt(0));
    return settingsOf(bytes, 0, bytes.length);
  } catch {
    return [];
  }
}

const settingColumns = ["id", "unknown", ...settingNames.values()].map(
  (name) => `http2.settings.${name}`,
);

/** What Wireshark shows of frames beside their declared fields: decoded field blocks, bodies put together, and marks. */
export const http2Extras: readonly Extra[] = [
  {
    protocol: "http2",
    names: [
      "http2.stream",
      "http2.pad_length",
      "http2.flags.padded",
      ...unusedNames.map((name) => `http2.flags.${name}`),
      "http2.headers.weight_real",
      "http2.settings",
      "http2.pong",
      "http2.origin",
      "http2.continuation.header",
      "http2.header",
      "http2.header.count",
      "http2.header.index",
      "http2.header.length",
      "http2.header.name",
      "http2.header.name.length",
      "http2.header.repr",
      "http2.header.unescaped",
      "http2.header.value",
      "http2.header.value.length",
      "http2.header_table_size_update",
      "http2.header_table_size_update.header_table_size",
      "http2.request.full_uri",
      "http2.data.data",
      "http2.body.fragments",
      "http2.body.fragment",
      "http2.body.fragment.count",
      "http2.body.reassembled.length",
      "http2.body.reassembled.data",
      ...fieldColumns,
    ],
    cells,
  },
  {
    protocol: "http2Preface",
    names: ["http2.stream"],
    cells: (_, emit) => emit("http2.stream", "1"),
  },
  { protocol: "http", names: ["http2.settings", ...settingColumns], cells: upgradeCells },
];

/** Fields that depend on what earlier frames said, or that have two names. */
export const http2Overrides: readonly Override[] = [
  {
    name: "http2.data.data",
    cell(value, layer) {
      const body = http2Shown(layer)?.body;
      if (body?.isJoined && dataLength(layer) === 0) return null;
      return bytesCell(body ? contentOf(body) : value);
    },
  },
  { name: "http2.headers", cell: (value) => bytesCell(value) },
  {
    name: "http2.ping",
    cell: (value, layer) => ((flagsOf(layer) & 1) !== 0 ? null : bytesCell(value)),
  },
];

/** What stands behind `http2` in `frame.protocols`: what a body is that ends here, by its type. */
export function http2Content(layer: Layer): string {
  const body = http2Shown(layer)?.body;
  const type = body?.headers.find(({ name }) => name === "content-type")?.value;
  if (!body || type === undefined || body.bytes.length === 0) return "";
  return mediaNames(type, contentOf(body));
}
