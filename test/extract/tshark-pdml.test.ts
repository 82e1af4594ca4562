import { describe, expect, it } from "vitest";
import { openCapture } from "../../src/capture/open.ts";
import { contentOf } from "../../src/extract/engines/tshark-content.ts";
import { nodesOf, PdmlReader } from "../../src/extract/engines/tshark-pdml.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { frameText } from "../../src/report/json/frame.ts";
import { depthOf, pings } from "./tshark-captures.ts";

/** Any packet. */
const pinged = (): Packet => [...openCapture(pings(1))][0]!;

describe("layers made of PDML", () => {
  const protocol = (name: string, inside: string) =>
    `<proto name="${name}" size="1">\n${inside}</proto>\n`;
  const made = (text: string) => contentOf(nodesOf(new TextEncoder().encode(text)), new Map());

  it("lie in each other as far as anybody can follow, and then side by side", () => {
    const { chain, content } = made(protocol("http2", "").repeat(5000));
    expect(chain.length).toBe(5000);
    expect(depthOf(content)).toBe(101);
    let inner: unknown = content;
    while (inner instanceof Map && inner.has("http2")) inner = inner.get("http2");
    expect(inner).toHaveLength(4900);
    expect(
      JSON.parse(`{${frameText(pinged(), null, undefined, { chain, content, cells: new Map() })}}`),
    ).toBeDefined();
  });

  it("keep what is repeated as lists, and what no protocol took as bytes", () => {
    const field = (name: string, show: string) =>
      `<field name="${name}" size="1" show="${show}"/>\n`;
    const data = '<field name="data" value="0aff"/>\n';
    const odd = protocol(
      "odd",
      field("odd.x", "1") + field("odd.x", "02") + field("odd.y", "&lt;"),
    );
    const { chain, content } = made(odd + protocol("fake-field-wrapper", data.repeat(2)));
    const raw = new Map<string, unknown>([
      ...([
        ["protocol", null],
        ["error", null],
      ] as const),
      ["packet", Uint8Array.of(10, 255)],
    ]);
    expect(chain).toEqual(["odd"]);
    expect(content.get("odd")).toEqual(
      new Map<string, unknown>([
        ["odd.x", [1, "02"]],
        ["odd.y", "<"],
        ["raw", [raw, raw]],
      ]),
    );
  });
});

describe("reading PDML", () => {
  const tag = (name: string, show: string) => `<field name="${name}" size="1" show="${show}"/>\n`;
  const packet = (inside: string) => `<packet>\n${inside}</packet>\n\n`;
  const whole = `<?xml version="1.0"?>\n<pdml>\n${packet(tag("a", "1"))}${packet(tag("b", "&lt;&quot;&gt; &lt;/packet&gt;"))}</pdml>\n`;

  it("does not depend on where the output is cut", () => {
    const bytes = new TextEncoder().encode(whole);
    for (let size = 1; size <= bytes.length; size++) {
      const reader = new PdmlReader();
      const names: string[] = [];
      for (let at = 0; at < bytes.length; at += size)
        for (const one of reader.read(bytes.subarray(at, at + size)))
          names.push(...nodesOf(one).map(({ name, show }) => `${name}=${show}`));
      expect(names, `pieces of ${size}`).toEqual(["a=1", "b=&lt;&quot;&gt; &lt;/packet&gt;"]);
    }
  });

  it("passes over what is none of its tags", () => {
    const odd = [
      '<field show=\'1\'><field name=><field  name="a"/><proto name="x"><field name="y" show="2',
      '<field name="z" show="3"/></proto></field></field></proto></nothing><!-- > --><field name="end" show=""',
    ].join("\n");
    const noise = Array.from({ length: 20_000 }, (_, i) => (i * i * 31 + (i >> 3) * 7) % 256);
    for (const before of [[], noise, noise.map((n) => (n % 64) + 32)]) {
      const bytes = [...before, ...new TextEncoder().encode(packet(odd))];
      const [only, ...others] = new PdmlReader().read(Uint8Array.from(bytes));
      expect(others).toEqual([]);
      const nodes = nodesOf(only!).map(({ name, show, depth }) => [name, show, depth]);
      expect(nodes.slice(0, 2)).toEqual([
        ["", undefined, 0],
        ["", undefined, 1],
      ]);
      expect(nodes.find(([name]) => name === "x")).toBeDefined();
    }
    const depths = nodesOf(Uint8Array.from(noise)).map(({ depth }) => depth);
    expect(depths).toEqual([]);
  });
});
