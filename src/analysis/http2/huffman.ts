/**
 * Bits of the code of each byte, and last of the end of a string (RFC 7541 Appendix B). The code is canonical: codes of one
 * length count up in the order of their symbols, and longer ones go on where shorter ones end, so the lengths say it all.
 */
const LENGTHS: readonly number[] = [
  ...[13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30],
  ...[28, 28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6],
  ...[5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7],
  ...[7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7],
  ...[7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22],
  ...[22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22],
  ...[23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21],
  ...[23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26],
  ...[27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24],
  ...[20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27],
  ...[28, 27, 27, 27, 27, 27, 26, 30],
];
/** The symbol that no string has: its first bits pad the last byte. */
const END_OF_STRING = 256;
const LONGEST = 30;

/** Symbols in the order of their codes. */
const SORTED: Uint16Array = Uint16Array.from({ length: 257 }, (_, symbol) => symbol).sort(
  (a, b) => LENGTHS[a]! - LENGTHS[b]! || a - b,
);
/** For each length: the first code of the next, at its own length; and where in {@link SORTED} the codes begin. */
const LIMIT = new Float64Array(LONGEST + 1);
const OFFSET = new Int32Array(LONGEST + 1);
const CODES = new Uint32Array(257);
{
  let code = 0;
  let place = 0;
  for (let length = 1; length <= LONGEST; length++) {
    code *= 2;
    OFFSET[length] = place - code;
    for (; place < 257 && LENGTHS[SORTED[place]!] === length; place++)
      CODES[SORTED[place]!] = code++;
    LIMIT[length] = code;
  }
}

/** What decoding gave: the text, one character a byte, or what is wrong with it. */
export interface HuffmanText {
  readonly text: string;
  readonly fault: string;
}

/** The text of a coded string (RFC 7541 §5.2). Padding is the beginning of the end's code, and less than a byte. */
export function huffmanDecode(bytes: Uint8Array, start: number, end: number): HuffmanText {
  let text = "";
  let code = 0;
  let length = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1);
      length++;
      if (code >= LIMIT[length]!) continue;
      const symbol = SORTED[OFFSET[length]! + code]!;
      if (symbol === END_OF_STRING) return { text, fault: "the end of a string inside it" };
      text += String.fromCharCode(symbol);
      code = length = 0;
    }
  }
  if (length > 7) return { text, fault: "more than seven bits of padding" };
  return code === 2 ** length - 1
    ? { text, fault: "" }
    : { text, fault: "padding of other bits than ones" };
}

/** Bytes that a text takes when coded. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += LENGTHS[text.charCodeAt(i) & 0xff]!;
  return (bits + 7) >> 3;
}

/** Codes a text of one character a byte. */
export function huffmanEncode(text: string): Uint8Array {
  const bytes = new Uint8Array(huffmanLength(text));
  let at = 0;
  let room = 8;
  const put = (code: number, length: number): void => {
    for (let left = length; left > 0; ) {
      const taken = Math.min(left, room);
      bytes[at]! |= (Math.floor(code / 2 ** (left - taken)) & (2 ** taken - 1)) << (room - taken);
      left -= taken;
      room -= taken;
      if (room === 0) {
        at++;
        room = 8;
      }
    }
  };
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i) & 0xff;
    put(CODES[symbol]!, LENGTHS[symbol]!);
  }
  if (room < 8) put(2 ** room - 1, room);
  return bytes;
}
