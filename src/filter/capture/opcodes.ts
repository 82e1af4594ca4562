/** What each instruction code of classic BPF means, in the terms of the assembly language of bpf(4). */

/** Where an instruction takes its operand from, and how it is written. */
export type BpfOperand =
  /** It has none. */
  | "none"
  /** A place in the packet, or something about it: `[12]`, `[proto]`. */
  | "packet"
  /** A place in the packet behind X: `[x + 14]`. */
  | "indexed"
  /** Four times the low half of a byte of the packet: `4*([14]&0xf)`. */
  | "header"
  /** A place in the scratch memory: `M[3]`. */
  | "memory"
  /** The length of the packet: `#pktlen`. */
  | "length"
  /** A constant that people read as bits: `#0x800`. */
  | "hex"
  /** A constant that people read as a number: `#262144`. */
  | "decimal"
  /** X: `x`. */
  | "x"
  /** Another instruction. */
  | "target";

/** The meaning of a code. */
export interface BpfOperation {
  readonly mnemonic: string;
  readonly operand: BpfOperand;
  /** Whether it goes on at one of two places. */
  readonly isConditional: boolean;
}

/** The codes that other code asks for by name; the names are those of the header files, joined. */
export const bpfCodes = {
  LD_IMM: 0x00,
  LD_W_ABS: 0x20,
  LD_H_ABS: 0x28,
  LD_B_ABS: 0x30,
  LD_W_IND: 0x40,
  LD_H_IND: 0x48,
  LD_B_IND: 0x50,
  LD_MEM: 0x60,
  LD_LEN: 0x80,
  LDX_IMM: 0x01,
  LDX_MEM: 0x61,
  LDX_LEN: 0x81,
  LDX_MSH: 0xb1,
  ST: 0x02,
  STX: 0x03,
  ADD: 0x04,
  SUB: 0x14,
  MUL: 0x24,
  DIV: 0x34,
  OR: 0x44,
  AND: 0x54,
  LSH: 0x64,
  RSH: 0x74,
  NEG: 0x84,
  MOD: 0x94,
  XOR: 0xa4,
  JA: 0x05,
  JEQ: 0x15,
  JGT: 0x25,
  JGE: 0x35,
  JSET: 0x45,
  RET_K: 0x06,
  RET_A: 0x16,
  TAX: 0x07,
  TXA: 0x87,
  /** Added to arithmetic and conditional jumps: the operand is X, not the constant. */
  X: 0x08,
} as const;

const plain: readonly (readonly [code: number, mnemonic: string, operand: BpfOperand])[] = [
  [bpfCodes.LD_IMM, "ld", "hex"],
  [bpfCodes.LD_W_ABS, "ld", "packet"],
  [bpfCodes.LD_H_ABS, "ldh", "packet"],
  [bpfCodes.LD_B_ABS, "ldb", "packet"],
  [bpfCodes.LD_W_IND, "ld", "indexed"],
  [bpfCodes.LD_H_IND, "ldh", "indexed"],
  [bpfCodes.LD_B_IND, "ldb", "indexed"],
  [bpfCodes.LD_MEM, "ld", "memory"],
  [bpfCodes.LD_LEN, "ld", "length"],
  [bpfCodes.LDX_IMM, "ldx", "hex"],
  [bpfCodes.LDX_MEM, "ldx", "memory"],
  [bpfCodes.LDX_LEN, "ldx", "length"],
  [bpfCodes.LDX_MSH, "ldxb", "header"],
  [bpfCodes.ST, "st", "memory"],
  [bpfCodes.STX, "stx", "memory"],
  [bpfCodes.NEG, "neg", "none"],
  [bpfCodes.JA, "ja", "target"],
  [bpfCodes.RET_K, "ret", "decimal"],
  [bpfCodes.RET_A, "ret", "none"],
  [bpfCodes.TAX, "tax", "none"],
  [bpfCodes.TXA, "txa", "none"],
];

/** Those that exist with a constant and with X. */
const twofold: readonly (readonly [code: number, mnemonic: string, operand: BpfOperand])[] = [
  [bpfCodes.ADD, "add", "decimal"],
  [bpfCodes.SUB, "sub", "decimal"],
  [bpfCodes.MUL, "mul", "decimal"],
  [bpfCodes.DIV, "div", "decimal"],
  [bpfCodes.MOD, "mod", "decimal"],
  [bpfCodes.OR, "or", "hex"],
  [bpfCodes.AND, "and", "hex"],
  [bpfCodes.XOR, "xor", "hex"],
  [bpfCodes.LSH, "lsh", "decimal"],
  [bpfCodes.RSH, "rsh", "decimal"],
  [bpfCodes.JEQ, "jeq", "hex"],
  [bpfCodes.JGT, "jgt", "hex"],
  [bpfCodes.JGE, "jge", "hex"],
  [bpfCodes.JSET, "jset", "hex"],
];

const JMP = 0x05;
const isJump = (code: number): boolean => (code & 0x07) === JMP;

/** Every instruction there is, by its code. */
export const bpfOperations: ReadonlyMap<number, BpfOperation> = new Map([
  ...plain.map(
    ([code, mnemonic, operand]) => [code, { mnemonic, operand, isConditional: false }] as const,
  ),
  ...twofold.flatMap(([code, mnemonic, operand]) => {
    const isConditional = isJump(code);
    return [
      [code, { mnemonic, operand, isConditional }] as const,
      [code | bpfCodes.X, { mnemonic, operand: "x" as const, isConditional }] as const,
    ];
  }),
]);
