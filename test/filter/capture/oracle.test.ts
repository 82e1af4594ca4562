import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkProgram } from "../../../src/filter/capture/check.ts";
import { bpfCodes, bpfOperations } from "../../../src/filter/capture/opcodes.ts";
import type { BpfProgram } from "../../../src/filter/capture/program.ts";
import { formatProgram } from "../../../src/filter/capture/program-text.ts";
import { BpfMachine } from "../../../src/filter/capture/vm.ts";
import { anyPrograms, packets, programOf, validPrograms } from "./programs.ts";

interface Question {
  readonly program: BpfProgram;
  readonly packets: readonly Uint8Array[];
}

interface Answer {
  readonly kernel: boolean;
  readonly results: readonly number[];
}

const script = fileURLToPath(new URL("./oracle.py", import.meta.url));
const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const hostIsLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Asks libpcap and Linux; `null` where Python or libpcap is not there. */
function ask(questions: readonly Question[]): Answer[] | null {
  const lines = questions.map(({ program, packets }) =>
    JSON.stringify({ program: hex(program.toBytes(hostIsLittle)), packets: packets.map(hex) }),
  );
  const done = spawnSync("python3", [script], { input: lines.join("\n"), encoding: "utf8" });
  if (done.status !== 0) return null;
  return done.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const isRunnable = (program: BpfProgram, kernel: boolean): boolean => {
  try {
    checkProgram(program, { kernel });
    return true;
  } catch {
    return false;
  }
};

const simple = programOf([bpfCodes.LD_LEN], [bpfCodes.RET_A]);
const probe = ask([
  { program: simple, packets: [new Uint8Array(5)] },
  { program: programOf([bpfCodes.JA, 9]), packets: [] },
]);
const hasLibpcap = probe?.[0]?.results[0] === 8;
const hasKernel = probe?.[0]?.kernel === true && !probe[1]?.kernel;
if (!hasLibpcap) console.log("skipped: Python finds no libpcap");
if (!hasKernel) console.log("skipped: no Linux that takes filters for sockets");

const seed = 20260;
const text = (program: BpfProgram): string => formatProgram(program);

describe("random programs", () => {
  test.skipIf(!hasLibpcap)("give what they give in libpcap", () => {
    // There, jumps backwards may never end, and offsets that Linux gives a meaning are far away.
    const comparable = validPrograms.filter(
      (program) =>
        isRunnable(program, true) &&
        [...program].every(
          (one) => one.k < 0xffe0_0000 || bpfOperations.get(one.code)?.operand === "hex",
        ),
    );
    const questions = fc.sample(
      fc.record({
        program: comparable,
        packets: fc.array(packets, { minLength: 4, maxLength: 4 }),
      }),
      { numRuns: 3000, seed },
    );
    const answers = ask(questions)!;
    let accepted = 0;
    questions.forEach(({ program, packets }, i) => {
      const machine = new BpfMachine(program);
      const results = packets.map((bytes) => machine.run(bytes, bytes.length + 3));
      accepted += results.filter((result) => result !== 0).length;
      expect({ text: text(program), results }).toEqual({
        text: text(program),
        results: answers[i]!.results,
      });
    });
    expect(accepted).toBeGreaterThan(questions.length / 2);
  });

  test.skipIf(!hasKernel)("are taken by Linux just where they are found right", () => {
    const either = fc.oneof(anyPrograms, validPrograms);
    const programs = fc.sample(either, { numRuns: 6000, seed });
    const answers = ask(programs.map((program) => ({ program, packets: [] })))!;
    programs.forEach((program, i) => {
      const isRight = isRunnable(program, true);
      expect({ text: text(program), isRight }).toEqual({
        text: text(program),
        isRight: answers[i]!.kernel,
      });
    });
    const right = answers.filter((answer) => answer.kernel).length;
    expect(Math.min(right, answers.length - right)).toBeGreaterThan(500);
  });
});
