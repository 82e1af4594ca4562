import { epochTime, isoTime } from "./time.ts";

/** A number with what a registry calls it; the name is null where it does not know it. */
export class Named {
  readonly value: number | bigint | boolean;
  readonly name: string | null;

  constructor(value: number | bigint | boolean, name: string | null) {
    this.value = value;
    this.name = name;
  }
}

/** A point in time, to the nanosecond. */
export class Moment {
  readonly seconds: number;
  readonly nanoseconds: number;

  constructor(seconds: number, nanoseconds: number) {
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
  }

  /** ISO 8601 in UTC; seconds since 1970 where no calendar goes that far. */
  toString(): string {
    return isoTime(this.seconds, this.nanoseconds) ?? epochTime(this.seconds, this.nanoseconds);
  }

  toJSON(): string {
    return this.toString();
  }
}

/** What formats have to put into words: every format does it in its own way, all of them say the same. */
export type Content =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | Named
  | Moment
  | readonly Content[]
  | Fields;

/** Values by key, in order. */
export interface Fields extends ReadonlyMap<string, Content> {}

/** A value of whatever type as content: objects by their keys, what has no form as null. */
export function contentOf(value: unknown): Content {
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
    case "boolean":
      return value;
    case "object":
      break;
    default:
      return null;
  }
  if (
    value === null ||
    value instanceof Uint8Array ||
    value instanceof Named ||
    value instanceof Moment
  )
    return value;
  if (Array.isArray(value)) return value.map(contentOf);
  const fields = new Map<string, Content>();
  const entries = value instanceof Map ? value : Object.entries(value);
  for (const [key, one] of entries) if (one !== undefined) fields.set(String(key), contentOf(one));
  return fields;
}
