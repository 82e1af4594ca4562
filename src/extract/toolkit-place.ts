import { putIpv4, putIpv6 } from "../bytes/address.ts";
import type { Packet } from "../packet/packet.ts";
import type { Fields } from "../report/content.ts";
import { numberOf, textOf } from "./toolkit-shown.ts";

/**
 * What is known of the bytes of a header from its values. Other programs say what a header holds, not where it lies; the
 * values of IP and TCP fill their headers almost wholly, so that these are found by them.
 */
class Pattern {
  private readonly bytes: Uint8Array;
  private readonly mask: Uint8Array;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.mask = new Uint8Array(length);
  }

  /** So many bytes at a place, as far as the number is known; `mask` says which bits of them count. */
  put(at: number, width: number, value: number | undefined, mask = 2 ** (8 * width) - 1): this {
    if (value === undefined) return this;
    for (let i = 0; i < width; i++) {
      const shift = 2 ** (8 * (width - 1 - i));
      this.bytes[at + i]! |= Math.floor(value / shift) % 256;
      this.mask[at + i]! |= Math.floor(mask / shift) % 256;
    }
    return this;
  }

  /** An address at a place; false where the text is none. */
  address(at: number, text: string | undefined, isV4: boolean): boolean {
    if (text === undefined) return false;
    if (!(isV4 ? putIpv4(text, this.bytes, at) : putIpv6(text, this.bytes, at))) return false;
    this.mask.fill(0xff, at, at + (isV4 ? 4 : 16));
    return true;
  }

  /** The first place of `data[from, to)` that agrees; -1 where none does. */
  find(data: Uint8Array, from: number, to: number): number {
    const { bytes, mask } = this;
    for (let at = from; at + bytes.length <= to; at++) {
      let i = 0;
      while (i < bytes.length && ((data[at + i]! ^ bytes[i]!) & mask[i]!) === 0) i++;
      if (i === bytes.length) return at;
    }
    return -1;
  }
}

/** Where the header of IPv4 with these values begins, at or behind an offset; -1 where it is not found (RFC 791 §3.1). */
export function findIpv4({ data, end }: Packet, from: number, fields: Fields): number {
  const pattern = new Pattern(20)
    .put(
      0,
      1,
      0x40 + (numberOf(fields, "ihl") ?? 0),
      numberOf(fields, "ihl") === undefined ? 0xf0 : 0xff,
    )
    .put(2, 2, numberOf(fields, "len"))
    .put(4, 2, numberOf(fields, "id"))
    .put(6, 2, numberOf(fields, "fragmentOffset"), 0x1fff)
    .put(8, 1, numberOf(fields, "ttl"))
    .put(9, 1, numberOf(fields, "protocol"))
    .put(10, 2, numberOf(fields, "checksum"));
  const isKnown =
    pattern.address(12, textOf(fields, "src"), true) &&
    pattern.address(16, textOf(fields, "dst"), true);
  return isKnown ? pattern.find(data, from, end) : -1;
}

/** Where the header of IPv6 with these values begins (RFC 8200 §3). */
export function findIpv6({ data, end }: Packet, from: number, fields: Fields): number {
  const pattern = new Pattern(40)
    .put(0, 1, 0x60, 0xf0)
    .put(4, 2, numberOf(fields, "len"))
    .put(6, 1, numberOf(fields, "nextHeader"))
    .put(7, 1, numberOf(fields, "hopLimit"));
  const isKnown =
    pattern.address(8, textOf(fields, "src"), false) &&
    pattern.address(24, textOf(fields, "dst"), false);
  return isKnown ? pattern.find(data, from, end) : -1;
}

/** Where the fragment header with these values begins (RFC 8200 §4.5). */
export function findFragment({ data, end }: Packet, from: number, fields: Fields): number {
  const offset = numberOf(fields, "offset");
  return new Pattern(8)
    .put(0, 1, numberOf(fields, "nextHeader"))
    .put(
      2,
      2,
      offset === undefined ? undefined : offset * 8 + (numberOf(fields, "more") ?? 0),
      0xfff9,
    )
    .put(4, 4, numberOf(fields, "id"))
    .find(data, from, end);
}

/** Where the header of TCP with these values begins (RFC 9293 §3.1). */
export function findTcp({ data, end }: Packet, from: number, fields: Fields): number {
  return new Pattern(20)
    .put(0, 2, numberOf(fields, "srcPort"))
    .put(2, 2, numberOf(fields, "dstPort"))
    .put(4, 4, numberOf(fields, "seq"))
    .put(8, 4, numberOf(fields, "ack"))
    .put(12, 1, (numberOf(fields, "dataOffset") ?? 0) * 16, 0xf0)
    .put(14, 2, numberOf(fields, "window"))
    .put(16, 2, numberOf(fields, "checksum"))
    .find(data, from, end);
}
