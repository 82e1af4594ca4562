import { describe, expect, it } from "vitest";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { macsec } from "../../../src/protocols/link/macsec.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";

const dissector = createDissector([ethernet, macsec, ipv4, ipv6]);
const inner = "45000014000000004000fd00c0000201c0000202";
const icv = "079d1505db571783ceb1aec143e4e374";

describe("MACsec", () => {
  it("reads what is not encrypted", () => {
    const packet = dissector.dissect(
      parseHex(`20 16 00000042 caf9df4f509a 0064 0800 ${inner} ${icv}`),
      macsec,
    );
    expect(packet.require(macsec)).toMatchObject({
      shortLength: 22,
      pn: 66,
      port: 100,
      type: 0x800,
    });
    expect(packet.require(macsec).icv).toEqual(parseHex(icv));
    expect(String(packet.chain)).toBe("MACsec:IPv4");
    expect(packet.require(ipv4).layer.end).toBe(36);
  });

  it("leaves what is", () => {
    const packet = dissector.dissect(parseHex(`0c 00 00000001 ${"aa".repeat(60)} ${icv}`), macsec);
    expect(packet.require(macsec).type).toBeUndefined();
    expect(packet.require(macsec).icv).toEqual(parseHex(icv));
    expect(String(packet.chain)).toBe("MACsec");
  });

  it("builds the short length and the channel's presence", () => {
    const packet = build(ethernet(), macsec({ port: 1, icv: parseHex(icv) }), ipv4());
    expect(packet.require(macsec)).toMatchObject({ shortLength: 22, pn: 1, type: 0x0800 });
    expect(packet.require(macsec).tci.sci).toBe(true);
    expect(String(dissector.dissect(packet.bytes().slice(), ethernet).chain)).toBe(
      "Ethernet:MACsec:IPv4",
    );
  });

  it("takes cut tags", () => {
    for (const hex of ["2000000000", "200000000001aabb", "0000000000010800aa"])
      expect(() => String(dissector.dissect(parseHex(hex), macsec).chain)).not.toThrow();
  });
});
