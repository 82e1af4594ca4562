import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { verifyPacket } from "../../src/packet/verify.ts";
import { all } from "../../src/protocols/all.ts";
import { dns } from "../../src/protocols/application/dns/dns.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { hopByHop } from "../../src/protocols/network/ipv6-extensions.ts";
import { mipv6 } from "../../src/protocols/network/mipv6.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { tcpOption } from "../../src/protocols/transport/tcp-options.ts";
import { udp } from "../../src/protocols/transport/udp.ts";

const dissector = createDissector(all);
const ends = { src: "192.0.2.1", dst: "198.51.100.2" };
const made = () => build(ethernet(), ipv4(ends), udp({ srcPort: 1, dstPort: 2 }), "data");

describe("automatic computing", () => {
  it("is on for what was not given, and off for what was", () => {
    const packet = build(ethernet(), ipv4({ ...ends, len: 9 }), udp(), "data");
    expect(packet.automatic(ipv4)).toEqual({
      ihl: true,
      len: false,
      protocol: true,
      checksum: true,
    });
    expect(packet.automatic(udp)).toEqual({
      len: true,
      checksum: true,
      dstPort: true,
      srcPort: true,
    });
    packet.require(ipv4).checksum = 7;
    expect(packet.automatic(packet.require(ipv4))).toMatchObject({ checksum: false });
  });

  it("turned off keeps a checksum and lengths as they are", () => {
    const packet = made();
    const before = packet.require(ipv4).checksum;
    expect(packet.automatic(ipv4, { checksum: false, len: false })).toBe(packet);
    packet.require(ipv4).ttl = 3;
    packet.append("more");
    packet.bytes();
    expect([packet.require(ipv4).checksum, packet.require(ipv4).len]).toEqual([before, 32]);
    expect(packet.require(udp).len).toBe(16);
  });

  it("turned on again is right in the next bytes", () => {
    const packet = build(
      ethernet({ type: 0x1234 }),
      ipv4({ ...ends, len: 9, ihl: 12, protocol: 1, checksum: 1 }),
      udp({ srcPort: 1, dstPort: 2, len: 3, checksum: 4 }),
      "data",
    );
    packet.automatic(ethernet, { type: true });
    packet.automatic(ipv4, { len: true, ihl: true, protocol: true, checksum: true });
    packet.automatic(udp, { len: true, checksum: true });
    packet.bytes();
    expect(packet.require(ethernet).type).toBe(0x0800);
    expect(packet.require(ipv4)).toMatchObject({ len: 32, ihl: 5, protocol: 17 });
    expect(packet.require(udp).len).toBe(12);
    expect(verifyPacket(packet).map((v) => v.status)).toEqual(["good", "good"]);
    expect(Object.values(packet.automatic(ipv4))).toEqual([true, true, true, true]);
  });

  it("computes only what it was asked for", () => {
    const packet = build(ethernet(), ipv4({ ...ends, len: 9, checksum: 1 }), "data");
    packet.automatic(ipv4, { checksum: true });
    packet.bytes();
    expect(packet.require(ipv4).len).toBe(9);
    expect(verifyPacket(packet).map((v) => v.status)).toEqual(["good"]);
  });

  it("of a checksum that says 'not computed' computes it", () => {
    const packet = made();
    packet.require(udp).checksum = 0;
    packet.bytes();
    packet.automatic(udp, { checksum: true });
    packet.bytes();
    expect(packet.require(udp).checksum).not.toBe(0);
    expect(verifyPacket(packet).map((v) => v.status)).toEqual(["good", "good"]);
  });

  it("counts items and measures records too", () => {
    const packet = build(
      ethernet(),
      ipv4(ends),
      udp(),
      dns({ ancount: 9, qdcount: 1, questions: [{ name: "a" }] }),
    );
    packet.automatic(dns, { ancount: true });
    expect([packet.require(dns).ancount, packet.require(dns).qdcount]).toEqual([0, 1]);
    const segment = build(
      ethernet(),
      ipv4(ends),
      tcp({ options: [tcpOption.maximumSegmentSize()] }),
    );
    const [option] = segment.require(tcp).options;
    if (option?.is !== "maximumSegmentSize") throw new Error("no option");
    expect(segment.automatic(option)).toEqual({ length: true });
    segment.automatic(option, { length: false }).automatic(option, { length: true });
    segment.bytes();
    expect(option.length).toBe(4);
    expect(verifyPacket(segment).map((v) => v.status)).toEqual(["good", "good"]);
  });

  it("of a captured packet is on, but for what was set", () => {
    const packet = dissector.dissect(made().bytes().slice(), ethernet);
    packet.require(udp).len = 99;
    expect(packet.automatic(udp)).toMatchObject({ len: false, checksum: true });
    packet.automatic(udp, { len: true });
    expect(packet.require(udp).len).toBe(12);
  });

  it("of a header that ends inside a word fills it up, as building does", () => {
    const packet = build(ethernet(), ipv4(ends), tcp(), "data");
    packet.automatic(tcp, { dataOffset: false });
    packet.set(tcp, { options: [tcpOption.timestamps({ value: 7 })] });
    expect(packet.require(tcp)).toMatchObject({ dataOffset: 5, options: [{ value: 7 }] });
    packet.automatic(tcp, { dataOffset: true });
    packet.bytes();
    expect(packet.require(tcp).dataOffset).toBe(8);
    expect(packet.automatic(tcp).dataOffset).toBe(true);
    const read = dissector.dissect(packet.bytes().slice(), ethernet);
    expect(read.require(tcp).options[0]).toMatchObject({ is: "timestamps", value: 7 });
    expect(new TextDecoder().decode(read.raw)).toBe("data");
    expect(verifyPacket(read).map((v) => v.status)).toEqual(["good", "good"]);
    const padding = Uint8Array.of(1, 2, 3, 4, 5, 6, 7);
    const options = [{ is: "padN", padding } as const];
    const other = build(ipv6(), hopByHop({ len: 0, options }), "x");
    expect(other.automatic(hopByHop, { len: true }).require(hopByHop).len).toBe(1);
    expect(other.bytes()).toHaveLength(40 + 16 + 1);
    const home = build(ipv6(), mipv6.homeTestInit({ len: 0, options }), "x");
    expect(home.automatic(mipv6, { len: true }).require(mipv6).len).toBe(3);
  });

  it("knows the sizes of what was built, however it reads by the sizes that were given", () => {
    const packet = build(ipv4(ends), udp(), dns({ questions: [{ name: "a" }] }));
    packet.automatic(dns, { qdcount: false });
    packet.set(dns, { questions: [{ name: "a" }, { name: "b" }] });
    expect(packet.require(dns).questions.map((q) => q.name)).toEqual(["a"]);
    for (const one of [packet.copy(), packet]) {
      one.automatic(dns, { qdcount: true });
      expect(one.require(dns).qdcount).toBe(2);
      expect(one.require(dns).questions.map((q) => q.name)).toEqual(["a", "b"]);
      expect(verifyPacket(dissector.dissect(one.bytes().slice(), ipv4))).toMatchObject([
        { status: "good" },
        { status: "good" },
      ]);
    }
  });

  it("of a record's length gives back those behind it", () => {
    const wrong = tcpOption.maximumSegmentSize({ mss: 1460, length: 9 });
    const made = () =>
      build(ethernet(), ipv4(ends), tcp({ options: [wrong, tcpOption.timestamps()] }));
    for (const packet of [made(), made().copy(), made().set(ipv4, { ttl: 3 })]) {
      const [option] = packet.require(tcp).options;
      if (option?.is !== "maximumSegmentSize") throw new Error("no option");
      expect(packet.automatic(option)).toEqual({ length: false });
      packet.automatic(option, { length: true });
      expect(packet.automatic(option)).toEqual({ length: true });
      expect(
        packet
          .require(tcp)
          .options.slice(0, 2)
          .map((o) => o.is),
      ).toEqual(["maximumSegmentSize", "timestamps"]);
      packet.bytes();
      expect([option.length, verifyPacket(packet).map((v) => v.status)]).toEqual([
        4,
        ["good", "good"],
      ]);
    }
  });

  it("is for computed fields only, and changes nothing where a name is wrong", () => {
    const packet = made();
    expect(() => packet.automatic(ipv4, { len: false, ttl: false })).toThrow(
      "automatic: 'ipv4.ttl' is not computed; computed are: ihl, len, checksum, protocol",
    );
    expect(() => packet.automatic(ipv4, { len: 1 as never })).toThrow("true or false, not 1");
    expect(packet.automatic(ipv4).len).toBe(true);
    // @ts-expect-error no such field
    expect(() => packet.automatic(ipv4, { nope: true })).toThrow(TypeError);
    expect(() => packet.automatic(tcp, { checksum: true })).toThrow(
      "automatic: no layer 'tcp' in this packet (Ethernet:IPv4:UDP)",
    );
  });
});
