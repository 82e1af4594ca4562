import { putIpv4, putIpv6, putMac } from "../bytes/address.ts";
import type { AnyField } from "./field.ts";
import type { Placed } from "./place.ts";
import { flagsNumber, writeFixed } from "./value.ts";

/** How the value of a field comes to its place. Numbers, so that it is one `switch`. */
const Put = {
  /** Whole bytes, big endian. */
  byte: 0,
  pair: 1,
  word: 2,
  /** Some bits of one byte. */
  bits: 3,
  flags: 4,
  mac: 5,
  ipv4: 6,
  ipv6: 7,
  /** Any other kind. */
  other: 8,
} as const;

/**
 * Writes one field of a head. One class with a `switch`: functions made for each field would be called through a table
 * (measured: a third slower).
 */
export class FieldWriter {
  private readonly how: number;
  /** Offset of its first byte in the head. */
  private readonly at: number;
  private readonly shift: number;
  private readonly most: number;
  /** Flags that are not named keep the declaration's default. */
  private readonly base: number;
  private readonly name: string;
  private readonly field: AnyField;
  private readonly bit: number;
  /** The address that was written last, and its text: most programs write the same one many times over. */
  private readonly last: Uint8Array;
  private text: string;

  /** Of a field that lies in the first segment of the declaration called `of`. */
  constructor(of: string, placed: Placed) {
    const { options } = placed.item;
    const field = placed.item.field!;
    this.how = howOf(field, placed.bit);
    this.at = placed.bit >> 3;
    this.shift = 8 - (placed.bit & 7) - field.bits;
    this.most = field.bits > 16 ? 0 : 2 ** field.bits - 1;
    this.name = `${of}.${placed.name}`;
    this.field = field;
    this.bit = placed.bit;
    this.last = new Uint8Array(16);
    this.text = "";
    const initial = this.how === Put.flags ? options.default : undefined;
    this.base = initial === undefined ? 0 : flagsNumber(this.name, field, initial);
  }

  /**
   * Writes a value into a head that starts at `start`. Throws a typed error that names field, limits and value, and then
   * has written nothing.
   */
  put(bytes: Uint8Array, start: number, value: unknown): void {
    const at = start + this.at;
    switch (this.how) {
      case Put.byte:
        if (typeof value !== "number" || (value & 0xff) !== value) break;
        bytes[at] = value;
        return;
      case Put.pair:
        if (typeof value !== "number" || (value & 0xffff) !== value) break;
        bytes[at] = value >> 8;
        bytes[at + 1] = value;
        return;
      case Put.word:
        if (typeof value !== "number" || value >>> 0 !== value) break;
        bytes[at] = value >>> 24;
        bytes[at + 1] = value >>> 16;
        bytes[at + 2] = value >>> 8;
        bytes[at + 3] = value;
        return;
      case Put.bits: {
        if (typeof value !== "number" || (value & this.most) !== value) break;
        bytes[at] = (bytes[at]! & ~(this.most << this.shift)) | (value << this.shift);
        return;
      }
      case Put.flags:
        if (typeof value !== "object") break;
        this.write(bytes, start, flagsNumber(this.name, this.field, value, this.base));
        return;
      case Put.mac:
        if (typeof value !== "string") break;
        if (value !== this.text && !(putMac(value, this.last, 0) && this.keep(value))) break;
        for (let i = 0; i < 6; i++) bytes[at + i] = this.last[i]!;
        return;
      case Put.ipv4:
        if (typeof value !== "string") break;
        if (value !== this.text && !(putIpv4(value, this.last, 0) && this.keep(value))) break;
        for (let i = 0; i < 4; i++) bytes[at + i] = this.last[i]!;
        return;
      case Put.ipv6:
        if (typeof value !== "string") break;
        if (value !== this.text && !(putIpv6(value, this.last, 0) && this.keep(value))) break;
        for (let i = 0; i < 16; i++) bytes[at + i] = this.last[i]!;
        return;
    }
    this.write(bytes, start, value);
  }

  /** Says what the address in `last` is of. */
  private keep(text: string): true {
    this.text = text;
    return true;
  }

  /** The general way, which also refuses what has to be refused. */
  private write(bytes: Uint8Array, start: number, value: unknown): void {
    writeFixed(this.name, this.field, bytes, start, this.bit, value);
  }
}

function howOf({ kind, bits, little }: AnyField, bit: number): number {
  const within = bit & 7;
  switch (kind) {
    case "flags":
      return Put.flags;
    case "mac":
      return Put.mac;
    case "ipv4":
      return Put.ipv4;
    case "ipv6":
      return Put.ipv6;
    case "uint":
      if (within + bits < 8 || (within > 0 && within + bits === 8)) return Put.bits;
      if (little || within > 0) return Put.other;
      return bits === 8 ? Put.byte : bits === 16 ? Put.pair : bits === 32 ? Put.word : Put.other;
    default:
      return Put.other;
  }
}
