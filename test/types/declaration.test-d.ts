import { describe, expectTypeOf, it } from "vitest";
import type { Codec } from "../../src/schema/codec.ts";
import {
  bits,
  chars,
  coded,
  flag,
  flags,
  ipv4Address,
  octets,
  part,
  u8,
  u16,
  u32,
  u64,
} from "../../src/schema/field.ts";
import type { Layer } from "../../src/schema/layer.ts";
import { type InputFor, protocol, record, type ViewOf } from "../../src/schema/protocol.ts";
import type { Recipe } from "../../src/schema/recipe.ts";
import { table } from "../../src/schema/table.ts";
import { at, variants } from "../../src/schema/variants.ts";

declare const name: Codec<string>;
const about = { name: "demo", title: "Demo" };
const pair = record("demo.pair").fields({ k: u8("K"), v: u16("V") });
const numbers = table("numbers");

const demo = protocol(about)
  .fields({
    n: u8("N"),
    big: u64("Big"),
    yes: flag("Yes"),
    pad: bits(7, "Pad"),
    src: ipv4Address("Src"),
    id: octets(2, "Id"),
    label: chars(3, "Label"),
    f: flags(8, { syn: "Syn", mode: part(2, "Mode"), one: part(1, "One") }, "F"),
  })
  .fields({ host: coded(name, "Host") })
  .when("f.syn", { window: u16("Window") })
  .bytes("data", "Data", { field: "n" })
  .text("line", "Line", { until: "\r\n" })
  .list("pairs", "Pairs", pair)
  .record("one", "One", pair);

describe("the view of a declaration", () => {
  type V = ViewOf<typeof demo>;

  it("has the type of every field", () => {
    expectTypeOf<V["n"]>().toEqualTypeOf<number>();
    expectTypeOf<V["big"]>().toEqualTypeOf<bigint>();
    expectTypeOf<V["yes"]>().toEqualTypeOf<boolean>();
    expectTypeOf<V["src"]>().toEqualTypeOf<string>();
    expectTypeOf<V["id"]>().toEqualTypeOf<Uint8Array>();
    expectTypeOf<V["label"]>().toEqualTypeOf<string>();
    expectTypeOf<V["f"]["value"]>().toEqualTypeOf<number>();
    expectTypeOf<V["f"]["syn"]>().toEqualTypeOf<boolean>();
    expectTypeOf<V["f"]["mode"]>().toEqualTypeOf<number>();
    expectTypeOf<V["f"]["one"]>().toEqualTypeOf<boolean>();
    expectTypeOf<keyof V["f"]>().toEqualTypeOf<"value" | "syn" | "mode" | "one">();
    expectTypeOf<V["layer"]>().toEqualTypeOf<Layer>();
  });

  it("has parts of variable length, which may be missing", () => {
    expectTypeOf<V["window"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<V["data"]>().toEqualTypeOf<Uint8Array | undefined>();
    expectTypeOf<V["line"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<V["pairs"][number]["v"]>().toEqualTypeOf<number>();
    expectTypeOf<NonNullable<V["one"]>["k"]>().toEqualTypeOf<number>();
  });

  it("leaks no any", () => {
    expectTypeOf<V>().not.toBeAny();
    expectTypeOf<V[keyof V]>().not.toBeAny();
    expectTypeOf<V["host"]>().not.toBeAny();
    expectTypeOf<V["pairs"]>().not.toBeAny();
    expectTypeOf<V["pairs"][number]>().not.toBeAny();
    expectTypeOf<V["one"]>().not.toBeAny();
    expectTypeOf<V["f"]>().not.toBeAny();
  });

  it("can be set where fields are of fixed width, and nowhere else", () => {
    const view = null as unknown as V;
    view.n = 1;
    view.f.syn = true;
    view.f.mode = 2;
    view.f.value = 3;
    view.big = 1n;
    // @ts-expect-error a number is no text
    view.n = "1";
    // @ts-expect-error a bigint is no number
    view.big = 1;
    // @ts-expect-error one bit is a boolean
    view.f.syn = 1;
    // @ts-expect-error several bits are a number
    view.f.mode = true;
    // @ts-expect-error of variable length
    view.data = new Uint8Array();
    // @ts-expect-error of variable length
    view.host = "x";
    // @ts-expect-error of variable length
    view.pairs = [];
    // @ts-expect-error no such field
    view.nope = 1;
    const { layer } = view;
    // @ts-expect-error the layer is not to be exchanged
    view.layer = layer;
  });
});

describe("what building takes", () => {
  type I = InputFor<typeof demo>;

  it("may leave out everything", () => {
    expectTypeOf(demo()).toExtend<Recipe<unknown>>();
    expectTypeOf(demo({})).toExtend<Recipe<unknown>>();
    expectTypeOf<I>().not.toBeAny();
    expectTypeOf<I["n"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<I["data"]>().toEqualTypeOf<Uint8Array | undefined>();
  });

  it("is checked by name and by type", () => {
    demo({
      n: 1,
      f: { syn: true, mode: 3 },
      host: "a",
      pairs: [{ k: 1 }, pair({ v: 2 }), new Uint8Array(3)],
      one: { k: 1 },
    });
    demo({ f: 7, pairs: new Uint8Array(), one: pair() });
    // @ts-expect-error no such field
    demo({ nope: 1 });
    // @ts-expect-error a number is wanted
    demo({ n: "1" });
    // @ts-expect-error a bigint is wanted
    demo({ big: 1 });
    // @ts-expect-error no such flag
    demo({ f: { sin: true } });
    // @ts-expect-error one bit is a boolean
    demo({ f: { syn: 1 } });
    // @ts-expect-error no such field in a record
    demo({ pairs: [{ nope: 1 }] });
    // @ts-expect-error a recipe of another record
    demo({ one: record("demo.other").fields({ z: u8("Z") })({ z: 1 }) });
    // @ts-expect-error an array is wanted
    demo({ pairs: { k: 1 } });
  });
});

describe("sizes, conditions and keys", () => {
  const base = protocol(about).fields({
    n: u8("N"),
    big: u64("Big"),
    text: chars(2, "Text"),
    f: flags(8, { a: "A", len: part(4, "Len") }, "F"),
  });

  it("may name earlier numbers and flags", () => {
    base.bytes("x", "X", { field: "n" });
    base.bytes("x", "X", { field: "f.len" });
    base.list("x", "X", pair, { count: { field: "n" }, until: (p) => p.k === 0 });
    base
      .header({ field: "n", unit: 4 })
      .payload({ whole: { field: "n" }, next: { table: numbers, by: "n" } });
    base.when("f.a", { y: u8("Y") }).when({ field: "n", is: [1, 2] }, { z: u8("Z") });
    base.when((h) => h.n > 1 && h.f.a, { y: u8("Y") });
  });

  it("may not name what is unknown, later or no number", () => {
    // @ts-expect-error unknown
    base.bytes("x", "X", { field: "m" });
    // @ts-expect-error later
    base.bytes("x", "X", { field: "later" }).fields({ later: u8("Later") });
    // @ts-expect-error itself
    base.bytes("x", "X", { field: "x" });
    // @ts-expect-error a bigint
    base.bytes("x", "X", { field: "big" });
    // @ts-expect-error a text
    base.bytes("x", "X", { field: "text" });
    // @ts-expect-error no such flag
    base.bytes("x", "X", { field: "f.b" });
    // @ts-expect-error flags as a whole are no size
    base.bytes("x", "X", { field: "f" });
    // @ts-expect-error unknown
    base.header({ field: "m" });
    // @ts-expect-error unknown
    base.payload({ whole: { field: "m" } });
    // @ts-expect-error a bigint
    base.payload({ next: { table: numbers, by: "big" } });
    // @ts-expect-error unknown
    base.payload({ next: { table: numbers, by: ["n", "m"] } });
    // @ts-expect-error unknown
    base.list("x", "X", pair, { count: { field: "m" } });
    // @ts-expect-error no such field of the item
    base.list("x", "X", pair, { until: (p) => p.nope === 0 });
    // @ts-expect-error no such flag
    base.when("f.b", { y: u8("Y") });
    // @ts-expect-error a text is no condition
    base.when("text", { y: u8("Y") });
    // @ts-expect-error no such field
    base.when((h) => h.m > 1, { y: u8("Y") });
    // @ts-expect-error no such field
    base.composite("c", "C", ["n", "m"]);
    // @ts-expect-error a number of bytes is wanted
    base.bytes("x", "X", (h) => h.text);
  });
});

describe("a declaration with cases", () => {
  const kind = record("demo.option").fields({ kind: u8("Kind") });
  const sized = kind.fields({ length: u8("Length") }).header({ field: "length" });
  const option = variants(
    kind,
    "kind",
    {
      nop: at(1, kind),
      mss: at(2, sized.fields({ mss: u16("MSS") })),
      stamp: at(8, sized.fields({ value: u32("Value") })),
    },
    sized.bytes("data", "Data"),
  );
  const host = protocol(about).list("options", "Options", option);
  type V = ViewOf<typeof host>["options"][number];

  it("has views that are told apart by the name of the case", () => {
    const view = null as unknown as V;
    expectTypeOf(view.is).toEqualTypeOf<"nop" | "mss" | "stamp" | "unknown">();
    expectTypeOf(view.kind).toEqualTypeOf<number>();
    if (view.is === "mss") {
      expectTypeOf(view.mss).toEqualTypeOf<number>();
      // @ts-expect-error of another case
      void view.value;
    }
    if (view.is === "unknown") expectTypeOf(view.data).toEqualTypeOf<Uint8Array | undefined>();
    // @ts-expect-error not before it is told apart
    void view.mss;
    // @ts-expect-error no such case
    void (view.is === "nope");
  });

  it("narrows what is found in a list", () => {
    const options = null as unknown as readonly V[];
    const mss = options.find((o) => o.is === "mss");
    expectTypeOf(mss?.mss).toEqualTypeOf<number | undefined>();
    const stamps = options.filter((o) => o.is === "stamp");
    expectTypeOf(stamps[0]?.value).toEqualTypeOf<number | undefined>();
  });

  it("is built by case, by name, and by value", () => {
    option.mss({ mss: 1 });
    option.mss();
    option.nop();
    option({ is: "mss", mss: 1 });
    option({ kind: 99, data: new Uint8Array() });
    host({
      options: [
        option.mss({ mss: 1 }),
        { is: "nop" },
        { is: "stamp", value: 1 },
        new Uint8Array(2),
      ],
    });
    // @ts-expect-error no such case
    option.nope();
    // @ts-expect-error of another case
    option.mss({ value: 1 });
    // @ts-expect-error no such case
    option({ is: "nope" });
    // @ts-expect-error of another case
    option({ is: "nop", mss: 1 });
    // @ts-expect-error no such case
    host({ options: [{ is: "nope" }] });
  });

  it("selects by a number or flags that it begins with", () => {
    // @ts-expect-error unknown
    variants(kind, "nope", {}, kind);
    const wide = record("demo.w").fields({ type: u64("Type"), f: flags(8, { a: "A" }, "F") });
    // @ts-expect-error a bigint
    variants(wide, "type", {}, wide);
    variants(wide, "f", {}, wide);
  });

  it("keeps the names of cases of cases", () => {
    const sub = sized.fields({ sub: u8("Sub") });
    const inner = variants(sub, "sub", { join: at(1, sub.fields({ token: u16("Token") })) }, sub);
    const outer = variants(kind, "kind", { nested: at(30, inner), nop: at(1, kind) }, kind);
    type W = ViewOf<typeof outer>;
    expectTypeOf<W["is"]>().toEqualTypeOf<"join" | "unknown" | "nop">();
    const view = null as unknown as W;
    if (view.is === "join") expectTypeOf(view.token).toEqualTypeOf<number>();
    expectTypeOf(view).not.toBeAny();
  });
});

describe("a trailer", () => {
  it("has parts that may be missing", () => {
    const tail = record("demo.tail").fields({ fcs: u32("FCS") });
    const framed = protocol(about)
      .fields({ a: u8("A") })
      .trailer(tail);
    expectTypeOf<ViewOf<typeof framed>["fcs"]>().toEqualTypeOf<number | undefined>();
    framed({ a: 1, fcs: 2 });
    // @ts-expect-error a number is wanted
    framed({ fcs: "2" });
  });
});
