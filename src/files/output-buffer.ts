/** The growing array that the writers of capture files write to. */

const CAPACITY = 64 * 1024;

/** Bytes one behind the other. Call {@link reserve} before anything is put: the rest checks no room. */
export class OutputBuffer {
  /** Bytes written since the last {@link take}. */
  size = 0;
  /** Whether the low byte of numbers comes first. */
  littleEndian: boolean;
  private buffer: Uint8Array;
  private readonly capacity: number;

  /** `capacity` bytes of room are there to begin with. */
  constructor(littleEndian: boolean, capacity = CAPACITY) {
    this.littleEndian = littleEndian;
    this.capacity = capacity;
    this.buffer = new Uint8Array(capacity);
  }

  /** The bytes since the last call. They are the caller's: a new buffer is begun. */
  take(): Uint8Array {
    const bytes = this.buffer.subarray(0, this.size);
    this.buffer = new Uint8Array(Math.max(this.capacity, this.size));
    this.size = 0;
    return bytes;
  }

  /** Makes room for `more` bytes. */
  reserve(more: number): void {
    if (this.size + more <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(this.buffer.length * 2, this.size + more));
    grown.set(this.buffer.subarray(0, this.size));
    this.buffer = grown;
  }

  /** Puts b[start, end). */
  append(b: Uint8Array, start: number, end: number): void {
    const { buffer, size } = this;
    // Calling into the engine costs more than a short loop (measured at 60 bytes).
    if (end - start > 64) buffer.set(b.subarray(start, end), size);
    else for (let i = start, at = size; i < end; i++) buffer[at++] = b[i]!;
    this.size = size + end - start;
  }

  /** Puts zeros: the buffer is new or was grown, so nothing else can stand there. */
  skip(count: number): void {
    this.size += count;
  }

  put16(value: number): void {
    const { buffer, size, littleEndian } = this;
    buffer[size] = littleEndian ? value : value >> 8;
    buffer[size + 1] = littleEndian ? value >> 8 : value;
    this.size = size + 2;
  }

  put32(value: number): void {
    const { buffer, size } = this;
    if (this.littleEndian) {
      buffer[size] = value;
      buffer[size + 1] = value >>> 8;
      buffer[size + 2] = value >>> 16;
      buffer[size + 3] = value >>> 24;
    } else {
      buffer[size] = value >>> 24;
      buffer[size + 1] = value >>> 16;
      buffer[size + 2] = value >>> 8;
      buffer[size + 3] = value;
    }
    this.size = size + 4;
  }
}
