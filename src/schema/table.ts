import type { Names } from "./names.ts";
import type { AnySchema } from "./schema.ts";

/** A key under which a protocol is found: a number on the wire, or a text where protocols are named by one. */
export type Key = number | string;

/** "This protocol sits in that table under these keys": what `over` lists. */
export interface Binding<T extends string = string> {
  readonly table: Table<T>;
  readonly keys: readonly Key[];
  /** The protocol, where the binding is made outside its declaration (`createDissector(..., { bind })`). */
  readonly protocol: AnySchema | null;
  /** True for a place where the protocol is tried by its content, after all keys. */
  readonly guess: boolean;
}

/** A place where one protocol chooses the next: EtherType, IP protocol, UDP port. It names none of them. */
export interface Table<T extends string = string> {
  /** Wireshark's name of the field that selects (`tcp.port`), as used by `--decode-as`. */
  readonly name: T;
  readonly names: Names | null;
  /**
   * A protocol's place under one or more keys; the first is the one that building writes. Outside a declaration the
   * protocol comes last: `tcpPorts.at(8080, http)`.
   */
  at(...keys: readonly (Key | AnySchema)[]): Binding<T>;
  /** A protocol that is recognised by content where no key is known; its declaration must have a `test`. */
  guess(): Binding<T>;
}

const isKey = (given: Key | AnySchema): given is Key =>
  typeof given === "number" || typeof given === "string";

/** Declares a dispatch table. */
export function table<const T extends string>(name: T, names: Names | null = null): Table<T> {
  const made: Table<T> = {
    name,
    names,
    at: (...given) => {
      const keys = given.filter(isKey);
      const protocol = given.find((k): k is AnySchema => !isKey(k)) ?? null;
      return { table: made, keys, protocol, guess: false };
    },
    guess: () => ({ table: made, keys: [], protocol: null, guess: true }),
  };
  return made;
}
