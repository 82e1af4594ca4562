import type { Block } from "../files/blocks.ts";
import type { PacketOptions } from "../files/options.ts";
import type { CaptureInterface } from "../files/record.ts";
import type { ByteSource, SyncByteSource } from "../files/source.ts";
import { blobSource, bytesSource, streamSource } from "../files/source.ts";
import type { ReadRecordsOptions } from "../files/stream.ts";
import { readRecords, readRecordsSync } from "../files/stream.ts";
import { createDissector, type Dissector } from "../packet/dissector.ts";
import type { Packet } from "../packet/packet.ts";
import { all } from "../protocols/all.ts";
import type { CaptureChunk } from "./chunk.ts";
import { ChunkCollector, PacketCollector } from "./collector.ts";

/** What a capture can be read from, in every runtime; the Node entry point adds paths and standard input. */
export type CaptureInput =
  | Uint8Array
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | ByteSource;

export interface CaptureOptions extends ReadRecordsOptions {
  /** Which protocols take part; all of this package when left out. */
  readonly dissector?: Dissector;
  /** Counts pcapng custom blocks as packets of no protocol, as Wireshark does. */
  readonly customBlocks?: boolean;
  /** Is told every block that is no packet: sections, interfaces, names, statistics, secrets, custom and unknown ones. */
  readonly onBlock?: (block: Block) => void;
}

let every: Dissector | null = null;
/** The dissector of all protocols, made once. */
export const defaultDissector = (): Dissector => (every ??= createDissector(all));

/** An open capture: packets one by one, or batches for speed. It is read once, from the start. */
export class Capture implements AsyncIterable<Packet> {
  private readonly source: ByteSource;
  private readonly options: CaptureOptions;
  private readonly collector: PacketCollector;
  private used: boolean;

  constructor(source: ByteSource, options: CaptureOptions) {
    this.source = source;
    this.options = options;
    this.collector = new PacketCollector(
      options.dissector ?? defaultDissector(),
      options.onBlock,
      options.customBlocks ?? false,
    );
    this.used = false;
  }

  /** The interfaces met so far, in order of appearance. */
  get interfaces(): readonly CaptureInterface[] {
    return this.collector.origins.map((o) => o.info);
  }

  /** Packets read so far. */
  get count(): number {
    return this.collector.count;
  }

  /** Comments and the other options that a pcapng gives a packet; `undefined` where it has none. */
  optionsOf(packet: Packet): PacketOptions | undefined {
    return this.collector.optionsOf(packet);
  }

  private use(): void {
    if (this.used) throw new TypeError("a capture is read once: open it again");
    this.used = true;
  }

  /**
   * The packets in batches, one for each piece read. A batch owns its bytes: packets may be kept, each then keeps its
   * whole piece; `packet.copy()` keeps only its own bytes.
   *
   * @throws CaptureError at the first fault of the file, after all good packets before it.
   */
  batches(): AsyncGenerator<Packet[], void, undefined> {
    this.use();
    return readRecords(this.source, this.collector, this.options);
  }

  /** As {@link batches} without waiting, for a source that never does: bytes in memory, a regular file. */
  batchesSync(): Generator<Packet[], void, undefined> {
    this.use();
    return readRecordsSync(this.source as SyncByteSource, this.collector, this.options);
  }

  /**
   * Everything in the capture in order, also what is no packet, in one chunk for each piece read.
   *
   * @throws CaptureError as {@link batches}.
   */
  chunks(): AsyncGenerator<CaptureChunk, void, undefined> {
    this.use();
    return readRecords(this.source, new ChunkCollector(this.collector), this.options);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Packet, void, undefined> {
    for await (const batch of this.batches()) yield* batch;
  }

  *[Symbol.iterator](): Generator<Packet, void, undefined> {
    for (const batch of this.batchesSync()) yield* batch;
  }
}

/**
 * Opens a capture file: pcap or pcapng, plain or compressed with gzip or Zstandard.
 *
 * @throws TypeError for an input that is none of {@link CaptureInput}. Faults of the file are thrown while reading.
 * @example for await (const packet of openCapture(bytes)) console.log(String(packet.chain));
 */
export function openCapture(input: CaptureInput, options: CaptureOptions = {}): Capture {
  return new Capture(sourceOf(input), options);
}

/** Anything that a capture can be read from, as a source. @throws TypeError for what nothing can be read from. */
export function sourceOf(input: CaptureInput): ByteSource {
  if (input instanceof Uint8Array) return bytesSource(input);
  if (typeof Blob !== "undefined" && input instanceof Blob) return blobSource(input);
  if (typeof input === "object" && input !== null) {
    // First, since a stream of Node has a read and a close of its own, with other meanings.
    if ("getReader" in input || Symbol.asyncIterator in input) return streamSource(input);
    if ("read" in input && "close" in input) return input;
  }
  throw new TypeError(`openCapture: cannot read a capture from ${String(input)}`);
}
