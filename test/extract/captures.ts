/** Captures for the tests of extraction, made here so that every kind of input is there. */
import { readFileSync } from "node:fs";
import { PcapWriter, type PcapWriterOptions } from "../../src/files/pcap-writer.ts";
import { PcapngWriter } from "../../src/files/pcapng-writer.ts";
import { build } from "../../src/packet/build.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { joined } from "../support/bytes.ts";

/** 34 frames of an Ethernet: ARP, DNS, ICMP, two web pages, a traceroute, a VLAN. */
export const session = readFileSync("examples/session.pcap");
export const SESSION_FRAMES = 34;

/** A moment from which the times of made packets count. */
export const START = 1_750_000_000;

/** A frame of about 60 bytes, or more with `size`, that no other is equal to. */
export function numbered(i: number, size = 18 + (i % 23)): Uint8Array {
  const payload = Uint8Array.from({ length: size }, (_, at) => (at * 7 + i) & 0xff);
  payload.set([i >> 8, i & 0xff]);
  const ports = { srcPort: 20_000 + (i % 5000), dstPort: 9 };
  if (i % 3 === 2)
    return build(
      ethernet(),
      ipv6({ src: "2001:db8::1", dst: "2001:db8::2" }),
      udp(ports),
      payload,
    ).bytes();
  const ends = ipv4({ src: "192.0.2.1", dst: `198.51.100.${i % 250}`, id: i & 0xffff });
  const upper = i % 3 === 0 ? udp(ports) : tcp({ ...ports, seq: i * 1000 });
  return build(
    ethernet({ src: "02:00:00:00:00:01", dst: "02:00:00:00:00:02" }),
    ends,
    upper,
    payload,
  ).bytes();
}

/** A pcap of so many numbered frames, a millisecond apart. */
export function pcapOf(count: number, options: PcapWriterOptions = {}, size?: number): Uint8Array {
  const writer = new PcapWriter(options);
  for (let i = 0; i < count; i++) {
    const frame = numbered(i, size);
    const ns = (i % 1000) * 1_000_000 + (i % 7);
    writer.write(frame, 0, frame.length, frame.length + (i % 5), START + Math.floor(i / 1000), ns);
  }
  return writer.take();
}

/** A pcap of packets, a second apart. */
export function pcapOfPackets(packets: readonly Packet[], linkType = 1): Uint8Array {
  const writer = new PcapWriter({ linkType });
  packets.forEach((packet, i) => {
    const bytes = packet.bytes();
    writer.write(bytes, 0, bytes.length, bytes.length, START + i, 0);
  });
  return writer.take();
}

/**
 * A pcapng of two sections of either byte order, with interfaces that appear late, blocks of all kinds between the packets,
 * and packets with options.
 */
export function variedPcapng(perSection = 60): Uint8Array {
  const writer = new PcapngWriter({ section: { application: "Wirecraft's tests" } });
  let n = 0;
  for (const littleEndian of [true, false]) {
    writer.section({ littleEndian, comment: `low byte first: ${littleEndian}` });
    const interfaces = [writer.interface({ linkType: 1, name: "first" })];
    for (let i = 0; i < perSection; i++, n++) {
      if (i === Math.floor(perSection / 3))
        interfaces.push(
          writer.interface({
            name: "late",
            resolution: { base: 10, exponent: 6 },
            timeOffset: 3600,
          }),
        );
      if (i % 11 === 5) blockBetween(writer, n, interfaces[0]!);
      const frame = numbered(n);
      const at = interfaces[i % interfaces.length]!;
      const options = n % 4 === 1 ? { comment: `packet ${n} “”` } : undefined;
      if (n % 9 === 4) writer.simplePacket(frame, 0, frame.length, frame.length);
      else writer.write(frame, 0, frame.length, frame.length, START + n, n * 1000, at, options);
    }
    writer.statistics({ interfaceIndex: interfaces[0]!, time: timeOf(n), received: perSection });
  }
  return writer.take();
}

function blockBetween(writer: PcapngWriter, n: number, interfaceIndex: number): void {
  const kind = n % 5;
  if (kind === 0) writer.names({ records: [{ ipv4: "192.0.2.1", names: ["one.example"] }] });
  else if (kind === 1) writer.statistics({ interfaceIndex, time: timeOf(n), received: n });
  else if (kind === 2) writer.custom({ pen: 32_473, data: Uint8Array.of(1, 2, 3, n & 255) });
  else if (kind === 3) writer.unknown({ type: 0x0abc, body: Uint8Array.of(n & 255, 0, 0, 0) });
  else writer.journal({ fields: [{ name: "MESSAGE", value: `entry ${n}` }] });
}

const timeOf = (n: number): { seconds: number; nanoseconds: number } => ({
  seconds: START + n,
  nanoseconds: 0,
});

/** Bytes with some that are no record put in after each of the places. */
export function spoiled(pcap: Uint8Array, places: readonly number[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const at of places) {
    const end = recordStart(pcap, at);
    pieces.push(pcap.subarray(from, end), new Uint8Array(37).fill(0xee));
    from = end;
  }
  return joined(...pieces, pcap.subarray(from));
}

/** Where the record behind so many records of a little-endian pcap begins. */
export function recordStart(pcap: Uint8Array, records: number): number {
  const view = new DataView(pcap.buffer, pcap.byteOffset, pcap.byteLength);
  let at = 24;
  for (let i = 0; i < records; i++) at += 16 + view.getUint32(at + 8, true);
  return at;
}

/** IPv4 and IPv6 datagrams in fragments, and one of each of which the last fragment is missing. */
export function fragments(): Uint8Array {
  const text = "fragmented ".repeat(200);
  const four = (id: number): Packet[] =>
    build(
      ethernet(),
      ipv4({ src: "192.0.2.1", dst: "192.0.2.2", id }),
      udp({ srcPort: 1, dstPort: 9 }),
      text,
    ).fragment({ size: 600 });
  const six = (dst: string): Packet[] =>
    build(
      ethernet(),
      ipv6({ src: "2001:db8::1", dst }),
      udp({ srcPort: 1, dstPort: 9 }),
      text,
    ).fragment({ size: 1280 });
  return pcapOfPackets([
    ...four(7),
    ...six("2001:db8::2"),
    ...four(8).slice(0, -1),
    ...six("2001:db8::3").slice(0, -1),
  ]);
}
