import { describe, expect, it } from "vitest";
import { type Content, Moment, Named } from "../../src/report/content.ts";
import { PlistReport } from "../../src/report/plist/report.ts";
import { dictInside } from "../../src/report/plist/value.ts";
import { base64, xmlText } from "../../src/report/plist/xml.ts";
import { appBytes, captured, linkTypeNames, netBytes, pcapHeader } from "./frames.ts";
import { have, python } from "./python.ts";
import { textOf } from "./write.ts";

const inside = (entries: Record<string, Content>): string =>
  dictInside(new Map(Object.entries(entries)), "");

describe("a property list", () => {
  it("writes values in Apple's words", () => {
    expect(
      inside({
        text: "a <b> & c",
        whole: -2,
        part: 1.5,
        large: 2 ** 53,
        enormous: 1e300,
        most: 2n ** 64n - 1n,
        least: -(2n ** 63n),
        more: 2n ** 64n,
        not: Number.NaN,
        less: Number.NEGATIVE_INFINITY,
        yes: true,
        bytes: Uint8Array.of(1, 2, 3, 4),
        nothing: new Uint8Array(0),
        list: [],
        fields: new Map(),
      }),
    ).toBe(
      [
        ["text", "<string>a &lt;b&gt; &amp; c</string>"],
        ["whole", "<integer>-2</integer>"],
        ["part", "<real>1.5</real>"],
        ["large", "<integer>9007199254740992</integer>"],
        ["enormous", "<real>1e+300</real>"],
        ["most", "<integer>18446744073709551615</integer>"],
        ["least", "<integer>-9223372036854775808</integer>"],
        ["more", "<string>18446744073709551616</string>"],
        ["not", "<real>nan</real>"],
        ["less", "<real>-infinity</real>"],
        ["yes", "<true/>"],
        ["bytes", "<data>AQIDBA==</data>"],
        ["nothing", "<data></data>"],
        ["list", "<array/>"],
        ["fields", "<dict/>"],
      ]
        .map(([key, value]) => `<key>${key}</key>\n${value}\n`)
        .join(""),
    );
  });

  it("leaves keys without a value out, and keeps the places of items without one", () => {
    expect(inside({ none: null, list: [1, null, [null]] })).toBe(
      "<key>list</key>\n<array>\n\t<integer>1</integer>\n\t<dict/>\n\t<array>\n\t\t<dict/>\n\t</array>\n</array>\n",
    );
  });

  it("names numbers beside them, where they have a name", () => {
    expect(inside({ known: new Named(6, "TCP"), other: new Named(254, null) })).toBe(
      "<key>known</key>\n<dict>\n\t<key>value</key>\n\t<integer>6</integer>\n\t<key>name</key>\n\t<string>TCP</string>\n</dict>\n" +
        "<key>other</key>\n<dict>\n\t<key>value</key>\n\t<integer>254</integer>\n</dict>\n",
    );
  });

  it("writes dates without a fraction, and loses nothing of any time", () => {
    expect(
      inside({
        time: new Moment(1_511_106_545, 471_719_001),
        time_epoch: "as it was said",
        start: new Moment(-1, 999_999_999),
        far: new Moment(10 ** 12, 1),
        beyond: new Moment(10 ** 15, 2),
        all: [new Moment(0, 5)],
      }),
    ).toBe(
      [
        "<key>time</key>\n<date>2017-11-19T15:49:05Z</date>\n",
        "<key>time_epoch</key>\n<string>as it was said</string>\n",
        "<key>start</key>\n<date>1969-12-31T23:59:59Z</date>\n",
        "<key>start_epoch</key>\n<string>-0.000000001</string>\n",
        "<key>far_epoch</key>\n<string>1000000000000.000000001</string>\n",
        "<key>beyond_epoch</key>\n<string>1000000000000000.000000002</string>\n",
        "<key>all</key>\n<array>\n\t<dict>\n\t\t<key>time</key>\n\t\t<date>1970-01-01T00:00:00Z</date>\n",
        "\t\t<key>time_epoch</key>\n\t\t<string>0.000000005</string>\n\t</dict>\n</array>\n",
      ].join(""),
    );
  });

  it("shows what XML cannot hold", () => {
    expect(xmlText("\0\x1b\x1f\t\n\r\x7f\x85\ufffe\ud800é\u{1f600}")).toBe(
      "␀␛␟\t\n&#13;\x7f\x85��é\u{1f600}",
    );
    expect(xmlText("]]>")).toBe("]]&gt;");
  });

  it("writes bytes as base64 on one line, whatever their number", () => {
    for (let length = 0; length < 200; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => i * 37);
      expect(base64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
    }
  });
});

describe("a property list report", () => {
  const report = new PlistReport({ linkTypeNames });
  const pieces = [
    report.start(),
    report.block!(pcapHeader),
    report.packet(captured(netBytes)),
    report.packet(captured(appBytes, 1, 0, 2)),
    report.end(),
  ];

  it("begins as Apple's programs begin theirs, and has a name and a dictionary for each block", () => {
    const text = textOf(pieces);
    expect(text).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<!DOCTYPE plist PUBLIC "-\/\/Apple\/\/DTD PLIST 1\.0\/\/EN" "http:\/\/www\.apple\.com\/DTDs\/PropertyList-1\.0\.dtd">\n<plist version="1\.0">\n<dict>\n/,
    );
    const names = [...text.matchAll(/^\t<key>(.*)<\/key>$/gm)].map(([, name]) => name);
    expect(names).toEqual(["version", "Global Header", "Frame 1", "Frame 2"]);
    expect(text.endsWith("\t</dict>\n</dict>\n</plist>\n")).toBe(true);
  });

  it.skipIf(!have("python3", "a property list as plistlib reads it"))("is read by plistlib", () => {
    const found = python(
      [
        "import plistlib",
        "d = plistlib.loads(data)",
        "f = d['Frame 1']",
        "found = [list(d), d['Global Header']['network'], f['time'].isoformat(), f['time_epoch'],",
        "  f['packet'].hex(), f['link']['net']['id'], f['link']['net']['options'][0], f['link']['net']['key'].hex()]",
      ].join("\n"),
      Buffer.from(textOf(pieces)),
    );
    expect(found).toEqual([
      ["version", "Global Header", "Frame 1", "Frame 2"],
      { value: 1, name: "ETHERNET" },
      "2017-11-19T15:49:05",
      "1511106545.471719000",
      Buffer.from(netBytes).toString("hex"),
      2 ** 63,
      { is: "size", kind: { value: 2, name: "size" }, length: 4, size: 1460 },
      "abcdef0123",
    ]);
  });
});
