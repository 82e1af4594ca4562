import { createRequire } from "node:module";
import { DeviceError } from "../errors.ts";

/** An address in this process; `null` stands for NULL. */
export type Pointer = bigint | null;
/** What can be passed where C wants a pointer: memory of ours, which C must not keep beyond the call, or an address. */
export type Memory = Pointer | Uint8Array | Int32Array;

/** A function of a library: called at once, or by a thread of the pool with the answer given later. */
export interface Native<A extends readonly unknown[], R> {
  (...args: A): R;
  async(...args: [...A, (error: Error | null, result: R) => void]): void;
}

/** A library that was found. */
export interface Library {
  /** What it was found under. */
  readonly name: string;
  /** A function by its C prototype. The types are those of the caller: nothing checks that they fit. */
  func<A extends readonly unknown[], R>(prototype: string): Native<A, R>;
  /** The address of a function or variable. */
  symbol(name: string): bigint;
}

/** As much of koffi as is used here. */
interface Koffi {
  load(path: string | null): { func(prototype: string): unknown; symbol(name: string): bigint };
  address(memory: Uint8Array | Int32Array): bigint;
  view(pointer: bigint, length: number): ArrayBuffer;
  errno(): number;
}

let koffi: Koffi | null = null;

/** The one place that loads the optional package behind all native calls. */
function loaded(): Koffi {
  if (koffi !== null) return koffi;
  try {
    koffi = createRequire(import.meta.url)("koffi") as Koffi;
  } catch (cause) {
    throw new DeviceError(
      "ERR_DEVICE_SUPPORT",
      "",
      "live capture needs the optional package koffi: npm install koffi",
      { cause },
    );
  }
  return koffi;
}

/** Loads the first of some libraries that is there; `null` stands for what is in the process already (libc). */
export function loadLibrary(names: readonly (string | null)[], missing: string): Library {
  const found = loaded();
  const tried: string[] = [];
  for (const name of names) {
    try {
      const library = found.load(name);
      return {
        name: name ?? "libc",
        func: <A extends readonly unknown[], R>(prototype: string) =>
          library.func(prototype) as Native<A, R>,
        symbol: (symbol) => library.symbol(symbol),
      };
    } catch (error) {
      tried.push(`${name}: ${(error as Error).message}`);
    }
  }
  throw new DeviceError("ERR_DEVICE_SUPPORT", "", missing, { cause: new Error(tried.join("; ")) });
}

/**
 * The address of memory of ours. It keeps nothing alive: whoever writes the address down somewhere keeps the memory for as
 * long as it may be used.
 */
export const addressOf = (memory: Uint8Array | Int32Array): bigint => loaded().address(memory);

/** `length` bytes at an address, not copied. Reading them after they were given back ends the process. */
export const viewOf = (pointer: bigint, length: number): ArrayBuffer =>
  loaded().view(pointer, length);

/** What the last call set `errno` to. Right only straight after it. */
export const errno = (): number => loaded().errno();

/** Memory that stays where it is: large enough, alone in its buffer, never moved by the engine. */
export const pinned = (length: number): Buffer => Buffer.allocUnsafeSlow(length).fill(0);
