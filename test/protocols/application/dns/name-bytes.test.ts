import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../../src/bytes/dump.ts";
import {
  domainNameFromBytes,
  domainNameToBytes,
} from "../../../../src/protocols/application/dns/name-bytes.ts";
import { hex } from "../../../support/packets.ts";

describe("a domain name outside a message", () => {
  it("becomes bytes, and a name again", () => {
    expect(hex(domainNameToBytes("www.example.com"))).toBe("03777777076578616d706c6503636f6d00");
    expect(hex(domainNameToBytes("a.b."))).toBe("0161016200");
    expect(hex(domainNameToBytes("."))).toBe("00");
    expect(hex(domainNameToBytes("a\\.b.\\255"))).toBe("03612e6201ff00");
    fc.assert(
      fc.property(fc.domain(), (name) => {
        const bytes = domainNameToBytes(name);
        expect(domainNameFromBytes(bytes)).toEqual({ name, length: bytes.length });
      }),
    );
  });

  it("is found where it lies, with pointers from the message's start", () => {
    const bytes = fromHex("ffff 000000000000000000000000 0161016200 0163c00c ff");
    expect(domainNameFromBytes(bytes, 14)).toEqual({ name: "a.b", length: 5 });
    expect(domainNameFromBytes(bytes, 19, 2)).toEqual({ name: "c.a.b", length: 4 });
  });

  it("is none where the bytes are not", () => {
    for (const text of ["", "01", "0161", "40", "c000", `3f${"61".repeat(63)}`])
      expect(domainNameFromBytes(fromHex(text))).toBeUndefined();
    expect(domainNameFromBytes(fromHex("00"), 1)).toBeUndefined();
    expect(domainNameFromBytes(fromHex("00"), -1)).toBeUndefined();
  });

  it("is refused when it is too long or empty inside", () => {
    expect(() => domainNameToBytes("a..b")).toThrow(TypeError);
    expect(() => domainNameToBytes("a".repeat(64))).toThrow(RangeError);
    expect(() => domainNameToBytes("a.".repeat(128))).toThrow(RangeError);
  });
});
