import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkProgram } from "../../../src/filter/capture/check.ts";
import { bpfCodes } from "../../../src/filter/capture/opcodes.ts";
import { BpfProgram, ProgramError } from "../../../src/filter/capture/program.ts";
import { programOf, validPrograms } from "./programs.ts";

type Line = readonly [code: number, k?: number, jt?: number, jf?: number];

const END: Line = [bpfCodes.RET_K, 1];
const faultOf = (lines: readonly Line[], kernel = false) => {
  try {
    checkProgram(programOf(...lines), { kernel });
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(ProgramError);
    const { code, instruction, message } = error as ProgramError;
    return { code, instruction, message };
  }
};
const codeOf = (...lines: Line[]) => {
  const fault = faultOf(lines);
  return fault === null ? null : [fault.code, fault.instruction];
};

describe("a program cannot be run", () => {
  test("that has no instructions, or more than 4096", () => {
    expect(codeOf()).toEqual(["ERR_BPF_LENGTH", -1]);
    const many = (count: number): BpfProgram =>
      new BpfProgram(Array.from({ length: count }, () => ({ code: 6, jt: 0, jf: 0, k: 0 })));
    expect(() => checkProgram(many(4096))).not.toThrow();
    expect(() => checkProgram(many(4097))).toThrow("1 to 4096 instructions, not 4097");
  });

  test("that has an unknown instruction", () => {
    // ret x, ld #pktlen of 2 bytes, ldx by X, and a code with bits above the known ones.
    for (const code of [0x0e, 0x88, 0x41, 0x0106, 0xff])
      expect(codeOf([code], END)).toEqual(["ERR_BPF_CODE", 0]);
  });

  test("that jumps out of itself", () => {
    expect(codeOf([bpfCodes.JA, 1], END)).toEqual(["ERR_BPF_JUMP", 0]);
    expect(codeOf([bpfCodes.JA, 0x8000_0000], END)).toEqual(["ERR_BPF_JUMP", 0]);
    expect(codeOf([bpfCodes.LD_LEN], [bpfCodes.JA, -3 >>> 0], END)).toEqual(["ERR_BPF_JUMP", 1]);
    expect(codeOf([bpfCodes.LD_LEN], [bpfCodes.JA, -2 >>> 0], END)).toBeNull();
    expect(codeOf([bpfCodes.LD_LEN], [bpfCodes.JEQ, 1, 1, 0], END)).toEqual(["ERR_BPF_JUMP", 1]);
    expect(codeOf([bpfCodes.LD_LEN], [bpfCodes.JGT | bpfCodes.X, 1, 0, 1], END)).toEqual([
      "ERR_BPF_JUMP",
      1,
    ]);
    expect(codeOf([bpfCodes.JA, 0], END)).toBeNull();
    expect(codeOf([bpfCodes.JEQ, 1, 1, 0], END, END)).toBeNull();
  });

  test("that uses memory that is not there", () => {
    expect(codeOf([bpfCodes.ST, 15], [bpfCodes.LD_MEM, 15], END)).toBeNull();
    for (const code of [bpfCodes.ST, bpfCodes.STX, bpfCodes.LD_MEM, bpfCodes.LDX_MEM])
      expect(codeOf([code, 16], END)).toEqual(["ERR_BPF_MEMORY", 0]);
  });

  test("that reads memory in which nothing was stored on some way", () => {
    expect(codeOf([bpfCodes.LD_MEM, 0], END)).toEqual(["ERR_BPF_MEMORY", 0]);
    expect(codeOf([bpfCodes.ST, 1], [bpfCodes.LDX_MEM, 0], END)).toEqual(["ERR_BPF_MEMORY", 1]);
    const store: Line = [bpfCodes.STX, 3];
    const load: Line = [bpfCodes.LD_MEM, 3];
    expect(codeOf([bpfCodes.JEQ, 1, 0, 1], store, load, END)).toEqual(["ERR_BPF_MEMORY", 2]);
    expect(codeOf([bpfCodes.JEQ, 1, 0, 2], store, [bpfCodes.JA, 1], store, load, END)).toBeNull();
    expect(codeOf([bpfCodes.JA, 1], store, load, END)).toEqual(["ERR_BPF_MEMORY", 2]);
    // The first turn comes from where it was stored, the second does not.
    const back: Line = [bpfCodes.JA, -4 >>> 0];
    expect(codeOf(store, [bpfCodes.JA, 1], [bpfCodes.JA, 0], load, back, END)).toBeNull();
    expect(
      codeOf([bpfCodes.JEQ, 1, 3, 0], store, load, [bpfCodes.RET_A], [bpfCodes.JA, -3 >>> 0], END),
    ).toEqual(["ERR_BPF_MEMORY", 2]);
  });

  test("that divides by the constant zero or shifts everything away", () => {
    for (const code of [bpfCodes.DIV, bpfCodes.MOD])
      expect(codeOf([bpfCodes.LD_LEN], [code, 0], END)).toEqual(["ERR_BPF_DIVISION", 1]);
    for (const code of [bpfCodes.LSH, bpfCodes.RSH]) {
      expect(codeOf([code, 32], END)).toEqual(["ERR_BPF_SHIFT", 0]);
      expect(codeOf([code, 31], END)).toBeNull();
    }
    // With X nobody knows before it runs.
    expect(codeOf([bpfCodes.DIV | bpfCodes.X, 0], [bpfCodes.LSH | bpfCodes.X, 99], END)).toBeNull();
  });

  test("that does not end with a return", () => {
    expect(codeOf(END, [bpfCodes.LD_LEN])).toEqual(["ERR_BPF_RETURN", 1]);
    expect(codeOf([bpfCodes.RET_A])).toBeNull();
  });
});

test("only Linux refuses jumps backwards", () => {
  const loop: Line[] = [[bpfCodes.JEQ, 1, 1, 0], [bpfCodes.JA, -2 >>> 0], END];
  expect(faultOf(loop)).toBeNull();
  expect(faultOf(loop, true)).toMatchObject({ code: "ERR_BPF_JUMP", instruction: 1 });
});

test("only Linux refuses loads of what it does not know of", () => {
  const unknown: Line[] = [[bpfCodes.LD_H_ABS, 0xffff_fffe], END];
  expect(faultOf(unknown)).toBeNull();
  expect(faultOf(unknown, true)?.code).toBe("ERR_BPF_ANCILLARY");
  for (const k of [0xffff_f000, 0xffff_f03c, 0xffff_efff, 0xfff0_0000, 0x7fff_ffff])
    expect(faultOf([[bpfCodes.LD_W_ABS, k], END], true)).toBeNull();
  for (const k of [0xffff_f001, 0xffff_f040])
    expect(faultOf([[bpfCodes.LD_W_ABS, k], END], true)?.code).toBe("ERR_BPF_ANCILLARY");
});

test("a fault names the instruction as it is printed", () => {
  expect(faultOf([[bpfCodes.LD_LEN], [bpfCodes.JEQ, 0x800, 9, 0], END])?.message).toBe(
    "instruction 1 (jeq #0x800 jt 11 jf 2) jumps out of the program",
  );
  expect(faultOf([[0xff, 0], END])?.message).toBe("instruction 0 (unimp 0xff) is no instruction");
});

test("what random programs are made of passes", () => {
  fc.assert(fc.property(validPrograms, (program) => checkProgram(program)));
});
