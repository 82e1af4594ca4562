import { type Content, type Fields, Moment, Named } from "../report/content.ts";

/** A value of a record: what JSON has, big numbers and bytes. */
export type PlainValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly PlainValue[]
  | PlainRecord;

/** A plain object that nobody can change. */
export interface PlainRecord {
  readonly [key: string]: PlainValue;
}

/** The content of a report as plain frozen objects. */
export function plainRecord(fields: Fields): PlainRecord {
  // Own properties whatever they are called: a key such as `__proto__` may come from a packet.
  return Object.freeze(Object.fromEntries([...fields].map(([key, one]) => [key, plainValue(one)])));
}

function plainValue(value: Content): PlainValue {
  if (value instanceof Uint8Array) return value.slice();
  if (value instanceof Named) return value.value;
  if (value instanceof Moment) return value.toString();
  if (Array.isArray(value)) return Object.freeze(value.map(plainValue));
  return typeof value === "object" && value !== null
    ? plainRecord(value as Fields)
    : (value as string | number | bigint | boolean | null);
}
