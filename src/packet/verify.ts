import type { Layer } from "../schema/layer.ts";
import { segmentAt } from "../schema/layout.ts";
import { readFixed } from "../schema/value.ts";
import type { Packet } from "./packet.ts";

/** `unverified`: bytes that it covers are missing, or the field says that nobody computed it. */
export type ChecksumStatus = "good" | "bad" | "unverified";

/** One checksum of one layer, judged. */
export interface ChecksumVerdict {
  /** API name of the field. */
  readonly name: string;
  readonly stored: number;
  /** What it should be; `null` where that cannot be known. */
  readonly computed: number | null;
  readonly status: ChecksumStatus;
  /** True where the stored value says "not computed" (UDP over IPv4: zero), and may say so. */
  readonly absent: boolean;
}

/** As {@link ChecksumVerdict}, of a packet. */
export interface PacketChecksum extends ChecksumVerdict {
  readonly layer: Layer;
}

/** Compares the checksums of a layer's header with what they should be; most layers have none or one. */
export function verifyChecksums(layer: Layer): ChecksumVerdict[] {
  const verdicts: ChecksumVerdict[] = [];
  for (const placed of layer.schema.checksums) {
    const from = segmentAt(layer, placed.segment);
    if (from < 0) continue;
    const { name } = placed;
    const field = placed.item.field!;
    const stored = Number(readFixed(field, layer.bytes, from, placed.bit));
    const checksum = placed.item.options.checksum!;
    const absent = checksum.absent?.(stored, layer) ?? false;
    const computed = absent ? null : checksum.compute(layer);
    // In the one's complement all zeros and all ones are the same number (RFC 1624 §3), unless zero has a meaning of its own.
    const isSame = field.bits === 16 && checksum.absent === undefined;
    let status: ChecksumStatus = "unverified";
    if (computed !== null) status = agree(stored, computed, isSame) ? "good" : "bad";
    verdicts.push({ name, stored, computed, status, absent });
  }
  return verdicts;
}

const agree = (stored: number, computed: number, zerosAreSame: boolean): boolean =>
  stored === computed || (zerosAreSame && isZero(stored) && isZero(computed));

const isZero = (sum: number): boolean => sum === 0 || sum === 0xffff;

/** The checksums of all layers of a packet, lowest first. */
export function verifyPacket(packet: Packet): PacketChecksum[] {
  return packet.layers.flatMap((layer) =>
    verifyChecksums(layer).map((verdict) => ({ layer, ...verdict })),
  );
}
