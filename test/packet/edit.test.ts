import { describe, expect, it } from "vitest";
import { sum16 } from "../../src/bytes/checksum.ts";
import { build } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { headerChecksum, transportChecksum } from "../../src/schema/checksum.ts";
import { bits, flags, u8, u16 } from "../../src/schema/field.ts";
import { protocol, record } from "../../src/schema/protocol.ts";
import { table } from "../../src/schema/table.ts";
import { at, variants } from "../../src/schema/variants.ts";
import { bytes, hex } from "../support/packets.ts";

const protos = table("net.proto");
const net = protocol({ name: "net", title: "Net", over: [protos.at(4)] })
  .fields({
    version: bits(4, "Version", { default: 9 }),
    words: bits(4, "Words"),
    proto: u8("Proto"),
    len: u16("Len"),
    sum: u16("Sum", { checksum: headerChecksum }),
    src: u8("Src"),
    dst: u8("Dst"),
  })
  .bytes("options", "Options")
  .header({ field: "words", unit: 4 })
  .payload({ whole: { field: "len" }, next: { table: protos, by: "proto" } })
  .pseudoHeader((ip) => sum16(ip.bytes, ip.start + 6, ip.start + 8));
const kind = record("top.option", "Option").fields({ kind: u8("Kind") });
const sized = kind.fields({ length: u8("Length") }).header({ field: "length" });
const option = variants(
  kind,
  "kind",
  { nop: at(1, kind), size: at(2, sized.fields({ size: u16("Size") })) },
  sized.bytes("data", "Data"),
);
const top = protocol({ name: "top", title: "Top", over: [protos.at(6)] })
  .fields({
    port: u16("Port"),
    words: u8("Words"),
    f: flags(8, { syn: "Syn", fin: "Fin" }, "F"),
    sum: u16("Sum", { checksum: transportChecksum(6) }),
    x: u16("X"),
  })
  .list("options", "Options", option, { align: 4 })
  .header({ field: "words", unit: 4 });
const dissector = createDissector([net, top]);

const made = () =>
  build(
    net({ src: 1, dst: 2 }),
    top({ port: 80, options: [option.size({ size: 1460 }), option.nop()] }),
    "data",
  )
    .bytes()
    .slice();
const read = () => dissector.dissect(made(), net);
/** What building would make of a packet: the yardstick for checksums. */
const sums = (data: Uint8Array) => {
  const p = dissector.dissect(data, net);
  const net1 = p.require(net);
  const top1 = p.require(top);
  return [
    headerChecksum.compute(net1.layer) === net1.sum,
    (top.schema.find("sum")?.item.options.checksum?.compute(top1.layer) ?? null) === top1.sum,
  ];
};

describe("a field set in place", () => {
  it("changes its bits and no others", () => {
    const packet = read();
    const before = packet.bytes().slice();
    packet.require(net).version = 3;
    const after = packet.bytes({ update: false });
    expect(after[0]).toBe((3 << 4) | ((before[0] ?? 0) & 15));
    expect(after.slice(1)).toEqual(before.slice(1));
  });

  it("shows at once, in the packet and in its array", () => {
    const data = made();
    const packet = dissector.dissect(data, net);
    packet.require(top).port = 0x1234;
    expect(packet.require(top).port).toBe(0x1234);
    expect(hex(data)).toContain("1234");
  });

  it.each([
    [
      (p: ReturnType<typeof read>) => (p.require(net).version = 16),
      RangeError,
      "net.version: 16 is not in 0..15",
    ],
    [
      (p: ReturnType<typeof read>) => (p.require(net).src = -1),
      RangeError,
      "net.src: -1 is not in 0..255",
    ],
    [
      (p: ReturnType<typeof read>) => (p.require(top).port = 65536),
      RangeError,
      "top.port: 65536 is not in 0..65535",
    ],
    [
      (p: ReturnType<typeof read>) => (p.require(top).port = "80" as never),
      TypeError,
      'top.port: a number is wanted, not "80"',
    ],
    [
      (p: ReturnType<typeof read>) =>
        ((p.require(net) as { options: unknown }).options = bytes("00")),
      TypeError,
      "options: a part of variable length is set with packet.set",
    ],
    [
      (p: ReturnType<typeof read>) => ((p.require(top) as { options: unknown }).options = []),
      TypeError,
      "options: a part of variable length is set with packet.set",
    ],
  ])("refuses what it cannot hold, and then nothing has changed: case %#", (set, type, message) => {
    const packet = read();
    const before = hex(packet.bytes());
    expect(() => set(packet)).toThrow(type);
    expect(() => set(packet)).toThrow(message);
    expect(hex(packet.bytes())).toBe(before);
  });

  it("brings checksums up to date when the bytes are asked for", () => {
    const packet = read();
    packet.require(top).port = 443;
    packet.require(net).proto = 6;
    expect(sums(packet.bytes({ update: false }))).toEqual([true, false]);
    expect(sums(packet.bytes())).toEqual([true, true]);
    packet.require(net).version = 1;
    expect(sums(packet.bytes({ update: false }))).toEqual([false, true]);
    expect(sums(packet.bytes())).toEqual([true, true]);
  });

  it("that the layer above covers with its checksum changes that too", () => {
    const packet = read();
    packet.require(net).dst = 200;
    expect(sums(packet.bytes({ update: false }))).toEqual([false, false]);
    expect(sums(packet.bytes())).toEqual([true, true]);
  });

  it("in a record of a list counts as one of its layer", () => {
    const packet = read();
    const [first] = packet.require(top).options;
    if (first?.is !== "size") throw new Error("no size option");
    first.size = 9000;
    expect(sums(packet.bytes())).toEqual([true, true]);
    const again = packet.require(top).options[0];
    expect(again?.is === "size" && again.size).toBe(9000);
  });

  it("of a flags group counts too", () => {
    const packet = read();
    packet.require(top).f.syn = true;
    expect(packet.require(top).f.value).toBe(2);
    expect(sums(packet.bytes())).toEqual([true, true]);
  });

  it("that is itself a checksum stays as it was set", () => {
    const packet = read();
    packet.require(net).sum = 0xdead;
    packet.require(net).version = 2;
    packet.bytes();
    expect(packet.require(net).sum).toBe(0xdead);
    packet.require(top).sum = 0;
    packet.require(net).dst = 77;
    packet.bytes();
    expect(packet.require(top).sum).toBe(0);
  });

  it("does not repair what was wrong elsewhere", () => {
    const data = build(net({ src: 1, dst: 2 }), net({ sum: 0xbad }), top(), "x")
      .bytes()
      .slice();
    const packet = dissector.dissect(data, net);
    expect(packet.get(net, net)?.sum).toBe(0xbad);
    packet.require(net).version = 1;
    packet.bytes();
    expect(packet.get(net, net)?.sum).toBe(0xbad);
  });

  it("leaves given values of a built packet alone", () => {
    const packet = build(net({ sum: 7, src: 1, dst: 2 }), top(), "x");
    packet.require(net).dst = 9;
    packet.bytes();
    expect(packet.require(net).sum).toBe(7);
  });

  it("changes no packet that lies beside it in the same array", () => {
    const one = made();
    const both = new Uint8Array(one.length * 2);
    both.set(one);
    both.set(one, one.length);
    const entry = dissector.entry(net);
    const layer = entry.dissect(both, one.length, both.length);
    layer.schema.View.prototype as object satisfies object;
    const packet = dissector.dissect(both.subarray(one.length), net);
    packet.require(top).port = 1;
    packet.bytes();
    expect(both.slice(0, one.length)).toEqual(one);
    expect(sums(both.slice(one.length))).toEqual([true, true]);
  });
});

describe("setting parts of any kind", () => {
  it("builds the packet anew, with lengths and checksums", () => {
    const packet = read();
    expect(packet.set(net, { options: bytes("0102030405") })).toBe(packet);
    const ip = packet.require(net);
    expect([ip.words, hex(ip.options ?? bytes("")), ip.len]).toEqual([4, "0102030405000000", 36]);
    expect(sums(packet.bytes())).toEqual([true, true]);
    expect(hex(packet.raw)).toBe("64617461");
  });

  it("takes lists of records, as values and as recipes", () => {
    const packet = read();
    packet.set(top, {
      options: [option.nop(), { is: "size", size: 5 }, { kind: 9, data: bytes("aa") }],
    });
    expect(packet.require(top).options.map((o) => o.is)).toEqual(["nop", "size", "unknown"]);
    expect([packet.require(top).words, packet.require(net).len]).toEqual([4, 28]);
    expect(sums(packet.bytes())).toEqual([true, true]);
  });

  it("takes a record of a list by its view", () => {
    const packet = read();
    const [first] = packet.require(top).options;
    if (first === undefined) throw new Error("no option");
    packet.set(first, { size: 7 });
    const now = packet.require(top).options[0];
    expect(now?.is === "size" && now.size).toBe(7);
    expect(sums(packet.bytes())).toEqual([true, true]);
    packet.set(packet.require(top).options[0] as unknown as { layer: never }, {
      kind: 99,
      data: bytes("aabbcc"),
      size: undefined,
    });
    const other = packet.require(top).options[0];
    expect(other?.is === "unknown" && other.data).toEqual(bytes("aabbcc"));
    expect(sums(packet.bytes())).toEqual([true, true]);
  });

  it("sets addresses that the checksum above covers", () => {
    const packet = read();
    packet.set(net, { dst: 250 });
    expect(sums(packet.bytes())).toEqual([true, true]);
  });

  it("leaves views that were taken before as they were", () => {
    const packet = read();
    const before = packet.require(top);
    packet.set(top, { port: 1, options: [] });
    expect([before.port, before.options.length]).toEqual([80, 2]);
    expect(packet.require(top).port).toBe(1);
    expect(() => packet.set(before, { port: 2 })).toThrow(RangeError);
  });

  it("leaves the packet as it was when a value is refused", () => {
    const packet = read();
    const before = hex(packet.bytes());
    expect(() => packet.set(net, { options: new Uint8Array(100) })).toThrow(RangeError);
    expect(() => packet.set(top, { port: -1 })).toThrow("top.port: -1 is not in 0..65535");
    expect(() => packet.set(top, { nope: 1 } as never)).toThrow("top: no field 'nope'");
    expect(hex(packet.bytes())).toBe(before);
    expect(packet.require(top).port).toBe(80);
  });

  it("keeps what was set or given by hand before", () => {
    const packet = build(net({ len: 99, src: 1, dst: 2 }), top(), "x");
    packet.set(net, { options: bytes("01020304") });
    expect(packet.require(net).len).toBe(99);
    const other = read();
    other.require(net).len = 3;
    other.require(net).sum = 5;
    other.set(top, { port: 1 });
    expect([other.require(net).len, other.require(net).sum]).toEqual([3, 5]);
  });

  it("sets a length by hand when told, and then it is no longer computed", () => {
    const packet = read();
    packet.set(net, { len: 5 });
    expect(packet.require(net).len).toBe(5);
    packet.set(net, { options: bytes("00000000") });
    expect(packet.require(net).len).toBe(5);
  });

  it("in one of two layers of a kind changes that one", () => {
    const data = build(net({ src: 1, dst: 2 }), net({ src: 3, dst: 4 }), top(), "x")
      .bytes()
      .slice();
    const packet = dissector.dissect(data, net);
    const inner = packet.get(net, net);
    if (inner === undefined) throw new Error("no inner layer");
    packet.set(inner, { options: bytes("01020304") });
    expect([packet.require(net).words, packet.get(net, net)?.words]).toEqual([2, 3]);
    expect(packet.require(net).len).toBe(8 + 12 + 8 + 1);
  });

  it("throws for a protocol that the packet does not have", () => {
    const other = protocol({ name: "other", title: "Other" }).fields({ x: u8("X") });
    expect(() => read().set(other, { x: 1 })).toThrow("no layer 'other'");
  });
});
