import { formatNumber } from "../../bytes/decimal.ts";
import { formatHex } from "../../bytes/hex.ts";
import { Moment } from "../content.ts";

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
      return Number.isFinite(value) ? formatNumber(value) : "null";
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
  if (value instanceof Uint8Array) return `"${formatHex(value)}"`;
  if (value instanceof Moment) return quoted(value.toString());
  if (Array.isArray(value)) return `[${value.map(jsonText).join(",")}]`;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const parts = entries
    .filter(([, one]) => one !== undefined)
    .map(([key, one]) => `${quoted(String(key))}:${jsonText(one)}`);
  return `{${parts.join(",")}}`;
}
