import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import * as front from "../../src/index.ts";
import { all } from "../../src/protocols/all.ts";
import * as door from "../../src/protocols/index.ts";
import type { AnyProtocol } from "../../src/schema/protocol.ts";
import type { Table } from "../../src/schema/table.ts";

const folder = fileURLToPath(new URL("../../src/protocols/", import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".ts") && !file.startsWith("iana") && !/^(?:all|index)\.ts$/.test(file),
);
/** Everything that the files of the room export, with the file. */
const written = (
  await Promise.all(
    files.map(async (file) => {
      const loaded = (await import(/* @vite-ignore */ folder + file)) as object;
      return Object.entries(loaded).map(([name, value]) => ({ file, name, value }));
    }),
  )
).flat();
const shown: ReadonlySet<unknown> = new Set(Object.values(door));
const inFront: ReadonlyMap<string, unknown> = new Map(Object.entries(front));

const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && "at" in value && "guess" in value;
const hasCases = (value: unknown): value is AnyProtocol =>
  typeof value === "function" && "schema" in value && (value as AnyProtocol).schema.cases !== null;
const missing = (found: typeof written): string[] =>
  found.filter(({ value }) => !shown.has(value)).map(({ file, name }) => `${file}: ${name}`);

describe("the door of the protocols", () => {
  test("shows every protocol under its name, and so does the front door", () => {
    expect(all.length).toBeGreaterThan(70);
    const named = new Map<string, unknown>(Object.entries(door));
    for (const one of all) {
      const { name } = one.schema;
      expect({ name, here: named.get(name) === one }).toEqual({ name, here: true });
      expect({ name, inFront: inFront.get(name) === one }).toEqual({ name, inFront: true });
    }
  });

  test("shows every table that a protocol of others could sit in", () => {
    const tables = written.filter(({ value }) => isTable(value));
    expect(tables.length).toBeGreaterThan(15);
    expect(missing(tables)).toEqual([]);
  });

  test("shows every declaration with cases, since its cases are what builds them", () => {
    const found = written.filter(({ value }) => hasCases(value));
    expect(found.length).toBeGreaterThan(40);
    expect(missing(found)).toEqual([]);
  });
});
