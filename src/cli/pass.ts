import type { Capture } from "../capture/open.ts";
import { CaptureError } from "../files/errors.ts";
import { ClosedPipe, type Output } from "../node/output.ts";
import type { Packet } from "../packet/packet.ts";
import { forPackets } from "./input.ts";
import { UsageError } from "./run.ts";

/** What takes the packets of a capture one after the other, and writes. */
export interface Pass {
  add(packet: Packet): void;
  /** The capture is over. */
  finish(): void;
  /** The output is whole: what is to be said beside it, on standard error. */
  remark?(): void;
  /** The output is at fault: what is not whole goes away. */
  abandon?(): void;
}

/**
 * Gives all packets of a capture to a pass. A fault of the input ends the output properly, with all that was good before, and
 * is thrown then; a fault of the output leaves nothing under its name.
 */
export async function passOver(
  capture: Capture,
  count: number | undefined,
  out: Output,
  pass: Pass,
): Promise<void> {
  let fault: CaptureError | null = null;
  try {
    try {
      await forPackets(capture, count, (packet) => pass.add(packet));
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      fault = error;
    }
    pass.finish();
    out.finish();
  } catch (error) {
    pass.abandon?.();
    if (!(error instanceof ClosedPipe)) out.abandon();
    throw error;
  }
  pass.remark?.();
  if (fault !== null) throw fault;
}

/** The one of several words that an option gives. */
export function oneOf<T extends string>(flag: string, all: readonly T[], text: string): T {
  const found = all.find((one) => one === text);
  if (found === undefined) throw new UsageError(`${flag}: '${text}' is none of ${all.join(", ")}`);
  return found;
}
