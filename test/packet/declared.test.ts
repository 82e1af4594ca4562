import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import { flag, u8 } from "../../src/schema/field.ts";
import { protocol } from "../../src/schema/protocol.ts";
import type { Piece } from "../../src/schema/split.ts";
import { table } from "../../src/schema/table.ts";
import { hex } from "../support/packets.ts";

const kinds = table("net.kind");
const HEADER = 4;

/** A network layer that nobody but this test knows: two ends, pieces of any size, the last of which says so. */
const net = protocol({ name: "net", title: "Net", over: [] })
  .fields({ kind: u8("Kind"), src: u8("Src"), dst: u8("Dst"), number: u8("Number") })
  .endpoints("src", "dst")
  .identity("number", "src", "dst")
  .splits({
    fragment: (layer, { size = 10 }) => {
      const pieces: Piece[] = [];
      for (let from = layer.headerEnd; from < layer.end; from += size - HEADER) {
        const to = Math.min(layer.end, from + size - HEADER);
        pieces.push({
          from,
          to,
          values: { number: pieces.length },
          above: part({ last: to === layer.end }),
        });
      }
      return { layer, pieces };
    },
  })
  .payload({ next: { table: kinds, by: "kind" } });
const part = protocol({ name: "part", title: "Part", over: [kinds.at(9)] })
  .fields({ last: flag("Last"), one: flag("One"), two: flag("Two") })
  .fields({ a: flag("A"), b: flag("B"), c: flag("C"), d: flag("D"), e: flag("E") });
const talk = protocol({ name: "talk", title: "Talk", over: [kinds.at(1)] })
  .fields({ left: u8("Left"), right: u8("Right"), up: u8("Up"), down: u8("Down"), id: u8("Id") })
  .endpoints(["left", "right"], ["up", "down"])
  .answers((own, request) => own.id === request.id + 1);
const plain = protocol({ name: "plain", title: "Plain", over: [kinds.at(3)] })
  .fields({ left: u8("Left"), right: u8("Right") })
  .endpoints(["left", "right"]);
const complaint = protocol({ name: "complaint", title: "Complaint", over: [kinds.at(2)] })
  .fields({ code: u8("Code") })
  .quotes()
  .payload({ next: net });

const there = { src: 1, dst: 2, number: 5 };
const back = { src: 2, dst: 1 };

describe("what declarations say of packets as a whole", () => {
  it("is kept along the chain, and is not part of what was there before", () => {
    const { spec } = talk.schema;
    expect(spec.endpoints).toBeNull();
    expect(spec.pairs.map((p) => p.src)).toEqual(["left", "up"]);
    expect(net.schema.spec.pairs).toEqual([{ src: "src", dst: "dst" }]);
    expect(part.endpoints("a", "b").schema.spec.endpoints).toEqual({ src: "a", dst: "b" });
    expect(part.schema.spec).toMatchObject({
      endpoints: null,
      pairs: [],
      answers: null,
      quotes: false,
    });
  });

  it("turns all pairs of ends round", () => {
    const packet = build(net(there), talk({ left: 1, right: 2, up: 3, down: 4 }));
    packet.reverse();
    expect(packet.require(talk)).toMatchObject({ left: 2, right: 1, up: 4, down: 3 });
    expect(packet.require(net)).toMatchObject({ src: 2, dst: 1 });
    expect(packet.conversation).toBe("net :1 :2");
  });

  it("decides on answers: a rule besides a conversation's ends, and instead of other pairs", () => {
    const request = build(net(there), talk({ left: 1, id: 7 }));
    expect(build(net(back), talk({ left: 9, id: 8 })).answers(request)).toBe(true);
    expect(build(net(back), talk({ id: 7 })).answers(request)).toBe(false);
    expect(build(net(there), talk({ id: 8 })).answers(request)).toBe(false);
    const other = build(net(there), plain({ left: 1, right: 2 }));
    expect(build(net(back), plain({ left: 2, right: 1 })).answers(other)).toBe(true);
    expect(build(net(back), plain({ left: 1, right: 2 })).answers(other)).toBe(false);
  });

  it("knows what was quoted by its identity", () => {
    const request = build(net(there), talk({ id: 7 }), "data");
    const about = (number: number, id: number) =>
      build(
        net({ src: 77, dst: 1 }),
        complaint(),
        net({ ...there, number, kind: 1 }),
        talk({ id }),
      );
    expect(about(5, 7).answers(request)).toBe(true);
    expect(about(6, 7).answers(request)).toBe(false);
    expect(about(5, 8).answers(request)).toBe(false);
  });

  it("cuts packets", () => {
    const pieces = build(net(there), talk(), "0123456789").fragment({ size: 8 });
    expect(pieces.map((p) => String(p.chain))).toEqual([
      "NET:PART",
      "NET:PART",
      "NET:PART",
      "NET:PART",
    ]);
    expect(
      pieces.map((p) => [p.require(net).kind, p.require(net).number, p.require(part).last]),
    ).toEqual([
      [9, 0, false],
      [9, 1, false],
      [9, 2, false],
      [9, 3, true],
    ]);
    expect(pieces.map((p) => hex(p.raw)).join("")).toBe(
      `0000000000${hex(new TextEncoder().encode("0123456789"))}`,
    );
  });
});
