import { describe, expect, it } from "vitest";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { arcnet, arcnetLinux } from "../../../src/protocols/link/arcnet.ts";
import { arp } from "../../../src/protocols/link/arp.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { llc } from "../../../src/protocols/link/llc.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";

const dissector = createDissector([arcnet, arcnetLinux, ethernet, llc, arp, ipv4, ipv6]);
const inner = "45000014000000004000fd00c0000201c0000202";

const chain = (hex: string, first = arcnetLinux) =>
  String(dissector.dissect(parseHex(hex), first).chain);

describe("ARCnet", () => {
  it("carries the protocols of RFC 1051 without fragmentation", () => {
    expect(chain(`50 be 0000 f0 ${inner}`)).toBe("ARCnet:IPv4");
    expect(chain("be 00 ed08 f1 0007 0800 01 04 0001 be 0a508301 00 0a5083fe")).toBe("ARCnet:ARP");
    expect(chain("c0 00 e800 cd 8282 03 0120")).toBe("ARCnet:LLC");
  });

  it("carries those of RFC 1201 with it", () => {
    const packet = dissector.dissect(parseHex(`50 be d4 00 0007 ${inner}`), arcnet);
    expect(packet.require(arcnet)).toMatchObject({ splitFlag: 0, sequence: 7 });
    expect(String(packet.chain)).toBe("ARCnet:IPv4");
    const exception = dissector.dissect(parseHex(`50 be d4 ff ffff d4 00 0007 ${inner}`), arcnet);
    expect(exception.require(arcnet)).toMatchObject({ exceptionFlag: 255, sequence: 7 });
    expect(String(exception.chain)).toBe("ARCnet:IPv4");
  });

  it("builds the protocol id", () => {
    const packet = build(arcnet({ src: 1, dst: 2, protocolId: 0xd4, sequence: 9 }), ipv4());
    expect(Buffer.from(packet.bytes().subarray(0, 6)).toString("hex")).toBe("0102d4000009");
    expect(build(arcnetLinux({ protocolId: 0xf0 }), ipv4()).length).toBe(25);
  });
});
