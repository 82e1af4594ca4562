import type { FlagBit } from "../schema/field.ts";
import type { Placed } from "../schema/place.ts";
import type { Schema } from "../schema/schema.ts";

/**
 * The keys of a layer's object. Fields have their API names; whatever stands beside them gives way with an underscore where
 * a declaration took its name, so that no key comes twice.
 */
export class LayerKeys {
  /** The parts after the payload: each with its key. */
  readonly trailerParts: readonly (readonly [key: string, placed: Placed])[];
  /** Bytes of the header that no part covers. */
  readonly rest = "rest";
  /** Bytes behind the payload, where the declaration has no parts for them or they do not fit. */
  readonly trailer: string;
  /** Bytes behind the payload that the declared parts leave. */
  readonly trailerRest: string;
  readonly error: string;
  /** What lies above the highest layer. */
  readonly raw: string;
  /** All of these, and the names of the fields. */
  readonly taken: ReadonlySet<string>;

  constructor(schema: Schema) {
    const taken = new Set([...schema.placed.map((p) => p.name), "is", "rest"]);
    const take = (name: string): string => {
      const free = freeName(name, taken);
      taken.add(free);
      return free;
    };
    this.trailerParts = (schema.spec.trailer?.placed ?? []).map((p) => [take(p.name), p]);
    // Either the declared parts are there or their bytes as they are.
    const own = this.trailerParts.find(([, placed]) => placed.name === "trailer");
    this.trailer = own?.[0] ?? take("trailer");
    this.trailerRest = take("trailerRest");
    this.error = take("error");
    this.raw = take("raw");
    this.taken = taken;
  }

  /** The key under which the layer above stands. Only one does, so none is kept from the next. */
  upper(name: string): string {
    return freeName(name, this.taken);
  }
}

/** The name itself, or with as many underscores as make it one that is not taken. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  while (taken.has(free)) free += "_";
  return free;
}

const known = new WeakMap<Schema, LayerKeys>();

export function keysOf(schema: Schema): LayerKeys {
  let keys = known.get(schema);
  if (keys === undefined) {
    keys = new LayerKeys(schema);
    known.set(schema, keys);
  }
  return keys;
}

/** Keys that a frame has itself: the lowest layer gives way to them. */
export const frameKeys: ReadonlySet<string> = new Set([
  "version",
  "frame_info",
  "section_number",
  "interface_id",
  "comments",
  "options",
  "time",
  "number",
  "time_epoch",
  "len",
  "cap_len",
  "raw",
  "trailer",
  "protocols",
  "packet",
]);

/** The key of the lowest layer in its frame. */
export const bottomKey = (name: string): string => freeName(name, frameKeys);

const ofFlags = new WeakMap<readonly FlagBit[], readonly (readonly [string, FlagBit])[]>();

/** The flags with their keys: one that is called `value` gives way to the number. */
export function flagKeys(flags: readonly FlagBit[]): readonly (readonly [string, FlagBit])[] {
  let keys = ofFlags.get(flags);
  if (keys === undefined) {
    const taken = new Set(flags.map((f) => f.name));
    keys = flags.map((f) => [f.name === "value" ? freeName("value_", taken) : f.name, f]);
    ofFlags.set(flags, keys);
  }
  return keys;
}
