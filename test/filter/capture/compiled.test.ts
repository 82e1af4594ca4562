import { describe, expect, test } from "vitest";
import { CompiledFilter } from "../../../src/filter/capture/compiled.ts";
import { bpfCodes } from "../../../src/filter/capture/opcodes.ts";
import { BpfProgram, ProgramError } from "../../../src/filter/capture/program.ts";
import { parseProgram } from "../../../src/filter/capture/program-text.ts";
import { programOf } from "./programs.ts";

describe("a compiled filter", () => {
  const bytes = new Uint8Array(9);
  const ipv6 = parseProgram("4\n40 0 0 12\n21 0 1 34525\n6 0 0 96\n6 0 0 0\n");
  const frame = (type: number): Uint8Array => {
    const bytes = new Uint8Array(60);
    bytes.set([type >> 8, type & 0xff], 12);
    return bytes;
  };

  test("says whether a packet is wanted, and how much of it", () => {
    const filter = new CompiledFilter(ipv6);
    expect(filter.filter(frame(0x86dd))).toBe(true);
    expect(filter.filter(frame(0x0800))).toBe(false);
    expect(filter.run(frame(0x86dd))).toBe(96);
    expect(filter.run(frame(0x0800))).toBe(0);
  });

  test("knows its program, the link type and how much it keeps at most", () => {
    const filter = new CompiledFilter(ipv6);
    expect([filter.program, filter.linkType, filter.snaplen]).toEqual([ipv6, 1, 96]);
    expect(new CompiledFilter(ipv6, 276).linkType).toBe(276);
    expect(new CompiledFilter(programOf([bpfCodes.RET_K, 0])).snaplen).toBe(0);
    expect(new CompiledFilter(programOf([bpfCodes.LD_LEN], [bpfCodes.RET_A])).snaplen).toBe(
      0xffff_ffff,
    );
  });

  test("takes the length on the wire to be that of the bytes, unless told", () => {
    const filter = new CompiledFilter(programOf([bpfCodes.LD_LEN], [bpfCodes.RET_A]));
    expect([filter.run(bytes), filter.run(bytes, 5000)]).toEqual([9, 5000]);
    const long = new CompiledFilter(
      programOf(
        [bpfCodes.LD_LEN],
        [bpfCodes.JGE, 100, 0, 1],
        [bpfCodes.RET_K, 1],
        [bpfCodes.RET_K, 0],
      ),
    );
    expect([long.filter(bytes), long.filter(bytes, 100)]).toEqual([false, true]);
  });

  test("passes on what the source knows", () => {
    const filter = new CompiledFilter(
      programOf([bpfCodes.LD_B_ABS, 0xffff_f004], [bpfCodes.RET_A]),
    );
    expect([filter.run(bytes, 9, { packetType: 4 }), filter.filter(bytes)]).toEqual([4, false]);
  });

  test("is not made of a program that cannot be run", () => {
    expect(() => new CompiledFilter(new BpfProgram([]))).toThrow(ProgramError);
  });
});
