import { describe, expect, it } from "vitest";
import { formatHex, parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { chdlc, slarp } from "../../../src/protocols/link/chdlc.ts";
import { llc } from "../../../src/protocols/link/llc.ts";
import { bsdLoop, bsdNull } from "../../../src/protocols/link/loopback.ts";
import { rawIp } from "../../../src/protocols/link/raw-ip.ts";
import { sll, sll2 } from "../../../src/protocols/link/sll.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";
import type { AnyProtocol } from "../../../src/schema/protocol.ts";

const dissector = createDissector([
  sll,
  sll2,
  bsdNull,
  bsdLoop,
  rawIp,
  chdlc,
  slarp,
  llc,
  ipv4,
  ipv6,
]);
const read = (hex: string, first: AnyProtocol) => dissector.dissect(parseHex(hex), first);
const chain = (hex: string, first: AnyProtocol) => String(read(hex, first).chain);

const ip = "45000014 00010000 40110000 0a000001 0a000002";
const ip6 = `60000000 00001140 ${"20010db8000000000000000000000001".repeat(2)}`;
const four = ipv4({ src: "10.0.0.1", dst: "10.0.0.2" });
const six = ipv6({ src: "2001:db8::1", dst: "2001:db8::2" });

describe("Linux cooked capture", () => {
  it("reads senders' addresses by their length", () => {
    const mac = read(`0000 0001 0006 020000000001 0102 0800 ${ip}`, sll).require(sll);
    expect(mac).toMatchObject({ is: "mac", src: "02:00:00:00:00:01", protocol: 0x0800 });
    expect(mac.is === "mac" && mac.unused).toEqual(Uint8Array.of(1, 2));
    const tunnel = read(`0004 0308 0004 0a000001 00000000 0800 ${ip}`, sll).require(sll);
    expect(tunnel).toMatchObject({ is: "ipv4", packetType: 4, src: "10.0.0.1" });
    expect(read(`0000 0200 0000 ce2a000000000000 0800 ${ip}`, sll).require(sll).is).toBe("none");
    expect(read(`0000 0020 0014 0102030405060708 0800 ${ip}`, sll).require(sll).is).toBe("unknown");
  });

  it("goes on by EtherType and by Linux's own numbers", () => {
    expect(chain(`0000 0001 0006 020000000001 0000 86dd ${ip6}`, sll)).toBe("SLL:IPv6");
    expect(chain("0000 0001 0006 020000000001 0000 0004 424203", sll)).toBe("SLL:LLC");
    const padded = read(`0000 0001 0006 020000000001 0000 0800 ${ip} ${"00".repeat(26)}`, sll);
    const view = padded.require(sll);
    expect([view.padding?.length, view.trailer?.length]).toEqual([24, 2]);
  });

  it("reads version 2", () => {
    const view = read(`0800 0000 00000014 0001 04 06 d2cfc25015ea 0000 ${ip}`, sll2).require(sll2);
    expect(view).toMatchObject({ interfaceIndex: 20, packetType: 4, src: "d2:cf:c2:50:15:ea" });
  });

  it("builds both", () => {
    const one = build(sll.mac({ src: "02:00:00:00:00:01" }), six).bytes();
    expect(formatHex(one.subarray(0, 16))).toBe("000000010006020000000001000086dd");
    const two = build(sll2.none({ interfaceIndex: 2 }), four).bytes();
    expect(formatHex(two.subarray(0, 20))).toBe("0800000000000002000100000000000000000000");
  });
});

describe("BSD loopback", () => {
  it("reads families in either byte order, and EtherTypes", () => {
    expect(read(`02000000 ${ip}`, bsdNull).require(bsdNull).family).toBe(2);
    expect(read(`00000002 ${ip}`, bsdNull).require(bsdNull).bigFamily).toBe(2);
    for (const family of ["18000000", "1c000000", "1e000000", "0000001e", "0a000000", "dd860000"])
      expect(chain(`${family} ${ip6}`, bsdNull)).toBe("NULL:IPv6");
    expect(read(`0f000800 ${ip}`, bsdNull).require(bsdNull).bigType).toBe(0x0800);
    expect(chain(`00000002 ${ip}`, bsdLoop)).toBe("LOOP:IPv4");
    expect(chain(`02000000 ${ip}`, bsdLoop)).toBe("LOOP");
    expect(read("0200", bsdNull).error).toMatchObject({ kind: "truncated" });
  });

  it("writes the family of what it carries", () => {
    expect(formatHex(build(bsdNull(), four).bytes().subarray(0, 4))).toBe("02000000");
    expect(formatHex(build(bsdNull(), six).bytes().subarray(0, 4))).toBe("1e000000");
    expect(formatHex(build(bsdLoop(), six).bytes().subarray(0, 4))).toBe("0000001e");
    expect(
      formatHex(
        build(bsdNull({ bigFamily: 2 }), four)
          .bytes()
          .subarray(0, 4),
      ),
    ).toBe("00000002");
  });
});

describe("raw IP", () => {
  it("goes on by the version", () => {
    expect(chain(ip, rawIp)).toBe("Raw:IPv4");
    expect(chain(ip6, rawIp)).toBe("Raw:IPv6");
    expect(chain("50", rawIp)).toBe("Raw");
    expect(build(rawIp(), four).length).toBe(20);
  });

  it("is found by Wireshark's name too", () => {
    expect(read(ip, rawIp).require("raw").layer.schema.name).toBe("rawIp");
  });
});

describe("Cisco HDLC", () => {
  it("reads EtherTypes, keepalives and OSI's padding", () => {
    expect(chain(`0f000800 ${ip}`, chdlc)).toBe("C-HDLC:IPv4");
    const packet = read("8f008035 00000002 00000001 00000002 ffff 0527c5b90000", chdlc);
    expect(packet.require(slarp)).toMatchObject({ is: "keepalive", mySeq: 1, yourSeq: 2 });
    expect(read("8f00fefe 35 83", chdlc).require(chdlc).padding).toBe(0x35);
  });

  it("writes the protocol of what it carries", () => {
    expect(formatHex(build(chdlc(), four).bytes().subarray(0, 4))).toBe("0f000800");
    expect(formatHex(build(chdlc(), slarp.request()).bytes().subarray(0, 8))).toBe(
      "0f00803500000000",
    );
  });
});
