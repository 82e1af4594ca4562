/** Bytes as hexadecimal text: plain strings, dumps for people, and dumps of other tools read back. */

/** Two lower-case hexadecimal digits for every byte value. */
export const HEX_PAIRS: readonly string[] = Array.from({ length: 256 }, (_, value) =>
  value.toString(16).padStart(2, "0"),
);

/** The longest stretch that a `*` line of a dump may stand for, in bytes. */
const MAX_SQUEEZED = 1 << 24;

/** The value of a hexadecimal digit given by its character code, or -1 for any other character. */
export function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** Below this many bytes the call of a decoder costs more than it saves (measured). */
const FEW = 12;
/** Bytes turned at a time: what one decoded piece needs stays in the cache. */
const PIECE = 8192;

const digits = /* @__PURE__ */ Uint8Array.from({ length: 512 }, (_, i) =>
  HEX_PAIRS[i >> 1]!.charCodeAt(i & 1),
);
const ascii = /* @__PURE__ */ new TextDecoder();
const room = /* @__PURE__ */ new Uint8Array(2 * PIECE);

/** The bytes b[start, end) as pairs of lower-case digits with `separator` between them. */
export function formatHex(b: Uint8Array, start = 0, end = b.length, separator = ""): string {
  let text = "";
  if (separator === "" && end - start >= FEW) {
    for (let from = start; from < end; from += PIECE)
      text += flatHex(b, from, Math.min(from + PIECE, end));
    return text;
  }
  for (let i = start; i < end; i++) {
    text += i === start ? HEX_PAIRS[b[i]!]! : separator + HEX_PAIRS[b[i]!]!;
  }
  return text;
}

/**
 * The digits of one piece as one flat string. A string grown pair by pair is a chain of small ones, which takes three times
 * as long to make and to write out (measured).
 */
function flatHex(b: Uint8Array, start: number, end: number): string {
  let o = 0;
  for (let i = start; i < end; i++) {
    const at = b[i]! * 2;
    room[o++] = digits[at]!;
    room[o++] = digits[at + 1]!;
  }
  return ascii.decode(room.subarray(0, o));
}

/**
 * The bytes of a string of hexadecimal digits in either case; white space and colons are ignored.
 *
 * @throws TypeError for any other character or an odd number of digits.
 */
export function parseHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length >> 1);
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 58 || code === 32 || (code >= 9 && code <= 13)) continue;
    const digit = hexDigit(code);
    if (digit < 0) {
      throw new TypeError(`not a hexadecimal digit: ${JSON.stringify(text[i])} at position ${i}`);
    }
    bytes[digits >> 1] = (bytes[digits >> 1]! << 4) | digit;
    digits++;
  }
  if (digits & 1) throw new TypeError(`an odd number of hexadecimal digits: ${digits}`);
  return bytes.slice(0, digits >> 1);
}

/** How {@link hexDump} lays out its lines. */
export interface HexDumpOptions {
  /** Bytes in a line; 16 unless told. */
  readonly width?: number;
  /** The offset printed for the first byte; 0 unless told. */
  readonly offset?: number;
}

/**
 * A dump of b[start, end) for people, one line for every `width` bytes: the offset, the bytes in
 * pairs, and their printable ASCII characters. The lines are separated by line feeds; there is
 * none after the last.
 */
export function hexDump(
  b: Uint8Array,
  start = 0,
  end = b.length,
  { width = 16, offset = 0 }: HexDumpOptions = {},
): string {
  if (!Number.isInteger(width) || width < 1) {
    throw new RangeError(`width must be an integer of 1 or more, got ${width}`);
  }
  const digits = offset + (end - start) > 0x10000 ? 8 : 4;
  const lines: string[] = [];
  for (let i = start; i < end; i += width) {
    const stop = Math.min(i + width, end);
    const address = (offset + i - start).toString(16).padStart(digits, "0");
    const pairs = formatHex(b, i, stop, " ").padEnd(width * 3 - 1);
    let ascii = "";
    for (let k = i; k < stop; k++) {
      const code = b[k]!;
      ascii += code >= 32 && code < 127 ? String.fromCharCode(code) : ".";
    }
    lines.push(`${address}  ${pairs}   ${ascii}`);
  }
  return lines.join("\n");
}

interface DumpLine {
  readonly number: number;
  readonly offset: number;
  readonly bytes: readonly number[];
}

/**
 * The packets in the hexadecimal dumps of other tools: `xxd`, `hexdump -C`, `od -Ax -tx1`,
 * `tcpdump -x`, `-xx`, `-X`, Wireshark and `tshark -x`, and {@link hexDump}. A new packet begins
 * where the offset goes back to 0; lines that are no dump (summaries, blank lines) are passed over;
 * a `*` line repeats the line before it.
 *
 * @throws TypeError where the offsets leave a gap, since bytes would be missing.
 */
export function parseHexDump(text: string): Uint8Array[] {
  const packets: number[][] = [];
  let packet: number[] | undefined;
  let row: readonly number[] = [];
  let squeezed = false;
  const lines = dumpLines(text);
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    if (line === undefined) {
      squeezed = true;
      continue;
    }
    if (line.offset === 0 && line.bytes.length > 0) packets.push((packet = []));
    if (packet === undefined) continue;
    if (squeezed) repeatRow(packet, row, line.offset);
    squeezed = false;
    if (line.offset !== packet.length) {
      if (line.bytes.length === 0) continue;
      throw new TypeError(
        `line ${line.number}: offset 0x${line.offset.toString(16)} where ` +
          `0x${packet.length.toString(16)} was expected`,
      );
    }
    // An ASCII column may look like more bytes; the next offset tells how many there really are.
    const room = (lines[i + 1]?.offset ?? 0) - line.offset;
    row = room > 0 ? line.bytes.slice(0, room) : line.bytes;
    for (const value of row) packet.push(value);
  }
  return packets.map((bytes) => Uint8Array.from(bytes));
}

/** Continues a packet with copies of its last row up to an offset, as a `*` line means. */
function repeatRow(packet: number[], row: readonly number[], until: number): void {
  if (row.length === 0 || until - packet.length > MAX_SQUEEZED) return;
  for (let i = 0; packet.length < until; i++) packet.push(row[i % row.length]!);
}

/** The lines of a dump in order; undefined stands for a `*` line. */
function dumpLines(text: string): (DumpLine | undefined)[] {
  const lines: (DumpLine | undefined)[] = [];
  let number = 0;
  for (const line of text.split("\n")) {
    number++;
    if (line.trim() === "*") lines.push(undefined);
    // tcpdump writes 0x before its offsets; tools that end them with a colon group the digits.
    const head = /^\s*(?:0x)?([0-9a-f]{4,12})(:?)(?=\s|$)/i.exec(line);
    if (head === null) continue;
    const rest = line.slice(head[0].length);
    const bytes = head[2] === ":" ? groupedBytes(rest) : pairedBytes(rest);
    if (bytes.length > 0 || rest.trim() === "") {
      lines.push({ number, offset: Number.parseInt(head[1]!, 16), bytes });
    }
  }
  return lines;
}

/** Groups of pairs with single spaces between them; two spaces end them (xxd, tcpdump). */
function groupedBytes(text: string): number[] {
  const bytes: number[] = [];
  let i = text.length - text.trimStart().length;
  for (;;) {
    const start = i;
    while (hexDigit(text.charCodeAt(i)) >= 0) i++;
    const followed = i < text.length && text.charCodeAt(i) > 32;
    // A group of an odd length or with other characters belongs to the ASCII column.
    if (i === start || (i - start) & 1 || followed) return bytes;
    for (let k = start; k < i; k += 2) bytes.push(Number.parseInt(text.slice(k, k + 2), 16));
    i++;
  }
}

/**
 * Pairs with single spaces between them, and a wider gap after the eighth (Wireshark, hexdump -C).
 */
function pairedBytes(text: string): number[] {
  const bytes: number[] = [];
  const pair = /(\s+)([0-9a-f]{2})(?!\S)/giy;
  for (let match = pair.exec(text); match !== null; match = pair.exec(text)) {
    const gap = match[1]!.length;
    if (bytes.length > 0 && gap > (bytes.length === 8 ? 2 : 1)) break;
    bytes.push(Number.parseInt(match[2]!, 16));
  }
  return bytes;
}
