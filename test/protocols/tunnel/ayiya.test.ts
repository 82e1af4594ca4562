import { describe, expect, it } from "vitest";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";
import { udp } from "../../../src/protocols/transport/udp.ts";

import { ayiya } from "../../../src/protocols/tunnel/ayiya.ts";

const dissector = createDissector([udp, ayiya, ipv4, ipv6]);

describe("AYIYA", () => {
  it("builds and reads signed tunnels", () => {
    const packet = build(
      udp(),
      ayiya({ hashMethod: 2, authMethod: 1, epoch: 5, signature: new Uint8Array(20) }),
      ipv6(),
    );
    expect(packet.require(ayiya)).toMatchObject({
      idLength: 4,
      signatureLength: 5,
      operation: 1,
      nextHeader: 41,
    });
    expect(packet.length).toBe(8 + 8 + 16 + 20 + 40);
    expect(packet.require(udp).dstPort).toBe(5072);
    expect(String(dissector.dissect(packet.bytes().slice(), udp).chain)).toBe("UDP:AYIYA:IPv6");
  });

  it("takes an identity that is cut", () => {
    const packet = dissector.dissect(parseHex("f1521129 00000000 0011"), ayiya);
    expect(String(packet.chain)).toBe("AYIYA");
    expect(packet.error).toBeDefined();
  });
});
