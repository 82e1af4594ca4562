import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseIpv4, parseIpv6, parseMac } from "../../src/bytes/address.ts";
import { randomIpv4, randomIpv6, randomMac } from "../../src/bytes/random-address.ts";
import {
  addressBytes,
  isBroadcast,
  isDocumentation,
  isGlobal,
  isLinkLocal,
  isLocallyAdministered,
  isLoopback,
  isMulticast,
  isPrivate,
  isUnspecified,
  parsePrefix,
  specialBlock,
} from "../../src/bytes/special.ts";
import { Seeded } from "../../src/packet/seeded.ts";

const predicates = {
  isBroadcast,
  isDocumentation,
  isGlobal,
  isLinkLocal,
  isLocallyAdministered,
  isLoopback,
  isMulticast,
  isPrivate,
  isUnspecified,
};
const kindsOf = (address: string): string[] =>
  Object.entries(predicates)
    .filter(([, holds]) => holds(address))
    .map(([name]) => name.slice(2));

describe("special addresses", () => {
  it.each([
    ["8.8.8.8", ["Global"], undefined],
    ["10.255.0.1", ["Private"], "Private-Use"],
    ["172.15.255.255", ["Global"], undefined],
    ["172.16.0.0", ["Private"], "Private-Use"],
    ["172.31.255.255", ["Private"], "Private-Use"],
    ["172.32.0.0", ["Global"], undefined],
    ["192.168.1.1", ["Private"], "Private-Use"],
    ["100.64.0.1", [], "Shared Address Space"],
    ["127.0.0.1", ["Loopback"], "Loopback"],
    ["169.254.1.1", ["LinkLocal"], "Link Local"],
    ["192.0.0.9", ["Global"], "Port Control Protocol Anycast"],
    ["192.0.0.171", [], "NAT64/DNS64 Discovery"],
    ["192.0.2.1", ["Documentation"], "Documentation (TEST-NET-1)"],
    ["198.18.255.1", [], "Benchmarking"],
    ["0.0.0.0", ["Unspecified"], "This host on this network"],
    ["0.0.0.1", [], "This network"],
    ["224.0.0.1", ["LinkLocal", "Multicast"], "Multicast"],
    ["233.252.0.1", ["Documentation", "Multicast"], "Documentation (MCAST-TEST-NET)"],
    ["239.1.2.3", ["Multicast"], "Multicast"],
    ["240.0.0.1", [], "Reserved"],
    ["255.255.255.255", ["Broadcast"], "Limited Broadcast"],
    ["2606:4700::1", ["Global"], undefined],
    ["::", ["Unspecified"], "Unspecified Address"],
    ["::1", ["Loopback"], "Loopback Address"],
    ["::ffff:192.0.2.1", [], "IPv4-mapped Address"],
    ["64:ff9b::1", ["Global"], "IPv4-IPv6 Translation"],
    ["2001:db8::1", ["Documentation"], "Documentation"],
    ["3fff:fff::1", ["Documentation"], "Documentation"],
    ["3fff:1000::1", ["Global"], undefined],
    ["2001::1", [], "TEREDO"],
    ["2001:1ff::1", [], "IETF Protocol Assignments"],
    ["2001:2f::", ["Global"], "ORCHIDv2"],
    ["fd00::1", ["Private"], "Unique-Local"],
    ["fe80::1", ["LinkLocal"], "Link-Local Unicast"],
    ["febf::1", ["LinkLocal"], "Link-Local Unicast"],
    ["fec0::1", [], undefined],
    ["ff02::1", ["LinkLocal", "Multicast"], "Multicast"],
    ["ff0e::1", ["Multicast"], "Multicast"],
    ["4000::1", [], undefined],
    ["00:00:0c:12:34:56", ["Global"], undefined],
    ["02:00:5e:10:00:01", ["LocallyAdministered"], undefined],
    ["ff:ff:ff:ff:ff:ff", ["Broadcast", "Multicast"], "Broadcast"],
    ["01:80:c2:00:00:0e", ["Multicast"], "Bridges"],
    ["01:00:5e:00:00:fb", ["Multicast"], "IPv4 Multicast"],
    ["33:33:00:00:00:01", ["Multicast"], "IPv6 Multicast"],
    ["00:00:5e:00:53:01", ["Documentation"], "Documentation"],
    ["00:00:5e:00:01:07", [], "VRRP over IPv4"],
  ])("%s is %j", (address, kinds, name) => {
    expect(kindsOf(address)).toEqual(kinds);
    expect(specialBlock(address)?.name).toBe(name);
    expect(specialBlock(addressBytes(address))?.name).toBe(name);
  });

  it("come with the block and its properties", () => {
    expect(specialBlock("10.1.2.3")).toEqual({
      block: "10.0.0.0/8",
      name: "Private-Use",
      spec: "RFC 1918",
      source: true,
      destination: true,
      forwardable: true,
      global: false,
      reserved: false,
    });
  });

  it("are told apart as text and bytes", () => {
    expect(addressBytes("192.0.2.1")).toEqual(parseIpv4("192.0.2.1"));
    expect(addressBytes("::ffff:192.0.2.1")).toEqual(parseIpv6("::ffff:192.0.2.1"));
    expect(addressBytes("02-00-5E-10-00-01")).toEqual(parseMac("02:00:5e:10:00:01"));
    expect(addressBytes("0200.5e10.0001")).toEqual(parseMac("02:00:5e:10:00:01"));
    expect(() => addressBytes("192.0.2.256")).toThrow(TypeError);
    expect(() => addressBytes("host")).toThrow(TypeError);
    expect(() => addressBytes(new Uint8Array(5))).toThrow(RangeError);
  });

  it("are given as prefixes with as many bits as there are", () => {
    expect(parsePrefix("192.0.2.0/24")).toEqual({ bytes: parseIpv4("192.0.2.0"), bits: 24 });
    expect(parsePrefix("::1").bits).toBe(128);
    expect(() => parsePrefix("192.0.2.0/33")).toThrow(RangeError);
    expect(() => parsePrefix("192.0.2.0/-1")).toThrow(RangeError);
    expect(() => parsePrefix("192.0.2.0/")).toThrow(RangeError);
  });
});

describe("random addresses", () => {
  const source = (seed: number): (() => number) => {
    const seeded = new Seeded(seed);
    return () => seeded.upTo(0xffffffff) / 2 ** 32;
  };

  it("are the same for the same seed, and no others'", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        for (const make of [randomMac, randomIpv4, randomIpv6])
          expect(make(source(seed))).toBe(make(source(seed)));
        const random = source(seed);
        expect(isLocallyAdministered(randomMac(random))).toBe(true);
        expect(isGlobal(randomIpv4(random))).toBe(true);
        expect(isGlobal(randomIpv6(random))).toBe(true);
      }),
      { numRuns: 200 },
    );
    expect(new Set(Array.from({ length: 50 }, (_, i) => randomIpv4(source(i)))).size).toBe(50);
  });

  it("lie within a prefix", () => {
    const within = { mac: "00:00:5e:00:53:00/40", ipv4: "192.0.2.128/25", ipv6: "2001:db8::/33" };
    for (let seed = 0; seed < 100; seed++) {
      const random = source(seed);
      expect(randomMac(random, { within: within.mac })).toMatch(/^00:00:5e:00:53:/);
      const [last] = parseIpv4(randomIpv4(random, { within: within.ipv4 })).subarray(3);
      expect(last).toBeGreaterThanOrEqual(128);
      expect(parseIpv6(randomIpv6(random, { within: within.ipv6 }))[4]).toBeLessThan(128);
    }
    expect(randomIpv4(Math.random, { within: "192.0.2.7" })).toBe("192.0.2.7");
    expect(() => randomIpv4(Math.random, { within: "2001:db8::/32" })).toThrow(RangeError);
  });

  it("end with a source that always says the same", () => {
    for (const n of [0, 0.5, 0.999_999_999]) {
      expect(randomMac(() => n)).toMatch(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/);
      expect(parseIpv4(randomIpv4(() => n))).toHaveLength(4);
      expect(parseIpv6(randomIpv6(() => n))).toHaveLength(16);
    }
  });
});
