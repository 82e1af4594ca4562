import { formatNumber } from "../../bytes/decimal.ts";
import { formatHex } from "../../bytes/hex.ts";
import { readBigUint, readBigUintLe } from "../../bytes/numbers.ts";
import type { AnyField } from "../../schema/field.ts";
import type { Names } from "../../schema/names.ts";
import type { Placed } from "../../schema/place.ts";
import { readFixed } from "../../schema/value.ts";
import { flagKeys } from "../keys.ts";
import { jsonText, quoted } from "./text.ts";

/** What is to be done for a part of a layer. Numbers, so that the loop over parts is one `switch`. */
export const Do = {
  /** One or two bytes whose fields are put into words once for each number that they make up. */
  byte: 0,
  pair: 1,
  number16: 2,
  number32: 3,
  mac: 4,
  ipv4: 5,
  ipv6: 6,
  /** Any other field of fixed width. */
  fixed: 7,
  /** Bytes, texts and coded leaves that find their own end. */
  variable: 8,
  list: 9,
  record: 10,
} as const;

/** Texts kept for the pairs of bytes of one place; ports of clients would fill more than they are worth. */
const KEPT = 4096;

/** A part of a layer, or several that share bytes, ready to be put into words. */
export class Part {
  readonly does: number;
  /** `,"name":`; the first part of a layer that always has it begins without the comma. */
  readonly key: string;
  /** The same with the quote that opens a text. */
  readonly textKey: string;
  readonly segment: number;
  /** Bytes from the segment's start to the first one, and to behind the last one. */
  readonly at: number;
  readonly reach: number;
  readonly placed: Placed;
  /** Whether it takes all that the header has left, so that no bytes need no look. */
  readonly takesRest: boolean;
  /** Its value when there are none. */
  readonly nothing: string;
  private readonly fields: readonly Placed[];
  private readonly comma: string;
  private readonly byteTexts: (string | undefined)[];
  private readonly pairTexts: Map<number, string>;

  constructor(does: number, fields: readonly Placed[], comma: string) {
    const first = fields[0]!;
    const last = fields.at(-1)!;
    this.does = does;
    this.key = `${comma}${quoted(first.name)}:`;
    this.textKey = `${this.key}"`;
    this.segment = first.segment;
    this.at = first.bit >> 3;
    this.reach = (last.bit + (last.variable ? 0 : last.item.field!.bits) + 7) >> 3;
    this.placed = first;
    const { kind } = first.item;
    const size = kind === "list" ? first.bytes : first.size;
    const unsized = kind === "list" && first.count === null && size === null;
    this.takesRest = unsized || ((kind === "list" || kind === "bytes") && size?.kind === "rest");
    this.nothing = kind === "list" ? "[]" : '""';
    this.fields = fields;
    this.comma = comma;
    this.byteTexts = does === Do.byte ? new Array<undefined>(256).fill(undefined) : [];
    this.pairTexts = new Map();
  }

  /** The keys and values of the fields in one byte. */
  byteText(n: number): string {
    return (this.byteTexts[n] ??= this.words(Uint8Array.of(n)));
  }

  /** The keys and values of the fields in two bytes. */
  pairText(n: number): string {
    const known = this.pairTexts.get(n);
    if (known !== undefined) return known;
    const text = this.words(Uint8Array.of(n >> 8, n & 255));
    if (this.pairTexts.size < KEPT) this.pairTexts.set(n, text);
    return text;
  }

  private words(bytes: Uint8Array): string {
    let text = "";
    for (const { name, bit, item } of this.fields) {
      const comma = text === "" ? this.comma : ",";
      const value = fixedText(item.field!, bytes, 0, bit - this.at * 8);
      text += `${comma}${quoted(name)}:${value}`;
    }
    return text;
  }
}

/** The value of a field of fixed width whose bits start `bit` bits after `bytes[from]`. */
export function fixedText(field: AnyField, bytes: Uint8Array, from: number, bit: number): string {
  const at = from + (bit >> 3);
  switch (field.kind) {
    case "bytes":
      return `"${formatHex(bytes, at, at + (field.bits >> 3))}"`;
    case "biguint": {
      const read = field.little ? readBigUintLe : readBigUint;
      return namedText(read(bytes, at, field.bits >> 3), field.options.names);
    }
    case "flags":
      return flagsText(field, readFixed(field, bytes, from, bit) as number);
    case "text":
      return quoted(readFixed(field, bytes, from, bit) as string);
    case "uint":
    case "int":
    case "flag":
      return namedText(readFixed(field, bytes, from, bit) as number | boolean, field.options.names);
    default:
      return `"${readFixed(field, bytes, from, bit)}"`;
  }
}

/** A value by itself, or with what the registry calls it; `null` for one that it does not know. */
export function namedText(value: number | bigint | boolean, names: Names | undefined): string {
  const text =
    typeof value === "number"
      ? formatNumber(value)
      : typeof value === "bigint"
        ? `"${value}"`
        : String(value);
  if (names === undefined) return text;
  const name = names.get(Number(value));
  return `{"value":${text},"name":${name === undefined ? "null" : quoted(name)}}`;
}

function flagsText({ flags }: AnyField, whole: number): string {
  let text = `{"value":${formatNumber(whole)}`;
  for (const [key, flag] of flagKeys(flags)) {
    const n = (whole >>> flag.shift) & (2 ** flag.width - 1);
    text += `,${quoted(key)}:${namedText(flag.width === 1 ? n === 1 : n, flag.names ?? undefined)}`;
  }
  return `${text}}`;
}

/** The value of a coded leaf or a text. */
export function leafText(value: unknown, names: Names | undefined): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number" && names !== undefined) return namedText(value, names);
  return typeof value === "bigint" || typeof value === "boolean"
    ? namedText(value, names)
    : jsonText(value);
}
