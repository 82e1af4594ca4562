/** Text from packets made safe to print: what cannot be seen, or would move a cursor, is written as an escape. */

/** Controls, invisible format characters (that also turn the direction of text round), lone surrogates, line separators. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const SHORT: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

function escaped(character: string): string {
  const short = SHORT.get(character);
  if (short !== undefined) return short;
  const code = character.codePointAt(0)!;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** The text with every character that cannot be seen as `\n`, `\x1b` or `\u202e`. Other text stays as it is. */
export function escapeText(text: string): string {
  return text.replace(INVISIBLE, escaped);
}

/**
 * The text as a string literal of JavaScript, in double quotes, or in single ones where that leaves fewer to escape, as
 * formatters do.
 */
export function quoteText(text: string): string {
  const doubles = text.split('"').length;
  const singles = text.split("'").length;
  const quote = doubles > singles ? "'" : '"';
  const safe = text.replace(/[\\"']/g, (c) => (c === "\\" || c === quote ? `\\${c}` : c));
  return `${quote}${escapeText(safe)}${quote}`;
}
