import { describe, expect, it } from "vitest";
import { openCapture } from "../../src/capture/open.ts";
import type { Block } from "../../src/files/blocks.ts";
import { sourceAfter } from "../../src/report/frame.ts";
import { NullReport } from "../../src/report/null.ts";
import type { Piece, ReportPlace } from "../../src/report/report.ts";
import { allReports, reports } from "../../src/report/reports.ts";
import { captured, netBytes } from "./frames.ts";
import { goldenCapture, goldenDissector } from "./golden-capture.ts";
import { have, python } from "./python.ts";
import { textOf, written } from "./write.ts";

for (const { prepare } of allReports) await prepare?.();

/** Reads each state of a report: texts with a line feed and a NUL between them. */
const readers: Readonly<Record<string, string>> = {
  json: "json.loads(text)",
  ndjson: "[json.loads(line) for line in text.split('\\n')[:-1]]",
  plist: "plistlib.loads(text.encode())",
  csv: "list(csv.reader(io.StringIO(text, newline=''), strict=True))",
  html: "closed(text)",
};
const closed = [
  "def closed(text):",
  "    left = []",
  "    class Reader(HTMLParser):",
  "        def handle_starttag(self, tag, attrs): tag in ('meta', 'col') or left.append(tag)",
  "        def handle_endtag(self, tag): assert left.pop() == tag",
  "    Reader().feed(text)",
  "    assert left == [], left",
].join("\n");

describe("formats", () => {
  it("are found by their names, and no name is that of two", () => {
    const names = allReports.flatMap(({ name, also }) => [name, ...also]);
    expect(new Set(names).size).toBe(names.length);
    expect([...reports.keys()]).toEqual(names);
    expect(names).toEqual([
      ...["json", "ndjson", "jsonl", "tree", "txt", "plist", "xml", "html", "htm", "csv"],
      ...["pcap", "cap", "pcapng", "parquet", "null"],
    ]);
  });

  it("make reports that are called as they are", () => {
    for (const format of allReports) {
      const { name, extension, isIndependent } = format;
      const report = format.create();
      expect([report.format, report.extension]).toEqual([name, extension]);
      expect(report.resume !== undefined).toBe(isIndependent || name === "null");
    }
  });

  it("of nothing give what is whole", async () => {
    for (const format of allReports) {
      const { pieces, packets } = await written(format.create(), goldenCapture.subarray(0, 108));
      expect(packets).toBe(0);
      // An empty capture has no line in formats that have only lines.
      const isLines = ["ndjson", "tree", "null"].includes(format.name);
      expect(textOf(pieces).length).toBeGreaterThan(isLines ? -1 : 10);
    }
  });

  it("that are sealed give the same end whenever they are asked, and it changes nothing", async () => {
    for (const format of allReports.filter((one) => one.isSealable)) {
      const plain = await written(format.create(), goldenCapture);
      const report = format.create();
      const ends = new Set([report.end()]);
      const asked = await written(report, goldenCapture, { change: () => ends.add(report.end()) });
      expect([...ends]).toEqual([plain.pieces.at(-1)]);
      expect(textOf(asked.pieces)).toBe(textOf(plain.pieces));
    }
  });

  it.skipIf(!have("python3", "reports that end anywhere"))(
    "are complete after each frame, so that one that is killed in the middle can be read",
    async () => {
      for (const [name, reader] of Object.entries(readers)) {
        const { pieces } = await written(reports.get(name)!.create(), goldenCapture);
        const end = pieces.pop()!;
        const states = pieces.map((_, i) => textOf([...pieces.slice(0, i + 1), end]));
        const found = python(
          [
            "import csv, io, plistlib",
            "from html.parser import HTMLParser",
            closed,
            "states = data.decode().split('\\n\\0')",
            `for text in states: ${reader}`,
            "found = len(states)",
          ].join("\n"),
          Buffer.from(states.join("\n\0")),
        );
        expect(found).toBe(states.length);
      }
    },
  );

  it("that are independent go on in any place as if they had begun at the beginning", async () => {
    const blocks: { at: number; block: Block }[] = [];
    const capture = openCapture(goldenCapture, {
      dissector: goldenDissector,
      onBlock: (block) => blocks.push({ at: capture.count, block }),
    });
    const packets = [...capture];
    for (const format of allReports.filter((one) => one.isIndependent)) {
      const pieces = (from: number, place?: ReportPlace): Piece[] => {
        const report = format.create();
        const made = [report.start()];
        if (place !== undefined) report.resume!(place);
        const own = packets.slice(from).map((packet, i) => {
          const before = blocks.filter(({ at }) => at === from + i);
          const said = before.map(({ block }) => report.block?.(block) ?? "");
          return textOf([...said, report.packet(packet, capture.optionsOf(packet))]);
        });
        return [...made, ...own];
      };
      const whole = pieces(0);
      for (let from = 1; from < packets.length; from++) {
        const seen = blocks.filter(({ at }) => at < from).map(({ block }) => block);
        const counts: Record<string, number> = {};
        for (const { kind } of seen) counts[kind] = (counts[kind] ?? 0) + 1;
        const source = seen.reduce<ReportPlace["source"]>(
          (before, block) => sourceAfter(block, before),
          null,
        );
        const later = pieces(from, { packets: from, blocks: counts, source });
        expect(later.slice(1)).toEqual(whole.slice(from + 1));
      }
    }
  });

  it("say times in UTC, wherever they are made", () => {
    const before = process.env["TZ"];
    const said = ["UTC", "Asia/Kathmandu", "America/St_Johns"].map((zone) => {
      process.env["TZ"] = zone;
      const names = ["json", "ndjson", "tree", "plist", "csv", "html"];
      const texts = names.map((name) => reports.get(name)!.create().packet(captured(netBytes)));
      return { hour: new Date(0).getHours(), text: textOf(texts) };
    });
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
    // That the zones were taken at all.
    expect(said.map(({ hour }) => hour)).toEqual([0, 5, 20]);
    expect(new Set(said.map(({ text }) => text)).size).toBe(1);
    const { text } = said[0]!;
    expect(text).toContain('"time":"2017-11-19T15:49:05.471719000Z"');
    expect(text).toContain("<date>2017-11-19T15:49:05Z</date>");
    expect(text).toContain("|-- time -> 2017-11-19T15:49:05.471719Z\n");
    expect(text).toContain('<td class="t">2017-11-19 15:49:05.471719000</td>');
    expect(text).toContain("1,1511106545.471719000,94,");
  });
});

it("a report of nothing counts", async () => {
  const report = new NullReport();
  const { pieces } = await written(report, goldenCapture);
  expect(textOf(pieces)).toBe("");
  expect([report.packets, report.blocks]).toEqual([14, 20]);
});
