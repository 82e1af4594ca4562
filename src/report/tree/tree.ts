import { formatNumber } from "../../bytes/decimal.ts";
import { formatHex, HEX_PAIRS } from "../../bytes/hex.ts";
import { type Content, type Fields, Moment, Named } from "../content.ts";
import { wrap } from "./wrap.ts";

/** Characters of a text, and bytes, that stand on the line of their key. */
const TEXT_WIDTH = 40;
const BYTES_WIDTH = 16;

/** Behind a branch that goes on, and behind the last one. */
const BRANCH = "  |   ";
const BLANK = "      ";
/** Before the first and before the other lines of what takes several. */
const FIRST = "  |--> ";
const NEXT = "       ";

/** Values as a tree of text: a key or value a line, what is in it further to the right, a line feed after every line. */
export function treeText(fields: Fields): string {
  return fieldsText(fields, "");
}

function fieldsText(fields: Fields, indent: string): string {
  let text = "";
  let left = fields.size;
  for (const [key, value] of fields) {
    left--;
    text += `${indent}  |-- ${printable(key)} ${valueText(value, indent + (left > 0 ? BRANCH : BLANK))}`;
  }
  return text;
}

/** What follows a key and one space; `indent` is that of the lines below. */
function valueText(value: Content, indent: string): string {
  if (isEmpty(value)) return " -> NIL\n";
  const inside = insideText(value, indent);
  return inside === null ? `-> ${lineText(value)}\n` : `\n${inside}`;
}

function listText(items: readonly Content[], indent: string): string {
  let text = "";
  items.forEach((item, i) => {
    const below = indent + (i < items.length - 1 ? BRANCH : BLANK);
    const inside = isEmpty(item) ? null : insideText(item, below);
    text += `${indent}  |--> ${inside === null ? `${isEmpty(item) ? "NIL" : lineText(item)}\n` : `--\n${inside}`}`;
  });
  return text;
}

/** The lines below a key of a value that does not fit on its line; null of one that does. */
function insideText(value: Content, indent: string): string | null {
  if (value instanceof Uint8Array)
    return value.length > BYTES_WIDTH ? hexText(value, indent) : null;
  if (Array.isArray(value)) return listText(value, indent);
  if (value instanceof Map) return fieldsText(value, indent);
  const text = lineText(value);
  return isText(value) && text.length > TEXT_WIDTH
    ? linesText(wrap(text, TEXT_WIDTH), indent)
    : null;
}

const isText = (value: Content): boolean =>
  typeof value === "string" || (value instanceof Named && value.name !== null);

const isEmpty = (value: Content): boolean =>
  value === "" ||
  (value instanceof Uint8Array && value.length === 0) ||
  (Array.isArray(value) && value.length === 0) ||
  (value instanceof Map && value.size === 0);

function linesText(lines: readonly string[], indent: string): string {
  let text = "";
  for (const line of lines) text += `${indent}${text === "" ? FIRST : NEXT}${line}\n`;
  return text;
}

/** A line as long as 16 bytes take, its line feed included: two digits and a blank or line feed each. */
const HEX_LINE = BYTES_WIDTH * 3;
const DIGITS = /* @__PURE__ */ Uint8Array.from("0123456789abcdef", (c) => c.charCodeAt(0));
const ascii = /* @__PURE__ */ new TextDecoder();

/**
 * Bytes in lines of 16. Made as bytes and turned into text once: a text put together of its digits leaves a hundred times
 * its size for the garbage collector, and most of what is in a report are such lines.
 */
function hexText(bytes: Uint8Array, indent: string): string {
  const before = Uint8Array.from(indent + NEXT, (c) => c.charCodeAt(0));
  const lines = Math.ceil(bytes.length / BYTES_WIDTH);
  const text = new Uint8Array(lines * (before.length + HEX_LINE));
  let n = 0;
  for (let i = 0; i < bytes.length; i += BYTES_WIDTH) {
    text.set(before, n);
    n += before.length;
    const end = Math.min(i + BYTES_WIDTH, bytes.length);
    for (let k = i; k < end; k++) {
      text[n] = DIGITS[bytes[k]! >> 4]!;
      text[n + 1] = DIGITS[bytes[k]! & 15]!;
      text[n + 2] = 0x20;
      n += 3;
    }
    text[n - 1] = 0x0a;
  }
  // The first line has the mark of a branch where the others have blanks.
  return `${indent}${FIRST}${ascii.decode(text.subarray(before.length, n))}`;
}

/** A value on one line. */
function lineText(value: Content): string {
  if (value === null) return "NIL";
  if (value instanceof Uint8Array) return formatHex(value, 0, value.length, " ");
  if (value instanceof Moment) return momentText(value);
  if (value instanceof Named) {
    const plain = lineText(value.value);
    return value.name === null ? plain : `${printable(value.name)} [${plain}]`;
  }
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "string" ? printable(value) : numberText(value);
}

const numberText = (value: unknown): string =>
  typeof value === "number" ? formatNumber(value) : String(value);

/** A fraction only where there is one, of microseconds where it is whole ones. */
function momentText(moment: Moment): string {
  const text = moment.toString();
  if (moment.nanoseconds === 0) return text.replace(".000000000", "");
  return moment.nanoseconds % 1000 === 0 ? text.replace(/000(?=Z?$)/, "") : text;
}

/** Control characters escaped, so that whatever is in a packet every value stays in its place. */
const printable = (text: string): string =>
  // Nearly no text has one, and looking is quicker than replacing.
  text.search(CONTROL) < 0 ? text : text.replace(CONTROL, escaped);

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/g;

function escaped(c: string): string {
  if (c === "\n") return "\\n";
  if (c === "\r") return "\\r";
  if (c === "\t") return "\\t";
  const code = c.charCodeAt(0);
  return code < 256 ? `\\x${HEX_PAIRS[code]}` : `\\u${code.toString(16)}`;
}
