/**
 * The numbers below `count` of which there are frames, those with the most first, and else in their order. Numbers are sorted
 * and not what they stand for: a list of a million objects would take more than all counts.
 */
export function mostFirst(count: number, framesOf: (number: number) => number): Uint32Array {
  const frames = new Float64Array(count);
  const numbers = new Uint32Array(count);
  let used = 0;
  for (let number = 0; number < count; number++) {
    frames[number] = framesOf(number);
    if (frames[number]! > 0) numbers[used++] = number;
  }
  return numbers.subarray(0, used).sort((x, y) => frames[y]! - frames[x]! || x - y);
}
