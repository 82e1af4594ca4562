import { describe, expect, it } from "vitest";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";
import { udp } from "../../../src/protocols/transport/udp.ts";

import { teredo } from "../../../src/protocols/tunnel/teredo.ts";

const dissector = createDissector([udp, teredo, ipv6]);
const inner = `60000000 0000 3b 40 ${"fe80000000000000000000000000000".padEnd(32, "1")} ${"ff".padEnd(32, "0")}`;
const read = (hex: string) => dissector.dissect(parseHex(hex), teredo);

describe("Teredo", () => {
  it("reads both headers, one or none", () => {
    const both = read(`0001 02 01 aabb cc 0102030405060708 00 0000 f12a b9c82815 ${inner}`);
    expect(both.require(teredo)).toMatchObject({ clientIdLength: 2, obfuscatedPort: 0xf12a });
    expect(both.require(teredo).clientId).toEqual(parseHex("aabb"));
    expect(String(both.chain)).toBe("Teredo:IPv6");
    expect(String(read(`0000 f12a b9c82815 ${inner}`).chain)).toBe("Teredo:IPv6");
    expect(String(read(inner).chain)).toBe("Teredo:IPv6");
  });

  it("builds", () => {
    const plain = build(udp(), teredo(), ipv6());
    expect(plain.require(udp)).toMatchObject({ dstPort: 3544, len: 48 });
    const given = build(
      teredo({
        authenticationType: 1,
        clientId: Uint8Array.of(1, 2),
        originType: 0,
        obfuscatedPort: 7,
      }),
      ipv6(),
    );
    expect(given.require(teredo)).toMatchObject({ clientIdLength: 2, authenticationLength: 0 });
    expect(String(read(Buffer.from(given.bytes()).toString("hex")).chain)).toBe("Teredo:IPv6");
    expect(given.length).toBe(13 + 2 + 8 + 40);
  });

  it("takes cut headers", () => {
    for (const hex of ["0001ff00 00000000", "0000000000000000", "00010000000000000000000000"])
      expect(() => String(read(hex).chain)).not.toThrow();
  });
});
