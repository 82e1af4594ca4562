import { parseHex } from "../../bytes/hex.ts";
import type { Content } from "../../report/content.ts";

/** What another package says of a part of a packet. */
export type Foreign =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Foreign[]
  | ForeignTable
  | ForeignStack;

/** One layer as the package names it. */
export interface ForeignLayer {
  readonly name: string;
  readonly fields: ReadonlyMap<string, Foreign>;
}

/** A value that is a table itself: the headers of a message. */
export class ForeignTable {
  readonly entries: readonly (readonly [string, Foreign])[];

  constructor(entries: readonly (readonly [string, Foreign])[]) {
    this.entries = entries;
  }
}

/** A value that is a packet itself: an option, a record, or several, each carried by the one before. */
export class ForeignStack {
  readonly layers: readonly ForeignLayer[];

  constructor(layers: readonly ForeignLayer[]) {
    this.layers = layers;
  }
}

/** What the package says of one frame. */
export interface ForeignAnswer {
  readonly layers: readonly ForeignLayer[];
  /** Bytes of which it made nothing. */
  readonly raw: Uint8Array | null;
  /** The exception that kept it from going on. */
  readonly error: string | null;
}

/**
 * Reads one line of the bridge.
 *
 * @throws Error where it is none: the process then is not the bridge.
 */
export function parseAnswer(line: string): ForeignAnswer {
  const said: unknown = JSON.parse(line);
  if (!isObject(said)) throw new Error("an answer that is no object");
  const { layers, raw, error } = said;
  const bytes = foreignValue(raw ?? null);
  return {
    layers: layersOf(layers),
    raw: bytes instanceof Uint8Array ? bytes : null,
    error: typeof error === "string" ? error : null,
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function layersOf(value: unknown): ForeignLayer[] {
  if (!Array.isArray(value)) throw new Error("layers that are no list");
  return value.map((one: unknown) => {
    if (!Array.isArray(one) || typeof one[0] !== "string" || !isObject(one[1]))
      throw new Error("a layer without name or fields");
    const fields = new Map<string, Foreign>();
    for (const [key, field] of Object.entries(one[1])) fields.set(key, foreignValue(field));
    return { name: one[0], fields };
  });
}

/** Values come as the head of the bridge says; none of them has more than one tag. */
function foreignValue(value: unknown): Foreign {
  if (Array.isArray(value)) return value.map(foreignValue);
  if (!isObject(value)) return value as null | boolean | number | string;
  if (typeof value["x"] === "string") return parseHex(value["x"]);
  if (typeof value["n"] === "string") return BigInt(value["n"]);
  if (value["p"] !== undefined) return new ForeignStack(layersOf(value["p"]));
  if (!Array.isArray(value["d"])) throw new Error("a value that is none");
  return new ForeignTable(
    value["d"].map((pair: unknown) => {
      const [key, one] = pair as readonly [unknown, unknown];
      return [String(key), foreignValue(one)] as const;
    }),
  );
}

/** What a report shows of a value for which there is no declaration: the package's own names. */
export function foreignContent(value: Foreign): Content {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ForeignTable)
    return new Map(value.entries.map(([key, one]) => [key, foreignContent(one)] as const));
  if (value instanceof ForeignStack) {
    const [first, ...others] = value.layers.map(foreignLayer);
    return others.length === 0 ? (first ?? null) : [first!, ...others];
  }
  if (Array.isArray(value)) return value.map(foreignContent);
  return value as null | boolean | number | bigint | string;
}

function foreignLayer({ name, fields }: ForeignLayer): Content {
  const made = new Map<string, Content>([["is", name]]);
  for (const [key, one] of fields) if (one !== null) made.set(key, foreignContent(one));
  return made;
}
