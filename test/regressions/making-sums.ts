import { type AnyProtocol, ipv4, ipv6, type Packet } from "../../src/index.ts";
import { bytes } from "../support/packets.ts";

/** The Internet checksum by the letter of RFC 1071 §4.1, over bytes and what else it covers. */
export function sumOf(data: Uint8Array, ...more: readonly number[]): number {
  let sum = more.reduce((total, one) => total + one, 0);
  for (const [i, byte] of data.entries()) sum += i % 2 === 0 ? byte * 256 : byte;
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return 0xffff - sum;
}

/** CRC32c by the letter of RFC 9260 appendix A, bit by bit, as it stands in the header. */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  const value = ~crc >>> 0;
  return (
    ((value & 0xff) * 0x1000000 +
      (value & 0xff00) * 0x100 +
      ((value >>> 8) & 0xff00) +
      (value >>> 24)) >>>
    0
  );
}

/** A layer's bytes up to its end, with zeros where its checksum lies. */
export function blank(
  packet: Packet,
  of: AnyProtocol,
  at: number,
  length: number,
  header = false,
): Uint8Array {
  const layer = packet.layers.find((one) => one.schema.root === of.schema.root);
  if (layer === undefined) throw new Error(`no ${of.schema.name}`);
  const data = layer.bytes.slice(layer.start, header ? layer.headerEnd : layer.end);
  return data.fill(0, at, at + length);
}
/** The checksum of a layer with the addresses of IPv4 below it. */
export const over4 = (packet: Packet, of: AnyProtocol, at: number, protocol: number): number => {
  const data = blank(packet, of, at, 2);
  const ip = packet.layers.find((one) => one.schema === ipv4.schema);
  const addresses = ip?.bytes.slice(ip.start + 12, ip.start + 20) ?? bytes("");
  return sumOf(data, 0xffff - sumOf(addresses), protocol, data.length);
};

/** The same with those of IPv6. */
export const over6 = (packet: Packet, of: AnyProtocol, at: number, protocol: number): number => {
  const data = blank(packet, of, at, 2);
  const ip = packet.layers.find((one) => one.schema === ipv6.schema);
  const addresses = ip?.bytes.slice(ip.start + 8, ip.start + 40) ?? bytes("");
  return sumOf(data, 0xffff - sumOf(addresses), protocol, data.length);
};
