import { describe, expect, it } from "vitest";
import { flags, u8, u16 } from "../../src/schema/field.ts";
import { protocol, record } from "../../src/schema/protocol.ts";
import { at, variants } from "../../src/schema/variants.ts";
import { built, bytes, hex, packetOf, rebuilt, valuesIn, viewIn } from "../support/packets.ts";

const demo = () => protocol({ name: "demo", title: "Demo" });
const pair = record("demo.pair", "Pair").fields({ k: u8("K"), v: u8("V") });
const tlv = record("demo.tlv", "TLV")
  .fields({ type: u8("Type"), length: u8("Length") })
  .bytes("value", "Value")
  .header({ field: "length" });

describe("a list", () => {
  it("takes all that is left", () => {
    const list = demo()
      .fields({ a: u8("A") })
      .list("items", "Items", pair);
    expect(viewIn("01 0203 0405", list).items.map((i) => [i.k, i.v])).toEqual([
      [2, 3],
      [4, 5],
    ]);
    expect(viewIn("01", list).items).toEqual([]);
  });

  it("has as many items as a field counts, which building computes", () => {
    const list = demo()
      .fields({ n: u16("N") })
      .list("items", "Items", pair, { count: { field: "n" } })
      .fields({ after: u8("After") });
    const view = viewIn("0002 0203 0405 06", list);
    expect([view.items.length, view.after]).toEqual([2, 6]);
    expect(built(list({ items: [{ k: 1 }, pair({ v: 2 }), bytes("0303")], after: 7 }))).toBe(
      "000201000002030307",
    );
    expect(built(list({ after: 7 }))).toBe("000007");
  });

  it("has a constant number of items, and as many as a function counts", () => {
    const two = demo()
      .list("items", "Items", pair, { count: 2 })
      .fields({ after: u8("After") });
    expect(viewIn("0203 0405 06", two).items).toHaveLength(2);
    expect(viewIn("0203 0405 06", two).after).toBe(6);
    const half = demo()
      .fields({ n: u8("N") })
      .list("items", "Items", pair, { count: (h) => h.n >> 1 })
      .fields({ after: u8("After") });
    expect(viewIn("03 0203 06", half).items).toHaveLength(1);
    expect(viewIn("03 0203 06", half).after).toBe(6);
  });

  it("takes as many bytes as a field says, which building computes", () => {
    const list = demo()
      .fields({ size: u8("Size") })
      .list("items", "Items", tlv, { size: { field: "size" } })
      .fields({ after: u8("After") });
    const view = viewIn("05 0102 0203aa 07", list);
    expect(view.items.map((i) => [i.type, hex(i.value ?? bytes("ff"))])).toEqual([
      [1, ""],
      [2, "aa"],
    ]);
    expect(view.after).toBe(7);
    expect(built(list({ items: [{ type: 1 }, { type: 2, value: bytes("aa") }], after: 7 }))).toBe(
      "0501020203aa07",
    );
  });

  it("ends with the item that says so", () => {
    const list = demo()
      .list("items", "Items", pair, { until: (i) => i.k === 0 })
      .fields({ after: u8("After") });
    const view = viewIn("0203 0009 07", list);
    expect([view.items.map((i) => i.k), view.after]).toEqual([[2, 0], 7]);
  });

  it("ends where the bytes are not an item any more", () => {
    const list = demo()
      .list("items", "Items", pair, { stop: (b, o) => b[o] === 0xff })
      .fields({ after: u8("After") });
    expect(viewIn("0203 0405 ff", list).items).toHaveLength(2);
    expect(viewIn("0203 0405 ff", list).after).toBe(0xff);
    expect(viewIn("ff", list).items).toHaveLength(0);
  });

  it("of options is filled up to a multiple when building, and re-emits as it was", () => {
    const kind = record("demo.option", "Option").fields({ kind: u8("Kind") });
    const option = variants(
      kind,
      "kind",
      { end: at(0, kind), nop: at(1, kind) },
      kind
        .fields({ length: u8("Length") })
        .bytes("data", "Data")
        .header({ field: "length" }),
    );
    const header = demo()
      .fields({ words: u8("Words"), x: u8("X"), y: u16("Y") })
      .list("options", "Options", option, { until: (o) => o.is === "end", align: 4 })
      .header({ field: "words", unit: 4 });
    expect(built(header({ options: [option.nop()] }))).toBe("0200000001000000");
    expect(built(header({ options: [option.nop(), option.end()] }))).toBe("0200000001000000");
    expect(built(header({ options: [{ kind: 9, data: bytes("aabb") }] }))).toBe("020000000904aabb");
    for (const text of [
      "02000000 01000000",
      "02000000 01010100",
      "02000000 00000000",
      "02000000 0100aabb",
      "03000000 0903aa01 00000000",
      "03000000 0903aa00 00000001",
      "02000000 0903aa01",
      "02000000 0909aa01",
      "02000000 01010109",
    ])
      expect(hex(rebuilt(packetOf(text, header)))).toBe(text.replaceAll(" ", ""));
  });

  it("of padded items starts every item at a multiple", () => {
    const list = demo()
      .fields({ n: u8("N") })
      .list("items", "Items", tlv, { pad: 4 });
    const text = "09 0503aabb00 0602 0000 0702";
    const padded = "09 0503aa00 06020000 0702";
    expect(viewIn(padded, list).items.map((i) => i.type)).toEqual([5, 6, 7]);
    expect(
      built(list({ n: 9, items: [{ type: 5, value: bytes("aa") }, { type: 6 }, { type: 7 }] })),
    ).toBe(padded.replaceAll(" ", ""));
    for (const one of [text, padded, "09 0503aaff 06020000 0702", "09 0503aa00", "09 0503aa"])
      expect(hex(rebuilt(packetOf(one, list)))).toBe(one.replaceAll(" ", ""));
  });

  it("is the same array every time", () => {
    const view = viewIn("0203 0405", demo().list("items", "Items", pair));
    expect(view.items).toBe(view.items);
  });

  it("cut off has the items before, and says where it broke off", () => {
    const counted = demo()
      .fields({ n: u8("N") })
      .list("items", "Items", pair, { count: { field: "n" } });
    const packet = packetOf("03 0102 0304 05", counted);
    expect(packet.require(counted).items.map((i) => i.k)).toEqual([1, 3]);
    expect(packet.error).toMatchObject({
      kind: "truncated",
      protocol: "demo",
      field: "items",
      offset: 5,
    });
    const rest = demo().list("items", "Items", tlv);
    const malformed = packetOf("0102 0201", rest);
    expect(malformed.require(rest).items).toHaveLength(1);
    expect(malformed.error).toMatchObject({ field: "items", offset: 2 });
    expect(rebuilt(malformed)).toEqual(bytes("01020201"));
  });

  it("cut off before the item that ends it leaves no payload", () => {
    const ended = demo()
      .list("items", "Items", pair, { until: (i) => i.k === 0 })
      .payload({ next: protocol({ name: "top", title: "Top" }).fields({ x: u8("X") }) });
    expect(String(packetOf("0102 0003 09", ended).chain)).toBe("DEMO:TOP");
    const cut = packetOf("0102 00", ended);
    expect(String(cut.chain)).toBe("DEMO");
    expect(cut.require(ended).items.map((i) => i.k)).toEqual([1]);
    expect(cut.error).toMatchObject({ kind: "truncated", field: "items", offset: 2 });
    expect(rebuilt(cut)).toEqual(bytes("010200"));
  });

  it("whose items take no bytes ends, whatever it counts", () => {
    const empty = record("demo.empty").when(() => false, { a: u8("A") });
    const counted = demo()
      .fields({ n: u16("N") })
      .list("items", "Items", empty, { count: { field: "n" } });
    expect(packetOf("ffff 00", counted).require(counted).items.length).toBeLessThanOrEqual(3);
    const all = demo().list("items", "Items", empty);
    expect(packetOf("ffff", all).require(all).items.length).toBeLessThanOrEqual(2);
  });

  it("that counts more than there are bytes for allocates no more than its bytes", () => {
    const counted = demo()
      .fields({ n: u16("N") })
      .list("items", "Items", pair, { count: { field: "n" } });
    expect(packetOf("ffff 0102", counted).require(counted).items).toHaveLength(1);
  });

  it("whose count makes no sense has no items", () => {
    const nonsense = demo()
      .fields({ n: u8("N") })
      .list("items", "Items", pair, { count: () => Number.NaN })
      .fields({ after: u8("After") });
    const packet = packetOf("01 0203 0405", nonsense);
    expect(packet.require(nonsense).items).toEqual([]);
    expect(packet.error).toMatchObject({ kind: "malformed", field: "items" });
  });

  it("may lie in a list", () => {
    const outer = record("demo.outer", "Outer")
      .fields({ n: u8("N") })
      .list("pairs", "Pairs", pair, { count: { field: "n" } });
    const list = demo().list("groups", "Groups", outer);
    const text = "01 0203 00 02 04050607";
    const view = viewIn(text, list);
    expect(view.groups.map((g) => g.pairs.map((p) => p.k))).toEqual([[2], [], [4, 6]]);
    expect(
      built(
        list({
          groups: [
            { pairs: [{ k: 2, v: 3 }] },
            {},
            {
              pairs: [
                { k: 4, v: 5 },
                { k: 6, v: 7 },
              ],
            },
          ],
        }),
      ),
    ).toBe(text.replaceAll(" ", ""));
  });

  it("refuses what is no array, and items that are no records", () => {
    const list = demo().list("items", "Items", pair);
    expect(() => built(list({ items: 5 as never }))).toThrow(
      "demo.items: an array is wanted, not 5",
    );
    expect(() => built(list({ items: [5 as never] }))).toThrow(
      "demo.items[0]: an object or bytes are wanted, not 5",
    );
    expect(() => built(list({ items: [{ k: 256 }] }))).toThrow("demo.pair.k: 256 is not in 0..255");
    expect(() => built(list({ items: [{ nope: 1 } as never] }))).toThrow(
      "demo.pair: no field 'nope'",
    );
  });
});

describe("a record with a length of its own", () => {
  it("is as long as it says, and that is computed", () => {
    const list = demo().list("items", "Items", tlv);
    expect(built(list({ items: [{ type: 1, value: bytes("aabb") }] }))).toBe("0104aabb");
    expect(built(list({ items: [{ type: 1, length: 9, value: bytes("aabb") }] }))).toBe("0109aabb");
  });

  it("may count words, or what follows the length", () => {
    const words = record("demo.w")
      .fields({ type: u8("T"), length: u8("L") })
      .bytes("value", "V")
      .header({ field: "length", unit: 8 });
    const list = demo().list("items", "Items", words);
    expect(built(list({ items: [{ value: bytes("01") }] }))).toBe("0001010000000000");
    const behind = record("demo.b")
      .fields({ type: u8("T"), length: u8("L") })
      .bytes("value", "V")
      .header({ field: "length", plus: 2 });
    const other = demo().list("items", "Items", behind);
    expect(built(other({ items: [{ value: bytes("01") }, {}] }))).toBe("000101" + "0000");
    expect(viewIn("0502aabb 0600", other).items.map((i) => hex(i.value ?? bytes("ff")))).toEqual([
      "aabb",
      "",
    ]);
  });

  it("may have its length behind a variable part, counting what follows it", () => {
    const late = record("demo.late")
      .fields({ n: u8("N") })
      .bytes("id", "Id", { field: "n" })
      .fields({ length: u8("L") })
      .bytes("value", "V")
      .header({ field: "length", after: true });
    const list = demo().list("items", "Items", late);
    const text = "02 aabb 01 cc 00 02 dddd";
    expect(viewIn(text, list).items.map((i) => hex(i.value ?? bytes("ff")))).toEqual([
      "cc",
      "dddd",
    ]);
    expect(
      built(list({ items: [{ id: bytes("aabb"), value: bytes("cc") }, { value: bytes("dddd") }] })),
    ).toBe(text.replaceAll(" ", ""));
  });

  it("keeps what its parts leave", () => {
    const fixed = record("demo.f")
      .fields({ length: u8("L"), a: u8("A") })
      .header({ field: "length" });
    const list = demo().list("items", "Items", fixed);
    expect(valuesIn("0401aabb 0202", list)["items"]).toEqual([
      { length: 4, a: 1, rest: bytes("aabb") },
      { length: 2, a: 2 },
    ]);
    expect(hex(rebuilt(packetOf("0401aabb 0202", list)))).toBe("0401aabb0202");
    expect(built(list({ items: [{ a: 1, rest: bytes("aabb") } as never] }))).toBe("0401aabb");
  });
});

describe("flags that say whether a list is there", () => {
  it("are set when it is given", () => {
    const list = demo()
      .fields({ f: flags(8, { has: "Has" }, "F") })
      .list("items", "Items", pair, { when: "f.has" });
    expect(built(list({ items: [{ k: 1, v: 2 }] }))).toBe("010102");
    expect(built(list())).toBe("00");
    expect(viewIn("00 0102", list).items).toEqual([]);
  });
});
