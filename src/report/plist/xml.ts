/** Text as it may stand in XML 1.0, and bytes in base64. */

/** What would end the text or begin something else, what a parser would change, and what no XML may hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const SPECIAL = /[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|\p{Cs}/gu;

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  // As it is, a parser would read a line feed.
  ["\r", "&#13;"],
]);

/**
 * The text as content of an element. XML has no way to write most control characters: they are shown by their pictures
 * (U+2400 and on, `␀` for NUL). What is no character, a lone surrogate, U+FFFE and U+FFFF, becomes U+FFFD.
 */
export const xmlText = (text: string): string =>
  // Nearly no text has one, and looking is quicker than replacing.
  text.search(SPECIAL) < 0 ? text : text.replace(SPECIAL, replaced);

function replaced(c: string): string {
  const entity = ENTITIES.get(c);
  if (entity !== undefined) return entity;
  const code = c.charCodeAt(0);
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : "\ufffd";
}

const DIGITS = /* @__PURE__ */ Uint8Array.from(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
  (c) => c.charCodeAt(0),
);
const PADDING = 0x3d;
const ascii = /* @__PURE__ */ new TextDecoder();

/** Bytes as base64 (RFC 4648 §4) on one line. Made as bytes and turned into text once. */
export function base64(bytes: Uint8Array): string {
  const { length } = bytes;
  const text = new Uint8Array(Math.ceil(length / 3) * 4);
  let n = 0;
  for (let i = 0; i < length; i += 3) {
    const three = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text[n] = DIGITS[three >> 18]!;
    text[n + 1] = DIGITS[(three >> 12) & 63]!;
    text[n + 2] = i + 1 < length ? DIGITS[(three >> 6) & 63]! : PADDING;
    text[n + 3] = i + 2 < length ? DIGITS[three & 63]! : PADDING;
    n += 4;
  }
  return ascii.decode(text);
}
