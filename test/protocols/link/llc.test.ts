import { describe, expect, it } from "vitest";
import { formatHex, parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { arp } from "../../../src/protocols/link/arp.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { llc, snap } from "../../../src/protocols/link/llc.ts";
import { stp } from "../../../src/protocols/link/stp.ts";

const dissector = createDissector([ethernet, llc, snap, arp, stp]);
const read = (hex: string) => dissector.dissect(parseHex(hex), llc);

describe("LLC", () => {
  it("reads the three formats of the control field", () => {
    const xid = read("f0f1 bf 810102").require(llc);
    expect(xid.dsap).toMatchObject({ value: 0xf0, address: 0x78, group: false });
    expect(xid.ssap).toMatchObject({ address: 0x78, response: true });
    expect(xid.control).toMatchObject({ modifierHigh: 5, pf: true, modifierLow: 3, format: 3 });
    expect(xid.information).toBeUndefined();

    const ready = read("f0f0 0103").require(llc);
    expect(ready.supervisory).toMatchObject({ value: 0x0301, function: 0, nr: 1, pf: true });
    expect(ready.control).toBeUndefined();

    const data = read("f0f0 0468 0102").require(llc);
    expect(data.information).toMatchObject({ value: 0x6804, ns: 2, nr: 52, pf: false });
  });

  it("builds each of them", () => {
    const hex = (values: Parameters<typeof llc>[0]) => formatHex(build(llc(values)).bytes());
    expect(hex({ dsap: 0xf0, ssap: 0xf1 })).toBe("f0f103");
    expect(hex({ information: { ns: 2, nr: 52 } })).toBe("00000468");
    expect(hex({ supervisory: { nr: 1, pf: true } })).toBe("00000103");
  });

  it("writes the service access point of what it carries", () => {
    const packet = build(ethernet(), llc(), stp.topologyChange());
    expect(formatHex(packet.bytes().subarray(12))).toBe("000742420300000080");
    expect(String(dissector.dissect(packet.bytes(), ethernet).chain)).toBe("Ethernet:LLC:STP");
  });

  it("hands nothing on but information", () => {
    expect(read("4242 13 00000080").get(stp)).toBeUndefined();
    expect(read("aa42 03 000000 0806").get(snap)).toBeUndefined();
  });

  it("is cut at any byte without a fault that throws", () => {
    const bytes = parseHex("aaaa03 000000 0806 0001 0800 06 04 0001");
    for (let end = 0; end <= bytes.length; end++) {
      const packet = dissector.dissect(bytes.subarray(0, end), llc);
      expect(packet.error === null).toBe(end === 3 || end === 8);
    }
  });
});

describe("SNAP", () => {
  it("carries EtherTypes", () => {
    const packet = read(
      "aaaa03 000000 0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002",
    );
    expect(String(packet.chain)).toBe("LLC:SNAP:ARP");
    expect(packet.require(snap)).toMatchObject({ oui: 0, type: 0x0806, pid: undefined });
    const built = build(ethernet(), llc(), snap(), arp({ tpa: "10.0.0.2" }));
    expect(formatHex(built.bytes().subarray(12, 22))).toBe("0024aaaa030000000806");
  });

  it("carries protocols of organisations", () => {
    const packet = read("aaaa03 00000c 2000 02b4");
    expect(packet.require(snap)).toMatchObject({ oui: 12, type: undefined, pid: 0x2000 });
    const built = build(
      llc(),
      snap({ oui: 12 }),
      stp.rapid({ tlvs: [{ is: "originatingVlan", vlan: 2 }] }),
    );
    expect(formatHex(built.bytes().subarray(0, 8))).toBe("aaaa0300000c010b");
    const again = dissector.dissect(built.bytes(), llc).require(stp);
    expect(again.is === "rapid" && again.tlvs.map((t) => t.is)).toEqual(["originatingVlan"]);
  });

  it("carries bridged Ethernet", () => {
    const packet = read("aaaa03 0080c2 0007 0000 020000000001 020000000002 0000");
    expect(String(packet.chain)).toBe("LLC:SNAP:Ethernet");
  });
});
