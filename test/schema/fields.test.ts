import { describe, expect, it } from "vitest";
import {
  bits,
  chars,
  eui64,
  flag,
  int,
  ipv4Address,
  ipv6Address,
  mac,
  octets,
  u8,
  u16,
  u16le,
  u24,
  u32,
  u32le,
  u48,
  u64,
  u64le,
  u128,
} from "../../src/schema/field.ts";
import { names } from "../../src/schema/names.ts";
import { protocol } from "../../src/schema/protocol.ts";
import { built, bytes, viewIn } from "../support/packets.ts";

const about = { name: "demo", title: "Demo" };

describe("fields of fixed width", () => {
  const numbers = protocol(about).fields({
    a: u8("A"),
    b: u16("B"),
    c: u24("C"),
    d: u32("D"),
    e: u48("E"),
  });

  it("are read most significant byte first", () => {
    const view = viewIn("01 0203 040506 0708090a 0b0c0d0e0f10", numbers);
    expect([view.a, view.b, view.c, view.d, view.e]).toEqual([
      0x01, 0x0203, 0x040506, 0x0708090a, 0x0b0c0d0e0f10,
    ]);
  });

  it("hold their greatest value", () => {
    const greatest = { a: 0xff, b: 0xffff, c: 0xffffff, d: 0xffffffff, e: 0xffffffffffff };
    expect(built(numbers(greatest))).toBe("ff".repeat(16));
    expect(viewIn(built(numbers(greatest)), numbers)).toMatchObject(greatest);
  });

  it("are zero where nothing is given, and the default where there is one", () => {
    const defaults = protocol(about).fields({ a: u8("A", { default: 7 }), b: u16("B") });
    expect(built(defaults())).toBe("070000");
    expect(built(defaults({ a: 0 }))).toBe("000000");
  });

  it("may share bytes and cross them", () => {
    const shared = protocol(about).fields({
      a: bits(3, "A"),
      b: bits(7, "B"),
      c: flag("C"),
      d: bits(13, "D"),
      e: bits(1, "E"),
      f: bits(31, "F"),
    });
    const values = { a: 0b101, b: 0b1100110, c: true, d: 0b1010101010101, e: 0, f: 0x7654_3210 };
    const bitText = [
      "101",
      "1100110",
      "1",
      "1010101010101",
      "0",
      (0x76543210).toString(2).padStart(31, "0"),
    ].join("");
    const wanted = BigInt(`0b${bitText}`).toString(16);
    expect(built(shared(values))).toBe(wanted);
    expect(viewIn(wanted, shared)).toMatchObject(values);
  });

  it("may be as wide as 48 bits inside bytes", () => {
    const wide = protocol(about).fields({ a: bits(3, "A"), b: bits(48, "B"), c: bits(5, "C") });
    const values = { a: 5, b: 0xfedc_ba98_7654, c: 17 };
    expect(viewIn(built(wide(values)), wide)).toMatchObject(values);
    const narrow = protocol(about).fields({ a: bits(7, "A"), b: bits(26, "B"), c: bits(7, "C") });
    expect(viewIn(built(narrow({ a: 1, b: 0x3ffffff, c: 2 })), narrow)).toMatchObject({
      a: 1,
      b: 0x3ffffff,
      c: 2,
    });
  });

  it("may have their least significant byte first", () => {
    const little = protocol(about).fields({
      a: u16le("A"),
      b: u32le("B"),
      c: u64le("C"),
    });
    const view = viewIn("3412 78563412 efcdab8967452301", little);
    expect([view.a, view.b, view.c]).toEqual([0x1234, 0x12345678, 0x0123456789abcdefn]);
    expect(built(little({ a: 0x1234, b: 0x12345678, c: 0x0123456789abcdefn }))).toBe(
      "341278563412efcdab8967452301",
    );
  });

  it("of 64 and 128 bits are bigints", () => {
    const big = protocol(about).fields({ a: u64("A"), b: u128("B") });
    const values = { a: 0xfedc_ba98_7654_3210n, b: (1n << 128n) - 2n };
    expect(viewIn(built(big(values)), big)).toMatchObject(values);
    expect(built(big())).toBe("00".repeat(24));
  });

  it("may be signed", () => {
    const signed = protocol(about).fields({ a: int(8, "A"), b: int(16, "B"), c: int(32, "C") });
    expect(built(signed({ a: -1, b: -32768, c: -2 }))).toBe("ff8000fffffffe");
    expect(viewIn("7f7fff80000000", signed)).toMatchObject({ a: 127, b: 32767, c: -(2 ** 31) });
  });

  it("give addresses as text, in whatever form they were given", () => {
    const addresses = protocol(about).fields({
      m: mac("M"),
      four: ipv4Address("4"),
      six: ipv6Address("6"),
      e: eui64("E"),
    });
    const view = viewIn(
      built(
        addresses({
          m: "00:1B:21:3c:9d:F8",
          four: "192.0.2.1",
          six: "2001:DB8:0:0::1",
          e: "00:11:22:33:44:55:66:77",
        }),
      ),
      addresses,
    );
    expect(view.m).toBe("00:1b:21:3c:9d:f8");
    expect(view.four).toBe("192.0.2.1");
    expect(view.six).toBe("2001:db8::1");
    expect(view.e).toBe("00:11:22:33:44:55:66:77");
  });

  it("give bytes as a view of the packet's array", () => {
    const blob = protocol(about).fields({ a: u8("A"), data: octets(3, "Data") });
    const packet = bytes("01020304");
    const { data } = viewIn(packet, blob);
    expect(data).toEqual(bytes("020304"));
    packet[1] = 9;
    expect(data[0]).toBe(9);
  });

  it("give text of ISO 8859-1, trailing zero bytes included", () => {
    const text = protocol(about).fields({ name: chars(5, "Name") });
    expect(viewIn("61e4ff0000", text).name).toBe("aäÿ\0\0");
    expect(built(text({ name: "aäÿ" }))).toBe("61e4ff0000");
  });

  it("keep values that have no name", () => {
    const kinds = names("1=One\n2-4=Some\n3=Three\n1=Uno");
    const named = protocol(about).fields({ kind: u8("Kind", { names: kinds }) });
    expect(viewIn("c8", named).kind).toBe(200);
    expect(kinds.get(200)).toBeUndefined();
    expect([1, 2, 3, 4].map((n) => kinds.get(n))).toEqual(["One", "Some", "Three", "Some"]);
    expect([kinds.find("THREE"), kinds.find("uno"), kinds.find("some"), kinds.find("no")]).toEqual([
      3,
      1,
      2,
      undefined,
    ]);
    expect([...kinds.entries()]).toEqual([
      [1, "One"],
      [2, "Some"],
      [3, "Three"],
      [4, "Some"],
    ]);
  });
});

describe("a value that a field cannot hold", () => {
  const all = protocol(about).fields({
    n: bits(4, "N"),
    m: bits(4, "M"),
    s: int(8, "S"),
    big: u64("Big"),
    yes: flag("Yes"),
    pad: bits(7, "Pad"),
    hw: mac("MAC"),
    ip: ipv4Address("IP"),
    raw: octets(2, "Raw"),
    text: chars(2, "Text"),
  });

  it.each([
    [{ n: 16 }, RangeError, "demo.n: 16 is not in 0..15"],
    [{ n: -1 }, RangeError, "demo.n: -1 is not in 0..15"],
    [{ n: 1.5 }, RangeError, "demo.n: 1.5 is not in 0..15"],
    [{ n: Number.NaN }, RangeError, "demo.n: NaN is not in 0..15"],
    [{ n: "1" }, TypeError, 'demo.n: a number is wanted, not "1"'],
    [{ s: 128 }, RangeError, "demo.s: 128 is not a whole number in -128..127"],
    [{ s: -129 }, RangeError, "demo.s: -129 is not a whole number in -128..127"],
    [{ big: "7" }, TypeError, 'demo.big: a bigint is wanted, not "7"'],
    [{ yes: 1 }, TypeError, "demo.yes: a boolean is wanted, not 1"],
    [{ hw: "00:11" }, TypeError, "demo.hw"],
    [{ hw: 5 }, TypeError, "demo.hw: text is wanted, not 5"],
    [{ ip: "1.2.3.256" }, TypeError, "demo.ip"],
    [{ raw: new Uint8Array(3) }, RangeError, "demo.raw: 3 bytes, exactly 2 are wanted"],
    [{ raw: [1, 2] }, TypeError, "demo.raw: a Uint8Array is wanted"],
    [{ text: "abc" }, RangeError, "demo.text: 3 characters, 2 fit"],
    [{ text: "€" }, RangeError, "demo.text: character 0"],
  ])("%j is refused with the field, its limits and the value", (values, kind, message) => {
    let caught: unknown;
    try {
      built(all(values as never));
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(kind);
    expect((caught as Error).message).toContain(message);
  });

  it("is refused as a bigint too", () => {
    expect(() => built(all({ n: 1n as never }))).toThrow("demo.n: a number is wanted, not 1");
    expect(() => built(all({ big: 1n << 64n }))).toThrow(
      new RangeError("demo.big: 18446744073709551616 is not in 0..2^64-1"),
    );
    expect(() => built(all({ big: -1n }))).toThrow(
      new RangeError("demo.big: -1 is not in 0..2^64-1"),
    );
  });

  it("is taken as a bigint where a whole number is given for one", () => {
    expect(viewIn(built(all({ big: 5 as never })), all).big).toBe(5n);
  });

  it("under a name that the declaration does not have is refused", () => {
    expect(() => built(all({ nope: 1 } as never))).toThrow(new TypeError("demo: no field 'nope'"));
  });

  it("is as good as left out when it is undefined", () => {
    expect(built(all({ n: undefined, nope: undefined } as never))).toBe(built(all()));
  });
});

describe("a declaration", () => {
  it("refuses a name twice and names that views need themselves", () => {
    const one = protocol(about).fields({ a: u8("A") });
    expect(() => one.fields({ a: u8("A") })).toThrow("demo: the name 'a' is taken");
    expect(() => one.bytes("a", "A")).toThrow("taken");
    expect(() => one.when("a", { a: u8("A") })).toThrow("taken");
    for (const name of ["layer", "is", "rest", "constructor"])
      expect(() => one.fields({ [name]: u8("X") })).toThrow(`the name '${name}' is taken`);
    expect(() => one.bytes("rest", "Rest")).toThrow("the name 'rest' is taken");
  });

  it("refuses the name of a header's part for a part of its trailer", () => {
    const tail = protocol({ name: "tail", title: "Tail" }).fields({ a: u8("A") });
    expect(() =>
      protocol(about)
        .fields({ a: u8("A") })
        .trailer(tail),
    ).toThrow("demo: the name 'a' is taken");
  });

  it("whose fields end inside a byte cannot be used", () => {
    const odd = protocol(about).fields({ a: bits(3, "A"), b: u8("B") });
    expect(() => built(odd())).toThrow("demo: fields end inside a byte");
    const before = protocol(about)
      .fields({ a: bits(4, "A") })
      .bytes("b", "B");
    expect(() => built(before())).toThrow("demo: fields end inside a byte");
    const conditional = protocol(about)
      .fields({ a: u8("A") })
      .when("a", { b: bits(4, "B") });
    expect(() => built(conditional())).toThrow("demo: fields end inside a byte");
  });

  it.each([
    ["an address", mac("X")],
    ["a signed number", int(8, "X")],
    ["a bigint", u64("X")],
    ["bytes", octets(2, "X")],
    ["text", chars(2, "X")],
    ["a little endian number", u16le("X")],
  ])("whose %s begins inside a byte cannot be used", (_, field) => {
    const odd = protocol(about).fields({ a: bits(4, "A"), x: field, b: bits(4, "B") });
    expect(() => built(odd())).toThrow("demo: 'x' begins inside a byte");
  });

  it("names its fields as Wireshark does, or as told", () => {
    const { schema } = protocol({ name: "demo", title: "Demo", filter: "dm" }).fields({
      fragmentOffset: u8("A"),
      b: u8("B", { filter: "bee" }),
      c: u8("C", { filter: ".other.c" }),
      d: u8("D", { filter: null }),
    });
    expect(schema.placed.map((p) => p.filter)).toEqual([
      "dm.fragment_offset",
      "dm.bee",
      "other.c",
      null,
    ]);
  });

  it("is not changed by what is added to it", () => {
    const base = protocol(about).fields({ a: u8("A") });
    const more = base.fields({ b: u8("B") });
    base.fields({ c: u8("C") });
    expect(base.schema.placed.map((p) => p.name)).toEqual(["a"]);
    expect(more.schema.placed.map((p) => p.name)).toEqual(["a", "b"]);
    expect(more.schema.placed[0]?.item).toBe(base.schema.placed[0]?.item);
  });
});
