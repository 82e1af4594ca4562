import type { Packet } from "../packet/packet.ts";
import { verifyChecksums } from "../packet/verify.ts";
import { tcp } from "../protocols/transport/tcp.ts";
import type { Layer } from "../schema/layer.ts";
import { isFragment } from "./fragment.ts";
import { IpReassembly } from "./ip.ts";
import { Assembly } from "./tcp-assembly.ts";
import type { Side, StreamEndReason } from "./tcp-events.ts";
import { StreamKey } from "./tcp-key.ts";
import {
  newStats,
  settingsOf,
  type TcpReassemblyOptions,
  type TcpReassemblyStats,
  type TcpSettings,
} from "./tcp-options.ts";
import { Outlet } from "./tcp-outlet.ts";
import { Flag, Segment } from "./tcp-segment.ts";
import type { TcpStream } from "./tcp-stream.ts";
import { Standing, StreamTable } from "./tcp-table.ts";

/**
 * Puts the bytes of TCP connections together (RFC 9293) from packets in the order of their capture, and tells a consumer what
 * it finds as soon as that is known. Memory is bounded and streams age by the time of packets, so that it may run for as
 * long as packets come.
 *
 * @example
 * const reassembly = new TcpReassembly({ consumer: { data: ({ stream, side, bytes }) => handle(stream, side, bytes) } });
 * for await (const packet of openCapture("http.pcap")) reassembly.add(packet);
 * reassembly.flush();
 */
export class TcpReassembly {
  readonly stats: TcpReassemblyStats;
  private readonly settings: TcpSettings;
  private readonly outlet: Outlet;
  private readonly assembly: Assembly;
  private readonly table: StreamTable;
  private readonly key: StreamKey;
  private readonly segment: Segment;
  private readonly datagrams: IpReassembly | null;
  /** The latest time of a packet, in seconds; -1 before there was one. */
  private latest: number;
  /** Seconds in which packets came: see {@link tick}. */
  private clock: number;
  /** Counts seconds and thousands of packets: streams move in the order of use once in each, not with every packet. */
  private turn: number;
  private packets: number;
  /** Why streams end, where it is not their own doing. */
  private ending: StreamEndReason | null;

  /** @throws RangeError for a limit or time that is no number above 0, or a policy that is none. */
  constructor(options: TcpReassemblyOptions = {}) {
    this.settings = settingsOf(options);
    this.stats = newStats();
    this.outlet = new Outlet(options.consumer ?? {}, this.stats, this.settings);
    const whenEnded = (stream: TcpStream): void => this.closeIfOver(stream);
    this.assembly = new Assembly(this.outlet, this.stats, this.settings, whenEnded);
    this.table = new StreamTable();
    this.key = new StreamKey(this.settings);
    this.segment = new Segment();
    this.datagrams =
      this.settings.datagrams === null ? null : new IpReassembly(this.settings.datagrams);
    this.latest = -1;
    this.clock = 0;
    this.turn = 0;
    this.packets = 0;
    this.ending = null;
  }

  /** Streams that are known, with those that are over and remembered since stray packets of them may come. */
  get size(): number {
    return this.table.size;
  }

  /** Bytes of memory that waiting segments, kept history and fragments take, about. */
  get bytes(): number {
    return this.assembly.waiting.bytes + this.outlet.held + (this.datagrams?.bytes ?? 0);
  }

  /**
   * Takes any packet. What is in order reaches the consumer before this returns, as views of the packet; what has to wait is
   * copied. Nothing that a packet holds makes this throw.
   */
  add(packet: Packet): void {
    if (packet.seconds !== this.latest && packet.nanoseconds >= 0) this.tick(packet.seconds);
    if ((++this.packets & 0x3ff) === 0) this.turn++;
    this.walk(packet, true);
  }

  /** Ends what is too old at a time, in nanoseconds since 1970 as `packet.time` has it: where no packets come. */
  expire(now: bigint): void {
    this.datagrams?.expire(now);
    const seconds = Number(now / 1_000_000_000n);
    if (this.latest < 0 || seconds <= this.latest) return;
    this.clock += seconds - this.latest;
    this.turn++;
    this.latest = seconds;
    this.age();
  }

  /**
   * Goes on to the time of a packet. Where no packet at all came for longer than streams may be quiet, it was the capture
   * that was quiet, or its clock was set: that ages nobody.
   */
  private tick(seconds: number): void {
    const most = this.settings.idleTimeout;
    const passed = this.latest < 0 ? 0 : seconds - this.latest;
    if (passed > most || passed < -most || this.latest < 0) this.latest = seconds;
    else if (passed > 0) {
      this.latest = seconds;
      this.clock += passed;
      this.turn++;
      this.age();
    }
  }

  /** Ends all streams, in order of their first packets: for the end of a capture. */
  flush(): void {
    this.datagrams?.flush();
    for (const stream of this.table.all()) this.drop(stream, "flushed");
  }

  /** All headers of TCP in a packet; `isWhole` is false for a datagram that was put together. */
  private walk(packet: Packet, isWhole: boolean): void {
    let isQuoted = false;
    for (let l: Layer | null = packet.bottom; l !== null; l = l.upper) {
      const { schema } = l;
      if (schema === tcp.schema) this.take(l, packet, isWhole, isQuoted);
      else if (!isQuoted && isFragment(l)) {
        const datagram = this.datagrams?.add(packet);
        if (datagram) this.walk(datagram.packet, false);
        return;
      }
      if (schema.spec.quotes) isQuoted = true;
    }
  }

  private take(layer: Layer, packet: Packet, isWhole: boolean, isQuoted: boolean): void {
    const { stats, key, segment } = this;
    stats.packets++;
    if (!key.read(layer)) return;
    const isGood = segment.read(layer, packet, isWhole);
    const stream = this.streamOf(segment);
    const side = stream.sideOf(key.forward);
    if (isQuoted) {
      stats.quoted++;
      return;
    }
    this.learnBases(stream, side, segment);
    if (!isGood) stats.malformed++;
    else if (this.settings.verifyChecksums && isBad(layer)) stats.badChecksums++;
    else this.follow(stream, side, segment);
  }

  /** The stream of a segment. A SYN with another number than the one before begins a new one. */
  private streamOf({ flags, seq }: Segment): TcpStream {
    const { table, key } = this;
    const known = table.find(key);
    const begins = (flags & (Flag.syn | Flag.ack)) === Flag.syn;
    if (known !== null) {
      const side = known.sideOf(key.forward);
      if (!begins || !known.hasBase(side) || known.baseOf(side) === seq) return known;
      this.drop(known, "reused");
    }
    if (table.size >= this.settings.maxStreams) this.drop(table.mostDispensable!, "evicted");
    // Who answers did not begin.
    const isAnswer = (flags & (Flag.syn | Flag.ack)) === (Flag.syn | Flag.ack);
    const made = table.add(key, this.stats.streams, isAnswer);
    made.used = this.clock;
    this.outlet.open(made);
    return made;
  }

  /** What counts as the first number of each side: streams of the same ends are told apart by it. */
  private learnBases(stream: TcpStream, side: Side, { flags, seq, ack }: Segment): void {
    if (flags & Flag.syn) stream.setBase(side, seq);
    else if (!stream.hasBase(side)) stream.setBase(side, (seq - 1) | 0);
    const other = side === 0 ? 1 : 0;
    if (flags & Flag.ack && !stream.hasBase(other)) stream.setBase(other, (ack - 1) | 0);
  }

  private follow(stream: TcpStream, index: Side, segment: Segment): void {
    const { flags } = segment;
    if (stream.moved !== this.turn) this.use(stream);
    const other = index === 0 ? stream.server : stream.client;
    if (flags & Flag.ack && other !== null)
      this.assembly.acknowledge(other, segment.ack, segment.packet);
    if (flags & Flag.rst) {
      this.reset(stream, index, segment);
      return;
    }
    if (flags & Flag.syn || !stream.hasSent(index)) this.begin(stream, index, segment);
    const { length } = segment;
    if (length === 0 && (flags & Flag.fin) === 0) return;
    if (length > 0) {
      this.stats.segments++;
      this.stats.bytes += length;
    }
    if (stream.queue === Standing.light) {
      if (stream.isClosed) {
        this.stats.stray++;
        return;
      }
      this.table.move(stream, Standing.busy);
    }
    this.assembly.receive(this.assembly.sideOf(stream, index, segment), segment);
    // What is missing in front of the last FIN comes soon or never.
    if (flags & Flag.fin && stream.queue === Standing.busy && isFinished(stream))
      this.table.move(stream, Standing.over);
  }

  private use(stream: TcpStream): void {
    stream.moved = this.turn;
    stream.used = this.clock;
    this.table.use(stream);
  }

  /** Begins a side at its first packet, and again at a SYN with another number as long as there was no data. */
  private begin(stream: TcpStream, index: Side, { flags, data }: Segment): void {
    const isSyn = (flags & Flag.syn) !== 0;
    stream.noteSent(index, isSyn);
    const side = stream.partOf(index);
    if (side === null) {
      const known = (stream.baseOf(index) + 1) | 0;
      if (known !== data) this.assembly.begin(stream, index, data, !isSyn);
    } else if (isSyn && side.next === 0 && side.waiting === null && side.fin < 0)
      this.assembly.begin(stream, index, data, false);
  }

  /**
   * Ends the side that reset the connection. What the other one has on its way will not be read, but it was sent: its side
   * goes on for a while.
   */
  private reset(stream: TcpStream, index: Side, segment: Segment): void {
    if (stream.isClosed) return;
    const side = stream.partOf(index);
    if (side !== null && !this.assembly.isInWindow(side, segment)) {
      this.stats.outOfWindow++;
      return;
    }
    const { source, start, end, packet, data } = segment;
    if (end > start) {
      const offset = side === null ? 0 : side.offsetOf(data);
      this.outlet.anomaly(stream, index, "in-rst", offset, source.slice(start, end), packet);
    }
    stream.noteReset();
    this.table.move(stream, Standing.over);
    this.assembly.end(stream, index, "rst", packet);
  }

  /** Closes a stream when both sides ended. It is remembered for a while, so that what comes late is known as such. */
  private closeIfOver(stream: TcpStream): void {
    if (stream.isClosed || !stream.hasEnded(0) || !stream.hasEnded(1)) return;
    this.table.move(stream, Standing.over);
    this.outlet.close(stream, this.ending ?? (stream.isReset ? "rst" : "fin"));
  }

  /** Ends a stream, and takes it out. */
  private drop(stream: TcpStream, reason: StreamEndReason): void {
    this.end(stream, reason);
    this.table.remove(stream);
    this.forget(stream);
  }

  /** Keeps of a stream that is closed its name alone. */
  private forget(stream: TcpStream): void {
    this.outlet.release(stream);
    stream.client = stream.server = null;
  }

  private end(stream: TcpStream, reason: StreamEndReason): void {
    const before = this.ending;
    const why = stream.isReset ? "rst" : isFinished(stream) ? "fin" : reason;
    this.ending = why;
    this.assembly.end(stream, 0, why, 0);
    this.assembly.end(stream, 1, why, 0);
    this.ending = before;
  }

  private age(): void {
    const { table, settings, clock } = this;
    const isOld = (one: TcpStream | null, most: number): one is TcpStream =>
      one !== null && clock - one.used > most;
    for (;;) {
      const one = table.oldestOf(Standing.over);
      if (!isOld(one, settings.closedTimeout)) break;
      this.end(one, "idle");
      this.forget(one);
      table.move(one, Standing.light);
    }
    for (const standing of [Standing.light, Standing.busy])
      for (;;) {
        const one = table.oldestOf(standing);
        if (!isOld(one, settings.idleTimeout)) break;
        this.drop(one, "idle");
      }
  }
}

/** Whether both sides said where they end. */
const isFinished = ({ client, server }: TcpStream): boolean =>
  client !== null && client.fin >= 0 && server !== null && server.fin >= 0;

const isBad = (layer: Layer): boolean =>
  verifyChecksums(layer).some(({ status }) => status === "bad");
