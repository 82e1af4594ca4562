/** Several captures made into one, by time or one behind the other. */

import type { Block } from "./blocks.ts";
import { checkRange } from "./check.ts";
import type { CaptureError } from "./errors.ts";
import { MergeInput } from "./merge-input.ts";
import { MergedPcap, MergedPcapng, type MergeTarget } from "./merge-target.ts";
import type { RecordFormat } from "./record.ts";
import type { ByteSource } from "./source.ts";

/** How {@link mergeCaptures} works. */
export interface MergeOptions {
  /** pcapng unless told. A pcap file takes packets of one link type, and nothing else. */
  readonly format?: RecordFormat;
  /** One capture behind the other, instead of by time. */
  readonly append?: boolean;
  /** Bytes kept of a packet at most, 1..2^32-1; all unless told. Lengths on the wire stay. */
  readonly snaplen?: number;
  /** Is told what is wrong with an input, by its number from 0, when its good records have been taken. */
  readonly onFault?: (input: number, fault: CaptureError) => void;
  /** Is told the captured length of each packet. */
  readonly onPacket?: (captured: number) => void;
}

/** Bytes that are worth a write. */
const PIECE = 1 << 18;
/** Where many files are read side by side, less is read of each at a time. */
const MANY = 16;
const SMALL_CHUNK = 1 << 14;

/**
 * Merges captures of either format, plain or compressed, and yields the bytes of the file. Packets come by time, at equal times
 * in the order of the sources; those of one source are never put in another order, even where their times say so. A packet without
 * a time comes directly behind the one before it. Memory does not grow with the captures.
 *
 * A pcapng file has one section with all interfaces, once where all captures begin with the same ones, and everything else
 * that the captures hold: names, keys, statistics, blocks of somebody's own, and what packets say beside their bytes.
 *
 * @throws CaptureError the first fault of a source, after everything good of all of them; at once where a source is no
 * capture at all. RangeError where a pcap file cannot hold a packet.
 * @example
 * for await (const bytes of mergeCaptures([first, second])) await file.write(bytes);
 */
export async function* mergeCaptures(
  sources: readonly ByteSource[],
  options: MergeOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { format = "pcapng", append = false, snaplen, onFault } = options;
  if (snaplen !== undefined) checkRange("snaplen", snaplen, 1, 0xffff_ffff);
  const most = snaplen ?? Number.POSITIVE_INFINITY;
  const reading = sources.length > MANY ? { chunkSize: SMALL_CHUNK } : {};
  const inputs = sources.map((source, i) => new MergeInput(i, source, reading));
  try {
    const leading = await lookAhead(inputs, onFault);
    if (format === "pcap") checkLinkTypes(inputs);
    const target =
      format === "pcap" ? new MergedPcap(most, inputs) : new MergedPcapng(most, leading);
    if (append) for (const input of inputs) yield* drain([input], target, options);
    else yield* drain(inputs, target, options);
    target.finish();
    if (target.size > 0) yield target.take();
  } finally {
    for (const input of inputs) await input.close();
  }
  const fault = inputs.find((input) => input.fault !== undefined)?.fault;
  if (fault !== undefined) throw fault;
}

/** What each input has before its first record. */
async function lookAhead(
  inputs: readonly MergeInput[],
  onFault: MergeOptions["onFault"],
): Promise<(readonly Block[])[]> {
  const leading: (readonly Block[])[] = [];
  for (const input of inputs) {
    const blocks = await input.lookAhead();
    if (input.fault !== undefined && blocks.length === 0) {
      onFault?.(input.index, input.fault);
      throw input.fault;
    }
    leading.push(blocks);
  }
  return leading;
}

/** Finds out before anything is written, as far as the first packets tell. */
function checkLinkTypes(inputs: readonly MergeInput[]): void {
  let first: { readonly linkType: number; readonly of: number } | undefined;
  for (const { index, first: record, interfaces } of inputs) {
    if (record === undefined) continue;
    const { linkType } = interfaces[record.interfaceIndex]!;
    first ??= { linkType, of: index };
    if (linkType === first.linkType) continue;
    throw new RangeError(
      `a pcap file has one link type: capture ${index + 1} has ${linkType} and capture ${first.of + 1} has ` +
        `${first.linkType}; choose pcapng, which can hold both`,
    );
  }
}

/** Takes everything out of the inputs, the least first. */
async function* drain(
  inputs: readonly MergeInput[],
  target: MergeTarget,
  { onFault, onPacket }: MergeOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const queue = new Queue();
  const tell = ({ index, fault }: MergeInput): void => {
    if (fault !== undefined) onFault?.(index, fault);
  };
  for (const input of inputs) {
    if (input.head !== undefined) queue.add(input);
    else tell(input);
  }
  for (let input = queue.first; input !== undefined; input = queue.first) {
    const item = input.head!;
    if ("kind" in item) target.block(input, item);
    else {
      target.record(input, item);
      onPacket?.(item.end - item.start);
    }
    if (!input.step()) await input.read();
    queue.settle();
    if (input.head === undefined) tell(input);
    if (target.size >= PIECE) yield target.take();
  }
}

/** Inputs by what comes next in them: a binary heap, so that hundreds of them cost little. */
class Queue {
  private readonly heap: MergeInput[] = [];

  /** The input whose turn it is. */
  get first(): MergeInput | undefined {
    return this.heap[0];
  }

  add(input: MergeInput): void {
    const { heap } = this;
    let at = heap.push(input) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!input.isBefore(heap[above]!)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = input;
  }

  /** The first has stepped on: it goes to its new place, or away where it is over. */
  settle(): void {
    const { heap } = this;
    if (heap[0]!.head === undefined) {
      const last = heap.pop()!;
      if (heap.length === 0) return;
      heap[0] = last;
    }
    const moved = heap[0]!;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && heap[below + 1]!.isBefore(heap[below]!)) below++;
      if (!heap[below]!.isBefore(moved)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = moved;
  }
}
