/** Whether a program can be run: it ends, and touches nothing but the packet and its own memory. */

import { ancillaryNumber, SKF_AD_OFF } from "./ancillary.ts";
import { bpfCodes, bpfOperations } from "./opcodes.ts";
import {
  type BpfInstruction,
  type BpfProgram,
  ProgramError,
  type ProgramErrorCode,
} from "./program.ts";
import { formatInstruction } from "./program-text.ts";

/** Places of the scratch memory (`BPF_MEMWORDS`). */
export const MEMORY_SLOTS = 16;

/** Instructions that a program may have (`BPF_MAXINSNS` of Linux). */
export const MAX_INSTRUCTIONS = 4096;

/** What is demanded of a program. */
export interface CheckOptions {
  /**
   * Whether Linux must take it for a socket. Linux refuses `ja` backwards, with which libpcap follows chains of headers
   * (`ip6 protochain`), and loads from offsets that will never be in a packet, such as `[-2]`.
   */
  readonly kernel?: boolean;
}

/**
 * Sees to it that a program can be run: it has instructions, but not more than 4096; all are known; jumps stay inside, and
 * only `ja` leads backwards; the scratch memory has 16 places, and what is read from it has been stored on every way there; no constant divisor is
 * zero and no constant shift 32 or more; it ends with a return.
 *
 * @throws ProgramError that names the first instruction at fault.
 */
export function checkProgram(program: BpfProgram, options: CheckOptions = {}): void {
  const { length } = program;
  if (length === 0 || length > MAX_INSTRUCTIONS) {
    const message = `a program has 1 to ${MAX_INSTRUCTIONS} instructions, not ${length}`;
    throw new ProgramError("ERR_BPF_LENGTH", -1, message);
  }
  const instructions = [...program];
  instructions.forEach((one, i) => {
    const fault = faultOf(one, length - 1 - i, i) ?? (options.kernel ? kernelFaultOf(one) : null);
    if (fault !== null) refuse(one, i, fault);
  });
  const last = instructions[length - 1]!;
  if (last.code !== bpfCodes.RET_K && last.code !== bpfCodes.RET_A)
    refuse(last, length - 1, ["ERR_BPF_RETURN", "is the last and does not return"]);
  checkMemory(instructions);
}

type Fault = readonly [code: ProgramErrorCode, text: string];

function refuse(instruction: BpfInstruction, index: number, [code, text]: Fault): never {
  const line = formatInstruction(instruction, index)
    .replace(/^\S+ /, "")
    .trim()
    .replace(/\s+/g, " ");
  throw new ProgramError(code, index, `instruction ${index} (${line}) ${text}`);
}

/** What is wrong with an instruction by itself; `rest` are those behind it, `index` those before it. */
function faultOf({ code, jt, jf, k }: BpfInstruction, rest: number, index: number): Fault | null {
  const operation = bpfOperations.get(code);
  if (operation === undefined) return ["ERR_BPF_CODE", "is no instruction"];
  const { operand, isConditional } = operation;
  const isFar = operand === "target" && ((k | 0) >= rest || (k | 0) < -1 - index);
  if (isFar || (isConditional && Math.max(jt, jf) >= rest))
    return ["ERR_BPF_JUMP", "jumps out of the program"];
  if (operand === "memory" && k >= MEMORY_SLOTS)
    return ["ERR_BPF_MEMORY", `names memory beyond M[${MEMORY_SLOTS - 1}]`];
  if ((code === bpfCodes.DIV || code === bpfCodes.MOD) && k === 0)
    return ["ERR_BPF_DIVISION", "divides by zero"];
  if ((code === bpfCodes.LSH || code === bpfCodes.RSH) && k >= 32)
    return ["ERR_BPF_SHIFT", "shifts by more than 31 bits"];
  return null;
}

/** What Linux minds beside that. */
function kernelFaultOf({ code, k }: BpfInstruction): Fault | null {
  if (code === bpfCodes.JA && (k | 0) < 0)
    return ["ERR_BPF_JUMP", "jumps backwards, which Linux refuses"];
  const isLoad = bpfOperations.get(code)?.operand === "packet";
  if (isLoad && k >= SKF_AD_OFF && ancillaryNumber(k) < 0)
    return ["ERR_BPF_ANCILLARY", "loads something that Linux does not know of"];
  return null;
}

/**
 * What was stored is followed along every way, a bit for each place, until nothing changes: without jumps backwards that is once. As
 * in Linux, an instruction behind a return counts as if reached from there too.
 */
function checkMemory(instructions: readonly BpfInstruction[]): void {
  const ALL = 0xffff;
  const arriving = new Uint16Array(instructions.length).fill(ALL);
  let isSettled = false;
  const follow = (one: BpfInstruction, i: number, before: number): number => {
    const { code, jt, jf, k } = one;
    const stored = before & arriving[i]!;
    if (code === bpfCodes.ST || code === bpfCodes.STX) return stored | (1 << k);
    if ((code === bpfCodes.LD_MEM || code === bpfCodes.LDX_MEM) && (stored & (1 << k)) === 0)
      refuse(one, i, ["ERR_BPF_MEMORY", "reads what may not have been stored"]);
    const { isConditional } = bpfOperations.get(code)!;
    if (!isConditional && code !== bpfCodes.JA) return stored;
    for (const distance of isConditional ? [jt, jf] : [k | 0]) {
      const target = i + 1 + distance;
      if (target <= i && (arriving[target]! & ~stored) !== 0) isSettled = false;
      arriving[target]! &= stored;
    }
    return ALL;
  };
  while (!isSettled) {
    isSettled = true;
    instructions.reduce((stored, one, i) => follow(one, i, stored), 0);
  }
}
