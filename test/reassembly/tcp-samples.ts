import type { Packet } from "../../src/packet/packet.ts";
import { TcpReassembly } from "../../src/reassembly/tcp.ts";
import type {
  StreamAnomaly,
  StreamConflict,
  StreamConsumer,
  StreamData,
  StreamEnd,
  StreamEndReason,
  StreamEvent,
  StreamGap,
} from "../../src/reassembly/tcp-events.ts";
import type { TcpReassemblyOptions } from "../../src/reassembly/tcp-options.ts";
import type { TcpStream } from "../../src/reassembly/tcp-stream.ts";
import { captured } from "./samples.ts";

/** What a segment says; the rest is alike in all. */
export interface Sent {
  /** Who sends it: 10.0.0.1 port 1000, the client, or 10.0.0.2 port 80. */
  readonly by?: 0 | 1;
  readonly seq: number;
  /** Sets the ACK flag too. */
  readonly ack?: number;
  readonly data?: string | Uint8Array;
  /** Letters: S, F, R. */
  readonly flags?: string;
  readonly number?: number;
  readonly seconds?: number;
  /** The client's port, and the last byte of its address. */
  readonly port?: number;
  readonly from?: number;
  /** Bytes of the packet that are captured. */
  readonly snap?: number;
}

const put16 = (bytes: Uint8Array, at: number, n: number): void => {
  bytes[at] = n >> 8;
  bytes[at + 1] = n & 0xff;
};
const put32 = (bytes: Uint8Array, at: number, n: number): void => {
  put16(bytes, at, n >>> 16);
  put16(bytes, at + 2, n & 0xffff);
};

/** A segment over IPv4, byte by byte: nothing of the library makes it. */
export function segmentBytes(sent: Sent): Uint8Array {
  const { by = 0, seq, ack, flags = "", port = 1000, from = 1 } = sent;
  const data = typeof sent.data === "string" ? new TextEncoder().encode(sent.data) : sent.data;
  const bytes = new Uint8Array(40 + (data?.length ?? 0));
  bytes.set([0x45, 0, bytes.length >> 8, bytes.length & 0xff, 0, 0, 0, 0, 64, 6]);
  const client = [10, 0, 0, from];
  const server = [10, 0, 0, 200];
  bytes.set(by === 0 ? [...client, ...server] : [...server, ...client], 12);
  put16(bytes, 20, by === 0 ? port : 80);
  put16(bytes, 22, by === 0 ? 80 : port);
  put32(bytes, 24, seq >>> 0);
  put32(bytes, 28, (ack ?? 0) >>> 0);
  bytes[32] = 0x50;
  const bits: Record<string, number> = { F: 1, S: 2, R: 4 };
  bytes[33] = [...flags].reduce((sum, one) => sum | bits[one]!, ack === undefined ? 0 : 16);
  put16(bytes, 34, 65_535);
  if (data !== undefined) bytes.set(data, 40);
  return bytes;
}

/** The same as a packet of a capture. */
export function segment(sent: Sent): Packet {
  const whole = segmentBytes(sent);
  const { number = 1, seconds = 0, snap } = sent;
  const packet = captured(whole.slice(0, snap ?? whole.length), number, seconds);
  packet.originalLength = whole.length;
  return packet;
}

/** A SYN with its answer: the first data of either side is 1000 and 5000. */
export const handshake: readonly Sent[] = [
  { seq: 999, flags: "S" },
  { by: 1, seq: 4999, ack: 1000, flags: "S" },
  { seq: 1000, ack: 5000 },
];

const text = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);

/** Keeps events, as they are and as short lines. */
export class Recorder implements StreamConsumer {
  readonly events: StreamEvent[] = [];
  readonly lines: string[] = [];
  readonly streams: TcpStream[] = [];
  open(stream: TcpStream): void {
    this.streams.push(stream);
  }
  data(one: StreamData): void {
    this.events.push(one);
    const again = one.retransmitted ? " again" : "";
    this.lines.push(`${one.side} ${one.offset} ${text(one.bytes)}${again}`);
  }
  gap(one: StreamGap): void {
    this.events.push(one);
    this.lines.push(`${one.side} ${one.offset} gap ${one.length} ${one.reason}`);
  }
  conflict(one: StreamConflict): void {
    this.events.push(one);
    const { side, offset, old, fresh, oldPacket, packet, winner } = one;
    this.lines.push(
      `${side} ${offset} ${text(old)} of ${oldPacket}, ${text(fresh)} of ${packet}: ${winner}`,
    );
  }
  anomaly(one: StreamAnomaly): void {
    this.events.push(one);
    this.lines.push(`${one.side} ${one.offset} ${one.reason} ${text(one.bytes)}`);
  }
  end(one: StreamEnd): void {
    this.events.push(one);
    this.lines.push(`${one.side} ${one.offset} end ${one.reason}`);
  }
  close(stream: TcpStream, reason: StreamEndReason): void {
    this.lines.push(`close ${stream.index} ${reason}`);
  }
  /** The bytes of one side, without its gaps. */
  textOf(side: 0 | 1): string {
    return this.events
      .map((one) => (one.kind === "data" && one.side === side ? text(one.bytes) : ""))
      .join("");
  }
  /** The lines since this was asked last. */
  take(): string[] {
    return this.lines.splice(0);
  }
}

/** Feeds segments, numbered from 1 in the order in which they are captured. */
export function feed(
  sent: readonly Sent[],
  options: TcpReassemblyOptions = {},
): { readonly reassembly: TcpReassembly; readonly recorder: Recorder } {
  const recorder = new Recorder();
  const reassembly = new TcpReassembly({ consumer: recorder, ...options });
  for (const [i, one] of sent.entries()) reassembly.add(segment({ number: i + 1, ...one }));
  return { reassembly, recorder };
}

/** The lines that segments give, without those of the end of the capture. */
export const linesOf = (sent: readonly Sent[], options: TcpReassemblyOptions = {}): string[] =>
  feed(sent, options).recorder.lines;
