import fc from "fast-check";
import type { Packet } from "../../src/packet/packet.ts";
import type { Content, Fields } from "../../src/report/content.ts";
import type { PacketRecord, Report } from "../../src/report/report.ts";
import { captured, netBytes } from "./frames.ts";
import { fileOf } from "./write.ts";

/** Texts that have ended, begun or broken something somewhere. */
const known = [
  ...["", " ", "\0", "\t", "\n", "\r", "\r\n", "\x1b[2J", "\x7f", "\x85", "\u2028", "\ufeff"],
  ...[
    "\ufffe",
    "\uffff",
    "\ud800",
    "\udc00",
    "a\udfff\ud83d",
    "\u{1f600}",
    "\u{1fffe}",
    "é",
    "\u202etxt.exe",
  ],
  ...[
    "'",
    '"',
    '"""',
    "\\",
    "\\u0041",
    "&",
    "&amp;",
    "&#0;",
    "<",
    ">",
    "]]>",
    "<![CDATA[",
    "-->",
    "<!--",
  ],
  ...["</script>", "</string>", "</dict></plist>", "</code></td></table><script>alert(1)</script>"],
  ...[
    '" onmouseover="alert(1)',
    "javascript:alert(1)",
    "<img src=x onerror=alert(1)>",
    "%s%n",
    "{}",
    "[]",
  ],
  ...[
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    ",",
    ";",
    "a,b\nc",
    "\t=1",
    "\r=1",
    "null",
    "NaN",
  ],
  " ".repeat(5000),
  `${"x".repeat(100)} ${" ".repeat(100)}y`,
];

const unit = fc.integer({ min: 0, max: 0xffff }).map((n) => String.fromCharCode(n));
const text = fc.oneof(
  fc.array(unit, { maxLength: 12 }).map((all) => all.join("")),
  fc.string({ unit: "binary" }),
);

/** Texts to be said in reports, the same in every run. */
export const texts: readonly string[] = [...known, ...fc.sample(text, { seed: 27, numRuns: 200 })];

/** A packet of which another program said a text, as a value, a key and a cell. */
export const sayer = (value: string, number: number): readonly [Packet, PacketRecord] => {
  const said = new Map<string, Content>([
    ["text", value],
    ["list", [value, 1]],
    [`key ${value}`, true],
  ]);
  const content: Fields = new Map([["layer", said]]);
  const layers = { chain: ["Layer"], content, cells: new Map([["layer.text", value]]) };
  return [captured(netBytes, 1_511_106_545, 471_719_000, number), { layers }];
};

/** A report in which all of {@link texts} are said, one a packet. */
export function sayingReport(report: Report): Buffer {
  const pieces = [report.start()];
  texts.forEach((value, i) => {
    const [packet, record] = sayer(value, i + 1);
    pieces.push(report.packet(packet, undefined, record));
  });
  return fileOf([...pieces, report.end()]);
}

/** What UTF-8 makes of a text: what is half a character becomes U+FFFD. */
export const throughUtf8 = (value: string): string => Buffer.from(value, "utf8").toString("utf8");
