/** Takes the contents of decryption secrets and journal blocks apart. */

import { readBigUintLe, readU16le } from "../bytes/numbers.ts";
import type { DecryptionSecretsBlock, JournalBlock } from "./blocks.ts";

const utf8 = new TextDecoder();

/** One line of a key log. */
export interface KeyLogEntry {
  /** For example `CLIENT_RANDOM` or `LOCAL_STATIC_PRIVATE_KEY`. */
  readonly label: string;
  /** What follows the label: for TLS the client random and the secret, both hexadecimal. */
  readonly values: readonly string[];
}

/**
 * The lines of a TLS, SSH or WireGuard key log in order, without comments and blank lines. The
 * label ends at the first blank or `=`, which WireGuard has there and which is left out.
 */
export function parseKeyLog({ data }: Pick<DecryptionSecretsBlock, "data">): KeyLogEntry[] {
  const entries: KeyLogEntry[] = [];
  for (const line of utf8.decode(data).split("\n")) {
    const [, label, rest] = /^([^\s=]+)\s*=?(.*)$/.exec(line.trim()) ?? [];
    if (label === undefined || rest === undefined || label.startsWith("#")) continue;
    entries.push({ label, values: rest.split(/\s+/).filter((word) => word !== "") });
  }
  return entries;
}

/** A ZigBee key with the network it is for. */
export interface ZigbeeKey {
  /** The AES-128 key, 16 bytes. */
  readonly key: Uint8Array;
  readonly panId: number;
  /** The short address of the node; for APS keys only. */
  readonly shortAddress?: number;
}

/** The key of a ZigBee secrets block; undefined for other secrets and for too few bytes. */
export function parseZigbeeKey({
  data,
  secrets,
}: Pick<DecryptionSecretsBlock, "data" | "secrets">): ZigbeeKey | undefined {
  const aps = secrets === "zigbeeApsKey";
  if (!aps && secrets !== "zigbeeNwkKey") return undefined;
  if (data.length < (aps ? 20 : 18)) return undefined;
  const key = { key: data.subarray(0, 16), panId: readU16le(data, 16) };
  return aps ? { ...key, shortAddress: readU16le(data, 18) } : key;
}

/** One field of a journal entry. */
export interface JournalField {
  readonly name: string;
  /** Text, or bytes for a field that was written with its length. */
  readonly value: string | Uint8Array;
}

/**
 * The fields of a journal entry in systemd's export format, in order: `NAME=text` lines, and
 * `NAME` lines followed by a 64-bit length, that many bytes and a line feed. What does not fit the
 * format ends the list.
 */
export function parseJournalEntry({ data }: Pick<JournalBlock, "data">): JournalField[] {
  const fields: JournalField[] = [];
  for (let at = 0; at < data.length; ) {
    const newline = data.indexOf(10, at);
    const end = newline < 0 ? data.length : newline;
    const equals = data.subarray(at, end).indexOf(61);
    if (equals > 0) {
      const name = utf8.decode(data.subarray(at, at + equals));
      fields.push({ name, value: utf8.decode(data.subarray(at + equals + 1, end)) });
      at = end + 1;
      continue;
    }
    // A blank line ends an entry; the padding of the block is zeros.
    if (end === at || newline < 0 || end + 9 > data.length) break;
    const length = Number(readBigUintLe(data, end + 1, 8));
    const start = end + 9;
    if (length > data.length - start) break;
    const name = utf8.decode(data.subarray(at, end));
    fields.push({ name, value: data.subarray(start, start + length) });
    at = start + length + 1;
  }
  return fields;
}
