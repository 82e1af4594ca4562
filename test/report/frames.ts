import { parseHex } from "../../src/bytes/hex.ts";
import type { CaptureOrigin } from "../../src/capture/collector.ts";
import type { PcapHeaderBlock, SectionHeaderBlock } from "../../src/files/blocks.ts";
import { build } from "../../src/packet/build.ts";
import { Packet } from "../../src/packet/packet.ts";
import { names } from "../../src/schema/names.ts";
import { dissector, link, net, option } from "./samples.ts";

export const linkTypeNames = names("1=ETHERNET");

/** A frame of the sample protocols with options, a payload that nobody knows, and padding. */
export const netBytes = build(
  link({ dst: "02:00:00:00:00:01", src: "02:00:00:00:00:02", padding: parseHex("0000") }),
  net({
    mode: 3,
    flags: { level: 5, last: true },
    port: 4242,
    id: 2n ** 63n,
    time: 1_000_000_000,
    delta: -2,
    urgent: true,
    src: "192.0.2.1",
    dst: "2001:db8::1",
    tag: 'a"\n',
    key: parseHex("abcdef0123"),
    options: [option.size({ size: 1460 }), option.none(), option.end()],
  }),
  parseHex("00112233445566778899aabbccddeeff00"),
).bytes();

/** A frame with lines of text. */
export const appBytes = build(link({ type: 9 }), parseHex("4745542020616c6c0a02610a620a")).bytes();

const options = { section: 1, offset: 0, littleEndian: true } as const;

export const pcapHeader: PcapHeaderBlock = {
  ...options,
  kind: "pcapHeader",
  type: 0,
  raw: parseHex("d4c3b2a1020004000000000000000000ffff000001000000"),
  magic: 0xa1b2c3d4,
  nanoseconds: false,
  modified: false,
  majorVersion: 2,
  minorVersion: 4,
  thisZone: 0,
  sigFigs: 0,
  snaplen: 65535,
  linkType: 1,
  fcsLength: -1,
  reserved: 0,
};

export const sectionHeader: SectionHeaderBlock = {
  ...options,
  kind: "sectionHeader",
  type: 0x0a0d0d0a,
  raw: parseHex("0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000"),
  majorVersion: 1,
  minorVersion: 0,
  sectionLength: -1,
  options: [{ code: 4, value: new TextEncoder().encode("tést") }],
};

const origin: CaptureOrigin = {
  entry: dissector.entry(link),
  linkType: 1,
  interfaceIndex: 3,
  info: {
    index: 3,
    format: "pcapng",
    id: 1,
    section: 2,
    linkType: 1,
    snaplen: 0,
    fcsLength: -1,
    resolution: { base: 10, exponent: 6 },
    timeOffset: 0,
    littleEndian: true,
    options: [],
  },
};

/** A packet as a capture gives it, in the middle of a piece. */
export function captured(
  bytes: Uint8Array,
  seconds = 1_511_106_545,
  nanoseconds = 471_719_000,
  number = 1,
): Packet {
  const piece = new Uint8Array(bytes.length + 7);
  piece.set(bytes, 5);
  return new Packet(
    piece,
    5,
    5 + bytes.length,
    bytes.length + 1,
    seconds,
    nanoseconds,
    number,
    origin,
    null,
  );
}
