import { describe, expect, it } from "vitest";
import { captures } from "../../scripts/synthetic/index.mjs";
import { openCapture } from "../../src/capture/open.ts";
import type { ForeignEngine } from "../../src/extract/engine.ts";
import { dpktEngine } from "../../src/extract/engines/dpkt.ts";
import { scapyEngine } from "../../src/extract/engines/scapy.ts";
import { tsharkEngine } from "../../src/extract/engines/tshark.ts";
import {
  flowPacketRecord,
  ipv4FragmentRecord,
  ipv6FragmentRecord,
  packetChain,
  packetRecord,
  tcpSegmentRecord,
} from "../../src/extract/toolkit.ts";
import type { AnyPacket } from "../../src/extract/toolkit-types.ts";
import { build } from "../../src/packet/build.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { icmp } from "../../src/protocols/network/icmp.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { ipv6Fragment as fragmentHeader } from "../../src/protocols/network/ipv6-extensions.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { fileOf } from "../report/wireshark/synthetic-file.ts";
import { hasTshark } from "../support/tshark.ts";
import { hasModule, take } from "./python-engine.ts";

if (!hasTshark) process.stderr.write("skipped: records of tshark, which is not installed\n");
const engines: readonly ForeignEngine[] = [
  ...[scapyEngine, dpktEngine].filter(({ name }) => hasModule(name)),
  ...(hasTshark ? [tsharkEngine] : []),
];

/** The synthetic captures of one name, one behind the other. */
const named = (name: string): Uint8Array => {
  const members = captures.filter((capture) => capture.name === name);
  if (members.length === 0) throw new Error(`no synthetic capture ${name}`);
  return fileOf(members).file;
};

async function packetsIn(file: Uint8Array): Promise<Packet[]> {
  const found: Packet[] = [];
  for await (const packet of openCapture(file)) found.push(packet);
  return found;
}

/** What the engines' packets and ours give for one of the functions. */
async function both<T>(name: string, of: (one: AnyPacket) => T | undefined) {
  const file = named(name);
  const ours = (await packetsIn(file)).map(of);
  const theirs = new Map<string, (T | undefined)[]>();
  for (const engine of engines) theirs.set(engine.name, (await take(engine, file)).map(of));
  return { ours, theirs };
}

const ends = { src: "192.0.2.1", dst: "198.51.100.2" };
const ends6 = { src: "2001:db8::1", dst: "2001:db8::2" };

describe("the records of packets of ours", () => {
  it("hold a fragment's data, its place in bytes and the header that is kept", () => {
    const packet = build(
      ethernet(),
      ipv4({ ...ends, id: 7, protocol: 17, flags: { df: true }, fragmentOffset: 3, ttl: 9 }),
      "0123456789",
    );
    const record = ipv4FragmentRecord(packet)!;
    expect({ ...record, header: record.header.length }).toEqual({
      bufid: ["192.0.2.1", "198.51.100.2", 7, 17],
      num: 0,
      fo: 24,
      ihl: 20,
      mf: false,
      tl: 30,
      header: 20,
      payload: new TextEncoder().encode("0123456789"),
    });
    expect(record.header).toEqual(packet.bytes().slice(14, 34));
    expect(ipv6FragmentRecord(packet)).toBeUndefined();
    expect(Object.isFrozen(record) && Object.isFrozen(record.bufid)).toBe(true);
  });

  it("tell fragments of IPv6 by the identification of their header, which is not counted", () => {
    const packet = build(
      ipv6({ ...ends6, flowLabel: 0x12345 }),
      fragmentHeader({ id: 0xdeadbeef, offset: 2, more: true, nextHeader: 17 }),
      new Uint8Array(16).fill(5),
    );
    const record = ipv6FragmentRecord(packet)!;
    expect(record.bufid).toEqual(["2001:db8::1", "2001:db8::2", 0xdeadbeef, 17]);
    expect([record.fo, record.ihl, record.mf, record.tl]).toEqual([16, 40, true, 64]);
    expect(record.payload).toEqual(new Uint8Array(16).fill(5));
  });

  it("say nothing of whole datagrams, whatever Don't Fragment says, nor of quoted or broken fragments", () => {
    for (const df of [true, false])
      expect(
        ipv4FragmentRecord(build(ipv4({ ...ends, flags: { df } }), udp(), "data")),
      ).toBeUndefined();
    const quoted = ipv4({ ...ends, protocol: 17, fragmentOffset: 4 });
    const error = build(ipv4(ends), icmp.timeExceeded(), quoted, "12345678");
    expect(ipv4FragmentRecord(error)).toBeUndefined();
    const odd = build(ipv4({ ...ends, protocol: 17, flags: { mf: true } }), "123");
    expect(ipv4FragmentRecord(odd)).toBeUndefined();
  });

  it("count segments as TCP does, over the end of the numbers too", () => {
    const packet = build(
      ipv4(ends),
      tcp({
        srcPort: 1000,
        dstPort: 80,
        seq: 0xffff_fffe,
        ack: 5,
        flags: { ack: true, fin: true },
      }),
      "hello",
    );
    const record = tcpSegmentRecord(packet)!;
    expect({ ...record, header: record.header.length }).toEqual({
      bufid: ["192.0.2.1", 1000, "198.51.100.2", 80],
      dsn: 0xffff_fffe,
      ack: 5,
      num: 0,
      syn: false,
      fin: true,
      rst: false,
      len: 5,
      first: 0xffff_fffe,
      last: 3,
      header: 20,
      payload: new TextEncoder().encode("hello"),
    });
  });

  it("have no segment in a fragment or in a quotation, and none without TCP", () => {
    const segment = tcp({ srcPort: 1, dstPort: 2 });
    expect(
      tcpSegmentRecord(build(ipv4({ ...ends, flags: { mf: true } }), segment, "1234")),
    ).toBeUndefined();
    expect(
      tcpSegmentRecord(build(ipv4(ends), icmp.timeExceeded(), ipv4(ends), segment)),
    ).toBeUndefined();
    expect(tcpSegmentRecord(build(ipv4(ends), udp(), "data"))).toBeUndefined();
  });

  it("have the time of the capture in nanoseconds", async () => {
    const [first, second] = await packetsIn(named("tcp"));
    expect(flowPacketRecord(first!)!.timestamp).toBe(0n);
    expect(flowPacketRecord(second!)!.timestamp).toBe(1_000_000_000n);
    expect(flowPacketRecord(build(ipv4(ends), tcp()))!.timestamp).toBeNull();
    const { frame, ...others } = flowPacketRecord(second!)!;
    expect(others).toMatchObject({
      protocol: 1,
      index: 2,
      src: "192.0.2.10",
      dst: "198.51.100.20",
    });
    expect(frame).toEqual(packetRecord(second!));
  });

  it("are plain, frozen all through, and copies", () => {
    const packet = build(ethernet(), ipv4(ends), tcp({ dstPort: 80, flags: { syn: true } }));
    const record = packetRecord(packet);
    const segment = (record as { ethernet: { ipv4: { tcp: Record<string, unknown> } } }).ethernet
      .ipv4.tcp;
    expect(segment).toMatchObject({
      dstPort: { value: 80, name: "http" },
      flags: { value: 2, syn: true, fin: false },
    });
    expect([record, segment, segment["flags"]].every(Object.isFrozen)).toBe(true);
    expect(record["protocols"]).toBe("Ethernet:IPv4:TCP");
    (record["packet"] as Uint8Array)[0] = 0xff;
    expect(packet.bytes()[0]).toBe(0);
    expect(String(packetChain(packet))).toBe("Ethernet:IPv4:TCP");
  });
});

describe.each(engines)("the records of packets of $name", (engine) => {
  it.each(["ipv4-fragments", "odd-lengths", "icmp-errors"])(
    "are those of ours for fragments in %s",
    async (name) => {
      const { ours, theirs } = await both(name, ipv4FragmentRecord);
      expect(theirs.get(engine.name)).toEqual(ours);
    },
  );

  it.each(["ipv6-fragments", "ipv6-routes", "icmpv6-errors"])(
    "are those of ours for fragments of IPv6 in %s",
    async (name) => {
      const { ours, theirs } = await both(name, ipv6FragmentRecord);
      expect(theirs.get(engine.name)).toEqual(ours);
    },
  );

  it.each(["tcp", "tcp-options", "tcp-analysis", "ftp-ipv6", "icmp-errors", "http-exchanges"])(
    "are those of ours for segments in %s",
    async (name) => {
      const { ours, theirs } = await both(name, tcpSegmentRecord);
      expect(theirs.get(engine.name)).toEqual(ours);
    },
  );

  it.each(["tcp", "ftp-ipv6"])("are those of ours for flows in %s", async (name) => {
    const of = (one: AnyPacket) => {
      const found = flowPacketRecord(one);
      if (found === undefined) return undefined;
      const { frame, ...others } = found;
      const { time, number, len, packet } = frame;
      return { ...others, frame: { time, number, len, packet } };
    };
    const { ours, theirs } = await both(name, of);
    expect(theirs.get(engine.name)).toEqual(ours);
    expect(ours.some((one) => one !== undefined)).toBe(true);
  });

  it("have chains that are asked as ours are", async () => {
    const [first] = await take(engine, named("tcp"));
    const chain = packetChain(first!);
    expect(String(chain)).toBe("Ethernet:IPv4:TCP");
    expect([chain.index(tcp), chain.includes("ip"), chain.count("udp")]).toEqual([2, true, 0]);
    const fresh = packetChain({ ...first!, layers: { ...first!.layers, chain: ["Own", "TCP"] } });
    expect([fresh.index("own"), fresh.index(tcp)]).toEqual([0, 1]);
  });
});

describe("the captures that the records are compared over", () => {
  it("have fragments and segments", async () => {
    const count = async (name: string, of: (one: AnyPacket) => unknown) =>
      (await packetsIn(named(name))).filter((one) => of(one) !== undefined).length;
    expect(await count("ipv4-fragments", ipv4FragmentRecord)).toBeGreaterThan(5);
    expect(await count("ipv6-fragments", ipv6FragmentRecord)).toBeGreaterThan(5);
    expect(await count("tcp-analysis", tcpSegmentRecord)).toBeGreaterThan(50);
  });
});
