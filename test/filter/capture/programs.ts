import fc from "fast-check";
import { bpfOperations } from "../../../src/filter/capture/opcodes.ts";
import { type BpfInstruction, BpfProgram } from "../../../src/filter/capture/program.ts";

const codes = [...bpfOperations.keys()];
const small = fc.nat(40);
const operand = fc.oneof(
  { weight: 6, arbitrary: small },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff_ffff }) },
  { weight: 1, arbitrary: fc.constantFrom(0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xffff_fffe) },
);
const drawn = fc.record({
  code: fc.constantFrom(...codes),
  jt: fc.nat(255),
  jf: fc.nat(255),
  k: operand,
});

/** An operand as the instruction may have it; `rest` are the instructions behind it, `index` those before it. */
function fitting({ code, jt, jf, k }: BpfInstruction, rest: number, index: number): BpfInstruction {
  const { mnemonic, operand, isConditional } = bpfOperations.get(code)!;
  const step = { code, jt: isConditional ? jt % rest : jt, jf: isConditional ? jf % rest : jf };
  if (operand === "target") {
    const isBackwards = index > 0 && k % 4 === 3;
    return { ...step, k: isBackwards ? (-1 - (k % (index + 1))) >>> 0 : k % rest };
  }
  if (operand === "memory") return { ...step, k: k % 16 };
  if (mnemonic === "lsh" || mnemonic === "rsh") return { ...step, k: k % 32 };
  if (mnemonic === "div" || mnemonic === "mod") return { ...step, k: k || 1 };
  return { ...step, k };
}

/** Programs that can be run: any instructions, of which those that need it are bent until they fit. */
export const validPrograms: fc.Arbitrary<BpfProgram> = fc
  .array(drawn, { maxLength: 60 })
  .map((body) => {
    const used = body.filter(({ code }) => code === 0x60 || code === 0x61).map(({ k }) => k % 16);
    const stores = [...new Set(used)].map((k) => ({ code: 0x02, jt: 0, jf: 0, k }));
    const fitted = body.map((one, i) => fitting(one, body.length - i, i));
    return new BpfProgram([...stores, ...fitted, { code: 0x16, jt: 0, jf: 0, k: 0 }]);
  });

/** Programs of any numbers, many of which cannot be run for one reason or another. */
export const anyPrograms: fc.Arbitrary<BpfProgram> = fc
  .array(
    fc.record({
      code: fc.oneof(
        { weight: 30, arbitrary: fc.constantFrom(...codes) },
        { weight: 1, arbitrary: fc.nat(0xffff) },
      ),
      jt: fc.nat(9),
      jf: fc.nat(9),
      k: fc.oneof(
        { weight: 20, arbitrary: fc.nat(20) },
        { weight: 1, arbitrary: fc.integer({ min: 0xffff_efff, max: 0xffff_f050 }) },
        { weight: 1, arbitrary: operand },
      ),
    }),
    { maxLength: 12 },
  )
  .map((body) => new BpfProgram([...body, { code: 0x06, jt: 0, jf: 0, k: 1 }]));

/** Packets: short ones, since programs load from the first bytes. */
export const packets = fc.uint8Array({ maxLength: 64 });

/** A program of instructions that are written short: code, operand, distances. */
export const programOf = (
  ...lines: readonly (readonly [code: number, k?: number, jt?: number, jf?: number])[]
): BpfProgram =>
  new BpfProgram(lines.map(([code, k = 0, jt = 0, jf = 0]) => ({ code, jt, jf, k })));
