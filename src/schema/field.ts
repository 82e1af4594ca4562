import type { Codec } from "./codec.ts";
import type { Layer } from "./layer.ts";
import type { Names } from "./names.ts";
import type { RandomSource } from "./random-source.ts";

declare const value: unique symbol;
declare const input: unique symbol;

/** How the bits of a fixed field are read. */
export type Kind =
  | "uint"
  | "int"
  | "biguint"
  | "flag"
  | "flags"
  | "mac"
  | "ipv4"
  | "ipv6"
  | "eui64"
  | "bytes"
  | "text"
  | "codec";

/** How a number is shown to people and in Wireshark's cells. */
export type Base = "decimal" | "hex" | "time";

/** What a field says of itself beside its width. */
export interface FieldOptions<In = unknown> {
  /**
   * Wireshark's name after the protocol's prefix, where the snake_case of the API name differs; `null` where Wireshark
   * has no such field.
   */
  readonly filter?: string | null;
  /** Further full Wireshark names that hold this value too (`tcp.port`). */
  readonly also?: readonly string[];
  readonly base?: Base;
  /** Hex digits shown, where they differ from the field's width. */
  readonly digits?: number;
  /** What one unit of the number is worth to people (`ip.hdr_len` counts bytes, the field counts words). */
  readonly scale?: number;
  readonly names?: Names;
  /** What stands in a packet that gives no value; zero, false or nothing when left out. */
  readonly default?: In;
  /** Computes the value from the layer when the packet gives none; lengths and counters need no such function. */
  readonly computed?: (layer: Layer) => In;
  /** As `computed`, but after everything else is in place, from the innermost layer outwards. */
  readonly checksum?: Checksum;
  /**
   * Which values make sense where width, names and default do not say it: the least and the greatest number, or a function
   * that makes one. Random packets go by it; reading and building do not.
   */
  readonly valid?: readonly [least: number, most: number] | ((random: RandomSource) => In);
  /** One sentence for the documentation, where the title does not say it all. */
  readonly note?: string;
}

/** How a checksum is made and judged. */
export interface Checksum {
  /** The right value for the layer's bytes; `null` where it cannot be known (bytes missing, no pseudo-header). */
  compute(layer: Layer): number | null;
  /** The right value, from the one before the last edits; `null` where these edits do not tell, so that it is computed. */
  readonly adjust?: (layer: Layer, before: number) => number | null;
  /** True when the stored value says "not computed" (UDP over IPv4: zero). */
  readonly absent?: (stored: number, layer: Layer) => boolean;
  /** Whether it covers addresses of the layer below, and so changes with them. */
  readonly pseudoHeader?: boolean;
}

/** One part of a `flags` field. */
export interface FlagPart<W extends number = number> {
  readonly width: W;
  readonly title: string;
  readonly filter?: string | null;
  readonly names?: Names;
  readonly base?: Base;
}

/** A flag of `width` bits, or one bit that needs more than a title. */
export const part = <const W extends number>(
  width: W,
  title: string,
  options: { filter?: string | null; names?: Names; base?: Base } = {},
): FlagPart<W> => ({ width, title, ...options });

/** The parts of a flags field by name, most significant first: a title for one bit, or a {@link FlagPart}. */
export type FlagGroup = { readonly [name: string]: string | FlagPart };

/** Where one flag lies in its field: bits from the least significant end. */
export interface FlagBit {
  readonly name: string;
  readonly title: string;
  readonly filter: string | null;
  readonly shift: number;
  readonly width: number;
  readonly names: Names | null;
  readonly base: Base;
}

type FlagValues<G> = {
  -readonly [K in keyof G]: G[K] extends FlagPart<infer W>
    ? W extends 1
      ? boolean
      : number
    : boolean;
};
/** A number with named bits: `flags.value` is the whole, `flags.syn` one of them. */
export type Flags<G> = { value: number } & FlagValues<G>;
/** What building takes for flags: the number, or the flags that are set. */
export type FlagsInput<G> =
  | number
  | { -readonly [K in keyof FlagValues<G> | "value"]?: FlagInput<G, K> | undefined };
type FlagInput<G, K> = K extends keyof FlagValues<G> ? FlagValues<G>[K] : number;

/** One field of a declaration. `T` is what a view gives, `In` what building takes. */
export interface Field<T, In = T> {
  readonly kind: Kind;
  /** Width; 0 for a field that finds its own end. */
  readonly bits: number;
  readonly little: boolean;
  readonly title: string;
  readonly options: FieldOptions<never>;
  readonly flags: readonly FlagBit[];
  readonly codec: Codec<unknown, never> | null;
  readonly [value]?: T;
  readonly [input]?: In;
}

/** A field of variable length: a view's cannot be set in place. */
export interface CodedField<T, In = T> extends Field<T, In> {
  readonly kind: "codec";
}

/** Any field; what code that is blind to types works with. */
export type AnyField = Field<unknown, unknown>;

function make<T, In>(
  kind: Kind,
  bits: number,
  title: string,
  options: FieldOptions<In>,
  little = false,
): Field<T, In> {
  return {
    kind,
    bits,
    little,
    title,
    options: options as FieldOptions<never>,
    flags: [],
    codec: null,
  };
}

type Numeric = FieldOptions<number>;

/** An unsigned number of 1 to 48 bits, most significant first. */
export const bits = (width: number, title: string, options: Numeric = {}): Field<number> =>
  make("uint", width, title, options);
export const u8 = (title: string, options: Numeric = {}): Field<number> => bits(8, title, options);
export const u16 = (title: string, options: Numeric = {}): Field<number> =>
  bits(16, title, options);
export const u24 = (title: string, options: Numeric = {}): Field<number> =>
  bits(24, title, options);
export const u32 = (title: string, options: Numeric = {}): Field<number> =>
  bits(32, title, options);
export const u48 = (title: string, options: Numeric = {}): Field<number> =>
  bits(48, title, options);
/** 64 bits, as a bigint. */
export const u64 = (title: string, options: FieldOptions<bigint> = {}): Field<bigint> =>
  make("biguint", 64, title, options);
/** 128 bits, as a bigint. */
export const u128 = (title: string, options: FieldOptions<bigint> = {}): Field<bigint> =>
  make("biguint", 128, title, options);
/** Least significant byte first. */
export const u16le = (title: string, options: Numeric = {}): Field<number> =>
  make("uint", 16, title, options, true);
export const u32le = (title: string, options: Numeric = {}): Field<number> =>
  make("uint", 32, title, options, true);
export const u64le = (title: string, options: FieldOptions<bigint> = {}): Field<bigint> =>
  make("biguint", 64, title, options, true);
/** A signed number in two's complement, 8 to 32 bits. */
export const int = (width: 8 | 16 | 32, title: string, options: Numeric = {}): Field<number> =>
  make("int", width, title, options);
/** One bit, as a boolean. */
export const flag = (title: string, options: FieldOptions<boolean> = {}): Field<boolean> =>
  make("flag", 1, title, options);
/** Six bytes as text, `00:1b:21:3c:9d:f8`. */
export const mac = (title: string, options: FieldOptions<string> = {}): Field<string> =>
  make("mac", 48, title, options);
/** Four bytes as text, `192.0.2.1`. */
export const ipv4Address = (title: string, options: FieldOptions<string> = {}): Field<string> =>
  make("ipv4", 32, title, options);
/** Sixteen bytes as text of RFC 5952, `2001:db8::1`. */
export const ipv6Address = (title: string, options: FieldOptions<string> = {}): Field<string> =>
  make("ipv6", 128, title, options);
/** Eight bytes as text, `00:11:22:33:44:55:66:77`. */
export const eui64 = (title: string, options: FieldOptions<string> = {}): Field<string> =>
  make("eui64", 64, title, options);
/** A fixed number of bytes, given as a view of the packet's array. */
export const octets = (
  count: number,
  title: string,
  options: FieldOptions<Uint8Array> = {},
): Field<Uint8Array> => make("bytes", count * 8, title, options);
/** A fixed number of ISO 8859-1 characters; trailing zero bytes are part of the text. */
export const chars = (
  count: number,
  title: string,
  options: FieldOptions<string> = {},
): Field<string> => make("text", count * 8, title, options);

/** A leaf that finds its own end: see {@link Codec}. */
export const coded = <T, In>(
  codec: Codec<T, In>,
  title: string,
  options: FieldOptions<In> = {},
): CodedField<T, In> => ({
  ...make<T, In>("codec", 0, title, options),
  kind: "codec",
  codec: codec as unknown as Codec<unknown, never>,
});

/**
 * Named bits, the most significant first; where `width` exceeds them the surplus leads. A view gives
 * {@link Flags}: the number and a boolean a name.
 */
export function flags<const G extends FlagGroup>(
  width: number,
  group: G,
  title: string,
  options: FieldOptions<FlagsInput<G>> = {},
): Field<Flags<G>, FlagsInput<G>> {
  const list: FlagBit[] = [];
  let shift = 0;
  for (const [name, given] of Object.entries(group).reverse()) {
    if (reservedFlags.has(name))
      throw new TypeError(`flags '${title}': the name '${name}' is taken`);
    const one = typeof given === "string" ? { width: 1, title: given } : given;
    const { filter = snakeCase(name), names = null, base = "decimal" } = one as FlagPart;
    list.unshift({ name, title: one.title, filter, shift, width: one.width, names, base });
    shift += one.width;
  }
  if (shift > width) throw new RangeError(`flags '${title}': ${shift} bits named in ${width}`);
  if (width > 32) throw new RangeError(`flags '${title}': ${width} bits, 32 at most`);
  return { ...make<Flags<G>, FlagsInput<G>>("flags", width, title, options), flags: list };
}

/** Names that the object of a flags field needs for itself. */
const reservedFlags = new Set(["value", "change", "toJSON", "constructor", "__proto__"]);

/** `fragmentOffset` to `fragment_offset`, as Wireshark spells names. */
export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
