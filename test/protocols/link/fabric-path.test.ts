import { describe, expect, it } from "vitest";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { arp } from "../../../src/protocols/link/arp.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { fabricPath } from "../../../src/protocols/link/fabric-path.ts";
import { llc } from "../../../src/protocols/link/llc.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";

const dissector = createDissector([fabricPath, ethernet, llc, arp, ipv4, ipv6]);
const inner = "45000014000000004000fd00c0000201c0000202";

describe("FabricPath", () => {
  it("reads the header and what it carries", () => {
    const packet = dissector.dissect(
      parseHex(`020000000002 020000000003 8903 0fe0 001122334455 020000000001 0800 ${inner}`),
      ethernet,
    );
    expect(packet.require(fabricPath)).toMatchObject({ ftag: 63, ttl: 32 });
    expect(String(packet.chain)).toBe("Ethernet:FabricPath:Ethernet:IPv4");
  });

  it("builds over its EtherType", () => {
    const parts = [ethernet(), ipv4()] as const;
    const packet = build(ethernet(), fabricPath({ ftag: 3 }), ...parts);
    expect(packet.require(ethernet).type).toBe(0x8903);
    expect(String(dissector.dissect(packet.bytes().slice(), ethernet).chain)).toBe(
      "Ethernet:FabricPath:Ethernet:IPv4",
    );
  });

  it("takes cut headers", () => {
    const bytes = parseHex("020000000002 020000000003 8903 0fe0 001122334455 020000000001 0800");
    for (let n = 0; n <= bytes.length; n++)
      expect(() => String(dissector.dissect(bytes.slice(0, n), ethernet).chain)).not.toThrow();
  });
});
