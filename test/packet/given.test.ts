import { describe, expect, it } from "vitest";
import { build, type Stackable } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { verifyPacket } from "../../src/packet/verify.ts";
import { all } from "../../src/protocols/all.ts";
import { arp } from "../../src/protocols/link/arp.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { llc } from "../../src/protocols/link/llc.ts";
import { hip } from "../../src/protocols/network/hip.ts";
import { hipParameter } from "../../src/protocols/network/hip-parameters.ts";
import { icmpv6 } from "../../src/protocols/network/icmpv6.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv4Option } from "../../src/protocols/network/ipv4-options.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { destinationOptions, hopByHop } from "../../src/protocols/network/ipv6-extensions.ts";
import { ipv6Routing } from "../../src/protocols/network/ipv6-routing.ts";
import { ndOption } from "../../src/protocols/network/nd-options.ts";
import { mptcpOption } from "../../src/protocols/transport/mptcp.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { tcpOption } from "../../src/protocols/transport/tcp-options.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { gre } from "../../src/protocols/tunnel/gre.ts";
import { flags, u8 } from "../../src/schema/field.ts";
import { protocol, record } from "../../src/schema/protocol.ts";
import { bytes, hex } from "../support/packets.ts";

const dissector = createDissector(all);
const made = (...stack: Stackable[]): string => hex(build(...stack).bytes());
const of = (value: number, count: number) => new Uint8Array(count).fill(value);

describe("computed flags that are given by parts", () => {
  it("keep these parts, and have the others computed", () => {
    expect(made(llc({ dsap: { address: 0x21 }, control: 3 }))).toBe("420003");
    // The SAP of IPX is 0xe0; the group bit is not given.
    const packet = build(llc({ dsap: { group: true } }), "x");
    expect(packet.require(llc).dsap.value).toBe(1);
  });

  it("still do after a change elsewhere in the layer", () => {
    const packet = build(llc({ dsap: { address: 0x21 } }), "x");
    packet.set(llc, { ssap: 4 });
    expect(hex(packet.bytes())).toBe("42040378");
  });

  it("in a record too", () => {
    const item = record("one.item", "Item").fields({
      f: flags(8, { a: "A", b: "B" }, "F", { computed: () => 1 }),
    });
    const one = protocol({ name: "one", title: "One" })
      .fields({ n: u8("N") })
      .list("items", "Items", item, { count: { field: "n" } });
    expect(made(one({ items: [{ f: { a: true } }, { f: { b: false } }, { f: 0 }, {}] }))).toBe(
      "0403000001",
    );
  });
});

describe("packet.set", () => {
  it("sets checksums and what functions compute, and then they stay", () => {
    const packet = build(ethernet(), ipv4(), udp(), "x");
    packet.set(udp, { checksum: 1 });
    expect(packet.require(udp).checksum).toBe(1);
    packet.set(udp, { srcPort: 2 });
    packet.bytes();
    expect(packet.require(udp).checksum).toBe(1);
    const frame = build(llc(), "x").set(llc, { dsap: { address: 5 } });
    expect(frame.require(llc).dsap.value).toBe(10);
  });

  it("leaves flags as they were that are not named", () => {
    const packet = build(ethernet(), ipv4(), tcp({ flags: { ack: true } }));
    packet.set(tcp, { flags: { syn: true, ack: undefined } });
    expect(packet.require(tcp).flags.value).toBe(0x12);
  });

  it("takes undefined as what was not given, for every part", () => {
    const packet = build(ethernet(), ipv4({ ttl: 3, checksum: 7 }), "x");
    packet.set(ipv4, { ttl: undefined, checksum: undefined, options: undefined });
    packet.set(ethernet, { trailer: undefined, src: undefined });
    packet.bytes();
    expect(packet.require(ipv4)).toMatchObject({ ttl: 64, options: [] });
    expect(verifyPacket(packet).map((v) => v.status)).toEqual(["good"]);
    const other = ipv4({ ttl: undefined, dst: undefined, options: undefined, rest: undefined });
    expect(made(other)).toBe(made(ipv4()));
  });

  it("has parts come with their condition, and those that were there go with it", () => {
    const packet = build(gre(), "x").set(gre, { key: 5 });
    expect(hex(packet.bytes())).toBe("200065580000000578");
    packet.set(gre, { flags: { key: false } });
    expect(hex(packet.bytes())).toBe("0000655878");
    expect(packet.require(gre).key).toBeUndefined();
  });
});

describe("a part that is given", () => {
  it("makes its condition hold where that is by a field: the least number for which it does", () => {
    const entries = [{ address: "192.0.2.1", time: 5 }];
    expect(made(ipv4({ options: [ipv4Option.timestamp({ entries })] })).slice(40)).toBe(
      "440c0501c000020100000005",
    );
    const locators = [{ spi: 7, port: 5, address: "2001:db8::1" }];
    const [parameter] = build(hip({ parameters: [hipParameter.locatorSet({ locators })] })).require(
      hip,
    ).parameters;
    if (parameter?.is !== "locatorSet") throw new Error("no locator");
    expect(parameter.locators[0]).toMatchObject({ type: 2, port: 5, spi: 7 });
  });

  it("may be known by the length that it makes", () => {
    const option = ipv4Option.security({ security: 0x1234, compartments: 1 });
    expect(made(ipv4({ options: [option] })).slice(40)).toBe("820b12340001000000000000");
    expect(made(ipv4({ options: [ipv4Option.security({ level: 5 })] })).slice(40)).toBe("82030500");
  });

  it("is measured before what looks at its length", () => {
    const identity = { exponent: bytes("010001"), modulus: of(0xc1, 8) };
    const host = (own: object) => hipParameter.hostId({ algorithm: 5, identity: own });
    const read = build(hip({ parameters: [host(identity)] })).require(hip).parameters[0];
    if (read?.is !== "hostId") throw new Error("no host identity");
    expect(read.identity).toMatchObject({ exponentLength: 3, ...identity });
    const long = { longExponent: of(1, 300), modulus: of(0xc1, 8) };
    const other = build(hip({ parameters: [host(long)] })).require(hip).parameters[0];
    if (other?.is !== "hostId") throw new Error("no host identity");
    expect(other.identity).toMatchObject({ exponentLength: 0, longExponentLength: 300, ...long });
  });

  it.each([
    [
      "tcp.option.dataAck",
      () => build(tcp({ options: [mptcpOption.dataSequence({ dataAck: 1 })] })),
    ],
    [
      "ipv4.option.entries",
      () => build(ipv4({ options: [ipv4Option.timestamp({ timestamps: [{}], entries: [{}] })] })),
    ],
    [
      "ipv4.option.security",
      () => build(ipv4({ options: [ipv4Option.security({ level: 1, security: 2 })] })),
    ],
    ["arp.sha", () => build(arp({ hwSize: 8, sha: "02:00:00:00:00:01" }))],
    ["llc.control", () => build(llc({ control: 3, supervisory: 1 }))],
    ["arp.sha", () => build(arp()).set(arp, { hwSize: 8, sha: "02:00:00:00:00:01" })],
  ])("is refused where its condition does not hold for what else is: %s", (name, call) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(`${name}: given, but its condition does not hold`);
  });

  it("stands where the condition's field was given otherwise, or as bytes", () => {
    expect(made(gre({ flags: { key: false }, key: 5 }))).toBe("0000655800000005");
    const rest = tcpOption.multipath({ is: "dataSequence", rest: bytes("00000001") });
    expect(made(tcp({ options: [rest] })).slice(40)).toBe("1e08200000000001");
  });
});

describe("flags of a HIP route", () => {
  it("are named", () => {
    const flags = { symmetric: true, mustFollow: false };
    const [via] = build(hip({ parameters: [hipParameter.routeVia({ flags })] })).require(
      hip,
    ).parameters;
    if (via?.is !== "routeVia") throw new Error("no route");
    expect([via.flags.value, via.flags.symmetric, via.flags.mustFollow]).toEqual([
      0x8000,
      true,
      false,
    ]);
  });
});

describe("ARP of any addresses", () => {
  it("has them as long as the size says that is given, or as the other is", () => {
    expect(made(arp({ hwSize: 8 }))).toBe(`0001080008040001${"00".repeat(24)}`);
    expect(made(arp({ senderHardware: of(1, 8) }))).toBe(
      `0001080008040001${"01".repeat(8)}${"00".repeat(16)}`,
    );
    expect(() => build(arp({ senderHardware: of(1, 8), targetHardware: of(1, 7) }))).toThrow(
      "arp.targetHardware: 7 bytes, but 'hwSize' is 8 by another part",
    );
  });

  it("takes others than MAC addresses in their place", () => {
    const packet = build(ethernet(), arp({ sha: "02:00:00:00:00:01", spa: "192.0.2.1" }));
    packet.set(arp, { senderHardware: of(1, 3), targetHardware: of(2, 3) });
    const wanted = "0001080003040001010101c000020102020200000000";
    expect(hex(packet.bytes()).slice(28)).toBe(wanted);
    expect(packet.set(arp, { hwSize: 6 }).require(arp).sha).toBe("00:00:00:00:00:00");
    expect(dissector.dissect(packet.bytes().slice(), ethernet).error).toBe(null);
  });
});

describe("padding that fills a header up", () => {
  it("is counted where a field says how much it is", () => {
    const route = { cmprI: 8, cmprE: 13, addresses: [{ address: of(1, 8) }], last: of(2, 3) };
    const packet = build(ipv6(), ipv6Routing.rpl(route), "x");
    const read = dissector.dissect(packet.bytes().slice(), ipv6).require(ipv6Routing.rpl);
    expect(read).toMatchObject({ len: 2, pad: 5, last: of(2, 3), padding: of(0, 5) });
    expect(read.addresses.map((hop) => hop.address)).toEqual([of(1, 8)]);
    const own = build(ipv6Routing.rpl({ ...route, padding: of(0, 5), pad: 1 }));
    expect(own.require(ipv6Routing.rpl).pad).toBe(1);
    const cga = ndOption.cga({ publicKey: of(9, 5) });
    const solicitation = build(icmpv6.neighborSolicitation({ options: [cga] }));
    const [option] = solicitation.require(icmpv6.neighborSolicitation).options;
    expect(option).toMatchObject({ length: 5, padLength: 6, publicKey: of(9, 5) });
  });
});

describe("IPv6 with nothing above", () => {
  it("says so (RFC 8200 §4.7), as its extension headers do", () => {
    const packet = build(ipv6(), hopByHop(), destinationOptions(), "x");
    const read = dissector.dissect(packet.bytes().slice(), ipv6);
    expect(String(read.chain)).toBe("IPv6:HOPOPT:IPv6-Opts");
    expect([read.error, hex(read.raw)]).toEqual([null, "78"]);
    expect(read.require(destinationOptions).nextHeader).toBe(59);
    expect(build(ipv6(), "x").require(ipv6).nextHeader).toBe(59);
    expect(build(ipv6(), udp(), "x").require(ipv6).nextHeader).toBe(17);
  });
});
