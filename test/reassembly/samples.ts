import { createDissector } from "../../src/packet/dissector.ts";
import { Packet } from "../../src/packet/packet.ts";
import { all } from "../../src/protocols/all.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import type { CompletedDatagram } from "../../src/reassembly/datagram.ts";
import type { IpReassembly } from "../../src/reassembly/ip.ts";
import type { AnyProtocol } from "../../src/schema/protocol.ts";

/** What all packets of these tests are dissected with. */
export const dissector = createDissector(all);

const entries = new Map(
  [ipv4, ipv6].map((one): [AnyProtocol, ReturnType<typeof dissector.entry>] => [
    one,
    dissector.entry(one),
  ]),
);

/** Bytes as a packet of a capture, with a number and a time. */
export function captured(
  bytes: Uint8Array,
  number: number,
  seconds = 0,
  first: AnyProtocol = ipv4,
  interfaceIndex = 0,
): Packet {
  const entry = entries.get(first) ?? dissector.entry(first);
  const { length } = bytes;
  const origin = { entry, linkType: -1, interfaceIndex };
  return new Packet(bytes, 0, length, length, seconds, 0, number, origin, null);
}

/** What a fragment written by hand says; the rest is alike in all. */
export interface Cut {
  readonly offset: number;
  readonly more: boolean;
  readonly data: Uint8Array;
  readonly number?: number;
  readonly seconds?: number;
  readonly id?: number;
  readonly protocol?: number;
  /** The last byte of the source address. */
  readonly from?: number;
  /** The flags and ECN bits to be set beside. */
  readonly df?: boolean;
  readonly ecn?: number;
}

/** A fragment of IPv4 from 10.0.0.1 to 10.0.0.2, byte by byte: nothing of the library makes it. */
export function fragment4(cut: Cut): Packet {
  const { offset, more, data, number = 1, seconds = 0, id = 7, protocol = 253, from = 1 } = cut;
  const bytes = new Uint8Array(20 + data.length);
  const word = offset / 8;
  const flags = (more ? 0x20 : 0) | (cut.df === true ? 0x40 : 0);
  bytes.set([0x45, cut.ecn ?? 0, bytes.length >> 8, bytes.length & 0xff, id >> 8, id & 0xff]);
  bytes.set([flags | (word >> 8), word & 0xff, 64, protocol], 6);
  bytes.set([10, 0, 0, from, 10, 0, 0, 2], 12);
  bytes.set(data, 20);
  return captured(bytes, number, seconds);
}

/** The same of IPv6, from 2001:db8::1 to 2001:db8::2; each has a flow label of its own. */
export function fragment6(cut: Cut): Packet {
  const { offset, more, data, number = 1, seconds = 0, id = 7, protocol = 253, from = 1 } = cut;
  const bytes = new Uint8Array(48 + data.length);
  const ecn = cut.ecn ?? 0;
  bytes.set([0x60, ecn << 4, 0, number & 0xff, (8 + data.length) >> 8, (8 + data.length) & 0xff]);
  bytes.set([44, 64, 0x20, 0x01, 0x0d, 0xb8], 6);
  bytes[23] = from;
  bytes.set([0x20, 0x01, 0x0d, 0xb8], 24);
  bytes[39] = 2;
  bytes.set([protocol, 0, offset >> 8, (offset & 0xf8) | Number(more)], 40);
  bytes.set([id >>> 24, (id >>> 16) & 0xff, (id >>> 8) & 0xff, id & 0xff], 44);
  bytes.set(data, 48);
  return captured(bytes, number, seconds, ipv6);
}

/** So many words of 8 bytes that all hold one letter each: `"AAB"` is 16 times A and 8 times B. */
export const words = (letters: string): Uint8Array =>
  Uint8Array.from([...letters].flatMap((letter) => new Array(8).fill(letter.charCodeAt(0))));

/** The letters of {@link words}. */
export const letters = (bytes: Uint8Array): string =>
  [...bytes]
    .filter((_, i) => i % 8 === 0)
    .map((byte) => String.fromCharCode(byte))
    .join("");

/** Bytes in which no word is like the next. */
export const payload = (size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => (i * 7) & 0xff);

/** The datagrams that packets complete. */
export const addAll = (reassembly: IpReassembly, packets: Iterable<Packet>): CompletedDatagram[] =>
  [...packets].map((one) => reassembly.add(one)).filter((one) => one !== null);
