import { formatHex } from "../../bytes/hex.ts";
import type { Base, FlagBit } from "../../schema/field.ts";
import type { Placed } from "../../schema/place.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (n: number): string => String(n).padStart(2, "0");

/** Seconds since 1970 as `Nov  4, 2019 05:27:50.000000000 UTC`. */
export function formatTime(seconds: number, nanoseconds = 0): string {
  const t = new Date(seconds * 1000);
  const day = String(t.getUTCDate()).padStart(2, " ");
  const clock = `${two(t.getUTCHours())}:${two(t.getUTCMinutes())}:${two(t.getUTCSeconds())}`;
  const fraction = String(nanoseconds).padStart(9, "0");
  return `${MONTHS[t.getUTCMonth()]} ${day}, ${t.getUTCFullYear()} ${clock}.${fraction} UTC`;
}

/** What stands for bytes of which there are none, where Wireshark has a field for them all the same. */
export const MISSING = "<MISSING>";

/** Bytes, also where there are none. */
export const bytesCell = (value: unknown): string =>
  value instanceof Uint8Array && value.length > 0 ? formatHex(value) : MISSING;

/** `0x` and so many digits. */
export const hexCell = (n: number | bigint, digits: number): string =>
  `0x${n.toString(16).padStart(digits, "0")}`;

function numberCell(
  n: number | bigint,
  base: Base,
  bits: number,
  digits: number,
  scale: number,
): string {
  if (base === "hex") return hexCell(n, digits || 2 * Math.ceil(bits / 8));
  if (base === "time") return formatTime(Number(n));
  return scale === 1 ? String(n) : String(Number(n) * scale);
}

/** What `tshark -T fields` prints for the value of a declared field. */
export function cellOf(placed: Placed, value: unknown): string {
  const { field, options } = placed.item;
  const { base = "decimal", digits = 0, scale = 1 } = options;
  switch (typeof value) {
    case "number":
    case "bigint": {
      const bits = field?.bits ?? 32;
      return numberCell(
        value,
        field?.kind === "flags" && options.base === undefined ? "hex" : base,
        bits,
        digits,
        scale,
      );
    }
    case "boolean":
      return value ? "1" : "0";
    case "string":
      return field !== null && field.kind !== "text" && field.kind !== "codec"
        ? value
        : textCell(value);
    default:
      return value instanceof Uint8Array ? formatHex(value) : String(value);
  }
}

/** What it prints for one part of a flags field. */
export function flagCell(bit: FlagBit, whole: number, bits: number): string {
  const n = (whole >>> bit.shift) & (2 ** bit.width - 1);
  return bit.base === "hex" ? hexCell(n, 2 * Math.ceil(bits / 8)) : String(n);
}

const escapes: Readonly<Record<string, string>> = {
  "\0": "\\000",
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\f": "\\f",
  "\b": "\\b",
  "\x07": "\\a",
};

const utf8 = new TextDecoder();

/**
 * Text as UTF-8 where its bytes are; control characters that have an escape in C are shown by it, and so are backslashes
 * but where `escapesBackslash` is false.
 */
export function textCell(latin1: string, escapesBackslash = true): string {
  let text = latin1;
  if (/[\x80-\xff]/.test(latin1))
    text = utf8.decode(Uint8Array.from(latin1, (c) => c.charCodeAt(0)));
  const special = escapesBackslash ? /[\p{Cc}\\]/gu : /\p{Cc}/gu;
  return text.replace(special, (c) => escapes[c] ?? c);
}

/** A domain name: its escapes undone, the root under its own name. */
export function cellOfName(name: string): string {
  if (name === ".") return "<Root>";
  if (!name.includes("\\")) return name;
  const plain = name.replace(/\\(\d{3}|.)/gs, (_, c: string) =>
    c.length === 3 ? String.fromCharCode(Number(c)) : c,
  );
  return textCell(plain);
}
