import { formatHex } from "../../bytes/hex.ts";
import { md5 } from "../../bytes/md5.ts";
import { sha256 } from "../../bytes/sha256.ts";

/** `SHA256:` and base 64 without padding: how a host's key is shown to people. */
export function sha256Fingerprint(key: Uint8Array): string {
  const text = btoa(String.fromCharCode(...sha256(key)));
  return `SHA256:${text.replace(/=+$/, "")}`;
}

/** `MD5:` and pairs of hex digits with colons (RFC 4716 §4). */
export const md5Fingerprint = (key: Uint8Array): string => `MD5:${formatHex(md5(key), 0, 16, ":")}`;
