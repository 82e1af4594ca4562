import type { CaptureOrigin } from "../../capture/collector.ts";
import type { Packet } from "../../packet/packet.ts";
import { foreignEnds, packetEnds } from "../list/ends.ts";
import type { ForeignLayers } from "../report.ts";

/** A value of a cell: whole numbers of 64 bits are `bigint`. */
export type Cell = string | number | bigint | null;

type ColumnType = "INT32" | "INT64" | "TIMESTAMP" | "TEXT";

/** One column of every file. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether a packet may have no value. */
  readonly isOptional: boolean;
}

const column = (name: string, type: ColumnType, isOptional = false): ParquetColumn => ({
  ...{ name, type, isOptional },
});

/**
 * The columns that every file begins with. Lengths take 64 bits, since those on the wire go up to 2^32-1 and readers take
 * 32 bits with a sign. The time has no zone in its type, since readers cut those with one off to microseconds; it is UTC.
 */
export const fixedColumns: readonly ParquetColumn[] = [
  column("number", "INT64"),
  column("time", "TIMESTAMP", true),
  column("len", "INT64"),
  column("cap_len", "INT64"),
  column("interface", "INT32", true),
  column("src", "TEXT", true),
  column("dst", "TEXT", true),
  column("src_port", "INT32", true),
  column("dst_port", "INT32", true),
  column("protocol", "TEXT", true),
  column("protocols", "TEXT"),
];

/** A column of a field by its name: text as `tshark -T fields` prints it, since a field may come several times in a packet. */
export const fieldColumn = (name: string): ParquetColumn => column(name, "TEXT", true);

const text = (value: string): string | null => (value === "" ? null : value);
const FIRST_TIME = -(2n ** 63n);
const LAST_TIME = 2n ** 63n - 1n;

/** The values of {@link fixedColumns}. A time that 64 bits of nanoseconds do not hold (1677 to 2262) is none. */
export function fixedCells(packet: Packet, layers?: ForeignLayers): Cell[] {
  const { number, time, originalLength, start, end, origin } = packet;
  const { src, dst, srcPort, dstPort } =
    layers === undefined ? packetEnds(packet.layers) : foreignEnds(layers);
  const isHeld = time !== undefined && time >= FIRST_TIME && time <= LAST_TIME;
  const info = "info" in origin ? (origin as CaptureOrigin).info : null;
  const chain = layers === undefined ? packet.chain.labels : layers.chain;
  return [
    BigInt(number),
    isHeld ? time : null,
    BigInt(originalLength),
    BigInt(end - start),
    info === null ? null : info.index,
    text(src),
    text(dst),
    srcPort,
    dstPort,
    chain.at(-1) ?? null,
    chain.join(":"),
  ];
}
