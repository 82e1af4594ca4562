/** The bytes of one message as they were sent, for whoever wants to see it whole. */
export class Recorder {
  private bytes: Uint8Array;
  private length: number;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
    this.bytes = new Uint8Array(0);
    this.length = 0;
  }

  /** Begins another message. */
  reset(): void {
    this.length = 0;
    if (this.bytes.length > 65_536) this.bytes = new Uint8Array(0);
  }

  /** Adds bytes, up to the limit. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const size = Math.min(end - start, this.limit - this.length);
    if (this.length + size > this.bytes.length) {
      const bigger = new Uint8Array(Math.max(1024, (this.length + size) * 2));
      bigger.set(this.bytes.subarray(0, this.length));
      this.bytes = bigger;
    }
    this.bytes.set(bytes.subarray(start, start + size), this.length);
    this.length += size;
  }

  /** A copy of what was added. */
  take(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}
