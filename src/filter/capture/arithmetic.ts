/** What the instructions that compute do to numbers. */

import { bpfCodes } from "./opcodes.ts";

/**
 * The result of an arithmetic instruction (its code, without the bit for X), as 32 bits with sign; a divisor is not zero.
 *
 * Linux takes only the low five bits of a shift by X. Zeros are what BSD and libpcap have, by which captures are judged elsewhere.
 */
export function compute(operation: number, a: number, b: number): number {
  switch (operation) {
    case bpfCodes.ADD:
      return (a + b) | 0;
    case bpfCodes.SUB:
      return (a - b) | 0;
    case bpfCodes.MUL:
      return Math.imul(a, b);
    case bpfCodes.DIV:
      return ((a >>> 0) / (b >>> 0)) | 0;
    case bpfCodes.MOD:
      return ((a >>> 0) % (b >>> 0)) | 0;
    case bpfCodes.OR:
      return a | b;
    case bpfCodes.AND:
      return a & b;
    case bpfCodes.XOR:
      return a ^ b;
    case bpfCodes.LSH:
      return b >>> 0 < 32 ? a << b : 0;
    case bpfCodes.RSH:
      return b >>> 0 < 32 ? (a >>> b) | 0 : 0;
    default:
      return -a | 0;
  }
}
