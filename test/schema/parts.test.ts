import { describe, expect, it } from "vitest";
import type { Codec } from "../../src/schema/codec.ts";
import { bits, coded, flags, u8, u16, u16le, u32 } from "../../src/schema/field.ts";
import { protocol, record } from "../../src/schema/protocol.ts";
import { built, bytes, packetOf, rebuilt, valuesIn, viewIn } from "../support/packets.ts";

const demo = (name = "demo") => protocol({ name, title: "Demo" });

describe("bytes", () => {
  it("are all that is left, unless a size says otherwise", () => {
    const rest = demo()
      .fields({ a: u8("A") })
      .bytes("data", "Data");
    expect(viewIn("01 020304", rest).data).toEqual(bytes("020304"));
    expect(viewIn("01", rest).data).toEqual(new Uint8Array());
    const three = demo()
      .bytes("data", "Data", 3)
      .fields({ after: u8("After") });
    const view = viewIn("010203 04", three);
    expect([view.data, view.after]).toEqual([bytes("010203"), 4]);
  });

  it("have the size of a field, which building computes", () => {
    const sized = demo()
      .fields({ len: u8("Length"), x: u8("X") })
      .bytes("data", "Data", { field: "len" })
      .fields({ after: u16("After") });
    const view = viewIn("02 ff 0102 abcd", sized);
    expect([view.data, view.after]).toEqual([bytes("0102"), 0xabcd]);
    expect(built(sized({ x: 255, data: bytes("010203"), after: 1 }))).toBe("03ff0102030001");
  });

  it("have the size of a field in units, more a constant", () => {
    const units = demo()
      .fields({ words: bits(4, "Words"), x: bits(4, "X") })
      .bytes("data", "Data", { field: "words", unit: 2, plus: 2 })
      .fields({ after: u8("After") });
    expect(viewIn("1f 01020304 09", units)).toMatchObject({ data: bytes("01020304"), after: 9 });
    expect(built(units({ data: bytes("010203040506") }))).toBe("200102030405060" + "0");
    // A size in units that the bytes do not fill cannot be written.
    expect(() => built(units({ data: bytes("010203") }))).toThrow(RangeError);
    expect(() => built(units({ data: new Uint8Array(34) }))).toThrow(
      "demo.words: 16 is not in 0..15",
    );
  });

  it("have the size of a little endian field, and of a field behind variable parts", () => {
    const two = demo()
      .fields({ one: u16le("One") })
      .bytes("a", "A", { field: "one" })
      .fields({ two: u16("Two") })
      .bytes("b", "B", { field: "two" });
    const text = "0100 aa 0002 bbcc";
    expect(viewIn(text, two)).toMatchObject({ a: bytes("aa"), two: 2, b: bytes("bbcc") });
    expect(built(two({ a: bytes("aa"), b: bytes("bbcc") }))).toBe(text.replaceAll(" ", ""));
  });

  it("have the size that one part of a flags field says", () => {
    const coap = demo()
      .fields({ f: flags(8, { version: "V", tokenLength: { width: 4, title: "L" }, t: "T" }, "F") })
      .bytes("token", "Token", { field: "f.tokenLength" });
    expect(viewIn("24 0102", coap).token).toEqual(bytes("0102"));
    expect(viewIn("25 0102", coap).token).toEqual(bytes("0102"));
    expect(built(coap({ token: bytes("0102"), f: { t: true } }))).toBe("050102");
  });

  it("have the size that a function gives, and none for a size that makes no sense", () => {
    const sum = demo()
      .fields({ a: u8("A"), b: u8("B") })
      .bytes("data", "Data", (h) => h.a - h.b)
      .fields({ after: u8("After") });
    expect(viewIn("0301 aabb cc", sum)).toMatchObject({ data: bytes("aabb"), after: 0xcc });
    const bad = packetOf("0103 aabb cc", sum);
    expect(bad.require(sum).data).toBeUndefined();
    expect(bad.require(sum).after).toBeUndefined();
    expect(bad.error).toMatchObject({ kind: "malformed", field: "data", offset: 2 });
    const nonsense = demo().bytes("data", "Data", () => Number.NaN);
    expect(packetOf("00", nonsense).error).toMatchObject({ kind: "malformed", field: "data" });
  });

  it("take all that is left where zero says so, or from a value on", () => {
    const zero = demo()
      .fields({ len: u8("L") })
      .bytes("data", "Data", { field: "len", zero: "rest" });
    expect(viewIn("00 010203", zero).data).toEqual(bytes("010203"));
    expect(viewIn("02 010203", zero).data).toEqual(bytes("0102"));
    const below = demo()
      .fields({ len: u8("L") })
      .bytes("data", "D", { field: "len", below: 0x80 });
    expect(viewIn("80 010203", below).data).toEqual(bytes("010203"));
    expect(viewIn("02 010203", below).data).toEqual(bytes("0102"));
  });

  it("that do not fit are a fault, and what comes before stays", () => {
    const sized = demo()
      .fields({ len: u8("Length") })
      .bytes("data", "Data", { field: "len" })
      .fields({ after: u8("After") });
    const packet = packetOf("05 0102", sized);
    const view = packet.require(sized);
    expect([view.len, view.data, view.after]).toEqual([5, undefined, undefined]);
    expect(packet.error).toEqual({
      kind: "truncated",
      protocol: "demo",
      field: "data",
      offset: 1,
      needed: 5,
      available: 2,
      limitedBy: null,
    });
    const later = packetOf("02 0102", sized);
    expect([later.require(sized).data, later.require(sized).after]).toEqual([
      bytes("0102"),
      undefined,
    ]);
    expect(later.error).toMatchObject({ field: "after", offset: 3, needed: 1, available: 0 });
  });

  it("must be bytes", () => {
    const rest = demo().bytes("data", "Data");
    expect(() => built(rest({ data: "text" as never }))).toThrow(
      "demo.data: a Uint8Array is wanted",
    );
  });
});

describe("text", () => {
  const line = demo()
    .text("method", "Method", { until: " \r\n" })
    .text("space", "Space", { of: " ", max: 1 }, { default: " " })
    .text("target", "Target", { until: "\r\n" })
    .text("end", "End", { of: "\r\n", max: 2 }, { default: "\r\n" });

  it("goes up to the characters that end it, or is a run of characters", () => {
    const view = viewIn(new TextEncoder().encode("GET  /a b\r\nrest"), line);
    expect([view.method, view.space, view.target, view.end]).toEqual(["GET", " ", " /a b", "\r\n"]);
  });

  it("goes up to the end where nothing ends it", () => {
    const view = viewIn(new TextEncoder().encode("GET"), line);
    expect([view.method, view.space, view.target, view.end]).toEqual(["GET", "", "", ""]);
  });

  it("keeps every byte of ISO 8859-1 and takes no other character", () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const text = demo().text("all", "All", "rest");
    const view = viewIn(all, text);
    expect(view.all).toHaveLength(256);
    expect(bytes(built(text({ all: view.all ?? "" })))).toEqual(all);
    expect(() => built(text({ all: "a€" }))).toThrow("demo.all: character 1");
    expect(() => built(text({ all: 1 as never }))).toThrow("demo.all: text is wanted, not 1");
  });

  it("is built with its defaults", () => {
    expect(bytes(built(line({ method: "GET", target: "/" })))).toEqual(
      new TextEncoder().encode("GET /\r\n"),
    );
  });

  it("has a size like bytes have", () => {
    const sized = demo()
      .fields({ len: u8("L") })
      .text("name", "Name", { field: "len" });
    expect(viewIn("03 616263 64", sized).name).toBe("abc");
    expect(built(sized({ name: "abcd" }))).toBe("0461626364");
  });
});

/** Seven bits a byte, the highest bit set on all but the last: small enough to state, and it finds its own end. */
const varint: Codec<number> = {
  name: "varint",
  measure: (b, at, end) => {
    for (let o = at; o < end && o < at + 4; o++) if (b[o]! < 0x80) return o + 1 - at;
    return -1;
  },
  read: (b, at, end) => {
    let n = 0;
    for (let o = at; o < end; o++) n = n * 128 + (b[o]! & 0x7f);
    return n;
  },
  write: (out, n) => {
    if (!Number.isInteger(n) || n < 0) throw new RangeError(`${n} is no whole number`);
    const digits = [n % 128];
    for (let rest = Math.floor(n / 128); rest > 0; rest = Math.floor(rest / 128))
      digits.unshift((rest % 128) + 128);
    out.raw(Uint8Array.from(digits));
  },
  initial: 0,
};

describe("a leaf with a codec", () => {
  const coded2 = demo().fields({ a: coded(varint, "A"), b: coded(varint, "B"), c: u8("C") });

  it("finds its own end", () => {
    expect(viewIn("05 8101 ff", coded2)).toMatchObject({ a: 5, b: 129, c: 255 });
    expect(built(coded2({ a: 300, b: 1, c: 2 }))).toBe("822c0102");
    expect(built(coded2())).toBe("000000");
  });

  it("that has none is malformed, and what follows is not there", () => {
    const packet = packetOf("05 8181818181", coded2);
    expect(packet.require(coded2)).toMatchObject({ a: 5 });
    expect([packet.require(coded2).b, packet.require(coded2).c]).toEqual([undefined, undefined]);
    expect(packet.error).toMatchObject({ kind: "malformed", field: "b", offset: 1 });
  });

  it("says which field a refused value was for", () => {
    expect(() => built(coded2({ a: -1 }))).toThrow(new RangeError("demo.a: -1 is no whole number"));
  });

  it("cannot be set in place", () => {
    const view = viewIn("05 8101 ff", coded2);
    expect(() => {
      (view as { a: number }).a = 6;
    }).toThrow("a: a part of variable length is set with packet.set");
  });
});

describe("parts under a condition", () => {
  it("are there when a flag is set, and set it when they are given", () => {
    const gre = demo()
      .fields({ f: flags(8, { c: "C", k: "K", s: "S" }, "F"), x: u8("X") })
      .when("f.c", { sum: u16("Sum"), offset: u16("Offset") })
      .when("f.k", { key: u32("Key") })
      .when("f.s", { seq: u32("Seq") });
    const text = "05 00 1111 2222 00000007";
    const view = viewIn(text, gre);
    expect([view.sum, view.offset, view.key, view.seq]).toEqual([0x1111, 0x2222, undefined, 7]);
    expect(built(gre({ sum: 0x1111, offset: 0x2222, seq: 7 }))).toBe(text.replaceAll(" ", ""));
    expect(built(gre({ key: 1 }))).toBe("020000000001");
    expect(built(gre({ f: { k: true } }))).toBe("020000000000");
    expect(built(gre({ f: 0 }))).toBe("0000");
  });

  it("are written although a flag that was given says that they are not there", () => {
    const one = demo()
      .fields({ f: flags(8, { k: "K" }, "F") })
      .when("f.k", { key: u8("Key") });
    expect(built(one({ f: { k: false }, key: 9 }))).toBe("0009");
    expect(built(one({ f: 0, key: 9 }))).toBe("0009");
  });

  it("are there when a number is not zero", () => {
    const count = demo()
      .fields({ n: u8("N") })
      .when("n", { x: u16("X") })
      .fields({ y: u8("Y") });
    expect(viewIn("00 07", count)).toMatchObject({ x: undefined, y: 7 });
    expect(viewIn("05 0102 07", count)).toMatchObject({ x: 0x0102, y: 7 });
    expect(built(count({ n: 5, x: 1, y: 7 }))).toBe("05000107");
    expect(built(count({ n: 0, y: 7 }))).toBe("0007");
  });

  it("are there for one value or several of a number", () => {
    const is = demo()
      .fields({ kind: u8("Kind") })
      .when({ field: "kind", is: 3 }, { three: u8("Three") })
      .when({ field: "kind", is: [0, 4] }, { some: u8("Some") });
    expect(viewIn("03 aa", is)).toMatchObject({ three: 0xaa, some: undefined });
    expect(viewIn("04 aa", is)).toMatchObject({ three: undefined, some: 0xaa });
    expect(viewIn("00 aa", is)).toMatchObject({ three: undefined, some: 0xaa });
    expect(viewIn("01 aa", is)).toMatchObject({ three: undefined, some: undefined });
    expect(built(is({ kind: 3 }))).toBe("0300");
    expect(built(is({ kind: 4, some: 1 }))).toBe("0401");
  });

  it("are there when a function says so", () => {
    const call = demo()
      .fields({ a: u8("A"), b: u8("B") })
      .when((h) => h.a > h.b, { c: u8("C") })
      .when((h) => h.c === 1, { d: u8("D") });
    expect(viewIn("0100 01 02", call)).toMatchObject({ c: 1, d: 2 });
    expect(viewIn("0001 01 02", call)).toMatchObject({ c: undefined, d: undefined });
    expect(built(call({ a: 1, c: 1 }))).toBe("01000100");
  });

  it("may be of variable length", () => {
    const option = demo()
      .fields({ f: flags(8, { t: "T", l: "L", r: "R" }, "F"), len: u8("Len") })
      .bytes("token", "Token", { field: "len" }, { when: "f.t" })
      .list("items", "Items", record("demo.item").fields({ v: u8("V") }), { when: "f.l", count: 2 })
      .record("one", "One", record("demo.one").fields({ w: u16("W") }), { when: "f.r" })
      .text("tail", "Tail", "rest", { when: (h) => h.len > 1 });
    const view = viewIn("07 02 aabb 0102 0304 6364", option);
    expect(view.token).toEqual(bytes("aabb"));
    expect(view.items.map((i) => i.v)).toEqual([1, 2]);
    expect([view.one?.w, view.tail]).toEqual([0x0304, "cd"]);
    const none = viewIn("00 01 aabb", option);
    expect([none.token, none.items, none.one, none.tail]).toEqual([
      undefined,
      [],
      undefined,
      undefined,
    ]);
    expect(
      built(
        option({
          token: bytes("aabb"),
          items: [{ v: 1 }, { v: 2 }],
          one: { w: 0x304 },
          tail: "cd",
        }),
      ),
    ).toBe("0702aabb010203046364");
    expect(built(option({ one: { w: 1 } }))).toBe("01000001");
  });

  it("that are one condition and one group each keep to it when several follow one another", () => {
    const both = demo()
      .fields({ f: flags(8, { a: "A" }, "F") })
      .when("f.a", { a1: u8("A1") })
      .fields({ b: u8("B") })
      .when("f.a", { a2: u8("A2") });
    expect(viewIn("01 02 03 04", both)).toMatchObject({ a1: 2, b: 3, a2: 4 });
    expect(viewIn("00 02 03 04", both)).toMatchObject({ a1: undefined, b: 2, a2: undefined });
  });

  it("as the first parts of all need no head before them", () => {
    const first = demo().when(() => true, { a: u8("A") });
    expect(viewIn("05", first).a).toBe(5);
    expect(packetOf("", first).error).toMatchObject({ kind: "truncated", needed: 1 });
  });

  it("cannot be set in place where they are not there", () => {
    const one = demo()
      .fields({ f: flags(8, { k: "K" }, "F") })
      .when("f.k", { key: u8("Key") });
    expect(() => {
      viewIn("00 09", one).key = 1;
    }).toThrow(new TypeError("demo.key: this packet has no such field"));
    const there = packetOf("01 09", one);
    there.require(one).key = 1;
    expect(there.data).toEqual(bytes("0101"));
  });
});

describe("a nested record", () => {
  const inner = record("demo.inner", "Inner")
    .fields({ a: u8("A") })
    .bytes("b", "B", 1);

  it("is as long as its parts, or of a size", () => {
    const free = demo()
      .record("x", "X", inner)
      .fields({ y: u8("Y") });
    expect(viewIn("01 02 03", free).x).toMatchObject({ a: 1, b: bytes("02") });
    expect(viewIn("01 02 03", free).y).toBe(3);
    const sized = demo()
      .fields({ n: u8("N") })
      .record("x", "X", inner, { size: { field: "n" } })
      .fields({ y: u8("Y") });
    expect(viewIn("04 0102aabb 03", sized).x).toMatchObject({ a: 1, b: bytes("02") });
    expect(viewIn("04 0102aabb 03", sized).y).toBe(3);
  });

  it("keeps what its parts leave of its size", () => {
    const sized = demo()
      .fields({ n: u8("N") })
      .record("x", "X", inner, { size: { field: "n" } });
    expect(valuesIn("04 0102aabb", sized)["x"]).toMatchObject({ a: 1, rest: bytes("aabb") });
    expect(rebuilt(packetOf("04 0102aabb", sized))).toEqual(bytes("040102aabb"));
  });

  it("whose bytes do not form it is not there, and they re-emit", () => {
    const two = record("demo.two", "Two").fields({ z: u16("Z") });
    const sized = demo()
      .fields({ n: u8("N") })
      .record("x", "X", two, { size: { field: "n" } })
      .fields({ y: u8("Y") });
    for (const text of ["01 aa 07", "00 07"]) {
      const packet = packetOf(text, sized);
      expect([packet.require(sized).x, packet.require(sized).y]).toEqual([undefined, 7]);
      expect(rebuilt(packet)).toEqual(bytes(text.replaceAll(" ", "")));
    }
  });

  it("is given as values, as a recipe, or as bytes", () => {
    const sized = demo()
      .fields({ n: u8("N") })
      .record("x", "X", inner, { size: { field: "n" } });
    expect(built(sized({ x: { a: 1, b: bytes("02") } }))).toBe("020102");
    expect(built(sized({ x: inner({ a: 1, b: bytes("02") }) }))).toBe("020102");
    expect(built(sized({ x: bytes("010203") }))).toBe("03010203");
    expect(() => built(sized({ x: 5 as never }))).toThrow(
      "demo.x: an object or bytes are wanted, not 5",
    );
    const other = record("demo.other").fields({ z: u8("Z") });
    expect(() => built(sized({ x: other({ z: 1 }) as never }))).toThrow(
      "demo.x: a 'demo.inner' is wanted, not a 'demo.other'",
    );
  });

  it("that its bytes do not hold is a fault", () => {
    const free = demo()
      .record("x", "X", inner)
      .fields({ y: u8("Y") });
    const packet = packetOf("01", free);
    expect(packet.require(free).x).toBeUndefined();
    expect(packet.error).toMatchObject({ field: "x", offset: 0 });
  });

  it("inside nested records is left as bytes where the nesting has no end", () => {
    let deep = record("demo.deep", "Deep").fields({ a: u8("A") });
    for (let i = 0; i < 200; i++)
      deep = record("demo.deep", "Deep")
        .fields({ a: u8("A") })
        .record("x", "X", deep as never) as never;
    const outer = demo().record("x", "X", deep as never);
    const packet = packetOf(new Uint8Array(300), outer);
    let levels = 0;
    for (
      let v = packet.require(outer) as unknown as { x?: never } | undefined;
      v !== undefined;
      v = v.x
    )
      levels++;
    expect(levels).toBeLessThanOrEqual(70);
    expect(packet.error).not.toBeNull();
  });
});

describe("the length of a header", () => {
  const ip = demo()
    .fields({ v: bits(4, "V"), ihl: bits(4, "IHL"), x: u8("X") })
    .bytes("options", "Options")
    .header({ field: "ihl", unit: 4 });

  it("is given by a field, and what the parts leave is kept", () => {
    const packet = packetOf("01 02 0304 aabb", ip);
    expect(packet.require(ip).options).toEqual(bytes("0304"));
    expect(packet.raw).toEqual(bytes("aabb"));
  });

  it("is computed when building, and filled up with zeros to whole units", () => {
    expect(built(ip({ v: 4, x: 7 }))).toBe("41070000");
    expect(built(ip({ v: 4, x: 7, options: bytes("010203") }))).toBe("4207010203000000");
    expect(built(ip({ ihl: 1, options: bytes("010203") }))).toBe("0100010203");
    expect(() => built(ip({ options: new Uint8Array(60) }))).toThrow(
      "demo.ihl: 16 is not in 0..15",
    );
  });

  it("that is less than the fixed part is malformed", () => {
    const packet = packetOf("00 02 0304 aabb", ip);
    expect(packet.error).toMatchObject({
      kind: "malformed",
      protocol: "demo",
      field: "header",
      offset: 0,
      needed: 2,
    });
    expect(packet.require(ip).x).toBe(2);
    expect(packet.raw).toEqual(bytes("0304aabb"));
  });

  it("that is more than was captured is a fault, and what is there stays", () => {
    const packet = packetOf("05 02 0304 aabb", ip);
    expect(packet.error).toMatchObject({
      kind: "truncated",
      field: "header",
      offset: 0,
      needed: 20,
      available: 6,
    });
    expect(packet.require(ip).x).toBe(2);
    expect(packet.raw).toEqual(new Uint8Array());
  });

  it("may be a function", () => {
    const even = demo()
      .fields({ n: u8("N") })
      .bytes("data", "Data")
      .header((h) => h.n * 2);
    expect(viewIn("02 010203 aabb", even).data).toEqual(bytes("010203"));
    expect(packetOf("00 aabb", even).error).toMatchObject({ kind: "malformed", field: "header" });
    expect(packetOf("04 aabb", even).error).toMatchObject({ kind: "truncated", field: "header" });
  });

  it("may be given by a field behind a variable part", () => {
    const late = demo()
      .fields({ n: u8("N") })
      .bytes("id", "Id", { field: "n" })
      .fields({ len: u8("Len") })
      .bytes("data", "Data")
      .header({ field: "len" });
    const packet = packetOf("02 aabb 06 0102 ffff", late);
    expect(packet.require(late).data).toEqual(bytes("0102"));
    expect(packet.raw).toEqual(bytes("ffff"));
    expect(built(late({ id: bytes("aabb"), data: bytes("0102") }))).toBe("02aabb060102");
  });

  it("leaves parts that go on beyond it as faults of the packet, not of the capture", () => {
    const tight = demo()
      .fields({ len: u8("Len"), n: u8("N") })
      .bytes("data", "Data", { field: "n" })
      .header({ field: "len" });
    const packet = packetOf("03 05 aabbccddee", tight);
    expect(packet.require(tight).data).toBeUndefined();
    expect(packet.error).toMatchObject({ field: "data", needed: 5, available: 1 });
  });
});
