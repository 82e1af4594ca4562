/**
 * Hexadecimal text of whatever program, read back as bytes: dumps with offsets, plain digits, arrays of C, strings with
 * escapes. Unlike {@link parseHex} it finds out which it is; unlike {@link parseHexDump} it passes over no wrong digit.
 */

import { hexDigit } from "./hex.ts";
import { hexInSource, isSource } from "./source-text.ts";

/** The longest stretch that a `*` line may stand for, in bytes. */
const MAX_SQUEEZED = 1 << 24;

/**
 * The bytes of one packet or file, from hexadecimal text of any common form: plain digits with any separators, what `xxd`,
 * `xxd -p`, `xxd -i`, `hexdump -C`, `od -Ax -tx1`, `tcpdump -x`, `-xx`, `-X`, `tshark -x` and Wireshark's copies print, arrays
 * of C, and strings with `\x` escapes. Columns of offsets and characters are recognised, and the offsets must agree.
 *
 * @throws RangeError that names the line of a wrong digit or offset, or says that there are several packets.
 * @example build(ethernet(), fromHex("45 00 00 1c"))
 */
export function fromHex(text: string): Uint8Array {
  const packets = fromHexAll(text);
  if (packets.length > 1)
    throw new RangeError(`the text holds ${packets.length} packets: fromHexAll gives each`);
  return packets[0] ?? new Uint8Array();
}

/**
 * As {@link fromHex}, for text of several packets. In dumps, a packet begins where offsets begin anew, and other lines
 * (summaries) are passed over; plain digits are divided by empty lines, arrays of C by their braces.
 *
 * @throws RangeError that names the line of a wrong digit or offset.
 */
export function fromHexAll(text: string): Uint8Array[] {
  if (typeof text !== "string") throw new TypeError(`fromHex: text is wanted, not ${String(text)}`);
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.some((line) => OFFSET_LINE.test(line))) return dumpPackets(lines);
  return isSource(text) ? hexInSource(text) : plainPackets(lines);
}

/**
 * The first line of a dump: an offset with a colon, or one of zeros with pairs behind it. Digits in groups of other lengths
 * behind zeros are data as well.
 */
const OFFSET_LINE =
  /^\s*(?:(?:0x)?[0-9a-f]{4,16}:\s+[0-9a-f]{2}|0{4,16}\s{1,3}[0-9a-f]{2}(?:\s|$))/i;

const wrong = (line: number, what: string): RangeError => new RangeError(`line ${line}: ${what}`);

/** Digits with separators between bytes or groups of bytes; comments begin with `#`. */
function plainPackets(lines: readonly string[]): Uint8Array[] {
  const packets: number[][] = [];
  let open: number[] | null = null;
  lines.forEach((line, i) => {
    const digits = line.replace(/#.*/, "").trim();
    if (digits === "") {
      open = null;
      return;
    }
    if (open === null) packets.push((open = []));
    for (const group of digits.split(/[\s:;,._|-]+/)) appendPairs(open, group, i + 1);
  });
  return packets.map((bytes) => Uint8Array.from(bytes));
}

function appendPairs(bytes: number[], group: string, line: number): void {
  const digits = group.replace(/^0x/i, "");
  for (let i = 0; i < digits.length; i++)
    if (hexDigit(digits.charCodeAt(i)) < 0)
      throw wrong(line, `${JSON.stringify(digits[i])} is not a hexadecimal digit`);
  if (digits.length & 1)
    throw wrong(line, `${JSON.stringify(group)} has an odd number of hexadecimal digits`);
  for (let i = 0; i < digits.length; i += 2)
    bytes.push(Number.parseInt(digits.slice(i, i + 2), 16));
}

/** The packets of a dump, in the base in which its offsets fit: of `od` with seven digits these are octal, or decimal. */
function dumpPackets(lines: readonly string[]): Uint8Array[] {
  const rows = lines.map((line, i) => (line.trim() === "*" ? "*" : rowOf(line, i + 1)));
  const first = rows.find((row) => row !== null && row !== "*" && row.bytes.length > 0) as Row;
  const radices = first.offset.length === 7 ? [8, 10, 16] : [16, 8, 10];
  let fault: unknown;
  for (const radix of radices) {
    try {
      return new DumpReader(radix).read(rows);
    } catch (error) {
      if (radix === 16) fault = error;
    }
  }
  throw fault;
}

/** One line of a dump. */
interface Row {
  readonly number: number;
  readonly offset: string;
  readonly bytes: readonly number[];
  /** Whether the characters beside the bytes cannot be taken for more of them. */
  readonly exact: boolean;
}

/** Puts the rows of a dump together, and checks that none is missing. */
class DumpReader {
  private readonly radix: number;
  private readonly packets: number[][] = [];
  private packet: number[] = [];
  /** The offset of the packet's first byte. */
  private first = 0;
  private row: readonly number[] = [];
  private squeezed = false;
  /** Whether the line that says only where the packet ends has come. */
  private closed = true;

  constructor(radix: number) {
    this.radix = radix;
  }

  read(rows: readonly (Row | "*" | null)[]): Uint8Array[] {
    rows.forEach((row, i) => {
      if (row === "*") this.squeezed = true;
      else if (row !== null) this.add(row, rows.slice(i + 1, i + 3));
    });
    return this.packets.map((bytes) => Uint8Array.from(bytes));
  }

  private placeOf({ offset, number }: Row): number {
    const fits = this.radix === 16 || (this.radix === 8 ? /^[0-7]+$/ : /^[0-9]+$/).test(offset);
    if (!fits) throw wrong(number, `${offset} is no offset in base ${this.radix}`);
    return Number.parseInt(offset, this.radix);
  }

  private add(row: Row, next: readonly (Row | "*" | null)[]): void {
    const place = this.placeOf(row);
    if (row.bytes.length > 0 && (this.closed || place <= this.first)) {
      this.packets.push((this.packet = []));
      this.first = place;
      this.closed = false;
    } else if (!this.closed) this.continue(row, place);
    this.squeezed = false;
    if (row.bytes.length === 0) {
      this.closed = true;
      return;
    }
    // Characters beside the bytes may look like more of them; the next offset tells how many there really are.
    const after = next.find((one) => one !== null);
    const room = after === undefined || after === "*" ? 0 : this.placeOf(after) - place;
    const isLonger = room > 0 && room < row.bytes.length;
    if (isLonger && row.exact)
      throw wrong(row.number, `${row.bytes.length} bytes where the offsets leave room for ${room}`);
    this.row = isLonger ? row.bytes.slice(0, room) : row.bytes;
    for (const byte of this.row) this.packet.push(byte);
  }

  /** Goes on where the rows before ended, with copies of the last one for a `*`. */
  private continue(row: Row, place: number): void {
    const end = this.first + this.packet.length;
    if (this.squeezed && place > end) {
      if (place - end > MAX_SQUEEZED)
        throw wrong(row.number, "the bytes that * stands for are too many");
      for (let i = 0; i < place - end; i++) this.packet.push(this.row[i % this.row.length]!);
    } else if (place !== end) {
      const wanted = end.toString(this.radix).padStart(row.offset.length, "0");
      throw wrong(row.number, `offset ${row.offset} where ${wanted} was expected`);
    }
  }
}

/** A line as a row; `null` for one that does not begin with an offset. */
function rowOf(line: string, number: number): Row | null {
  const head = /^\s*(?:0x)?([0-9a-f]{4,16})(:?)(?=\s|$)/i.exec(line);
  if (head === null) return null;
  const [whole, offset = "", colon] = head;
  const rest = line.slice(whole.length);
  if (rest.trim() === "") return { number, offset, bytes: [], exact: true };
  const exact = colon === ":";
  const bytes = exact ? groupedBytes(rest, number) : pairedBytes(rest, number);
  return bytes.length === 0 ? null : { number, offset, bytes, exact };
}

/** Groups of digits with single spaces between them; a wider gap ends them (xxd, tcpdump). */
function groupedBytes(text: string, line: number): number[] {
  const bytes: number[] = [];
  const [column = ""] = text.trimStart().split(/\s{2,}/);
  for (const group of column.trimEnd().split(/\s/)) appendPairs(bytes, group, line);
  return bytes;
}

/** Pairs with single spaces between them, and a wider gap behind the eighth (Wireshark, hexdump -C, od). */
function pairedBytes(text: string, line: number): number[] {
  const bytes: number[] = [];
  for (const [, gap = "", word = ""] of text.matchAll(/(\s+)(\S+)/g)) {
    if (bytes.length > 0 && gap.length > (bytes.length === 8 ? 2 : 1)) break;
    if (/^[0-9a-f]{2}$/i.test(word)) bytes.push(Number.parseInt(word, 16));
    // A line of words is a summary that begins like an offset; behind eight bytes, the characters may begin.
    else if (bytes.length === 0 || (bytes.length === 8 && gap.length === 2)) break;
    else throw wrong(line, `${JSON.stringify(word)} is not a byte in hexadecimal`);
  }
  return bytes;
}
