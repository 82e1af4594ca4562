import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), "utf8");

interface Target {
  readonly types: string;
  readonly default: string;
}

const facts = JSON.parse(read("package.json"));
const lock = JSON.parse(read("package-lock.json"));
const entries = Object.entries<Target & { readonly node?: Target }>(facts.exports).filter(
  ([name]) => !name.endsWith(".json"),
);

/** The source that a file of dist is compiled from. */
const sourceOf = (target: string): string =>
  target.replace(/^\.\/dist\//, "src/").replace(/(?:\.d\.ts|\.js)$/, ".ts");

/** Everything that `file` imports when it is loaded, files and packages, with what these import. */
function loadedBy(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = read(file).replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*/g, "");
  const form =
    /(?:^|[;\n])\s*(?:import|export)\s+(?!type\b)(?:[^"'`;]*?\bfrom\s*)?["']([^"']+)["']/g;
  for (const [, name] of text.matchAll(form)) {
    const given = name as string;
    if (given.startsWith(".")) loadedBy(posix.join(dirname(file), given), seen);
    else seen.add(given);
  }
  return seen;
}

describe("package.json", () => {
  test("says what the package is", () => {
    expect(facts).toMatchObject({
      name: "wirecraft",
      license: "MIT",
      type: "module",
      sideEffects: false,
      engines: { node: ">=20.19" },
      bin: { wirecraft: "dist/cli/main.js" },
    });
    expect(facts.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect([lock.name, lock.version]).toEqual([facts.name, facts.version]);
  });

  test("runs nothing when it is installed", () => {
    const hooks = ["preinstall", "install", "postinstall", "prepare", "prepublish"];
    expect(hooks.filter((hook) => hook in facts.scripts)).toEqual([]);
    const compiled = Object.entries<{
      dev?: boolean;
      optional?: boolean;
      hasInstallScript?: boolean;
    }>(lock.packages).filter(([, one]) => one.hasInstallScript && !one.dev);
    // What is behind live capture brings its binaries as packages: the package check installs it without any script.
    expect(compiled.map(([name, one]) => [name, one.optional])).toEqual([
      ["node_modules/koffi", true],
    ]);
  });

  test("names exact versions", () => {
    const all = { ...facts.dependencies, ...facts.devDependencies };
    expect(
      Object.values(all).filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version as string)),
    ).toEqual([]);
  });

  test("has only scripts that call files that are there", () => {
    const called = Object.values<string>(facts.scripts).flatMap(
      (s) => s.match(/\b[\w/-]+\.mjs\b/g) ?? [],
    );
    expect(called.length).toBeGreaterThan(5);
    expect(called.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  test("has a command that begins as one", () => {
    expect(read("src/cli/main.ts")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });
});

describe("entry points", () => {
  test("each gives types first, and is compiled from a source", () => {
    expect(entries.length).toBeGreaterThan(0);
    for (const [name, entry] of entries) {
      for (const target of [entry, ...(entry.node === undefined ? [] : [entry.node])]) {
        const keys = Object.keys(target).filter((key) => key !== "node");
        expect({ name, keys }).toEqual({ name, keys: ["types", "default"] });
        expect(sourceOf(target.types)).toBe(sourceOf(target.default));
        expect({ name, source: existsSync(join(root, sourceOf(target.default))) }).toEqual({
          name,
          source: true,
        });
      }
    }
  });

  test("every room that has an index is one", () => {
    const rooms = readdirSync(join(root, "src")).filter((room) =>
      existsSync(join(root, "src", room, "index.ts")),
    );
    const exported = entries.map(([name]) => name);
    // Paths and standard input are what "." has more in Node.
    const wanted = rooms.filter((room) => room !== "node").map((room) => `./${room}`);
    expect(wanted.filter((name) => !exported.includes(name))).toEqual([]);
  });

  test("the front door shows nothing that a room does not", async () => {
    const rooms = entries.map(([name]) => name).filter((name) => name !== ".");
    expect(rooms.length).toBeGreaterThan(7);
    const open = await Promise.all(
      rooms.map((name) => import(`../src/${name.slice(2)}/index.ts`) as Promise<object>),
    );
    const shown = open.flatMap((room) => Object.entries(room));
    const front = Object.entries(await import("../src/index.ts"));
    const strange = front.filter(
      ([name, value]) => !shown.some(([n, v]) => n === name && v === value),
    );
    expect(front.length).toBeGreaterThan(100);
    expect(strange.map(([name]) => name)).toEqual([]);
  });

  test("no name stands for different things in two rooms", async () => {
    const rooms = entries.map(([name]) => name).filter((name) => name !== ".");
    const seen = new Map<string, unknown>();
    for (const name of rooms) {
      const room = (await import(`../src/${name.slice(2)}/index.ts`)) as object;
      for (const [key, value] of Object.entries(room)) {
        expect({ key, same: !seen.has(key) || seen.get(key) === value }).toEqual({
          key,
          same: true,
        });
        seen.set(key, value);
      }
    }
    expect(seen.size).toBeGreaterThan(200);
  });

  test("none loads a package", () => {
    for (const [name, entry] of entries) {
      const loaded = [...loadedBy(sourceOf(entry.default))];
      const ofNode = name === "./live" ? /\.ts$|^node:/ : /\.ts$/;
      expect({ name, packages: loaded.filter((one) => !ofNode.test(one)) }).toEqual({
        name,
        packages: [],
      });
      if (entry.node === undefined) continue;
      const packages = [...loadedBy(sourceOf(entry.node.default))].filter(
        (one) => !one.endsWith(".ts"),
      );
      expect(packages.length).toBeGreaterThan(0);
      expect({ name, packages: packages.filter((one) => !one.startsWith("node:")) }).toEqual({
        name,
        packages: [],
      });
    }
  });

  test("Node's front door opens on all that the portable one does", async () => {
    const [portable, node] = await Promise.all([
      import("../src/index.ts"),
      import("../src/node/index.ts"),
    ]);
    expect(Object.keys(node)).toEqual(expect.arrayContaining(Object.keys(portable)));
  });

  test("the version of the command line costs no library", () => {
    const loaded = [...loadedBy("src/cli/main.ts")];
    expect(loaded.filter((one) => one.endsWith(".ts"))).toEqual(["src/cli/main.ts"]);
  });
});
