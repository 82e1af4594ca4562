import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { pages, refreshed } from "../scripts/console.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const main = join(root, "dist/cli/main.js");
const textOf = (page: string): string => readFileSync(join(root, page), "utf8");

interface Snippet {
  readonly name: string;
  readonly text: string;
  /** False where it is marked `types`: it wants rights or hardware, and is only compiled. */
  readonly runs: boolean;
}

/** What such a program prints must be what its `// =>` comments say. */
const programs = pages.flatMap((page): Snippet[] => {
  const blocks = textOf(page).matchAll(/^```ts( types)?\n([\s\S]*?)^```$/gm);
  return [...blocks].map((block, i) => ({
    name: `${page}, program ${i + 1}`,
    text: block[2] as string,
    runs: block[1] === undefined,
  }));
});

/** A folder as a reader has it: the examples lie in `examples/`, and what a snippet writes does no harm. */
const place = mkdtempSync(join(tmpdir(), "wirecraft-docs-"));
const home = process.cwd();
const fileOf = (index: number): string => join(place, `snippet-${index}.ts`);

beforeAll(() => {
  cpSync(join(root, "examples"), join(place, "examples"), { recursive: true });
  for (const [i, { text }] of programs.entries()) writeFileSync(fileOf(i), `${text}\nexport {};\n`);
  mkdirSync(join(place, "node_modules"));
  symlinkSync(root, join(place, "node_modules/wirecraft"), "junction");
  writeFileSync(join(place, "control.ts"), 'export const port: number = "http";\n');
  process.chdir(place);
});
afterAll(() => {
  process.chdir(home);
  rmSync(place, { recursive: true, force: true });
});

describe("programs in the guide", () => {
  test("there are some", () => {
    expect(programs.length).toBeGreaterThan(5);
  });

  test("have right types", () => {
    const compilerOptions = {
      noEmit: true,
      rootDir: "/",
      allowImportingTsExtensions: true,
      rewriteRelativeImportExtensions: false,
      noUnusedLocals: false,
      noPropertyAccessFromIndexSignature: false,
      typeRoots: [join(root, "node_modules/@types")],
      paths: {
        wirecraft: [join(root, "src/node/index.ts")],
        "wirecraft/*": [join(root, "src/*/index.ts")],
      },
    };
    const files = [join(place, "control.ts"), ...programs.map((_, i) => fileOf(i))];
    const config = { extends: join(root, "tsconfig.json"), compilerOptions, include: [], files };
    writeFileSync(join(place, "tsconfig.json"), JSON.stringify(config));
    writeFileSync(join(place, "package.json"), '{ "type": "module" }');
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", place, "--pretty", "false"], {
      encoding: "utf8",
    });
    const faults = stdout.split("\n").filter((line) => /(?:snippet-\d+|control)\.ts\(/.test(line));
    // One fault is there on purpose: the compiler did look.
    expect(faults).toEqual([expect.stringContaining("control.ts(1,14): error TS2322")]);
  });

  const run = programs.map((one, i) => [one.name, one.text, i, one.runs] as const);
  test.each(run.filter(([, , , runs]) => runs))("%s prints what it says", async (_, text, i) => {
    const printed: string[] = [];
    const log = vi.spyOn(console, "log").mockImplementation((...values) => {
      printed.push(...format(...values).split("\n"));
    });
    try {
      await import(/* @vite-ignore */ fileOf(i));
    } finally {
      log.mockRestore();
    }
    const said = [...text.matchAll(/\/\/ => (.*)$/gm)].map((match) => (match[1] as string).trim());
    expect(printed.map((line) => line.trim())).toEqual(said);
  });
});

describe.skipIf(!existsSync(main))(
  "commands in the guide (they want the built command: npm run build)",
  () => {
    test("there are some", () => {
      expect(pages.filter((page) => /^```console/m.test(textOf(page))).length).toBeGreaterThan(2);
    });

    test.each(pages)("%s shows what its commands print", (page) => {
      expect(refreshed(textOf(page), place)).toBe(textOf(page));
    });
  },
);
