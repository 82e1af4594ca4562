/** Bytes as source code writes them: arrays of C (`xxd -i`, Wireshark), and strings with escapes. */

const ESCAPED = /\\x[0-9a-f]/i;
/** A brace before a number, or a number of one byte with a comma: not `0x0000:`, nor digits without end. */
const ARRAY = /\{\s*(?:0x)?\d|\b0x[0-9a-f]{1,2}\s*[,;}]/i;

/** Whether a text is source code rather than digits. */
export const isSource = (text: string): boolean =>
  ESCAPED.test(text) || ARRAY.test(withoutComments(text));

/** Comments become blanks, so that lines keep their numbers; one that nothing ends goes on to the end. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*(?:[\s\S]*?\*\/|[\s\S]*$)|\/\/.*/g, (c) => c.replace(/[^\n]/g, " "));

/**
 * The arrays of bytes in a text: all in one pair of braces is one. Without braces, or with `\x` escapes, all of the text is.
 *
 * @throws RangeError that names the line of what is no byte.
 */
export function hexInSource(text: string): Uint8Array[] {
  const code = withoutComments(text);
  if (ESCAPED.test(text)) return [escapedBytes(text)];
  const arrays = [...code.matchAll(/\{([^{}]*)\}/g)];
  if (arrays.length === 0) return [numbersIn(code, code, 0)];
  return arrays.map((array) => numbersIn(array[1]!, code, array.index + 1));
}

const lineAt = (text: string, at: number): number => text.slice(0, at).split("\n").length;

/** The numbers of a list with commas; `list` begins at `from` in the whole text. */
function numbersIn(list: string, whole: string, from: number): Uint8Array {
  const bytes: number[] = [];
  for (const word of list.matchAll(/[^\s,;]+/g)) {
    const value = /^(?:0x[0-9a-f]{1,2}|\d{1,3})$/i.test(word[0]) ? Number(word[0]) : Number.NaN;
    if (!(value <= 255))
      throw new RangeError(
        `line ${lineAt(whole, from + word.index)}: ${JSON.stringify(word[0])} is not a byte`,
      );
    bytes.push(value);
  }
  return Uint8Array.from(bytes);
}

const SIMPLE: ReadonlyMap<string, number> = new Map([
  ["n", 10],
  ["r", 13],
  ["t", 9],
  ["a", 7],
  ["b", 8],
  ["f", 12],
  ["v", 11],
  ["e", 27],
  ["\\", 92],
  ['"', 34],
  ["'", 39],
]);

/** What is between quotes, put together; without quotes, all but white space. */
function escapedBytes(text: string): Uint8Array {
  const bytes: number[] = [];
  const strings = [...text.matchAll(/(["'])((?:(?!\1)[^\\]|\\[\s\S])*)(\1?)/g)];
  if (strings.length === 0) appendEscaped(bytes, text, text, 0, false);
  for (const { 2: inside = "", 3: closing, index } of strings) {
    if (closing === "")
      throw new RangeError(`line ${lineAt(text, index)}: the quotes are not closed`);
    appendEscaped(bytes, inside, text, index + 1, true);
  }
  return Uint8Array.from(bytes);
}

const utf8 = /* @__PURE__ */ new TextEncoder();

function appendEscaped(
  bytes: number[],
  text: string,
  whole: string,
  from: number,
  quoted: boolean,
): void {
  const piece = /\\x([0-9a-f]{1,2})|\\([0-7]{1,3})|\\([\s\S])|(\s+)|([^\\\s]+)|\\/giy;
  for (const match of text.matchAll(piece)) {
    const [all, hex, octal, letter, blank, plain] = match;
    const simple = letter === undefined ? undefined : SIMPLE.get(letter);
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (octal !== undefined && Number.parseInt(octal, 8) < 256)
      bytes.push(Number.parseInt(octal, 8));
    else if (simple !== undefined) bytes.push(simple);
    else if (quoted && (blank ?? plain) !== undefined) bytes.push(...utf8.encode(all));
    else if (blank === undefined)
      throw new RangeError(
        `line ${lineAt(whole, from + match.index)}: ${JSON.stringify(all)} is not an escaped byte`,
      );
  }
}
