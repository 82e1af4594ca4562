import { describe, expect, it } from "vitest";
import { isGrease } from "../../../src/analysis/tls/grease.ts";
import { type ClientOffer, emptyOffer } from "../../../src/analysis/tls/hello.ts";
import { ja3, ja3Hash, ja3s } from "../../../src/analysis/tls/ja3.ts";
import { ja4, ja4Text } from "../../../src/analysis/tls/ja4.ts";

const nothing: ClientOffer = { ...emptyOffer, version: 0x0303, compressionMethods: [0] };
const hex = (text: string): number[] => text.split(",").map((one) => Number.parseInt(one, 16));

/** What the description of JA4 shows as its example, a browser's hello with GREASE. */
const browser: ClientOffer = {
  ...nothing,
  versions: hex("0a0a,0304,0303"),
  cipherSuites: hex(
    "1a1a,1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035",
  ),
  extensions: hex(
    "2a2a,001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,3a3a,0015",
  ),
  alpn: ["h2", "http/1.1"],
  signatureAlgorithms: hex("0403,0804,0401,0503,0805,0501,0806,0601"),
};

describe("JA4", () => {
  it("gives the published fingerprint of a browser", () => {
    expect(ja4(browser)).toBe("t13d1516h2_8daaf6152771_e5627efa2ab1");
    expect(ja4Text(browser)).toBe(
      "t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_" +
        "0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_" +
        "0403,0804,0401,0503,0805,0501,0806,0601",
    );
    expect(ja4(browser, "q")).toMatch(/^q13d1516h2_/);
  });

  it("does not change with the order of suites and extensions, but with that of signature algorithms", () => {
    const reversed = (list: readonly number[]) => [...list].reverse();
    const other = {
      ...browser,
      cipherSuites: reversed(browser.cipherSuites),
      extensions: reversed(browser.extensions),
    };
    expect(ja4(other)).toBe(ja4(browser));
    const { signatureAlgorithms } = browser;
    expect(ja4({ ...browser, signatureAlgorithms: reversed(signatureAlgorithms) })).not.toBe(
      ja4(browser),
    );
  });

  it("has zeros for what is not there", () => {
    expect(ja4(nothing)).toBe("t12i000000_000000000000_000000000000");
    expect(ja4({ ...nothing, version: 0x0300 })).toMatch(/^ts3/);
    expect(ja4({ ...nothing, version: 0x1234 })).toMatch(/^t00/);
  });

  it("tells protocols by their first and last character, of others the digits of their bytes", () => {
    const alpn = (name: string) => ja4({ ...nothing, alpn: [name] }).slice(8, 10);
    expect(["h2", "http/1.1", "x", "\xab", "\x30\xab", "dot"].map(alpn)).toEqual([
      "h2",
      "h1",
      "xx",
      "ab",
      "3b",
      "dt",
    ]);
  });

  it("counts up to 99", () => {
    const many = Array.from({ length: 150 }, (_, i) => i);
    expect(ja4({ ...nothing, cipherSuites: many, extensions: [0] }).slice(3, 8)).toBe("d9901");
  });
});

describe("JA3", () => {
  it("gives a known hash", () => {
    const text = "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0";
    expect(ja3Hash(text)).toBe("ada70206e40642a3e4461f35503241d5");
  });

  it("leaves out GREASE, and the lists that are not there", () => {
    expect(ja3(browser)).toMatch(/^771,4865-4866-/);
    expect(ja3(nothing)).toBe("771,,,,");
    expect(isGrease(0x1a1a)).toBe(true);
    expect([0x1a2a, 0x0a1a, 0x0a0b, 0x1301].some(isGrease)).toBe(false);
  });

  it("of a server has version, suite and extensions", () => {
    const choice = {
      version: 0x0304,
      legacyVersion: 0x0303,
      cipherSuite: 4866,
      extensions: [43, 51],
      alpn: null,
      keyShare: 29,
      isRetry: false,
    };
    expect(ja3s(choice)).toBe("771,4866,43-51");
    expect(ja3Hash(ja3s(choice))).toBe("15af977ce25de452b96affa2addb1036");
  });
});
