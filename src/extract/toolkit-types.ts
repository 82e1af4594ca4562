import type { Packet } from "../packet/packet.ts";
import type { ForeignLayers } from "../report/report.ts";
import type { Info } from "./info.ts";

/** A packet with what another engine found in it: one of those of a `DissectedChunk`. */
export interface ForeignPacket {
  readonly packet: Packet;
  readonly layers: ForeignLayers;
}

/** A packet of ours, or one that another engine took apart. */
export type AnyPacket = Packet | ForeignPacket;

/** A fragment of IP as reassembly wants it: PyPCAPKit's input of `ipv4_reassembly` and `ipv6_reassembly`. */
export interface FragmentRecord {
  /**
   * What the fragments of one datagram have in common: source, destination, identification and protocol. For IPv6 the
   * identification is that of the fragment header (RFC 8200 §4.5).
   */
  readonly bufid: readonly [src: string, dst: string, id: number, protocol: number];
  /** Number of the packet in its capture. */
  readonly num: number;
  /** Where the data belongs in the datagram, in bytes. */
  readonly fo: number;
  /** Bytes of the header that the datagram keeps: of IPv6 all headers before that of the fragment. */
  readonly ihl: number;
  /** Whether more fragments follow. */
  readonly mf: boolean;
  /** Bytes of this fragment's packet, header included, as IP says. */
  readonly tl: number;
  /** The header that the datagram keeps. */
  readonly header: Uint8Array;
  /** The fragment's data. */
  readonly payload: Uint8Array;
}

/** A segment of TCP as reassembly wants it: PyPCAPKit's input of `tcp_reassembly`. */
export interface SegmentRecord {
  /** One direction of a connection. */
  readonly bufid: readonly [src: string, srcport: number, dst: string, dstport: number];
  /** Sequence number. The data of a segment with SYN begins one later (RFC 9293 §3.4). */
  readonly dsn: number;
  /** Acknowledgment number. */
  readonly ack: number;
  /** Number of the packet in its capture. */
  readonly num: number;
  readonly syn: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  /** Bytes of data on the wire. */
  readonly len: number;
  /** The sequence number again, and that behind the data; both modulo 2^32, as the protocol counts. */
  readonly first: number;
  readonly last: number;
  /** The header of TCP, with options. */
  readonly header: Uint8Array;
  /** The data as far as it was captured. */
  readonly payload: Uint8Array;
}

/** A packet of a connection as flow tracing wants it: PyPCAPKit's input of `tcp_traceflow`. */
export interface FlowPacket {
  /** LINKTYPE_ number of the frame; -1 for a packet of no capture. */
  readonly protocol: number;
  /** Number of the packet in its capture. */
  readonly index: number;
  /** All of the packet, made when it is asked for. */
  readonly frame: Info;
  readonly syn: boolean;
  readonly fin: boolean;
  readonly src: string;
  readonly dst: string;
  readonly srcport: number;
  readonly dstport: number;
  /** Nanoseconds since 1970 of the capture, never of the clock; `null` where it gives no time. */
  readonly timestamp: bigint | null;
}
