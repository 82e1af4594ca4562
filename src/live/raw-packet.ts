import { formatMac } from "../bytes/address.ts";
import { escapeText } from "../bytes/escape.ts";
import { defaultDissector } from "../capture/open.ts";
import type { Dissector } from "../packet/dissector.ts";
import { Packet } from "../packet/packet.ts";
import { ethernet } from "../protocols/link/ethernet.ts";
import type { PacketKind } from "./source.ts";

/** Bytes of two addresses and an EtherType (IEEE 802.3 §3.1.1). */
export const HEADER = 14;
/** Bytes of a VLAN tag (IEEE 802.1Q §9.3). */
export const TAG = 4;
const TYPE_AT = 12;
/** The types that announce a tag: of customers, and of providers. */
const TAG_TYPES = [0x8100, 0x88a8];
const ETHERNET_LINK = 1;

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What is known of a frame beside its bytes. */
export interface RawPacketOptions {
  /** How it came. */
  readonly kind?: PacketKind;
  /** Bytes that it had on the wire; all are there unless told. */
  readonly originalLength?: number;
  /** When it came: seconds since 1970 and nanoseconds; no time unless told. */
  readonly seconds?: number;
  readonly nanoseconds?: number;
  /** Whether VLAN tags are looked behind; otherwise a tag is data, and its type the EtherType. */
  readonly tagged?: boolean;
  /** Which protocols {@link RawPacket.packet} knows; all of this package unless told. */
  readonly dissector?: Dissector;
}

/**
 * An Ethernet frame as a socket of one EtherType sees it: two addresses, the type, and data. The data of a short frame
 * may end with zeros that its sender added to reach the least length; only what lies in it can tell.
 */
export class RawPacket {
  /** All of its bytes. */
  readonly frame: Uint8Array;
  /** The type of what is carried, behind the tags where these were looked behind; 0 of a frame that is too short for one. */
  readonly etherType: number;
  /** Identifiers of the VLAN tags that were looked behind, the outermost first. */
  readonly vlans: readonly number[];
  /** How it came; `undefined` where that was not told. */
  readonly kind: PacketKind | undefined;
  /** Bytes that it had on the wire. */
  readonly originalLength: number;
  private readonly seconds: number;
  private readonly nanoseconds: number;
  private readonly dissector: Dissector | undefined;
  private readonly dataAt: number;
  private dissected: Packet | null;

  /** Takes a frame apart, which is not copied. One that is too short has what there is of it, and is not {@link isWhole}. */
  constructor(frame: Uint8Array, options: RawPacketOptions = {}) {
    this.frame = frame;
    this.kind = options.kind;
    this.originalLength = options.originalLength ?? frame.length;
    this.seconds = options.seconds ?? 0;
    this.nanoseconds = options.nanoseconds ?? -1;
    this.dissector = options.dissector;
    this.dissected = null;
    const isReadable = frame.length >= HEADER;
    const at = isReadable && options.tagged === true ? typeOffset(frame, 0, frame.length) : TYPE_AT;
    const vlans: number[] = [];
    for (let tag = TYPE_AT; tag < at; tag += TAG) vlans.push(u16(frame, tag + 2) & 0xfff);
    this.vlans = vlans;
    this.etherType = isReadable ? u16(frame, at) : 0;
    this.dataAt = Math.min(at + 2, frame.length);
  }

  /** The address that it went to; empty where the frame is too short for one. */
  get to(): string {
    return this.frame.length < 6 ? "" : formatMac(this.frame, 0);
  }

  /** The address that it came from; empty where the frame is too short for one. */
  get from(): string {
    return this.frame.length < 12 ? "" : formatMac(this.frame, 6);
  }

  /** What it carries, as a view of {@link frame}. */
  get data(): Uint8Array {
    return this.frame.subarray(this.dataAt);
  }

  /** Whether it has a header, and all bytes that it had on the wire. */
  get isWhole(): boolean {
    return this.frame.length >= HEADER && this.frame.length >= this.originalLength;
  }

  /** When it came, in nanoseconds since 1970-01-01 UTC; `undefined` where that was not told. */
  get time(): bigint | undefined {
    return this.nanoseconds < 0
      ? undefined
      : BigInt(this.seconds) * 1_000_000_000n + BigInt(this.nanoseconds);
  }

  /** The data as text: UTF-8, or a character a byte (ISO 8859-1) where it is none. */
  get text(): string {
    try {
      return strict.decode(this.data);
    } catch {
      return Array.from(this.data, (byte) => String.fromCharCode(byte)).join("");
    }
  }

  /** One line: `02:00:00:00:00:01 == 0x88b5 => ff:ff:ff:ff:ff:ff - OK`, or `FAILED` where bytes are missing. */
  get summary(): string {
    const type = this.etherType.toString(16).padStart(4, "0");
    return `${this.from} == 0x${type} => ${this.to} - ${this.isWhole ? "OK" : "FAILED"}`;
  }

  /** The frame taken apart, over the same bytes; found when first asked for. */
  packet(): Packet {
    return (this.dissected ??= new Packet(
      this.frame,
      0,
      this.frame.length,
      this.originalLength,
      this.seconds,
      this.nanoseconds,
      0,
      {
        entry: (this.dissector ?? defaultDissector()).entry(ethernet),
        linkType: ETHERNET_LINK,
        interfaceIndex: 0,
      },
      null,
    ));
  }

  /** The {@link summary}, and the {@link text} in the next line with what cannot be seen as escapes. */
  toString(): string {
    return `${this.summary}:\n${escapeText(this.text)}`;
  }
}

/** Where the EtherType of b[start, end) stands behind its VLAN tags; of a frame that ends in a tag, that of the tag. */
export function typeOffset(b: Uint8Array, start: number, end: number): number {
  let at = start + TYPE_AT;
  while (at + TAG + 2 <= end && TAG_TYPES.includes(u16(b, at))) at += TAG;
  return at;
}

const u16 = (b: Uint8Array, at: number): number => (b[at]! << 8) | b[at + 1]!;
