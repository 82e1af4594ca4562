/** Checks of what callers give the writers. Every message names the value, its limits and what it got. */

/** @throws RangeError unless `value` is a whole number from `min` to `max`. */
export function checkRange(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) throw outside(name, value, min, max);
}

/**
 * A number of up to 64 bits, which may be given as either kind.
 *
 * @throws RangeError unless it is a whole number from `min` to `max`.
 */
export function checkWide(name: string, value: number | bigint, min: bigint, max: bigint): bigint {
  if (typeof value === "number" && !Number.isInteger(value)) throw outside(name, value, min, max);
  const wide = BigInt(value);
  if (wide < min || wide > max) throw outside(name, value, min, max);
  return wide;
}

/** @throws RangeError when there are more than `max` bytes. */
export function checkLength(name: string, bytes: Uint8Array, max: number): void {
  if (bytes.length <= max) return;
  throw new RangeError(`${name} must have at most ${max} bytes, got ${bytes.length}`);
}

const utf8 = new TextEncoder();

/**
 * Text as the formats store it: UTF-8 without a NUL, which would end it for whoever reads it.
 *
 * @throws TypeError for what is no text, RangeError for a NUL.
 */
export function textBytes(name: string, text: string): Uint8Array {
  if (typeof text !== "string") throw new TypeError(`${name} must be text, got ${typeof text}`);
  const nul = text.indexOf("\0");
  if (nul >= 0) throw new RangeError(`${name} must have no NUL, got one at ${nul}`);
  return utf8.encode(text);
}

function outside(
  name: string,
  value: number | bigint,
  min: number | bigint,
  max: number | bigint,
): RangeError {
  return new RangeError(`${name} must be an integer from ${min} to ${max}, got ${value}`);
}
