/** Throws where a number is no integer from 0 up to `most`. */
export function checkRange(name: string, value: number, most: number, least = 0): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${name}: ${value} is not an integer from ${least} to ${most}`);
}
