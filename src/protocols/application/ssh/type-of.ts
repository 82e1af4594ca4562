import { readU32 } from "../../../bytes/numbers.ts";
import type { Layer } from "../../../schema/layer.ts";
import { readLatin1 } from "../../../schema/value.ts";

/** No type of keys or signatures is longer. */
const LONGEST = 64;

/**
 * The type that a key or signature begins with, from its bytes: conditions of the parts behind it cannot ask the view, which
 * looks at those conditions to place it. Empty where it is not there, or longer than any.
 */
export function typeOf({ bytes, start, end }: Layer): string {
  if (start + 4 > end) return "";
  const length = readU32(bytes, start);
  if (length > LONGEST || start + 4 + length > end) return "";
  return readLatin1(bytes, start + 4, start + 4 + length);
}
