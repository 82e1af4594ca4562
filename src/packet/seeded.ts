import type { RandomSource } from "../schema/random-source.ts";

/** What can be drawn, made of one primitive, so that tests can put another generator in the place of {@link Seeded}. */
export abstract class Draws implements RandomSource {
  /** A whole number from 0 up to and including `most`, which is less than 2^32. */
  protected abstract draw(most: number): number;

  upTo(most: number): number {
    if (most <= 0) return 0;
    if (most <= 0xffffffff) return this.draw(most);
    // Numbers of up to 53 bits: the high part may make it too great, so that it is drawn again.
    for (;;) {
      const n = this.draw(Math.floor(most / 2 ** 32)) * 2 ** 32 + this.draw(0xffffffff);
      if (n <= most) return n;
    }
  }

  chance(percent: number): boolean {
    return this.draw(99) < percent;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.upTo(from.length - 1)] as T;
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.draw(255));
  }

  text(count: number, alphabet: string): string {
    let made = "";
    for (let i = 0; i < count; i++) made += alphabet[this.upTo(alphabet.length - 1)];
    return made;
  }

  /** A number of so many bits: often small, sometimes the greatest, since faults live at both ends. */
  number(bits: number): number {
    const most = 2 ** bits - 1;
    if (this.chance(40)) return this.upTo(Math.min(most, 5));
    return this.chance(10) ? most : this.upTo(most);
  }

  big(bits: number): bigint {
    let n = 0n;
    for (let i = 0; i < bits; i += 16) n = (n << 16n) | BigInt(this.draw(0xffff));
    return n;
  }
}

/**
 * Random numbers that a seed decides, the same on every platform: sfc32 (Chris Doty-Humphrey's Small Fast Counter, 128
 * bits of state), which needs no more than additions and shifts of 32-bit integers. Not for secrets.
 */
export class Seeded extends Draws {
  private a: number;
  private b: number;
  private c: number;
  private counter: number;

  /** @throws RangeError where the seed is no whole number in 0..2^53-1. */
  constructor(seed: number) {
    super();
    if (typeof seed !== "number") throw new TypeError(`seed: a number is wanted, not ${seed}`);
    if (!Number.isSafeInteger(seed) || seed < 0)
      throw new RangeError(`seed: ${seed} is not a whole number in 0..2^53-1`);
    this.a = 0;
    this.b = seed | 0;
    this.c = Math.floor(seed / 2 ** 32) | 0;
    this.counter = 1;
    // Neighbouring seeds shall have nothing in common.
    for (let i = 0; i < 15; i++) this.next();
  }

  /** 32 random bits. */
  private next(): number {
    const made = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + made) | 0;
    return made >>> 0;
  }

  /** The remainder is biased by less than most / 2^32, which no packet shows. */
  protected draw(most: number): number {
    return most === 0xffffffff ? this.next() : this.next() % (most + 1);
  }
}
