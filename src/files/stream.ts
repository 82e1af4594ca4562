/** Reads a whole capture in batches: the loop around a {@link RecordReader}. */

import { type CompressedFormat, decompress, gunzipSync } from "./compression.ts";
import { createReader, DETECT_LENGTH, detectCapture, unknownFormat } from "./detect.ts";
import { CaptureError } from "./errors.ts";
import type { RecordReader, RecordReaderOptions, RecordSink } from "./record.ts";
import { type ByteSource, chunksSource, type SyncByteSource, streamSource } from "./source.ts";

/** Takes the records of one piece of the capture after the other and makes a batch of each. */
export interface RecordCollector<T> extends RecordSink {
  /**
   * Gives what was collected since the last call, or undefined to give nothing yet. All records in
   * between lie in `bytes`, which will not change as far as they reach and may be kept.
   * `bytes[0]` has the offset `base` in the (decompressed) file.
   */
  take(bytes: Uint8Array, base: number): T | undefined;
}

/** Bytes that a lenient reader passed over. */
export interface SkippedBytes {
  /** Where the faulty record began, in bytes from the start of the (decompressed) file. */
  readonly offset: number;
  /** How many bytes were passed over. */
  readonly length: number;
  /** What was wrong there. */
  readonly error: CaptureError;
}

/** Options of {@link readRecords} and {@link readRecordsSync}. */
export interface ReadRecordsOptions extends RecordReaderOptions {
  /** Bytes read at a time, and memory taken unless a record is longer; 128 KiB unless told. */
  readonly chunkSize?: number;
  /** Whether to look for the next good record after a fault instead of throwing. */
  readonly lenient?: boolean;
  /** Is told what a lenient reader passed over. */
  readonly onSkip?: (skipped: SkippedBytes) => void;
}

const CHUNK_SIZE = 128 * 1024;
const FAR = 2 ** 28;
/** Compressed data inside compressed data: more layers than this are a trick. */
const MAX_COMPRESSION_LAYERS = 2;

/** What the loop wants of whoever drives it. */
type Step<T> =
  | {
      readonly want: "bytes";
      readonly into: Uint8Array;
      readonly at: number;
      readonly room: number;
    }
  | { readonly want: "decompression"; readonly format: CompressedFormat; readonly head: Uint8Array }
  | { readonly want: "delivery"; readonly batch: T };

/**
 * Reads a pcap or pcapng capture, plain or compressed with gzip or Zstandard, and yields the
 * batches that the collector makes, one for each piece read. Memory does not grow with the file.
 *
 * @throws CaptureError at the first fault, after the batches with all good records before it.
 */
export async function* readRecords<T>(
  source: ByteSource,
  collector: RecordCollector<T>,
  options: ReadRecordsOptions = {},
): AsyncGenerator<T, void, undefined> {
  const opened: ByteSource[] = [source];
  try {
    for (let inner: ByteSource | undefined = source; inner !== undefined; ) {
      const current: ByteSource = inner;
      inner = undefined;
      const steps = runLoop(current, collector, options);
      for (let next = steps.next(0); next.done !== true; ) {
        const step = next.value;
        if (step.want === "bytes") {
          const count = current.read(step.into, step.at, step.room);
          next = steps.next(typeof count === "number" ? count : await count);
        } else if (step.want === "delivery") {
          yield step.batch;
          next = steps.next(0);
        } else {
          if (opened.length > MAX_COMPRESSION_LAYERS) throw compressed(step.format, "too often");
          inner = streamSource(decompress(step.format, current, step.head));
          opened.push(inner);
          break;
        }
      }
    }
  } finally {
    for (const each of opened.reverse()) await each.close();
  }
}

/**
 * Like {@link readRecords}, for a source that never waits. Captures compressed with Zstandard
 * cannot be read this way.
 *
 * @throws CaptureError as there, and with the code ERR_CAPTURE_COMPRESSED for such a capture.
 */
export function* readRecordsSync<T>(
  source: SyncByteSource,
  collector: RecordCollector<T>,
  options: ReadRecordsOptions = {},
): Generator<T, void, undefined> {
  const opened: SyncByteSource[] = [source];
  try {
    for (let inner: SyncByteSource | undefined = source; inner !== undefined; ) {
      const current: SyncByteSource = inner;
      inner = undefined;
      const steps = runLoop(current, collector, options);
      for (let next = steps.next(0); next.done !== true; ) {
        const step = next.value;
        if (step.want === "bytes") {
          next = steps.next(current.read(step.into, step.at, step.room));
        } else if (step.want === "delivery") {
          yield step.batch;
          next = steps.next(0);
        } else {
          if (opened.length > MAX_COMPRESSION_LAYERS) throw compressed(step.format, "too often");
          if (step.format === "zstd") throw compressed("zstd", "and has to be read with await");
          inner = chunksSource(gunzipSync(current, step.head));
          opened.push(inner);
          break;
        }
      }
    }
  } finally {
    for (const each of opened.reverse()) each.close();
  }
}

function compressed(format: CompressedFormat, how: string): CaptureError {
  const message = `the input is compressed with ${format} ${how}`;
  return new CaptureError("ERR_CAPTURE_COMPRESSED", message, 0);
}

/** The loop itself, blind to whether its driver waits: it yields wishes and is told byte counts. */
function* runLoop<T>(
  source: ByteSource,
  collector: RecordCollector<T>,
  options: ReadRecordsOptions,
): Generator<Step<T>, void, number> {
  const window = new Window(source, Math.max(options.chunkSize ?? CHUNK_SIZE, 1));
  let more = true;
  while (more && window.length < DETECT_LENGTH) more = yield* fill(window, DETECT_LENGTH);
  const head = window.bytes.subarray(0, window.end);
  const format = detectCapture(head);
  if (format === "unknown") throw unknownFormat(head);
  if (format === "gzip" || format === "zstd") {
    // A source that has all bytes in memory will give the first ones once more.
    yield { want: "decompression", format, head: window.whole ? new Uint8Array(0) : head };
    return;
  }
  const reader = createReader(format, options);
  for (;;) {
    const fault = readWindow(reader, window, collector, !more);
    const batch = collector.take(window.bytes, window.base);
    if (batch !== undefined) yield { want: "delivery", batch };
    if (fault !== undefined) {
      // Nothing can be told of the records behind a header that is wrong.
      if (options.lenient !== true || fault.offset === 0) throw fault;
      more = yield* skip(reader, window, fault, more, options.onSkip);
    } else if (more) {
      do more = yield* fill(window, reader.needed);
      while (more && window.length < reader.needed);
    } else {
      return;
    }
  }
}

/** Reads what the window holds and moves its start; gives the fault that stopped the reader. */
function readWindow(
  reader: RecordReader,
  window: Window,
  sink: RecordSink,
  final: boolean,
): CaptureError | undefined {
  try {
    window.start = reader.read(window.bytes, window.start, window.end, window.base, sink);
    if (final) reader.finish(window.bytes, window.start, window.end, window.base);
    return undefined;
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    window.start = error.offset - window.base;
    return error;
  }
}

/** Moves the window behind a fault and reports how far; false when the input has ended. */
function* skip<T>(
  reader: RecordReader,
  window: Window,
  error: CaptureError,
  wasMore: boolean,
  onSkip: ReadRecordsOptions["onSkip"],
): Generator<Step<T>, boolean, number> {
  let more = wasMore;
  window.start++;
  for (;;) {
    const found = reader.resync(window.bytes, window.start, window.end, window.base, !more);
    window.start = found < 0 ? ~found : found;
    if (found >= 0 || !more) break;
    more = yield* fill(window, window.length + 1);
  }
  const length = window.base + window.start - error.offset;
  onSkip?.({ offset: error.offset, length, error });
  return more;
}

/** Gets at least one more byte into the window, and room for `needed`; false at the end. */
function* fill<T>(window: Window, needed: number): Generator<Step<T>, boolean, number> {
  if (window.whole) return window.slide(needed);
  window.reserve(needed);
  const room = window.bytes.length - window.end;
  const count = yield { want: "bytes", into: window.bytes, at: window.end, room };
  if (!Number.isInteger(count) || count < 0 || count > room) {
    throw new RangeError(`a source read ${count} bytes where ${room} were asked for`);
  }
  window.end += count;
  return count > 0;
}

/** The piece of the input at hand: bytes[start, end) have been read and not been consumed. */
class Window {
  bytes: Uint8Array;
  start = 0;
  end = 0;
  /** The offset of bytes[0] in the input. */
  base = 0;
  readonly whole: boolean;
  private readonly chunkSize: number;
  private readonly source: ByteSource;

  constructor(source: ByteSource, chunkSize: number) {
    this.source = source;
    this.whole = source.whole !== undefined;
    this.chunkSize = chunkSize;
    this.bytes = source.whole ?? this.allocate(chunkSize);
  }

  private allocate(length: number): Uint8Array {
    return this.source.allocate?.(length) ?? new Uint8Array(length);
  }

  get length(): number {
    return this.end - this.start;
  }

  /** Takes in the next chunk of an array that is there as a whole; false at its end. */
  slide(needed: number): boolean {
    if (this.start > FAR) this.rebase();
    const end = Math.max(this.end + this.chunkSize, this.start + needed);
    const before = this.end;
    this.end = Math.min(end, this.bytes.length);
    return this.end > before;
  }

  /** Offsets into an array of gigabytes would leave the range of small integers, which all work with packets relies on. */
  private rebase(): void {
    this.bytes = this.bytes.subarray(this.start);
    this.base += this.start;
    this.end -= this.start;
    this.start = 0;
  }

  /**
   * Makes room for more bytes. Batches keep the array they lie in, so what is full is replaced and
   * never written again. A long record gets its room only as its bytes arrive, so that a length
   * field alone cannot take memory.
   */
  reserve(needed: number): void {
    if (this.end < this.bytes.length) return;
    const { start, length } = this;
    const size = Math.max(this.chunkSize, Math.min(needed, length * 2), length + 1);
    const fresh = this.allocate(size);
    fresh.set(this.bytes.subarray(start, this.end));
    this.base += start;
    this.bytes = fresh;
    this.start = 0;
    this.end = length;
  }
}
