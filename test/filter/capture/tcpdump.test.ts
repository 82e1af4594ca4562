import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { CompiledFilter } from "../../../src/filter/capture/compiled.ts";
import { formatProgram, parseProgram } from "../../../src/filter/capture/program-text.ts";
import { filesBelow, realCaptures } from "../../support/corpus.ts";
import { asLinkType, captureOf, type Frame, framesOf, numbersIn } from "./captures.ts";
import { expressions } from "./expressions.ts";

const session = fileURLToPath(new URL("../../../examples/session.pcap", import.meta.url));
const corpus = realCaptures("real captures");
const folders = (process.env.PATH ?? "").split(delimiter);
const hasTcpdump = folders.some((folder) => existsSync(join(folder, "tcpdump")));
if (!hasTcpdump) console.log("skipped: tcpdump is not installed");

const place = mkdtempSync(join(tmpdir(), "wirecraft-filter-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** What tcpdump writes to standard output. */
function tcpdump(...given: string[]): Uint8Array {
  const done = spawnSync("tcpdump", given, { maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`tcpdump ${given.join(" ")}: ${done.stderr}`);
  return done.stdout;
}
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** What tcpdump compiles of an expression for a link type, asked once: as it was made, and optimised. */
const compiled = new Map<string, { plain: CompiledFilter; optimised: CompiledFilter }>();
function compile(linkType: number, file: string, expression: string) {
  const key = `${linkType} ${expression}`;
  const filterOf = (...options: string[]): CompiledFilter =>
    new CompiledFilter(
      parseProgram(text(tcpdump("-r", file, ...options, "-ddd", expression))),
      linkType,
    );
  const made = compiled.get(key) ?? { plain: filterOf("-O"), optimised: filterOf() };
  compiled.set(key, made);
  return made;
}

/** For each expression, which of the frames pass here and in tcpdump. */
function compare(linkType: number, frames: readonly Frame[]) {
  const file = join(place, `${linkType}-${frames.length}.pcap`);
  writeFileSync(file, captureOf(linkType, frames));
  const passing = (filter: CompiledFilter): number[] =>
    frames.flatMap(({ bytes, originalLength }, i) =>
      filter.filter(bytes, originalLength) ? [i] : [],
    );
  return expressions.get(linkType)!.map((expression) => {
    const { plain, optimised } = compile(linkType, file, expression);
    return {
      expression,
      plain: passing(plain),
      optimised: passing(optimised),
      tcpdump: numbersIn(tcpdump("-r", file, "-w", "-", expression)),
    };
  });
}

function expectSame(linkType: number, frames: readonly Frame[]): void {
  const compared = compare(linkType, frames);
  for (const { expression, optimised, plain, tcpdump } of compared) {
    expect({ expression, passing: optimised }).toEqual({ expression, passing: tcpdump });
    expect({ expression, passing: plain }).toEqual({ expression, passing: tcpdump });
  }
  // Of the expressions many take some frames and leave others; else nothing was compared.
  const telling = compared.filter((one) => one.tcpdump.length % frames.length !== 0);
  expect(telling.length).toBeGreaterThan(compared.length / 4);
}

const linkTypes = [...expressions.keys()];

describe.skipIf(!hasTcpdump)("beside tcpdump", () => {
  test.each(linkTypes)("the example is filtered alike as link type %d", async (linkType) => {
    const frames = (await framesOf(session, 100)).get(1)!;
    const isIp = ({ bytes }: Frame): boolean => bytes[12] === 8 && bytes[13] === 0;
    const wanted = linkType === 101 ? frames.filter(isIp) : frames;
    expectSame(linkType, linkType === 1 ? frames : wanted.map((f) => asLinkType(linkType, f)));
  });

  test.each(["tcp port 80", "ip6 protochain 6", "vlan and ip", "len * 3 / 2 > len % 7 | ip[0]"])(
    "%s is printed alike in every form",
    (expression) => {
      const program = parseProgram(text(tcpdump("-r", session, "-ddd", expression)));
      const forms = [
        ["-d", "assembly"],
        ["-dd", "c"],
        ["-ddd", "decimal"],
      ] as const;
      for (const [option, form] of forms)
        expect(`${formatProgram(program, form)}\n`).toBe(
          text(tcpdump("-r", session, option, expression)),
        );
    },
  );
});

/** Frames of real captures by link type: some of each file, every third of them cut. */
async function realFrames(folder: string): Promise<Map<number, Frame[]>> {
  const found = new Map<number, Frame[]>(linkTypes.map((linkType) => [linkType, []]));
  // One file in three, the others being much alike; all of those with rarer link types.
  for (const [i, path] of filesBelow(folder).entries()) {
    for (const [linkType, frames] of await framesOf(path, 12)) {
      const all = found.get(linkType);
      if (all === undefined || (linkType === 1 && i % 3 !== 0)) continue;
      for (const { bytes, originalLength } of frames)
        all.push({
          bytes: all.length % 3 === 0 ? bytes.slice(0, 60) : bytes,
          originalLength: Math.max(originalLength, bytes.length),
        });
    }
  }
  return found;
}

test.skipIf(!hasTcpdump || corpus === undefined)(
  "real captures are filtered as tcpdump does",
  async () => {
    const found = await realFrames(corpus!);
    const others = found.get(1)!.slice(0, 300);
    for (const [linkType, frames] of found) {
      console.log(`link type ${linkType}: ${frames.length} frames`);
      // Few captures are cooked or raw: frames of Ethernet are made so.
      const made = linkType === 1 ? [] : others.map((frame) => asLinkType(linkType, frame));
      expectSame(linkType, [...frames, ...made]);
    }
  },
);
