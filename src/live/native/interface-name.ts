import { type Native, pinned } from "./ffi.ts";
import { processLibrary } from "./libc.ts";

const IF_NAMESIZE = 16;
let lookUp: Native<[index: number, name: Buffer], bigint | null> | null = null;

/** The name of the interface with a number; `null` where there is none (any more). */
export function interfaceName(index: number): string | null {
  if (index === 0) return null;
  lookUp ??= processLibrary().func("void *if_indextoname(uint index, void *name)");
  const name = pinned(IF_NAMESIZE);
  if (lookUp(index, name) === null) return null;
  return name.toString("utf8", 0, name.indexOf(0));
}
