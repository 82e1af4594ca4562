/** An encoded word (RFC 2047 §2): `=?utf-8?B?w6Q=?=`; a language may stand behind the character set (RFC 2231 §5). */
const WORD = /=\?([^?*\s]{1,40})(?:\*[^?\s]{0,40})?\?([bqBQ])\?([^?\s]*)\?=/g;

/** Bytes of a character set as text; those of an unknown one as they are. */
export function textOf(charset: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return String.fromCharCode(...bytes.subarray(0, 65_536));
  }
}

const latin1Bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

function bytesOfWord(encoding: string, text: string): Uint8Array | null {
  if (encoding.toUpperCase() === "Q") {
    const plain = text.replace(/_/g, " ");
    return latin1Bytes(
      plain.replace(/=([0-9A-Fa-f]{2})/g, (_, hex) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      ),
    );
  }
  try {
    return latin1Bytes(atob(text));
  } catch {
    return null;
  }
}

/** A header's value as people read it: encoded words decoded, blanks between two of them left out (RFC 2047 §6.2). */
export function decodeWords(value: string): string {
  if (!value.includes("=?")) return value;
  const joined = value.replace(/(\?=)[ \t]+(?==\?)/g, "$1");
  return joined.replace(WORD, (whole, charset: string, encoding: string, text: string) => {
    const bytes = bytesOfWord(encoding, text);
    return bytes === null ? whole : textOf(charset, bytes);
  });
}
