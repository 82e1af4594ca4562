import { describe, expect, it } from "vitest";
import { createDissector } from "../../src/packet/dissector.ts";
import { MAX_LAYERS } from "../../src/packet/walk.ts";
import { u8, u16, u16le, u32, u48 } from "../../src/schema/field.ts";
import { protocol } from "../../src/schema/protocol.ts";
import { table } from "../../src/schema/table.ts";
import { bytes } from "../support/packets.ts";

const types = table("low.type");
const leaf = (name: string, ...over: Parameters<typeof protocol>[0]["over"] & object) =>
  protocol({ name, title: name, over }).fields({ x: u8("X") });
const low = protocol({ name: "low", title: "Low" })
  .fields({ type: u8("Type") })
  .payload({ next: { table: types, by: "type" } });
const a = leaf("a", types.at(1));
const b = leaf("b", types.at(2, 3));
const c = leaf("c");

const chainOf = (
  dissector: ReturnType<typeof createDissector>,
  text: string,
  first = low,
): string => String(dissector.dissect(bytes(text), first as never).chain);

describe("the next protocol", () => {
  it("is found by a number in a table, under any of its keys", () => {
    const d = createDissector([low, a, b]);
    expect(chainOf(d, "01ff")).toBe("LOW:A");
    expect(chainOf(d, "02ff")).toBe("LOW:B");
    expect(chainOf(d, "03ff")).toBe("LOW:B");
    expect(chainOf(d, "04ff")).toBe("LOW");
    expect(chainOf(d, "01ff")).toBe("LOW:A");
  });

  it("is only found among the protocols that take part", () => {
    expect(chainOf(createDissector([low, b]), "01ff")).toBe("LOW");
    expect(chainOf(createDissector([]), "01ff")).toBe("LOW");
  });

  it("is not looked for where there are no bytes left", () => {
    const packet = createDissector([low, a]).dissect(bytes("01"), low);
    expect([String(packet.chain), packet.error, packet.raw.length]).toEqual(["LOW", null, 0]);
  });

  it("may always be the same, or be chosen by a function", () => {
    const always = protocol({ name: "always", title: "Always" })
      .fields({ t: u8("T") })
      .payload({ next: c });
    expect(chainOf(createDissector([]), "00ff", always as never)).toBe("ALWAYS:C");
    const chosen = protocol({ name: "chosen", title: "Chosen" })
      .fields({ t: u8("T") })
      .payload({
        next: (h, lookup) => (h.t === 9 ? c : h.t === 8 ? undefined : lookup(types, h.t)),
      });
    const d = createDissector([a, b]);
    expect(chainOf(d, "09ff", chosen as never)).toBe("CHOSEN:C");
    expect(chainOf(d, "08ff", chosen as never)).toBe("CHOSEN");
    expect(chainOf(d, "02ff", chosen as never)).toBe("CHOSEN:B");
    expect(chainOf(d, "05ff", chosen as never)).toBe("CHOSEN");
  });

  it("is chosen by a function where the table knows none", () => {
    const other = protocol({ name: "other", title: "Other" })
      .fields({ type: u8("T") })
      .payload({
        next: { table: types, by: "type", otherwise: (h) => (h.type > 100 ? c : undefined) },
      });
    const d = createDissector([a, b]);
    expect(chainOf(d, "01ff", other as never)).toBe("OTHER:A");
    expect(chainOf(d, "65ff", other as never)).toBe("OTHER:C");
    expect(chainOf(d, "64ff", other as never)).toBe("OTHER");
  });

  it("is none where a field that must be zero is not", () => {
    const unless = protocol({ name: "frag", title: "Frag" })
      .fields({ offset: u16("Offset"), type: u8("T") })
      .payload({ next: { table: types, by: "type", unless: "offset" } });
    const d = createDissector([a]);
    expect(chainOf(d, "000001ff", unless as never)).toBe("FRAG:A");
    expect(chainOf(d, "000101ff", unless as never)).toBe("FRAG");
  });

  it("is found by a little endian key, a wide one, and one behind a variable part", () => {
    const wide = table("wide");
    const w = leaf("w", wide.at(0x123456789abc, 0x0201, 0x89abcdef));
    const d = createDissector([w]);
    const key = (field: ReturnType<typeof u16>) =>
      protocol({ name: "low", title: "Low" })
        .fields({ k: field })
        .payload({ next: { table: wide, by: "k" } });
    expect(chainOf(d, "0102ff", key(u16le("K")) as never)).toBe("LOW:W");
    expect(chainOf(d, "89abcdefff", key(u32("K")) as never)).toBe("LOW:W");
    expect(chainOf(d, "123456789abcff", key(u48("K")) as never)).toBe("LOW:W");
    const late = protocol({ name: "late", title: "Late" })
      .fields({ n: u8("N") })
      .bytes("skip", "Skip", { field: "n" })
      .fields({ type: u8("T"), unlike: u8("U") })
      .payload({ next: { table: types, by: "unlike" } });
    const l = createDissector([a, b]);
    expect(chainOf(l, "02eeee 00 01 ff".replaceAll(" ", ""), late as never)).toBe("LATE:A");
    expect(chainOf(l, "00 09 02 ff".replaceAll(" ", ""), late as never)).toBe("LATE:B");
  });

  it("is looked up by one field after the other", () => {
    const ports = protocol({ name: "ports", title: "Ports" })
      .fields({ dst: u8("D"), src: u8("S") })
      .payload({ next: { table: types, by: ["dst", "src"] } });
    const d = createDissector([a, b]);
    expect(chainOf(d, "0102ff", ports as never)).toBe("PORTS:A");
    expect(chainOf(d, "0201ff", ports as never)).toBe("PORTS:B");
    expect(chainOf(d, "0902ff", ports as never)).toBe("PORTS:B");
    expect(chainOf(d, "0909ff", ports as never)).toBe("PORTS");
  });

  it("cannot be looked up by more fields than two", () => {
    const three = protocol({ name: "three", title: "Three" })
      .fields({ x: u8("X"), y: u8("Y"), z: u8("Z") })
      .payload({ next: { table: types, by: ["x", "y", "z"] } });
    expect(() => chainOf(createDissector([]), "010203ff", three as never)).toThrow(
      "three: two key fields at most",
    );
  });

  it("is the one of the lowest number where that decides", () => {
    const ports = protocol({ name: "ports", title: "Ports" })
      .fields({ dst: u8("D"), src: u8("S") })
      .payload({ next: { table: types, by: ["dst", "src"], lowest: true } });
    const d = createDissector([a, b]);
    expect(chainOf(d, "0201ff", ports as never)).toBe("PORTS:A");
    expect(chainOf(d, "0102ff", ports as never)).toBe("PORTS:A");
    expect(chainOf(d, "0902ff", ports as never)).toBe("PORTS:B");
    const bound = createDissector([a, b], { bind: [types.at(9, c)] });
    expect(chainOf(bound, "0902ff", ports as never)).toBe("PORTS:C");
    expect(chainOf(bound, "0109ff", ports as never)).toBe("PORTS:C");
  });
});

describe("several protocols in one place", () => {
  const isA5 = (at: number) => (x: Uint8Array, start: number, end: number) =>
    end > start + at && x[start + at] === 0xa5;
  const tested = protocol({
    name: "tested",
    title: "T",
    over: [types.at(1)],
    test: isA5(0),
  }).fields({ x: u8("X") });
  const guessed = protocol({
    name: "guessed",
    title: "G",
    over: [types.guess()],
    test: isA5(1),
  }).fields({ x: u8("X") });

  it("are told apart by their tests, and one without a test is the last", () => {
    for (const list of [
      [low, a, tested],
      [low, tested, a],
    ]) {
      const d = createDissector(list);
      expect(chainOf(d, "01a5")).toBe("LOW:TESTED");
      expect(chainOf(d, "0100")).toBe("LOW:A");
    }
  });

  it("are tested in the order in which they were given", () => {
    const same = protocol({ name: "same", title: "S", over: [types.at(1)], test: isA5(0) }).fields({
      x: u8("X"),
    });
    expect(chainOf(createDissector([tested, same]), "01a5")).toBe("LOW:TESTED");
    expect(chainOf(createDissector([same, tested]), "01a5")).toBe("LOW:SAME");
  });

  it("are told apart by their tests where a function looks them up too", () => {
    const chosen = protocol({ name: "chosen", title: "Chosen" })
      .fields({ t: u8("T") })
      .payload({ next: (h, lookup) => lookup(types, h.t) });
    const d = createDissector([a, tested]);
    expect(chainOf(d, "01a5", chosen as never)).toBe("CHOSEN:TESTED");
    expect(chainOf(d, "0100", chosen as never)).toBe("CHOSEN:A");
  });

  it("are recognised by content where no key is known", () => {
    const d = createDissector([low, a, guessed]);
    expect(chainOf(d, "0900a5")).toBe("LOW:GUESSED");
    expect(chainOf(d, "0900a6")).toBe("LOW");
    expect(chainOf(d, "0100a5")).toBe("LOW:A");
  });

  it("are recognised by content where the tests under the key fail", () => {
    const d = createDissector([low, tested, guessed]);
    expect(chainOf(d, "0100a5")).toBe("LOW:GUESSED");
  });

  it("that are recognised by content must have a test", () => {
    const blind = leaf("blind", types.guess());
    expect(() => createDissector([blind])).toThrow(TypeError);
  });

  it("are bound before the tables, and tables come before content", () => {
    const d = createDissector([low, a, guessed], { bind: [types.at(1, c), types.at(9, c)] });
    expect(chainOf(d, "0100a5")).toBe("LOW:C");
    expect(chainOf(d, "0900a5")).toBe("LOW:C");
    expect(d.lookup(types, 1)?.schema.name).toBe("c");
  });

  it("may be bound by several keys, the last binding of a key counting", () => {
    const d = createDissector([low], { bind: [types.at(1, 5, a), types.at(5, c)] });
    expect(chainOf(d, "01ff")).toBe("LOW:A");
    expect(chainOf(d, "05ff")).toBe("LOW:C");
  });

  it("may be taken away", () => {
    const d = createDissector([low, a, b, guessed], { unbind: [types.at(1), types.at(2)] });
    expect(chainOf(d, "01ff")).toBe("LOW");
    expect(chainOf(d, "02ff")).toBe("LOW");
    expect(chainOf(d, "03ff")).toBe("LOW:B");
    expect(chainOf(d, "0100a5")).toBe("LOW:GUESSED");
    expect(d.lookup(types, 1)).toBeUndefined();
  });

  it("that is bound must be named", () => {
    expect(() => createDissector([low], { bind: [types.at(1)] })).toThrow(
      "bind: 'low.type' is given no protocol",
    );
  });
});

describe("a dissector", () => {
  const nest = table("nest");
  const self = protocol({ name: "self", title: "Self", over: [nest.at(0)] })
    .fields({ t: u8("T") })
    .payload({ next: { table: nest, by: "t" } });

  it("stops at a depth that no real packet has", () => {
    const packet = createDissector([self]).dissect(new Uint8Array(10_000), self);
    expect(packet.layers).toHaveLength(MAX_LAYERS);
    expect(packet.error).toMatchObject({
      kind: "unsupported",
      protocol: "self",
      offset: MAX_LAYERS,
    });
    expect(packet.raw).toHaveLength(10_000 - MAX_LAYERS);
  });

  it("does not end by content that it sees for ever", () => {
    const loop = table("loop");
    const guess = protocol({ name: "guess", title: "G", over: [loop.guess()], test: () => true })
      .fields({ t: u8("T") })
      .payload({ next: { table: loop, by: "t" } });
    expect(createDissector([guess]).dissect(new Uint8Array(1000), guess).layers).toHaveLength(
      MAX_LAYERS,
    );
  });

  it("knows its protocols by name, filter prefix, label and other names, without case", () => {
    const p = protocol({
      name: "fourthing",
      title: "4",
      label: "FourThing!",
      filter: "ft",
      also: ["thing"],
    }).fields({ x: u8("X") });
    const q = protocol({ name: "ft", title: "Q" }).fields({ x: u8("X") });
    const d = createDissector([p]);
    for (const name of ["fourthing", "FOURTHING", "ft", "fourThing!", "Thing"])
      expect(d.named(name)).toBe(p);
    expect(d.named("four")).toBeUndefined();
    // A name comes before another protocol's prefix.
    expect(createDissector([q, p]).named("ft")).toBe(q);
  });

  it("dissects from any declaration, over a part of an array", () => {
    const data = bytes("ffff 01aa ffff".replaceAll(" ", ""));
    const entry = createDissector([low, a]).entry(low);
    const layer = entry.dissect(data, 2, 4);
    expect([layer.start, layer.end, layer.upper?.schema.name, layer.upper?.end]).toEqual([
      2,
      4,
      "a",
      4,
    ]);
  });

  it("shows bytes and does not copy them", () => {
    const data = bytes("01aa");
    const packet = createDissector([low, a]).dissect(data, low);
    packet.require(a).x = 7;
    expect(data[1]).toBe(7);
  });
});
