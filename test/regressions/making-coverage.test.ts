import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { automaticFields } from "./making-automatic.ts";
import {
  type Coverage,
  pypackerAutomatic,
  pypackerCalls,
  pypackerHeaders,
} from "./making-coverage.ts";
import { pyPcapKitMakes } from "./making-signatures.ts";
import { tables, trailers } from "./making-tables.ts";

const files = ["making-calls", "making-automatic", "making-faults"];

/** Titles of what is run: rows by hand, fields that are computed, and the tests that are written out. */
const titles = new Set([
  ...tables.flatMap((table) => table.rows.map(([title]) => title)),
  ...trailers.map(([title]) => title),
  ...Object.keys(automaticFields),
  ...files.flatMap((file) => {
    const text = readFileSync(new URL(`${file}.test.ts`, import.meta.url), "utf8");
    return [...text.matchAll(/\bit(?:\.each\([^"]*?\))?\(\s*"([^"]+)"/g)].map(
      (m) => m[1] as string,
    );
  }),
]);

const lists: [string, Coverage][] = [
  ["calls of pypacker", pypackerCalls],
  ["fields that pypacker computes", pypackerAutomatic],
  ["header classes of pypacker", pypackerHeaders],
  ...Object.entries(pyPcapKitMakes).map(([name, list]): [string, Coverage] => [
    `${name} of PyPCAPKit`,
    list,
  ]),
];

describe("what other systems make, a test here makes too", () => {
  it.each(lists)("%s", (_, list) => {
    const tests = Object.entries(list).flatMap(([call, found]) =>
      [found].flat().map((title) => ({ call, title })),
    );
    expect(tests.filter(({ title }) => !titles.has(title))).toEqual([]);
    expect(Object.values(list).filter((found) => found.length === 0)).toEqual([]);
  });

  it("has titles that are one test each", () => {
    const rows = [...tables.flatMap((table) => table.rows), ...trailers].map(([title]) => title);
    expect(rows.filter((title, i) => rows.indexOf(title) !== i)).toEqual([]);
  });
});
