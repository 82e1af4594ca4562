import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { verifyPacket } from "../../src/packet/verify.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { vlan } from "../../src/protocols/link/vlan.ts";
import { icmp } from "../../src/protocols/network/icmp.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { hopByHop, ipv6Fragment } from "../../src/protocols/network/ipv6-extensions.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { gre } from "../../src/protocols/tunnel/gre.ts";
import {
  datagramsByPacket,
  IpReassembly,
  reassembleIp,
  reassembleIpSync,
} from "../../src/reassembly/ip.ts";
import type { AnyProtocol } from "../../src/schema/protocol.ts";
import { addAll, captured, fragment4, fragment6, letters, payload, words } from "./samples.ts";

/** The fragments of a built packet as a capture would have them. */
const cut = (whole: Packet, size: number, first: AnyProtocol): Packet[] =>
  whole.fragment({ size, force: true }).map((one, i) => captured(one.bytes(), i + 1, i, first));

const whole4 = (): Packet =>
  build(
    ipv4({ src: "10.0.0.1", dst: "10.0.0.2", id: 77, ttl: 9 }),
    udp({ srcPort: 4000, dstPort: 4001 }),
    payload(3000),
  );
const whole6 = (): Packet =>
  build(
    ...[ipv6({ src: "2001:db8::1", dst: "2001:db8::2" }), hopByHop()],
    ...[udp({ srcPort: 4000, dstPort: 4001 }), payload(3000)],
  );

const orders: Record<string, (packets: Packet[]) => Packet[]> = {
  "in order": (packets) => packets,
  "in reverse": (packets) => packets.toReversed(),
  "with duplicates": (packets) => packets.slice(0, -1).concat(packets),
  "the last one first": (packets) => [...packets.slice(-1), ...packets.slice(0, -1)],
};

describe.each([
  ["IPv4", whole4, ipv4],
  ["IPv6", whole6, ipv6],
] as const)("fragments of %s", (_, make, first) => {
  it.each(Object.keys(orders))("give the datagram %s", (order) => {
    const whole = make();
    const packets = orders[order]!(cut(whole, 600, first));
    const reassembly = new IpReassembly();
    const [datagram, ...others] = addAll(reassembly, packets);
    expect(others).toEqual([]);
    expect(datagram!.packet.bytes()).toEqual(whole.bytes());
    expect(String(datagram!.packet.chain)).toBe(String(whole.chain));
    expect(verifyPacket(datagram!.packet).filter((one) => one.status !== "good")).toEqual([]);
    expect(datagram!.index).toEqual(packets.map((one) => one.number));
    expect(datagram!.packet.number).toBe(packets.at(-1)!.number);
    expect(datagram!.packet.time).toBe(packets.at(-1)!.time);
    expect(datagram!.payload.length + datagram!.header.length).toBe(whole.length);
    expect([reassembly.pending, reassembly.bytes]).toEqual([0, 0]);
  });

  it.each([0, 2, -1])("do not without one of them (at %i)", (missing) => {
    const packets = cut(make(), 600, first);
    const [lost] = packets.splice(missing, 1);
    const reassembly = new IpReassembly();
    expect(addAll(reassembly, packets)).toEqual([]);
    const [left, ...others] = reassembly.flush();
    expect(others).toEqual([]);
    expect(left).toMatchObject({ completed: false, reason: "flushed", packet: null });
    expect(left!.index).toEqual(packets.map((one) => one.number));
    expect(left!.header === null).toBe(missing === 0);
    expect(left!.total === null).toBe(missing === -1);
    expect(left!.holes.length).toBe(missing === -1 ? 0 : 1);
    const size = left!.payload.reduce((sum, one) => sum + one.bytes.length, 0);
    expect(size).toBeLessThan(3008);
    expect(left!.payload.some((one) => one.number === lost!.number)).toBe(false);
    expect([reassembly.pending, reassembly.bytes]).toEqual([0, 0]);
  });

  it("that were cut again give the datagram", () => {
    const whole = make();
    const pieces = cut(whole, 1200, first).flatMap((one) => cut(one, 400, first));
    const found = addAll(new IpReassembly(), pieces);
    expect(found.map((one) => one.packet.bytes())).toEqual([whole.bytes()]);
  });
});

describe("what is one datagram", () => {
  const [a, b] = [words("A"), words("B")];

  it("is told by the protocol in IPv4, and not in IPv6", () => {
    const cuts = [
      { offset: 0, more: true, data: a, protocol: 253 },
      { offset: 8, more: false, data: b, protocol: 254 },
    ];
    expect(addAll(new IpReassembly(), cuts.map(fragment4))).toEqual([]);
    const [datagram] = addAll(new IpReassembly(), cuts.map(fragment6));
    expect(datagram!.id).toEqual({
      version: 6,
      src: "2001:db8::1",
      dst: "2001:db8::2",
      id: 7,
      protocol: 253,
    });
    expect(datagram!.header[6]).toBe(253);
  });

  it("is told by addresses and identification, and not by the flow label", () => {
    for (const make of [fragment4, fragment6])
      for (const other of [{ id: 8 }, { from: 3 }]) {
        const reassembly = new IpReassembly();
        const first = make({ offset: 0, more: true, data: a, number: 1 });
        const rest = { offset: 8, more: false, data: b, number: 2 };
        expect(addAll(reassembly, [first, make({ ...rest, ...other })])).toEqual([]);
        expect(reassembly.pending).toBe(2);
        expect(letters(reassembly.add(make(rest))!.payload)).toBe("AB");
      }
  });

  it("is no packet that is whole, and no fragment for having Don't Fragment set", () => {
    const reassembly = new IpReassembly();
    const single = { offset: 0, more: false, data: a };
    expect(addAll(reassembly, [fragment4(single), fragment6(single)])).toEqual([]);
    expect(reassembly.pending).toBe(0);
    expect(reassembly.stats).toMatchObject({ fragments: 0, atomic: 1 });
    const cuts = [
      { offset: 0, more: true, data: a, df: true },
      { offset: 8, more: false, data: b, df: true },
    ];
    const [datagram] = addAll(reassembly, cuts.map(fragment4));
    expect(datagram!.packet.require(ipv4)).toMatchObject({
      flags: { df: true, mf: false },
      len: 36,
    });
  });

  it("is not what an error message quotes", () => {
    const quoted = fragment4({ offset: 0, more: true, data: words("AAA"), protocol: 17 }).bytes();
    const message = build(
      ipv4({ src: "10.0.0.9", dst: "10.0.0.1" }),
      icmp.timeExceeded({ code: 1 }),
      quoted,
    );
    const packet = captured(message.bytes(), 1);
    expect(String(packet.chain)).toContain("ICMP:IPv4");
    const reassembly = new IpReassembly();
    expect(reassembly.add(packet)).toBeNull();
    expect(reassembly.stats.fragments).toBe(0);
  });

  it("may be told by VLAN tags, tunnels and interfaces", () => {
    const inside = cut(whole4(), 2000, ipv4).map((one) => one.bytes());
    const tagged = inside.map((bytes, i) =>
      captured(build(ethernet(), vlan({ id: 5 + i, type: 0x800 }), bytes).bytes(), i, 0, ethernet),
    );
    const tunnelled = inside.map((bytes, i) => {
      const below = [
        ipv4({ src: "192.0.2.1", dst: "192.0.2.2" }),
        gre({ flags: { key: true }, key: i, protocol: 0x800 }),
      ];
      return captured(build(...below, bytes).bytes(), i, 0, ipv4);
    });
    const apart = inside.map((bytes, i) => captured(bytes, i, 0, ipv4, i));
    for (const [by, packets] of [
      ["vlan", tagged],
      ["tunnel", tunnelled],
      ["interface", apart],
    ] as const) {
      expect(addAll(new IpReassembly(), packets)).toHaveLength(1);
      const separate = new IpReassembly({ separate: [by] });
      expect(addAll(separate, packets)).toEqual([]);
      expect(separate.pending).toBe(2);
      const same = [packets[0]!, packets[0]!];
      addAll(separate, same);
      expect(separate.pending).toBe(2);
    }
  });

  it("may lie in fragments of another", () => {
    const inner = cut(whole4(), 2000, ipv4).map((one) =>
      build(ipv4({ src: "192.0.2.1", dst: "192.0.2.2", protocol: 4 }), one.bytes()),
    );
    const outer = inner.flatMap((one, i) => {
      one.require(ipv4).id = i;
      return cut(one, 700, ipv4);
    });
    const reassembly = new IpReassembly();
    const found = addAll(reassembly, outer);
    expect(found).toHaveLength(2);
    const [whole] = addAll(
      reassembly,
      found.map((one) => one.packet),
    );
    expect(whole!.packet.bytes()).toEqual(whole4().bytes());
  });
});

describe("around it", () => {
  const sent = [
    { offset: 0, more: true, data: words("A"), number: 1 },
    { offset: 0, more: true, data: words("X"), number: 2, id: 99 },
    { offset: 8, more: false, data: words("B"), number: 3 },
  ];

  it("generators give datagrams, and what is left on request", async () => {
    const all = { includeIncomplete: true };
    expect([...reassembleIpSync(sent.map(fragment4))].map(({ index }) => index)).toEqual([[1, 3]]);
    const found = [...reassembleIpSync(sent.map(fragment4), all)];
    expect(found.map(({ index, completed }) => [index, completed])).toEqual([
      [[1, 3], true],
      [[2], false],
    ]);
    const later = [];
    for await (const one of reassembleIp(sent.map(fragment4), all)) later.push(one);
    expect(later.map(({ index }) => index)).toEqual([[1, 3], [2]]);
    const byPacket = datagramsByPacket(found);
    expect([1, 2, 3, 4].map((n) => byPacket.get(n))).toEqual([
      found[0],
      found[1],
      found[0],
      undefined,
    ]);
  });

  it("callbacks can be taken away", () => {
    const reassembly = new IpReassembly();
    let calls = 0;
    const end = reassembly.onCompleted(() => calls++);
    addAll(reassembly, sent.map(fragment4));
    end();
    addAll(reassembly, sent.map(fragment4));
    expect([calls, reassembly.stats.completed]).toEqual([1, 2]);
  });

  it("congestion that one fragment met is in the datagram (RFC 3168)", () => {
    for (const [make, name] of [
      [fragment4, "ipv4"],
      [fragment6, "ipv6"],
    ] as const)
      for (const [first, second, expected] of [
        [1, 3, 3],
        [2, 2, 2],
        [0, 3, 0],
      ] as const) {
        const packets = [make({ ...sent[0]!, ecn: first }), make({ ...sent[2]!, ecn: second })];
        const [done] = addAll(new IpReassembly(), packets);
        expect(done!.packet.require(name)["ecn"]).toBe(expected);
      }
  });

  it("nothing of a capture is kept", () => {
    const packets = cut(whole6(), 600, ipv6);
    const reassembly = new IpReassembly();
    const rest = packets.pop()!;
    for (const one of packets) {
      reassembly.add(one);
      one.data.fill(0);
    }
    expect(reassembly.add(rest)!.packet.bytes()).toEqual(whole6().bytes());
    expect(rest.get(ipv6Fragment)).toBeDefined();
  });
});
