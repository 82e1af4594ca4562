import { describe, expect, it } from "vitest";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import {
  mpls,
  mplsLabels,
  pwAssociatedChannel,
  pwEthernet,
} from "../../../src/protocols/tunnel/mpls.ts";

const protocols = [ethernet, ipv4, mpls];
const dissector = createDissector(protocols);
const inner = ipv4({ src: "192.0.2.1", dst: "192.0.2.2", protocol: 253 });
const frame = ethernet({ dst: "00:11:22:33:44:55", src: "00:11:22:33:44:66" });
const chainOf = (packet: { bytes(): Uint8Array }) =>
  String(dissector.dissect(packet.bytes().slice(), mpls).chain);

describe("MPLS", () => {
  it("shows each label of a stack", () => {
    const packet = dissector.dissect(
      parseHex("3030 5a 30 3030 bb 30 4500001400000000 40fd0000 c0000201 c0000202"),
      mpls,
    );
    expect(String(packet.chain)).toBe("MPLS:MPLS:IPv4");
    expect(packet.require(mpls)).toMatchObject({
      label: 0x30305,
      trafficClass: 5,
      bottom: false,
      ttl: 48,
    });
    expect(packet.require(mpls, mpls)).toMatchObject({
      label: 0x3030b,
      trafficClass: 5,
      bottom: true,
    });
  });

  it("marks the bottom of the stack when building", () => {
    const packet = build(ethernet(), mpls({ label: 100 }), mpls({ label: 101 }), inner);
    expect(packet.require(ethernet).type).toBe(0x8847);
    expect(packet.require(mpls).bottom).toBe(false);
    expect(packet.require(ethernet, mpls, mpls).bottom).toBe(true);
  });

  it("guesses what is under the last label", () => {
    const label = mpls({ label: 100 });
    expect(chainOf(build(label, inner))).toBe("MPLS:IPv4");
    expect(chainOf(build(label, frame, inner))).toBe("MPLS:Ethernet:IPv4");
    expect(chainOf(build(label, pwEthernet({ seq: 5 }), frame, inner))).toBe(
      "MPLS:PW-Ethernet:Ethernet:IPv4",
    );
    expect(chainOf(build(label, pwAssociatedChannel({ channelType: 0x21 }), inner))).toBe(
      "MPLS:PW-ACH:IPv4",
    );
    expect(chainOf(build(label, parseHex("a0000000")))).toBe("MPLS");
    expect(chainOf(build(label, parseHex("00010203")))).toBe("MPLS:PW-CW");
  });

  it("takes the protocol that a label was bound to", () => {
    const bound = createDissector(protocols, { bind: [mplsLabels.at(100, ethernet)] });
    const packet = bound.dissect(
      build(mpls({ label: 100 }), ethernet({ dst: "45:00:00:00:00:00" }), inner)
        .bytes()
        .slice(),
      mpls,
    );
    expect(String(packet.chain)).toBe("MPLS:Ethernet:IPv4");
  });

  it("ends a stack without bottom where the bytes end", () => {
    const packet = dissector.dissect(parseHex("00064040 0006"), mpls);
    expect(String(packet.chain)).toBe("MPLS");
    expect(packet.error?.kind).toBe("truncated");
  });
});
