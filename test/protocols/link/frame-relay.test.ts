import { describe, expect, it } from "vitest";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { arp } from "../../../src/protocols/link/arp.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { frameRelay } from "../../../src/protocols/link/frame-relay.ts";
import { llc } from "../../../src/protocols/link/llc.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";

const dissector = createDissector([frameRelay, ethernet, llc, arp, ipv4, ipv6]);
const inner = "45000014000000004000fd00c0000201c0000202";

const read = (hex: string) => dissector.dissect(parseHex(hex), frameRelay);

describe("frame relay", () => {
  it("carries IP by NLPID", () => {
    const packet = read(`18 41 03 cc ${inner}`);
    expect(packet.require(frameRelay)).toMatchObject({
      upperDlci: 6,
      secondDlci: 4,
      control: 3,
      nlpid: 0xcc,
    });
    expect(String(packet.chain)).toBe("FrameRelay:IPv4");
  });

  it("carries SNAP behind padding", () => {
    const packet = read(`18 41 03 00 80 000000 0800 ${inner}`);
    expect(packet.require(frameRelay)).toMatchObject({ pad: 0, nlpid: 0x80, oui: 0, pid: 0x0800 });
    expect(String(packet.chain)).toBe("FrameRelay:IPv4");
  });

  it("carries Cisco's EtherTypes", () => {
    expect(String(read(`48 e1 0800 ${inner}`).chain)).toBe("FrameRelay:IPv4");
  });

  it("reads addresses of three and four bytes", () => {
    expect(read(`80 ea 9d 0800 ${inner}`).require(frameRelay)).toMatchObject({
      lowerDlci: 0x27,
      etherType: 0x0800,
      thirdDlci: undefined,
    });
    expect(read(`b0 00 3a 01 0800 ${inner}`).require(frameRelay)).toMatchObject({
      thirdDlci: 0x1d,
      lowerDlci: 0,
      end4: true,
    });
  });

  it("builds either encapsulation", () => {
    const packet = build(frameRelay({ upperDlci: 6, secondDlci: 4 }), ipv4());
    expect(Buffer.from(packet.bytes().subarray(0, 4)).toString("hex")).toBe("184103cc");
    expect(String(dissector.dissect(packet.bytes().slice(), frameRelay).chain)).toBe(
      "FrameRelay:IPv4",
    );
    const v6 = build(frameRelay({ upperDlci: 6 }), ipv6());
    expect(v6.require(frameRelay).nlpid).toBe(0x8e);
  });

  it("reads numbered frames and control functions", () => {
    expect(read("1801 2c06 cc 45").require(frameRelay)).toMatchObject({ nlpid: 0xcc });
    expect(read("1801 2c06 cc 45").require(frameRelay).numbered).toMatchObject({ ns: 22, nr: 3 });
    expect(read(`80ea 9f 0800 ${inner}`).require(frameRelay)).toMatchObject({
      coreControl: 0x27,
      lowerDlci: undefined,
    });
  });

  it("takes cut frames", () => {
    for (const hex of ["18", "1841", "184103", "18410380", "1841038000", "18400000"])
      expect(() => String(read(hex).chain)).not.toThrow();
  });
});
