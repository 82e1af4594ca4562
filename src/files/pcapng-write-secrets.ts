/** Decryption secrets and journal entries put together (draft-ietf-opsawg-pcapng §4.7 and §4.8). */

import { joined } from "../bytes/joined.ts";
import { writeBigUintLe } from "../bytes/numbers.ts";
import { blockTypes, secretsTypes } from "./blocks.ts";
import { checkLength, checkRange, textBytes } from "./check.ts";
import {
  blockBytes,
  type CommonOptionsRecipe,
  commonOptions,
  numberBytes,
  padded,
} from "./pcapng-write-options.ts";
import type { JournalField, KeyLogEntry, ZigbeeKey } from "./secrets.ts";

const utf8 = new TextEncoder();
const NEWLINE = Uint8Array.of(10);

/** The key logs, which are text. */
export type KeyLogKind = "tlsKeyLog" | "sshKeyLog" | "wireguardKeyLog";

/** What a decryption secrets block holds: a key log, a ZigBee key, or bytes with the number of their type. */
export type SecretsRecipe = CommonOptionsRecipe &
  (
    | { readonly secrets: KeyLogKind; readonly entries: readonly KeyLogEntry[] }
    | { readonly secrets: KeyLogKind; readonly data: string | Uint8Array }
    | ({ readonly secrets: "zigbeeNwkKey" } & Omit<ZigbeeKey, "shortAddress">)
    | ({ readonly secrets: "zigbeeApsKey" } & Required<ZigbeeKey>)
    | { readonly secretsType: number; readonly data: string | Uint8Array }
  );

/** A decryption secrets block (§4.7). */
export function decryptionSecrets(recipe: SecretsRecipe, littleEndian: boolean): Uint8Array {
  const type = "secretsType" in recipe ? recipe.secretsType : secretsTypes[recipe.secrets];
  checkRange("secrets.secretsType", type, 0, 0xffff_ffff);
  const data = secretsData(recipe);
  checkLength("secrets.data", data, 0xffff_ff00);
  const head = [type, data.length].map((value) => numberBytes(value, 4, littleEndian));
  const options = commonOptions("secrets", recipe, littleEndian);
  const body = [...head, padded(data), options];
  return blockBytes(blockTypes.decryptionSecrets, body, littleEndian);
}

function secretsData(recipe: SecretsRecipe): Uint8Array {
  if ("entries" in recipe) return utf8.encode(formatKeyLog(recipe.secrets, recipe.entries));
  if ("data" in recipe) {
    return typeof recipe.data === "string" ? utf8.encode(recipe.data) : recipe.data;
  }
  const { key, panId } = recipe;
  if (key.length !== 16) throw new RangeError(`secrets.key must have 16 bytes, got ${key.length}`);
  checkRange("secrets.panId", panId, 0, 0xffff);
  // The short numbers have their low byte first in either byte order.
  const pieces = [key, numberBytes(panId, 2, true)];
  if (recipe.secrets === "zigbeeApsKey") {
    checkRange("secrets.shortAddress", recipe.shortAddress, 0, 0xffff);
    pieces.push(numberBytes(recipe.shortAddress, 2, true));
  }
  return joined(pieces);
}

/**
 * The lines of a key log, each ended with a line feed: the way back from `parseKeyLog`. WireGuard has `LABEL = value`,
 * the others `LABEL value value`.
 *
 * @throws RangeError for a label or value that cannot stand there.
 */
export function formatKeyLog(kind: KeyLogKind, entries: readonly KeyLogEntry[]): string {
  const separator = kind === "wireguardKeyLog" ? " = " : " ";
  return entries
    .map(({ label, values }) => {
      if (!/^[^\s=#][^\s=]*$/.test(label)) {
        throw new RangeError(`entries.label must have no blank and no =, got ${label}`);
      }
      const wrong = values.find((value) => !/^[^\s=]\S*$/.test(value));
      if (wrong !== undefined) {
        const limits = "must have no blank and not begin with =";
        throw new RangeError(`entries.values ${limits}, got ${JSON.stringify(wrong)}`);
      }
      return `${[label, values.join(" ")].join(separator).trimEnd()}\n`;
    })
    .join("");
}

/** What a journal block holds: the fields of an entry, or the whole entry in systemd's export format. */
export type JournalRecipe =
  | { readonly fields: readonly JournalField[] }
  | { readonly data: string | Uint8Array };

/** A systemd journal export block (§4.8). */
export function journalBlock(recipe: JournalRecipe, littleEndian: boolean): Uint8Array {
  const data = "fields" in recipe ? formatJournalEntry(recipe.fields) : recipe.data;
  const bytes = typeof data === "string" ? utf8.encode(data) : data;
  return blockBytes(blockTypes.journal, [bytes], littleEndian);
}

/**
 * An entry in systemd's export format: the way back from `parseJournalEntry`. Bytes, and text with a line feed in it,
 * are written with their length.
 *
 * @throws RangeError for a name that cannot stand there.
 */
export function formatJournalEntry(fields: readonly JournalField[]): Uint8Array {
  return joined(
    fields.flatMap(({ name, value }) => {
      if (!/^[^=\n]+$/.test(name)) {
        throw new RangeError(`fields.name must have no = and no line feed, got ${name}`);
      }
      const label = textBytes("fields.name", name);
      const bytes = typeof value === "string" ? utf8.encode(value) : value;
      if (typeof value === "string" && !value.includes("\n")) {
        return [label, utf8.encode("="), bytes, NEWLINE];
      }
      const length = new Uint8Array(8);
      writeBigUintLe(length, 0, 8, BigInt(bytes.length));
      return [label, NEWLINE, length, bytes, NEWLINE];
    }),
  );
}
