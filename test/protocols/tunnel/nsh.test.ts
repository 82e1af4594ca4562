import { describe, expect, it } from "vitest";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";
import { udp } from "../../../src/protocols/transport/udp.ts";

import { nsh } from "../../../src/protocols/tunnel/nsh.ts";
import { vxlanGpe } from "../../../src/protocols/tunnel/vxlan.ts";

const dissector = createDissector([ethernet, ipv4, ipv6, udp, vxlanGpe, nsh]);
const inner = "45000014000000004000fd00c0000201c0000202";

describe("NSH", () => {
  it("reads metadata of both types", () => {
    const fixed = dissector.dissect(
      parseHex(`0fc6 01 01 000005 fe ${"11".repeat(16)} ${inner}`),
      nsh,
    );
    expect(fixed.require(nsh)).toMatchObject({ ttl: 63, length: 6, spi: 5, si: 254, metadata: [] });
    expect(String(fixed.chain)).toBe("NSH:IPv4");
    const variable = dissector.dissect(
      parseHex(`0fc5 02 01 000005 fe 0001 02 01 aa000000 0002 03 00 ${inner}`),
      nsh,
    );
    expect(variable.require(nsh).metadata).toMatchObject([
      { metadataClass: 1, type: 2, length: 1 },
      { metadataClass: 2, type: 3, length: 0 },
    ]);
    expect(String(variable.chain)).toBe("NSH:IPv4");
  });

  it("builds lengths and the next protocol", () => {
    const packet = build(
      vxlanGpe(),
      nsh({ spi: 9, metadata: [{ metadataClass: 1, data: Uint8Array.of(1) }] }),
      ipv6(),
    );
    expect(packet.require(nsh)).toMatchObject({ length: 4, nextProtocol: 2, mdType: 2 });
    expect(packet.require(vxlanGpe).nextProtocol).toBe(4);
    expect(String(dissector.dissect(packet.bytes().slice(), vxlanGpe).chain)).toBe(
      "VXLAN-GPE:NSH:IPv6",
    );
    const framed = build(ethernet(), nsh(), ethernet());
    expect(framed.require(ethernet).type).toBe(0x894f);
    expect(framed.require(nsh)).toMatchObject({ length: 2, nextProtocol: 3 });
  });

  it("takes a length that does not fit", () => {
    for (const hex of [
      "0fc0 02 01 00000500",
      "0fff 02 01 00000500",
      "0fc3 02 01 00000500 0001027f",
    ])
      expect(String(dissector.dissect(parseHex(hex), nsh).chain)).toBe("NSH");
  });
});
