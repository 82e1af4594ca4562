/**
 * Time stamps counted in units of a capture's own choice, turned into whole seconds and nanoseconds
 * without rounding errors.
 */

/** The unit of an interface's time stamps: base^-exponent seconds. */
export interface TimeResolution {
  readonly base: 2 | 10;
  /** 0..127. */
  readonly exponent: number;
}

/** What holds without an if_tsresol option (draft-ietf-opsawg-pcapng §4.2). */
export const MICROSECONDS: TimeResolution = { base: 10, exponent: 6 };
export const NANOSECONDS: TimeResolution = { base: 10, exponent: 9 };

/** The resolution that the one byte of an if_tsresol option stands for. */
export function readResolution(byte: number): TimeResolution {
  return { base: byte & 0x80 ? 2 : 10, exponent: byte & 0x7f };
}

/**
 * Turns 64-bit counts of one resolution into seconds and nanoseconds. The result is left in the
 * fields of the clock, so that a packet costs no allocation.
 */
export class Clock {
  /** Whole seconds since 1970 of the last {@link set}. */
  seconds = 0;
  /** 0..999999999 of the last {@link set}; what is finer is cut off. */
  nanoseconds = 0;
  /** Units in a second, or 0 when they do not suit the arithmetic of doubles. */
  private readonly units: number;
  private readonly nanosecondsPerUnit: number;
  private readonly exactUnits: bigint;
  private readonly offset: number;
  /** The count at the start of `seconds`: baseHigh * 2^32 + baseLow, the latter maybe negative. */
  private baseHigh = 0;
  private baseLow = 0;

  /** `offset` seconds (if_tsoffset) are added to every time. */
  constructor({ base, exponent }: TimeResolution, offset: number) {
    this.exactUnits = BigInt(base) ** BigInt(exponent);
    // With up to 2^32 units every product below stays under 2^53: 10^9 is 2^9 times 5^9 < 2^21.
    const simple = base === 10 ? exponent <= 9 : exponent <= 32;
    this.units = simple ? base ** exponent : 0;
    this.nanosecondsPerUnit = simple ? 1e9 / base ** exponent : 0;
    this.offset = offset;
    this.seconds = offset;
  }

  /** Takes the count high * 2^32 + low. */
  set(high: number, low: number): void {
    // Most packets fall into the second of the packet before, and need no division (measured).
    const rest = (high - this.baseHigh) * 0x1_0000_0000 + (low - this.baseLow);
    if (rest >= 0 && rest < this.units) {
      this.nanoseconds = Math.floor(rest * this.nanosecondsPerUnit);
    } else if (this.units === 0) {
      this.setExact(high, low);
    } else {
      this.divide(high, low);
    }
  }

  /** Long division by digits of base 2^16 (2^32 for the first), each step exact in a double. */
  private divide(high: number, low: number): void {
    const units = this.units;
    const first = Math.floor(high / units);
    const middle = (high - first * units) * 0x10000 + (low >>> 16);
    const second = Math.floor(middle / units);
    const last = (middle - second * units) * 0x10000 + (low & 0xffff);
    const third = Math.floor(last / units);
    const rest = last - third * units;
    this.seconds = first * 0x1_0000_0000 + second * 0x10000 + third + this.offset;
    this.nanoseconds = Math.floor(rest * this.nanosecondsPerUnit);
    this.baseHigh = high;
    this.baseLow = low - rest;
  }

  private setExact(high: number, low: number): void {
    const count = (BigInt(high) << 32n) | BigInt(low);
    this.seconds = Number(count / this.exactUnits) + this.offset;
    this.nanoseconds = Number(((count % this.exactUnits) * 1_000_000_000n) / this.exactUnits);
  }
}

const WORD = 0x1_0000_0000;

/**
 * The way back: turns seconds and nanoseconds into 64-bit counts of one resolution, left in the fields of the
 * counter. What a {@link Clock} of the same resolution and offset gave comes out as the count that it was given,
 * unless the unit is shorter than a nanosecond, and then as the least count of that nanosecond. Of other times, what
 * the unit cannot hold is cut off. Units of which 2^32 make a second, and longer ones, cost no allocation.
 */
export class UnitCounter {
  /** The upper and the lower 32 bits of the last {@link set} that gave true. */
  high = 0;
  low = 0;
  private readonly units: number;
  private readonly nanosecondsPerUnit: number;
  private readonly exactUnits: bigint;
  private readonly offset: number;

  /** `offset` seconds (if_tsoffset) are subtracted from every time. */
  constructor({ base, exponent }: TimeResolution, offset: number) {
    this.exactUnits = BigInt(base) ** BigInt(exponent);
    const simple = base === 10 ? exponent <= 9 : exponent <= 32;
    this.units = simple ? base ** exponent : 0;
    this.nanosecondsPerUnit = simple ? 1e9 / base ** exponent : 0;
    this.offset = offset;
  }

  /** The first and the last second since 1970 that can be counted; of the last one maybe not all. */
  get first(): number {
    return this.offset;
  }

  get last(): number {
    return this.offset + Number((2n ** 64n - 1n) / this.exactUnits);
  }

  /** Counts what is given in whole seconds since 1970 and 0..999999999 nanoseconds; false when 64 bits cannot hold it. */
  set(seconds: number, nanoseconds: number): boolean {
    const { units, nanosecondsPerUnit } = this;
    const whole = seconds - this.offset;
    // Beyond 2^53 the seconds themselves are not exact any more.
    if (!Number.isSafeInteger(seconds) || !Number.isSafeInteger(whole) || whole < 0) return false;
    if (units === 0) return this.setExact(whole, nanoseconds);
    // The division is exact enough: quotients lie on an integer or 10^-9 of their size away from the next.
    let rest = Math.floor(nanoseconds / nanosecondsPerUnit);
    // A clock cuts off too, so that the time may be all that was left of the next count.
    const exact = Math.floor(rest * nanosecondsPerUnit) === nanoseconds;
    if (!exact && Math.floor((rest + 1) * nanosecondsPerUnit) === nanoseconds) rest++;
    return this.multiply(whole, rest);
  }

  /** Long multiplication by digits of base 2^16 (the first has the rest), each step exact in a double. */
  private multiply(seconds: number, rest: number): boolean {
    const { units } = this;
    const first = Math.floor(seconds / WORD);
    const last = (seconds % 0x10000) * units + rest;
    const middle = (Math.floor(seconds / 0x10000) % 0x10000) * units + Math.floor(last / 0x10000);
    const high = first * units + Math.floor(middle / 0x10000);
    if (high >= WORD) return false;
    this.high = high;
    this.low = (middle % 0x10000) * 0x10000 + (last % 0x10000);
    return true;
  }

  private setExact(seconds: number, nanoseconds: number): boolean {
    // The unit is shorter than a nanosecond here: the count before this one lies in the nanosecond before.
    const rest = (BigInt(nanoseconds) * this.exactUnits + 999_999_999n) / 1_000_000_000n;
    const count = BigInt(seconds) * this.exactUnits + rest;
    if (count >> 64n !== 0n) return false;
    this.high = Number(count >> 32n);
    this.low = Number(count & 0xffff_ffffn);
    return true;
  }
}
