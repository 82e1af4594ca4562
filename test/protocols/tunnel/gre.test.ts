import { describe, expect, it } from "vitest";
import { foldSum, sum16 } from "../../../src/bytes/checksum.ts";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { erspan } from "../../../src/protocols/tunnel/erspan.ts";
import { gre, pptpGre } from "../../../src/protocols/tunnel/gre.ts";

const dissector = createDissector([ethernet, ipv4, gre, pptpGre, erspan]);
const outer = ipv4({ src: "10.0.0.1", dst: "10.0.0.2" });
const inner = ipv4({ src: "192.0.2.1", dst: "192.0.2.2", protocol: 253 });
const chainOf = (bytes: Uint8Array) => String(dissector.dissect(bytes.slice(), ipv4).chain);

describe("GRE", () => {
  it("reads the parts that its flags announce", () => {
    const view = dissector
      .dissect(parseHex("b000 0000 1234 0000 00000005 00000006 aa"), gre)
      .require(gre);
    expect(view).toMatchObject({ checksum: 0x1234, offset: 0, key: 5, seq: 6, protocol: 0 });
    expect(view.flags).toMatchObject({
      checksum: true,
      routing: false,
      key: true,
      sequence: true,
      version: 0,
    });
  });

  it("sets a flag with its part, and finds what it carries", () => {
    const packet = build(outer, gre({ key: 5, seq: 6 }), inner);
    expect(packet.require(gre)).toMatchObject({ protocol: 0x0800, checksum: undefined });
    expect(packet.require(gre).flags.value).toBe(0x3000);
    expect(packet.require(ipv4).protocol).toBe(47);
    expect(chainOf(packet.bytes())).toBe("IPv4:GRE:IPv4");
    expect(chainOf(build(outer, gre(), ethernet(), inner).bytes())).toBe("IPv4:GRE:Ethernet:IPv4");
  });

  it("computes its checksum over header and payload", () => {
    const bytes = build(gre({ flags: { checksum: true } }), inner).bytes();
    expect(foldSum(sum16(bytes, 0, bytes.length))).toBe(0);
  });

  it("reads source routes up to the empty one", () => {
    const packet = dissector.dissect(
      parseHex("4000 0800 0000 0000 0800 00 04 0a000001 0000 00 00 aa"),
      gre,
    );
    expect(packet.require(gre).routing.map((r) => r.length)).toEqual([4, 0]);
    expect(packet.raw).toEqual(Uint8Array.of(0xaa));
  });

  it("tells WCCP with a redirect header from WCCP without", () => {
    const redirect = build(
      gre({ protocol: 0x883e, redirect: { dynamicService: true, serviceId: 89 } }),
      inner,
    );
    const view = dissector.dissect(redirect.bytes().slice(), gre);
    expect(view.require(gre).redirect).toMatchObject({ dynamicService: true, serviceId: 89 });
    expect(String(view.chain)).toBe("GRE:IPv4");
    expect(
      String(
        dissector.dissect(
          build(gre({ protocol: 0x883e }), inner)
            .bytes()
            .slice(),
          gre,
        ).chain,
      ),
    ).toBe("GRE:IPv4");
  });

  it("cuts parts off without failing", () => {
    const packet = dissector.dissect(parseHex("3000 0800 000000"), gre);
    expect(packet.require(gre)).toMatchObject({ key: undefined, seq: undefined });
    expect(packet.error?.kind).toBe("truncated");
  });
});

describe("GRE of PPTP", () => {
  it("is told by its version and ends its payload where its length says", () => {
    const packet = dissector.dissect(
      parseHex(
        "45000026 00000000 402f0000 0a000001 0a000002 3081 880b 0002 0018 00000001 ffffffff aabb",
      ),
      ipv4,
    );
    expect(String(packet.chain)).toBe("IPv4:GRE");
    expect(packet.require(pptpGre)).toMatchObject({
      payloadLength: 2,
      callId: 24,
      seq: 1,
      ack: 0xffffffff,
    });
    expect(packet.get(gre)).toBeUndefined();
  });

  it("builds with flags and length", () => {
    const packet = build(outer, pptpGre({ callId: 5, ack: 7 }), "abc");
    expect(packet.require(pptpGre)).toMatchObject({
      payloadLength: 3,
      seq: undefined,
      protocol: 0x880b,
    });
    expect(packet.require(pptpGre).flags.value).toBe(0x2081);
  });
});

describe("ERSPAN", () => {
  it("reads and builds type II", () => {
    const packet = build(
      outer,
      gre({ seq: 1 }),
      erspan.typeTwo({ vlan: 5, cos: 2, sessionId: 6, index: 7 }),
      ethernet(),
      inner,
    );
    expect(packet.require(gre).protocol).toBe(0x88be);
    expect(chainOf(packet.bytes())).toBe("IPv4:GRE:ERSPAN:Ethernet:IPv4");
    expect(packet.require(erspan)).toMatchObject({ is: "typeTwo", version: 1, vlan: 5, index: 7 });
  });

  it("takes GRE without sequence numbers for type I, a bare frame", () => {
    expect(chainOf(build(outer, gre({ protocol: 0x88be }), ethernet(), inner).bytes())).toBe(
      "IPv4:GRE:Ethernet:IPv4",
    );
  });

  it("reads the platform's subheader of type III", () => {
    const built = build(
      erspan.typeThree({ vlan: 3, timestamp: 4, subheader: { is: "port", port: 5, timestamp: 6 } }),
      ethernet(),
    );
    const view = dissector.dissect(built.bytes().slice(), erspan).require(erspan);
    if (view.is !== "typeThree") throw new Error("no type III");
    expect(view).toMatchObject({ version: 2, optional: true, timestamp: 4 });
    expect(view.subheader).toMatchObject({ is: "port", platformId: 3, port: 5, timestamp: 6 });
  });
});
