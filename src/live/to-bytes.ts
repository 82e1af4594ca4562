import { formatHex } from "../bytes/hex.ts";

/** What {@link toBytes} makes bytes of: numbers are one byte each, text a byte a character, lists what is in them. */
export type ByteData = number | string | Uint8Array | ArrayBuffer | readonly ByteData[];

/** How text becomes bytes: one byte a character (U+0000 to U+00FF), or as UTF-8. */
export type TextEncoding = "latin1" | "utf8";

export interface ToBytesOptions {
  /** `"latin1"` unless told. */
  readonly encoding?: TextEncoding;
}

const utf8 = new TextEncoder();

/**
 * The bytes of numbers (0 to 255, one byte each), texts, bytes, and lists of these in any depth, one after another. A
 * character of a text is one byte (ISO 8859-1) unless told; one above U+00FF is refused then, since it would be another one.
 *
 * @throws TypeError for a value of another kind, RangeError for a number or character that is no byte.
 * @example toBytes(0x01, "text", [2, [3, Uint8Array.of(4)]])
 * @example toBytes("смысл", { encoding: "utf8" })
 */
export function toBytes(...data: (ByteData | ToBytesOptions)[]): Uint8Array {
  const last = data.at(-1);
  const options = isOptions(last) ? last : undefined;
  const parts = options === undefined ? data : data.slice(0, -1);
  const encoding = options?.encoding ?? "latin1";
  if (encoding !== "latin1" && encoding !== "utf8")
    throw new RangeError(`encoding: ${String(encoding)} is neither latin1 nor utf8`);
  const [only] = parts;
  if (parts.length === 1 && only instanceof Uint8Array) return new Uint8Array(only);
  const pile = new Pile(encoding);
  pile.addAll(parts);
  return pile.bytes();
}

/** Bytes as pairs of hexadecimal digits, in lower case, with something between the pairs: `02:00:5e:10:00:0a`. */
export function toText(bytes: Uint8Array, separator = ":"): string {
  return formatHex(bytes, 0, bytes.length, separator);
}

/**
 * The two bytes of an EtherType as they stand in a frame.
 *
 * @throws RangeError when it is no whole number from 0 to 65535.
 */
export function etherTypeBytes(etherType: number): Uint8Array {
  checkEtherType("etherType", etherType);
  return Uint8Array.of(etherType >> 8, etherType);
}

/** Throws a RangeError that names the argument where a number is no EtherType. */
export function checkEtherType(name: string, etherType: number): void {
  if (!(Number.isInteger(etherType) && etherType >= 0 && etherType <= 0xffff))
    throw new RangeError(`${name}: ${etherType} is no EtherType from 0 to 65535`);
}

/** A plain object is no data, so that it can only be the options. */
function isOptions(value: unknown): value is ToBytesOptions {
  if (typeof value !== "object" || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype;
}

/** An array of bytes that grows. */
class Pile {
  private readonly encoding: TextEncoding;
  private room: Uint8Array;
  private length: number;

  constructor(encoding: TextEncoding) {
    this.encoding = encoding;
    this.room = new Uint8Array(64);
    this.length = 0;
  }

  addAll(list: readonly unknown[]): void {
    for (const one of list) this.add(one);
  }

  private add(one: unknown): void {
    if (typeof one === "number") this.put(byteOf(one));
    else if (typeof one === "string") this.text(one);
    else if (one instanceof Uint8Array) this.append(one);
    else if (one instanceof ArrayBuffer) this.append(new Uint8Array(one));
    else if (Array.isArray(one)) this.addAll(one);
    else throw new TypeError(`data: numbers, text, bytes or lists are wanted, not ${kindOf(one)}`);
  }

  private text(text: string): void {
    if (this.encoding === "utf8") {
      this.append(utf8.encode(text));
      return;
    }
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0xff)
        throw new RangeError(
          `data: the character ${JSON.stringify(text[i])} is no byte; { encoding: "utf8" } has it as several`,
        );
      this.put(code);
    }
  }

  private put(byte: number): void {
    this.reserve(1);
    this.room[this.length++] = byte;
  }

  private append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.room.set(bytes, this.length);
    this.length += bytes.length;
  }

  private reserve(count: number): void {
    const wanted = this.length + count;
    if (wanted <= this.room.length) return;
    const larger = new Uint8Array(Math.max(wanted, 2 * this.room.length));
    larger.set(this.room.subarray(0, this.length));
    this.room = larger;
  }

  bytes(): Uint8Array {
    return this.room.slice(0, this.length);
  }
}

function byteOf(value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= 255) return value;
  throw new RangeError(`data: ${value} is no byte from 0 to 255`);
}

function kindOf(value: unknown): string {
  return value === null ? "null" : typeof value;
}
