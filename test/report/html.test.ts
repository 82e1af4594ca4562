import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { STYLE, STYLE_HASH } from "../../src/report/html/page.ts";
import { HtmlReport } from "../../src/report/html/report.ts";
import { captured, linkTypeNames, netBytes, pcapHeader } from "./frames.ts";
import { textOf, written } from "./write.ts";

const session = new Uint8Array(readFileSync("examples/session.pcap"));

/** The cells of the row of each packet. */
const rowsOf = (page: string): string[][] =>
  [...page.matchAll(/<tr><td class="n">.*?<\/tr>/g)].map(([row]) =>
    [...row.matchAll(/<td class="\w">(.*?)<\/td>/g)].map(([, cell]) => cell!),
  );

describe("a page", () => {
  it("lets a browser take its own style and nothing else", () => {
    const page = textOf([new HtmlReport().start()]);
    expect(createHash("sha256").update(STYLE).digest("base64")).toBe(STYLE_HASH);
    expect(page).toContain(`<style>${STYLE}</style>`);
    expect(page).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'">`,
    );
    // What the policy forbids, it does not try; a style in an attribute would not be taken.
    expect(page).not.toMatch(/<script|<link|<img|\bsrc=|\bhref=|\bstyle="|url\(|@import/);
  });

  it("is called as it is told, in text", () => {
    const page = textOf([new HtmlReport({ title: 'a"<b>.pcap\n' }).start()]);
    expect(page).toContain("<title>a&quot;&lt;b&gt;.pcap\\n</title>");
    expect(page).toContain("<h1>a&quot;&lt;b&gt;.pcap\\n</h1>");
  });

  it("has a row for each packet: number, time, ends, protocol, length and what it is", async () => {
    const { pieces } = await written(new HtmlReport(), session);
    const rows = rowsOf(textOf(pieces));
    expect(rows).toHaveLength(34);
    expect(rows[2]).toEqual([
      ...["3", "2026-03-02 07:30:00.001562000", "192.0.2.10", "192.0.2.1", "DNS", "75", "[RD]"],
    ]);
  });

  it("has the layers and the bytes of each packet, to be unfolded", () => {
    const report = new HtmlReport({ linkTypeNames });
    const piece = report.block!(pcapHeader) + report.packet(captured(netBytes));
    expect(piece).toMatch(/^<tbody class="block">.*<summary>Global Header<\/summary>/);
    expect(piece).toContain(
      "<li><b>network</b></li>".replace("</li>", " <code>1</code> ETHERNET</li>"),
    );
    expect(piece).toContain("<summary>Frame 1 Link:Net</summary>");
    expect(piece).toContain("<li><b>mode</b> <code>3</code> three</li>");
    expect(piece).toContain("<li><b>key</b> <code>ab cd ef 01 23</code></li>");
    expect(piece).toContain("<li><b>tag</b> <code>a&quot;\\n</code></li>");
    expect(piece).toMatch(/<pre>0000 {2}02 00 00 00 00 01 .*\n0010 /);
  });

  it("marks packets with faults, and those without a time have none", async () => {
    const report = new HtmlReport();
    const short = report.packet(captured(netBytes.subarray(0, 20), 0, -1));
    expect(short).toMatch(/^<tbody class="bad"><tr><td class="n">1<\/td><td class="t"><\/td>/);
    expect(report.packet(captured(netBytes))).toMatch(/^<tbody><tr>/);
  });

  it("shows what another program found", () => {
    const cells = new Map([
      ["ip.src", "192.0.2.1"],
      ["ip.dst", "192.0.2.2"],
    ]);
    const layers = {
      chain: ["Eth", "<IP>"],
      content: new Map([["ip", new Map([["v", 4]])]]),
      cells,
    };
    const piece = new HtmlReport().packet(captured(netBytes), undefined, { layers });
    expect(rowsOf(piece)[0]!.slice(2)).toEqual(["192.0.2.1", "192.0.2.2", "&lt;IP&gt;", "94", ""]);
    expect(piece).toContain("<summary>ip</summary><ul><li><b>v</b> <code>4</code></li></ul>");
    expect(piece).toContain("<summary>Frame 1 Eth:&lt;IP&gt;</summary>");
  });
});
