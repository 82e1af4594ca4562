import type { Placed } from "../schema/place.ts";
import type { Schema } from "../schema/schema.ts";
import { flagsNumber, writeFixed } from "../schema/value.ts";
import { computedNames } from "./computed.ts";

/** Writes the value of one field of a head that starts at `at`. Throws a typed error that names field, limits and value. */
export type HeadWriter = (bytes: Uint8Array, at: number, value: unknown) => void;

/** How one field is written. */
export class FieldPlan {
  /** `null` for a part behind the head. */
  readonly write: HeadWriter | null;
  /** Whether it is computed where it is not given. */
  readonly isComputed: boolean;

  constructor(write: HeadWriter | null, isComputed: boolean) {
    this.write = write;
    this.isComputed = isComputed;
  }
}

/**
 * How the head of a declaration is written: its bytes as they are when nothing is given, and a writer for every field. So
 * the cost of building is that of what is given, not of what is declared (measured: a tenth).
 */
export interface WritePlan {
  readonly head: Uint8Array;
  readonly writers: ReadonlyMap<string, FieldPlan>;
  /** Whether nothing follows the head unless a part behind it is given. */
  readonly plain: boolean;
  /** Names of what follows the payload. */
  readonly trailer: readonly string[];
}

/** Whether a part lies in the head: the first segment's fixed bytes. */
export const inHead = (placed: Placed): boolean => placed.segment === 0 && !placed.variable;

/** The plans of a declaration's fields, and of its parts behind the head. */
export function fieldPlans(schema: Schema): Map<string, FieldPlan> {
  const computed = new Set([...computedNames(schema), ...(schema.spec.next?.fields ?? [])]);
  return new Map(
    schema.placed.map((p) => [
      p.name,
      new FieldPlan(inHead(p) ? headWriter(schema, p) : null, computed.has(p.name)),
    ]),
  );
}

/** Of the common kinds a function over constants; the others go through their names. */
function headWriter(schema: Schema, placed: Placed): HeadWriter {
  const name = `${schema.name}.${placed.name}`;
  const field = placed.item.field!;
  const { bit } = placed;
  const put: HeadWriter = (bytes, at, value) => writeFixed(name, field, bytes, at, bit, value);
  if (field.kind === "flags") {
    // Flags that are not named keep the declaration's default.
    const { default: initial } = placed.item.options;
    const base = initial === undefined ? 0 : flagsNumber(name, field, initial);
    return (bytes, at, value) => {
      put(bytes, at, typeof value === "object" ? flagsNumber(name, field, value, base) : value);
    };
  }
  if (field.kind !== "uint" || field.little || field.bits > 32) return put;
  return uintWriter(bit, field.bits, put) ?? put;
}

/** For numbers of whole bytes, and of some bits of one byte; `put` is for what has to be refused. */
function uintWriter(bit: number, bits: number, put: HeadWriter): HeadWriter | null {
  const o = bit >> 3;
  const within = bit & 7;
  if (within + bits < 8 || (within > 0 && within + bits === 8)) {
    const shift = 8 - within - bits;
    const most = (1 << bits) - 1;
    const keep = ~(most << shift);
    return (bytes, at, value) => {
      if (typeof value !== "number" || (value & most) !== value) put(bytes, at, value);
      else bytes[at + o] = (bytes[at + o]! & keep) | (value << shift);
    };
  }
  if (within > 0) return null;
  if (bits === 8)
    return (bytes, at, value) => {
      if (typeof value !== "number" || (value & 0xff) !== value) put(bytes, at, value);
      else bytes[at + o] = value;
    };
  if (bits === 16)
    return (bytes, at, value) => {
      if (typeof value !== "number" || (value & 0xffff) !== value) put(bytes, at, value);
      else {
        bytes[at + o] = value >> 8;
        bytes[at + o + 1] = value;
      }
    };
  if (bits === 32)
    return (bytes, at, value) => {
      if (typeof value !== "number" || value >>> 0 !== value) put(bytes, at, value);
      else {
        bytes[at + o] = value >>> 24;
        bytes[at + o + 1] = value >>> 16;
        bytes[at + o + 2] = value >>> 8;
        bytes[at + o + 3] = value;
      }
    };
  return null;
}
