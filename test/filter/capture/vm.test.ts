import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Ancillary } from "../../../src/filter/capture/ancillary.ts";
import { bpfCodes } from "../../../src/filter/capture/opcodes.ts";
import { BpfMachine } from "../../../src/filter/capture/vm.ts";
import { packets, programOf, validPrograms } from "./programs.ts";
import { runSlowly } from "./reference.ts";

type Line = readonly [code: number, k?: number, jt?: number, jf?: number];

const packet = Uint8Array.of(0x45, 0xfe, 0x80, 0x01, 0xff, 0xee, 0xdd, 0xcc, 0x02);
const WIRE = 1500;
const A: Line = [bpfCodes.RET_A];
const run = (lines: readonly Line[], bytes = packet, known?: Ancillary): number =>
  new BpfMachine(programOf(...lines)).run(bytes, WIRE, known);
/** What is in A after some instructions. */
const inA = (...lines: Line[]): number => run([...lines, A]);
/** What is in X after some instructions. */
const inX = (...lines: Line[]): number => run([...lines, [bpfCodes.TXA], A]);

describe("loads of A", () => {
  test("take 4, 2 or 1 bytes, the first the most significant, without sign", () => {
    expect(inA([bpfCodes.LD_W_ABS, 1])).toBe(0xfe8001ff);
    expect(inA([bpfCodes.LD_H_ABS, 4])).toBe(0xffee);
    expect(inA([bpfCodes.LD_B_ABS, 8])).toBe(2);
  });

  test("take the last bytes, and reject the packet one further", () => {
    expect(inA([bpfCodes.LD_W_ABS, 5])).toBe(0xeeddcc02);
    expect(inA([bpfCodes.LD_H_ABS, 7])).toBe(0xcc02);
    expect(
      run([
        [bpfCodes.LD_W_ABS, 6],
        [bpfCodes.RET_K, 9],
      ]),
    ).toBe(0);
    expect(
      run([
        [bpfCodes.LD_H_ABS, 8],
        [bpfCodes.RET_K, 9],
      ]),
    ).toBe(0);
    expect(
      run([
        [bpfCodes.LD_B_ABS, 9],
        [bpfCodes.RET_K, 9],
      ]),
    ).toBe(0);
    expect(
      run(
        [
          [bpfCodes.LD_B_ABS, 0],
          [bpfCodes.RET_K, 9],
        ],
        new Uint8Array(0),
      ),
    ).toBe(0);
  });

  test.each([0x7fff_fffc, 0x7fff_ffff, 0x8000_0000, 0xffdf_ffff, 0xffff_ffff])(
    "reject the packet from an offset of %d",
    (k) => {
      for (const code of [
        bpfCodes.LD_W_ABS,
        bpfCodes.LD_H_ABS,
        bpfCodes.LD_B_ABS,
        bpfCodes.LDX_MSH,
      ])
        expect(
          run([
            [code, k],
            [bpfCodes.RET_K, 9],
          ]),
        ).toBe(0);
    },
  );

  test("by X add it to the offset", () => {
    expect(inA([bpfCodes.LDX_IMM, 3], [bpfCodes.LD_W_IND, 1])).toBe(0xffeeddcc);
    expect(inA([bpfCodes.LDX_IMM, 3], [bpfCodes.LD_H_IND, 4])).toBe(0xcc02);
    expect(inA([bpfCodes.LDX_IMM, 3], [bpfCodes.LD_B_IND, 5])).toBe(2);
    expect(inA([bpfCodes.LDX_IMM, 0], [bpfCodes.LD_B_IND, 0])).toBe(0x45);
  });

  test.each([
    [3, 7],
    [0xffff_ffff, 2],
    [2, 0xffff_ffff],
    [0x8000_0000, 0x8000_0001],
    [0x7fff_ffff, 0x7fff_ffff],
  ])("by X reject the packet where X = %d and the offset %d lead out of it", (x, k) => {
    for (const code of [bpfCodes.LD_W_IND, bpfCodes.LD_H_IND, bpfCodes.LD_B_IND])
      expect(
        run([
          [bpfCodes.LDX_IMM, x],
          [code, k],
          [bpfCodes.RET_K, 9],
        ]),
      ).toBe(0);
  });

  test("of a constant, the length on the wire, and memory", () => {
    expect(inA([bpfCodes.LD_IMM, 0xdeadbeef])).toBe(0xdeadbeef);
    expect(inA([bpfCodes.LD_LEN])).toBe(WIRE);
    expect(
      inA([bpfCodes.LD_IMM, 7], [bpfCodes.ST, 15], [bpfCodes.LD_IMM, 8], [bpfCodes.LD_MEM, 15]),
    ).toBe(7);
  });

  test("leave X alone, and both begin as zero", () => {
    expect(inX([bpfCodes.LDX_IMM, 5], [bpfCodes.LD_IMM, 6])).toBe(5);
    expect(inA()).toBe(0);
    expect(inX()).toBe(0);
  });
});

describe("loads of X", () => {
  test("of a constant, the length on the wire, and memory", () => {
    expect(inX([bpfCodes.LDX_IMM, 0xdeadbeef])).toBe(0xdeadbeef);
    expect(inX([bpfCodes.LDX_LEN])).toBe(WIRE);
    expect(
      inX([bpfCodes.LDX_IMM, 7], [bpfCodes.STX, 0], [bpfCodes.LDX_IMM, 8], [bpfCodes.LDX_MEM, 0]),
    ).toBe(7);
  });

  test("of a header length take four times the low half of a byte", () => {
    expect(inX([bpfCodes.LDX_MSH, 0])).toBe(20);
    expect(inX([bpfCodes.LDX_MSH, 4])).toBe(60);
    expect(
      run([
        [bpfCodes.LDX_MSH, 9],
        [bpfCodes.RET_K, 9],
      ]),
    ).toBe(0);
  });
});

test("a packet never sees what another left in memory or registers", () => {
  const machine = new BpfMachine(
    programOf(
      [bpfCodes.LD_B_ABS, 0],
      [bpfCodes.ST, 0],
      [bpfCodes.LD_B_ABS, 1],
      [bpfCodes.LD_MEM, 0],
      A,
    ),
  );
  expect(machine.run(Uint8Array.of(7, 0), 2)).toBe(7);
  expect(machine.run(Uint8Array.of(8), 1)).toBe(0);
  expect(machine.run(Uint8Array.of(9, 0), 2)).toBe(9);
});

describe("arithmetic", () => {
  test.each([
    [bpfCodes.ADD, "add", 0xffff_fffe, 3, 1],
    [bpfCodes.SUB, "sub", 2, 3, 0xffff_ffff],
    [bpfCodes.MUL, "mul", 0xffff_ffff, 0xffff_ffff, 1],
    [bpfCodes.MUL, "mul", 0x1234_5678, 0x9abc_def1, 0x366176f8],
    [bpfCodes.DIV, "div", 0xffff_ffff, 2, 0x7fff_ffff],
    [bpfCodes.DIV, "div", 0xffff_ffff, 1, 0xffff_ffff],
    [bpfCodes.DIV, "div", 7, 0x8000_0000, 0],
    [bpfCodes.MOD, "mod", 0xffff_ffff, 10, 5],
    [bpfCodes.MOD, "mod", 7, 0xffff_fffe, 7],
    [bpfCodes.OR, "or", 0x8000_0001, 0x10, 0x8000_0011],
    [bpfCodes.AND, "and", 0xffff_ffff, 0x8000_0001, 0x8000_0001],
    [bpfCodes.XOR, "xor", 0xffff_0000, 0xff, 0xffff_00ff],
    [bpfCodes.LSH, "lsh", 0x8000_0003, 31, 0x8000_0000],
    [bpfCodes.RSH, "rsh", 0x8000_0000, 31, 1],
    [bpfCodes.RSH, "rsh", 0x8000_0000, 0, 0x8000_0000],
  ])("%i (%s) of %d and %d gives %d", (code, _, a, b, result) => {
    expect(inA([bpfCodes.LD_IMM, a], [code, b])).toBe(result);
    expect(inA([bpfCodes.LD_IMM, a], [bpfCodes.LDX_IMM, b], [code | bpfCodes.X])).toBe(result);
  });

  test("neg gives what added gives zero", () => {
    expect(inA([bpfCodes.LD_IMM, 1], [bpfCodes.NEG])).toBe(0xffff_ffff);
    expect(inA([bpfCodes.LD_IMM, 0], [bpfCodes.NEG])).toBe(0);
    expect(inA([bpfCodes.LD_IMM, 0x8000_0000], [bpfCodes.NEG])).toBe(0x8000_0000);
  });

  test("shifts by X of 32 and more leave nothing", () => {
    for (const code of [bpfCodes.LSH, bpfCodes.RSH])
      for (const x of [32, 33, 0x8000_0000])
        expect(
          inA([bpfCodes.LD_IMM, 0xffff_ffff], [bpfCodes.LDX_IMM, x], [code | bpfCodes.X]),
        ).toBe(0);
  });

  test("division by an X of zero rejects the packet", () => {
    for (const code of [bpfCodes.DIV, bpfCodes.MOD])
      expect(run([[bpfCodes.LD_IMM, 5], [code | bpfCodes.X], [bpfCodes.RET_K, 9]])).toBe(0);
  });

  test("tax and txa copy", () => {
    expect(inX([bpfCodes.LD_IMM, 0xdeadbeef], [bpfCodes.TAX])).toBe(0xdeadbeef);
    expect(inA([bpfCodes.LDX_IMM, 0xdeadbeef], [bpfCodes.TXA])).toBe(0xdeadbeef);
  });
});

describe("jumps", () => {
  test.each([
    [bpfCodes.JEQ, "jeq", 5, 5, true],
    [bpfCodes.JEQ, "jeq", 0xffff_ffff, 0xffff_ffff, true],
    [bpfCodes.JEQ, "jeq", 5, 6, false],
    [bpfCodes.JGT, "jgt", 0xffff_ffff, 1, true],
    [bpfCodes.JGT, "jgt", 5, 5, false],
    [bpfCodes.JGT, "jgt", 1, 0x8000_0000, false],
    [bpfCodes.JGE, "jge", 5, 5, true],
    [bpfCodes.JGE, "jge", 0x8000_0000, 0x7fff_ffff, true],
    [bpfCodes.JGE, "jge", 4, 5, false],
    [bpfCodes.JSET, "jset", 0x8000_0000, 0xc000_0000, true],
    [bpfCodes.JSET, "jset", 0x0f, 0xf0, false],
  ])("%i (%s) of %d and %d: %s", (code, _, a, b, holds) => {
    const ends: Line[] = [
      [bpfCodes.RET_K, 1],
      [bpfCodes.RET_K, 2],
      [bpfCodes.RET_K, 3],
    ];
    const expected = holds ? 2 : 3;
    expect(run([[bpfCodes.LD_IMM, a], [code, b, 1, 2], ...ends])).toBe(expected);
    expect(
      run([[bpfCodes.LD_IMM, a], [bpfCodes.LDX_IMM, b], [code | bpfCodes.X, 0, 1, 2], ...ends]),
    ).toBe(expected);
  });

  test("ja skips, also further than 255", () => {
    const skipped = Array.from({ length: 300 }, (): Line => [bpfCodes.RET_K, 1]);
    expect(run([[bpfCodes.JA, 300], ...skipped, [bpfCodes.RET_K, 2]])).toBe(2);
    expect(
      run([
        [bpfCodes.JA, 0],
        [bpfCodes.RET_K, 3],
      ]),
    ).toBe(3);
  });

  test("ja goes back, but not more often than the packet has bytes", () => {
    // Adds 3 until A is at least the constant.
    const until = (most: number): number =>
      inA([bpfCodes.ADD, 3], [bpfCodes.JGE, most, 1, 0], [bpfCodes.JA, -3 >>> 0]);
    expect(packet.length).toBe(9);
    expect([until(4), until(28), until(30), until(31)]).toEqual([6, 30, 30, 0]);
    expect(
      run([
        [bpfCodes.JA, -1 >>> 0],
        [bpfCodes.RET_K, 1],
      ]),
    ).toBe(0);
  });

  test.each([
    ["ld", bpfCodes.LD_W_ABS, 0xff_eedd_cc, 4],
    ["ldh", bpfCodes.LD_H_ABS, 0xffee, 4],
    ["ldb", bpfCodes.LD_B_ABS, 0xff, 4],
    ["ld by X", bpfCodes.LD_W_IND, 0xff_eedd_cc, 2],
    ["ldh by X", bpfCodes.LD_H_IND, 0xffee, 2],
    ["ldb by X", bpfCodes.LD_B_IND, 0xff, 2],
  ])("behind %s compare what was loaded, and leave it in A", (_, code, value, k) => {
    const wanted = code === bpfCodes.LD_W_ABS || code === bpfCodes.LD_W_IND ? 0xffeeddcc : value;
    const X2: Line = [bpfCodes.LDX_IMM, 2];
    const following = (jump: Line): number => run([X2, [code, k], jump, [bpfCodes.RET_K, 1], A]);
    expect(following([bpfCodes.JEQ, wanted, 1, 0])).toBe(wanted);
    expect(following([bpfCodes.JEQ, wanted - 1, 1, 0])).toBe(1);
    expect(following([bpfCodes.JSET, 1, 0, 1])).toBe((wanted & 1) !== 0 ? 1 : wanted);
    expect(following([bpfCodes.JSET, 4, 1, 0])).toBe((wanted & 4) !== 0 ? wanted : 1);
    const beyond = run([
      [bpfCodes.LDX_IMM, 8],
      [code, 9],
      [bpfCodes.JEQ, 0, 0, 0],
      [bpfCodes.RET_K, 1],
    ]);
    expect(beyond).toBe(0);
  });

  test("may lead to the comparison behind a load", () => {
    const lines: Line[] = [
      [bpfCodes.LD_IMM, 7],
      [bpfCodes.JEQ, 7, 1, 0],
      [bpfCodes.LD_H_ABS, 0],
      [bpfCodes.JEQ, 7, 0, 1],
      [bpfCodes.RET_K, 1],
      [bpfCodes.RET_K, 2],
    ];
    expect(run(lines)).toBe(1);
    expect(run([[bpfCodes.LD_IMM, 8], ...lines.slice(1)])).toBe(2);
  });
});

test("returns give the constant or A, without sign", () => {
  expect(run([[bpfCodes.RET_K, 0xffff_ffff]])).toBe(0xffff_ffff);
  expect(run([[bpfCodes.RET_K, 0]])).toBe(0);
  expect(inA([bpfCodes.LD_IMM, 0xffff_fffe])).toBe(0xffff_fffe);
});

describe("what Linux knows of a packet", () => {
  const load = (offset: number, known?: Ancillary): number =>
    run([[bpfCodes.LD_W_ABS, 0xffff_f000 + offset], [bpfCodes.ADD, 1], A], packet, known);

  test.each<[number, keyof Ancillary]>([
    [0, "protocol"],
    [4, "packetType"],
    [8, "interfaceIndex"],
    [20, "mark"],
    [24, "queue"],
    [28, "hardwareType"],
    [32, "hash"],
    [36, "cpu"],
    [44, "vlanTag"],
    [48, "vlanTagPresent"],
    [52, "payloadOffset"],
    [56, "random"],
    [60, "vlanProtocol"],
  ])("is loaded from SKF_AD_OFF + %d: %s", (offset, name) => {
    expect(load(offset, { [name]: 41 })).toBe(42);
    expect(load(offset, { [name]: 0xffff_fff0 })).toBe(0xffff_fff1);
    expect(load(offset)).toBe(0);
    expect(load(offset, { networkOffset: 0 })).toBe(0);
  });

  test("rejects the packet where it is nothing of a packet", () => {
    const everything = Object.fromEntries(["protocol", "mark"].map((name) => [name, 1]));
    for (const offset of [12, 16, 64, 1]) expect(load(offset, everything)).toBe(0);
  });

  test("XOR_X computes", () => {
    const lines: Line[] = [
      [bpfCodes.LD_IMM, 0xff00],
      [bpfCodes.LDX_IMM, 0x0ff0],
      [bpfCodes.LD_W_ABS, 0xffff_f028],
    ];
    expect(inA(...lines)).toBe(0xf0f0);
  });

  test("offsets from the link layer are those of the packet", () => {
    expect(inA([bpfCodes.LD_H_ABS, 0xffe0_0004])).toBe(0xffee);
    expect(
      run([
        [bpfCodes.LD_H_ABS, 0xffe0_0008],
        [bpfCodes.RET_K, 1],
      ]),
    ).toBe(0);
  });

  test("offsets from the network layer start where that begins", () => {
    const from = (lines: readonly Line[], networkOffset?: number): number =>
      run(lines, packet, networkOffset === undefined ? {} : { networkOffset });
    expect(from([[bpfCodes.LD_W_ABS, 0xfff0_0001], A], 3)).toBe(0xffeeddcc);
    expect(from([[bpfCodes.LD_H_ABS, 0xfff0_0000], A], 7)).toBe(0xcc02);
    expect(from([[bpfCodes.LD_B_ABS, 0xfff0_0000], A], 8)).toBe(2);
    expect(from([[bpfCodes.LDX_IMM, 2], [bpfCodes.LD_B_IND, 0xfff0_0001], A], 5)).toBe(2);
    expect(from([[bpfCodes.LDX_MSH, 0xfff0_0001], [bpfCodes.TXA], A], 3)).toBe(60);
    const one: Line = [bpfCodes.RET_K, 1];
    expect(from([[bpfCodes.LD_H_ABS, 0xfff0_0000], one], 8)).toBe(0);
    expect(from([[bpfCodes.LD_B_ABS, 0xfff0_0000], one])).toBe(0);
    expect(from([[bpfCodes.LDX_MSH, 0xfff0_0000], one])).toBe(0);
    expect(from([[bpfCodes.LDX_IMM, 0xffff_ffff], [bpfCodes.LD_B_IND, 0xfff0_0001], one], 5)).toBe(
      0,
    );
  });
});

describe("any program that can be run", () => {
  test("gives what the manual says, for any bytes", () => {
    // Offsets that Linux gives a meaning are not in the manual.
    const plain = validPrograms.filter((program) => [...program].every(({ k }) => k < 0xffe0_0000));
    fc.assert(
      fc.property(plain, fc.array(packets, { minLength: 1, maxLength: 4 }), (program, many) => {
        const machine = new BpfMachine(program);
        for (const bytes of many) {
          // As a part of a longer array, so that a read outside of it would find something.
          const around = new Uint8Array(bytes.length + 32).fill(0xa5);
          around.set(bytes, 16);
          const inside = around.subarray(16, 16 + bytes.length);
          expect(machine.run(inside, bytes.length + 3)).toBe(
            runSlowly(program, bytes, bytes.length + 3),
          );
        }
      }),
      { numRuns: 3000 },
    );
  });

  test("gives 32 bits without sign whatever it asks for", () => {
    fc.assert(
      fc.property(validPrograms, packets, fc.nat(0xffff_ffff), (program, bytes, number) => {
        const known = { protocol: number, vlanTag: number, networkOffset: number % 70 };
        const result = new BpfMachine(program).run(bytes, number, known);
        expect(result).toBe(result >>> 0);
      }),
      { numRuns: 1000 },
    );
  });
});
