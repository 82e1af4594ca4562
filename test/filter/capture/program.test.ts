import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bpfCodes } from "../../../src/filter/capture/opcodes.ts";
import { BpfProgram, ProgramError } from "../../../src/filter/capture/program.ts";
import { formatProgram, parseProgram } from "../../../src/filter/capture/program-text.ts";
import { anyPrograms, programOf } from "./programs.ts";

const ipv6 = programOf(
  [bpfCodes.LD_H_ABS, 12],
  [bpfCodes.JEQ, 0x86dd, 0, 1],
  [bpfCodes.RET_K, 262144],
  [6],
);

describe("a program as data", () => {
  test("gives its instructions by number and one after another", () => {
    expect(ipv6.length).toBe(4);
    expect(ipv6.at(1)).toEqual({ code: 0x15, jt: 0, jf: 1, k: 0x86dd });
    expect([ipv6.at(4), ipv6.at(-1), ipv6.at(0.5)]).toEqual([undefined, undefined, undefined]);
    expect([...ipv6].map(({ code }) => code)).toEqual([0x28, 0x15, 6, 6]);
  });

  test("takes numbers that fit only", () => {
    const fits = { code: 6, jt: 0, jf: 0, k: 0 };
    for (const wrong of [{ code: 65536 }, { jt: 256 }, { jf: -1 }, { k: 2 ** 32 }, { k: 0.5 }])
      expect(() => new BpfProgram([{ ...fits, ...wrong }])).toThrow(RangeError);
    expect(() => new BpfProgram([{ ...fits, k: -1 }])).toThrow("k: -1 is no integer");
  });

  test("is an array of struct bpf_insn in either byte order", () => {
    const low = "28 00 00 00 0c 00 00 00 15 00 00 01 dd 86 00 00";
    const high = "00 28 00 00 00 00 00 0c 00 15 00 01 00 00 86 dd";
    const hex = (bytes: Uint8Array): string =>
      [...bytes.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    expect(hex(ipv6.toBytes())).toBe(low);
    expect(hex(ipv6.toBytes(false))).toBe(high);
  });

  test("comes back from its bytes, wherever they lie", () => {
    fc.assert(
      fc.property(anyPrograms, fc.boolean(), (program, littleEndian) => {
        const bytes = program.toBytes(littleEndian);
        const shifted = new Uint8Array(bytes.length + 3);
        shifted.set(bytes, 3);
        expect(BpfProgram.fromBytes(shifted.subarray(3), littleEndian)).toEqual(program);
      }),
    );
    expect(() => BpfProgram.fromBytes(new Uint8Array(12))).toThrow(ProgramError);
  });
});

describe("a program as text", () => {
  test("has the three forms of tcpdump", () => {
    expect(formatProgram(ipv6)).toBe(
      [
        "(000) ldh      [12]",
        "(001) jeq      #0x86dd          jt 2\tjf 3",
        "(002) ret      #262144",
        "(003) ret      #0",
      ].join("\n"),
    );
    expect(formatProgram(ipv6, "c")).toBe(
      [
        "{ 0x28, 0, 0, 0x0000000c },",
        "{ 0x15, 0, 1, 0x000086dd },",
        "{ 0x6, 0, 0, 0x00040000 },",
        "{ 0x6, 0, 0, 0x00000000 },",
      ].join("\n"),
    );
    expect(formatProgram(ipv6, "decimal")).toBe(
      "4\n40 0 0 12\n21 0 1 34525\n6 0 0 262144\n6 0 0 0",
    );
  });

  test.each([
    [bpfCodes.LD_W_ABS, 20, "ld       [20]"],
    [bpfCodes.LD_H_ABS, 0xffff_fffe, "ldh      [-2]"],
    [bpfCodes.LD_B_ABS, 0xffff_f004, "ldb      [type]"],
    [bpfCodes.LD_W_ABS, 0xffff_f030, "ld       [vlanp]"],
    [bpfCodes.LD_W_ABS, 0xffff_f040, "ld       [-4032]"],
    [bpfCodes.LD_B_IND, 14, "ldb      [x + 14]"],
    [bpfCodes.LD_H_IND, 0xffff_ffff, "ldh      [x + -1]"],
    [bpfCodes.LD_IMM, 0xffff_ffff, "ld       #0xffffffff"],
    [bpfCodes.LD_LEN, 0, "ld       #pktlen"],
    [bpfCodes.LD_MEM, 3, "ld       M[3]"],
    [bpfCodes.LDX_MSH, 14, "ldxb     4*([14]&0xf)"],
    [bpfCodes.LDX_IMM, 10, "ldx      #0xa"],
    [bpfCodes.LDX_MEM, 15, "ldx      M[15]"],
    [bpfCodes.LDX_LEN, 0, "ldx      #pktlen"],
    [bpfCodes.ST, 1, "st       M[1]"],
    [bpfCodes.STX, 2, "stx      M[2]"],
    [bpfCodes.ADD, 0xffff_ffff, "add      #-1"],
    [bpfCodes.AND, 255, "and      #0xff"],
    [bpfCodes.XOR | bpfCodes.X, 0, "xor      x"],
    [bpfCodes.NEG, 0, "neg      "],
    [bpfCodes.TAX, 0, "tax      "],
    [bpfCodes.TXA, 0, "txa      "],
    [bpfCodes.RET_A, 0, "ret      "],
    [bpfCodes.JA, 20, "ja       21"],
    [bpfCodes.JSET | bpfCodes.X, 0, "jset     x                jt 3\tjf 6"],
    [0x0e, 0, "unimp    0xe"],
  ])("writes %i with %d as %s", (code, k, text) => {
    expect(formatProgram(programOf([code, k, 2, 5]))).toBe(`(000) ${text}`);
  });

  test("is read in the decimal form", () => {
    expect(parseProgram("4\n40 0 0 12\n21 0 1 34525\r\n6 0 0 262144\n6 0 0 0\n\n")).toEqual(ipv6);
    fc.assert(
      fc.property(anyPrograms, (program) => {
        expect(parseProgram(formatProgram(program, "decimal"))).toEqual(program);
      }),
    );
  });

  test.each([
    ["", -1],
    ["2\n6 0 0 0", -1],
    ["x\n6 0 0 0", -1],
    ["1\n6 0 0", 0],
    ["1\n6 0 0 -1", 0],
    ["2\n6 0 0 0\n6 0 256 0", 1],
    ["1\n65536 0 0 0", 0],
    ["1\n6 0 0 4294967296", 0],
  ])("that is something else is refused: %j", (text, instruction) => {
    const expected = expect.objectContaining({ code: "ERR_BPF_FORM", instruction });
    expect(() => parseProgram(text)).toThrow(expected);
  });
});
