// Makes docs/protocols/*.md from the declarations: run `npm run build` first.
//
//   node scripts/docs.mjs            writes the pages, and removes those of protocols that are gone
//   node scripts/docs.mjs --check    writes nothing; exit code 1 when a page differs from what would be written
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { argv, exit, stderr, stdout } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const folder = fileURLToPath(new URL("../docs/protocols/", import.meta.url));

/** The text of every page, by file name. `all` is a list of declarations. */
export function generate(all) {
  const pages = new Map();
  for (const { schema } of all) pages.set(`${schema.name}.md`, protocolPage(schema, all));
  pages.set("README.md", indexPage(all));
  return pages;
}

// ---- the list

function indexPage(all) {
  const rows = [...all]
    .sort((a, b) => compare(a.schema.about.title.toLowerCase(), b.schema.about.title.toLowerCase()))
    .map(({ schema: { about, name } }) => [
      `[${about.title}](${name}.md)`,
      code(name),
      about.spec,
      code(about.prefix),
    ]);
  return page([
    "# Protocols",
    "Made by `scripts/docs.mjs` from the declarations; do not edit.",
    `${all.length} protocols. **API** is the name of the constant; **prefix** is where Wireshark's names of its fields begin.`,
    markdownTable(["Protocol", "API", "Specification", "Prefix"], rows),
  ]);
}

// ---- one protocol

function protocolPage(schema, all) {
  const { about } = schema;
  const records = [];
  const known = new Set();
  const parts = [
    `# ${about.title}`,
    "Made by `scripts/docs.mjs` from the declaration; do not edit.",
    markdownTable(["", ""], facts(schema, all)),
    "## Header",
    ...body(schema, (record) => remember(record)),
    ...nextOf(schema),
    ...trailerOf(schema, (record) => remember(record)),
    ...casesOf(schema, "##", "", (record) => remember(record)),
  ];
  // Records are shown once, in the order in which they are met; one may hold others, itself among them.
  function remember(record) {
    if (known.has(record.name)) return;
    known.add(record.name);
    records.push(record);
  }
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    parts.push(`## ${recordTitle(record)}`, ...recordFacts(record), ...body(record, remember));
    parts.push(...casesOf(record, "###", "", remember));
  }
  return page(parts);
}

function facts(schema, all) {
  const { about, spec } = schema;
  const rows = [["API", code(about.name)]];
  if (about.spec !== "") rows.push(["Specification", about.spec]);
  rows.push(["In a chain", code(about.label)], ["Wireshark's prefix", code(about.prefix)]);
  const also = about.also.filter((name) => name !== about.prefix);
  if (also.length > 0) rows.push(["Also found as", also.map(code).join(", ")]);
  const places = about.over.map((place) => placeText(place, all));
  if (places.length > 0) rows.push(["Lies over", places.join("<br>")]);
  if (about.test !== null)
    rows.push(["Content", "is looked at before it is taken for this protocol"]);
  if (spec.endpoints !== null)
    rows.push([
      "Ends of a conversation",
      `${code(spec.endpoints.src)}, ${code(spec.endpoints.dst)}`,
    ]);
  return rows;
}

/** `ip.proto 6 (TCP)`, with the protocols that look into that table. */
function placeText({ table, keys, guess }, all) {
  const by = all
    .filter(({ schema }) => tablesOf(schema).includes(table))
    .map(({ schema }) => link(schema));
  const inHex = all.some(({ schema }) => selectsInHex(schema, table));
  const key = (k) => {
    const shown = inHex && typeof k === "number" ? `0x${k.toString(16).padStart(4, "0")}` : `${k}`;
    const name = typeof k === "number" ? table.names?.get(k) : undefined;
    return name === undefined ? shown : `${shown} (${name})`;
  };
  const what = guess ? "by its content" : keys.map(key).join(", ");
  const who = by.length === 0 ? "" : `, in ${by.join(", ")}`;
  return `${code(table.name)} ${what}${who}`;
}

function tablesOf(schema) {
  const inner = schema.cases === null ? [] : [...schema.cases.list, schema.cases.unknown];
  return [
    ...(schema.spec.next === null ? [] : [schema.spec.next.table]),
    ...inner.flatMap(tablesOf),
  ];
}

/** Whether the field that looks into the table is shown in hexadecimal. */
function selectsInHex({ spec: { next, items } }, table) {
  if (next === null || next.table !== table) return false;
  return items.find((item) => item.name === next.fields[0])?.options.base === "hex";
}

const link = (schema) => `[${schema.about.label}](${schema.root.name}.md)`;
const recordTitle = (record) => `${record.about.title} \`${record.name}\``;
const recordFacts = (record) =>
  record.about.spec === "" ? [] : [`Specification: ${record.about.spec}.`];

// ---- the parts of a header or record

function body(schema, remember, from = 0) {
  const placed = schema.placed.slice(from);
  const lines = [];
  if (placed.length === 0) return from === 0 ? ["No parts."] : [];
  lines.push(
    markdownTable(
      ["Offset", "Name", "What it is", "Type", "Wireshark", "Notes"],
      placed.flatMap((p) => rowsOf(p, schema)),
    ),
  );
  for (const { item } of placed) if (item.schema !== null) remember(item.schema);
  const composites = schema.spec.composites.map((c) => {
    const name = nameOf(c.options.filter, c.name, schema.about.prefix);
    return `- ${code(name)}, ${c.title}: ${c.fields.map(code).join(" and ")} read as one number.`;
  });
  if (composites.length > 0) lines.push(["Read together too:", "", ...composites].join("\n"));
  const { header, whole, length, reserve } = schema.spec;
  const sizes = [
    header === null ? null : `- ${schema.isProtocol ? "Header" : "Record"}: ${sizeText(header)}.`,
    whole === null ? null : `- Header and payload: ${sizeText(whole)}.`,
    length === null ? null : `- Payload: ${sizeText(length)}.`,
    reserve === null ? null : `- Trailer: ${sizeText(reserve)}.`,
  ].filter((line) => line !== null);
  if (sizes.length > 0 && from === 0) lines.push(["Lengths:", "", ...sizes].join("\n"));
  return lines;
}

function rowsOf(placed, schema) {
  const { item, filter } = placed;
  const { options, field } = item;
  const names = [filter, ...(options.also ?? [])].filter(
    (name) => name !== null && name !== undefined,
  );
  const row = [
    offset(placed),
    code(item.name),
    item.title,
    typeText(placed),
    names.map(code).join("<br>"),
    notes(placed),
  ];
  const flags = (field?.flags ?? []).map((flag) => {
    const flagNames =
      flag.filter === null
        ? ""
        : code(
            flag.filter.startsWith(".")
              ? flag.filter.slice(1)
              : `${filter ?? schema.about.prefix}.${flag.filter}`,
          );
    const width = flag.width === 1 ? "bit" : `${flag.width} bits`;
    return [
      "",
      `${code(`${item.name}.${flag.name}`)}`,
      flag.title,
      width,
      flagNames,
      flag.names ? "named values" : "",
    ];
  });
  return [row, ...flags];
}

/** Bytes from the header's start, with the bit where a field begins inside a byte; only the fixed head has them. */
function offset({ segment, bit }) {
  if (segment > 0) return "";
  return bit & 7 ? `${bit >> 3}.${bit & 7}` : `${bit >> 3}`;
}

const kinds = {
  uint: "number",
  int: "signed number",
  biguint: "bigint",
  flag: "boolean",
  flags: "flags",
  mac: "MAC address",
  ipv4: "IPv4 address",
  ipv6: "IPv6 address",
  eui64: "EUI-64",
  bytes: "bytes",
  text: "text",
};

function typeText({ item }) {
  switch (item.kind) {
    case "field": {
      const { field } = item;
      if (field.kind === "codec") return field.codec.name;
      const order = field.little ? ", little endian" : "";
      const width =
        field.bits === 1
          ? "1 bit"
          : field.bits % 8
            ? `${field.bits} bits`
            : plural(field.bits / 8, "byte");
      return field.kind === "bytes" ? width : `${kinds[field.kind]}, ${width}${order}`;
    }
    case "bytes":
      return `bytes: ${sizeText(item.size)}`;
    case "text":
      return `text: ${item.extent === null ? sizeText(item.size) : extentText(item.extent)}`;
    case "record":
      return `one ${anchor(item.schema)}${item.size === null ? "" : `: ${sizeText(item.size)}`}`;
    default:
      return `list of ${anchor(item.schema)}${boundsText(item.bounds)}`;
  }
}

function boundsText({ count, size, until, stop, pad }) {
  const said = [];
  if (count !== null) said.push(sizeText(count, ""));
  if (size !== null) said.push(sizeText(size));
  if (count === null && size === null && until === null && stop === null)
    said.push("all that is left");
  if (until !== null || stop !== null) said.push("up to the last one");
  if (pad > 1) said.push(`each padded to ${pad} bytes`);
  return `: ${said.join(", ")}`;
}

const anchor = (schema) => `[${schema.name}](#${slug(recordTitle(schema))})`;
/** As GitHub makes the anchors of headings. */
const slug = (text) =>
  text
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replace(/ /g, "-");

function sizeText(size, unit = " bytes") {
  if (size === "rest") return "all that is left";
  if (typeof size === "number") return unit === "" ? `${size}` : plural(size, "byte");
  if (typeof size === "function") return "computed";
  const { field, unit: factor = 1, plus = 0, zero, below, after = false } = size;
  const product = factor === 1 ? code(field) : `${code(field)} × ${factor}`;
  const sum = plus === 0 ? product : `${product} ${plus < 0 ? "−" : "+"} ${Math.abs(plus)}`;
  const from = after ? ", counted from behind that field" : "";
  const rest = zero === "rest" ? "; zero stands for all that is left" : "";
  const limit = below === undefined ? "" : `; from ${below} on it is no length`;
  return `${sum}${unit}${from}${rest}${limit}`;
}

function extentText(extent) {
  const shown = (text) => code(JSON.stringify(text).slice(1, -1)).replace("` `", "a space");
  if ("until" in extent) return `up to one of ${shown(extent.until)}`;
  return `a run of ${shown(extent.of)}${extent.max === undefined ? "" : `, ${extent.max} at most`}`;
}

function whenText(when) {
  if (typeof when === "function") return conditionText(String(when));
  if (typeof when === "string") return `only if ${code(when)}`;
  return `only if ${code(when.field)} is ${[when.is].flat().join(" or ")}`;
}

/** What a function asks, where it is one short expression. */
function conditionText(source) {
  const short = /^\(?(\w+)\)? => ([^{}\n]{1,60})$/.exec(source);
  if (short === null) return "only if the declaration's condition holds";
  return `only if ${code(short[2].replaceAll(`${short[1]}.`, ""))}`;
}

function notes({ item }) {
  const { options, when } = item;
  const said = [];
  if (when !== null) said.push(whenText(when));
  if (options.checksum !== undefined) said.push("checksum");
  if (options.computed !== undefined) said.push("computed");
  if (options.default !== undefined) said.push(`default ${defaultText(options.default)}`);
  if (options.scale !== undefined) said.push(`shown × ${options.scale}`);
  if (options.names !== undefined) said.push("named values");
  if (item.align > 1) said.push(`padded to ${item.align} bytes`);
  if (options.note !== undefined) said.push(options.note);
  return said.join("; ");
}

function defaultText(value) {
  if (typeof value === "bigint") return code(`${value}n`);
  if (value instanceof Uint8Array) return code(Buffer.from(value).toString("hex"));
  return code(typeof value === "string" ? value : JSON.stringify(value));
}

function nameOf(filter, name, prefix) {
  if (filter?.startsWith(".")) return filter.slice(1);
  return `${prefix}.${filter ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

// ---- cases, payload, trailer

/** `path` is how the cases of a case are reached: `multipath.join.`. */
function casesOf(schema, level, path, remember) {
  if (schema.cases === null) return [];
  const { cases } = schema;
  const base = schema.spec.items.length;
  const keys = new Map();
  for (const [key, one] of cases.byKey) keys.set(one, [...(keys.get(one) ?? []), key]);
  const names = schema.find(cases.selectorName.split(".")[0])?.item.options.names;
  const lines = [`${level} Cases by \`${cases.selectorName}\``];
  const plain = [];
  const more = [];
  for (const one of cases.list) {
    const row = [
      code(path + one.caseName),
      keys.get(one).join(", "),
      names?.get(keys.get(one)[0]) ?? "",
    ];
    plain.push(row);
    if (one.placed.length > base || one.cases !== null) more.push(one);
  }
  if (cases.unknown.placed.length > base) more.push(cases.unknown);
  lines.push(markdownTable(["Case", cases.selectorName, "Name"], plain));
  const headers = [...cases.list, cases.unknown]
    .map((one) => one.spec.header)
    .filter((h) => h !== schema.spec.header);
  const lengths = new Set(headers.filter((h) => h !== null).map((h) => sizeText(h)));
  if (lengths.size === 1) lines.push(`Length, where a case has one: ${[...lengths][0]}.`);
  for (const one of more) {
    const key = keys.get(one);
    const title =
      one === cases.unknown ? "Any other" : `${code(path + one.caseName)} (${key.join(", ")})`;
    // Markdown has six levels of headings.
    lines.push(`${`${level}#`.slice(0, 6)} ${title}`, ...body(one, remember, base), ...nextOf(one));
    lines.push(...casesOf(one, `${level}##`.slice(0, 6), `${path}${one.caseName}.`, remember));
  }
  return lines;
}

function nextOf({ spec: { next } }) {
  if (next === null) return [];
  const order = next.lowest && next.fields.length > 1 ? ", the lower first" : "";
  const unless = next.unless === null ? "" : `, unless ${code(next.unless)} is set`;
  return [
    `The payload's protocol is looked up in ${code(next.table.name)} by ${next.fields.map(code).join(", then ")}${order}${unless}.`,
  ];
}

function trailerOf({ spec: { trailer } }, remember) {
  if (trailer === null) return [];
  return ["## Trailer", ...body(trailer, remember)];
}

// ---- Markdown

const code = (text) => `\`${text}\``;
const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const page = (parts) => `${parts.join("\n\n")}\n`;

function markdownTable(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

// ---- running

async function main() {
  const built = new URL("../dist/protocols/all.js", import.meta.url);
  if (!existsSync(built)) {
    stderr.write("docs: there is no dist/: run npm run build first\n");
    return 1;
  }
  const { all } = await import(built.href);
  const pages = generate(all);
  const check = argv.includes("--check");
  let stale = 0;
  const differs = (path, text) => {
    if (existsSync(path) && readFileSync(path, "utf8") === text) return false;
    stale++;
    if (check) stderr.write(`${path} is not what the declarations give: run npm run docs\n`);
    return true;
  };
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of pages)
    if (differs(folder + file, text) && !check) writeFileSync(folder + file, text);
  for (const file of readdirSync(folder).filter(
    (name) => name.endsWith(".md") && !pages.has(name),
  )) {
    stale++;
    if (check) stderr.write(`${folder}${file} is the page of no protocol: run npm run docs\n`);
    else rmSync(folder + file);
  }
  stdout.write(
    `docs/protocols: ${plural(pages.size, "page")}, ${stale} ${check ? "out of date" : "written or removed"}\n`,
  );
  return check && stale > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(argv[1] ?? "").href) exit(await main());
