import { describe, expect, it } from "vitest";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { udp } from "../../../src/protocols/transport/udp.ts";
import { geneve, geneveOption } from "../../../src/protocols/tunnel/geneve.ts";
import { vxlan, vxlanGpe } from "../../../src/protocols/tunnel/vxlan.ts";

const dissector = createDissector([ethernet, ipv4, udp, vxlan, vxlanGpe, geneve]);
const inner = ipv4({ src: "192.0.2.1", dst: "192.0.2.2", protocol: 253 });

describe("VXLAN", () => {
  it("reads flags, policy and network", () => {
    const packet = dissector.dissect(
      parseHex("8848 0007 001389 00 ffffffffffff 020000000001 88b5 aa"),
      vxlan,
    );
    expect(packet.require(vxlan)).toMatchObject({ groupPolicyId: 7, vni: 5001 });
    expect(packet.require(vxlan).flags).toMatchObject({
      groupPolicy: true,
      vni: true,
      dontLearn: true,
      applied: true,
    });
    expect(String(packet.chain)).toBe("VXLAN:Ethernet");
  });

  it("builds over its port", () => {
    const packet = build(udp({ srcPort: 50000 }), vxlan({ vni: 77 }), ethernet(), inner);
    expect(packet.require(udp).dstPort).toBe(4789);
    expect(packet.require(vxlan).flags.value).toBe(0x0800);
    expect(String(dissector.dissect(packet.bytes().slice(), udp).chain)).toBe(
      "UDP:VXLAN:Ethernet:IPv4",
    );
  });
});

describe("VXLAN-GPE", () => {
  it("carries what its next protocol says, Ethernet where it says nothing", () => {
    const chain = (hex: string) =>
      String(dissector.dissect(parseHex(hex + "00".repeat(40)), vxlanGpe).chain);
    expect(chain("0c 0000 01 000005 00 4500002800000000")).toBe("VXLAN-GPE:IPv4");
    expect(chain("08 0000 01 000005 00")).toMatch(/^VXLAN-GPE:Ethernet/);
    expect(chain("0c 0000 63 000005 00")).toBe("VXLAN-GPE");
  });
});

describe("Geneve", () => {
  const google =
    "0a00 0800 000000 00 0132 01 01 800000d1 0132 02 04 0800000dc0a864020000000000000000 0132 03 02 0000000000001234";

  it("reads options by class and type", () => {
    const view = dissector.dissect(parseHex(google), geneve).require(geneve);
    expect(view.options.map((o) => o.is)).toEqual([
      "googleNetwork",
      "googleEndpoint",
      "googleProfile",
    ]);
    const [network, , profile] = view.options;
    expect(network).toMatchObject({ vnid: 0x800000d, egress: true });
    expect(profile).toMatchObject({ profile: 0x1234n });
  });

  it("counts options in words when building", () => {
    const option = geneveOption({
      optionClass: 0x102,
      critical: true,
      type: 5,
      data: new Uint8Array(8),
    });
    const packet = build(udp(), geneve({ vni: 5, options: [option] }), ethernet(), inner);
    const view = packet.require(geneve);
    expect(view).toMatchObject({ optionsLength: 3, protocol: 0x6558, vni: 5 });
    expect(view.options[0]).toMatchObject({ is: "unknown", length: 2, type: 5, critical: true });
    expect(packet.require(udp).dstPort).toBe(6081);
    expect(build(geneve(), inner).require(geneve).protocol).toBe(0x0800);
  });

  it("takes an option that is cut for a fault", () => {
    const packet = dissector.dissect(parseHex("0100 0800 000000 00 0132 01 05"), geneve);
    expect(packet.require(geneve).options).toEqual([]);
  });
});
