import { HEX_PAIRS } from "../../bytes/hex.ts";
import { Moment } from "../content.ts";

/** Bytes turned at a time: what one decoded piece needs stays in the cache. */
const PIECE = 8192;
/** Below this the call of a decoder costs more than it saves (measured). */
const FEW = 12;

const digits = /* @__PURE__ */ Uint8Array.from({ length: 512 }, (_, i) =>
  HEX_PAIRS[i >> 1]!.charCodeAt(i & 1),
);
const ascii = /* @__PURE__ */ new TextDecoder();
const room = /* @__PURE__ */ new Uint8Array(2 * PIECE);

/**
 * The digits of bytes as one flat string. A string grown pair by pair is a chain of small ones, which takes three times as
 * long to make and to write out (measured).
 */
export function hexText(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  if (end - start < FEW) {
    for (let i = start; i < end; i++) text += HEX_PAIRS[bytes[i]!]!;
    return text;
  }
  for (let from = start; from < end; from += PIECE) {
    const to = Math.min(from + PIECE, end);
    let o = 0;
    for (let i = from; i < to; i++) {
      const at = bytes[i]! * 2;
      room[o++] = digits[at]!;
      room[o++] = digits[at + 1]!;
    }
    text += ascii.decode(room.subarray(0, o));
  }
  return text;
}

/** Text with quotes. `JSON.stringify` also escapes lone surrogates, so any string is valid. */
export const quoted = (text: string): string => JSON.stringify(text);

/**
 * Any value as JSON: bytes as hex text, big numbers as decimal text, what is not a number as null. For values that are not
 * declared field by field: those of codecs, options of blocks.
 */
export function jsonText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "number":
      return Number.isFinite(value) ? String(value) : "null";
    case "bigint":
      return `"${value}"`;
    case "boolean":
      return String(value);
    case "object":
      break;
    default:
      return "null";
  }
  if (value === null) return "null";
  if (value instanceof Uint8Array) return `"${hexText(value, 0, value.length)}"`;
  if (value instanceof Moment) return quoted(value.toString());
  if (Array.isArray(value)) return `[${value.map(jsonText).join(",")}]`;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const parts = entries
    .filter(([, one]) => one !== undefined)
    .map(([key, one]) => `${quoted(String(key))}:${jsonText(one)}`);
  return `{${parts.join(",")}}`;
}
