import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));

/** The rooms that a file of a room may import, beside its own. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  bytes: [],
  schema: ["bytes"],
  packet: ["bytes", "schema"],
  protocols: ["bytes", "schema"],
  files: ["bytes"],
  capture: ["bytes", "schema", "packet", "protocols", "files"],
  filter: ["bytes", "schema", "packet"],
  flow: ["bytes", "schema", "packet"],
  reassembly: ["bytes", "schema", "packet", "protocols", "flow"],
  analysis: ["bytes", "schema", "packet", "protocols", "filter", "flow", "reassembly"],
  report: [
    ...["bytes", "schema", "packet", "files", "capture"],
    ...["filter", "flow", "reassembly", "analysis", "report/wireshark"],
  ],
  "report/wireshark": [
    ...["bytes", "schema", "packet", "protocols", "files", "capture"],
    ...["filter", "flow", "reassembly", "analysis", "report"],
  ],
  extract: [
    ...["bytes", "schema", "packet", "protocols", "files", "capture", "filter", "flow"],
    ...["reassembly", "analysis", "report", "report/wireshark"],
  ],
  "extract/engines": [
    ...["bytes", "schema", "packet", "protocols", "files", "capture", "filter", "flow"],
    ...["reassembly", "analysis", "report", "report/wireshark", "extract", "node"],
  ],
  "extract/node": [
    ...["bytes", "schema", "packet", "protocols", "files", "capture", "filter", "flow"],
    ...["reassembly", "analysis", "report", "report/wireshark", "extract", "extract/engines"],
    "node",
  ],
  node: ["bytes", "files", "capture"],
  live: ["bytes", "schema", "packet", "protocols", "files", "capture", "filter", "node"],
  vendors: ["bytes", "protocols"],
};
const library = [
  ...Object.keys(mayImport).filter(
    (r) => !["node", "live", "extract/engines", "extract/node"].includes(r),
  ),
];
/** The ends of the way: nothing imports them, so that what they may import is all of the library. */
const ends: Readonly<Record<string, readonly string[]>> = {
  cli: [...library, "node", "live", "extract/engines", "extract/node", "cluster", "sql"],
  cluster: [...library, "node", "extract/engines", "extract/node"],
  sql: [...library, "node"],
  web: library,
  // The front doors re-export names and do nothing else.
  "index.ts": library,
  "node/index.ts": [...library, "node", "extract/node", "index.ts"],
};
const table: Readonly<Record<string, readonly string[]>> = { ...mayImport, ...ends };

/** A lower protocol never names an upper one. Tunnels sit on whatever carries them. */
const families: Readonly<Record<string, readonly string[]>> = {
  iana: [],
  link: ["iana"],
  network: ["iana", "link"],
  transport: ["iana", "link", "network"],
  tunnel: ["iana", "link", "network", "transport"],
  application: ["iana", "link", "network", "transport", "tunnel"],
  wireless: ["iana", "link", "network", "transport", "tunnel"],
  industrial: ["iana", "link", "network", "transport", "tunnel"],
};

/** The rooms that know the machine they run on; all others run in a browser too. */
const onNode = [
  "node",
  "node/index.ts",
  "live",
  "cluster",
  "sql",
  "cli",
  "extract/engines",
  "extract/node",
];

interface Source {
  /** As in `packet/build.ts`. */
  readonly path: string;
  readonly text: string;
  /** The text without comments and without what stands in quotes. */
  readonly code: string;
  readonly imports: readonly string[];
}

const importForms = [
  /(?:^|[;\n])\s*(?:import|export)\b[^"'`;]*?\bfrom\s*["']([^"']+)["']/g,
  /(?:^|[;\n])\s*import\s*["']([^"']+)["']/g,
  /\bimport\s*\(\s*["']([^"']+)["']/g,
];
const importsOf = (text: string): string[] =>
  importForms.flatMap((form) => [...text.matchAll(form)].map((match) => match[1] as string));

const COMMENT = /\/\*[\s\S]*?\*\/|(?<!:)\/\/.*/g;
const QUOTED = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;

function filesUnder(folder: string, ...endings: string[]): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .map((name) => posix.join(folder, name.split(sep).join("/")))
    .sort();
}

const sources: Source[] = filesUnder("src", ".ts", ".tsx").map((file) => {
  const text = readFileSync(join(root, file), "utf8");
  const code = text.replace(COMMENT, "").replace(QUOTED, '""');
  return {
    path: posix.relative("src", file),
    text,
    code,
    imports: importsOf(text.replace(COMMENT, "")),
  };
});

/** The room of a file: the longest name in the table that its path begins with. */
function roomOf(path: string): string {
  const names = Object.keys(table).filter((name) => path === name || path.startsWith(`${name}/`));
  return names.sort((a, b) => b.length - a.length)[0] ?? path;
}

const isRelative = (name: string): boolean => name.startsWith(".");
const targetOf = (from: string, name: string): string => posix.join(dirname(from), name);

/** Every import from one file of src to another. */
const links = sources.flatMap(({ path, imports }) =>
  imports.filter(isRelative).map((name) => ({ from: path, to: targetOf(path, name) })),
);

describe("who may import whom", () => {
  test("the imports were seen at all", () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(links.length).toBeGreaterThan(sources.length);
    // One of each form that this test claims to see.
    const written = [
      'import { a } from "./a.ts";\nexport {\n  b,\n  type C,\n} from "./b.ts";',
      'import "./c.ts";\nexport * from "./d.ts";\nconst e = await import("./e.ts");',
    ].join("\n");
    expect(importsOf(written).sort()).toEqual(["./a.ts", "./b.ts", "./c.ts", "./d.ts", "./e.ts"]);
  });

  test("every file lies in a room of the house", () => {
    expect(sources.map((s) => s.path).filter((path) => !(roomOf(path) in table))).toEqual([]);
  });

  test("rooms import only what lies before them on the way of a packet", () => {
    const wrong = links.filter(({ from, to }) => {
      const [own, other] = [roomOf(from), roomOf(to)];
      return own !== other && !table[own]?.includes(other);
    });
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test("a protocol imports only those below it", () => {
    const familyOf = (path: string): string => path.split("/")[1] as string;
    const wrong = links
      .filter(({ from, to }) => [from, to].every((p) => /^protocols\/\w+\//.test(p)))
      .map(({ from, to }) => ({ from, to, own: familyOf(from), other: familyOf(to) }))
      .filter(({ own, other }) => own !== other && !families[own]?.includes(other));
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test("every import names a file that is there", () => {
    const known = new Set(sources.map((s) => s.path));
    const wrong = links.filter(({ to }) => !known.has(to));
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test("no file imports itself by way of others", () => {
    expect(cycles()).toEqual([]);
  });

  test("Biome forbids what this table forbids", () => {
    const rules = biomeRules();
    for (const [room, allowed] of Object.entries(mayImport)) {
      const forbidden = Object.keys({ ...mayImport, ...ends })
        .filter((r) => /^\w+$/.test(r) && r !== room && !room.startsWith(`${r}/`))
        .filter((r) => !allowed.includes(r));
      // Biome sees only the text of an import, and `filter/capture/` is called like the room.
      const expected = forbidden.filter((r) => room !== "filter" || r !== "capture").sort();
      expect({ room, forbidden: rules.get(room)?.sort() }).toEqual({ room, forbidden: expected });
    }
  });
});

/** Cycles among the imports that exist when the code runs; types import each other freely. */
function cycles(): string[] {
  const TYPE_ONLY = /(?:^|[;\n])\s*(?:import|export)\s+type\b[^"'`;]*?\bfrom\s*["'][^"']+["']/g;
  const graph = new Map<string, string[]>();
  for (const { path, text } of sources) {
    const names = importsOf(text.replace(COMMENT, "").replace(TYPE_ONLY, "\n"));
    graph.set(
      path,
      names.filter(isRelative).map((name) => targetOf(path, name)),
    );
  }
  const found: string[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      found.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
      return;
    }
    state.set(path, "open");
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    state.set(path, "done");
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

/** Of each room, the rooms that `biome.json` forbids it. */
function biomeRules(): Map<string, string[]> {
  const config = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
  const rules = new Map<string, string[]>();
  for (const { includes, linter } of config.overrides) {
    const rule = linter?.rules?.style?.noRestrictedImports;
    const room = /^src\/(.+)\/\*\*$/.exec(includes[0])?.[1];
    if (rule === undefined || room === undefined || room.startsWith("protocols/")) continue;
    const patterns: { group: string[] }[] = rule.options.patterns;
    const named = /^\*\*\/\{(.*)\}\/\*\*$/.exec(patterns[0]?.group[0] ?? "")?.[1];
    rules.set(room, named?.split(",") ?? []);
  }
  return rules;
}

describe("doors", () => {
  const doors = sources.filter(({ path }) => /(?:^|\/)index\.ts$/.test(path));
  const isDoor = (path: string): boolean => doors.some((door) => door.path === path);

  test("every room of the library has one, and so has the whole", () => {
    const rooms = [
      ...["bytes", "schema", "packet", "protocols", "files", "capture", "flow", "reassembly"],
      "report",
    ];
    const wanted = [...rooms.map((room) => `${room}/index.ts`), "index.ts", "node/index.ts"];
    expect(doors.map(({ path }) => path)).toEqual(expect.arrayContaining(wanted));
  });

  test("they name what is behind them one by one, and do nothing else", () => {
    const named = /export\s+(?:type\s+)?\{[^}]*\}\s*from\s*"";?/g;
    const others = doors.map(({ path, code }) => ({ path, rest: code.replace(named, "").trim() }));
    expect(others.filter(({ rest }) => rest !== "")).toEqual([
      // In Node all of the portable front door is there too.
      { path: "node/index.ts", rest: 'export * from "";' },
    ]);
  });

  test("a room's leads to that room only", () => {
    const wrong = links.filter(
      ({ from, to }) =>
        isDoor(from) &&
        !["index.ts", "node/index.ts"].includes(from) &&
        !to.startsWith(from.replace(/index\.ts$/, "")),
    );
    expect(wrong).toEqual([]);
  });

  test("they are for those outside: the library goes straight to its files", () => {
    const wrong = links.filter(({ from, to }) => isDoor(to) && !isDoor(from));
    expect(wrong).toEqual([]);
  });
});

describe("what code may say", () => {
  const portable = sources.filter(({ path }) => !onNode.includes(roomOf(path)));

  test("only the rooms made for Node mention it", () => {
    const words = /(?<![.\w$])(?:(?:Buffer|process|__dirname|NodeJS)\b(?!\s*:)|require\(""\))/;
    const wrong = portable.filter(
      ({ code, imports }) => words.test(code) || imports.some((name) => name.startsWith("node:")),
    );
    expect(portable.length).toBeGreaterThan(20);
    expect(wrong.map((s) => s.path)).toEqual([]);
  });

  test("no package is imported statically outside the command line, the viewer and the rooms made for Node", () => {
    const atTop = importForms.slice(0, 2);
    const wrong = portable
      .filter(({ path }) => roomOf(path) !== "web")
      .flatMap(({ path, text }) =>
        atTop
          .flatMap((form) =>
            [...text.replace(COMMENT, "").matchAll(form)].map((m) => m[1] as string),
          )
          .filter((name) => !isRelative(name))
          .map((name) => `${path} imports ${name}`),
      );
    expect(wrong).toEqual([]);
  });

  test("code is not made from text when the program runs", () => {
    const words = /\beval\s*\(|\bnew\s+Function\b|(?<![.\w])Function\s*\(/;
    expect(sources.filter(({ code }) => words.test(code)).map((s) => s.path)).toEqual([]);
  });

  test("the library prints nothing", () => {
    const wrong = portable.filter(({ code }) => /\bconsole\s*\./.test(code));
    expect(wrong.map((s) => s.path)).toEqual([]);
  });

  test("nothing is exported without a name", () => {
    const wrong = sources.filter(({ code }) => /(?:^|\n)\s*export\s+default\b/.test(code));
    expect(wrong.map((s) => s.path)).toEqual([]);
  });
});

describe("what files may say", () => {
  const places = ["src", "test", "scripts", "docs", "examples", "bench"];
  const pages = readdirSync(root).filter((name) => name.endsWith(".md"));
  const made = /^bench\/(data|build)\/|^scripts\/registry\/|^src\/protocols\/iana\//;
  const files = [
    ...places.flatMap((place) =>
      filesUnder(place, ".ts", ".mjs", ".md", ".sh", ".py", ".go", ".cpp"),
    ),
    ...pages,
  ].filter((file) => !made.test(file) && file !== relative(root, fileURLToPath(import.meta.url)));

  /** Left over from writing, or true of one machine only. */
  const forbidden: Readonly<Record<string, RegExp>> = {
    "a folder of one machine": /(?<![\w.<>-])\/(?:work|home|root|Users)\/\w/,
    "a folder beside the checkout": /\.\.\/shared\b/,
    "a note to oneself": /\b(?:TODO|FIXME|XXX|HACK)\b/,
    "the number of an issue": /(?:\bissue|\bfixes|\bcloses|\bsee|\()\s*#\d+\b/i,
    "a conflict not resolved": /^(?:<{7}|>{7}) /m,
  };

  test.each(Object.entries(forbidden))("no file holds %s", (_, pattern) => {
    expect(files.length).toBeGreaterThan(40);
    const found = files.filter((file) => pattern.test(readFileSync(join(root, file), "utf8")));
    expect(found).toEqual([]);
  });

  test("a page links only to what is there", () => {
    const wrong: string[] = [];
    for (const file of files.filter((f) => f.endsWith(".md"))) {
      const text = readFileSync(join(root, file), "utf8");
      for (const [, link] of text.matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)(?:#[^)]*)?\)/g)) {
        const target = posix.join(posix.dirname(file), link as string);
        const folder = join(root, posix.dirname(target));
        if (!existsIn(folder, posix.basename(target))) wrong.push(`${file}: ${link}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

function existsIn(folder: string, name: string): boolean {
  try {
    return name === "." || name === ".." || readdirSync(folder).includes(name);
  } catch {
    return false;
  }
}
