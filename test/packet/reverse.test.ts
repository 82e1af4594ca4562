import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { verifyPacket } from "../../src/packet/verify.ts";
import { all } from "../../src/protocols/all.ts";
import { arcnet } from "../../src/protocols/link/arcnet.ts";
import { arp } from "../../src/protocols/link/arp.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { vlan } from "../../src/protocols/link/vlan.ts";
import { hip } from "../../src/protocols/network/hip.ts";
import { icmp } from "../../src/protocols/network/icmp.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { dccp } from "../../src/protocols/transport/dccp.ts";
import { sctp } from "../../src/protocols/transport/sctp/sctp.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { udpLite } from "../../src/protocols/transport/udp-lite.ts";
import type { AnyProtocol } from "../../src/schema/protocol.ts";
import { hex } from "../support/packets.ts";

const dissector = createDissector(all);
const macs = { src: "02:00:00:00:00:01", dst: "02:00:00:00:00:02" };
const ends = { src: "192.0.2.1", dst: "198.51.100.2" };
const ends6 = { src: "2001:db8::1", dst: "2001:db8::2" };
const ports = { srcPort: 4000, dstPort: 53 };

describe("a packet turned round", () => {
  it("has its ends exchanged in all layers, and right checksums", () => {
    const packet = build(ethernet(macs), vlan({ id: 3 }), ipv4(ends), udp(ports), "data");
    expect(packet.reverse()).toBe(packet);
    expect(packet.require(ethernet)).toMatchObject({ src: macs.dst, dst: macs.src });
    expect(packet.require(ipv4)).toMatchObject({ src: ends.dst, dst: ends.src });
    expect(packet.require(udp)).toMatchObject({ srcPort: 53, dstPort: 4000 });
    packet.bytes();
    expect(verifyPacket(packet).map((v) => v.status)).toEqual(["good", "good"]);
  });

  it("turned twice is what it was", () => {
    const packet = build(ethernet(macs), ipv6(ends6), tcp(ports), "data");
    const before = hex(packet.bytes());
    expect(hex(packet.reverse().bytes())).not.toBe(before);
    expect(hex(packet.reverse().bytes())).toBe(before);
  });

  it("gets a right checksum also where it was wrong", () => {
    const wrong = build(ethernet(macs), ipv4(ends), udp({ ...ports, checksum: 1 }), "data");
    const packet = dissector.dissect(wrong.bytes().slice(), ethernet);
    packet.reverse().bytes();
    expect(verifyPacket(packet).map((v) => v.status)).toEqual(["good", "good"]);
  });

  it("in one layer only leaves the others", () => {
    const packet = build(ethernet(macs), ipv4(ends), ipv4({ src: "10.0.0.1" }), udp(ports));
    packet.reverse(udp).reverse(2);
    expect(packet.require(ipv4)).toMatchObject(ends);
    expect(packet.get(ethernet, ipv4, ipv4)).toMatchObject({ src: "0.0.0.0", dst: "10.0.0.1" });
    expect(packet.require(udp)).toMatchObject({ srcPort: 53, dstPort: 4000 });
  });

  it("has sender and target exchanged in ARP, whatever the kinds of addresses", () => {
    const packet = build(
      ethernet(macs),
      arp({ sha: macs.src, spa: ends.src, tha: "00:00:00:00:00:00", tpa: ends.dst }),
    );
    packet.reverse();
    expect(packet.require(arp)).toMatchObject({
      sha: "00:00:00:00:00:00",
      spa: ends.dst,
      tha: macs.src,
      tpa: ends.src,
    });
    const other = build(
      arp({
        hwType: 7,
        hwSize: 1,
        senderHardware: Uint8Array.of(5),
        spa: ends.src,
        targetHardware: Uint8Array.of(9),
        tpa: ends.dst,
      }),
    );
    other.reverse();
    expect([...(other.require(arp).senderHardware ?? [])]).toEqual([9]);
    expect([...(other.require(arp).targetHardware ?? [])]).toEqual([5]);
  });

  it.each<[string, AnyProtocol, readonly [string, string]]>([
    ["udp-lite", udpLite, ["srcPort", "dstPort"]],
    ["dccp", dccp, ["srcPort", "dstPort"]],
    ["sctp", sctp, ["srcPort", "dstPort"]],
    ["hip", hip, ["sender", "receiver"]],
    ["arcnet", arcnet, ["src", "dst"]],
  ])("has them exchanged in %s", (_, protocol, [src, dst]) => {
    const isHip = protocol === hip;
    const values = isHip ? { [src]: "2001:20::1", [dst]: "2001:20::2" } : { [src]: 7, [dst]: 9 };
    const call = protocol as unknown as (values: object) => Parameters<typeof build>[0];
    const stack = protocol === arcnet ? [call(values)] : [ipv6(ends6), call(values)];
    const packet = build(...stack);
    packet.reverse(protocol);
    const view = packet.layers.at(-1);
    const shown = packet.require(packet.chain.labels.at(-1) ?? "") as unknown as Record<
      string,
      unknown
    >;
    expect(view?.schema.root).toBe(protocol.schema);
    expect([shown[src], shown[dst]]).toEqual([values[dst], values[src]]);
    packet.bytes();
    expect(verifyPacket(packet).filter((v) => v.status !== "good")).toEqual([]);
  });

  it("needs ends", () => {
    const packet = build(ethernet(), ipv4(), icmp.echo());
    expect(() => packet.reverse(icmp)).toThrow("reverse: no ends in icmp");
    expect(() => packet.reverse(tcp)).toThrow("reverse: no layer 'tcp'");
  });
});

describe("the direction of a packet to another", () => {
  const packet = () => build(ethernet(macs), ipv4(ends), udp(ports), "data");

  it("is the same, or the reverse, over all layers or in one", () => {
    expect(packet().direction(packet())).toBe("same");
    expect(packet().direction(packet().reverse())).toBe("reverse");
    expect(packet().direction(packet().reverse(ipv4))).toBe("unknown");
    expect(packet().direction(packet().reverse(ipv4), ipv4)).toBe("reverse");
    expect(packet().direction(packet().reverse(ipv4), ethernet)).toBe("same");
    expect(packet().direction(packet().reverse(ipv4), tcp)).toBe("unknown");
  });

  it("is both for a packet to itself", () => {
    const own = () =>
      build(ipv4({ src: "127.0.0.1", dst: "127.0.0.1" }), udp({ srcPort: 5, dstPort: 5 }));
    expect(own().direction(own())).toBe("both");
    const call = build(ipv4({ src: "127.0.0.1", dst: "127.0.0.1" }), udp(ports));
    expect(call.direction(call)).toBe("same");
    expect(call.direction(call.copy().reverse())).toBe("reverse");
  });

  it("is the reverse where a request to all comes back to its sender", () => {
    const request = build(
      ethernet({ src: macs.src, dst: "ff:ff:ff:ff:ff:ff" }),
      arp({ sha: macs.src, spa: ends.src, tpa: ends.dst }),
    );
    const reply = build(
      ethernet({ src: macs.dst, dst: macs.src }),
      arp({ opcode: 2, sha: macs.dst, spa: ends.dst, tha: macs.src, tpa: ends.src }),
    );
    expect(reply.direction(request)).toBe("reverse");
    expect(request.direction(reply)).toBe("reverse");
    expect(request.direction(request)).toBe("same");
    const other = reply.copy();
    other.require(arp).tha = "02:00:00:00:00:99";
    expect(other.direction(request)).toBe("unknown");
  });

  it("goes by the layers that both have", () => {
    expect(build(ipv4(ends), tcp(ports)).direction(build(ipv4(ends), udp(ports)))).toBe("same");
    expect(build(icmp.echo()).direction(build(icmp.echo()))).toBe("unknown");
    expect(build(ipv4(ends)).direction(build(ipv6(ends6)))).toBe("unknown");
  });
});

describe("the conversation of a packet", () => {
  it.each([
    [build(ethernet(macs), ipv4(ends), udp(ports)), "udp 192.0.2.1:4000 198.51.100.2:53"],
    [build(ipv6(ends6), tcp(ports)), "tcp [2001:db8::1]:4000 [2001:db8::2]:53"],
    [build(ethernet(macs), ipv4(ends), icmp.echo()), "ipv4 192.0.2.1 198.51.100.2"],
    [build(ethernet(macs)), "ethernet 02:00:00:00:00:01 02:00:00:00:00:02"],
    [
      build(ipv4({ src: "192.0.2.9", dst: "192.0.2.10" }), udp({ srcPort: 9, dstPort: 10 })),
      "udp 192.0.2.9:9 192.0.2.10:10",
    ],
    [
      build(
        ipv4(ends),
        ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }),
        tcp({ srcPort: 2, dstPort: 1 }),
      ),
      "tcp 10.0.0.1:2 10.0.0.2:1",
    ],
    [
      build(ipv4({ src: "127.0.0.1", dst: "127.0.0.1" }), tcp({ srcPort: 2, dstPort: 1 })),
      "tcp 127.0.0.1:1 127.0.0.1:2",
    ],
  ])("is one text for both directions: case %#", (packet, text) => {
    expect(packet.conversation).toBe(text);
    expect(packet.copy().reverse().conversation).toBe(text);
  });

  it("is not there where there are no ends", () => {
    expect(build(icmp.echo()).conversation).toBeUndefined();
  });
});
