import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { all } from "../../src/protocols/all.ts";
import { csvCell, csvRow, spreadsheetText } from "../../src/report/csv/cells.ts";
import { CsvReport, defaultFields } from "../../src/report/csv/report.ts";
import { ReportError } from "../../src/report/errors.ts";
import { fieldNames } from "../../src/report/wireshark/columns.ts";
import { hasTshark, tsharkCells } from "../support/tshark.ts";
import { captured, netBytes } from "./frames.ts";
import { sayer } from "./hostile.ts";
import { have, python } from "./python.ts";
import { fileOf, textOf, written } from "./write.ts";

const session = new Uint8Array(readFileSync("examples/session.pcap"));

describe("cells", () => {
  it("are in quotes where they must be", () => {
    expect(["a", "a,b", 'a"b', "a\nb", "a\rb", " a", "a\t", "a b", ""].map(csvCell)).toEqual([
      ...["a", '"a,b"', '"a""b"', '"a\nb"', '"a\rb"', '" a"', '"a\t"', "a b", ""],
    ]);
    expect(csvRow(["a", "b"])).toBe("a,b\r\n");
    expect(csvRow([""])).toBe('""\r\n');
    expect(csvRow(["", ""])).toBe(",\r\n");
  });

  it("for spreadsheets are never formulas, and numbers stay numbers", () => {
    const formulas = ["=1+1", "+A1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "-", "=cmd|' /C calc'!A0"];
    for (const one of formulas) expect(spreadsheetText(one)).toBe(`'${one}`);
    for (const one of ["-2", "+2", "-0.000001", "1", "a=b", "", "'"])
      expect(spreadsheetText(one)).toBe(one);
  });
});

describe("a report in columns", () => {
  it("has fields that exist, unless it is told others", () => {
    const known = new Set(fieldNames(all));
    expect(defaultFields.filter((name) => !known.has(name))).toEqual([]);
    expect(new CsvReport().start()).toBe(`${defaultFields.join(",")}\r\n`);
  });

  it("refuses a name that no field has, and says which", async () => {
    const fields = ["ip.src", "ip.sorce", 'a"b'];
    const message = 'no fields are called "ip.sorce", "a\\"b"';
    expect(() => new CsvReport({ fields, protocols: all })).toThrow(message);
    const late = written(new CsvReport({ fields }), session);
    await expect(late).rejects.toThrow(message);
    await expect(late).rejects.toMatchObject({ name: "ReportError", code: "ERR_REPORT_FIELD" });
    expect(new ReportError("ERR_REPORT_FIELD", "x")).toBeInstanceOf(Error);
  });

  it("has a column for each name, also where one comes twice", async () => {
    const fields = ["frame.number", "ip.src", "frame.number"];
    const { pieces } = await written(new CsvReport({ fields, protocols: all }), session);
    const lines = textOf(pieces).split("\r\n");
    expect(lines.slice(0, 4)).toEqual([fields.join(","), "1,,1", "2,,2", "3,192.0.2.10,3"]);
    expect(lines).toHaveLength(36);
  });

  it.skipIf(!hasTshark)("has the cells that tshark has", async () => {
    const { pieces } = await written(new CsvReport(), session);
    const rows = textOf(pieces).split("\r\n").slice(1, -1);
    const { frames } = tsharkCells("examples/session.pcap", defaultFields);
    expect(rows).toEqual(frames.map((cells) => csvRow(cells.map(csvCell)).slice(0, -2)));
  });

  it("shows what another program found, under whatever names it has", () => {
    const report = new CsvReport({ fields: ["layer.text", "its.own"] });
    const [packet, record] = sayer("=a,b", 1);
    expect(report.packet(packet, undefined, record)).toBe('"=a,b",\r\n');
  });

  it("for a spreadsheet says that it is UTF-8, and has texts in the place of formulas", () => {
    const report = new CsvReport({ fields: ["layer.text"], forSpreadsheet: true });
    const [packet, record] = sayer("=1+1", 1);
    expect(report.start() + report.packet(packet, undefined, record)).toBe(
      "\ufefflayer.text\r\n'=1+1\r\n",
    );
  });

  it.skipIf(!have("python3", "columns as pandas and csv read them"))(
    "is one that csv finds out about",
    async () => {
      const { pieces } = await written(new CsvReport(), session);
      const found = python(
        "import csv, io\nd = data.decode()\nfound = [csv.Sniffer().has_header(d), len(list(csv.DictReader(io.StringIO(d, newline=''))))]",
        fileOf(pieces),
      );
      expect(found).toEqual([true, 34]);
    },
  );

  it("has an empty row for a packet in which nothing was asked for", () => {
    const report = new CsvReport({ fields: ["frame.comment"] });
    expect(report.start() + report.packet(captured(netBytes))).toBe('frame.comment\r\n""\r\n');
  });
});
