import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { verifyPacket } from "../../src/packet/verify.ts";
import { all } from "../../src/protocols/all.ts";
import { dns } from "../../src/protocols/application/dns/dns.ts";
import { dnsRecord } from "../../src/protocols/application/dns/record.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { icmpv6 } from "../../src/protocols/network/icmpv6.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv4Option } from "../../src/protocols/network/ipv4-options.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { ndOption } from "../../src/protocols/network/nd-options.ts";
import { sctpChunk } from "../../src/protocols/transport/sctp/chunks.ts";
import { sctp } from "../../src/protocols/transport/sctp/sctp.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { tcpOption } from "../../src/protocols/transport/tcp-options.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { bytes, hex } from "../support/packets.ts";

const dissector = createDissector(all);
const ends = { src: "192.0.2.1", dst: "198.51.100.2" };

/** A packet as it comes from a capture. */
const captured = (packet: Packet): Packet => dissector.dissect(packet.bytes().slice(), ethernet);

/** The packet as others read its bytes: without faults, and with right checksums. */
function again(packet: Packet): Packet {
  const read = captured(packet);
  expect(read.error).toBe(null);
  const verdicts = verifyPacket(read);
  expect(verdicts.length).toBeGreaterThan(0);
  expect(verdicts.filter((v) => v.status !== "good")).toEqual([]);
  return read;
}

/** The item of a list that is of one case; the test fails where there is none. */
function only<T extends { readonly is: string }, K extends T["is"]>(
  list: readonly T[],
  is: K,
): Extract<T, { readonly is: K }> {
  const found = list.find((one) => one.is === is);
  if (found === undefined) throw new Error(`no '${is}' among ${list.map((one) => one.is)}`);
  return found as Extract<T, { readonly is: K }>;
}

describe("an item of a list", () => {
  const segment = () =>
    captured(
      build(
        ethernet(),
        ipv4(ends),
        tcp({
          srcPort: 1,
          dstPort: 2,
          options: [
            tcpOption.maximumSegmentSize({ mss: 1460 }),
            tcpOption.sackPermitted(),
            tcpOption.sack({ blocks: [{ left: 1, right: 2 }] }),
          ],
        }),
        "data",
      ),
    );

  it("of TCP is set in place, and the checksum follows", () => {
    const packet = segment();
    only(packet.require(tcp).options, "maximumSegmentSize").mss = 9000;
    expect(only(again(packet).require(tcp).options, "maximumSegmentSize").mss).toBe(9000);
  });

  it("of TCP grows, and so do its length, the header and the packet", () => {
    const packet = segment();
    const before = packet.require(ipv4).len;
    const blocks = [
      { left: 10, right: 20 },
      { left: 30, right: 40 },
    ];
    packet.set(only(packet.require(tcp).options, "sack"), { blocks });
    const read = again(packet);
    const sack = only(read.require(tcp).options, "sack");
    expect([sack.length, sack.blocks.map((b) => [b.left, b.right])]).toEqual([
      18,
      [
        [10, 20],
        [30, 40],
      ],
    ]);
    expect(read.require(ipv4).len).toBe(before + 8);
    expect(hex(read.raw)).toBe(hex(new TextEncoder().encode("data")));
  });

  it("of TCP keeps a length that was set by hand, however often the packet changes", () => {
    const packet = segment();
    packet.set(only(packet.require(tcp).options, "sack"), { length: 3 });
    packet.set(tcp, { srcPort: 9 }).set(ipv4, { ttl: 3 });
    expect(only(packet.require(tcp).options, "sack").length).toBe(3);
    packet.set(tcp, { dstPort: 10 });
    expect(only(packet.require(tcp).options, "sack").length).toBe(3);
    // Left out again, it is that of the parts.
    const mss = () => only(packet.require(tcp).options, "maximumSegmentSize");
    packet.set(mss(), { length: 4 }).set(mss(), { length: undefined, mss: 500 });
    expect([mss().length, mss().mss]).toEqual([4, 500]);
  });

  it("of IPv4 is set in place and grows", () => {
    const packet = captured(
      build(
        ethernet(),
        ipv4({
          ...ends,
          options: [
            ipv4Option.routerAlert({ value: 1 }),
            ipv4Option.recordRoute({ route: [{ address: "192.0.2.7" }] }),
          ],
        }),
        udp({ srcPort: 1, dstPort: 2 }),
        "data",
      ),
    );
    only(packet.require(ipv4).options, "routerAlert").value = 5;
    const route = only(packet.require(ipv4).options, "recordRoute");
    const [hop] = route.route;
    if (hop === undefined) throw new Error("no hop");
    hop.address = "192.0.2.8";
    expect(only(again(packet).require(ipv4).options, "recordRoute").route[0]?.address).toBe(
      "192.0.2.8",
    );
    const wider = ["192.0.2.8", "192.0.2.9", "192.0.2.10"].map((address) => ({ address }));
    packet.set(only(packet.require(ipv4).options, "recordRoute"), { route: wider });
    const ip = again(packet).require(ipv4);
    expect(only(ip.options, "routerAlert").value).toBe(5);
    expect(only(ip.options, "recordRoute").length).toBe(15);
    expect([ip.ihl, ip.len]).toEqual([10, 52]);
  });

  it("of SCTP is set in place and grows, with its padding", () => {
    const packet = captured(
      build(
        ethernet(),
        ipv4(ends),
        sctp({
          srcPort: 1,
          dstPort: 2,
          chunks: [
            sctpChunk.sack({ cumulativeTsn: 5 }),
            sctpChunk.data({ tsn: 6, data: bytes("61 62 63") }),
          ],
        }),
      ),
    );
    only(packet.require(sctp).chunks, "sack").cumulativeTsn = 77;
    expect(only(again(packet).require(sctp).chunks, "sack").cumulativeTsn).toBe(77);
    packet.set(only(packet.require(sctp).chunks, "sack"), { gaps: [{ start: 1, end: 2 }] });
    packet.set(only(packet.require(sctp).chunks, "data"), { data: bytes("61 62 63 64 65") });
    const read = again(packet);
    const { chunks } = read.require(sctp);
    const [sack, data] = [only(chunks, "sack"), only(chunks, "data")];
    expect([sack.length, sack.gapCount, sack.cumulativeTsn]).toEqual([20, 1, 77]);
    expect([data.length, hex(data.data ?? bytes(""))]).toEqual([21, "6162636465"]);
    expect(read.require(ipv4).len).toBe(20 + 12 + 20 + 24);
  });

  it("of DNS is set in place and grows, and names that others point to move along", () => {
    const packet = captured(
      build(
        ethernet(),
        ipv4(ends),
        udp({ srcPort: 53, dstPort: 4000 }),
        dns({
          id: 1,
          questions: [{ name: "www.example.org" }],
          answers: [
            dnsRecord.cname({ name: "www.example.org", ttl: 5, cname: "host.example.org" }),
            dnsRecord.a({ name: "host.example.org", ttl: 6, address: "192.0.2.7" }),
          ],
        }),
      ),
    );
    const address = only(packet.require(dns).answers, "a");
    address.ttl = 99;
    expect(only(again(packet).require(dns).answers, "a").ttl).toBe(99);
    const [question] = packet.require(dns).questions;
    if (question === undefined) throw new Error("no question");
    packet.set(question, { name: "a.much.longer.name.example.org" });
    packet.set(only(packet.require(dns).answers, "cname"), { cname: "example.net" });
    const read = again(packet).require(dns);
    expect(read.questions[0]?.name).toBe("a.much.longer.name.example.org");
    const cname = only(read.answers, "cname");
    expect([cname.name, cname.cname]).toEqual(["www.example.org", "example.net"]);
    expect(only(read.answers, "a").name).toBe("host.example.org");
    packet.set(dns, { answers: [dnsRecord.a({ name: "example.org", address: "192.0.2.8" })] });
    expect(again(packet).require(dns).ancount).toBe(1);
  });

  it("of Neighbor Discovery is set in place and changes its kind", () => {
    const packet = captured(
      build(
        ethernet(),
        ipv6({ src: "fe80::1", dst: "ff02::1", hopLimit: 255 }),
        icmpv6.routerAdvertisement({
          options: [ndOption.mtu({ mtu: 1500 }), ndOption.prefixInformation({ prefixLength: 64 })],
        }),
      ),
    );
    const advertised = () => {
      const message = packet.require(icmpv6.routerAdvertisement);
      return message.options;
    };
    only(advertised(), "mtu").mtu = 1280;
    only(advertised(), "prefixInformation").prefix = "2001:db8::";
    const read = again(packet).require(icmpv6.routerAdvertisement).options;
    expect([only(read, "mtu").mtu, only(read, "prefixInformation").prefix]).toEqual([
      1280,
      "2001:db8::",
    ]);
    const before = packet.require(ipv6).len;
    packet.set(icmpv6.routerAdvertisement, {
      options: [...[ndOption.mtu({ mtu: 9000 })], ndOption.sourceLinkLayerAddress({})],
    });
    const after = again(packet);
    expect(after.require(icmpv6.routerAdvertisement).options.map((o) => o.is)).toEqual([
      "mtu",
      "sourceLinkLayerAddress",
    ]);
    expect(after.require(ipv6).len).toBeLessThan(before);
  });
});
