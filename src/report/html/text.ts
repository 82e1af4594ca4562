import { escapeText } from "../../bytes/escape.ts";

const PLAIN = /^[ !#-%(-;=?-~]*$/;
const SPECIAL = /[&<>"']/g;
/** What stands for the characters that HTML takes for itself. */
export const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);

/**
 * Text as the content of an element or a quoted attribute. What cannot be seen, and what turns the direction of writing
 * round, is shown as an escape: `\n`, `\u202e`.
 */
export function htmlText(text: string): string {
  // Nearly all texts are plain, and looking is quicker than replacing.
  if (PLAIN.test(text)) return text;
  return noCharacters(escapeText(text)).replace(SPECIAL, (c) => ENTITIES.get(c)!);
}

/** U+FFFE and the like, which are no characters and have no place in a page. */
const noCharacters = (text: string): string =>
  text.replace(
    /\p{Noncharacter_Code_Point}/gu,
    (c) => `\\u${c.codePointAt(0)! > 0xffff ? `{${hex(c)}}` : hex(c)}`,
  );

const hex = (c: string): string => c.codePointAt(0)!.toString(16);
