import { formatHex, HEX_PAIRS } from "../../bytes/hex.ts";
import { type Content, type Fields, Moment, Named } from "../content.ts";
import { wrap } from "./wrap.ts";

/** Characters of a text, and bytes, that stand on the line of their key. */
const TEXT_WIDTH = 40;
const BYTES_WIDTH = 16;

/** Behind a branch that goes on, and behind the last one. */
const BRANCH = "  |   ";
const BLANK = "      ";

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
    return value.length > BYTES_WIDTH ? linesText(hexLines(value), indent) : null;
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

const linesText = (lines: readonly string[], indent: string): string =>
  lines.map((line, i) => `${indent}${i === 0 ? "  |--> " : "       "}${line}\n`).join("");

function hexLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let i = 0; i < bytes.length; i += BYTES_WIDTH)
    lines.push(formatHex(bytes, i, Math.min(i + BYTES_WIDTH, bytes.length), " "));
  return lines;
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

const numberText = (value: unknown): string => {
  if (typeof value !== "number" || Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
};

/** A fraction only where there is one, of microseconds where it is whole ones. */
function momentText(moment: Moment): string {
  const text = moment.toString();
  if (moment.nanoseconds === 0) return text.replace(".000000000", "");
  return moment.nanoseconds % 1000 === 0 ? text.replace(/000(?=Z?$)/, "") : text;
}

/** Control characters escaped, so that whatever is in a packet every value stays in its place. */
const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, (c) => {
    if (c === "\n") return "\\n";
    if (c === "\r") return "\\r";
    if (c === "\t") return "\\t";
    const code = c.charCodeAt(0);
    return code < 256 ? `\\x${HEX_PAIRS[code]}` : `\\u${code.toString(16)}`;
  });
