import type { Capture } from "../capture/open.ts";
import { defaultDissector } from "../capture/open.ts";
import { createDissector, type Dissector } from "../packet/dissector.ts";
import type { Packet } from "../packet/packet.ts";
import { all } from "../protocols/all.ts";
import type { Binding } from "../schema/table.ts";
import { UsageError } from "./run.ts";
import { allTables } from "./tables.ts";

/** A whole number of an option. */
export function wholeNumber(
  option: string,
  text: string | undefined,
  least = 0,
): number | undefined {
  if (text === undefined) return undefined;
  const n = Number(text);
  if (!Number.isSafeInteger(n) || n < least)
    throw new UsageError(`${option}: a whole number of at least ${least} is wanted, not '${text}'`);
  return n;
}

/** `tcp.port==8080,http` as a binding. */
function parseDecodeAs(text: string): Binding {
  const match = /^\s*([\w.]+)\s*==\s*(0x[0-9a-fA-F]+|\d+)\s*,\s*(\S+)\s*$/.exec(text);
  if (match === null)
    throw new UsageError(`--decode-as: '${text}' is not of the form tcp.port==8080,http`);
  const [, tableName, key, name] = match;
  const table = allTables().get(tableName!);
  if (table === undefined)
    throw new UsageError(
      `--decode-as: no table '${tableName}'; known are ${[...allTables().keys()].join(", ")}`,
    );
  const protocol = defaultDissector().named(name!);
  if (protocol === undefined) throw new UsageError(`--decode-as: no protocol '${name}'`);
  return table.at(Number(key), protocol);
}

/** The dissector of all protocols, with what `--decode-as` binds. */
export function dissectorFor(decodeAs: readonly string[] | undefined): Dissector {
  if (decodeAs === undefined || decodeAs.length === 0) return defaultDissector();
  return createDissector(all, { bind: decodeAs.map(parseDecodeAs) });
}

/** Calls `each` for the packets of a capture, at most `count` of them; a fault of the file comes after the good ones. */
export async function forPackets(
  capture: Capture,
  count: number | undefined,
  each: (packet: Packet) => void,
): Promise<void> {
  const most = count ?? Number.POSITIVE_INFINITY;
  if (most <= 0) return;
  let n = 0;
  for await (const batch of capture.batches()) {
    for (let i = 0; i < batch.length; i++) {
      each(batch[i]!);
      // What was read of a packet goes with it: kept to the end of the batch, it would outlive two collections of garbage
      // and pile up (measured: a fifth of the memory of a long report).
      delete batch[i];
      if (++n >= most) return;
    }
  }
}
