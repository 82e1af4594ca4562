/** Takes decoded bytes; they are borrowed. */
export type TakeBytes = (bytes: Uint8Array, start: number, end: number) => void;

/** Decodes the content of a part as it comes (RFC 2045 §6). */
export interface TransferDecoder {
  write(bytes: Uint8Array, start: number, end: number): void;
  /** Gives what was held back; true where the code was right to its end. */
  end(): boolean;
}

/** What decodes an encoding: unknown ones, and those that code nothing, are given as they are. */
export function transferDecoder(encoding: string, take: TakeBytes): TransferDecoder {
  if (encoding === "base64") return new Base64Decoder(take);
  if (encoding === "quoted-printable") return new QuotedPrintableDecoder(take);
  return { write: take, end: () => true };
}

const SKIP = -1;
const PAD = -2;
const WRONG = -3;
const values = new Int8Array(256).fill(WRONG);
for (const [i, c] of [
  ..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
].entries())
  values[c.charCodeAt(0)] = i;
for (const c of "\r\n\t ") values[c.charCodeAt(0)] = SKIP;
values[0x3d] = PAD;

/** Base64 (RFC 2045 §6.8): other characters are passed over; padding may be followed by more, as of parts put together. */
class Base64Decoder implements TransferDecoder {
  private readonly take: TakeBytes;
  private bits: number;
  private count: number;
  private padding: number;
  private isGood: boolean;

  constructor(take: TakeBytes) {
    this.take = take;
    this.bits = this.count = this.padding = 0;
    this.isGood = true;
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    const out = new Uint8Array((((this.count + end - start) * 3) >> 2) + 3);
    let length = 0;
    for (let i = start; i < end; i++) {
      const value = values[bytes[i]!]!;
      if (value === SKIP) continue;
      if (value < 0) {
        if (value === WRONG) this.isGood = false;
        else length = this.pad(out, length);
        continue;
      }
      if (this.padding > 0) this.restart();
      this.bits = (this.bits << 6) | value;
      if (++this.count < 4) continue;
      out[length++] = this.bits >> 16;
      out[length++] = this.bits >> 8;
      out[length++] = this.bits;
      this.bits = this.count = 0;
    }
    if (length > 0) this.take(out, 0, length);
  }

  /** The first padding character ends a group: what it has of whole bytes is given. */
  private pad(out: Uint8Array, at: number): number {
    this.padding++;
    let length = at;
    if (this.count > 0 && this.padding === 1) {
      if (this.count === 2) out[length++] = this.bits >> 4;
      else if (this.count === 3) {
        out[length++] = this.bits >> 10;
        out[length++] = this.bits >> 2;
      } else this.isGood = false;
    } else if (this.count === 0 || this.padding > 2) this.isGood = false;
    return length;
  }

  private restart(): void {
    this.bits = this.count = this.padding = 0;
  }

  end(): boolean {
    if (this.count > 0 && this.padding === 0) {
      const out = new Uint8Array(3);
      const length = this.pad(out, 0);
      if (length > 0) this.take(out, 0, length);
      this.isGood = false;
    } else if (this.count > 0 && this.count + this.padding !== 4) this.isGood = false;
    return this.isGood;
  }
}

const EQUALS = 0x3d;
const CR = 0x0d;
const LF = 0x0a;

const hexValue = (byte: number): number => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
};

/** Longest run of what may turn out to be left out: blanks at the end of a line, or those behind an equals sign. */
const MOST_HELD = 1024;

/** Quoted-printable (RFC 2045 §6.7): what is no code is given as it stands. */
class QuotedPrintableDecoder implements TransferDecoder {
  private readonly take: TakeBytes;
  /** Bytes whose meaning is not known yet: an equals sign and what follows, or blanks that may end a line. */
  private held: number[];
  private isGood: boolean;

  constructor(take: TakeBytes) {
    this.take = take;
    this.held = [];
    this.isGood = true;
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    const out = new Uint8Array(end - start + this.held.length + 1);
    let length = 0;
    const flush = (): void => {
      for (const one of this.held) out[length++] = one;
      this.held = [];
    };
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      if (this.held[0] === EQUALS) {
        const value = this.code(byte);
        if (value === "more") continue;
        if (value === "wrong") {
          this.isGood = false;
          flush();
        } else {
          this.held = [];
          if (value !== "soft") out[length++] = value;
          continue;
        }
      }
      if (byte === EQUALS) {
        flush();
        this.held.push(byte);
      } else if (byte === 0x20 || byte === 0x09) {
        if (this.held.length >= MOST_HELD) flush();
        this.held.push(byte);
      } else {
        // Blanks at the end of a line were added on the way.
        if (byte === CR || byte === LF) this.held = [];
        flush();
        out[length++] = byte;
      }
    }
    if (length > 0) this.take(out, 0, length);
  }

  /** What an equals sign, what is held behind it and one byte more mean. */
  private code(byte: number): number | "soft" | "more" | "wrong" {
    const { held } = this;
    const last = held.at(-1)!;
    if (byte === LF) return held.length === 1 || last === CR || isBlank(last) ? "soft" : "wrong";
    if (
      held.length < MOST_HELD &&
      (held.length === 1 || isBlank(last)) &&
      (byte === CR || isBlank(byte))
    ) {
      held.push(byte);
      return "more";
    }
    if (held.length === 1 && hexValue(byte) >= 0) {
      held.push(byte);
      return "more";
    }
    if (held.length === 2 && hexValue(last) >= 0 && hexValue(byte) >= 0)
      return hexValue(last) * 16 + hexValue(byte);
    return "wrong";
  }

  end(): boolean {
    const isSoft = this.held.length === 1 && this.held[0] === EQUALS;
    if (this.held[0] === EQUALS && !isSoft) {
      this.take(Uint8Array.from(this.held), 0, this.held.length);
      this.isGood = false;
    }
    this.held = [];
    return this.isGood;
  }
}

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x09;
