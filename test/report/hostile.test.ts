import { describe, expect, it } from "vitest";
import { escapeText } from "../../src/bytes/escape.ts";
import { reports } from "../../src/report/reports.ts";
import { sayingReport, texts, throughUtf8 } from "./hostile.ts";
import { have, python, run } from "./python.ts";

const create = (name: string, fields?: readonly string[]) =>
  reports.get(name)!.create(fields === undefined ? {} : { fields });
const hasPython = have("python3", "reports as Python reads them");
const hasPlistutil = have("plistutil", "property lists as libplist reads them");

/** What a property list shows of a text: XML has no form for some characters. */
const shownInXml = (value: string): string =>
  throughUtf8(value)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, (c) => String.fromCharCode(0x2400 + c.charCodeAt(0)))
    .replace(/[\ufffe\uffff]/g, "\ufffd");

/** What a page shows of a text. */
const shownInHtml = (value: string): string =>
  escapeText(value).replace(/\p{Noncharacter_Code_Point}/gu, (c) => {
    const digits = c.codePointAt(0)!.toString(16);
    return digits.length > 4 ? `\\u{${digits}}` : `\\u${digits}`;
  });

const layerOf = (value: string) => ({ text: value, list: [value, 1], [`key ${value}`]: true });

describe.skipIf(!hasPython)("whatever texts a packet holds", () => {
  it("json says them, to Python too", () => {
    const found = python(
      "found = [v['layer'] for k, v in json.loads(data).items() if k != 'version']",
      sayingReport(create("json")),
    );
    expect(found).toEqual(texts.map(layerOf));
  });

  it("ndjson says them, each packet on its line", () => {
    const report = sayingReport(create("ndjson"));
    const found = python(
      "found = [json.loads(line)['layer'] for line in data.split(b'\\n')[:-1]]",
      report,
    );
    expect(found).toEqual(texts.map(layerOf));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none
    expect(report.toString("utf8")).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });

  it("plist says them, to plistlib", () => {
    const found = python(
      "import plistlib\nfound = [v['layer'] for k, v in plistlib.loads(data).items() if k != 'version']",
      sayingReport(create("plist")),
    );
    expect(found).toEqual(texts.map((value) => layerOf(shownInXml(value))));
  });

  it.skipIf(!hasPlistutil)("plist says them, to libplist", () => {
    const binary = run(
      "plistutil",
      ["-i", "-", "-f", "bin", "-o", "-"],
      sayingReport(create("plist")),
    );
    const found = python(
      "import plistlib\nd = plistlib.loads(data)\nfound = [d['Frame %d' % (i + 1)]['layer'] for i in range(len(d) - 1)]",
      binary,
    );
    expect(found).toEqual(texts.map((value) => layerOf(shownInXml(value))));
  });

  it("csv says them to the letter", () => {
    const found = python(
      "import csv, io\nfound = list(csv.reader(io.StringIO(data.decode('utf-8'), newline=''), strict=True))",
      sayingReport(create("csv", ["layer.text", "layer.none", "layer.text"])),
    );
    const rows = texts.map((value) => [throughUtf8(value), "", throughUtf8(value)]);
    expect(found).toEqual([["layer.text", "layer.none", "layer.text"], ...rows]);
  });

  it("csv keeps a row of one empty cell", () => {
    const found = python(
      "import csv, io\nfound = list(csv.reader(io.StringIO(data.decode('utf-8'), newline='')))",
      sayingReport(create("csv", ["layer.none"])),
    );
    expect(found).toEqual([["layer.none"], ...texts.map(() => [""])]);
  });

  it("html shows them as text, with no element that is not its own", () => {
    const found = python(
      [
        "from html.parser import HTMLParser",
        "class Reader(HTMLParser):",
        "    def __init__(self):",
        "        super().__init__(convert_charrefs=True)",
        "        self.open, self.names, self.codes, self.keys, self.bad = [], set(), [], [], []",
        "    def handle_starttag(self, tag, attrs):",
        "        self.names.add(tag)",
        "        for name, _ in attrs: self.names.add(tag + '.' + name)",
        "        if tag not in ('meta', 'col'): self.open.append(tag)",
        "        if tag == 'code': self.codes.append('')",
        "    def handle_endtag(self, tag):",
        "        if not self.open or self.open.pop() != tag: self.bad.append(tag)",
        "    def handle_data(self, text):",
        "        if self.open and self.open[-1] == 'code': self.codes[-1] += text",
        "r = Reader()",
        "r.feed(data.decode('utf-8'))",
        "r.close()",
        "found = {'open': r.open, 'bad': r.bad, 'names': sorted(r.names), 'codes': r.codes}",
      ].join("\n"),
      sayingReport(create("html")),
    ) as { open: string[]; bad: string[]; names: string[]; codes: string[] };
    expect([found.open, found.bad]).toEqual([[], []]);
    expect(found.names).toEqual([
      ...[
        "b",
        "body",
        "code",
        "col",
        "col.class",
        "colgroup",
        "details",
        "details.open",
        "div",
        "div.class",
      ],
      ...["h1", "head", "html", "html.lang", "i", "li", "meta", "meta.charset", "meta.content"],
      ...[
        "meta.http-equiv",
        "meta.name",
        "pre",
        "style",
        "summary",
        "table",
        "tbody",
        "td",
        "td.class",
      ],
      ...["td.colspan", "th", "th.scope", "thead", "title", "tr", "ul"],
    ]);
    const shown = new Set(found.codes);
    expect(texts.map(shownInHtml).filter((value) => value !== "" && !shown.has(value))).toEqual([]);
  });
});

it("a tree keeps each value on lines of its own, whatever texts a packet holds", () => {
  const text = sayingReport(create("tree")).toString("utf8");
  expect(text.split("\n\n")).toHaveLength(texts.length);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none
  expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]/);
  for (const line of text.split("\n"))
    expect(line).toMatch(
      /^$|^Frame \d+$|^(?: {2}\| {3}| {6})* {2}\|--|^(?: {2}\| {3}| {6})* {7}\S/u,
    );
});
