import { describe, expect, it } from "vitest";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { arp } from "../../../src/protocols/link/arp.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { llc } from "../../../src/protocols/link/llc.ts";
import { vntag } from "../../../src/protocols/link/vntag.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";

const dissector = createDissector([vntag, ethernet, llc, arp, ipv4, ipv6]);
const inner = "45000014000000004000fd00c0000201c0000202";

describe("VN-Tag", () => {
  it("reads the header and what it carries", () => {
    const packet = dissector.dissect(
      parseHex(`020000000002 020000000003 8926 80330042 0800 ${inner}`),
      ethernet,
    );
    expect(packet.require(vntag)).toMatchObject({
      direction: true,
      dst: 0x33,
      src: 0x42,
      type: 0x0800,
    });
    expect(String(packet.chain)).toBe("Ethernet:VN-Tag:IPv4");
  });

  it("tells the padding of the frame from octets behind the payload", () => {
    const view = dissector
      .dissect(
        parseHex(`020000000002 020000000003 8926 80330042 0800 ${inner} ${"00".repeat(20)} 0102`),
        ethernet,
      )
      .require(vntag);
    expect([view.padding?.length, view.trailer]).toEqual([20, Uint8Array.of(1, 2)]);
  });

  it("builds over its EtherType", () => {
    const parts = [ipv4()] as const;
    const packet = build(ethernet(), vntag({ src: 66 }), ...parts);
    expect(packet.require(ethernet).type).toBe(0x8926);
    expect(String(dissector.dissect(packet.bytes().slice(), ethernet).chain)).toBe(
      "Ethernet:VN-Tag:IPv4",
    );
  });

  it("takes cut headers", () => {
    const bytes = parseHex("020000000002 020000000003 8926 80330042 0800");
    for (let n = 0; n <= bytes.length; n++)
      expect(() => String(dissector.dissect(bytes.slice(0, n), ethernet).chain)).not.toThrow();
  });
});
