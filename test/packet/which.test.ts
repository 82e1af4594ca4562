import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { vlan } from "../../src/protocols/link/vlan.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { udp } from "../../src/protocols/transport/udp.ts";

const ends = { src: "192.0.2.1", dst: "198.51.100.2" };
const made = () => build(ethernet(), ipv4(ends), udp({ srcPort: 1, dstPort: 2 }), "hello");

describe("a layer that is named", () => {
  it("is found by any of its names, without case, wherever one is wanted", () => {
    const packet = made();
    expect(packet.automatic("IPv4")).toMatchObject({ len: true });
    packet.automatic("ip", { len: false }).set("UDP", { dstPort: 7 }).set(0, { type: undefined });
    expect([packet.automatic(ipv4).len, packet.require(udp).dstPort]).toEqual([false, 7]);
    packet.insert("ip", vlan({ id: 7 }));
    expect(String(packet.chain)).toBe("Ethernet:VLAN:IPv4:UDP");
    packet
      .replace("udp", tcp({ dstPort: 80 }))
      .remove("vlan")
      .reverse("ip");
    expect(String(packet.chain)).toBe("Ethernet:IPv4:TCP");
    expect([packet.require(ipv4).src, packet.require(tcp).dstPort]).toEqual([ends.dst, 80]);
    expect(packet.direction(made(), "ip")).toBe("reverse");
    expect(packet.direction(made(), "udp")).toBe("unknown");
    expect(packet.segment({ of: "tcp", size: 2 })).toHaveLength(3);
    expect(made().fragment({ of: "ipv4", size: 28 })).toHaveLength(2);
  });

  it("is told apart from one that is not there", () => {
    expect(() => made().automatic("tcp")).toThrow(
      "automatic: no layer 'tcp' in this packet (Ethernet:IPv4:UDP)",
    );
    expect(() => made().set("nope", {})).toThrow(RangeError);
    expect(() => made().automatic("ip", { ttl: true })).toThrow("'ipv4.ttl' is not computed");
  });
});
