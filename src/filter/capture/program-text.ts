/** Programs as text: the three forms that tcpdump prints, and reading the one that is made for programs. */

import { ancillaryName } from "./ancillary.ts";
import { bpfOperations } from "./opcodes.ts";
import { type BpfInstruction, BpfProgram, ProgramError } from "./program.ts";

/**
 * How a program is written: `assembly` is what `tcpdump -d` prints, `c` an initialiser for an array of `struct bpf_insn` (`-dd`),
 * `decimal` numbers, with how many instructions there are before them (`-ddd`).
 */
export type ProgramForm = "assembly" | "c" | "decimal";

/** A program as text, one line an instruction, without a line feed at the end. */
export function formatProgram(program: BpfProgram, form: ProgramForm = "assembly"): string {
  const instructions = [...program];
  if (form === "assembly") return instructions.map(formatInstruction).join("\n");
  if (form === "c") return instructions.map(initialiser).join("\n");
  const lines = instructions.map(({ code, jt, jf, k }) => `${code} ${jt} ${jf} ${k}`);
  return [instructions.length, ...lines].join("\n");
}

/** One instruction in assembly: `(001) jeq      #0x86dd          jt 2	jf 3`. */
export function formatInstruction(instruction: BpfInstruction, index: number): string {
  const { code, jt, jf } = instruction;
  const operation = bpfOperations.get(code);
  const number = `(${String(index).padStart(3, "0")})`;
  if (operation === undefined) return `${number} ${"unimp".padEnd(8)} 0x${code.toString(16)}`;
  const operand = operandText(instruction, index);
  const start = `${number} ${operation.mnemonic.padEnd(8)}`;
  if (!operation.isConditional) return `${start} ${operand}`;
  return `${start} ${operand.padEnd(16)} jt ${index + 1 + jt}\tjf ${index + 1 + jf}`;
}

function operandText({ code, k }: BpfInstruction, index: number): string {
  // Offsets and numbers have a sign here: they may be meant to count backwards.
  const signed = k | 0;
  switch (bpfOperations.get(code)?.operand) {
    case "packet":
      return `[${ancillaryName(k) ?? signed}]`;
    case "indexed":
      return `[x + ${signed}]`;
    case "header":
      return `4*([${signed}]&0xf)`;
    case "memory":
      return `M[${signed}]`;
    case "length":
      return "#pktlen";
    case "hex":
      return `#0x${k.toString(16)}`;
    case "decimal":
      return `#${signed}`;
    case "x":
      return "x";
    case "target":
      return String((index + 1 + k) | 0);
    default:
      return "";
  }
}

const initialiser = ({ code, jt, jf, k }: BpfInstruction): string =>
  `{ 0x${code.toString(16)}, ${jt}, ${jf}, 0x${k.toString(16).padStart(8, "0")} },`;

/**
 * Reads the decimal form, which `tcpdump -ddd` prints: the number of instructions, then each in a line.
 *
 * @throws ProgramError when the text is something else.
 */
export function parseProgram(text: string): BpfProgram {
  const [count, ...lines] = text.trim().split(/\s*\n\s*/);
  if (!/^\d+$/.test(count!) || Number(count) !== lines.length) {
    const message = `a program of "${count}" instructions has ${lines.length} lines more`;
    throw new ProgramError("ERR_BPF_FORM", -1, message);
  }
  return new BpfProgram(lines.map(parseInstruction));
}

function parseInstruction(line: string, index: number): BpfInstruction {
  const [code, jt, jf, k] = (/^(\d+) +(\d+) +(\d+) +(\d+)$/.exec(line) ?? []).slice(1).map(Number);
  // Written so that what is no number fails too.
  if (code! <= 0xffff && jt! <= 0xff && jf! <= 0xff && k! <= 0xffff_ffff)
    return { code: code!, jt: jt!, jf: jf!, k: k! };
  const message = `"${line}" is not the four numbers of instruction ${index}`;
  throw new ProgramError("ERR_BPF_FORM", index, message);
}
