import { describe, expect, it } from "vitest";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { cipsoTag } from "../../../src/protocols/network/cipso.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { ipv4Option } from "../../../src/protocols/network/ipv4-options.ts";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";
import { udp } from "../../../src/protocols/transport/udp.ts";

const dissector = createDissector([ipv4, ipv6, udp]);
const addresses = { src: "192.0.2.1", dst: "192.0.2.2" };
/** The options of a header with these bytes behind its 20, as text of what they are. */
const read = (hex: string) => {
  const options = parseHex(hex);
  const header = build(ipv4({ ...addresses, rest: options })).bytes();
  return dissector.dissect(header, ipv4).require(ipv4).options;
};

describe("IPv4", () => {
  it("reads options up to the end mark, and the type's three parts", () => {
    const options = read("94040000 01 00 ffff");
    expect(options.map((o) => o.is)).toEqual(["routerAlert", "noOperation", "endOfOptionsList"]);
    expect(options[0]?.type).toMatchObject({ value: 148, copy: true, class: 0, number: 20 });
    expect(options[0]).toMatchObject({ length: 4, value: 0 });
  });

  it("reads timestamps alone and with addresses", () => {
    const [alone] = read("440c0500 00000001 00000002");
    expect(alone?.is === "timestamp" && alone.timestamps.map((t) => t.time)).toEqual([1, 2]);
    const [both] = read("440c0521 0a000001 00000002");
    if (both?.is !== "timestamp") throw new Error("no timestamp");
    expect(both).toMatchObject({ overflow: 2, flag: 1 });
    expect(both.entries[0]).toMatchObject({ address: "10.0.0.1", time: 2 });
    expect(both.timestamps).toEqual([]);
  });

  it("reads both forms of the security option", () => {
    const [new_] = read("8205ab 91 08 000000");
    if (new_?.is !== "security") throw new Error("no security option");
    expect(new_.level).toBe(0xab);
    expect(new_.authorities.map((a) => a.flags.value)).toEqual([0x91, 0x08]);
    const [old] = read("820bf135 0005 4142 434445 00");
    expect(old).toMatchObject({ security: 0xf135, compartments: 5, controlCode: 0x434445 });
  });

  it("builds options with lengths, padding and header length", () => {
    const packet = build(
      ipv4({
        ...addresses,
        options: [
          ipv4Option.recordRoute({ route: [{ address: "1.2.3.4" }, {}] }),
          ipv4Option.cipso({
            domain: 3,
            tags: [cipsoTag.enumerated({ level: 2, categories: [{ category: 5 }] })],
          }),
        ],
      }),
    );
    expect(packet.require(ipv4)).toMatchObject({ ihl: 11, len: 44 });
    expect([...packet.bytes().subarray(20)]).toEqual([
      ...parseHex("070b04 01020304 00000000 860c 00000003 0206 00 02 0005 00"),
    ]);
    const again = dissector.dissect(packet.bytes(), ipv4).require(ipv4).options;
    expect(again.map((o) => o.is).slice(0, 2)).toEqual(["recordRoute", "cipso"]);
  });

  it("keeps the bytes of an option that nobody knows", () => {
    const [option] = read("5e040102");
    expect(option?.is).toBe("unknown");
    expect(option?.is === "unknown" && [...option.data!]).toEqual([1, 2]);
  });

  it("sums the last address of a source route into upper checksums", () => {
    const route = (pointer: number) =>
      build(
        ipv4({
          ...addresses,
          options: [ipv4Option.looseSourceRoute({ pointer, route: [{ address: "192.0.2.9" }] })],
        }),
        udp({ srcPort: 1, dstPort: 2 }),
        "hello",
      ).require(udp).checksum;
    const direct = (dst: string) =>
      build(ipv4({ ...addresses, dst }), udp({ srcPort: 1, dstPort: 2 }), "hello").require(udp)
        .checksum;
    expect(route(4)).toBe(direct("192.0.2.9"));
    expect(route(8)).toBe(direct("192.0.2.2"));
  });

  it("ends a list at an option that does not fit, and says so", () => {
    const packet = dissector.dissect(
      build(ipv4({ ...addresses, rest: parseHex("01 07ff04") }), "payload").bytes(),
      ipv4,
    );
    expect(packet.require(ipv4).options.map((o) => o.is)).toEqual(["noOperation"]);
    expect(packet.error).toMatchObject({ kind: "malformed", field: "options" });
  });

  it("carries IPv4 and IPv6", () => {
    expect(build(ipv4(addresses), ipv4(addresses)).require(ipv4).protocol).toBe(4);
    const packet = build(ipv4(addresses), ipv6({ dst: "2001:db8::1" }));
    expect(packet.require(ipv4).protocol).toBe(41);
    expect(String(dissector.dissect(packet.bytes(), ipv4).chain)).toBe("IPv4:IPv6");
  });

  it("says where the header is cut short", () => {
    const packet = dissector.dissect(
      parseHex("4600 0018 0000 0000 40 11 0000 c0000201 c0000202 07"),
      ipv4,
    );
    expect(packet.error).toMatchObject({ kind: "truncated", field: "header", needed: 24 });
  });
});
