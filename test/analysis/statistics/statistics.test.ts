import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { carriersOf } from "../../../src/analysis/statistics/carriers.ts";
import {
  type ConversationKind,
  Conversations,
  schemasOf,
} from "../../../src/analysis/statistics/conversations.ts";
import { endpointsOf } from "../../../src/analysis/statistics/endpoints.ts";
import {
  type ProtocolCount,
  ProtocolHierarchy,
} from "../../../src/analysis/statistics/hierarchy.ts";
import { IoOverTime } from "../../../src/analysis/statistics/io.ts";
import { TcpStreams } from "../../../src/analysis/tcp-streams.ts";
import { defaultDissector, openCapture } from "../../../src/capture/open.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { Packet } from "../../../src/packet/packet.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { icmp } from "../../../src/protocols/network/icmp.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { tcp } from "../../../src/protocols/transport/tcp.ts";
import { udp } from "../../../src/protocols/transport/udp.ts";

const session = readFileSync("examples/session.pcap");
const [one, two] = ["192.0.2.1", "192.0.2.2"];
const ask = (srcPort = 4000) =>
  build(ipv4({ src: one, dst: two }), udp({ srcPort, dstPort: 53 }), "ask");
const answer = () =>
  build(ipv4({ src: two, dst: one }), udp({ srcPort: 53, dstPort: 4000 }), "told");
const syn = (seq: number) =>
  build(ipv4({ src: one, dst: two }), tcp({ srcPort: 1, dstPort: 2, seq, flags: { syn: true } }));

function count(kind: ConversationKind, packets: Iterable<Packet>, limit = 1000) {
  const conversations = new Conversations(kind, { limit });
  for (const packet of packets) conversations.add(packet);
  return conversations;
}

/** The packet as if it had been captured then. */
const at = ({ data, start, end, originalLength, origin, bottom }: Packet, s: number, ns: number) =>
  new Packet(data, start, end, originalLength, s, ns, 1, origin, bottom);

describe("conversations", () => {
  it("count what either end sent, from when to when", () => {
    const packets = [at(ask(), 5, 7), at(answer(), 6, 0), at(ask(), 5, 9)];
    expect(count("udp", packets).list()).toEqual([
      {
        stream: 0,
        a: { address: one, port: 4000 },
        b: { address: two, port: 53 },
        aToB: { frames: 2, bytes: 62 },
        bToA: { frames: 1, bytes: 32 },
        frames: 3,
        bytes: 94,
        first: 5_000_000_007n,
        last: 6_000_000_000n,
      },
    ]);
  });

  it("of addresses take no notice of ports, nor of the hop", () => {
    const hop = (src: string) =>
      build(ethernet({ src }), ipv4({ src: one, dst: two }), udp({ srcPort: 9, dstPort: 53 }));
    const all = count("ip", [ask(1), ask(2), answer(), hop("02:00:00:00:00:01")]).list();
    expect(all.map(({ a, b, frames }) => [a, b, frames])).toEqual([
      [{ address: one, port: null }, { address: two, port: null }, 4],
    ]);
  });

  it("of TCP tell apart what uses the same ports again", () => {
    const all = count("tcp", [syn(1), syn(1), syn(900)]).list();
    expect(all.map(({ stream, frames }) => [stream, frames])).toEqual([
      [0, 2],
      [1, 1],
    ]);
  });

  it("do not count what an error quotes, though it has a number", () => {
    const error = build(ipv4(), icmp.destinationUnreachable({ code: 1 }), syn(7).bytes());
    const quoting = defaultDissector().dissect(error.bytes(), ipv4);
    const other = build(ipv4({ src: one, dst: two }), tcp({ srcPort: 5, dstPort: 6 }));
    expect(
      count("tcp", [quoting, other])
        .list()
        .map(({ stream, frames }) => [stream, frames]),
    ).toEqual([[1, 1]]);
    expect(count("ip", [quoting]).list().length).toBe(1);
  });

  it("count a fragmented datagram in the frame that completes it", () => {
    const long = build(
      ipv4({ src: one, dst: two, id: 7 }),
      udp({ srcPort: 1, dstPort: 2 }),
      new Uint8Array(3000),
    );
    const parts = long.fragment({ size: 1500 });
    const frames = parts.map((part) => defaultDissector().dissect(part.bytes(), ipv4));
    expect(frames.length).toBe(3);
    const [found, ...more] = count("udp", frames).list();
    expect([found!.frames, found!.bytes, more.length]).toEqual([1, frames[2]!.length, 0]);
    expect(count("ip", frames).list()[0]!.frames).toBe(3);
    expect(count("udp", frames.slice(1)).list()).toEqual([]);
  });

  it("beyond the limit are counted together", () => {
    const packets = Array.from({ length: 50 }, (_, i) => ask(i + 1));
    const conversations = count("udp", packets, 10);
    expect(conversations.list().length).toBe(10);
    expect(conversations.others).toEqual({ frames: 40, bytes: 40 * 31 });
  });

  it("that are told apart go on counting, whatever comes behind them", () => {
    const flood = Array.from({ length: 50 }, (_, i) => ask(i + 1));
    const conversations = count("udp", [...flood, ...flood, ...flood], 10);
    expect(conversations.list().map(({ stream, frames }) => [stream, frames])).toEqual(
      Array.from({ length: 10 }, (_, i) => [i, 3]),
    );
    expect(conversations.others.frames).toBe(120);
  });

  it("of TCP beyond the limit do not count in those whose ports they use again", () => {
    const conversations = count("tcp", [syn(1), syn(900), syn(900), syn(1)], 1);
    expect(conversations.list().map(({ stream, frames }) => [stream, frames])).toEqual([[0, 1]]);
    expect(conversations.others.frames).toBe(3);
  });

  it("of TCP give an answer with another number to the attempt that was seen", () => {
    const segment = (isAnswer: boolean, seq: number, ack: boolean) =>
      build(
        isAnswer ? ipv4({ src: two, dst: one }) : ipv4({ src: one, dst: two }),
        tcp({
          ...{ srcPort: isAnswer ? 2 : 1, dstPort: isAnswer ? 1 : 2 },
          ...{ seq, ack: 1, flags: { syn: true, ack } },
        }),
      );
    const packets = [segment(false, 10, false), segment(true, 70, true), segment(true, 71, true)];
    const all = count("tcp", packets);
    expect(all.list().map(({ stream, frames }) => [stream, frames])).toEqual([[0, 3]]);
    // The number of the last answer counts: the same again is no other connection.
    for (const packet of [segment(true, 71, false), segment(true, 70, false)]) all.add(packet);
    expect(all.list().map(({ frames }) => frames)).toEqual([4, 1]);
  });

  it("have numbers that TcpStreams gives, through ports used again and quoted headers", () => {
    const packets = Array.from({ length: 600 }, (_, i) => {
      const [src, dst] = i % 3 === 0 ? [two, one] : [one, two];
      const ports = { srcPort: 1 + (i % 3 === 0 ? 1 : i % 7), dstPort: 1 + (i % 5) };
      const flags = { syn: i % 4 === 0, ack: i % 2 === 1 };
      return build(ipv4({ src, dst }), tcp({ ...ports, seq: (i * 7919) % 13, ack: i % 11, flags }));
    });
    const streams = new TcpStreams(() => null);
    const frames = new Map<number, number>();
    for (const packet of packets) {
      const { index } = streams.find(packet.require(tcp).layer);
      frames.set(index, (frames.get(index) ?? 0) + 1);
    }
    expect(streams.count).toBeGreaterThan(100);
    const all = count("tcp", packets).list();
    expect(new Map(all.map((each) => [each.stream, each.frames]))).toEqual(frames);
  });

  it("can be listed with the most frames first, one by one", () => {
    const conversations = count("udp", [ask(1), ask(2), ask(2), ask(3), ask(3)]);
    const order = [...conversations.mostFirst()];
    expect(order).toEqual([1, 2, 0]);
    expect(order.map((number) => conversations.at(number).a.port)).toEqual([2, 3, 1]);
    expect([...conversations]).toEqual(conversations.list());
  });

  it.each(["eth", "ip", "ipv6", "tcp", "udp"] as const)(
    "are the same to a dissector of no more than what leads to %s",
    (kind) => {
      const lean = createDissector(carriersOf(schemasOf(kind)));
      expect(lean.protocols.length).toBeLessThan(defaultDissector().protocols.length);
      const all = count(kind, openCapture(session)).list();
      expect(count(kind, openCapture(session, { dissector: lean })).list()).toEqual(all);
      expect(all.length).toBeGreaterThan(0);
    },
  );
});

describe("endpoints", () => {
  it("are the sums of their conversations", () => {
    const ends = endpointsOf(count("ip", openCapture(session)).list());
    const sent = ends.reduce((sum, end) => sum + end.sent.frames, 0);
    const received = ends.reduce((sum, end) => sum + end.received.frames, 0);
    expect([sent, received]).toEqual([22, 22]);
    expect(ends.find(({ address }) => address === "198.51.100.99")).toEqual({
      ...{ address: "198.51.100.99", port: null, frames: 1, bytes: 60 },
      sent: { frames: 0, bytes: 0 },
      received: { frames: 1, bytes: 60 },
    });
  });

  it.each(["eth", "ip", "ipv6", "tcp", "udp"] as const)(
    "of %s are the same from rows of numbers as from a list",
    (kind) => {
      const conversations = count(kind, openCapture(session));
      const ends = conversations.endpoints();
      expect([...ends]).toEqual(endpointsOf(conversations.list()));
      const frames = [...ends.mostFirst()].map((number) => ends.at(number).frames);
      expect(frames).toEqual(frames.toSorted((x, y) => y - x));
      expect(frames.length).toBe(ends.count);
    },
  );

  it("count what an end says to itself both ways", () => {
    const self = build(ipv4({ src: one, dst: one }), udp({ srcPort: 1, dstPort: 1 }));
    const [end, ...more] = endpointsOf(count("udp", [self]).list());
    expect([end!.sent.frames, end!.received.frames, end!.frames, more.length]).toEqual([
      1, 1, 2, 0,
    ]);
  });
});

describe("the protocol hierarchy", () => {
  it("counts each frame once for every protocol of its chain", () => {
    const hierarchy = new ProtocolHierarchy();
    for (const packet of openCapture(session)) hierarchy.add(packet);
    expect(hierarchy.total).toEqual({ frames: 34, bytes: 4586 });
    const find = (list: readonly ProtocolCount[], [name, ...rest]: string[]): ProtocolCount => {
      const found = list.find(({ protocol }) => protocol === name)!;
      return rest.length === 0 ? found : find(found.above, rest);
    };
    expect(find(hierarchy.list(), ["eth", "ip"])).toMatchObject({
      frames: 21,
      bytes: 3298,
      label: "IPv4",
    });
    expect(find(hierarchy.list(), ["eth", "ip", "udp", "dns"])).toMatchObject({
      ...{ frames: 4, bytes: 380, topFrames: 4 },
    });
    expect(find(hierarchy.list(), ["eth", "vlan", "ip", "udp"])).toMatchObject({ frames: 1 });
    let top = 0;
    const sum = (list: readonly ProtocolCount[]): void => {
      for (const one of list) {
        top += one.topFrames;
        sum(one.above);
      }
    };
    sum(hierarchy.list());
    expect(top).toBe(34);
  });
});

describe("I/O over time", () => {
  it("counts in intervals from the first packet on", () => {
    const io = new IoOverTime(0.5);
    for (const [s, ns] of [
      [10, 400_000_000],
      [10, 899_999_999],
      [10, 900_000_000],
      [12, 0],
      [9, 0],
    ] as const)
      io.add(at(ask(), s, ns));
    expect(io.start).toBe(10_400_000_000n);
    expect(io.list()).toEqual([
      { index: 0, frames: 3, bytes: 93 },
      { index: 1, frames: 1, bytes: 31 },
      { index: 3, frames: 1, bytes: 31 },
    ]);
  });

  it("is exact over years, and refuses what is no interval", () => {
    const io = new IoOverTime(0.000001);
    io.add(at(ask(), 0, 1));
    io.add(at(ask(), 1_700_000_000, 2001));
    expect(io.list().map(({ index }) => index)).toEqual([0, 1_700_000_000_000_002]);
    expect(() => new IoOverTime(0)).toThrow("IoOverTime: an interval of at least");
    expect(() => new IoOverTime(Number.NaN)).toThrow(RangeError);
  });
});
