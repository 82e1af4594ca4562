import { formatEui64, formatIpv4, formatIpv6, formatMac } from "../bytes/address.ts";
import { sum16 } from "../bytes/checksum.ts";
import { readUint } from "../bytes/numbers.ts";
import type { AnyField, FlagBit } from "./field.ts";
import { FieldWriter } from "./field-writer.ts";
import { type Layer, moreOf, protocolLayer } from "./layer.ts";
import { listOf, recordOf, segmentAt, trailerOf, variableEnd, variableStart } from "./layout.ts";
import type { Placed } from "./place.ts";
import type { Schema } from "./schema.ts";
import { flagsNumber, readFixed, readLatin1, writeFixed } from "./value.ts";

interface AnyView {
  readonly layer: Layer;
}
type Getter = (this: AnyView) => unknown;
type Setter = (this: AnyView, value: never) => void;

/**
 * The class whose instances show a layer's fields. One own field, no inheritance, never renamed; getters close over
 * constants only. Each of these was measured: docs/decisions/0001-declaration.md.
 */
export function makeView(schema: Schema): new (layer: Layer) => object {
  const View = class {
    declare readonly layer: Layer;
    constructor(layer: Layer) {
      this.layer = layer;
    }
  };
  for (const placed of schema.placed)
    Object.defineProperty(View.prototype, placed.name, {
      get: getter(placed),
      set: setter(schema, placed) as (value: unknown) => void,
      enumerable: true,
      configurable: true,
    });
  const { trailer } = schema.spec;
  if (trailer !== null)
    for (const { name } of trailer.placed)
      Object.defineProperty(View.prototype, name, { get: trailerGetter(name), enumerable: true });
  if (schema.root !== schema || schema.cases !== null)
    Object.defineProperty(View.prototype, "is", { value: schema.caseName, enumerable: true });
  return View;
}

function getter(placed: Placed): Getter {
  const { field, kind } = placed.item;
  if (field !== null && !placed.variable)
    return placed.segment === 0 ? headGetter(field, placed) : laterGetter(field, placed);
  switch (kind) {
    case "list":
      return function () {
        return listOf(this.layer, placed);
      };
    case "record":
      return function () {
        const { layer } = this;
        const kept = layer.more?.parts?.[placed.slot];
        if (kept) return kept;
        return recordOf(layer, placed)?.view ?? undefined;
      };
    default:
      return function () {
        return readVariable(this.layer, placed);
      };
  }
}

/** Bytes, a text or a coded leaf; `undefined` where it is not there or not whole. */
export function readVariable(layer: Layer, placed: Placed): unknown {
  const at = variableStart(layer, placed);
  if (at < 0) return undefined;
  const end = variableEnd(layer, placed, at);
  if (end < 0) return undefined;
  const { field, kind } = placed.item;
  if (field !== null) return field.codec!.read(layer.bytes, at, end, layer);
  return kind === "text" ? readLatin1(layer.bytes, at, end) : layer.bytes.subarray(at, end);
}

function trailerGetter(name: string): Getter {
  return function () {
    const { layer } = this;
    const tail = trailerOf(layer);
    return tail === null ? undefined : (tail.view as Record<string, unknown>)[name];
  };
}

/** A field behind a variable part: it is there or not, packet by packet. */
function laterGetter(field: AnyField, placed: Placed): Getter {
  const { segment, bit } = placed;
  const makeFlags = field.kind === "flags" ? flagsMaker(placed) : null;
  return function () {
    const { layer } = this;
    const from = segmentAt(layer, segment);
    if (from < 0) return undefined;
    const value = readFixed(field, layer.bytes, from, bit);
    return makeFlags === null ? value : makeFlags(value as number, layer);
  };
}

/** The hot case: a constant offset. One function literal a width, so that each stays monomorphic. */
function headGetter(field: AnyField, placed: Placed): Getter {
  const { bit } = placed;
  const at = bit >> 3;
  const within = bit & 7;
  const { bits } = field;
  switch (field.kind) {
    case "mac":
      return function () {
        return formatMac(this.layer.bytes, this.layer.start + at);
      };
    case "ipv4":
      return function () {
        return formatIpv4(this.layer.bytes, this.layer.start + at);
      };
    case "ipv6":
      return function () {
        return formatIpv6(this.layer.bytes, this.layer.start + at);
      };
    case "eui64":
      return function () {
        return formatEui64(this.layer.bytes, this.layer.start + at);
      };
    case "uint":
      return field.little || bits > 32 ? generalGetter(field, bit) : uintGetter(at, within, bits);
    case "flags": {
      const make = flagsMaker(placed);
      return function () {
        const l = this.layer;
        return make(readFixed(field, l.bytes, l.start, bit) as number, l);
      };
    }
    default:
      return generalGetter(field, bit);
  }
}

function generalGetter(field: AnyField, bit: number): Getter {
  return function () {
    return readFixed(field, this.layer.bytes, this.layer.start, bit);
  };
}

function uintGetter(at: number, within: number, bits: number): Getter {
  if (within === 0 && bits === 8)
    return function () {
      const l = this.layer;
      return l.bytes[l.start + at];
    };
  if (within === 0 && bits === 16)
    return function () {
      const l = this.layer;
      const b = l.bytes;
      const o = l.start + at;
      return (b[o]! << 8) | b[o + 1]!;
    };
  if (within === 0 && bits === 32)
    return function () {
      const l = this.layer;
      const b = l.bytes;
      const o = l.start + at;
      return ((b[o]! << 24) | (b[o + 1]! << 16) | (b[o + 2]! << 8) | b[o + 3]!) >>> 0;
    };
  const width = (within + bits + 7) >> 3;
  const shift = width * 8 - within - bits;
  const mask = 2 ** bits - 1;
  if (width === 1)
    return function () {
      const l = this.layer;
      return (l.bytes[l.start + at]! >> shift) & mask;
    };
  if (width <= 4 && bits < 32)
    return function () {
      const l = this.layer;
      return (readUint(l.bytes, l.start + at, width) >>> shift) & mask;
    };
  return function () {
    const l = this.layer;
    return Math.floor(readUint(l.bytes, l.start + at, width) / 2 ** shift) % 2 ** bits;
  };
}

function setter(schema: Schema, placed: Placed): Setter {
  const { field } = placed.item;
  if (field === null || placed.variable)
    return () => {
      throw new TypeError(
        `${placed.name}: a part of variable length is set with packet.set(layer, { ${placed.name}: ... })`,
      );
    };
  if (schema.isProtocol && placed.segment === 0 && field.kind !== "flags")
    return headSetter(schema, placed);
  return function (value: unknown) {
    setFixed(this.layer, placed, value);
  } as Setter;
}

/** The hot case of {@link setFixed}: a field at a constant offset in a protocol's header. */
function headSetter(schema: Schema, placed: Placed): Setter {
  const { name, bit, item } = placed;
  const writer = new FieldWriter(schema.name, placed);
  // The 16-bit words of the header that it has a part in.
  const first = (bit >> 3) & ~1;
  const behind = (bit + item.field!.bits + 7) >> 3;
  const isEnd = isEndOf(schema, name);
  return function (value: unknown) {
    const { layer } = this;
    const { bytes, start } = layer;
    const before = sum16(bytes, start + first, start + behind);
    writer.put(bytes, start, value);
    const delta = sum16(bytes, start + first, start + behind) - before;
    moreOf(layer).change(name, delta, isEnd);
  } as Setter;
}

const isEndOf = ({ spec: { endpoints } }: Schema, name: string): boolean =>
  endpoints !== null && (endpoints.src === name || endpoints.dst === name);

/** Sets a fixed field in place. Throws a typed error naming field, limits and value, and then changes nothing. */
export function setFixed(layer: Layer, placed: Placed, value: unknown): void {
  const name = `${layer.schema.name}.${placed.name}`;
  const from = segmentAt(layer, placed.segment);
  if (from < 0) throw new TypeError(`${name}: this packet has no such field`);
  const field = placed.item.field!;
  const now = field.kind === "flags" ? readFixed(field, layer.bytes, from, placed.bit) : 0;
  const next = field.kind === "flags" ? flagsNumber(name, field, value, now as number) : value;
  if (!layer.schema.isProtocol) {
    writeFixed(name, field, layer.bytes, from, placed.bit, next);
    moreOf(layer).change(placed.name, 0, false);
    // An option may name the last destination.
    moreOf(protocolLayer(layer)).changeVaguely(true);
    return;
  }
  const before = sumOf(layer, placed, from);
  writeFixed(name, field, layer.bytes, from, placed.bit, next);
  const delta = sumOf(layer, placed, from) - before;
  moreOf(layer).change(placed.name, delta, isEndOf(layer.schema, placed.name));
}

/** The sum of the bytes of a field, in the 16-bit words that begin with the layer. */
function sumOf({ bytes, start }: Layer, { bit, item }: Placed, from: number): number {
  const at = from + (bit >> 3);
  return sum16(bytes, at - ((at - start) & 1), from + ((bit + item.field!.bits + 7) >> 3));
}

type FlagsMaker = (value: number, layer: Layer) => object;

/** Makes the object of a flags field: its number, and a boolean or number a part. Setting one writes to the packet. */
function flagsMaker(placed: Placed): FlagsMaker {
  const parts = placed.item.field!.flags;
  const Made = class {
    #number: number;
    readonly #layer: Layer;
    constructor(number: number, layer: Layer) {
      this.#number = number;
      this.#layer = layer;
    }
    get value(): number {
      return this.#number;
    }
    set value(number: number) {
      setFixed(this.#layer, placed, number);
      this.#number = number;
    }
    change(name: string, to: unknown): void {
      setFixed(this.#layer, placed, { value: this.#number, [name]: to });
      this.#number = flagsNumber(name, placed.item.field!, { value: this.#number, [name]: to });
    }
    toJSON(): object {
      return { value: this.#number, ...namedFlags(parts, this.#number) };
    }
  };
  Object.defineProperty(Made.prototype, "change", { enumerable: false });
  for (const { name, shift, width } of parts) {
    const mask = 2 ** width - 1;
    Object.defineProperty(Made.prototype, name, {
      enumerable: true,
      get(this: { value: number }) {
        const n = (this.value >>> shift) & mask;
        return width === 1 ? n === 1 : n;
      },
      set(this: { change(name: string, to: unknown): void }, to: unknown) {
        this.change(name, to);
      },
    });
  }
  return (value, layer) => new Made(value, layer);
}

/** The parts of a flags number: booleans, numbers where a part has several bits. */
export function namedFlags(
  parts: readonly FlagBit[],
  value: number,
): Record<string, boolean | number> {
  const named: Record<string, boolean | number> = {};
  for (const { name, shift, width } of parts) {
    const n = (value >>> shift) & (2 ** width - 1);
    named[name] = width === 1 ? n === 1 : n;
  }
  return named;
}
