import { describe, expect, it } from "vitest";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { arp } from "../../../src/protocols/link/arp.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { ipoib } from "../../../src/protocols/link/ipoib.ts";
import { llc } from "../../../src/protocols/link/llc.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";

const dissector = createDissector([ipoib, ethernet, llc, arp, ipv4, ipv6]);
const inner = "45000014000000004000fd00c0000201c0000202";

const gid = "fe800000000000000010e000664ab451";

describe("IP over InfiniBand", () => {
  it("reads frames without route header", () => {
    const packet = dissector.dissect(
      parseHex(`${"00".repeat(20)} 80 000550 ${gid} 0800 0000 ${inner}`),
      ipoib,
    );
    expect(packet.require(ipoib)).toMatchObject({ qpn: 0x550, dgid: "fe80::10:e000:664a:b451" });
    expect(String(packet.chain)).toBe("IPoIB:IPv4");
  });

  it("reads frames with one", () => {
    const packet = dissector.dissect(
      parseHex(`60 12 3456 00 000018 ${gid} ${gid} 0800 0000 ${inner}`),
      ipoib,
    );
    expect(packet.require(ipoib)).toMatchObject({
      ipVersion: 6,
      trafficClass: 1,
      flowLabel: 0x23456,
      sourceQpn: 0x18,
      qpn: undefined,
    });
    expect(String(packet.chain)).toBe("IPoIB:IPv4");
  });

  it("builds both forms", () => {
    const plain = build(ipoib({ qpn: 5, dgid: "fe80::1" }), ipv6());
    expect(plain.require(ipoib)).toMatchObject({ qpn: 5, type: 0x86dd });
    expect(plain.length).toBe(84);
    const routed = build(ipoib({ sourceQpn: 5, sgid: "fe80::1", dgid: "fe80::2" }), ipv4());
    expect(routed.require(ipoib)).toMatchObject({ ipVersion: 6, sgid: "fe80::1", type: 0x0800 });
    expect(routed.length).toBe(64);
  });
});
