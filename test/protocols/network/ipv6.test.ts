import { describe, expect, it } from "vitest";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build, type Stackable } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { ah, esp, ipcomp } from "../../../src/protocols/network/ipsec.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";
import {
  destinationOptions,
  hopByHop,
  ipv6Fragment,
} from "../../../src/protocols/network/ipv6-extensions.ts";
import { ipv6Option } from "../../../src/protocols/network/ipv6-options.ts";
import { ipv6Routing, segmentRoutingTlv } from "../../../src/protocols/network/ipv6-routing.ts";
import { udp } from "../../../src/protocols/transport/udp.ts";

const dissector = createDissector([
  ipv4,
  ipv6,
  hopByHop,
  destinationOptions,
  ipv6Routing,
  ipv6Fragment,
  ah,
  esp,
  ipcomp,
  udp,
]);
const addresses = { src: "2001:db8::1", dst: "2001:db8::2" };
const datagram = udp({ srcPort: 1, dstPort: 2 });
const again = (...stack: Stackable[]) => dissector.dissect(build(...stack).bytes(), ipv6);
const checksumOver = (...below: Stackable[]) =>
  build(...below, datagram, "hello").require(udp).checksum;
const directly = (src: string, dst: string) => checksumOver(ipv6({ src, dst }));

describe("IPv6", () => {
  it("reads the fixed header", () => {
    const packet = dissector.dissect(
      parseHex(`6b81 2345 0008 11 40 20010db8000000000000000000000001
        20010db8000000000000000000000002 0001 0002 0008 0000`),
      ipv6,
    );
    expect(packet.require(ipv6)).toMatchObject({
      version: 6,
      dscp: 46,
      ecn: 0,
      flowLabel: 0x12345,
      len: 8,
      nextHeader: 17,
      hopLimit: 64,
      ...addresses,
    });
    expect(String(packet.chain)).toBe("IPv6:UDP");
  });

  it("computes length and next header, also through extension headers", () => {
    const packet = build(ipv6(addresses), hopByHop(), destinationOptions(), datagram);
    expect(packet.require(ipv6)).toMatchObject({ len: 24, nextHeader: 0 });
    expect(packet.require(hopByHop)).toMatchObject({ len: 0, nextHeader: 60 });
    expect(packet.require(destinationOptions).nextHeader).toBe(17);
    expect(build(ipv6(addresses), ipv4()).require(ipv6).nextHeader).toBe(4);
  });

  it("takes a length of zero for all that is there", () => {
    const jumbo = ipv6Option.jumboPayload({ jumboLength: 70008 });
    const packet = again(
      ipv6({ ...addresses, len: 0 }),
      hopByHop({ options: [jumbo] }),
      udp({ len: 0 }),
      new Uint8Array(69992),
    );
    expect(packet.error).toBeNull();
    expect(packet.raw).toHaveLength(69992);
  });

  it("ends at no next header", () => {
    const packet = again(ipv6({ ...addresses, nextHeader: 59 }), "rest");
    expect(String(packet.chain)).toBe("IPv6");
    expect(packet.raw).toHaveLength(4);
  });
});

describe("IPv6 options", () => {
  it("reads options one after the other, and the type's parts", () => {
    const packet = dissector.dissect(parseHex("3b01 05020000 c204 00011170 0102 0000"), hopByHop);
    const { options } = packet.require(hopByHop);
    expect(options.map((o) => o.is)).toEqual(["routerAlert", "jumboPayload", "padN"]);
    expect(options[1]?.type).toMatchObject({ value: 0xc2, action: 3, mutable: false, rest: 2 });
    expect(options[1]?.is === "jumboPayload" && options[1].jumboLength).toBe(70000);
  });

  it("gives back what it was built from, padded to whole words", () => {
    const given = [
      ipv6Option.smfDpd({ taggerType: 1, tagger: parseHex("0a0b"), identifier: parseHex("0c") }),
      ipv6Option.lineIdentification({ lineId: "port 7" }),
      ipv6Option.rpl({ flags: { o: true }, instance: 3, senderRank: 256 }),
      ipv6Option.calipso({ domain: 1, compartments: parseHex("80000000") }),
      ipv6Option.ioamHopByHop({
        trace: {
          nodeLength: 1,
          type: { bit0: true },
          nodes: [
            { hopLimit: 9, id: 5 },
            { hopLimit: 8, id: 6 },
          ],
        },
      }),
    ];
    const packet = again(ipv6(addresses), destinationOptions({ options: given }), datagram);
    expect(packet.error).toBeNull();
    const { options } = packet.require(destinationOptions);
    const [dpd, line, rpl, calipso, ioam] = options;
    if (dpd?.is !== "smfDpd" || ioam?.is !== "ioamHopByHop") throw new Error("other options");
    expect(dpd).toMatchObject({ taggerType: 1, taggerLength: 1, hash: false });
    expect([...dpd.tagger!, ...dpd.identifier!]).toEqual([10, 11, 12]);
    expect(line).toMatchObject({ lineIdLength: 6, lineId: "port 7" });
    expect(rpl?.is === "rpl" && rpl.flags.o).toBe(true);
    expect(calipso).toMatchObject({ compartmentLength: 1 });
    expect(ioam.trace?.nodes.map((n) => n.id)).toEqual([5, 6]);
    expect(options.slice(5).every((o) => o.is === "pad1")).toBe(true);
  });

  it("ends a list at an option that does not fit", () => {
    const packet = dissector.dissect(parseHex("3b00 05020000 0109"), hopByHop);
    expect(packet.require(hopByHop).options).toHaveLength(1);
    expect(packet.error?.field).toBe("options");
  });
});

describe("IPv6 routing header", () => {
  it("computes what upper checksums cover: the last segment and the home address", () => {
    const route = [{ address: "2001:db8::a" }, { address: "2001:db8::b" }];
    const ip = ipv6(addresses);
    const last = directly("2001:db8::1", "2001:db8::b");
    expect(checksumOver(ip, ipv6Routing.sourceRoute({ segmentsLeft: 2, addresses: route }))).toBe(
      last,
    );
    expect(checksumOver(ip, ipv6Routing.sourceRoute({ segmentsLeft: 0, addresses: route }))).toBe(
      directly("2001:db8::1", "2001:db8::2"),
    );
    expect(checksumOver(ip, ipv6Routing.type2({ segmentsLeft: 1, home: "2001:db8::b" }))).toBe(
      last,
    );
    const segments = [{ address: "2001:db8::b" }, { address: "2001:db8::2" }];
    expect(checksumOver(ip, ipv6Routing.segmentRouting({ segmentsLeft: 1, segments }))).toBe(last);
    const rpl = ipv6Routing.rpl({
      segmentsLeft: 1,
      cmprE: 15,
      last: parseHex("0b"),
      padding: new Uint8Array(7),
    });
    expect(checksumOver(ip, rpl)).toBe(last);
    const home = ipv6Option.homeAddress({ home: "2001:db8::99" });
    expect(checksumOver(ip, destinationOptions({ options: [home] }))).toBe(
      directly("2001:db8::99", "2001:db8::2"),
    );
  });

  it("reads a segment routing header with its TLVs", () => {
    const packet = again(
      ipv6(addresses),
      ipv6Routing.segmentRouting({
        tag: 7,
        segments: [{ address: "2001:db8::b" }, { address: "2001:db8::2" }],
        tlvs: [segmentRoutingTlv.hmac({ keyId: 9, hmac: new Uint8Array(8) })],
      }),
      datagram,
    );
    const route = packet.require(ipv6Routing);
    if (route.is !== "segmentRouting") throw new Error(route.is);
    expect(route).toMatchObject({ type: 4, len: 6, lastEntry: 1, tag: 7 });
    expect(route.segments.map((s) => s.address)).toEqual(["2001:db8::b", "2001:db8::2"]);
    expect(route.tlvs[0]).toMatchObject({ is: "hmac", length: 14, keyId: 9 });
    expect(String(packet.chain)).toBe("IPv6:IPv6-Route:UDP");
  });

  it("reads compressed addresses by the shared bytes of their header", () => {
    const packet = dissector.dissect(
      parseHex("3b01 0302 fe50 0000 0a 000b 0000000000"),
      ipv6Routing,
    );
    const route = packet.require(ipv6Routing);
    if (route.is !== "rpl") throw new Error(route.is);
    expect(route.addresses.map((a) => [...a.address!])).toEqual([[10]]);
    expect([...route.last!]).toEqual([0, 11]);
    expect(route.padding).toHaveLength(5);
  });

  it("keeps the data of another type, and builds a header without segments", () => {
    const packet = dissector.dissect(parseHex("3b00 6300 01020304"), ipv6Routing);
    const route = packet.require(ipv6Routing);
    expect(route.is === "unknown" && [...route.data!]).toEqual([1, 2, 3, 4]);
    expect(build(ipv6Routing.segmentRouting()).bytes()).toHaveLength(8);
  });
});

describe("IPv6 fragment header", () => {
  it("shows the upper layer of the first fragment only", () => {
    const fragment = (offset: number) =>
      again(
        ipv6(addresses),
        ipv6Fragment({ nextHeader: 17, offset, more: true, id: 7 }),
        parseHex("0001 0002 0010 0000"),
      );
    expect(String(fragment(0).chain)).toBe("IPv6:IPv6-Frag:UDP");
    expect(String(fragment(1).chain)).toBe("IPv6:IPv6-Frag");
    expect(fragment(1).require(ipv6Fragment)).toMatchObject({ offset: 1, more: true, id: 7 });
  });
});

describe("IPsec", () => {
  it("counts the authentication header in words of four bytes", () => {
    const packet = again(
      ipv6(addresses),
      ah({ spi: 5, seq: 6, icv: new Uint8Array(12) }),
      datagram,
    );
    expect(packet.require(ah)).toMatchObject({ nextHeader: 17, len: 4, spi: 5, seq: 6 });
    expect(packet.require(ah).icv).toHaveLength(12);
    expect(String(packet.chain)).toBe("IPv6:AH:UDP");
  });

  it("leaves encrypted and compressed bytes alone", () => {
    expect(again(ipv6(addresses), esp({ spi: 1, seq: 2 }), "secret").raw).toHaveLength(6);
    expect(again(ipv6(addresses), ipcomp({ cpi: 2 }), "deflated").raw).toHaveLength(8);
  });

  it("says where an authentication header is cut short", () => {
    expect(dissector.dissect(parseHex("1104 0000 00000005 00000006 00"), ah).error?.kind).toBe(
      "truncated",
    );
  });
});
