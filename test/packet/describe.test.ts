import fc from "fast-check";
import { expect, describe as group, it } from "vitest";
import { parseHex } from "../../src/bytes/hex.ts";
import { type DescribedNode, describe, describePacket } from "../../src/packet/describe.ts";
import { appBytes, captured, netBytes } from "../report/frames.ts";
import { dissect, hostile, link, net } from "../report/samples.ts";

/** The children of a node begin where it begins, follow one another without gaps, and end where it ends. */
function expectTiled(node: DescribedNode): void {
  if (node.children.length === 0) return;
  let at = node.start;
  for (const child of node.children) {
    expect(child.start).toBe(at);
    expect(child.end).toBeGreaterThanOrEqual(child.start);
    at = child.end;
    expectTiled(child);
  }
  expect(at).toBe(node.end);
}

const find = (node: DescribedNode, ...path: string[]): DescribedNode => {
  let found = node;
  for (const name of path) {
    const next = found.children.find((c) => c.name === name);
    if (next === undefined) throw new Error(`no ${name} in ${found.children.map((c) => c.name)}`);
    found = next;
  }
  return found;
};

group("describing a packet", () => {
  const root = describePacket(captured(netBytes));

  it("gives the layers, the payload and the trailers, one behind the other", () => {
    expect(root.children.map((c) => [c.name, c.start / 8, c.end / 8])).toEqual([
      ["link", 0, 14],
      ["net", 14, 74],
      ["raw", 74, 91],
      ["trailer", 91, 93],
    ]);
    expectTiled(root);
  });

  it("says values as people read them", () => {
    const text = (...path: string[]) => find(root, ...path).text;
    expect(text("link", "type")).toBe("Net (0x0007)");
    expect(text("link", "dst")).toBe("02:00:00:00:00:01");
    expect(text("net", "words")).toBe("60 (15)");
    expect(text("net", "class")).toBe("0x0c");
    expect(text("net", "class", "mode")).toBe("three (3)");
    expect(text("net", "flags")).toBe("0x0015 (last)");
    expect(text("net", "flags", "level")).toBe("five (5)");
    expect(text("net", "flags", "last")).toBe("set");
    expect(text("net", "flags", "more")).toBe("not set");
    expect(text("net", "time")).toBe("2001-09-09T01:46:40Z");
    expect(text("net", "id")).toBe("9223372036854775808");
    expect(text("net", "key")).toBe("abcdef0123");
    expect(text("net", "options")).toBe("3 items");
    expect(text("net", "options", "net.option")).toBe("size");
  });

  it("carries API name, Wireshark's name, title, value and range of bits", () => {
    expect(find(root, "net", "class", "low")).toMatchObject({
      filter: "net.low",
      title: "Low",
      value: 0,
      start: 14 * 8 + 14,
      end: 15 * 8 + 8,
    });
    expect(find(root, "net", "flags", "unnamed")).toMatchObject({ filter: null, value: 0 });
    expect(find(root, "net", "flags", "more").filter).toBe("net.flags.more");
  });

  it("counts bits from the packet's start for a layer and a record alone too", () => {
    const packet = captured(netBytes);
    expect(describe(packet.layers[1]!)).toEqual(find(root, "net"));
    const first = packet.require(net).options[0]!;
    expect(describe(first.layer)).toMatchObject({ start: (14 + 52) * 8, end: (14 + 56) * 8 });
  });

  it("tells a fault at the bytes that could not be read", () => {
    const bytes = netBytes.slice();
    bytes[14 + 53] = 0;
    const layer = find(describePacket(dissect(bytes)), "net");
    const error = layer.children.find((c) => c.error !== undefined);
    expect(error).toMatchObject({ name: "rest", error: { kind: "malformed", field: "options" } });
    expect(error!.start).toBe(66 * 8);
  });

  it("tells a fault without bytes of its own by a node of no width", () => {
    const layer = find(describePacket(dissect(netBytes.slice(0, 80))), "net");
    const error = find(layer, "error");
    expect(error.text).toBe(
      "net.payload is cut off at byte 14: 77 bytes are needed, the capture leaves 66",
    );
    expect([error.start, error.end]).toEqual([layer.end, layer.end]);
  });

  it("shows what there is of a header that is cut short", () => {
    const cut = describePacket(dissect(netBytes.slice(0, 24)));
    const raw = find(cut, "raw");
    expect(raw.title).toBe("Sample Net (cut short)");
    expect(raw.error).toMatchObject({ kind: "truncated", protocol: "net" });
    expect(find(raw, "port").value).toBe(4242);
    expectTiled(cut);
  });

  it("tiles whatever the bytes are", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(netBytes, appBytes, parseHex("010203040506 070809000102 6666 010203")),
        fc.uint8Array({ maxLength: 40 }),
        fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 6 }),
        fc.nat(140),
        (start, tail, changes, length) => {
          const bytes = new Uint8Array([...start, ...tail]).slice(0, length);
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          for (const first of [link, net, hostile]) {
            const root = describePacket(dissect(bytes, first));
            expect(root.end).toBe(bytes.length * 8);
            if (bytes.length > 0) expect(root.children.length).toBeGreaterThan(0);
            expectTiled(root);
          }
        },
      ),
      { numRuns: 300, seed: 5 },
    );
  });
});
