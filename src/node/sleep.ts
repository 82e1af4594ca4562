/** Holds this thread up for so many milliseconds: others run meanwhile, but nobody of this thread. */
export function sleepSync(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
