import { describe, expect, it } from "vitest";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";
import { udp } from "../../../src/protocols/transport/udp.ts";
import { gtp, gtpPrime, gtpV0 } from "../../../src/protocols/tunnel/gtp.ts";

const dissector = createDissector([ethernet, ipv4, ipv6, udp, gtp, gtpV0, gtpPrime]);
const read = (hex: string, first = gtp) => dissector.dissect(parseHex(hex), first);

describe("GTP version 1", () => {
  it("reads the short header and the packet in it", () => {
    const packet = read(`30 ff 0014 00000001 ${"45000014000000004000fd00c0000201c0000202"}`);
    expect(packet.require(gtp)).toMatchObject({ message: 255, teid: 1, extensions: [] });
    expect(packet.require(gtp).seq).toBeUndefined();
    expect(String(packet.chain)).toBe("GTP:IPv4");
  });

  it("reads extension headers by the type before each", () => {
    const packet = read(
      `34 ff 0024 00000007 0000 00 40 01 1234 c0 01 0904 85 01 1089 00 ${"45000014000000004000fd00c0000201c0000202"}`,
    );
    const [port, pdcp, session] = packet.require(gtp).extensions;
    expect(port).toMatchObject({ udpPort: 0x1234, next: 0xc0 });
    expect(pdcp).toMatchObject({ pdcpSn: 0x0904, next: 0x85 });
    expect(session).toMatchObject({ pduType: 1, ppp: true, rqi: false, qfi: 9, next: 0 });
    expect(String(packet.chain)).toBe("GTP:IPv4");
  });

  it("reads the elements of signalling", () => {
    const packet = read("32 1a 0010 00000000 0001 00 00 10 00000005 85 0004 c0000201");
    expect(packet.require(gtp).elements).toMatchObject([
      { is: "teidData", teid: 5 },
      { is: "gsnAddress", length: 4, ipv4: "192.0.2.1" },
    ]);
  });

  it("leaves what the length does not cover", () => {
    const packet = read("32 01 0004 00000000 0001 00 00 ffff");
    expect(packet.require(gtp).elements).toEqual([]);
    expect(packet.require(gtp).layer.end).toBe(12);
  });

  it("builds lengths and flags", () => {
    const packet = build(
      udp(),
      gtp({ teid: 9, seq: 3, nextExtension: 0x85, extensions: [{ pduType: 1, qfi: 5 }] }),
      ipv6({ src: "2001:db8::1", dst: "2001:db8::2" }),
    );
    expect(packet.require(udp).dstPort).toBe(2152);
    expect(packet.require(gtp)).toMatchObject({ length: 48, message: 255, seq: 3 });
    expect(packet.require(gtp).flags.value).toBe(0x36);
    expect(packet.require(gtp).extensions[0]).toMatchObject({ length: 1, qfi: 5 });
    expect(String(dissector.dissect(packet.bytes().slice(), udp).chain)).toBe("UDP:GTP:IPv6");
    expect(build(gtp(), ipv4()).require(gtp).flags.value).toBe(0x30);
  });

  it("builds signalling", () => {
    const packet = build(
      gtp({
        message: 2,
        flags: { sequence: true },
        seq: 8,
        elements: [{ is: "recovery", restartCounter: 4 }],
      }),
    );
    expect(Buffer.from(packet.bytes()).toString("hex")).toBe("3202000600000000000800000e04");
  });

  it("stops at an extension header that does not fit", () => {
    for (const hex of [
      "34 ff 0008 00000001 0000 00 85 ff 000000",
      "34 ff 0008 00000001 0000 00 85 00 000000",
    ]) {
      const packet = read(hex);
      expect(String(packet.chain)).toBe("GTP");
      expect(packet.error).toBeDefined();
    }
  });
});

describe("GTP version 0 and GTP'", () => {
  it("share a port and are told apart by the first byte", () => {
    const packet = build(udp(), gtpV0({ tid: parseHex("2400101234567890") }), ipv4());
    expect(packet.require(gtpV0)).toMatchObject({ length: 20, sndcpNumber: 255 });
    expect(String(dissector.dissect(packet.bytes().slice(), udp).chain)).toBe("UDP:GTPv0:IPv4");
    const prime = build(udp(), gtpPrime({ message: 1, seq: 2 }));
    expect(String(dissector.dissect(prime.bytes().slice(), udp).chain)).toBe("UDP:GTP'");
  });
});
