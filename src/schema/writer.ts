import { writeUint, writeUintLe } from "../bytes/numbers.ts";

/** Growable output of `build`. */
export class Writer {
  bytes: Uint8Array;
  length = 0;
  /** Offset where the protocol layer being written starts: what positions inside a message count from. */
  base = 0;
  /** For codecs that refer back to earlier bytes of the same message (compressed domain names): text to position. */
  seen: Map<string, number> | null = null;

  constructor(capacity = 256) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room for `count` zero bytes at the end and gives their offset. */
  reserve(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.length, this.bytes.length * 2));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    return at;
  }

  uint(value: number, width: number): void {
    const at = this.reserve(width);
    writeUint(this.bytes, at, width, value);
  }

  uintLe(value: number, width: number): void {
    const at = this.reserve(width);
    writeUintLe(this.bytes, at, width, value);
  }

  raw(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.bytes.set(bytes, at);
  }

  /** One byte a character (ISO 8859-1): the inverse of `readLatin1`. */
  latin1(text: string): void {
    const at = this.reserve(text.length);
    for (let i = 0; i < text.length; i++) this.bytes[at + i] = text.charCodeAt(i);
  }

  /** The bytes written, in an array of their own. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}
