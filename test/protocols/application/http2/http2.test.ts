import { describe, expect, it } from "vitest";
import { formatHex, parseHex } from "../../../../src/bytes/hex.ts";
import { build } from "../../../../src/packet/build.ts";
import { createDissector } from "../../../../src/packet/dissector.ts";
import { all } from "../../../../src/protocols/all.ts";
import { isFrame, isFrameHeader } from "../../../../src/protocols/application/http2/frame.ts";
import { http2 } from "../../../../src/protocols/application/http2/http2.ts";
import { http2Preface, PREFACE } from "../../../../src/protocols/application/http2/preface.ts";
import { tcp } from "../../../../src/protocols/transport/tcp.ts";
import type { AnyRecipe } from "../../../../src/schema/recipe.ts";

const dissector = createDissector(all);
const dissect = (hex: string) => dissector.dissect(parseHex(hex.replaceAll(" ", "")), http2);
const built = (recipe: AnyRecipe): string => formatHex(build(recipe).bytes());

describe("frames", () => {
  it("of settings are read", () => {
    const view = dissect("00000c 04 00 00000000 0003 00000064 0004 00100000").require(
      http2.settings,
    );
    expect(view).toMatchObject({ length: 12, type: 4, stream: 0, reserved: 0 });
    expect(view.flags).toMatchObject({ value: 0, ack: false });
    expect(view.settings.map(({ is, id, value }) => [is, id, value])).toEqual([
      ["maxConcurrentStreams", 3, 100],
      ["initialWindowSize", 4, 1_048_576],
    ]);
  });

  it("of headers with padding and priority are read", () => {
    const view = dissect("00000b 01 2d 80000001 03 80000005 0f 8286 000000").require(http2.headers);
    expect(view).toMatchObject({
      reserved: 1,
      stream: 1,
      padLength: 3,
      exclusive: true,
      dependency: 5,
      weight: 15,
    });
    expect(view.flags).toMatchObject({
      priority: true,
      padded: true,
      endHeaders: true,
      endStream: true,
    });
    expect(formatHex(view.block!)).toBe("8286");
    expect(formatHex(view.padding!)).toBe("000000");
  });

  it("follow one another in a segment", () => {
    const packet = dissect(
      "000000 04 01 00000000 000002 00 00 00000001 6869 000004 08 00 00000001 00000009",
    );
    expect(packet.layers.map(({ schema }) => schema.caseName)).toEqual([
      "settings",
      "data",
      "windowUpdate",
    ]);
    expect(packet.error).toBeNull();
    expect(packet.get(http2.windowUpdate)?.increment).toBe(9);
  });

  it("cut off are faults, and what is before them is good", () => {
    const packet = dissect("000000 04 01 00000000 000009 00 00 00000001 68");
    expect(packet.layers).toHaveLength(1);
    expect(packet.raw).toHaveLength(10);
    expect(dissect("000008 06 00 00000000 0102").error).toMatchObject({ kind: "truncated" });
  });

  it.each([
    [
      "data",
      "0000020001000000016869",
      http2.data({ flags: { endStream: true }, stream: 1, data: parseHex("6869") }),
    ],
    [
      "padded data",
      "00000400080000000101680000",
      http2.data({
        flags: { padded: true },
        stream: 1,
        padLength: 1,
        data: parseHex("6800"),
        padding: parseHex("00"),
      }),
    ],
    ["a reset", "00000403000000000300000008", http2.rstStream({ stream: 3, error: 8 })],
    [
      "a ping",
      "0000080601000000000102030405060708",
      http2.ping({ flags: { ack: true }, opaque: parseHex("0102030405060708") }),
    ],
    [
      "a farewell",
      "000009070000000000000000030000000061",
      http2.goaway({ lastStream: 3, error: 0, debug: parseHex("61") }),
    ],
    [
      "settings",
      "000006040000000000000100001000",
      http2.settings({ settings: [{ is: "headerTableSize", value: 4096 }] }),
    ],
    [
      "a promise",
      "0000050504000000010000000282",
      http2.pushPromise({
        flags: { endHeaders: true },
        stream: 1,
        promised: 2,
        block: parseHex("82"),
      }),
    ],
    [
      "an alternative",
      "0000090a00000000000003612e6268323d22",
      http2.altsvc({ origin: "a.b", value: 'h2="' }),
    ],
    [
      "origins",
      "0000060c0000000000000161000162",
      http2.origin({ origins: [{ origin: "a" }, { origin: "b" }] }),
    ],
    [
      "a priority",
      "00000710000000000000000001753d31",
      http2.priorityUpdate({ prioritized: 1, value: "u=1" }),
    ],
  ])("of %s are built, with their length", (_, hex, recipe) => {
    expect(built(recipe)).toBe(hex);
  });

  it("are built one behind the other", () => {
    const packet = build(
      tcp({ dstPort: 80 }),
      http2Preface(),
      http2.settings(),
      http2.ping(),
      http2.data({ stream: 1, data: parseHex("01") }),
    );
    expect(packet.layers.map(({ schema }) => schema.name)).toEqual([
      "tcp",
      "http2Preface",
      "http2",
      "http2",
      "http2",
    ]);
    const again = dissector.dissect(packet.bytes().slice(), tcp);
    expect(again.layers.map(({ schema }) => schema.caseName ?? schema.name)).toEqual([
      "tcp",
      "http2Preface",
      "settings",
      "ping",
      "data",
    ]);
  });
});

describe("the preface", () => {
  it("is found on any port, also where HTTP/1 is expected", () => {
    const said = new TextEncoder().encode(PREFACE);
    for (const dstPort of [80, 8080, 50_051]) {
      const packet = dissector.dissect(build(tcp({ dstPort }), said).bytes().slice(), tcp);
      expect(packet.get(http2Preface)?.magic).toBe(PREFACE);
    }
    const other = dissector.dissect(
      build(tcp({ dstPort: 80 }), "PRI * HTTP/2.0\r\n\r\n")
        .bytes()
        .slice(),
      tcp,
    );
    expect(other.get(http2Preface)).toBeUndefined();
  });
});

describe("what may be a frame's header", () => {
  const test = (hex: string) => isFrameHeader(parseHex(hex.replaceAll(" ", "")), 0);
  it.each([
    ["settings of a stream", "000000 04 00 00000001"],
    ["data of no stream", "000001 00 00 00000000"],
    ["a ping of seven bytes", "000007 06 00 00000000"],
    ["flags that a type has not", "000000 04 02 00000000"],
    ["the reserved bit", "000001 00 00 80000001"],
    ["an unknown type", "000001 42 00 00000001"],
  ])("is not %s", (_, hex) => expect(test(hex)).toBe(false));

  it("is one that all rules hold for; a frame is whole", () => {
    expect(test("000008 06 01 00000000")).toBe(true);
    expect(isFrame(parseHex("0000010000000000 01aa"), 0, 10)).toBe(true);
    expect(isFrame(parseHex("0000010000000000 01aa"), 0, 9)).toBe(false);
  });
});
