/** Programs of the classic Berkeley Packet Filter, as data. */

/** One instruction, as `struct bpf_insn` (BSD) and `struct sock_filter` (Linux) have it. */
export interface BpfInstruction {
  /** What it does, 16 bits. */
  readonly code: number;
  /** How many instructions to skip where its condition holds, 8 bits. */
  readonly jt: number;
  /** How many instructions to skip where it does not, 8 bits. */
  readonly jf: number;
  /** Its operand, 32 bits without sign. */
  readonly k: number;
}

/** Why a program cannot be run or read. */
export type ProgramErrorCode =
  /** It has no instructions, or more than 4096. */
  | "ERR_BPF_LENGTH"
  /** No such instruction. */
  | "ERR_BPF_CODE"
  /** A jump leads out of the program. */
  | "ERR_BPF_JUMP"
  /** A place of the scratch memory that does not exist, or is read before anything was stored there. */
  | "ERR_BPF_MEMORY"
  /** A division by the constant zero. */
  | "ERR_BPF_DIVISION"
  /** A shift by a constant of 32 or more. */
  | "ERR_BPF_SHIFT"
  /** A load of something about the packet that Linux does not know. */
  | "ERR_BPF_ANCILLARY"
  /** The last instruction does not return. */
  | "ERR_BPF_RETURN"
  /** The text or the bytes are not those of a program. */
  | "ERR_BPF_FORM";

/** A fault of a program. */
export class ProgramError extends Error {
  readonly code: ProgramErrorCode;
  /** Number of the instruction, from 0; -1 where it is about the whole program. */
  readonly instruction: number;

  constructor(code: ProgramErrorCode, instruction: number, message: string) {
    super(message);
    this.name = "ProgramError";
    this.code = code;
    this.instruction = instruction;
  }
}

/** Numbers in `words` that one instruction takes: code, jt, jf, k. */
const WORDS = 4;
/** Bytes that `struct bpf_insn` takes. */
const SIZE = 8;

/**
 * A classic BPF program: a list of instructions that nothing changes. It may hold any numbers; `checkProgram` says whether it can
 * be run.
 *
 * @example
 * const ipv6 = new BpfProgram([
 *   { code: 0x28, jt: 0, jf: 0, k: 12 }, // ldh [12]
 *   { code: 0x15, jt: 0, jf: 1, k: 0x86dd }, // jeq #0x86dd
 *   { code: 0x06, jt: 0, jf: 0, k: 0x40000 }, // ret #262144
 *   { code: 0x06, jt: 0, jf: 0, k: 0 }, // ret #0
 * ]);
 */
export class BpfProgram implements Iterable<BpfInstruction> {
  private readonly words: Uint32Array;

  constructor(instructions: Iterable<BpfInstruction>) {
    const words: number[] = [];
    for (const { code, jt, jf, k } of instructions) {
      words.push(number("code", code, 0xffff), number("jt", jt, 0xff));
      words.push(number("jf", jf, 0xff), number("k", k, 0xffff_ffff));
    }
    this.words = Uint32Array.from(words);
  }

  /**
   * The program in an array of `struct bpf_insn`.
   *
   * @throws ProgramError when the bytes are not a whole number of them.
   */
  static fromBytes(bytes: Uint8Array, littleEndian = true): BpfProgram {
    if (bytes.length % SIZE !== 0) {
      const message = `${bytes.length} bytes are no program: an instruction takes ${SIZE}`;
      throw new ProgramError("ERR_BPF_FORM", -1, message);
    }
    const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const instructions = Array.from({ length: bytes.length / SIZE }, (_, i) => ({
      code: data.getUint16(i * SIZE, littleEndian),
      jt: data.getUint8(i * SIZE + 2),
      jf: data.getUint8(i * SIZE + 3),
      k: data.getUint32(i * SIZE + 4, littleEndian),
    }));
    return new BpfProgram(instructions);
  }

  /** How many instructions there are. */
  get length(): number {
    return this.words.length / WORDS;
  }

  /** An instruction by its number, from 0; `undefined` where there is none. */
  at(index: number): BpfInstruction | undefined {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) return undefined;
    const [code, jt, jf, k] = this.words.subarray(index * WORDS, index * WORDS + WORDS);
    return { code: code!, jt: jt!, jf: jf!, k: k! };
  }

  *[Symbol.iterator](): IterableIterator<BpfInstruction> {
    for (let i = 0; i < this.length; i++) yield this.at(i)!;
  }

  /** As an array of `struct bpf_insn`, in the byte order of the machine whose kernel is to have it. */
  toBytes(littleEndian = true): Uint8Array {
    const bytes = new Uint8Array(this.length * SIZE);
    const data = new DataView(bytes.buffer);
    let at = 0;
    for (const { code, jt, jf, k } of this) {
      data.setUint16(at, code, littleEndian);
      data.setUint8(at + 2, jt);
      data.setUint8(at + 3, jf);
      data.setUint32(at + 4, k, littleEndian);
      at += SIZE;
    }
    return bytes;
  }
}

function number(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new RangeError(`${name}: ${String(value)} is no integer from 0 to ${most}`);
}
