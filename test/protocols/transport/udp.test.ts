import { describe, expect, it } from "vitest";
import { foldSum, sum16 } from "../../../src/bytes/checksum.ts";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { udp } from "../../../src/protocols/transport/udp.ts";
import { udpLite } from "../../../src/protocols/transport/udp-lite.ts";

const dissector = createDissector([ipv4, udp, udpLite]);
const addresses = ipv4({ src: "10.0.0.1", dst: "10.0.0.2" });

describe("UDP", () => {
  it("reads a datagram and leaves what its length does not cover to the layer below", () => {
    const packet = dissector.dissect(parseHex("0035 1f90 000a 1234 6869 0000"), udp);
    expect(packet.require(udp)).toMatchObject({
      srcPort: 53,
      dstPort: 8080,
      len: 10,
      checksum: 0x1234,
    });
    expect(Buffer.from(packet.raw).toString()).toBe("hi");
  });

  it("computes length and checksum, and writes a computed zero as all ones", () => {
    const packet = build(addresses, udp({ srcPort: 1, dstPort: 2 }), "hello");
    expect(packet.require(udp).len).toBe(13);
    const bytes = packet.bytes();
    expect(foldSum(sum16(bytes, 20, bytes.length, sum16(bytes, 12, 20, 17 + 13)))).toBe(0);
    const free = packet.require(udp).checksum;
    const zero = build(addresses, udp({ srcPort: 1 + free, dstPort: 2 }), "hello").require(udp);
    expect(zero.checksum).toBe(0xffff);
  });

  it("takes a length of zero for all that is there", () => {
    expect(dissector.dissect(parseHex("0001 0002 0000 0000 aabbcc"), udp).raw).toHaveLength(3);
  });

  it("says where a length exceeds the bytes, and where it is too small", () => {
    expect(dissector.dissect(parseHex("0001 0002 0020 0000 aa"), udp).error?.kind).toBe(
      "truncated",
    );
    expect(dissector.dissect(parseHex("0001 0002 0007 0000 aa"), udp).error?.kind).toBe(
      "malformed",
    );
  });
});

describe("UDP-Lite", () => {
  it("sums what its coverage says, and all for zero", () => {
    const header = build(addresses, udpLite({ srcPort: 1, dstPort: 2, coverage: 8 }), "hello");
    const other = build(addresses, udpLite({ srcPort: 1, dstPort: 2, coverage: 8 }), "HELLO");
    expect(header.require(ipv4).protocol).toBe(136);
    expect(header.require(udpLite).checksum).toBe(other.require(udpLite).checksum);
    const all = build(addresses, udpLite({ srcPort: 1, dstPort: 2 }), "hello").bytes();
    expect(foldSum(sum16(all, 20, all.length, sum16(all, 12, 20, 136 + 13)))).toBe(0);
  });
});
