import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { verifyPacket } from "../../src/packet/verify.ts";
import { all } from "../../src/protocols/all.ts";
import { dns, mdns } from "../../src/protocols/application/dns/dns.ts";
import { arp } from "../../src/protocols/link/arp.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { llc } from "../../src/protocols/link/llc.ts";
import { ppp } from "../../src/protocols/link/ppp/ppp.ts";
import { pppoe } from "../../src/protocols/link/pppoe.ts";
import { serviceVlan, vlan } from "../../src/protocols/link/vlan.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { destinationOptions } from "../../src/protocols/network/ipv6-extensions.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { tcpOption } from "../../src/protocols/transport/tcp-options.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { gre } from "../../src/protocols/tunnel/gre.ts";
import { mpls } from "../../src/protocols/tunnel/mpls.ts";
import type { AnyProtocol } from "../../src/schema/protocol.ts";
import { bytes, hex } from "../support/packets.ts";

const dissector = createDissector(all);
const text = new TextDecoder();

/** The same bytes taken apart anew: what a packet says must be what others read. */
const read = (packet: Packet, first: AnyProtocol = ethernet): Packet =>
  dissector.dissect(packet.bytes().slice(), first);

/** The chain, as others read the bytes, and whether all checksums are right. */
const seen = (packet: Packet, first: AnyProtocol = ethernet): string => {
  const again = read(packet, first);
  expect(again.error).toBe(null);
  expect(verifyPacket(again).filter((v) => v.status === "bad")).toEqual([]);
  expect(String(packet.chain)).toBe(String(again.chain));
  return String(again.chain);
};

const ends = { src: "192.0.2.1", dst: "198.51.100.2" };
const ends6 = { src: "2001:db8::1", dst: "2001:db8::2" };
const made = () =>
  build(ethernet(), ipv4({ ...ends, ttl: 9 }), udp({ srcPort: 4000, dstPort: 4001 }), "data");
/** The same packet as if it came from a capture: nothing in it was given by hand. */
const captured = () => dissector.dissect(made().bytes().slice(), ethernet);

describe.each([
  ["a built packet", made],
  ["a dissected packet", captured],
])("%s", (_, make) => {
  it("takes layers below another, and says so in the layer below", () => {
    const packet = make();
    expect(packet.insert(ipv4, vlan({ id: 7 }))).toBe(packet);
    expect(seen(packet)).toBe("Ethernet:VLAN:IPv4:UDP");
    expect(packet.require(ethernet).type).toBe(0x8100);
    expect(packet.require(vlan).type).toBe(0x0800);
    expect(text.decode(packet.raw)).toBe("data");
  });

  it("takes layers out", () => {
    const packet = make().insert(ipv4, vlan({ id: 7 }));
    packet.remove(vlan);
    expect(hex(packet.bytes())).toBe(hex(made().bytes()));
  });

  it("takes another network layer, and the transport's checksum follows", () => {
    const packet = make().replace(ipv4, ipv6(ends6));
    expect(seen(packet)).toBe("Ethernet:IPv6:UDP");
    expect([packet.require(ipv6).nextHeader, packet.require(ipv6).len]).toEqual([17, 12]);
    packet.insert(udp, destinationOptions({ options: bytes("01040000 0000") }));
    expect(seen(packet)).toBe("Ethernet:IPv6:IPv6-Opts:UDP");
    expect(packet.require(ipv6).nextHeader).toBe(60);
    expect(packet.require(ipv6).len).toBe(20);
  });

  it("takes another transport", () => {
    const packet = make().replace(udp, tcp({ srcPort: 1, dstPort: 2, options: [] }));
    expect(seen(packet)).toBe("Ethernet:IPv4:TCP");
    expect([packet.require(ipv4).protocol, packet.require(ipv4).len]).toEqual([6, 44]);
    expect(packet.require(ipv4).ttl).toBe(9);
  });

  it("takes layers on top, below its payload", () => {
    const packet = make().append(dns({ id: 5 }));
    // Both ports are set, and stay.
    expect([packet.require(udp).srcPort, packet.require(udp).dstPort]).toEqual([4000, 4001]);
    expect(packet.require(udp).len).toBe(8 + 12 + 4);
    expect(text.decode(packet.raw)).toBe("data");
    expect(verifyPacket(packet).every((v) => v.status === "good")).toBe(true);
  });

  it("takes a tunnel", () => {
    const packet = make().insert(ipv4, ipv4({ src: "203.0.113.1", dst: "203.0.113.2" }), gre());
    expect(seen(packet)).toBe("Ethernet:IPv4:GRE:IPv4:UDP");
    expect(packet.require(gre).protocol).toBe(0x0800);
    packet.remove(1).remove(gre);
    expect(hex(packet.bytes())).toBe(hex(made().bytes()));
  });

  it("takes bytes in the place of a layer and all above it", () => {
    const packet = make().replace(udp, "other");
    expect(text.decode(packet.raw)).toBe("other");
    expect(String(packet.chain)).toBe("Ethernet:IPv4");
    expect([packet.require(ipv4).len, packet.require(ipv4).protocol]).toEqual([25, 17]);
    expect(verifyPacket(packet).map((v) => v.status)).toEqual(["good"]);
  });

  it("takes another payload", () => {
    const packet = make().replaceRaw("a longer payload");
    expect(seen(packet)).toBe("Ethernet:IPv4:UDP");
    expect([packet.require(udp).len, packet.require(ipv4).len]).toEqual([24, 44]);
    packet.append("!", bytes("21"));
    expect(text.decode(packet.raw)).toBe("a longer payload!!");
    expect(seen(packet)).toBe("Ethernet:IPv4:UDP");
  });

  it("can lose its lowest layer, and is then no frame of its capture any more", () => {
    const packet = make().remove(ethernet);
    expect(seen(packet, ipv4)).toBe("IPv4:UDP");
    expect(packet.origin.linkType).toBe(-1);
    expect([packet.length, packet.originalLength]).toEqual([32, 32]);
    packet.insert(0, ethernet());
    expect(hex(packet.bytes())).toBe(hex(made().bytes()));
  });

  it("shows in views that were taken before what it was", () => {
    const packet = make();
    const before = packet.require(udp);
    packet.insert(udp, destinationOptions()).replaceRaw("");
    expect([before.len, before.layer.end - before.layer.start]).toEqual([12, 12]);
    expect(() => packet.remove(before)).toThrow(RangeError);
    expect(() => packet.remove(before)).toThrow("remove: the view is of another packet");
  });

  it("is as it was when a call fails", () => {
    const packet = make();
    packet.require(ipv4).ttl = 3;
    const before = hex(packet.bytes());
    const { chain } = packet;
    expect(() => packet.append(udp({ srcPort: -1 }))).toThrow(RangeError);
    expect(() => packet.append("bytes", udp())).toThrow("append: layer 'udp' cannot follow bytes");
    expect(() => packet.insert(arp, vlan())).toThrow("no layer 'arp'");
    expect(() => packet.insert(9, vlan())).toThrow("insert: no layer 9");
    expect(() => packet.insert(udp, "x" as never)).toThrow("insert: bytes can only be payload");
    expect(() => packet.append(5 as never)).toThrow("not number");
    expect(() => packet.append(tcpOption.noOperation() as never)).toThrow("'tcp.option' is a part");
    expect(() => packet.replace(udp)).toThrow("replace: a layer, bytes or text are wanted");
    expect(() => packet.replaceRaw(new Uint8Array(70_000))).toThrow("65535");
    expect(hex(packet.bytes())).toBe(before);
    expect(String(packet.chain)).toBe(String(chain));
  });
});

describe("what was given or set by hand", () => {
  it("stays, whatever is put above or below", () => {
    const packet = build(
      ethernet({ type: 0x1234 }),
      ipv4({ len: 7, checksum: 1, protocol: 99 }),
      udp({ len: 3 }),
    );
    packet.append(dns()).insert(ipv4, vlan()).replaceRaw("xyz");
    const [eth, ip, transport] = [
      packet.require(ethernet),
      packet.require(ipv4),
      packet.require(udp),
    ];
    expect([eth.type, ip.len, ip.checksum, ip.protocol, transport.len]).toEqual([
      0x1234, 7, 1, 99, 3,
    ]);
  });

  it("stays when it was set in place in a captured packet", () => {
    const packet = captured();
    packet.require(ipv4).len = 5;
    packet.require(udp).checksum = 0xdead;
    packet.append("more").insert(ipv4, vlan());
    packet.bytes();
    expect([packet.require(ipv4).len, packet.require(udp).checksum]).toEqual([5, 0xdead]);
  });

  it("stays in the new layers too", () => {
    const packet = captured().replace(udp, udp({ checksum: 5, len: 2 }));
    packet.append("tail");
    packet.bytes();
    expect([packet.require(udp).checksum, packet.require(udp).len]).toEqual([5, 2]);
  });
});

describe("the number of the layer above", () => {
  it("is that of the new neighbour, of Ethernet also the length of one without type", () => {
    const packet = build(ethernet(), ipv4(), "x");
    packet.replace(ipv4, llc({ control: 3 }));
    expect(packet.require(ethernet).type).toBe(packet.require(llc).layer.end - 14);
    expect(seen(packet)).toBe("Ethernet:LLC");
    packet.replace(llc, arp());
    expect(packet.require(ethernet).type).toBe(0x0806);
  });

  it("stays where the layer above becomes bytes", () => {
    const packet = dissector.dissect(made().bytes().slice(), ethernet);
    packet.replace(ipv4, bytes("0102"));
    expect(packet.require(ethernet).type).toBe(0x0800);
  });

  it("that nobody knows stays too", () => {
    const frame = build(ethernet({ type: 0x9999 }), "data")
      .bytes()
      .slice();
    const packet = dissector.dissect(frame, ethernet);
    packet.append("more");
    expect(packet.require(ethernet).type).toBe(0x9999);
    packet.set(ethernet, { src: "02:00:00:00:00:09" });
    expect(packet.require(ethernet).type).toBe(0x9999);
  });

  it("is kept when it leads there already", () => {
    const stack = build(ethernet(), vlan({ type: 0x9100 }), vlan(), ipv4())
      .bytes()
      .slice();
    const packet = dissector.dissect(stack, ethernet);
    packet.replace(2, vlan({ id: 5 }));
    expect(packet.require(vlan).type).toBe(0x9100);
  });

  it("is the same for the layer above, where it has several", () => {
    const packet = build(ethernet({ type: 0x8035 }), arp({ opcode: 3 }));
    const before = hex(packet.bytes());
    const frame = dissector.dissect(packet.bytes().slice(), ethernet);
    frame.insert(arp, vlan({ id: 3 }));
    expect([frame.require(ethernet).type, frame.require(vlan).type]).toEqual([0x8100, 0x8035]);
    // Nobody gave it, and so another layer above has its own.
    expect(frame.automatic(vlan).type).toBe(true);
    frame.replace(vlan, serviceVlan({ id: 4 }));
    expect(frame.require(serviceVlan).type).toBe(0x8035);
    frame.remove(serviceVlan);
    expect(hex(frame.bytes())).toBe(before);
    frame.insert(arp, vlan({ id: 3 })).replace(arp, ipv4(ends));
    expect(frame.require(vlan).type).toBe(0x0800);
  });

  it("is computed by functions too", () => {
    const packet = build(
      ethernet(),
      pppoe(),
      ppp(),
      ipv4(ends),
      udp({ srcPort: 1, dstPort: 2 }),
      "x",
    );
    packet.replace(ipv4, ipv6(ends6));
    expect(packet.require(ppp).protocol).toBe(0x57);
    expect(seen(packet)).toBe("Ethernet:PPPoE:PPP:IPv6:UDP");
    const labels = build(ethernet(), mpls({ label: 5 }), ipv4(ends));
    labels.insert(mpls, mpls({ label: 6 }));
    expect(seen(labels)).toBe("Ethernet:MPLS:MPLS:IPv4");
    labels.remove(2);
    expect(seen(labels)).toBe("Ethernet:MPLS:IPv4");
    expect(labels.require(mpls).label).toBe(6);
  });

  it("that a function cannot know is not lost", () => {
    const frame = build(ethernet(), llc({ dsap: 0x40, ssap: 0x40, control: 3 }), "abc").bytes();
    const packet = dissector.dissect(frame.slice(), ethernet);
    packet.append("d");
    expect([packet.require(llc).dsap.value, packet.require(llc).ssap.value]).toEqual([0x40, 0x40]);
  });

  it("of two ports is written where both are free", () => {
    const free = build(ethernet(), ipv4(), udp()).append(dns());
    expect(free.require(udp).dstPort).toBe(53);
    const half = build(ethernet(), ipv4(), udp({ dstPort: 5353 })).append(dns());
    expect([half.require(udp).srcPort, half.require(udp).dstPort]).toEqual([53, 5353]);
    const fits = build(ethernet(), ipv4(), udp({ dstPort: 5353 })).append(mdns());
    expect([fits.require(udp).srcPort, fits.require(udp).dstPort]).toEqual([0, 5353]);
  });
});

describe("layers that do not change", () => {
  // A name that is written out where it could point back, as no building does.
  const question = "0377777707657861 6d706c65036f7267 00 0001 0001";
  const message = `0005 8180 0001 0001 0000 0000 ${question} ${question} 00000005 0004 c0000207`;
  const answer = () =>
    dissector.dissect(
      build(ethernet(), ipv4(ends), udp({ srcPort: 53, dstPort: 9 }), bytes(message))
        .bytes()
        .slice(),
      ethernet,
    );

  it("keep their bytes", () => {
    const packet = answer();
    const before = hex(packet.bytes());
    expect(String(packet.chain)).toBe("Ethernet:IPv4:UDP:DNS");
    packet.set(ipv4, { ttl: 64 }).insert(ipv4, vlan()).remove(vlan);
    expect(hex(packet.bytes())).toBe(before);
    packet.set(dns, { id: 5 });
    expect(packet.bytes().length).toBeLessThan(before.length / 2);
  });

  it("keep what was set by hand in their records", () => {
    const packet = build(
      ethernet(),
      ipv4(ends),
      tcp({ srcPort: 1, dstPort: 2, options: [tcpOption.maximumSegmentSize({ mss: 5 })] }),
    );
    const option = () => {
      const [first] = packet.require(tcp).options;
      if (first === undefined) throw new Error("no option");
      return first;
    };
    packet.automatic(option() as never, { length: false });
    packet.insert(ipv4, vlan()).append("data").set(ipv4, { ttl: 3 });
    expect(packet.automatic(option())).toEqual({ length: false });
    const copy = packet.copy();
    copy.set(tcp, { srcPort: 7 });
    const [kept] = copy.require(tcp).options;
    expect(kept && copy.automatic(kept)).toEqual({ length: false });
  });
});

describe("checksums", () => {
  it("that say 'not computed' still do", () => {
    const zero = build(ethernet(), ipv4(ends), udp({ checksum: 0 }), "x")
      .bytes()
      .slice();
    const packet = dissector.dissect(zero, ethernet);
    packet.append("more").insert(ipv4, vlan());
    packet.bytes();
    expect(packet.require(udp).checksum).toBe(0);
    packet.set(udp, { srcPort: 9 });
    packet.bytes();
    expect(packet.require(udp).checksum).toBe(0);
  });

  it("that cannot be known stay as they are", () => {
    const whole = build(
      ethernet(),
      ipv4({ ...ends, flags: { mf: true } }),
      udp({ checksum: 0xabcd }),
      "12345678",
    );
    const packet = dissector.dissect(whole.bytes().slice(), ethernet);
    packet.append("12345678");
    packet.bytes();
    expect(packet.require(udp).checksum).toBe(0xabcd);
    packet.set(udp, { srcPort: 77 });
    expect(packet.require(udp).checksum).toBe(0xabcd);
  });

  it("of a transport cover a payload that is too short for the protocol that its port names", () => {
    const packet = build(ethernet(), ipv4(ends), udp({ srcPort: 4000, dstPort: 53 }), "data");
    const bytesOf = packet.bytes().slice();
    const short = dissector.dissect(bytesOf.slice(), ethernet);
    expect(short.error).toMatchObject({ kind: "truncated", protocol: "dns", limitedBy: "udp" });
    expect(verifyPacket(short).map((v) => v.status)).toEqual(["good", "good"]);
    short.require(udp).srcPort = 9;
    short.bytes();
    expect(verifyPacket(short).map((v) => v.status)).toEqual(["good", "good"]);
    const cut = dissector.dissect(bytesOf.slice(0, -1), ethernet);
    expect(verifyPacket(cut).map((v) => v.status)).toEqual(["good", "unverified"]);
  });

  it("follow addresses also where something else was set in place before", () => {
    const packet = captured();
    packet.require(ipv4).ttl = 77;
    packet.set(ipv4, { dst: "198.51.100.99" });
    expect(seen(packet)).toBe("Ethernet:IPv4:UDP");
    packet.require(ipv4).ttl = 78;
    packet.replace(ipv4, ipv6(ends6));
    expect(seen(packet)).toBe("Ethernet:IPv6:UDP");
  });
});
