import type { FlowKeyOptions } from "../flow/key.ts";
import type { IpReassemblyOptions } from "./ip.ts";
import { type OverlapPolicy, winsBy } from "./overlap.ts";
import type { GapReason, StreamAnomaly, StreamConsumer, StreamEndReason } from "./tcp-events.ts";

/** How segments are put together; what is left out has a default. */
export interface TcpReassemblyOptions extends FlowKeyOptions {
  /** What takes the events. */
  readonly consumer?: StreamConsumer;
  /** Who wins where segments overlap that still wait: `"first"` unless told. What was delivered always stays. */
  readonly overlap?: Exclude<OverlapPolicy, "discard">;
  /** Whether segments in fragments of IP are found too, and with which limits: true unless told. */
  readonly datagrams?: boolean | IpReassemblyOptions;
  /** Whether segments with a wrong checksum are left out: false unless told, since network cards compute those of sent ones. */
  readonly verifyChecksums?: boolean;
  /**
   * Bytes of either side kept after they were delivered, so that later segments which contradict them are noticed: 0 unless
   * told. They are held within `maxBytes`, beside what waits.
   */
  readonly history?: number;
  /** Whether `stream.provenance` knows where bytes came from; a number is that of chunks kept a side (65,536). */
  readonly provenance?: boolean | number;
  /** Seconds, by the time of packets, after which a quiet stream is over: 7440 unless told (RFC 5382, REQ-5). */
  readonly idleTimeout?: number;
  /** The same for one that was reset or ended by both sides and waits for missing bytes: 30 unless told. */
  readonly closedTimeout?: number;
  /** Streams at once at most: 200,000 unless told (about 200 bytes each where there is no data). */
  readonly maxStreams?: number;
  /** Bytes of memory that one side's waiting segments take at most, about: 1 MiB unless told. */
  readonly maxSideBytes?: number;
  /** Segments of one side that wait at most: 4096 unless told. */
  readonly maxSideSegments?: number;
  /** Bytes of memory that waiting segments of all streams take at most, about: 64 MiB unless told. */
  readonly maxBytes?: number;
}

/** All options, with their defaults. */
export type TcpSettings = Required<
  Omit<TcpReassemblyOptions, "datagrams" | "provenance" | "consumer">
> & {
  readonly datagrams: IpReassemblyOptions | null;
  /** Chunks a side; 0: none. */
  readonly provenance: number;
};

const PROVENANCE = 65_536;

const DEFAULTS = {
  level: "innermost",
  tags: false,
  overlap: "first",
  verifyChecksums: false,
  history: 0,
  idleTimeout: 7440,
  closedTimeout: 30,
  maxStreams: 200_000,
  maxSideBytes: 1 << 20,
  maxSideSegments: 4096,
  maxBytes: 64 << 20,
} as const;

/**
 * Options with defaults for what is left out.
 *
 * @throws RangeError for a limit or time that is no number above 0, or a policy that is none.
 */
export function settingsOf(options: TcpReassemblyOptions): TcpSettings {
  const { datagrams = true, provenance = false, consumer: _, ...others } = options;
  const given = Object.entries(others).filter(([, value]) => value !== undefined);
  const settings: TcpSettings = {
    ...DEFAULTS,
    ...Object.fromEntries(given),
    datagrams: datagrams === true ? {} : datagrams === false ? null : datagrams,
    provenance: provenance === true ? PROVENANCE : Number(provenance),
  };
  check(settings);
  return settings;
}

function check(settings: TcpSettings): void {
  for (const name of ["idleTimeout", "closedTimeout"] as const)
    if (!(settings[name] > 0)) throw new RangeError(`${name}: ${settings[name]} is not above 0`);
  const limits = ["maxStreams", "maxSideBytes", "maxSideSegments", "maxBytes"] as const;
  for (const name of limits) checkWhole(name, settings[name], 1);
  for (const name of ["history", "provenance"] as const) checkWhole(name, settings[name], 0);
  const isPolicy = Object.hasOwn(winsBy, settings.overlap);
  if (!isPolicy || (settings.overlap as OverlapPolicy) === "discard")
    throw new RangeError(`overlap: '${settings.overlap}' is none for TCP`);
}

function checkWhole(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new RangeError(`${name}: ${value} is not a whole number of at least ${least}`);
}

/** What was done so far; live counters. */
export interface TcpReassemblyStats {
  /** Headers of TCP in all packets. */
  packets: number;
  /** Of these, quoted in error messages: they count for the numbers of streams, and bring no data. */
  quoted: number;
  /** Left out: a header that contradicts itself, and a wrong checksum where that is looked at. */
  malformed: number;
  badChecksums: number;
  /** Segments with data, and their bytes on the wire. */
  segments: number;
  bytes: number;
  /** Bytes that consumers were given. */
  delivered: number;
  /** Segments that brought nothing new, and all bytes that came again. */
  retransmitted: number;
  retransmittedBytes: number;
  /** Probes of a side whether the other one is alive (RFC 9293 §3.8.4). */
  keepAlives: number;
  /** Segments that had to wait for others. */
  outOfOrder: number;
  /** Segments that brought new bytes beside some that were there, and differences between such. */
  overlaps: number;
  conflicts: number;
  /** Segments too far ahead for any window (RFC 7323 §2.3), and resets that lie outside of it: not used. */
  outOfWindow: number;
  /** Segments with data of streams that closed long ago: nobody knows what they are. */
  stray: number;
  /** Gaps by reason, and the bytes in all of them. */
  readonly gaps: Record<GapReason, number>;
  gapBytes: number;
  readonly anomalies: Record<StreamAnomaly["reason"], number>;
  /** Streams so far, and those that closed, by reason. */
  streams: number;
  readonly closed: Record<StreamEndReason, number>;
}

/** Counters at zero. */
export const newStats = (): TcpReassemblyStats => ({
  packets: 0,
  quoted: 0,
  malformed: 0,
  badChecksums: 0,
  segments: 0,
  bytes: 0,
  delivered: 0,
  retransmitted: 0,
  retransmittedBytes: 0,
  keepAlives: 0,
  outOfOrder: 0,
  overlaps: 0,
  conflicts: 0,
  outOfWindow: 0,
  stray: 0,
  gaps: { acknowledged: 0, cut: 0, limit: 0, ended: 0 },
  gapBytes: 0,
  anomalies: { "after-fin": 0, "after-rst": 0, "in-rst": 0 },
  streams: 0,
  closed: { fin: 0, rst: 0, idle: 0, evicted: 0, reused: 0, flushed: 0 },
});
