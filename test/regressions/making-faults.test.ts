import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { captures } from "../../scripts/synthetic/index.mjs";
import {
  type AnyRecipe,
  all,
  build,
  createDissector,
  ethernet,
  http,
  icmpv6,
  ipv4,
  ipv4Option,
  ipv6,
  ipv6Routing,
  openCapture,
  type Packet,
  tcp,
  udp,
  valuesOf,
  verifyPacket,
} from "../../src/index.ts";
import { computedNames } from "../../src/packet/computed.ts";
import type { Layer } from "../../src/schema/layer.ts";
import { recipe } from "../../src/schema/recipe.ts";
import { changedBits, rangeOf } from "../support/inspect.ts";
import { bytes, hex, rebuilt } from "../support/packets.ts";
import { over6, sumOf } from "./making-sums.ts";

const dissector = createDissector(all);
const ends = { src: "192.0.2.10", dst: "192.0.2.1" };
const ends6 = { src: "2001:db8::1", dst: "2001:db8::2" };
const ports = { srcPort: 40_000, dstPort: 50_000 };

async function example(): Promise<Packet[]> {
  const found: Packet[] = [];
  const file = readFileSync(new URL("../../examples/session.pcap", import.meta.url));
  for await (const packet of openCapture(new Uint8Array(file))) found.push(packet.copy());
  return found;
}

/** A layer's call without the values that building computes. */
function withoutComputed(layer: Layer): AnyRecipe {
  const computed = computedNames(layer.schema);
  const given = Object.entries(valuesOf(layer)).filter(([name]) => !computed.has(name));
  return recipe(layer.schema, Object.fromEntries(given));
}

/** Bits in which a packet differs from the one that was made of it, outside of what is computed. */
function strangeBits(packet: Packet, made: Packet): number[] {
  const ranges = packet.layers.flatMap((layer) =>
    layer.schema.placed
      .filter(({ name }) => computedNames(layer.schema).has(name))
      .flatMap((placed) => rangeOf(layer, placed) ?? [])
      .map(({ start, end }) => [start - packet.start * 8, end - packet.start * 8] as const),
  );
  return changedBits(packet.bytes().slice(), made.bytes()).filter(
    (bit) => !ranges.some(([start, end]) => bit >= start && bit < end),
  );
}

describe("a packet that is built of what it was dissected as", () => {
  it("is the same, byte for byte, when every value is given", async () => {
    const packets = await example();
    expect(packets.length).toBe(34);
    for (const packet of packets) expect(hex(rebuilt(packet))).toBe(hex(packet.bytes()));
  });

  it("is the same when lengths and checksums are computed, of packets in which these are right", async () => {
    for (const packet of await example()) {
      const made = build(...packet.layers.map(withoutComputed), packet.raw);
      expect([packet.number, strangeBits(packet, made)]).toEqual([packet.number, []]);
      expect(verifyPacket(made).filter((v) => v.status === "bad")).toEqual([]);
    }
  });

  it.each(captures)(
    "is the same with every value given: the synthetic capture $name",
    ({ packets }) => {
      for (const packet of packets()) {
        const read = dissector.dissect(packet.bytes().slice(), { schema: rootOf(packet) } as never);
        const { first } = read;
        expect(hex(rebuilt(read))).toBe(hex(read.bytes().subarray(0, first?.end ?? 0)));
      }
    },
  );
});
const rootOf = (packet: Packet) => packet.layers[0]?.schema.root;

describe("what is ordinary to make", () => {
  it("Ethernet of addresses in text", () => {
    const frame = build(ethernet({ dst: "02:00:5e:10:00:01", src: "02:00:5e:10:00:0a" }));
    expect(hex(frame.bytes())).toBe("02005e10000102005e10000a0000");
  });

  it("TCP and UDP of ports that are numbers", () => {
    expect(
      hex(
        build(tcp({ srcPort: 1, dstPort: 2 }))
          .bytes()
          .subarray(0, 4),
      ),
    ).toBe("00010002");
    expect(
      hex(
        build(udp({ srcPort: 1, dstPort: 65_535 }))
          .bytes()
          .subarray(0, 4),
      ),
    ).toBe("0001ffff");
  });

  it("IPv4 lives for 64 hops where nothing else is said", () => {
    expect(build(ipv4()).bytes()[8]).toBe(64);
    expect(build(ipv4({ ttl: 0 })).bytes()[8]).toBe(0);
  });

  it("HTTP without header fields", () => {
    const text = new TextDecoder().decode(build(http({ request: { uri: "/x" } })).bytes());
    expect(text).toBe("GET /x HTTP/1.1\r\n\r\n");
  });
});

describe("a value that does not fit", () => {
  it.each<[string, () => unknown, string]>([
    ["a time to live of 256", () => build(ipv4({ ttl: 256 })), "ipv4.ttl: 256 is not in 0..255"],
    ["a port of -1", () => build(udp({ srcPort: -1 })), "udp.srcPort: -1 is not in 0..65535"],
    [
      "a port of 65536",
      () => build(tcp({ dstPort: 65_536 })),
      "tcp.dstPort: 65536 is not in 0..65535",
    ],
    ["a port of 1.5", () => build(tcp({ dstPort: 1.5 })), "tcp.dstPort: 1.5 is not in 0..65535"],
    [
      "a time to live of NaN",
      () => build(ipv4({ ttl: Number.NaN })),
      "ipv4.ttl: NaN is not in 0..255",
    ],
    [
      "an address of 7 bytes",
      () => build(ethernet({ src: "02:00:5e:10:00:0a:0b" })),
      "02:00:5e:10:00:0a:0b",
    ],
    ["an address of 5 numbers", () => build(ipv4({ src: "192.0.2.1.1" })), "192.0.2.1.1"],
    ["an address with 256 in it", () => build(ipv4({ src: "192.0.2.256" })), "192.0.2.256"],
  ])("%s is refused when it is given, with its name", (_, make, message) => {
    expect(make).toThrow(message.includes("is not in") ? RangeError : TypeError);
    expect(make).toThrow(message);
  });

  it("is refused when it is set, at once, and the packet is as it was", () => {
    const packet = build(ethernet(), ipv4(ends), udp(ports));
    const before = hex(packet.bytes());
    const ip = packet.require(ipv4);
    const set = (values: object) => () => Object.assign(ip, values);
    expect(set({ ttl: 256 })).toThrow(RangeError);
    expect(set({ src: "192.0.2.256" })).toThrow(TypeError);
    expect(() => Object.assign(packet.require(udp), { dstPort: -1 })).toThrow(RangeError);
    const long = "02:00:5e:10:00:0a:0b";
    expect(() => Object.assign(packet.require(ethernet), { dst: long })).toThrow(TypeError);
    expect(hex(packet.bytes())).toBe(before);
  });
});

describe("IPv4 options", () => {
  it.each([0, 1, 2, 3, 4, 5, 37, 40])(
    "of %i bytes are filled up to words of 4, and the header says so",
    (n) => {
      const options = n === 0 ? [] : Array.from({ length: n }, () => ipv4Option.noOperation());
      const words = 5 + Math.ceil(n / 4);
      const packet = build(ipv4({ ...ends, options }), udp(ports), "payload");
      const data = packet.bytes();
      expect([data[0], packet.require(ipv4).len]).toEqual([0x40 + words, words * 4 + 8 + 7]);
      expect(hex(data.subarray(20, words * 4))).toBe(
        "01".repeat(n) + "00".repeat(words * 4 - 20 - n),
      );
      expect(sumOf(data.subarray(0, words * 4))).toBe(0);
    },
  );

  it("of more than 40 bytes are refused", () => {
    const options = Array.from({ length: 41 }, () => ipv4Option.noOperation());
    expect(() => build(ipv4({ options }))).toThrow(RangeError);
  });
});

describe("fragments", () => {
  const datagram = build(
    ipv4({
      ...ends,
      id: 0x1234,
      ttl: 9,
      dscp: 46,
      options: [ipv4Option.routerAlert(), ipv4Option.recordRoute({ route: [{}] })],
    }),
    udp(ports),
    new Uint8Array(1000).fill(7),
  );
  const rows = (packets: readonly Packet[]) =>
    packets.map((p) => {
      const ip = p.require(ipv4);
      return [ip.fragmentOffset * 8, ip.flags.mf, ip.len - ip.ihl * 4];
    });

  it("keep type of service, time to live and identification, and are right by themselves", () => {
    for (const one of datagram.fragment({ size: 400 })) {
      expect(one.require(ipv4)).toMatchObject({ id: 0x1234, ttl: 9, dscp: 46, protocol: 17 });
      expect(verifyPacket(one).filter(({ layer }) => layer.schema === ipv4.schema)[0]?.status).toBe(
        "good",
      );
    }
  });

  it("but for the first have only those options that say so", () => {
    const options = datagram
      .fragment({ size: 400 })
      .map((p) => p.require(ipv4).options.map((o) => o.is));
    expect(options.map((o) => o.filter((is) => is === "recordRoute").length)).toEqual([1, 0, 0]);
    expect(options.map((o) => o.filter((is) => is === "routerAlert").length)).toEqual([1, 1, 1]);
  });

  it("have offsets in words of 8 bytes, and all but the last say that more come", () => {
    expect(rows(datagram.fragment({ size: 400 }))).toEqual([
      [0, true, 368],
      [368, true, 376],
      [744, false, 264],
    ]);
  });

  it("of a fragment lie where it lies, and its last says what it says", () => {
    const [, middle, last] = datagram.fragment({ size: 400 });
    expect(rows(middle?.fragment({ size: 200 }) ?? [])).toEqual([
      [368, true, 176],
      [544, true, 176],
      [720, true, 24],
    ]);
    expect(rows(last?.fragment({ size: 200 }) ?? [])).toEqual([
      [744, true, 176],
      [920, false, 88],
    ]);
  });
});

describe("checksums at their edges", () => {
  const below: readonly [string, () => AnyRecipe][] = [
    ["IPv4", () => ipv4(ends)],
    ["IPv6", () => ipv6(ends6)],
  ];

  it.each(below)("of UDP over %s: a computed zero is sent as all ones", (_, network) => {
    const zeros = build(network(), udp(ports), new Uint8Array(2));
    const sum = zeros.require(udp).checksum;
    const packet = build(network(), udp(ports), bytes(sum.toString(16).padStart(4, "0")));
    expect(packet.require(udp).checksum).toBe(0xffff);
    expect(verifyPacket(packet).every((v) => v.status === "good")).toBe(true);
  });

  it.each(below)(
    "of UDP over %s are computed unless given, and zero only when that is given",
    (_, network) => {
      for (let n = 0; n < 50; n++)
        expect(build(network(), udp(ports), new Uint8Array(n)).require(udp).checksum).not.toBe(0);
      expect(build(network(), udp({ checksum: 0 }), "x").require(udp).checksum).toBe(0);
    },
  );

  it.each([0, 1, 2, 3, 1399])("cover a payload of %i bytes, odd or even", (length) => {
    const packet = build(ipv4(ends), udp(ports), new Uint8Array(length).fill(0xa5));
    const data = packet.bytes();
    const pseudo = 0xffff - sumOf(data.subarray(12, 20));
    expect(sumOf(data.subarray(20), pseudo, 17, 8 + length)).toBe(0);
  });

  const routes: readonly [string, AnyRecipe][] = [
    [
      "a source route",
      ipv6Routing.sourceRoute({
        segmentsLeft: 2,
        addresses: [{ address: "2001:db8::5" }, { address: "2001:db8::9" }],
      }),
    ],
    ["a route to a mobile node", ipv6Routing.type2({ segmentsLeft: 1, home: "2001:db8::9" })],
    [
      "a route of segments",
      ipv6Routing.segmentRouting({
        segmentsLeft: 1,
        lastEntry: 1,
        segments: [{ address: "2001:db8::9" }, { address: "2001:db8::2" }],
      }),
    ],
    [
      "a route that shares 15 bytes",
      ipv6Routing.rpl({
        segmentsLeft: 1,
        cmprI: 15,
        cmprE: 15,
        pad: 7,
        last: bytes("09"),
        padding: new Uint8Array(7),
      }),
    ],
  ];
  const uppers: readonly [string, AnyRecipe, number, number][] = [
    ["TCP", tcp(ports), 6, 16],
    ["UDP", udp(ports), 17, 6],
    ["ICMPv6", icmpv6.echoRequest({ id: 1 }), 58, 2],
  ];
  const both = routes.flatMap(([route, header]) =>
    uppers.map(([name, upper, number, at]) => [name, route, header, upper, number, at] as const),
  );
  it.each(both)(
    "of %s behind %s cover the final destination",
    (_, __, header, upper, number, at) => {
      const packet = build(ipv6(ends6), header, upper, "payload");
      const final = { src: ends6.src, dst: "2001:db8::9" };
      const straight = build(ipv6(final), upper, "payload");
      const wanted = over6(straight, upper, at, number);
      const { checksum } = packet.require(upper.schema.root.name) as unknown as {
        checksum: number;
      };
      expect(checksum).toBe(wanted);
      expect(verifyPacket(packet).every((v) => v.status === "good")).toBe(true);
    },
  );

  it("of TCP behind a route that is done cover the destination in the header", () => {
    const header = ipv6Routing.sourceRoute({
      segmentsLeft: 0,
      addresses: [{ address: "2001:db8::5" }],
    });
    const packet = build(ipv6(ends6), header, tcp(ports), "payload");
    const straight = build(ipv6(ends6), tcp(ports), "payload");
    expect(packet.require(tcp).checksum).toBe(straight.require(tcp).checksum);
  });
});
