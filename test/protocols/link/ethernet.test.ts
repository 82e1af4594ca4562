import { describe, expect, it } from "vitest";
import { crc32 } from "../../../src/bytes/checksum.ts";
import { formatHex, parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { llc } from "../../../src/protocols/link/llc.ts";
import { backboneTag, serviceVlan, vlan } from "../../../src/protocols/link/vlan.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";

const dissector = createDissector([ethernet, vlan, serviceVlan, backboneTag, llc, ipv4]);
const read = (hex: string) => dissector.dissect(parseHex(hex), ethernet);

const addresses = "020000000001 020000000002";
/** An IPv4 header of 20 bytes without payload. */
const ip = "45000014 00010000 40110000 0a000001 0a000002";
const zeros = (count: number): string => "00".repeat(count);

describe("Ethernet", () => {
  it("tells a length from an EtherType", () => {
    const packet = read(`${addresses} 0003 424203 ${zeros(43)}`);
    expect(String(packet.chain)).toBe("Ethernet:LLC");
    expect(packet.require(ethernet).padding?.length).toBe(43);
    expect(String(read(`${addresses} 05dd ${zeros(46)}`).chain)).toBe("Ethernet");
    expect(read(`${addresses} 0000 ${zeros(46)}`).raw.length).toBe(46);
  });

  it("splits what follows the payload into padding, trailer and frame check sequence", () => {
    const padded = read(`${addresses} 0800 ${ip} ${zeros(26)}`).require(ethernet);
    expect(padded.padding).toEqual(new Uint8Array(26));
    expect(padded.trailer).toEqual(new Uint8Array());
    expect(padded.fcs).toBeUndefined();

    const checked = read(`${addresses} 0800 ${ip} ${zeros(26)} 11 22334455`).require(ethernet);
    expect(checked.padding?.length).toBe(26);
    expect(checked.trailer).toEqual(Uint8Array.of(0x11));
    expect(checked.fcs).toBe(0x22334455);
  });

  it("takes bytes that are not zero for a trailer", () => {
    const view = read(`${addresses} 0800 ${ip} ${"01".repeat(26)}`).require(ethernet);
    expect(view.padding).toEqual(new Uint8Array());
    expect(view.trailer?.length).toBe(26);
    const short = read(`${addresses} 0800 ${ip} ${zeros(10)}`).require(ethernet);
    expect(short.trailer?.length).toBe(10);
  });

  it("gives trailers back as they were", () => {
    const packet = read(`${addresses} 0800 ${ip} ${zeros(26)} 11 22334455`);
    packet.set(ethernet, { src: "02:00:00:00:00:09" });
    expect(formatHex(packet.bytes().subarray(34))).toBe(`${zeros(26)}1122334455`);
  });

  it("writes lengths, EtherTypes and a given frame check sequence", () => {
    const plain = build(ethernet(), ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }));
    expect(plain.require(ethernet).type).toBe(0x0800);
    const bytes = plain.bytes();
    const fcs = crc32(bytes);
    const checked = build(ethernet({ fcs }), ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }));
    expect(checked.length).toBe(bytes.length + 4);
    expect(build(ethernet(), llc(), "abc").require(ethernet).type).toBe(6);
  });

  it("keeps what is cut off as bytes", () => {
    const packet = read("0200000000 01");
    expect(packet.error).toMatchObject({ kind: "truncated", protocol: "ethernet" });
    expect(packet.raw.length).toBe(6);
    expect(read(`${addresses} 0020 424203`).error).toMatchObject({ kind: "truncated" });
  });
});

describe("VLAN tags", () => {
  it("are one layer each, the innermost owning what follows the payload", () => {
    const packet = read(`${addresses} 88a8 e01e 8100 7064 0800 ${ip} ${zeros(18)} 0102`);
    expect(String(packet.chain)).toBe("Ethernet:802.1ad:VLAN:IPv4");
    expect(packet.require(serviceVlan)).toMatchObject({ priority: 7, dei: false, id: 30 });
    expect(packet.require(vlan)).toMatchObject({ priority: 3, dei: true, id: 100, type: 0x0800 });
    expect(packet.require(vlan).padding?.length).toBe(18);
    expect(packet.require(vlan).trailer).toEqual(Uint8Array.of(1, 2));
    expect(packet.require(ethernet).trailer).toBeUndefined();
  });

  it("may end in a length", () => {
    const packet = read(`${addresses} 8100 0001 0003 424203 ${zeros(42)}`);
    expect(String(packet.chain)).toBe("Ethernet:VLAN:LLC");
    expect(packet.require(vlan).type).toBe(3);
  });

  it("build from what is given", () => {
    const packet = build(
      ethernet(),
      serviceVlan({ id: 5 }),
      vlan({ id: 6, priority: 2 }),
      backboneTag({ serviceId: 0x123456, dst: "02:00:00:00:00:03" }),
      ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }),
    );
    expect(formatHex(packet.bytes().subarray(12, 40))).toBe(
      "88a80005810040068 8e700123456020000000003000000000000 0800".replaceAll(" ", ""),
    );
    expect(() => build(vlan({ id: 4096 }))).toThrow(/vlan\.id: 4096 is not in 0\.\.4095/);
  });
});
