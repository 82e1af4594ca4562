import { describe, expect, it } from "vitest";
import { foldSum, sum16 } from "../../src/bytes/checksum.ts";
import { build } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { headerChecksum, layerChecksum, transportChecksum } from "../../src/schema/checksum.ts";
import { bits, flags, u8, u16, u32 } from "../../src/schema/field.ts";
import { protocol, record } from "../../src/schema/protocol.ts";
import type { AnyRecipe } from "../../src/schema/recipe.ts";
import { table } from "../../src/schema/table.ts";
import { bytes, hex } from "../support/packets.ts";

const protos = table("net.proto");
const ports = table("port");
const net = protocol({ name: "net", title: "Net" })
  .fields({
    version: bits(4, "Version", { default: 9 }),
    words: bits(4, "Words"),
    proto: u8("Proto"),
    len: u16("Len"),
    ttl: u16("TTL", { default: 64 }),
    sum: u16("Sum", { checksum: headerChecksum }),
    src: u32("Src"),
    dst: u32("Dst"),
  })
  .bytes("options", "Options")
  .header({ field: "words", unit: 4 })
  .payload({ whole: { field: "len", zero: "rest" }, next: { table: protos, by: "proto" } })
  .pseudoHeader((ip) => sum16(ip.bytes, ip.start + 8, ip.start + 16));
const datagram = protocol({ name: "datagram", title: "Datagram", over: [protos.at(17, 136)] })
  .fields({
    src: u16("Src"),
    dst: u16("Dst"),
    len: u16("Len"),
    sum: u16("Sum", { checksum: transportChecksum(17, { zeroIsNone: true }) }),
  })
  .payload({ whole: { field: "len" }, next: { table: ports, by: ["dst", "src"], lowest: true } });
const item = record("app.item", "Item")
  .fields({ k: u8("K"), n: u8("N") })
  .bytes("v", "V", { field: "n" });
const app = protocol({ name: "app", title: "App", over: [ports.at(53, 5353)] })
  .fields({
    f: flags(8, { reply: "Reply", more: "More" }, "F"),
    n: u8("N"),
    sum: u16("Sum", { checksum: layerChecksum }),
  })
  .list("items", "Items", item, { count: { field: "n" } });
const dissector = createDissector([net, datagram, app]);

const full = () =>
  build(
    net({ src: 0x0a000001, dst: 0x0a000002 }),
    datagram({ src: 1000 }),
    app({ items: [{ k: 1, v: bytes("aabb") }] }),
    "end",
  );

describe("building", () => {
  it("computes lengths, counters and type numbers, and takes defaults for the rest", () => {
    const packet = full();
    const ip = packet.require(net);
    expect([ip.version, ip.words, ip.proto, ip.len, ip.ttl]).toEqual([9, 4, 17, 35, 64]);
    const udp = packet.require(datagram);
    expect([udp.src, udp.dst, udp.len]).toEqual([1000, 53, 19]);
    expect([packet.require(app).n, packet.require(app).items[0]?.n]).toEqual([1, 2]);
    expect(hex(packet.raw)).toBe("656e64");
    expect(packet.length).toBe(35);
  });

  it("computes checksums over what is finally there, the pseudo-header too", () => {
    const packet = full();
    const data = packet.bytes();
    expect(foldSum(sum16(data, 0, 16))).toBe(0);
    const pseudo = sum16(data, 8, 16) + 17 + 19;
    expect(foldSum(sum16(data, 16, 35, pseudo))).toBe(0);
    expect(foldSum(sum16(data, 24, 35))).toBe(0);
  });

  it("gives packets that dissect to the same layers and values", () => {
    const made = full();
    const read = dissector.dissect(made.bytes().slice(), net);
    expect(String(read.chain)).toBe(String(made.chain));
    expect(read.error).toBeNull();
    expect(read.require(app).items.map((i) => [i.k, i.v])).toEqual([[1, bytes("aabb")]]);
    expect(read.raw).toEqual(made.raw);
  });

  it("never touches what is given, also what is wrong", () => {
    const packet = build(
      net({ version: 1, words: 15, proto: 1, len: 7, sum: 0, ttl: 0 }),
      datagram({ len: 0, sum: 0xbeef, dst: 9, src: 8 }),
      app({ n: 200, sum: 0 }),
    );
    expect(packet.require(net)).toMatchObject({
      version: 1,
      words: 15,
      proto: 1,
      len: 7,
      sum: 0,
      ttl: 0,
    });
    expect(packet.require(datagram)).toMatchObject({ len: 0, sum: 0xbeef, dst: 9, src: 8 });
    expect(packet.require(app)).toMatchObject({ n: 200, sum: 0 });
    expect(packet.require(datagram).layer.start - packet.start).toBe(16);
    const before = hex(packet.bytes({ update: false }));
    expect(hex(packet.bytes())).toBe(before);
  });

  it("writes the first key of the layer above, into the field that is free", () => {
    expect(build(datagram(), app()).require(datagram)).toMatchObject({ dst: 53, src: 0 });
    expect(build(datagram({ dst: 5353 }), app()).require(datagram)).toMatchObject({
      dst: 5353,
      src: 0,
    });
    expect(build(datagram({ dst: 1000 }), app()).require(datagram)).toMatchObject({
      dst: 1000,
      src: 53,
    });
    expect(build(datagram({ src: 53 }), app()).require(datagram)).toMatchObject({
      dst: 0,
      src: 53,
    });
    expect(build(datagram({ src: 1, dst: 2 }), app()).require(datagram)).toMatchObject({
      dst: 2,
      src: 1,
    });
    expect(build(net({ proto: 136 }), datagram()).require(net).proto).toBe(136);
  });

  it("leaves the type number where the layer above is in no table of this one", () => {
    const free = protocol({ name: "free", title: "Free" }).fields({ x: u8("X") });
    expect(build(net(), free()).require(net).proto).toBe(0);
  });

  it("says zero for a checksum that is none only when that is given, and all ones for a computed zero", () => {
    const silent = build(net(), datagram({ sum: 0 }));
    expect(silent.require(datagram).sum).toBe(0);
    const base = build(net(), datagram(), bytes("0000"));
    const { sum } = base.require(datagram);
    const even = build(net(), datagram(), bytes(sum.toString(16).padStart(4, "0")));
    expect(even.require(datagram).sum).toBe(0xffff);
  });

  it("leaves the checksum zero where no layer below gives addresses", () => {
    expect(build(datagram(), "x").require(datagram).sum).toBe(0);
  });

  it("takes text as UTF-8, bytes as they are, several of them, and nothing at all", () => {
    expect(hex(build("aé").bytes())).toBe("61c3a9");
    expect(hex(build(bytes("01"), "a", bytes("02")).bytes())).toBe("016102");
    expect(build().bytes()).toHaveLength(0);
    expect(build(bytes("0102")).raw).toEqual(bytes("0102"));
    expect(build(bytes("0102")).layers).toEqual([]);
  });

  it("does not take over the arrays that it is given", () => {
    const payload = bytes("0102");
    const packet = build(app(), payload);
    payload[0] = 9;
    expect(hex(packet.raw)).toBe("0102");
  });

  it("makes the same recipe into the same bytes again and again", () => {
    const recipe = app({ items: [item({ k: 1 })] });
    expect(hex(build(recipe).bytes())).toBe(hex(build(recipe).bytes()));
    const second: AnyRecipe = recipe; // No layer follows this one, says its declaration.
    expect(hex(build(app({ items: [item({ k: 2 })] }), second).bytes())).toContain(
      hex(build(recipe).bytes()),
    );
  });

  it.each([
    [() => build(net({ ttl: 65536 })), RangeError, "net.ttl: 65536 is not in 0..65535"],
    [
      () => build(net({ src: "10.0.0.1" as never })),
      TypeError,
      'net.src: a number is wanted, not "10.0.0.1"',
    ],
    [() => build(net({ nope: 1 } as never)), TypeError, "net: no field 'nope'"],
    [
      () => build(net({ options: "x" as never })),
      TypeError,
      'net.options: a Uint8Array is wanted, not "x"',
    ],
    [
      () => build(net({ options: new Uint8Array(45) })),
      RangeError,
      "net.words: 16 is not in 0..15",
    ],
    [() => build(net(), new Uint8Array(65_536)), RangeError, "net.len: 65552 is not in 0..65535"],
    [
      () => build(app({ items: [{ v: new Uint8Array(256) }] })),
      RangeError,
      "app.item.n: 256 is not in 0..255",
    ],
    [() => build(app({ items: [{}, { k: -1 }] })), RangeError, "app.item.k: -1 is not in 0..255"],
    [() => build(app({ items: 3 as never })), TypeError, "app.items: an array is wanted, not 3"],
  ])(
    "refuses what cannot be written, naming field, limits and value: case %#",
    (make, kind, message) => {
      expect(make).toThrow(kind);
      expect(make).toThrow(message);
    },
  );

  it("refuses what is no layer", () => {
    for (const wrong of [5, null, undefined, {}, [], net])
      expect(() => build(wrong as never)).toThrow(TypeError);
  });

  it("computes a header's length that counts what follows its field", () => {
    const late = protocol({ name: "late", title: "Late" })
      .fields({ n: u8("N") })
      .bytes("id", "Id", { field: "n" })
      .fields({ len: u8("Len") })
      .bytes("data", "Data")
      .header({ field: "len", after: true });
    const packet = build(late({ id: bytes("aabb"), data: bytes("010203") }), "x");
    expect(hex(packet.bytes())).toBe("02aabb0301020378");
    const read = createDissector([]).dissect(packet.bytes(), late);
    expect([hex(read.require(late).data ?? bytes("")), hex(read.raw)]).toEqual(["010203", "78"]);
  });
});
