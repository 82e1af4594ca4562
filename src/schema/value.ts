import {
  formatEui64,
  formatIpv4,
  formatIpv6,
  formatMac,
  writeEui64,
  writeIpv4,
  writeIpv6,
  writeMac,
} from "../bytes/address.ts";
import {
  readBigUint,
  readBigUintLe,
  readBits,
  readUintLe,
  writeBigUint,
  writeBigUintLe,
  writeBits,
  writeUintLe,
} from "../bytes/numbers.ts";
import type { AnyField, FlagBit } from "./field.ts";

/** ISO 8859-1 text of bytes: one character a byte, so that writing it gives the same bytes. */
export function readLatin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

/** The value of a fixed field whose bits start `bit` bits after `bytes[at]`. */
export function readFixed(field: AnyField, bytes: Uint8Array, at: number, bit: number): unknown {
  const from = at + (bit >> 3);
  switch (field.kind) {
    case "uint":
    case "flags":
      if (field.little) return readUintLe(bytes, from, field.bits >> 3);
      return readBits(bytes, from, bit & 7, field.bits);
    case "flag":
      return readBits(bytes, from, bit & 7, 1) === 1;
    case "int": {
      const n = readBits(bytes, from, 0, field.bits);
      return n >= 2 ** (field.bits - 1) ? n - 2 ** field.bits : n;
    }
    case "biguint":
      return (field.little ? readBigUintLe : readBigUint)(bytes, from, field.bits >> 3);
    case "mac":
      return formatMac(bytes, from);
    case "ipv4":
      return formatIpv4(bytes, from);
    case "ipv6":
      return formatIpv6(bytes, from);
    case "eui64":
      return formatEui64(bytes, from);
    case "text":
      return readLatin1(bytes, from, from + (field.bits >> 3));
    default:
      return bytes.subarray(from, from + (field.bits >> 3));
  }
}

/** What a value error says: the field, its limits, what was given. */
const shown = (value: unknown): string =>
  typeof value === "string" ? JSON.stringify(value) : String(value);

function checkedUint(name: string, bits: number, value: unknown): number {
  if (typeof value !== "number")
    throw new TypeError(`${name}: a number is wanted, not ${shown(value)}`);
  if (bits <= 16 && (value & ((1 << bits) - 1)) === value) return value;
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** bits)
    throw new RangeError(`${name}: ${value} is not in 0..${2 ** bits - 1}`);
  return value;
}

function checkedBig(name: string, bits: number, value: unknown): bigint {
  const n = typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof n !== "bigint")
    throw new TypeError(`${name}: a bigint is wanted, not ${shown(value)}`);
  if (n < 0n || n >= 1n << BigInt(bits))
    throw new RangeError(`${name}: ${n} is not in 0..2^${bits}-1`);
  return n;
}

function checkedText(name: string, value: unknown): string {
  if (typeof value !== "string")
    throw new TypeError(`${name}: text is wanted, not ${shown(value)}`);
  return value;
}

/** The text of an ISO 8859-1 field, `count` characters where that is fixed. */
export function checkedLatin1(name: string, value: unknown, count = -1): string {
  const text = checkedText(name, value);
  if (count >= 0 && text.length > count)
    throw new RangeError(`${name}: ${text.length} characters, ${count} fit`);
  for (let i = 0; i < text.length; i++)
    if (text.charCodeAt(i) > 255)
      throw new RangeError(
        `${name}: character ${i} (${JSON.stringify(text[i])}) is not ISO 8859-1`,
      );
  return text;
}

/** Bytes as given; throws a TypeError that names the field for anything else. */
export function checkedBytes(name: string, value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array))
    throw new TypeError(`${name}: a Uint8Array is wanted, not ${shown(value)}`);
  return value;
}

/** The number of a flags value: itself, or the flags that are set put together over `base`. */
export function flagsNumber(name: string, field: AnyField, value: unknown, base = 0): number {
  if (typeof value === "number") return checkedUint(name, field.bits, value);
  if (typeof value !== "object" || value === null)
    throw new TypeError(`${name}: a number or an object of flags is wanted, not ${shown(value)}`);
  const given = value as Record<string, unknown>;
  let n = typeof given["value"] === "number" ? checkedUint(name, field.bits, given["value"]) : base;
  for (const key in given) {
    // A part that is `undefined` is as if it were not named.
    if (key === "value" || given[key] === undefined) continue;
    const bit = flagNamed(field.flags, key);
    if (bit === null) throw new TypeError(`${name}: no flag '${key}'`);
    n = withBit(name, n, bit, given[key]);
  }
  return n;
}

/** A computed number of flags in which those parts that were given stay as they are in `stored`. */
export function withGivenFlags(
  { flags }: AnyField,
  computed: number,
  stored: number,
  isGiven: (part: string) => boolean,
): number {
  let n = computed;
  for (const { name, shift, width } of flags) {
    if (!isGiven(name)) continue;
    const mask = (2 ** width - 1) << shift;
    n = ((n & ~mask) | (stored & mask)) >>> 0;
  }
  return n;
}

function flagNamed(flags: readonly FlagBit[], name: string): FlagBit | null {
  for (let i = 0; i < flags.length; i++) if (flags[i]!.name === name) return flags[i]!;
  return null;
}

function withBit(of: string, whole: number, bit: FlagBit, value: unknown): number {
  if (bit.width === 1 && typeof value === "boolean") {
    const one = 1 << bit.shift;
    return (value ? whole | one : whole & ~one) >>> 0;
  }
  const name = `${of}.${bit.name}`;
  const n = typeof value === "boolean" ? Number(value) : checkedUint(name, bit.width, value);
  if (n >= 2 ** bit.width) throw new RangeError(`${name}: ${n} is not in 0..${2 ** bit.width - 1}`);
  const mask = (2 ** bit.width - 1) << bit.shift;
  return ((whole & ~mask) | (n << bit.shift)) >>> 0;
}

/** Writes a fixed field. Throws a `TypeError` or `RangeError` that names it, and then has written nothing. */
export function writeFixed(
  name: string,
  field: AnyField,
  bytes: Uint8Array,
  at: number,
  bit: number,
  value: unknown,
): void {
  const from = at + (bit >> 3);
  switch (field.kind) {
    case "uint": {
      const n = checkedUint(name, field.bits, value);
      if (field.little) writeUintLe(bytes, from, field.bits >> 3, n);
      else writeBits(bytes, from, bit & 7, field.bits, n);
      return;
    }
    case "flags": {
      const n = flagsNumber(name, field, value);
      if (field.little) writeUintLe(bytes, from, field.bits >> 3, n);
      else writeBits(bytes, from, bit & 7, field.bits, n);
      return;
    }
    case "flag":
      if (typeof value !== "boolean")
        throw new TypeError(`${name}: a boolean is wanted, not ${shown(value)}`);
      writeBits(bytes, from, bit & 7, 1, value ? 1 : 0);
      return;
    case "int": {
      const half = 2 ** (field.bits - 1);
      if (typeof value !== "number" || !Number.isInteger(value) || value < -half || value >= half)
        throw new RangeError(
          `${name}: ${shown(value)} is not a whole number in ${-half}..${half - 1}`,
        );
      writeBits(bytes, from, 0, field.bits, value < 0 ? value + 2 ** field.bits : value);
      return;
    }
    case "biguint":
      (field.little ? writeBigUintLe : writeBigUint)(
        bytes,
        from,
        field.bits >> 3,
        checkedBig(name, field.bits, value),
      );
      return;
    default:
      writeText(name, field, bytes, from, value);
  }
}

function writeText(
  name: string,
  field: AnyField,
  bytes: Uint8Array,
  from: number,
  value: unknown,
): void {
  const count = field.bits >> 3;
  if (field.kind === "bytes") {
    const given = checkedBytes(name, value);
    if (given.length !== count)
      throw new RangeError(`${name}: ${given.length} bytes, exactly ${count} are wanted`);
    bytes.set(given, from);
    return;
  }
  if (field.kind === "text") {
    const text = checkedLatin1(name, value, count);
    for (let i = 0; i < count; i++) bytes[from + i] = i < text.length ? text.charCodeAt(i) : 0;
    return;
  }
  const text = checkedText(name, value);
  try {
    if (field.kind === "mac") writeMac(text, bytes, from);
    else if (field.kind === "ipv4") writeIpv4(text, bytes, from);
    else if (field.kind === "ipv6") writeIpv6(text, bytes, from);
    else writeEui64(text, bytes, from);
  } catch (cause) {
    throw new TypeError(`${name}: ${(cause as Error).message}`, { cause });
  }
}

/** What a fixed field holds when neither the packet nor the declaration says: all bits zero. */
export function zeroOf(field: AnyField): unknown {
  switch (field.kind) {
    case "flag":
      return false;
    case "biguint":
      return 0n;
    case "mac":
      return "00:00:00:00:00:00";
    case "ipv4":
      return "0.0.0.0";
    case "ipv6":
      return "::";
    case "eui64":
      return "00:00:00:00:00:00:00:00";
    case "bytes":
      return new Uint8Array(field.bits >> 3);
    case "text":
      return "";
    default:
      return 0;
  }
}
