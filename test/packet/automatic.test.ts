import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { verifyPacket } from "../../src/packet/verify.ts";
import { all } from "../../src/protocols/all.ts";
import { dns } from "../../src/protocols/application/dns/dns.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
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
