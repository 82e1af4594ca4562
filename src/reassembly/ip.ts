import type { Dissector, Entry } from "../packet/dissector.ts";
import type { Packet } from "../packet/packet.ts";
import { ipv4 } from "../protocols/network/ipv4.ts";
import { ipv6 } from "../protocols/network/ipv6.ts";
import {
  type CompletedDatagram,
  complete,
  type Datagram,
  type GivenUp,
  type IncompleteDatagram,
  incomplete,
  lengthOf,
} from "./datagram.ts";
import { type Fragment, fragmentOf, LONGEST } from "./fragment.ts";
import { KeyWriter, type Separation } from "./key.ts";
import { type OverlapPolicy, winsBy } from "./overlap.ts";
import { type Pending, PendingTable } from "./pending.ts";
import type { Piece } from "./pieces.ts";

/** How datagrams are put together; what is left out has a default. */
export interface IpReassemblyOptions {
  /** Who wins where fragments of IPv4 overlap: `"first"` unless told. */
  readonly overlap?: OverlapPolicy;
  /** The same for IPv6: `"discard"` unless told, as RFC 8200 §4.5 demands. */
  readonly overlap6?: OverlapPolicy;
  /** What tells datagrams apart beside their own headers; nothing unless told. */
  readonly separate?: readonly Separation[];
  /** Seconds, by the time of packets, that a datagram of IPv4 waits after its first fragment: 30 unless told. */
  readonly timeout?: number;
  /** The same for IPv6: 60 unless told (RFC 8200 §4.5). */
  readonly timeout6?: number;
  /** Datagrams that wait at once at most, 16,384 unless told; the one that has waited for longest makes room. */
  readonly maxDatagrams?: number;
  /** Bytes of memory that they take at most, about: 64 MiB unless told. */
  readonly maxBytes?: number;
  /** Fragments of one datagram at most, repeated ones included: 8192 unless told. One that has more is given up. */
  readonly maxFragments?: number;
  /** Whether a first fragment of IPv6 without all headers up to the upper layer's is left out (RFC 7112 §5): true unless told. */
  readonly wholeChain?: boolean;
  /** What dissects the datagrams; unless told, that of the packet which completes one. */
  readonly dissector?: Dissector;
}

/** What was done so far; live counters. */
export interface IpReassemblyStats {
  /** Fragments that were taken. */
  fragments: number;
  completed: number;
  /** Fragments that were complete in themselves (RFC 6946): they are packets like others, and read as they are. */
  atomic: number;
  /** Fragments left out since not all of their bytes were captured. */
  cut: number;
  /** Fragments left out as wrong: lengths, offsets, ends that contradict each other, or a first one without its headers. */
  malformed: number;
  /** Fragments of datagrams that had been given up. */
  late: number;
  /** Fragments that brought bytes which were there already, exact duplicates included. */
  overlaps: number;
  /** Those of them whose bytes differ. */
  conflicts: number;
  /** Datagrams given up, by reason. */
  readonly givenUp: Record<GivenUp, number>;
}

const DEFAULTS = {
  overlap: "first",
  overlap6: "discard",
  timeout: 30,
  timeout6: 60,
  maxDatagrams: 16_384,
  maxBytes: 64 * 1024 * 1024,
  maxFragments: 8192,
  wholeChain: true,
} as const;

const BILLION = 1_000_000_000;

/**
 * Puts datagrams together from fragments of IPv4 and IPv6 (RFC 791, RFC 815, RFC 8200). Its memory is bounded and datagrams
 * age by the time of packets, so that it may run for as long as packets come.
 *
 * @example const datagram = reassembly.add(packet); if (datagram) console.log(datagram.packet.chain);
 */
export class IpReassembly {
  readonly stats: IpReassemblyStats;
  private readonly options: typeof DEFAULTS & IpReassemblyOptions;
  private readonly table: PendingTable;
  private readonly key: KeyWriter;
  private readonly whenCompleted: Set<(datagram: CompletedDatagram) => void>;
  private readonly whenIncomplete: Set<(datagram: IncompleteDatagram) => void>;

  /** @throws RangeError for a limit or time that is no number above 0, or a policy that is none. */
  constructor(options: IpReassemblyOptions = {}) {
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    this.options = { ...DEFAULTS, ...Object.fromEntries(given) };
    check(this.options);
    this.stats = {
      ...{ fragments: 0, completed: 0, atomic: 0, cut: 0, malformed: 0, late: 0 },
      ...{ overlaps: 0, conflicts: 0 },
      givenUp: { timeout: 0, evicted: 0, overlap: 0, fragments: 0, length: 0, flushed: 0 },
    };
    this.table = new PendingTable();
    this.key = new KeyWriter(options.separate ?? []);
    this.whenCompleted = new Set();
    this.whenIncomplete = new Set();
  }

  /** Datagrams that wait, with those that were given up and are remembered. */
  get pending(): number {
    return this.table.size;
  }

  /** Bytes of memory that they take, about. */
  get bytes(): number {
    return this.table.bytes;
  }

  /** Calls a function for each datagram that is complete; gives what ends that. */
  onCompleted(call: (datagram: CompletedDatagram) => void): () => void {
    this.whenCompleted.add(call);
    return () => void this.whenCompleted.delete(call);
  }

  /** Calls a function for each datagram that is given up; gives what ends that. */
  onIncomplete(call: (datagram: IncompleteDatagram) => void): () => void {
    this.whenIncomplete.add(call);
    return () => void this.whenIncomplete.delete(call);
  }

  /**
   * Takes any packet: the datagram that it completes, `null` where it is no fragment or others are missing. The packet's
   * lowest fragment counts; fragments inside a datagram come to light when its `packet` is added in turn. What is kept is
   * copied. Nothing that a packet holds makes this throw.
   */
  add(packet: Packet): CompletedDatagram | null {
    if (packet.nanoseconds >= 0) this.age(packet.seconds, packet.nanoseconds);
    const { stats, table, key } = this;
    const fragment = fragmentOf(packet, this.options.wholeChain);
    if (fragment === null) return null;
    if (typeof fragment === "string") {
      stats[fragment]++;
      return null;
    }
    key.write(packet, fragment);
    const pending = table.find(key) ?? table.add(key, fragment, packet);
    if (pending.dead) stats.late++;
    else this.take(pending, fragment, packet);
    const done = pending.isComplete && !pending.dead ? this.finish(pending, packet) : null;
    this.limit();
    if (done !== null) for (const call of this.whenCompleted) call(done);
    return done;
  }

  /** Gives up what is too old at a time, in nanoseconds since 1970 as `packet.time` has it, and returns it. */
  expire(now: bigint): IncompleteDatagram[] {
    const billion = BigInt(BILLION);
    return this.age(Number(now / billion), Number(now % billion));
  }

  /** Gives up all that is not complete and returns it, oldest first: for the end of a capture. */
  flush(): IncompleteDatagram[] {
    const given: IncompleteDatagram[] = [];
    for (let one = this.table.oldest; one !== null; one = this.table.oldest)
      this.drop(one, "flushed", given);
    return this.tell(given);
  }

  /** Puts a fragment where it belongs. */
  private take(pending: Pending, fragment: Fragment, packet: Packet): void {
    const { stats, options } = this;
    const { offset, more, ip } = fragment;
    const bytes = ip.bytes.subarray(fragment.dataStart, fragment.dataEnd);
    const fresh: Piece = { from: offset, to: offset + bytes.length, bytes, number: packet.number };
    const policy = fragment.version === 4 ? options.overlap : options.overlap6;
    const { overlaps, conflict } = pending.pieces.meet(fresh);
    const isWrong = overlaps && policy === "discard" && !isRepeated(pending, fresh, more);
    if (!isWrong && contradicts(pending, fresh, more)) {
      stats.malformed++;
      return;
    }
    stats.fragments++;
    if (overlaps) stats.overlaps++;
    pending.index.push(packet.number);
    pending.offsets.push(offset);
    if (conflict !== null) {
      stats.conflicts++;
      pending.conflicts.push({ ...conflict, number: packet.number });
    }
    if (isWrong) this.bury(pending, "overlap");
    else if (pending.index.length > options.maxFragments) this.bury(pending, "fragments");
    else {
      this.keep(pending, fragment, fresh, policy);
      if (isCongested(fragment)) pending.congested = true;
      this.table.weigh(pending);
    }
  }

  private keep(pending: Pending, fragment: Fragment, fresh: Piece, policy: OverlapPolicy): void {
    const { pieces } = pending;
    const before = pieces.list[0];
    pieces.put(fresh, winsBy[policy]);
    if (!fragment.more) pending.total = fresh.to;
    // Whose data begins the datagram, its header does too.
    if (fresh.from !== 0 || (pending.header !== null && pieces.list[0] === before)) return;
    const { ip, keptEnd, nextAt, protocol } = fragment;
    pending.header = new Uint8Array(ip.bytes.subarray(ip.start, keptEnd));
    pending.nextAt = nextAt - ip.start;
    pending.protocol = protocol;
  }

  /** What all bytes are there of; `null` where they are more than a datagram can have. */
  private finish(pending: Pending, packet: Packet): CompletedDatagram | null {
    if (lengthOf(pending) > LONGEST) {
      this.bury(pending, "length");
      return null;
    }
    this.table.remove(pending);
    this.stats.completed++;
    return complete(pending, packet, this.entryFor(pending, packet));
  }

  private entryFor({ version }: Pending, { origin }: Packet): Entry {
    const dissector = this.options.dissector ?? origin.entry.dissector;
    return dissector.entry(version === 4 ? ipv4 : ipv6);
  }

  /** Gives a datagram up, and remembers that until its time is over. */
  private bury(pending: Pending, reason: GivenUp): void {
    const given = incomplete(pending, reason);
    this.stats.givenUp[reason]++;
    pending.bury();
    this.table.weigh(pending);
    this.tell([given]);
  }

  /** Takes a datagram out, and tells of it where it was not told of before. */
  private drop(pending: Pending, reason: GivenUp, given: IncompleteDatagram[]): void {
    this.table.remove(pending);
    if (pending.dead) return;
    this.stats.givenUp[reason]++;
    given.push(incomplete(pending, reason));
  }

  private tell(given: IncompleteDatagram[]): IncompleteDatagram[] {
    for (const one of given) for (const call of this.whenIncomplete) call(one);
    return given;
  }

  private age(seconds: number, nanoseconds: number): IncompleteDatagram[] {
    const given: IncompleteDatagram[] = [];
    for (const version of [4, 6] as const) {
      const limit = (version === 4 ? this.options.timeout : this.options.timeout6) * BILLION;
      for (;;) {
        const one = this.table.oldestOf(version);
        if (one === null) break;
        const waited = (seconds - one.seconds) * BILLION + nanoseconds - one.nanoseconds;
        // What came without a time does not age: it ends by the limits.
        if (one.nanoseconds < 0 || waited < limit) break;
        this.drop(one, "timeout", given);
      }
    }
    return this.tell(given);
  }

  private limit(): void {
    const { table, options } = this;
    const given: IncompleteDatagram[] = [];
    while (table.size > options.maxDatagrams || table.bytes > options.maxBytes)
      this.drop(table.oldest!, "evicted", given);
    this.tell(given);
  }
}

/** Whether a fragment and what is there do not agree where the datagram ends. */
function contradicts({ total, pieces }: Pending, { to }: Piece, more: boolean): boolean {
  if (more) return total !== null && to > total;
  return (total !== null && total !== to) || pieces.end > to;
}

/** Whether a fragment says again just what one before it said. */
const isRepeated = ({ pieces, total }: Pending, fresh: Piece, more: boolean): boolean =>
  more === (total !== fresh.to) && pieces.hasExactly(fresh);

/** Whether a router on the way marked the fragment: Congestion Experienced (RFC 3168 §5). */
function isCongested({ ip: { bytes, start }, version }: Fragment): boolean {
  const ecn = version === 4 ? bytes[start + 1]! : bytes[start + 1]! >> 4;
  return (ecn & 3) === 3;
}

function check(options: typeof DEFAULTS & IpReassemblyOptions): void {
  for (const name of ["timeout", "timeout6"] as const)
    if (!(options[name] > 0)) throw new RangeError(`${name}: ${options[name]} is not above 0`);
  for (const name of ["maxDatagrams", "maxBytes", "maxFragments"] as const)
    if (!(Number.isInteger(options[name]) && options[name] > 0))
      throw new RangeError(`${name}: ${options[name]} is not a whole number above 0`);
  for (const name of ["overlap", "overlap6"] as const)
    if (!Object.hasOwn(winsBy, options[name]))
      throw new RangeError(`${name}: '${options[name]}' is none of ${Object.keys(winsBy)}`);
}

/** Options of {@link reassembleIp}. */
export interface DatagramsOptions extends IpReassemblyOptions {
  /** Gives also the datagrams that are given up; those that still wait come at the end. */
  readonly includeIncomplete?: boolean;
}

/** The datagrams that packets are fragments of, as they are complete. */
export function* reassembleIpSync(
  packets: Iterable<Packet>,
  options: DatagramsOptions = {},
): Generator<Datagram, void, undefined> {
  const { take, end } = collecting(options);
  for (const packet of packets) yield* take(packet);
  yield* end();
}

/**
 * The datagrams that packets are fragments of, as they are complete: of a capture, or of an interface while packets come.
 *
 * @example for await (const datagram of reassembleIp(openCapture("fragments.pcap"))) console.log(datagram.id);
 */
export async function* reassembleIp(
  packets: AsyncIterable<Packet> | Iterable<Packet>,
  options: DatagramsOptions = {},
): AsyncGenerator<Datagram, void, undefined> {
  const { take, end } = collecting(options);
  for await (const packet of packets) yield* take(packet);
  yield* end();
}

/** What one packet after the other brings. */
function collecting(options: DatagramsOptions) {
  const reassembly = new IpReassembly(options);
  let found: Datagram[] = [];
  reassembly.onCompleted((one) => found.push(one));
  if (options.includeIncomplete === true) reassembly.onIncomplete((one) => found.push(one));
  const drain = (): Datagram[] => {
    if (found.length === 0) return found;
    const taken = found;
    found = [];
    return taken;
  };
  return {
    take(packet: Packet): Datagram[] {
      reassembly.add(packet);
      return drain();
    },
    end(): Datagram[] {
      reassembly.flush();
      return drain();
    },
  };
}

/** Which datagram each packet was a fragment of, by packet number. */
export function datagramsByPacket<D extends Datagram>(datagrams: Iterable<D>): Map<number, D> {
  const found = new Map<number, D>();
  for (const datagram of datagrams)
    for (const number of datagram.index) found.set(number, datagram);
  return found;
}
