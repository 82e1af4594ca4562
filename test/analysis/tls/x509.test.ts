import { describe, expect, it } from "vitest";
import { derOid, derText, derTime, readDer } from "../../../src/analysis/tls/der.ts";
import { readCertificate } from "../../../src/analysis/tls/x509.ts";
import { parseHex } from "../../../src/bytes/hex.ts";
import { Seeded } from "../../../src/packet/seeded.ts";
import { ecCertificate, rsaCertificate } from "./samples.ts";

const at = (text: string): number => Date.parse(text) / 1000;
const element = (hex: string) => {
  const bytes = parseHex(hex);
  return { bytes, one: readDer(bytes, 0, bytes.length)! };
};

describe("certificates", () => {
  it("say who they are for, and with which key", () => {
    expect(readCertificate(ecCertificate)).toMatchObject({
      version: 3,
      serial: "1234",
      signatureAlgorithm: "ecdsaWithSHA256",
      issuer: "C=DE, O=Example\\, Inc., CN=example.com",
      subject: "C=DE, O=Example\\, Inc., CN=example.com",
      subjectAttributes: [
        { type: "2.5.4.6", value: "DE" },
        { type: "2.5.4.10", value: "Example, Inc." },
        { type: "2.5.4.3", value: "example.com" },
      ],
      notBefore: at("2026-11-21T11:37:22Z"),
      notAfter: at("2036-11-18T11:37:22Z"),
      names: ["example.com", "*.example.com", "192.0.2.1", "2001:db8::1", "http://example.com/"],
      keyType: "ec",
      keyBits: 256,
      isAuthority: true,
      sha1: "3288ed90357bf6e6bbc58cfa3c0df56095e5a404",
      sha256: "383ede98c82faa50ce6ae05499c421b1ecf3e0458f6217ba9eb2d26ab69fa5f9",
    });
  });

  it("with a key of RSA, an old signature and a time after 2049", () => {
    expect(readCertificate(rsaCertificate)).toMatchObject({
      serial: "07",
      signatureAlgorithm: "sha1WithRSAEncryption",
      subject: "CN=Old CA, emailAddress=a@example.com",
      notAfter: at("2109-01-10T11:37:22Z"),
      names: [],
      keyType: "rsa",
      keyBits: 1024,
      sha256: "53606ec846978db4c43ab08301c0b648e7a58660f066f43c4d606c724eb3a89b",
    });
  });

  it("cut anywhere, or wrong in any byte, are read as far as they go and throw nothing", () => {
    for (let end = 0; end < ecCertificate.length; end++)
      expect(readCertificate(ecCertificate.subarray(0, end))).toBeNull();
    const random = new Seeded(4);
    let read = 0;
    for (let round = 0; round < 3000; round++) {
      const bytes = (round % 2 === 0 ? ecCertificate : rsaCertificate).slice();
      for (let n = random.upTo(4); n >= 0; n--)
        bytes[random.upTo(bytes.length - 1)] = random.upTo(255);
      if (readCertificate(bytes) !== null) read++;
    }
    expect(read).toBeGreaterThan(1000);
  });
});

describe("DER", () => {
  it("has lengths of one byte and of more, and no element beyond the end", () => {
    expect(element("0403010203").one).toEqual({ tag: 4, start: 0, from: 2, end: 5 });
    expect(element("048103010203").one).toMatchObject({ from: 3, end: 6 });
    for (const wrong of ["04", "0404010203", "0480010203", "0485000000000001", "1f0100"])
      expect(element(wrong).one).toBeNull();
  });

  it("has identifiers, times and texts of several kinds", () => {
    const oid = (hex: string) => derOid(element(hex).bytes, element(hex).one);
    expect(oid("0603551d11")).toBe("2.5.29.17");
    expect(oid("06062a864886f70d")).toBe("1.2.840.113549");
    expect(oid("0603883703")).toBe("2.999.3");
    const time = (tag: string, text: string) => {
      const hex = Buffer.from(text).toString("hex");
      const { bytes, one } = element(`${tag}${text.length.toString(16).padStart(2, "0")}${hex}`);
      return derTime(bytes, one);
    };
    expect(time("17", "491231235959Z")).toBe(at("2049-12-31T23:59:59Z"));
    expect(time("17", "500101000000Z")).toBe(at("1950-01-01T00:00:00Z"));
    expect(time("18", "20500101000000Z")).toBe(at("2050-01-01T00:00:00Z"));
    expect(time("18", "yesterday")).toBeNull();
    const text = (hex: string) => derText(element(hex).bytes, element(hex).one);
    expect(text("0c03e282ac")).toBe("\u20ac");
    expect(text("1e0420ac0041")).toBe("\u20acA");
    expect(text("1c040001f600")).toBe("\u{1f600}");
    expect(text("1402e941")).toBe("\u00e9A");
  });
});
