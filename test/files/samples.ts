/** Small capture files made byte by byte, and a sink that remembers what it was given. */

import type { Block } from "../../src/files/blocks.ts";
import { CaptureError } from "../../src/files/errors.ts";
import type { CaptureInterface } from "../../src/files/record.ts";
import { bytesSource } from "../../src/files/source.ts";
import {
  type ReadRecordsOptions,
  type RecordCollector,
  readRecordsSync,
} from "../../src/files/stream.ts";

export const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

export function join(...pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

/** `width` bytes of a number. */
export function number(width: number, value: number | bigint, little: boolean): Uint8Array {
  const bytes = Array.from({ length: width }, (_, i) =>
    Number((BigInt.asUintN(64, BigInt(value)) >> BigInt(8 * i)) & 255n),
  );
  return Uint8Array.from(little ? bytes : bytes.reverse());
}

const u16 = (value: number, little: boolean) => number(2, value, little);
const u32 = (value: number, little: boolean) => number(4, value, little);

export interface PcapHeader {
  readonly little?: boolean;
  readonly magic?: number;
  readonly major?: number;
  readonly minor?: number;
  readonly snaplen?: number;
  readonly network?: number;
}

export function pcapHeader(header: PcapHeader = {}): Uint8Array {
  const { little = true, magic = 0xa1b2c3d4, major = 2, minor = 4 } = header;
  const { snaplen = 262_144, network = 1 } = header;
  return join(
    u32(magic, little),
    u16(major, little),
    u16(minor, little),
    u32(0, little),
    u32(0, little),
    u32(snaplen, little),
    u32(network, little),
  );
}

export interface PcapRecord {
  readonly little?: boolean;
  readonly seconds?: number;
  readonly fraction?: number;
  readonly captured?: number;
  readonly original?: number;
  readonly extra?: Uint8Array;
}

export function pcapRecord(data: Uint8Array, record: PcapRecord = {}): Uint8Array {
  const { little = true, seconds = 1_700_000_000, fraction = 0 } = record;
  const { captured = data.length, original = data.length } = record;
  const words = [seconds, fraction, captured, original].map((value) => u32(value, little));
  return join(...words, record.extra ?? new Uint8Array(0), data);
}

export interface BlockFaults {
  readonly length?: number;
  readonly trailer?: number;
}

/** A pcapng block around a body, which is padded to four bytes. */
export function block(
  type: number,
  body: Uint8Array,
  little = true,
  { length, trailer }: BlockFaults = {},
): Uint8Array {
  const padded = pad(body);
  const total = padded.length + 12;
  return join(
    u32(type, little),
    u32(length ?? total, little),
    padded,
    u32(trailer ?? length ?? total, little),
  );
}

export function pad(bytes: Uint8Array): Uint8Array {
  return join(bytes, new Uint8Array((4 - (bytes.length % 4)) % 4));
}

export function option(code: number, value: Uint8Array | string, little = true): Uint8Array {
  const bytes = typeof value === "string" ? ascii(value) : value;
  return join(u16(code, little), u16(bytes.length, little), pad(bytes));
}

export const endOfOptions = new Uint8Array(4);

export function shb(
  little = true,
  options: Uint8Array = new Uint8Array(0),
  { length = -1, major = 1, minor = 0 } = {},
): Uint8Array {
  const version = join(u16(major, little), u16(minor, little));
  const body = join(u32(0x1a2b3c4d, little), version, number(8, length, little), options);
  return block(0x0a0d0d0a, body, little);
}

export function idb(
  little = true,
  options: Uint8Array = new Uint8Array(0),
  { linkType = 1, snaplen = 0 } = {},
): Uint8Array {
  const body = join(u16(linkType, little), u16(0, little), u32(snaplen, little), options);
  return block(1, body, little);
}

export interface PacketBlock {
  readonly little?: boolean;
  readonly id?: number;
  readonly units?: bigint;
  readonly captured?: number;
  readonly original?: number;
  readonly options?: Uint8Array;
}

function times(units: bigint, little: boolean): Uint8Array {
  return join(number(4, units >> 32n, little), number(4, units & 0xffffffffn, little));
}

export function epb(data: Uint8Array, packet: PacketBlock = {}): Uint8Array {
  const { little = true, id = 0, units = 0n, options = new Uint8Array(0) } = packet;
  const { captured = data.length, original = data.length } = packet;
  const lengths = join(u32(captured, little), u32(original, little));
  const body = join(u32(id, little), times(units, little), lengths, pad(data), options);
  return block(6, body, little);
}

/** The obsolete packet block. */
export function pb(data: Uint8Array, drops: number, packet: PacketBlock = {}): Uint8Array {
  const { little = true, id = 0, units = 0n, options = new Uint8Array(0) } = packet;
  const head = join(u16(id, little), u16(drops, little), times(units, little));
  const lengths = join(u32(data.length, little), u32(data.length, little));
  return block(2, join(head, lengths, pad(data), options), little);
}

export function spb(data: Uint8Array, original = data.length, little = true): Uint8Array {
  return block(3, join(u32(original, little), data), little);
}

export function isb(id: number, units: bigint, options: Uint8Array, little = true): Uint8Array {
  return block(5, join(u32(id, little), times(units, little), options), little);
}

/** A packet as a collector keeps it. */
export interface Row {
  readonly bytes: number[];
  readonly original: number;
  readonly time: string;
  readonly interface: number;
  readonly options: number[];
  readonly little: boolean;
}

/** Remembers everything; every batch is the rows since the one before. */
export class Collected implements RecordCollector<Row[]> {
  readonly rows: Row[] = [];
  readonly interfaces: CaptureInterface[] = [];
  readonly blocks: Block[] = [];
  private taken = 0;

  interface(info: CaptureInterface): void {
    this.interfaces.push(info);
  }

  record(
    b: Uint8Array,
    start: number,
    end: number,
    original: number,
    seconds: number,
    nanoseconds: number,
    index: number,
    optionsStart: number,
    optionsEnd: number,
    little: boolean,
  ): void {
    const fraction = String(nanoseconds).padStart(9, "0");
    this.rows.push({
      bytes: [...b.subarray(start, end)],
      original,
      time: nanoseconds < 0 ? "" : `${seconds}.${fraction}`,
      interface: index,
      options: [...b.subarray(optionsStart, optionsEnd)],
      little,
    });
  }

  block(found: Block): void {
    this.blocks.push(found);
  }

  take(): Row[] | undefined {
    const batch = this.rows.slice(this.taken);
    this.taken = this.rows.length;
    return batch.length > 0 ? batch : undefined;
  }

  /** The only block of a kind. */
  one<K extends Block["kind"]>(kind: K): Extract<Block, { kind: K }> {
    const found = this.blocks.filter((each) => each.kind === kind);
    if (found.length !== 1) throw new Error(`${found.length} blocks of kind ${kind}`);
    return found[0] as Extract<Block, { kind: K }>;
  }
}

/** What a file holds, and the fault that ended it. */
export function readAll(
  bytes: Uint8Array,
  options?: ReadRecordsOptions,
): Collected & { fault?: CaptureError } {
  const collected: Collected & { fault?: CaptureError } = new Collected();
  try {
    for (const _ of readRecordsSync(bytesSource(bytes), collected, options));
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    collected.fault = error;
  }
  return collected;
}
