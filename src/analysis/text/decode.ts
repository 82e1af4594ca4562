import { readLatin1 } from "../../schema/value.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes as text: UTF-8 where they are that (RFC 2640, RFC 6531, RFC 6855), one character a byte (ISO 8859-1) where not. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  const latin1 = readLatin1(bytes, start, end);
  if (!/[\x80-\xff]/.test(latin1)) return latin1;
  try {
    return utf8.decode(bytes.subarray(start, end));
  } catch {
    return latin1;
  }
}

/** Text of base64 (RFC 4648 §4); `null` where it is none. */
export function textOfBase64(text: string): string | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 === 1) return null;
  try {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return decodeText(bytes, 0, bytes.length);
  } catch {
    return null;
  }
}
