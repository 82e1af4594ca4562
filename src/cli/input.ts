import type { Capture } from "../capture/open.ts";
import { defaultDissector } from "../capture/open.ts";
import { parseDecodeAs } from "../extract/dissection.ts";
import { createDissector, type Dissector } from "../packet/dissector.ts";
import type { Packet } from "../packet/packet.ts";
import { all } from "../protocols/all.ts";
import { UsageError } from "./run.ts";

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

/** The dissector of all protocols, with what `--decode-as` binds. */
export function dissectorFor(decodeAs: readonly string[] | undefined): Dissector {
  if (decodeAs === undefined || decodeAs.length === 0) return defaultDissector();
  try {
    return createDissector(all, { bind: decodeAs.map(parseDecodeAs) });
  } catch (error) {
    throw new UsageError(`--decode-as: ${(error as Error).message}`);
  }
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
