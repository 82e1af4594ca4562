import { describe, expect, it } from "vitest";
import { type Content, Moment, Named } from "../../src/report/content.ts";
import { TreeReport } from "../../src/report/tree/report.ts";
import { treeText } from "../../src/report/tree/tree.ts";
import { wrap } from "../../src/report/tree/wrap.ts";
import { appBytes, captured, netBytes, pcapHeader } from "./frames.ts";

const tree = (entries: Record<string, Content>): string =>
  treeText(new Map(Object.entries(entries)));

describe("a tree", () => {
  it("indents by open branches, with blanks below the last", () => {
    const inner = new Map<string, Content>([
      ["b", 1],
      ["c", new Map([["d", true]])],
    ]);
    expect(tree({ a: inner, e: inner })).toBe(
      [
        "  |-- a ",
        "  |     |-- b -> 1",
        "  |     |-- c ",
        "  |           |-- d -> True",
        "  |-- e ",
        "        |-- b -> 1",
        "        |-- c ",
        "              |-- d -> True",
        "",
      ].join("\n"),
    );
  });

  it("writes values as the rules have it", () => {
    expect(
      tree({
        none: null,
        text: "",
        bytes: new Uint8Array(),
        list: [],
        fields: new Map(),
        no: false,
        big: 2n ** 64n,
        not: Number.NaN,
        less: Number.NEGATIVE_INFINITY,
        kind: new Named(6, "TCP"),
        other: new Named(254, null),
        whole: new Moment(1_511_106_545, 0),
        micro: new Moment(1_511_106_545, 471_719_000),
        nano: new Moment(1_511_106_545, 471_719_001),
        short: Uint8Array.of(1, 255),
        line: "a\n\tb\x00é",
      }),
    ).toBe(
      [
        "  |-- none -> NIL",
        "  |-- text  -> NIL",
        "  |-- bytes  -> NIL",
        "  |-- list  -> NIL",
        "  |-- fields  -> NIL",
        "  |-- no -> False",
        "  |-- big -> 18446744073709551616",
        "  |-- not -> NaN",
        "  |-- less -> -Infinity",
        "  |-- kind -> TCP [6]",
        "  |-- other -> 254",
        "  |-- whole -> 2017-11-19T15:49:05Z",
        "  |-- micro -> 2017-11-19T15:49:05.471719Z",
        "  |-- nano -> 2017-11-19T15:49:05.471719001Z",
        "  |-- short -> 01 ff",
        "  |-- line -> a\\n\\tb\\x00é",
        "",
      ].join("\n"),
    );
  });

  it("wraps long texts and bytes, in lists one level deeper, for the last item too", () => {
    const long = "EtherType::Internet_Protocol_version_6 [34525]";
    const bytes = Uint8Array.from({ length: 18 }, (_, i) => i);
    expect(
      tree({ type: long, list: [1, long, new Map([["a", null]]), bytes], packet: bytes }),
    ).toBe(
      [
        "  |-- type ",
        "  |     |--> EtherType::Internet_Protocol_version_6",
        "  |          [34525]",
        "  |-- list ",
        "  |     |--> 1",
        "  |     |--> --",
        "  |     |     |--> EtherType::Internet_Protocol_version_6",
        "  |     |          [34525]",
        "  |     |--> --",
        "  |     |     |-- a -> NIL",
        "  |     |--> --",
        "  |           |--> 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f",
        "  |                10 11",
        "  |-- packet ",
        "        |--> 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f",
        "             10 11",
        "",
      ].join("\n"),
    );
  });

  it("breaks words that are longer than a line, and drops blanks at the ends of lines", () => {
    expect(wrap("a".repeat(85), 40)).toEqual(["a".repeat(40), "a".repeat(40), "a".repeat(5)]);
    expect(wrap(`ab ${"c".repeat(45)}`, 40)).toEqual([`ab ${"c".repeat(37)}`, "c".repeat(8)]);
    expect(wrap(`ab${" ".repeat(100)}cd`, 40)).toEqual(["ab", "cd"]);
    expect(wrap(" ".repeat(100), 40)).toEqual([""]);
    expect(wrap(`${"a".repeat(40)} b`, 40)).toEqual(["a".repeat(40), "b"]);
  });
});

describe("the limits of a line", () => {
  const x = (n: number): string => "x".repeat(n);
  const hex = (n: number): string => Array.from({ length: n }, () => "aa").join(" ");
  const bytes = (n: number): Uint8Array => new Uint8Array(n).fill(0xaa);

  it("are 40 characters and 16 bytes", () => {
    expect(tree({ a: x(40), b: bytes(16) })).toBe(`  |-- a -> ${x(40)}\n  |-- b -> ${hex(16)}\n`);
    expect(tree({ a: x(41), b: bytes(33) })).toBe(
      [
        "  |-- a ",
        `  |     |--> ${x(40)}`,
        "  |          x",
        "  |-- b ",
        `        |--> ${hex(16)}`,
        `             ${hex(16)}`,
        "             aa",
        "",
      ].join("\n"),
    );
  });

  it("hold in lists too, whose items of several lines begin one level deeper, the last as the others", () => {
    expect(tree({ list: [x(40), x(41), bytes(16), bytes(17), null, "", [], new Map()] })).toBe(
      [
        "  |-- list ",
        `        |--> ${x(40)}`,
        "        |--> --",
        `        |     |--> ${x(40)}`,
        "        |          x",
        `        |--> ${hex(16)}`,
        "        |--> --",
        `        |     |--> ${hex(16)}`,
        "        |          aa",
        "        |--> NIL",
        "        |--> NIL",
        "        |--> NIL",
        "        |--> NIL",
        "",
      ].join("\n"),
    );
  });

  it("are kept with line feeds and very long blanks in a text", () => {
    const text = `a\n${" ".repeat(10_000)}b`;
    expect(tree({ text, other: 1 })).toBe(
      ["  |-- text ", "  |     |--> a\\n", "  |          b", "  |-- other -> 1", ""].join("\n"),
    );
  });
});

describe("numbers in a tree", () => {
  it("are as they are: whole ones, parts, and what is none", () => {
    expect(tree({ a: 0, b: -1, c: 1.5, d: Number.POSITIVE_INFINITY, e: Number.NaN, f: true })).toBe(
      "  |-- a -> 0\n  |-- b -> -1\n  |-- c -> 1.5\n  |-- d -> Infinity\n  |-- e -> NaN\n  |-- f -> True\n",
    );
  });
});

describe("a tree report", () => {
  it("shows blocks under their names with an empty line between them", () => {
    const report = new TreeReport();
    const text =
      report.start() +
      report.block!(pcapHeader) +
      report.packet(captured(netBytes)) +
      report.packet(captured(appBytes, 1, 0, 2)) +
      report.end();
    const blocks = text.split("\n\n");
    expect(blocks.map((b) => b.split("\n")[0])).toEqual(["Global Header", "Frame 1", "Frame 2"]);
    expect(blocks[1]).toContain(
      [
        "  |     |     |-- options ",
        "  |     |     |     |--> --",
        "  |     |     |     |     |-- is -> size",
        "  |     |     |     |     |-- kind -> size [2]",
        "  |     |     |     |     |-- length -> 4",
        "  |     |     |     |     |-- size -> 1460",
      ].join("\n"),
    );
    expect(blocks[1]).toContain("\n  |-- time -> 2017-11-19T15:49:05.471719Z\n");
    expect(blocks[1]).toContain('\n  |     |     |-- tag -> a"\\n\n');
    expect(text.endsWith("\n")).toBe(true);
    expect([...text].every((c) => c === "\n" || c >= " ")).toBe(true);
  });
});
