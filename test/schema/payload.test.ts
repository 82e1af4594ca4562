import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { headerChecksum } from "../../src/schema/checksum.ts";
import { bits, u8, u16, u16le, u32 } from "../../src/schema/field.ts";
import { protocol, record } from "../../src/schema/protocol.ts";
import { built, bytes, hex, packetOf, rebuilt, viewIn } from "../support/packets.ts";

const inner = protocol({ name: "inner", title: "Inner" }).fields({ a: u8("A"), b: u8("B") });
const head = () =>
  protocol({ name: "outer", title: "Outer" }).fields({ len: u8("Length"), x: u8("X") });
const tail = record("outer.tail", "Tail").bytes("pad", "Padding");

describe("the length of header and payload together", () => {
  const outer = head().payload({ whole: { field: "len" }, next: inner });

  it("ends the layer, and what follows belongs to nobody", () => {
    const packet = packetOf("05 00 0102 03 ffff", outer);
    expect(packet.layers.map((l) => [l.start, l.headerEnd, l.end])).toEqual([
      [0, 2, 5],
      [2, 4, 5],
    ]);
    expect(packet.raw).toEqual(bytes("03"));
  });

  it("is computed when building, trailers of the layers above included", () => {
    expect(hex(build(outer(), inner({ a: 1 }), bytes("aa")).bytes())).toBe("05000100aa");
    expect(hex(build(outer({ len: 9 }), inner()).bytes())).toBe("09000000");
    expect(hex(build(outer()).bytes())).toBe("0200");
    expect(() => build(outer(), new Uint8Array(254))).toThrow("outer.len: 256 is not in 0..255");
  });

  it("that is less than the header is malformed, and nothing follows", () => {
    const packet = packetOf("01 00 0102", outer);
    expect(String(packet.chain)).toBe("OUTER");
    expect(packet.error).toMatchObject({ kind: "malformed", field: "length", needed: 2 });
    expect(packet.raw).toEqual(bytes("0102"));
  });

  it("that is more than was captured is a fault, and the layers above stay", () => {
    const packet = packetOf("09 00 0102", outer);
    expect(String(packet.chain)).toBe("OUTER:INNER");
    expect(packet.error).toMatchObject({
      kind: "truncated",
      protocol: "outer",
      field: "payload",
      needed: 9,
      available: 4,
    });
  });

  it("may be zero for all that is left, or count from a value on", () => {
    const zero = head().payload({ whole: { field: "len", zero: "rest" }, next: inner });
    expect(packetOf("00 00 0102 03", zero).layers.map((l) => l.end)).toEqual([5, 5]);
    const below = head().payload({ whole: { field: "len", below: 0x80 }, next: inner });
    const packet = packetOf("80 00 0102 03", below);
    expect(packet.error).toBeNull();
    expect(packet.layers.map((l) => l.end)).toEqual([5, 5]);
    expect(packetOf("04 00 0102 03", below).layers.map((l) => l.end)).toEqual([4, 4]);
  });

  it("may be in units, little endian, behind a variable part, or a function", () => {
    const units = protocol({ name: "o", title: "O" })
      .fields({ len: u16le("L") })
      .payload({ whole: { field: "len", unit: 4, plus: 4 }, next: inner });
    expect(packetOf("0100 0102 03040506 ff", units).layers.map((l) => l.end)).toEqual([8, 8]);
    expect(hex(build(units(), bytes("010203040506")).bytes())).toBe("0100010203040506");
    expect(() => build(units(), bytes("01"))).toThrow(RangeError);
    const late = protocol({ name: "o", title: "O" })
      .fields({ n: u8("N") })
      .bytes("id", "Id", { field: "n" })
      .fields({ len: u8("L") })
      .payload({ whole: { field: "len" }, next: inner });
    expect(packetOf("01aa05 0102 ff", late).layers.map((l) => l.end)).toEqual([5, 5]);
    expect(hex(build(late({ id: bytes("aa") }), inner()).bytes())).toBe("01aa050000");
    const call = head().payload({ whole: (h) => h.len + h.x, next: inner });
    expect(packetOf("0203 0102 03 ff", call).layers.map((l) => l.end)).toEqual([5, 5]);
  });
});

describe("the length of the payload", () => {
  const outer = head()
    .payload({ length: { field: "len" }, next: inner })
    .trailer(tail);

  it("ends the layers above; what follows is the layer's own trailer", () => {
    const packet = packetOf("02 00 0102 ffff", outer);
    expect(packet.layers.map((l) => [l.start, l.end])).toEqual([
      [0, 6],
      [2, 4],
    ]);
    expect(packet.require(outer).pad).toEqual(bytes("ffff"));
    expect(packet.raw).toEqual(new Uint8Array());
    expect(packetOf("02 00 0102", outer).require(outer).pad).toBeUndefined();
  });

  it("is computed when building, with and without a layer above", () => {
    expect(hex(build(outer(), inner({ a: 1 })).bytes())).toBe("02000100");
    expect(hex(build(outer({ pad: bytes("eeee") }), inner({ a: 1 }), bytes("aa")).bytes())).toBe(
      "03000100aaeeee",
    );
    expect(hex(build(outer(), bytes("aabbcc")).bytes())).toBe("0300aabbcc");
    expect(hex(build(outer({ pad: bytes("ee") }), bytes("aabbcc")).bytes())).toBe("0300aabbccee");
    expect(hex(build(outer({ pad: bytes("ee") })).bytes())).toBe("0000ee");
    expect(hex(build(outer({ len: 1 }), bytes("aabbcc")).bytes())).toBe("0100aabbcc");
  });

  it("that is more than there is is a fault, and names who set the limit above", () => {
    const packet = packetOf("09 00 01", outer);
    expect(String(packet.chain)).toBe("OUTER");
    expect(packet.error).toMatchObject({ kind: "truncated", protocol: "outer", field: "payload" });
    const limited = packetOf("01 00 0102", outer);
    expect(limited.error).toEqual({
      kind: "truncated",
      protocol: "inner",
      field: null,
      offset: 2,
      needed: 2,
      available: 1,
      limitedBy: "outer",
    });
  });

  it("may be no length from a value on, or where it is zero", () => {
    const below = head()
      .payload({ length: { field: "len", below: 0x80 }, next: inner })
      .trailer(tail);
    expect(packetOf("80 00 0102 03", below).layers.map((l) => l.end)).toEqual([5, 5]);
    expect(packetOf("80 00 0102 03", below).require(below).pad).toBeUndefined();
    const zero = head()
      .payload({ length: { field: "len", zero: "rest" }, next: inner })
      .trailer(tail);
    expect(packetOf("00 00 0102 03", zero).layers.map((l) => l.end)).toEqual([5, 5]);
    expect(packetOf("02 00 0102 03", zero).layers.map((l) => l.end)).toEqual([5, 4]);
  });

  it("may be a function", () => {
    const call = head()
      .payload({ length: (h) => h.len - 1, next: inner })
      .trailer(tail);
    expect(packetOf("03 00 0102 ff", call).require(call).pad).toEqual(bytes("ff"));
    const negative = packetOf("00 00 0102 ff", call);
    expect(negative.error).toMatchObject({ kind: "malformed", field: "length" });
  });
});

describe("bytes reserved for the trailer", () => {
  const icv = record("outer.icv", "ICV").fields({ icv: u16("ICV") });
  const outer = head().payload({ reserve: 2, next: inner }).trailer(icv);

  it("are not the payload's", () => {
    const packet = packetOf("00 00 0102 aabb", outer);
    expect(packet.layers.map((l) => l.end)).toEqual([6, 4]);
    expect(packet.require(outer).icv).toBe(0xaabb);
    expect(hex(build(outer({ icv: 0xaabb }), inner({ a: 1, b: 2 })).bytes())).toBe("00000102aabb");
    expect(hex(rebuilt(packet))).toBe("00000102aabb");
  });

  it("are as many as a field or a function says", () => {
    const field = head()
      .payload({ reserve: { field: "len" }, next: inner })
      .trailer(tail);
    expect(packetOf("01 00 0102 aa", field).require(field).pad).toEqual(bytes("aa"));
    expect(packetOf("00 00 0102 aa", field).require(field).pad).toBeUndefined();
    expect(packetOf("09 00 0102 aa", field).require(field).layer.start).toBe(0);
    const call = head()
      .payload({ reserve: (h) => h.x * 2, next: inner })
      .trailer(tail);
    expect(packetOf("00 01 0102 aabb", call).require(call).pad).toEqual(bytes("aabb"));
  });

  it("come off what the length leaves", () => {
    const both = head()
      .payload({ length: { field: "len" }, reserve: 1, next: inner })
      .trailer(tail);
    const packet = packetOf("03 00 0102 aa bb", both);
    expect(packet.layers.map((l) => l.end)).toEqual([6, 4]);
    expect(packet.require(both).pad).toEqual(bytes("aabb"));
  });
});

describe("a trailer", () => {
  it("shows its parts on the view of its layer, and is named like them when building", () => {
    const two = record("outer.tail", "Tail")
      .fields({ length: u8("Length") })
      .bytes("pad", "Pad", { field: "length" });
    const outer = head()
      .payload({ length: { field: "len" }, next: inner })
      .trailer(two);
    const packet = packetOf("02 00 0102 01 ff", outer);
    expect([packet.require(outer).length, packet.require(outer).pad]).toEqual([1, bytes("ff")]);
    expect(hex(build(outer({ pad: bytes("eeee") }), inner()).bytes())).toBe("0200000002eeee");
    expect(hex(rebuilt(packet))).toBe("0200010201ff");
    expect(hex(rebuilt(packetOf("02 00 0102 01 ff aa", outer)))).toBe("0200010201ffaa");
  });

  it("that the bytes do not hold is not there, and they re-emit", () => {
    const crc = record("outer.tail", "Tail").fields({ crc: u32("CRC") });
    const outer = head()
      .payload({ length: { field: "len" }, next: inner })
      .trailer(crc);
    const packet = packetOf("02 00 0102 aabb", outer);
    expect(packet.require(outer).crc).toBeUndefined();
    expect(hex(rebuilt(packet))).toBe("02000102aabb");
  });

  it("without declared parts is kept as bytes", () => {
    const outer = head().payload({ length: { field: "len" }, next: inner });
    expect(hex(rebuilt(packetOf("02 00 0102 aabb", outer)))).toBe("02000102aabb");
    expect(hex(build(outer({ trailer: bytes("ee") } as never), inner()).bytes())).toBe(
      "02000000ee",
    );
  });

  it("is set as its layer's other parts are", () => {
    const crc = record("outer.tail", "Tail").fields({ fcs: u16("FCS") });
    const outer = head()
      .payload({ length: { field: "len" }, next: inner })
      .trailer(crc);
    const packet = packetOf("02 00 0102 aabb", outer);
    packet.set(outer, { fcs: 0x1234 });
    expect(hex(packet.bytes())).toBe("020001021234");
  });
});

describe("computed fields", () => {
  it("get what their function says of the finished layer, unless they are given", () => {
    const sum = protocol({ name: "sum", title: "Sum" })
      .fields({ total: u8("Total", { computed: (l) => (l.end - l.start) * 2 }), x: u8("X") })
      .bytes("data", "Data");
    expect(built(sum({ data: bytes("aabb") }))).toBe("0800aabb");
    expect(built(sum({ total: 1, data: bytes("aabb") }))).toBe("0100aabb");
  });

  it("of records too", () => {
    const item = record("demo.item")
      .fields({ twice: u8("Twice", { computed: (l) => (l.end - l.start) * 2 }) })
      .bytes("v", "V", 1);
    const demo = protocol({ name: "demo", title: "Demo" }).list("items", "Items", item);
    expect(built(demo({ items: [{ v: bytes("aa") }, { twice: 9, v: bytes("bb") }] }))).toBe(
      "04aa09bb",
    );
  });
});

describe("checksums", () => {
  const demo = protocol({ name: "demo", title: "Demo" })
    .fields({
      v: bits(4, "V"),
      words: bits(4, "Words"),
      x: u8("X"),
      sum: u16("Sum", { checksum: headerChecksum }),
    })
    .bytes("options", "Options")
    .header({ field: "words", unit: 4 });

  it("are computed last, when everything else is in place", () => {
    expect(built(demo({ v: 4, x: 1 }))).toBe(
      "4101beff".replace("beff", (0xffff - 0x4101).toString(16).padStart(4, "0")),
    );
    const view = viewIn(built(demo({ x: 1, options: bytes("ffff0001") })), demo);
    expect(view.sum).toBe(0xffff - ((0x0201 + 0xffff + 1) % 0xffff));
  });

  it("that are given stay, wrong ones too", () => {
    expect(built(demo({ sum: 7 }))).toBe("01000007");
  });

  it("follow an edit when bytes are asked for, and only then", () => {
    const packet = packetOf("41010000", demo);
    expect(hex(packet.bytes())).toBe("41010000");
    packet.require(demo).x = 2;
    expect(hex(packet.bytes({ update: false }))).toBe("41020000");
    expect(hex(packet.bytes())).toBe(`4102${(0xffff - 0x4102).toString(16)}`);
  });
});

describe("several dissectors", () => {
  it("share declarations and nothing else", () => {
    const one = createDissector([inner]);
    const two = createDissector([]);
    expect(one.named("INNER")).toBe(inner);
    expect(two.named("inner")).toBeUndefined();
  });
});
