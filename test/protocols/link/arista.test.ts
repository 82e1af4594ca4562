import { describe, expect, it } from "vitest";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { arista } from "../../../src/protocols/link/arista.ts";
import { arp } from "../../../src/protocols/link/arp.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { llc } from "../../../src/protocols/link/llc.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";

const dissector = createDissector([arista, ethernet, llc, arp, ipv4, ipv6]);
const inner = "45000014000000004000fd00c0000201c0000202";

describe("Arista", () => {
  it("reads the header and what it carries", () => {
    const packet = dissector.dissect(
      parseHex(`020000000002 020000000003 d28b 0001 0120 0001 00000002 0800 ${inner}`),
      ethernet,
    );
    expect(packet.require(arista)).toMatchObject({
      lowSeconds: 1,
      lowNanoseconds: 2,
      seconds: undefined,
      type: 0x0800,
    });
    expect(String(packet.chain)).toBe("Ethernet:Arista:IPv4");
  });

  it.each([
    ["0010", "TAI, 64 bits, first generation"],
    ["0011", "TAI, 64 bits, later hardware"],
    ["0111", "UTC, 64 bits, later hardware"],
  ])("reads the time of version %s: %s", (version) => {
    const packet = dissector.dissect(
      parseHex(`020000000002 020000000003 d28b 0001 ${version} 5ceeed58 19c38c2c 0800 ${inner}`),
      ethernet,
    );
    expect(packet.require(arista)).toMatchObject({ seconds: 1559162200, nanoseconds: 432245804 });
    expect(String(packet.chain)).toBe("Ethernet:Arista:IPv4");
  });

  it("knows no time of another sub-type", () => {
    const packet = dissector.dissect(
      parseHex(`020000000002 020000000003 d28b 0002 0010 00000001 00000002 0800 ${inner}`),
      ethernet,
    );
    expect(packet.require(arista)).toMatchObject({ seconds: undefined, type: undefined });
    expect(packet.raw).toHaveLength(10 + 20);
  });

  it("tells the padding of the frame from octets behind the payload", () => {
    const view = dissector
      .dissect(
        parseHex(
          `020000000002 020000000003 d28b 0001 0010 00000001 00000002 0800 ${inner} ${"00".repeat(12)} 0102`,
        ),
        ethernet,
      )
      .require(arista);
    expect([view.padding?.length, view.trailer]).toEqual([12, Uint8Array.of(1, 2)]);
  });

  it("builds over its EtherType", () => {
    const parts = [ipv4()] as const;
    const packet = build(ethernet(), arista({ seconds: 5, nanoseconds: 6 }), ...parts);
    expect(packet.require(ethernet).type).toBe(0xd28b);
    expect(String(dissector.dissect(packet.bytes().slice(), ethernet).chain)).toBe(
      "Ethernet:Arista:IPv4",
    );
  });

  it("takes cut headers", () => {
    const bytes = parseHex("020000000002 020000000003 d28b 0001 0120 0001 00000002 0800");
    for (let n = 0; n <= bytes.length; n++)
      expect(() => String(dissector.dissect(bytes.slice(0, n), ethernet).chain)).not.toThrow();
  });
});
