import { openCapture } from "../capture/open.ts";
import { PcapWriter } from "../files/pcap-writer.ts";
import { type DifferingFrame, Verification } from "./verify.ts";
import { type ShowingEngine, sideOf, type VerifyRun, verifyCapture } from "./verify-run.ts";

/** Frames that are tried one after the other: each starts the engines anew. */
const MOST_TRIED = 4;

/** A frame that shows a difference. */
export interface Reproducer {
  readonly frame: DifferingFrame;
  /** Whether the engines differ in it where it is all of the capture; else it takes the frames before it. */
  readonly isAlone: boolean;
}

/** A capture of one frame. */
export function captureOf(frame: DifferingFrame): Uint8Array {
  const { bytes, originalLength, linkType, seconds, nanoseconds } = frame;
  const writer = new PcapWriter({ linkType: Math.max(linkType, 0), nanoseconds: true });
  // A time that a capture file of this kind cannot hold plays no part in what differs.
  const isKnown = nanoseconds >= 0 && seconds >= 0 && seconds < 2 ** 32;
  const length = Math.max(originalLength, bytes.length);
  const time = isKnown ? ([seconds, nanoseconds] as const) : ([0, 0] as const);
  writer.write(bytes, 0, bytes.length, length, ...time);
  return writer.take();
}

/**
 * The smallest frame in which the two engines differ, preferably one in which they do so without the frames before it: of the
 * few smallest, each is tried alone. `null` where they do not differ.
 */
export async function reproducerOf(
  found: Verification,
  engines: readonly [ShowingEngine, ShowingEngine],
  run: VerifyRun,
): Promise<Reproducer | null> {
  const [smallest] = found.smallest;
  if (smallest === undefined) return null;
  const tried = new Set<string>();
  for (const frame of found.smallest) {
    const place = `${frame.frame} ${frame.capture}`;
    if (tried.has(place)) continue;
    if (tried.size === MOST_TRIED) break;
    tried.add(place);
    const still = await differenceAlone(frame, engines, run);
    if (still !== null) return { frame: still, isAlone: true };
  }
  return { frame: smallest, isAlone: false };
}

/** The frame with what differs in it where it is all of the capture; the same field, where that is one of several. */
async function differenceAlone(
  frame: DifferingFrame,
  engines: readonly [ShowingEngine, ShowingEngine],
  { dissector, signal }: VerifyRun,
): Promise<DifferingFrame | null> {
  if (frame.linkType < 0) return null;
  const comparison = new Verification(sideOf(engines[0]), sideOf(engines[1]));
  const capture = openCapture(captureOf(frame), { dissector, customBlocks: true });
  await verifyCapture(capture, frame.capture, engines, [comparison], { dissector, signal });
  const { smallest } = comparison;
  const same = smallest.find(({ field }) => field === frame.field) ?? smallest[0];
  return same === undefined ? null : { ...same, frame: frame.frame };
}
