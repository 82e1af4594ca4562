import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { Packet } from "../../src/packet/packet.ts";
import { formatPacketError } from "../../src/schema/error.ts";
import { u8, u16 } from "../../src/schema/field.ts";
import { protocol } from "../../src/schema/protocol.ts";
import { table } from "../../src/schema/table.ts";
import { bytes, hex } from "../support/packets.ts";

const links = table("link");
const nets = table("net");
const frame = protocol({ name: "frame", title: "Frame", label: "Frame" })
  .fields({ type: u8("Type") })
  .payload({ next: { table: links, by: "type" } });
const four = protocol({
  name: "netv4",
  title: "4",
  label: "NetV4",
  filter: "net",
  also: ["network"],
  over: [links.at(4), nets.at(4)],
})
  .fields({ len: u8("Len"), proto: u8("Proto") })
  .payload({ whole: { field: "len" }, next: { table: nets, by: "proto" } });
const six = protocol({
  name: "netv6",
  title: "6",
  label: "NetV6",
  also: ["network"],
  over: [links.at(6), nets.at(6)],
})
  .fields({ proto: u8("Proto"), x: u8("X") })
  .payload({ next: { table: nets, by: "proto" } });
const top = protocol({ name: "top", title: "Top", over: [nets.at(17)] }).fields({
  port: u16("Port"),
});
const dissector = createDissector([frame, four, six, top]);
const read = (text: string) => dissector.dissect(bytes(text), frame);

/** frame / netv4 / netv6 / netv4 / top / two bytes */
const tunnel = "04 0a06 0400 0611 aabb cafe ff";

describe("a packet", () => {
  it("has the views of its layers, the first of a protocol first", () => {
    const packet = read(tunnel);
    expect(packet.get(frame)?.type).toBe(4);
    expect(packet.get(four)?.len).toBe(10);
    expect(packet.get(top)?.port).toBe(0xaabb);
    expect(packet.get(four)).toBe(packet.get(four));
    expect(read("0911").get(four)).toBeUndefined();
  });

  it("has them by name without case, by prefix, label and further names", () => {
    const packet = read(tunnel);
    for (const name of ["netv4", "NETV4", "NetV4", "net", "Network"])
      expect(packet.get(name)).toBe(packet.get(four));
    expect(packet.get("netv6")).toBe(packet.get(six));
    expect(packet.get("NETWORK")).toBe(packet.get(four));
    expect(read("06 11 00 0001").get("network")?.layer.schema.name).toBe("netv6");
    expect(packet.get("netv")).toBeUndefined();
    expect(packet.get("")).toBeUndefined();
  });

  it("has the last of several protocols that follow one another from the lowest on", () => {
    const packet = read(tunnel);
    expect(packet.get(frame, four)).toBe(packet.get(four));
    expect(packet.get(frame, four, six, four)?.len).toBe(6);
    expect(packet.get(frame, six)).toBeUndefined();
    expect(packet.get(four, six)).toBeUndefined();
    expect(packet.get(frame, four, six, four, top, top)).toBeUndefined();
  });

  it("throws where a required layer is not there, naming what there is", () => {
    const packet = read("06 11 00 0001");
    expect(packet.require(six).x).toBe(0);
    expect(packet.require("TOP")["port"]).toBe(1);
    expect(packet.require(frame, six, top).port).toBe(1);
    expect(() => packet.require(four)).toThrow(
      new RangeError("no layer 'netv4' in this packet (Frame:NetV6:TOP)"),
    );
    expect(() => packet.require("nope")).toThrow(RangeError);
    expect(() => packet.require(frame, four)).toThrow("no layer 'frame, netv4'");
  });

  it("has its layers, lowest first, each carried by the one before", () => {
    const { layers } = read(tunnel);
    expect(layers.map((l) => l.schema.name)).toEqual(["frame", "netv4", "netv6", "netv4", "top"]);
    expect(layers.map((l) => [l.start, l.headerEnd, l.end])).toEqual([
      [0, 1, 12],
      [1, 3, 11],
      [3, 5, 11],
      [5, 7, 11],
      [7, 9, 11],
    ]);
    for (const [i, layer] of layers.entries()) {
      expect(layer.lower).toBe(layers[i - 1] ?? null);
      expect(layer.upper).toBe(layers[i + 1] ?? null);
    }
  });

  it("has what is above the highest layer as raw bytes, without what lengths leave out", () => {
    expect(hex(read(tunnel).raw)).toBe("cafe");
    expect(hex(read("09 0102").raw)).toBe("0102");
    expect(read("04 0211 ff").raw).toHaveLength(0);
  });

  it("says in a line a layer what it is", () => {
    const packet = read(tunnel);
    const lines = String(packet).split("\n").slice(0, packet.layers.length);
    expect(lines.map((line) => line.split("(")[0])).toEqual([
      "frame",
      "netv4",
      "netv6",
      "netv4",
      "top",
    ]);
  });

  it("has its time in nanoseconds, or none", () => {
    const { origin } = read("00");
    const at = new Packet(bytes("00"), 0, 1, 1, 1_700_000_000, 123_456_789, 1, origin, null);
    expect(at.time).toBe(1_700_000_000_123_456_789n);
    expect(new Packet(bytes("00"), 0, 1, 1, 0, 0, 1, origin, null).time).toBe(0n);
    expect(read("00").time).toBeUndefined();
  });

  it("may lie in a part of an array, and shows only that", () => {
    const data = bytes(`eeee${tunnel.replaceAll(" ", "")}eeee`);
    const { origin } = read("00");
    const packet = new Packet(data, 2, data.length - 2, 100, 0, -1, 7, origin, null);
    expect(String(packet.chain)).toBe("Frame:NetV4:NetV6:NetV4:TOP");
    expect([packet.length, packet.originalLength, packet.number]).toEqual([12, 100, 7]);
    expect(hex(packet.bytes())).toBe(tunnel.replaceAll(" ", ""));
    expect(hex(packet.raw)).toBe("cafe");
  });
});

describe("the chain of protocols", () => {
  const { chain } = read(tunnel);

  it("is a text, a list and a number", () => {
    expect(String(chain)).toBe("Frame:NetV4:NetV6:NetV4:TOP");
    expect([...chain]).toEqual(["Frame", "NetV4", "NetV6", "NetV4", "TOP"]);
    expect(JSON.stringify({ chain })).toBe('{"chain":"Frame:NetV4:NetV6:NetV4:TOP"}');
    expect([chain.length, chain.at(0), chain.at(-1), chain.at(9)]).toEqual([
      5,
      "Frame",
      "TOP",
      undefined,
    ]);
  });

  it("finds protocols by declaration and by name", () => {
    expect([chain.index(four), chain.index(four, 2), chain.index(four, 4)]).toEqual([1, 3, -1]);
    expect([chain.index("netv6"), chain.index("network"), chain.index("nope")]).toEqual([2, 1, -1]);
    expect([chain.includes(top), chain.includes("TOP"), chain.includes("tcp")]).toEqual([
      true,
      true,
      false,
    ]);
    expect([
      chain.count(four),
      chain.count("network"),
      chain.count(frame),
      chain.count("x"),
    ]).toEqual([2, 3, 1, 0]);
    expect(chain.index(four, -5)).toBe(1);
  });

  it("can be cut", () => {
    expect(String(chain.slice(1, 3))).toBe("NetV4:NetV6");
    expect(String(chain.slice(-2))).toBe("NetV4:TOP");
    expect(chain.slice(1).index(six)).toBe(1);
  });

  it("of a packet that is no known protocol is empty", () => {
    const empty = build("text").chain;
    expect([String(empty), empty.length, [...empty]]).toEqual(["", 0, []]);
  });
});

describe("what cannot be read", () => {
  it("is a value; the layers before it are good and the rest is raw", () => {
    const packet = read("04 0711 aa");
    expect(String(packet.chain)).toBe("Frame:NetV4");
    expect(packet.error).toEqual({
      kind: "truncated",
      protocol: "netv4",
      field: "payload",
      offset: 1,
      needed: 7,
      available: 3,
      limitedBy: null,
    });
    expect(hex(packet.raw)).toBe("aa");
  });

  it("names the length that set the limit, or none where the capture did", () => {
    expect(read("04 0311 aabb").error).toEqual({
      kind: "truncated",
      protocol: "top",
      field: null,
      offset: 3,
      needed: 2,
      available: 1,
      limitedBy: "netv4",
    });
    expect(read("06 11 00 aa").error).toMatchObject({ protocol: "top", limitedBy: null });
    expect(dissector.dissect(bytes("0311aabb"), four).error).toMatchObject({
      protocol: "top",
      limitedBy: "netv4",
    });
  });

  it("of the first header leaves a packet without layers", () => {
    const packet = read("");
    expect([packet.first, packet.layers, packet.raw.length, String(packet.chain)]).toEqual([
      null,
      [],
      0,
      "",
    ]);
    expect(packet.error).toMatchObject({
      kind: "truncated",
      protocol: "frame",
      needed: 1,
      available: 0,
    });
    const short = dissector.dissect(bytes("04"), four);
    expect([short.first, hex(short.raw)]).toEqual([null, "04"]);
    expect(short.get(four)).toBeUndefined();
    expect(hex(short.bytes())).toBe("04");
  });

  it("is none for a good packet", () => {
    expect(read(tunnel).error).toBeNull();
  });

  it("is said in a sentence", () => {
    const { error } = read("04 0311 aabb");
    expect(error && formatPacketError(error)).toBe(
      "top is cut off at byte 3: 2 bytes are needed, the length given by netv4 leaves 1",
    );
    expect(
      error && formatPacketError({ ...error, limitedBy: null, field: "x", needed: -1 }, 1),
    ).toBe("top.x is cut off at byte 2: more bytes are needed, the capture leaves 1");
    expect(error && formatPacketError({ ...error, kind: "malformed" })).toBe(
      "top is malformed at byte 3",
    );
    expect(error && formatPacketError({ ...error, kind: "unsupported" })).toBe(
      "top is not supported at byte 3",
    );
  });
});

describe("a copy", () => {
  it("has bytes of its own, and what the packet was", () => {
    const data = bytes(tunnel);
    const packet = dissector.dissect(data, frame);
    const copy = packet.copy();
    copy.require(top).port = 1;
    expect(packet.require(top).port).toBe(0xaabb);
    expect(hex(data)).toBe(tunnel.replaceAll(" ", ""));
    expect([String(copy.chain), copy.time, copy.number]).toEqual([
      String(packet.chain),
      undefined,
      0,
    ]);
  });

  it("of a built packet knows its layers", () => {
    const packet = build(frame(), four(), top({ port: 7 }), "x");
    const copy = packet.copy();
    expect(String(copy.chain)).toBe("Frame:NetV4:TOP");
    expect(copy.require(top).port).toBe(7);
    copy.require(top).port = 8;
    expect(packet.require(top).port).toBe(7);
    expect(hex(copy.raw)).toBe("78");
  });

  it("of a packet that was set shows what was set", () => {
    const packet = read(tunnel);
    packet.set(top, { port: 9 });
    expect(packet.copy().require(top).port).toBe(9);
  });
});

describe("the same bytes", () => {
  it("come out of a packet that nobody changed, whatever they are", () => {
    for (const text of ["", "04", tunnel, "04 0911", "ff00ff", "04 0111 00", "06 04 00 ff 11"]) {
      const wanted = text.replaceAll(" ", "");
      expect(hex(read(text).bytes())).toBe(wanted);
      expect(hex(read(text).bytes({ update: false }))).toBe(wanted);
    }
  });
});
