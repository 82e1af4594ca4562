import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatEui64,
  formatIpv4,
  formatIpv6,
  formatMac,
  parseEui64,
  parseIpv4,
  parseIpv6,
  parseMac,
  writeIpv4,
  writeIpv6,
  writeMac,
} from "../../src/bytes/address.ts";
import { parseHex } from "../../src/bytes/hex.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe("MAC addresses and EUI-64", () => {
  it("come back from their text", () => {
    fc.assert(fc.property(bytes(6), (b) => void expect(parseMac(formatMac(b, 0))).toEqual(b)));
    fc.assert(fc.property(bytes(8), (b) => void expect(parseEui64(formatEui64(b, 0))).toEqual(b)));
  });

  it("are read in every common form", () => {
    const expected = Uint8Array.of(0x02, 0x1a, 0x2b, 0x3c, 0x4d, 0xfe);
    for (const text of ["02:1a:2b:3c:4d:fe", "02-1A-2B-3C-4D-FE", "021a.2b3c.4dFE"]) {
      expect(parseMac(text)).toEqual(expected);
    }
    expect(parseMac("021a2b3c4dfe")).toEqual(expected);
    expect(parseEui64("0011.2233.4455.66fF")).toEqual(parseHex("00112233445566ff"));
  });

  it("are refused when malformed, and the packet stays as it was", () => {
    const into = new Uint8Array(8).fill(7);
    for (const text of [
      "",
      "02:1a:2b:3c:4d",
      "02:1a:2b:3c:4d:fg",
      "02:1a-2b:3c:4d:fe",
      "021a:2b3c:4dfe",
    ]) {
      expect(() => writeMac(text, into, 1)).toThrow(new TypeError(`not a MAC address: "${text}"`));
    }
    expect(into).toEqual(new Uint8Array(8).fill(7));
    expect(() => parseEui64("02:1a:2b:3c:4d:fe")).toThrow("not an EUI-64");
  });
});

describe("IPv4 addresses", () => {
  it("come back from their text", () => {
    fc.assert(fc.property(bytes(4), (b) => void expect(parseIpv4(formatIpv4(b, 0))).toEqual(b)));
  });

  it("are refused when malformed, and the packet stays as it was", () => {
    const into = new Uint8Array(6).fill(7);
    const wrong = [
      "",
      "1.2.3",
      "1.2.3.4.5",
      "1.2.3.256",
      "01.2.3.4",
      "1..2.3",
      "1.2.3.",
      ".1.2.3",
      "1.2.3.4 ",
      "a.b.c.d",
    ];
    for (const text of wrong) {
      expect(() => writeIpv4(text, into, 1)).toThrow(
        new TypeError(`not an IPv4 address: "${text}"`),
      );
    }
    expect(into).toEqual(new Uint8Array(6).fill(7));
    writeIpv4("192.0.2.255", into, 1);
    expect([...into]).toEqual([7, 192, 0, 2, 255, 7]);
  });
});

describe("IPv6 addresses", () => {
  const sparse = fc
    .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
      minLength: 8,
      maxLength: 8,
    })
    .map((groups) => Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255])));

  it("come back from their text", () => {
    fc.assert(fc.property(sparse, (b) => void expect(parseIpv6(formatIpv6(b, 0))).toEqual(b)));
  });

  // Right-hand sides printed by inet_ntop of glibc 2.36.
  it.each([
    ["00000000000000000000000000000000", "::"],
    ["00000000000000000000000000000001", "::1"],
    ["0000000000000000000000000000ffff", "::ffff"],
    ["00000000000000000000000000010002", "::0.1.0.2"],
    ["00000000000000000000000000010000", "::0.1.0.0"],
    ["00000000000000000000ffff01020304", "::ffff:1.2.3.4"],
    ["00000000000000000000ffff00000000", "::ffff:0.0.0.0"],
    ["20010db8000000010000000000000001", "2001:db8:0:1::1"],
    ["20010db8000000000001000000000001", "2001:db8::1:0:0:1"],
    ["20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1"],
    ["fe800000000000000000000000000000", "fe80::"],
    ["00010002000300040005000600070008", "1:2:3:4:5:6:7:8"],
  ])("%s prints as %s (RFC 5952)", (hex, text) => {
    expect(formatIpv6(parseHex(hex), 0)).toBe(text);
  });

  it("are read in every form of RFC 4291", () => {
    for (const text of [
      "2001:DB8:0:0:8:800:200C:417A",
      "2001:0db8::8:800:200c:417a",
      "2001:db8::8:800:32.12.65.122",
    ]) {
      expect(formatIpv6(parseIpv6(text), 0)).toBe("2001:db8::8:800:200c:417a");
    }
    expect(formatIpv6(parseIpv6("1:2:3:4:5:6:7::"), 0)).toBe("1:2:3:4:5:6:7:0");
    expect(formatIpv6(parseIpv6("::2:3:4:5:6:7:8"), 0)).toBe("0:2:3:4:5:6:7:8");
    expect(formatIpv6(parseIpv6("1:2:3:4:5:6:1.2.3.4"), 0)).toBe("1:2:3:4:5:6:102:304");
  });

  it("are refused when malformed, and the packet stays as it was", () => {
    const into = new Uint8Array(18).fill(7);
    const wrong = [
      ..."|:|:::|1|1:2:3:4:5:6:7|1:2:3:4:5:6:7:8:9|1::2::3|1:2:3:4:5:6:7:8::|::1:2:3:4:5:6:7:8".split(
        "|",
      ),
      ..."12345::|g::|fe80::1%eth0|1:2:3:4:5:6:7:1.2.3.4|::1.2.3|::1.2.3.4:5|1:|:1|1:2:3:4:5:6:7:|::1:".split(
        "|",
      ),
    ];
    for (const text of wrong) {
      expect(() => writeIpv6(text, into, 1), text).toThrow(
        new TypeError(`not an IPv6 address: "${text}"`),
      );
    }
    expect(into).toEqual(new Uint8Array(18).fill(7));
    writeIpv6("ff02::1:ff00:1", into, 1);
    expect(formatIpv6(into, 1)).toBe("ff02::1:ff00:1");
    expect([into[0], into[17]]).toEqual([7, 7]);
  });
});
