/** What both capture formats want to know of a packet. */

import { readU32, readU32le } from "../../bytes/numbers.ts";
import type { CaptureOrigin } from "../../capture/collector.ts";
import { blockTypes } from "../../files/blocks.ts";
import type { CaptureInterface } from "../../files/record.ts";
import type { Packet } from "../../packet/packet.ts";
import type { PacketRecord } from "../report.ts";

/** A record of a capture file as it stands there. */
export interface OwnRecord {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
}

/** The interface that a packet was captured on; `undefined` of one that comes from no capture. */
export const interfaceOf = ({ origin }: Packet): CaptureInterface | undefined =>
  "info" in origin ? (origin as CaptureOrigin).info : undefined;

/**
 * Whether it is no packet but a custom block that was counted as one, as Wireshark does: the report was given the block
 * itself too.
 */
export const isCountedBlock = (packet: Packet): boolean =>
  packet.number > 0 && packet.origin.interfaceIndex < 0 && packet.first === null;

/** Seconds and nanoseconds that a format can hold: the frames are worth more than a time before 1970 or after its end. */
export const heldSeconds = ({ seconds }: Packet, last: number): number =>
  Math.min(Math.max(seconds, 0), last);

/**
 * Whether a record still says what the packet does. A field that was set lies in the record as well; a packet that was built
 * anew has other bytes, and has to be written anew.
 */
export function saysTheSame(packet: Packet, b: Uint8Array, at: number, original: number): boolean {
  const { data, start, end, originalLength } = packet;
  if (originalLength !== original) return false;
  if (data.buffer === b.buffer && data.byteOffset + start === b.byteOffset + at)
    return at + end - start <= b.length;
  if (at + end - start > b.length) return false;
  for (let i = start; i < end; i++) if (data[i] !== b[at + i - start]) return false;
  return true;
}

/** Where the bytes of a packet begin in its block of a pcapng file, how many there are, and how many there were. */
export interface PacketBlockPlace {
  readonly at: number;
  readonly captured: number;
  readonly original: number;
}

/** Of a simple packet block, which does not say it, the captured length is what the caller knows. */
export function packetBlockPlace(
  { bytes, littleEndian }: OwnRecord,
  captured: number,
): PacketBlockPlace | undefined {
  if (bytes.length < 16) return undefined;
  const word = littleEndian ? readU32le : readU32;
  const type = word(bytes, 0);
  if (type === blockTypes.simplePacket) return { at: 12, captured, original: word(bytes, 8) };
  if (type !== blockTypes.enhancedPacket && type !== blockTypes.packet) return undefined;
  if (bytes.length < 32) return undefined;
  return { at: 28, captured: word(bytes, 20), original: word(bytes, 24) };
}

/** The record of a packet, where it is known with its byte order. */
export function ownRecord(record: PacketRecord | undefined): OwnRecord | undefined {
  const { bytes, littleEndian } = record ?? {};
  return bytes === undefined || littleEndian === undefined ? undefined : { bytes, littleEndian };
}
