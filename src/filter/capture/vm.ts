/** The machine that runs programs. */

import {
  type Ancillary,
  ancillaryNumber,
  ancillaryValue,
  SKF_AD_OFF,
  SKF_LL_OFF,
  SKF_NET_OFF,
  XOR_X,
} from "./ancillary.ts";
import { compute } from "./arithmetic.ts";
import { checkProgram, MEMORY_SLOTS } from "./check.ts";
import { bpfCodes } from "./opcodes.ts";
import type { BpfInstruction, BpfProgram } from "./program.ts";

/*
 * A program is translated when a machine is made: operations are numbered without gaps, so that one jump through a table finds the
 * code of each; the targets of jumps are places, not distances; and the loads that are nearly always followed by a comparison do
 * both at once. That takes two thirds of the time of a switch over the codes as they are. Chains of closures were somewhat faster
 * for programs of ten instructions and took twice as long for those of fifty, and each instruction took a frame of the stack.
 */

/** Words that one instruction takes: operation, two parameters (for jumps: where to), operand. */
const WORDS = 4;

const LOAD_WORD = 0;
const LOAD_HALF = 1;
const LOAD_BYTE = 2;
const INDEXED_WORD = 3;
const INDEXED_HALF = 4;
const INDEXED_BYTE = 5;
/** Loads together with the `jeq` or `jset` behind them, whose operand and targets they find there. */
const LOAD_WORD_JEQ = 6;
const LOAD_HALF_JEQ = 7;
const LOAD_BYTE_JEQ = 8;
const LOAD_HALF_JSET = 9;
const INDEXED_HALF_JEQ = 10;
const IMMEDIATE = 11;
const LENGTH = 12;
const MEMORY = 13;
const X_IMMEDIATE = 14;
const X_LENGTH = 15;
const X_MEMORY = 16;
const X_HEADER = 17;
const STORE = 18;
const X_STORE = 19;
const JUMP = 20;
const JEQ = 21;
const JGT = 22;
const JGE = 23;
const JSET = 24;
const X_JEQ = 25;
const X_JGT = 26;
const X_JGE = 27;
const X_JSET = 28;
const RETURN = 29;
const A_RETURN = 30;
const TAX = 31;
const TXA = 32;
const AND = 33;
/** Arithmetic with the constant or X; the first parameter says which. */
const ALU = 34;
const X_ALU = 35;
const KNOWN = 36;
/** Loads that count from the network layer: their size, and whether X is added. */
const NETWORK = 37;
const X_NETWORK = 38;
const JUMP_BACK = 39;

/** No packet is that long, and offsets below it can be compared without leaving 32 bits. */
const FAR = 0x7fff_fff0;

/** The bits of a code that say which arithmetic it is. */
const ALU_OPERATION = 0xf7;

const NOTHING_KNOWN: Ancillary = {};

/** Runs one program over any number of packets. Nothing is allocated for a packet, and no bytes can make it throw. */
export class BpfMachine {
  private readonly words: Int32Array;
  private readonly memory: Int32Array;

  /** @throws ProgramError when the program cannot be run. */
  constructor(program: BpfProgram) {
    checkProgram(program);
    this.words = translate(program);
    // What one packet leaves is never seen by the next: programs that read what they did not store are refused.
    this.memory = new Int32Array(MEMORY_SLOTS);
  }

  /**
   * What the program returns for a packet: how many bytes of it to keep, 0 to reject it.
   *
   * Where it loads from beyond the bytes, divides by zero, or asks for something that is not known of the packet, it rejects.
   * Numbers have 32 bits and no sign; but an index that leaves them finds nothing, and a shift by 32 or more leaves zero. A
   * program that goes back more often than the packet has bytes rejects it, too.
   */
  run(bytes: Uint8Array, originalLength: number, known: Ancillary = NOTHING_KNOWN): number {
    const { words, memory } = this;
    const { length } = bytes;
    let a = 0;
    let x = 0;
    let pc = 0;
    let turns = 0;
    // All but one of the jumps lead forward and the last instruction returns, so that every turn comes nearer to the end.
    for (;;) {
      const k = words[pc + 3]!;
      switch (words[pc]) {
        case LOAD_WORD:
          if (k > length - 4) return 0;
          a = word(bytes, k);
          pc += WORDS;
          break;
        case LOAD_HALF:
          if (k > length - 2) return 0;
          a = half(bytes, k);
          pc += WORDS;
          break;
        case LOAD_BYTE:
          if (k >= length) return 0;
          a = bytes[k]!;
          pc += WORDS;
          break;
        case INDEXED_WORD:
          if (x < 0 || x > length - 4 - k) return 0;
          a = word(bytes, x + k);
          pc += WORDS;
          break;
        case INDEXED_HALF:
          if (x < 0 || x > length - 2 - k) return 0;
          a = half(bytes, x + k);
          pc += WORDS;
          break;
        case INDEXED_BYTE:
          if (x < 0 || x > length - 1 - k) return 0;
          a = bytes[x + k]!;
          pc += WORDS;
          break;
        case LOAD_WORD_JEQ:
          if (k > length - 4) return 0;
          a = word(bytes, k);
          pc = a === words[pc + 7] ? words[pc + 5]! : words[pc + 6]!;
          break;
        case LOAD_HALF_JEQ:
          if (k > length - 2) return 0;
          a = half(bytes, k);
          pc = a === words[pc + 7] ? words[pc + 5]! : words[pc + 6]!;
          break;
        case LOAD_BYTE_JEQ:
          if (k >= length) return 0;
          a = bytes[k]!;
          pc = a === words[pc + 7] ? words[pc + 5]! : words[pc + 6]!;
          break;
        case LOAD_HALF_JSET:
          if (k > length - 2) return 0;
          a = half(bytes, k);
          pc = (a & words[pc + 7]!) !== 0 ? words[pc + 5]! : words[pc + 6]!;
          break;
        case INDEXED_HALF_JEQ:
          if (x < 0 || x > length - 2 - k) return 0;
          a = half(bytes, x + k);
          pc = a === words[pc + 7] ? words[pc + 5]! : words[pc + 6]!;
          break;
        case IMMEDIATE:
          a = k;
          pc += WORDS;
          break;
        case LENGTH:
          a = originalLength | 0;
          pc += WORDS;
          break;
        case MEMORY:
          a = memory[k]!;
          pc += WORDS;
          break;
        case X_IMMEDIATE:
          x = k;
          pc += WORDS;
          break;
        case X_LENGTH:
          x = originalLength | 0;
          pc += WORDS;
          break;
        case X_MEMORY:
          x = memory[k]!;
          pc += WORDS;
          break;
        case X_HEADER:
          if (k >= length) return 0;
          x = (bytes[k]! & 0x0f) << 2;
          pc += WORDS;
          break;
        case STORE:
          memory[k] = a;
          pc += WORDS;
          break;
        case X_STORE:
          memory[k] = x;
          pc += WORDS;
          break;
        case JUMP:
          pc = words[pc + 1]!;
          break;
        case JUMP_BACK:
          // A chain of headers has no more of them than bytes; what takes longer goes round in a circle.
          if (turns++ >= length) return 0;
          pc = words[pc + 1]!;
          break;
        case JEQ:
          pc = a === k ? words[pc + 1]! : words[pc + 2]!;
          break;
        case JGT:
          pc = a >>> 0 > k >>> 0 ? words[pc + 1]! : words[pc + 2]!;
          break;
        case JGE:
          pc = a >>> 0 >= k >>> 0 ? words[pc + 1]! : words[pc + 2]!;
          break;
        case JSET:
          pc = (a & k) !== 0 ? words[pc + 1]! : words[pc + 2]!;
          break;
        case X_JEQ:
          pc = a === x ? words[pc + 1]! : words[pc + 2]!;
          break;
        case X_JGT:
          pc = a >>> 0 > x >>> 0 ? words[pc + 1]! : words[pc + 2]!;
          break;
        case X_JGE:
          pc = a >>> 0 >= x >>> 0 ? words[pc + 1]! : words[pc + 2]!;
          break;
        case X_JSET:
          pc = (a & x) !== 0 ? words[pc + 1]! : words[pc + 2]!;
          break;
        case RETURN:
          return k >>> 0;
        case A_RETURN:
          return a >>> 0;
        case TAX:
          x = a;
          pc += WORDS;
          break;
        case TXA:
          a = x;
          pc += WORDS;
          break;
        case AND:
          a &= k;
          pc += WORDS;
          break;
        case ALU:
          a = compute(words[pc + 1]!, a, k);
          pc += WORDS;
          break;
        case X_ALU: {
          const operation = words[pc + 1]!;
          if (x === 0 && (operation === bpfCodes.DIV || operation === bpfCodes.MOD)) return 0;
          a = compute(operation, a, x);
          pc += WORDS;
          break;
        }
        case KNOWN: {
          const value = ancillaryValue(k, known);
          if (value < 0) return 0;
          a = value | 0;
          pc += WORDS;
          break;
        }
        case NETWORK: {
          const index = words[pc + 2] === 0 ? 0 : x >>> 0;
          const value = fromNetwork(bytes, words[pc + 1]!, k + index, known);
          if (value < 0) return 0;
          a = value | 0;
          pc += WORDS;
          break;
        }
        default: {
          // X_NETWORK
          const value = fromNetwork(bytes, 1, k, known);
          if (value < 0) return 0;
          x = (value & 0x0f) << 2;
          pc += WORDS;
        }
      }
    }
  }
}

const half = (b: Uint8Array, at: number): number => (b[at]! << 8) | b[at + 1]!;

const word = (b: Uint8Array, at: number): number =>
  (b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!;

/** `size` bytes (1, 2 or 4) at a distance from the network layer; -1 where that is not known or too far. */
function fromNetwork(b: Uint8Array, size: number, distance: number, known: Ancillary): number {
  const at = (known.networkOffset ?? Number.POSITIVE_INFINITY) + distance;
  if (!(at >= 0 && at <= b.length - size)) return -1;
  return size === 4 ? word(b, at) >>> 0 : size === 2 ? half(b, at) : b[at]!;
}

/** The operations that only stand for another number. */
const numbered: ReadonlyMap<number, number> = new Map([
  [bpfCodes.LD_IMM, IMMEDIATE],
  [bpfCodes.LD_LEN, LENGTH],
  [bpfCodes.LD_MEM, MEMORY],
  [bpfCodes.LDX_IMM, X_IMMEDIATE],
  [bpfCodes.LDX_LEN, X_LENGTH],
  [bpfCodes.LDX_MEM, X_MEMORY],
  [bpfCodes.ST, STORE],
  [bpfCodes.STX, X_STORE],
  [bpfCodes.JEQ, JEQ],
  [bpfCodes.JGT, JGT],
  [bpfCodes.JGE, JGE],
  [bpfCodes.JSET, JSET],
  [bpfCodes.JEQ | bpfCodes.X, X_JEQ],
  [bpfCodes.JGT | bpfCodes.X, X_JGT],
  [bpfCodes.JGE | bpfCodes.X, X_JGE],
  [bpfCodes.JSET | bpfCodes.X, X_JSET],
  [bpfCodes.RET_K, RETURN],
  [bpfCodes.RET_A, A_RETURN],
  [bpfCodes.TAX, TAX],
  [bpfCodes.TXA, TXA],
  [bpfCodes.AND, AND],
]);

/** Loads from the packet: their number, how many bytes they take, and whether X is added. */
const packetLoads: ReadonlyMap<number, readonly [number, size: number, indexed: 0 | 1]> = new Map([
  [bpfCodes.LD_W_ABS, [LOAD_WORD, 4, 0]],
  [bpfCodes.LD_H_ABS, [LOAD_HALF, 2, 0]],
  [bpfCodes.LD_B_ABS, [LOAD_BYTE, 1, 0]],
  [bpfCodes.LD_W_IND, [INDEXED_WORD, 4, 1]],
  [bpfCodes.LD_H_IND, [INDEXED_HALF, 2, 1]],
  [bpfCodes.LD_B_IND, [INDEXED_BYTE, 1, 1]],
  [bpfCodes.LDX_MSH, [X_HEADER, 1, 0]],
]);

/** What a load becomes when the other instruction follows it: the first number, the second, both. */
const pairs: readonly (readonly [number, number, number])[] = [
  [LOAD_WORD, JEQ, LOAD_WORD_JEQ],
  [LOAD_HALF, JEQ, LOAD_HALF_JEQ],
  [LOAD_BYTE, JEQ, LOAD_BYTE_JEQ],
  [LOAD_HALF, JSET, LOAD_HALF_JSET],
  [INDEXED_HALF, JEQ, INDEXED_HALF_JEQ],
];

function translate(program: BpfProgram): Int32Array {
  const words = new Int32Array(program.length * WORDS);
  let i = 0;
  for (const instruction of program) words.set(translated(instruction, i++), (i - 1) * WORDS);
  for (let at = 0; at + WORDS < words.length; at += WORDS) {
    const both = pairs.find(([one, next]) => one === words[at] && next === words[at + WORDS]);
    // The second stays where it is: it holds the operand, and others may jump to it.
    if (both !== undefined) words[at] = both[2];
  }
  return words;
}

type Translated = readonly [operation: number, first: number, second: number, operand: number];

function translated({ code, jt, jf, k }: BpfInstruction, index: number): Translated {
  const next = index + 1;
  const distance = k | 0;
  if (code === bpfCodes.JA)
    return [distance < 0 ? JUMP_BACK : JUMP, (next + distance) * WORDS, 0, 0];
  const load = packetLoads.get(code);
  if (load !== undefined) return translatedLoad(load, code, k);
  const number = numbered.get(code);
  if (number !== undefined) return [number, (next + jt) * WORDS, (next + jf) * WORDS, k];
  return [(code & bpfCodes.X) !== 0 ? X_ALU : ALU, code & ALU_OPERATION, 0, k];
}

function translatedLoad(
  [number, size, indexed]: readonly [number, number, 0 | 1],
  code: number,
  k: number,
): Translated {
  const isAbsolute = indexed === 0 && code !== bpfCodes.LDX_MSH;
  const known = isAbsolute ? ancillaryNumber(k) : -1;
  if (known === XOR_X) return [X_ALU, bpfCodes.XOR, 0, 0];
  if (known >= 0) return [KNOWN, 0, 0, known];
  if (k >= SKF_NET_OFF && k < SKF_AD_OFF)
    return [code === bpfCodes.LDX_MSH ? X_NETWORK : NETWORK, size, indexed, k - SKF_NET_OFF];
  if (k >= SKF_LL_OFF && k < SKF_NET_OFF) return [number, 0, 0, k - SKF_LL_OFF];
  // Loads that reach nothing reject every packet.
  return k > FAR ? [RETURN, 0, 0, 0] : [number, 0, 0, k];
}
