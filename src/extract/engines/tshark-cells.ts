import type { PdmlNode } from "./tshark-pdml.ts";
import type { FieldKind, FieldKinds } from "./tshark-types.ts";

/** The protocol that PDML puts before each packet, which tshark has under no such name. */
const GENERAL = "geninfo";

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  "#x27": "'",
  "#34": '"',
  "#39": "'",
};

/** An attribute without the escapes of XML, its bytes still one a character. */
const unescaped = (text: string): string =>
  text.includes("&")
    ? text.replace(/&(amp|lt|gt|quot|apos|#x27|#34|#39);/g, (_, name: string) => entities[name]!)
    : text;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const BEYOND_ASCII = /[\x80-\xff]/;

/** Bytes of UTF-8, one a character, as the text that they are. */
const decoded = (text: string): string =>
  BEYOND_ASCII.test(text) ? utf8.decode(Buffer.from(text, "latin1")) : text;

/** What an attribute says, but for control characters. */
export const plainText = (attribute: string): string => decoded(unescaped(attribute));

/** Control characters that `-T fields` shows by a letter; all others it prints as they are. */
const letters: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** A text as `-T fields` writes it. */
const escapedText = (text: string): string => text.replace(/\p{Cc}/gu, (c) => letters[c] ?? c);

const CONTROLS = /\\x(7f|1[0-9a-f]|[0-9a-f])/g;

/** A text as PDML writes it: of a control character `\x` and its digits, as few as it has. */
const pdmlText = (text: string): string =>
  text.replace(/\p{Cc}/gu, (c) => (c < "\x80" ? `\\x${c.charCodeAt(0).toString(16)}` : c));

/**
 * The text of a field with its control characters, which PDML writes as `\x` and digits. That does not tell them from a
 * backslash in the text, nor where one of a single digit ends: the bytes of the field decide where they make the same text.
 */
export function textOf(node: PdmlNode): string {
  const plain = plainText(node.show ?? "");
  if (!plain.includes("\\x")) return plain;
  const { value } = node;
  if (value !== undefined) {
    const bytes = Buffer.from(value, "hex");
    const end = bytes.indexOf(0);
    for (const own of [bytes, end < 0 ? bytes : bytes.subarray(0, end)]) {
      const text = utf8.decode(own);
      if (pdmlText(text) === plain) return text;
    }
  }
  return plain.replace(CONTROLS, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** What stands for bytes of which there are none: which of the two the field is declared with, the label tells. */
const noBytes = (label: string): string =>
  label.includes(": &lt;none&gt;") ? "<none>" : "<MISSING>";

const COLON = 0x3a;
/** Characters of hardware addresses of 6 and 8 bytes with their colons. */
const ADDRESSES: readonly number[] = [17, 23];

/**
 * Bytes, without the colons that PDML has. Some fields are declared with another separator, which the label tells. Colons
 * stay where it is an address: a field of that type may have the same name, and again only the label tells.
 */
function bytesCell(show: string, { label }: PdmlNode): string {
  if (show === "") return noBytes(label);
  if (show.charCodeAt(2) !== COLON) return plainText(show);
  const begin = `: ${show.slice(0, 2)}`;
  const separator = label.charAt(label.indexOf(begin) + begin.length);
  const isSeparated =
    separator === ":" ? ADDRESSES.includes(show.length) : /^[-. ]$/.test(separator);
  const isShown = isSeparated && label.includes(`${begin}${separator}${show.slice(3, 5)}`);
  return show.replaceAll(":", isShown ? separator : "");
}

/** What has colons only in PDML: bytes of a field whose name another field has, which is of a type of its own. */
function otherCell(show: string, node: PdmlNode): string {
  if (show.charCodeAt(2) === COLON) {
    const digits = show.replaceAll(":", "");
    if (digits === node.value && node.label.endsWith(`: ${digits}`)) return digits;
  }
  return plainText(show);
}

/** What `tshark -n -T fields` prints for one field; empty where it prints nothing. */
export function cellOf(node: PdmlNode, kind: FieldKind | undefined): string {
  if (kind === "presence") return "1";
  const { show } = node;
  if (show === undefined) return node.value ?? "";
  if (kind === "text") return escapedText(textOf(node));
  return kind === "bytes" ? bytesCell(show, node) : otherCell(show, node);
}

/**
 * All cells of a packet by name, repeated ones joined by commas in the order of the tree: one without text stands between two
 * commas, but where there is nothing else there is no cell.
 */
export function cellsOf(nodes: readonly PdmlNode[], kinds: FieldKinds): Map<string, string> {
  const cells = new Map<string, string>();
  const empty = new Set<string>();
  let isGeneral = false;
  for (const node of nodes) {
    const { name, depth, isProtocol } = node;
    if (depth === 0) isGeneral = name === GENERAL;
    if (isGeneral || isProtocol || name === "") continue;
    const kind = kinds.get(name);
    // What is registered as a protocol is no field, though it is shown as one.
    if (kind === "protocol") continue;
    const cell = cellOf(node, kind);
    const before = cells.get(name);
    if (before === undefined && cell === "") empty.add(name);
    cells.set(name, before === undefined ? cell : `${before},${cell}`);
  }
  for (const name of empty) if (cells.get(name) === "") cells.delete(name);
  return cells;
}
