import type { PacketSink } from "./source.ts";

/** Words of the control block: places in units of {@link UNIT}, counters, and who waits. */
export const Control = {
  /** Where the writer goes on. */
  head: 0,
  /** Up to where the reader gave room back. */
  tail: 1,
  /** Counts what was published, for a reader that holds its thread up. */
  published: 2,
  /** 1 while the reader wants a message when something is published. */
  isWaiting: 3,
  received: 4,
  dropped: 5,
  interfaceDropped: 6,
  /** Where one goes round: words of the whole. */
  words: 16,
} as const;

/** All records begin at a multiple of so many bytes. */
const UNIT = 8;
/** Before each packet: its length here and on the wire, its time, its kind, and how many bytes are skipped before its first. */
const HEADER = 24;
/** In the place of a length: the next record is at the start. */
const WRAP = -1;

/** Up to here a packet is copied word by word: calling the engine's copy costs more. */
const SHORT = 256;

const rounded = (length: number): number => (length + UNIT - 1) & ~(UNIT - 1);

/** Memory that two threads share: one puts packets in, the other takes them out, and neither waits for the other. */
export interface SharedMemory {
  readonly control: SharedArrayBuffer;
  readonly data: SharedArrayBuffer;
}

export const sharedMemory = (size: number): SharedMemory => ({
  control: new SharedArrayBuffer(Control.words * 4),
  data: new SharedArrayBuffer(rounded(size)),
});

/** The side that puts packets in. Nothing is to be seen of them before {@link publish}. */
export class RingWriter implements PacketSink {
  readonly control: Int32Array;
  private readonly bytes: Uint8Array;
  private readonly words: Int32Array;
  /** Where the packet before came from, and the whole words of it. */
  private source: Uint8Array;
  private sourceWords: Int32Array;
  private at: number;

  constructor({ control, data }: SharedMemory) {
    this.control = new Int32Array(control);
    this.bytes = new Uint8Array(data);
    this.words = new Int32Array(data);
    this.source = new Uint8Array(0);
    this.sourceWords = new Int32Array(0);
    this.at = 0;
  }

  /** Whether `length` bytes of packets in `count` packets surely fit. */
  hasRoom(length: number, count: number): boolean {
    const tail = Atomics.load(this.control, Control.tail) * UNIT;
    const used = (this.at - tail + this.bytes.length) % this.bytes.length;
    // What is lost where it goes round is at most one packet.
    return this.bytes.length - used > 2 * (length + count * (HEADER + UNIT)) + UNIT;
  }

  packet(
    bytes: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    kind: number,
  ): void {
    const length = end - start;
    // Bytes keep their places in words, so that whole words can be copied.
    const skipped = start & 3;
    const whole = HEADER + rounded(skipped + length);
    if (this.at + whole + UNIT > this.bytes.length) {
      this.words[this.at >> 2] = WRAP;
      this.at = 0;
    }
    const word = this.at >> 2;
    const { words } = this;
    words[word] = length;
    words[word + 1] = originalLength;
    words[word + 2] = seconds | 0;
    words[word + 3] = nanoseconds;
    words[word + 4] = kind;
    words[word + 5] = skipped;
    this.copy(bytes, start, end, this.at + HEADER + skipped);
    this.at += whole;
  }

  private copy(bytes: Uint8Array, start: number, end: number, to: number): void {
    if (bytes !== this.source) {
      const { buffer, byteOffset, length } = bytes;
      this.source = bytes;
      this.sourceWords =
        (byteOffset & 3) === 0
          ? new Int32Array(buffer, byteOffset, length >> 2)
          : new Int32Array(0);
    }
    const { words, sourceWords } = this;
    const last = (end + 3) >> 2;
    if (end - start > SHORT || last > sourceWords.length) {
      this.bytes.set(bytes.subarray(start, end), to);
      return;
    }
    for (let from = start >> 2, at = to >> 2; from < last; ) words[at++] = sourceWords[from++]!;
  }

  /** Shows the reader what was put in; true where it asked for a message. */
  publish(): boolean {
    Atomics.store(this.control, Control.head, this.at / UNIT);
    Atomics.add(this.control, Control.published, 1);
    Atomics.notify(this.control, Control.published);
    return Atomics.exchange(this.control, Control.isWaiting, 0) === 1;
  }
}

/** The side that takes packets out. */
export class RingReader {
  readonly control: Int32Array;
  private readonly bytes: Uint8Array;
  private readonly words: Int32Array;
  private at: number;

  constructor({ control, data }: SharedMemory) {
    this.control = new Int32Array(control);
    this.bytes = new Uint8Array(data);
    this.words = new Int32Array(data);
    this.at = 0;
  }

  get isEmpty(): boolean {
    return Atomics.load(this.control, Control.head) * UNIT === this.at;
  }

  /** Hands packets out, at most `most`; what was handed out before is given back first. */
  read(sink: PacketSink, most: number): number {
    const { words, bytes } = this;
    Atomics.store(this.control, Control.tail, this.at / UNIT);
    const head = Atomics.load(this.control, Control.head) * UNIT;
    let count = 0;
    while (count < most && this.at !== head) {
      const word = this.at >> 2;
      const length = words[word]!;
      if (length === WRAP) {
        this.at = 0;
        continue;
      }
      const start = this.at + HEADER + words[word + 5]!;
      const seconds = words[word + 2]! >>> 0;
      sink.packet(
        bytes,
        start,
        start + length,
        words[word + 1]!,
        seconds,
        words[word + 3]!,
        words[word + 4]!,
      );
      this.at += HEADER + rounded(words[word + 5]! + length);
      count++;
    }
    return count;
  }
}
