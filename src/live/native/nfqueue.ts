/** Messages of NFQUEUE (linux/netfilter/nfnetlink_queue.h): settings of a queue, packets that wait in it, verdicts. */
import { be32Of, eachAttribute, type MessageWriter } from "./netlink-message.ts";

const SUBSYSTEM = 3 << 8;
const MSG_PACKET = SUBSYSTEM | 0;
const MSG_VERDICT = SUBSYSTEM | 1;
export const MSG_CONFIG = SUBSYSTEM | 2;
/** `struct nfgenmsg`: family, version, and the number of the queue. */
const GENERAL = 4;

const CONFIG_COMMAND = 1;
const CONFIG_PARAMETERS = 2;
const CONFIG_MAX_LENGTH = 3;
const CONFIG_MASK = 4;
const CONFIG_FLAGS = 5;
const COPY_PACKET = 2;
const COPY_RANGE = 0xffff;
const FAIL_OPEN = 1;

const ATTR_HEADER = 1;
const ATTR_VERDICT = 2;
const ATTR_MARK = 3;
const ATTR_TIME = 4;
const ATTR_IN = 5;
const ATTR_OUT = 6;
const ATTR_MAC = 9;
const ATTR_PAYLOAD = 10;
const ATTR_LENGTH = 13;
const FLAG_REQUEST = 1;

/** Commands of a settings message. */
export const Command = { BIND: 1, UNBIND: 2, FAMILY_BIND: 3 } as const;

const general = (family: number, queue: number): number[] => [family, 0, queue >> 8, queue & 255];

/** Writes that a protocol family has queues; newer kernels (3.8) do nothing, but see who asks. */
export function writeFamily(writer: MessageWriter, family: number): void {
  writer.bytes(general(family, 0)).attribute(CONFIG_COMMAND, [Command.FAMILY_BIND, 0, 0, family]);
}

/** How a queue works. */
export interface QueueSettings {
  /** Packets that wait at most. */
  readonly maxLength?: number | undefined;
  /** Whether packets pass that find the queue full; they are dropped otherwise. */
  readonly failOpen?: boolean | undefined;
}

/** Writes that a queue is wanted, with whole packets. */
export function writeBind(writer: MessageWriter, queue: number, settings: QueueSettings): void {
  writer
    .bytes(general(0, queue))
    .attribute(CONFIG_COMMAND, [Command.BIND, 0, 0, 0])
    .attribute(CONFIG_PARAMETERS, [0, 0, COPY_RANGE >> 8, COPY_RANGE & 255, COPY_PACKET]);
  if (settings.maxLength !== undefined) writer.be32(CONFIG_MAX_LENGTH, settings.maxLength);
  if (settings.failOpen) writer.be32(CONFIG_FLAGS, FAIL_OPEN).be32(CONFIG_MASK, FAIL_OPEN);
}

/** A packet that waits for its verdict. The bytes are a place in what was read. */
export interface QueuedPacket {
  readonly id: number;
  /** EtherType of its network layer. */
  readonly protocol: number;
  /** Number of the place in the kernel where it was stopped. */
  readonly hook: number;
  readonly mark: number;
  /** Seconds and nanoseconds since 1970; `null` where the kernel did not take the time. */
  readonly time: { readonly seconds: number; readonly nanoseconds: number } | null;
  /** Numbers of interfaces, 0 for none. */
  readonly inInterface: number;
  readonly outInterface: number;
  /** Link-layer address that it came from; `null` for none. */
  readonly source: Buffer | null;
  /** `null` where the queue was not yet set up when it came. */
  readonly payload: Buffer | null;
  /** Bytes that it has: more than the payload where that was cut. */
  readonly length: number;
}

/** Reads a packet out of a message; `null` where it is no such message. */
export function queuedPacketOf(type: number, body: Buffer): QueuedPacket | null {
  if (type !== MSG_PACKET) return null;
  const values: (Buffer | undefined)[] = new Array(ATTR_LENGTH + 1).fill(undefined);
  eachAttribute(body, GENERAL, (type, value) => {
    if (type <= ATTR_LENGTH) values[type] = value;
  });
  const header = values[ATTR_HEADER];
  if (header === undefined || header.length < 7) return null;
  const payload = values[ATTR_PAYLOAD] ?? null;
  return {
    id: header.readUInt32BE(0),
    protocol: header.readUInt16BE(4),
    hook: header[6]!,
    mark: be32Of(values[ATTR_MARK]) ?? 0,
    time: timeOf(values[ATTR_TIME]),
    inInterface: be32Of(values[ATTR_IN]) ?? 0,
    outInterface: be32Of(values[ATTR_OUT]) ?? 0,
    source: addressOf(values[ATTR_MAC]),
    payload,
    length: be32Of(values[ATTR_LENGTH]) ?? payload?.length ?? 0,
  };
}

function timeOf(value: Buffer | undefined): QueuedPacket["time"] {
  if (value === undefined || value.length < 16) return null;
  const micros = Number(value.readBigUInt64BE(8));
  return { seconds: Number(value.readBigUInt64BE(0)), nanoseconds: (micros % 1e6) * 1000 };
}

function addressOf(value: Buffer | undefined): Buffer | null {
  if (value === undefined || value.length < 4) return null;
  const length = Math.min(value.readUInt16BE(0), value.length - 4);
  return length === 0 ? null : value.subarray(4, 4 + length);
}

/** What is decided of a packet. */
export interface Ruling {
  readonly queue: number;
  readonly id: number;
  /** Number of the verdict; with NF_QUEUE the other queue in the upper 16 bits. */
  readonly verdict: number;
  /** What it shall have instead of its bytes. */
  readonly bytes?: Uint8Array | undefined;
  readonly mark?: number | undefined;
}

/**
 * Writes a verdict as a message of its own. Its sequence number is the packet's, so that an error says which. Nothing is
 * acknowledged.
 */
export function writeVerdict(writer: MessageWriter, ruling: Ruling): void {
  const { queue, id, verdict, bytes, mark } = ruling;
  writer.begin(MSG_VERDICT, FLAG_REQUEST, id).bytes(general(0, queue));
  const [v, i] = [verdict >>> 0, id >>> 0];
  writer.attribute(ATTR_VERDICT, [v >>> 24, v >>> 16, v >>> 8, v, i >>> 24, i >>> 16, i >>> 8, i]);
  if (mark !== undefined) writer.be32(ATTR_MARK, mark);
  if (bytes !== undefined) writer.attribute(ATTR_PAYLOAD, bytes);
  writer.end();
}
