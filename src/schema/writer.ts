import { writeUint, writeUintLe } from "../bytes/numbers.ts";
import type { Schema } from "./schema.ts";

/** A header or record that is being written, and the one that it is part of. */
export interface Frame {
  readonly schema: Schema;
  readonly start: number;
  readonly outer: Frame | null;
}

/** Growable output of `build`. */
export class Writer {
  bytes: Uint8Array;
  length: number;
  /** Offset where the protocol layer being written starts: what positions inside a message count from. */
  base = 0;
  /** For codecs that refer back to earlier bytes of the same message (compressed domain names): text to position. */
  seen: Map<string, number> | null = null;

  /** Whether what was written since somebody said no held a field that would have been computed. */
  pins = false;
  /** Whether it has parts that stand behind its payload. */
  trails = false;
  /**
   * Whether parts are refused whose condition does not hold: `null` where not, else the values of which they were read, not
   * given.
   */
  checks: ReadonlySet<object> | null = null;
  /** Whether some part of a header was given that has a condition. */
  conditions = false;
  /** What the record being written is part of; `null` for a header, and for what stands behind a payload. */
  frame: Frame | null = null;
  /** Sizes that were given, as they would have been computed: see {@link sizeKey}. */
  sizes: Map<string, number> | null = null;
  /** Whether `bytes` is shared with what was written before, and stays so: {@link finish} then copies nothing. */
  private readonly shared: boolean;

  /** Writes into an array of its own, or behind the `length` bytes that `room` holds; zeros must follow there. */
  constructor(room: Uint8Array | null = null, length = 0) {
    this.bytes = room ?? new Uint8Array(256);
    this.length = length;
    this.shared = room !== null;
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

  /** Appends bytes and gives their offset. */
  raw(bytes: Uint8Array): number {
    const at = this.reserve(bytes.length);
    // Of so few, a call of `set` takes longer than all of them.
    if (bytes.length > 32) this.bytes.set(bytes, at);
    else for (let i = 0; i < bytes.length; i++) this.bytes[at + i] = bytes[i]!;
    return at;
  }

  /** One byte a character (ISO 8859-1): the inverse of `readLatin1`. */
  latin1(text: string): void {
    const at = this.reserve(text.length);
    for (let i = 0; i < text.length; i++) this.bytes[at + i] = text.charCodeAt(i);
  }

  /** The bytes written: in an array of their own, or where they lie in the shared room. */
  finish(): Uint8Array {
    return this.shared ? this.bytes : this.bytes.slice(0, this.length);
  }
}

/** Under which a size is remembered that was given: the field, and its offset in the protocol layer. */
export const sizeKey = (name: string, offset: number): string => `${offset} ${name}`;
