import { describe, expect, it } from "vitest";
import { parseHex } from "../../src/bytes/hex.ts";
import { openCapture } from "../../src/capture/open.ts";
import {
  all,
  dccp,
  destinationOptions,
  dns,
  geneve,
  hopByHop,
  icmpv6,
  ipcp,
  ipv4,
  l2tp,
  lcp,
  mipv6,
  mpls,
  pppoeDiscovery,
  sctp,
  slow,
  tcp,
  udp,
  vlan,
} from "../../src/index.ts";
import { build } from "../../src/packet/build.ts";
import { describePacket } from "../../src/packet/describe.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { MAX_LAYERS } from "../../src/packet/walk.ts";

const dissector = createDissector(all);

/** A TCP header with these option bytes, filled up to whole words. */
const tcpWith = (...options: number[]): Uint8Array => {
  const padded = [...options, ...new Array((4 - (options.length % 4)) % 4).fill(0)];
  return build(tcp({ dataOffset: 5 + padded.length / 4, rest: Uint8Array.from(padded) })).bytes();
};

describe("option lists whose lengths lead nowhere", () => {
  it.each([
    [5, 0],
    [5, 1],
    [8, 0],
    [30, 0],
    [30, 1],
    [254, 0],
  ])("end a TCP list at kind %i, length %i, and keep its bytes", (...options) => {
    const bytes = tcpWith(1, ...options);
    const packet = dissector.dissect(bytes, tcp);
    const view = packet.require(tcp);
    expect(view.options.map((o) => o.is)).toEqual(["noOperation"]);
    expect(packet.error).toMatchObject({ kind: "malformed", protocol: "tcp", field: "options" });
    expect(() => describePacket(packet)).not.toThrow();
    expect(packet.bytes({ update: false })).toEqual(bytes);
  });

  it.each([0, 1])("end an IPv4 list at length %i", (length) => {
    const bytes = build(ipv4({ ihl: 6, rest: Uint8Array.of(7, length, 4, 0) })).bytes();
    expect(dissector.dissect(bytes, ipv4).require(ipv4).options).toHaveLength(0);
  });

  it.each([
    ["hop-by-hop", hopByHop],
    ["destination", destinationOptions],
  ])("take zero lengths in IPv6 %s options as what they are", (_name, header) => {
    const bytes = Uint8Array.of(59, 0, 1, 0, 1, 0, 1, 0);
    const packet = dissector.dissect(bytes, header);
    expect(() => describePacket(packet)).not.toThrow();
  });

  it("end a list of neighbour discovery options at length 0", () => {
    const bytes = Uint8Array.from([
      135,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      ...new Array(16).fill(0xfe),
      1,
      0,
      0,
      0,
    ]);
    const packet = dissector.dissect(bytes, icmpv6);
    expect(() => describePacket(packet)).not.toThrow();
    expect(packet.bytes({ update: false })).toEqual(bytes);
  });

  it.each([0, 1])("end a list of LCP options at length %i", (length) => {
    const packet = dissector.dissect(Uint8Array.of(1, 1, 0, 8, 1, length, 0, 0), lcp);
    expect(() => describePacket(packet)).not.toThrow();
  });

  it.each([
    ["MPTCP", tcp, `0001 0002 00000000 00000000 7010 0000 0000 0000 1e LL ${"00".repeat(6)}`],
    ["DCCP", dccp, `0001 0002 05 00 0000 00 01 000000 00000000 20 LL ${"00".repeat(2)}`],
    ["mobility", mipv6, `3b01 0000 0000 0000 08 LL ${"00".repeat(6)}`],
    ["PPPoE", pppoeDiscovery, `1109 0000 0006 0105 00LL 0000`],
    ["IPCP", ipcp, "01 01 00 0a 03 LL 00000000"],
    ["L2TP", l2tp, "c802 0014 0001 0000 0003 0004 80LL 0000 0000 0001"],
    ["Geneve", geneve, "0200 6558 00000000 0102 01LL 00000000"],
    ["LACP", slow, `01 01 01 LL ${"00".repeat(20)}`],
  ])("come to an end in %s too, at lengths 0 and 1", (_name, first, text) => {
    for (const length of ["00", "01"]) {
      const bytes = parseHex(text.replace("LL", length).replaceAll(" ", ""));
      const packet = dissector.dissect(bytes, first);
      expect(packet.layers[0]?.schema.root.name).toBe(first.schema.name);
      expect(() => describePacket(packet)).not.toThrow();
      expect(packet.bytes({ update: false })).toEqual(bytes);
    }
  });

  it("end a list of SCTP chunks at length 0", () => {
    const bytes = Uint8Array.from([...new Array(12).fill(0), 0, 3, 0, 0, 1, 2, 3, 4]);
    const packet = dissector.dissect(bytes, sctp);
    expect(() => describePacket(packet)).not.toThrow();
  });
});

describe("DNS messages that promise too much", () => {
  it("stop at the end of 12 bytes that promise 65,535 questions", () => {
    const packet = dissector.dissect(parseHex("00010100ffffffffffffffff"), dns);
    const view = packet.get(dns);
    expect(view?.questions ?? []).toHaveLength(0);
  });

  it.each([
    ["to itself", "c00c"],
    ["forward", "c020"],
    ["past the end", "ffff"],
  ])("give up on a pointer %s", (_name, pointer) => {
    const bytes = parseHex(`000101000001000000000000${pointer}00010001`);
    const packet = dissector.dissect(bytes, dns);
    expect(() => describePacket(packet)).not.toThrow();
    expect(packet.bytes({ update: false })).toEqual(bytes);
  });

  it("give up on two pointers that lead to each other", () => {
    const bytes = parseHex("000101000002000000000000c01200010001c00c00010001");
    expect(() => describePacket(dissector.dissect(bytes, dns))).not.toThrow();
  });
});

describe("lengths that contradict", () => {
  it.each([0, 1, 4])("an IPv4 header of %i words is malformed", (ihl) => {
    const packet = dissector.dissect(build(ipv4({ ihl }), tcp()).bytes(), ipv4);
    expect(packet.error).toMatchObject({ kind: "malformed", protocol: "ipv4" });
    expect(packet.get(tcp)).toBeUndefined();
  });

  it("an IPv4 total length below its header is malformed", () => {
    const packet = dissector.dissect(build(ipv4({ len: 19 }), udp()).bytes(), ipv4);
    expect(packet.error).toMatchObject({ kind: "malformed", protocol: "ipv4" });
  });

  it("a TCP data offset beyond the packet is truncated", () => {
    const packet = dissector.dissect(build(tcp({ dataOffset: 15 })).bytes(), tcp);
    expect(packet.error).toMatchObject({ kind: "truncated", protocol: "tcp", available: 20 });
  });

  it("a UDP length of zero takes what there is, one too long is truncated", () => {
    const jumbo = dissector.dissect(build(udp({ len: 0 }), "abc").bytes(), udp);
    expect(jumbo.error).toBeNull();
    expect(jumbo.raw).toHaveLength(3);
    const long = dissector.dissect(build(udp({ len: 100 }), "abc").bytes(), udp);
    expect(long.error).toMatchObject({ kind: "truncated", protocol: "udp", needed: 100 });
    expect(long.raw).toHaveLength(3);
  });
});

describe("deep nesting", () => {
  const repeat = (bytes: Uint8Array, times: number): Uint8Array => {
    const all = new Uint8Array(bytes.length * times);
    for (let i = 0; i < times; i++) all.set(bytes, i * bytes.length);
    return all;
  };

  it.each([
    ["VLAN tags", vlan, repeat(Uint8Array.of(0, 1, 0x81, 0), 1000)],
    [
      "IPv6 extension headers",
      destinationOptions,
      repeat(Uint8Array.of(60, 0, 1, 4, 0, 0, 0, 0), 1000),
    ],
    ["MPLS labels", mpls, repeat(Uint8Array.of(0, 1, 0, 64), 1000)],
  ])("1000 %s stop at the limit of layers", (_name, first, bytes) => {
    const packet = dissector.dissect(bytes, first);
    expect(packet.layers.length).toBeLessThanOrEqual(MAX_LAYERS);
    expect(packet.error).toMatchObject({ kind: "unsupported" });
    expect(() => describePacket(packet)).not.toThrow();
  });

  it("1000 IP headers in one another stop at the limit of layers", () => {
    const one = build(ipv4({ protocol: 4, len: 0 })).bytes();
    const packet = dissector.dissect(repeat(one, 1000), ipv4);
    expect(packet.layers).toHaveLength(MAX_LAYERS);
    expect(packet.error).toMatchObject({ kind: "unsupported" });
  });
});

describe("a capture that promises too much", () => {
  it("is refused at a record of 4 GiB, after the good ones", () => {
    const header = parseHex("d4c3b2a1020004000000000000000000ffff000001000000");
    const good = parseHex("00000000000000000400000004000000deadbeef");
    const bad = parseHex("0000000000000000ffffffffffffffff");
    const capture = openCapture(Uint8Array.from([...header, ...good, ...bad]));
    const seen: number[] = [];
    expect(() => {
      for (const packet of capture) seen.push(packet.length);
    }).toThrow(/44/);
    expect(seen).toEqual([4]);
  });
});
