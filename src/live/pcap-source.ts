import { closedError } from "./errors.ts";
import { knownFacts } from "./native/af-packet.ts";
import { pinned, viewOf } from "./native/ffi.ts";
import {
  BPF_PROGRAM,
  type Handle,
  libpcap,
  MemoryStream,
  NETMASK_UNKNOWN,
  PCAP_ERRBUF_SIZE,
  pcapError,
  textIn,
} from "./native/libpcap.ts";
import { Readiness } from "./native/readiness.ts";
import type {
  CaptureDirection,
  PacketFilter,
  PacketSink,
  PacketSource,
  SourceStats,
} from "./source.ts";

/** How an interface is opened through libpcap; what each means is in pcap(3PCAP). */
export interface PcapOptions {
  /** Bytes kept of a packet; 262144 unless told. */
  readonly snaplen?: number;
  readonly promiscuous?: boolean;
  /** Milliseconds that libpcap may hold packets back; 10 unless told. */
  readonly timeout?: number;
  /** Packets are handed out the moment they come, at a price: fewer fit into the buffer. */
  readonly immediate?: boolean;
  /** Monitor mode of IEEE 802.11. */
  readonly monitor?: boolean;
  /** Times in nanoseconds, where the system has them; unless told. */
  readonly nanoseconds?: boolean;
  /** Bytes that wait at most; 16 MiB unless told. */
  readonly bufferSize?: number;
  readonly direction?: CaptureDirection;
  readonly filter?: PacketFilter | string | null;
  /** Number of the link type, where the interface offers several. */
  readonly linkType?: number;
}

const directions = { both: 0, in: 1, out: 2 } as const;
/** Memory that one batch is written to: as many packets at a time as fit for certain. */
const STREAM = 16 << 20;
const RECORD_HEADER = 16;
const PRECISION_NANO = 1;
const UNKNOWN_KIND = -1;
const BREAK = -2;

/**
 * The way through libpcap: every interface and system that it knows, its filters and directions. Packets come in the form of a
 * capture file, so that no call into JavaScript is made for each.
 */
export class PcapSource implements PacketSource {
  readonly backend = "pcap";
  readonly name: string;
  readonly linkType: number;
  readonly snaplen: number;
  declare readonly mac?: string;
  declare readonly mtu?: number;
  /** What libpcap warned of when it opened the interface. */
  readonly warning: string | null;
  private readonly handle: Handle;
  private readonly readiness: Readiness;
  private readonly stream: MemoryStream;
  private readonly dumper: bigint;
  /** Nanoseconds of one step of the fractions. */
  private readonly step: number;
  /** The memory that packets are written to, for numbers in it. */
  private readonly numbers: DataView;
  private counted: SourceStats;
  private filter: PacketFilter | null;
  private fault: Error | null;
  private isClosed: boolean;

  constructor(device: string, options: PcapOptions = {}) {
    const l = libpcap();
    const error = pinned(PCAP_ERRBUF_SIZE);
    const handle = l.create(device, error);
    if (handle === null) throw pcapError(device, "open", -1, textIn(error));
    this.handle = handle;
    this.name = device;
    Object.assign(this, knownFacts(device));
    this.filter = null;
    this.fault = null;
    this.counted = { received: 0, dropped: 0, interfaceDropped: 0 };
    this.isClosed = false;
    this.snaplen = options.snaplen ?? 262_144;
    let stream: MemoryStream | null = null;
    try {
      const isNano = this.configure(options);
      this.step = isNano ? 1 : 1000;
      const status = l.activate(handle);
      if (status < 0) throw pcapError(device, "open", status, l.geterr(handle));
      this.warning = status > 0 ? l.geterr(handle) || l.statustostr(status) : null;
      if (options.linkType !== undefined) this.chooseLinkType(options.linkType);
      this.linkType = linkTypeOf(l.datalink(handle));
      if (options.filter) this.setFilter(options.filter);
      if (options.direction !== undefined) this.setDirection(options.direction);
      if (l.setnonblock(handle, 1, error) < 0) throw pcapError(device, "open", -1, textIn(error));
      stream = new MemoryStream(STREAM);
      const dumper = l.dumpFopen(handle, stream.file);
      if (dumper === null) throw pcapError(device, "open", -1, l.geterr(handle));
      // The header of the file: what the stream still holds when the process ends, C writes out after our memory is gone.
      stream.flush();
      this.dumper = dumper;
      this.stream = stream;
      this.numbers = new DataView(stream.bytes.buffer, stream.bytes.byteOffset, STREAM);
      this.readiness = new Readiness(l.selectableFd(handle));
    } catch (fault) {
      l.close(handle);
      throw fault;
    }
  }

  /** Sets what must be set before it is opened; true where times are in nanoseconds. */
  private configure(options: PcapOptions): boolean {
    const l = libpcap();
    const { handle } = this;
    l.setSnaplen(handle, this.snaplen);
    l.setPromisc(handle, (options.promiscuous ?? true) ? 1 : 0);
    l.setTimeout(handle, options.timeout ?? 10);
    l.setBufferSize(handle, options.bufferSize ?? 16 << 20);
    if (options.immediate) l.setImmediate(handle, 1);
    if (options.monitor) l.setRfmon(handle, 1);
    return (options.nanoseconds ?? true) && l.setPrecision(handle, PRECISION_NANO) === 0;
  }

  private chooseLinkType(linkType: number): void {
    if (libpcap().setDatalink(this.handle, linkType) < 0)
      throw pcapError(this.name, "link type", -1, libpcap().geterr(this.handle));
  }

  read(sink: PacketSink, most: number): number {
    this.check();
    this.checkFault();
    const l = libpcap();
    const { stream } = this;
    stream.rewind();
    let count = 0;
    let written = 0;
    while (count < most) {
      // Only what has room for certain: a record that does not fit is cut.
      const fitting = Math.floor((STREAM - written) / (this.snaplen + RECORD_HEADER)) - 1;
      if (fitting < 1 && count > 0) break;
      const asked = Math.max(1, Math.min(most - count, fitting));
      const taken = l.dispatch(this.handle, asked, l.dump, this.dumper);
      written = stream.flush();
      count += Math.max(0, taken);
      if (taken < 0 && taken !== BREAK)
        this.fault = pcapError(this.name, "receiving", taken, l.geterr(this.handle));
      if (taken < asked) break;
    }
    if (count === 0) this.checkFault();
    return count === 0 ? 0 : this.handOut(sink, written);
  }

  /** What failed is told once by libpcap; the packets before it come first. */
  private checkFault(): void {
    const { fault } = this;
    this.fault = null;
    if (fault !== null) throw fault;
  }

  /** Hands out the records in `[0, length)`. */
  private handOut(sink: PacketSink, length: number): number {
    const { filter, step, numbers } = this;
    const { view } = this.stream;
    let count = 0;
    for (let at = 0; at < length; ) {
      const seconds = numbers.getUint32(at, true);
      const fraction = numbers.getUint32(at + 4, true);
      const start = at + RECORD_HEADER;
      const end = start + numbers.getUint32(at + 8, true);
      const originalLength = numbers.getUint32(at + 12, true);
      at = end;
      if (filter !== null && !filter.filter(view.subarray(start, end), originalLength)) continue;
      sink.packet(view, start, end, originalLength, seconds, fraction * step, UNKNOWN_KIND);
      count++;
    }
    return count;
  }

  get fd(): number {
    return libpcap().selectableFd(this.handle);
  }

  ready(timeout: number): Promise<boolean> {
    return this.isClosed ? Promise.resolve(false) : this.readiness.wait(timeout);
  }

  wait(timeout: number): boolean {
    this.check();
    return this.readiness.waitSync(timeout);
  }

  wake(): void {
    if (!this.isClosed) this.readiness.wake();
  }

  inject(frame: Uint8Array): void {
    this.check();
    if (libpcap().inject(this.handle, frame, frame.length) < 0)
      throw pcapError(this.name, "sending", -1, libpcap().geterr(this.handle));
  }

  sendBatch(frames: readonly Uint8Array[]): number {
    for (const frame of frames) this.inject(frame);
    return frames.length;
  }

  stats(): SourceStats {
    if (this.isClosed) return this.counted;
    const memory = pinned(12);
    if (libpcap().stats(this.handle, memory) < 0)
      throw pcapError(this.name, "statistics", -1, libpcap().geterr(this.handle));
    this.counted = {
      received: memory.readUInt32LE(0),
      dropped: memory.readUInt32LE(4),
      interfaceDropped: memory.readUInt32LE(8),
    };
    return this.counted;
  }

  /** Text is compiled by libpcap, which knows what the interface's packets look like; other filters are run here. */
  setFilter(filter: PacketFilter | string | null): void {
    this.check();
    const text = typeof filter === "string" ? filter : (filter?.expression ?? null);
    this.filter = text === null && typeof filter !== "string" ? filter : null;
    const l = libpcap();
    const program = pinned(BPF_PROGRAM);
    // An empty expression takes all packets.
    if (l.compile(this.handle, program, text ?? "", 1, NETMASK_UNKNOWN) < 0)
      throw new TypeError(`filter '${text}': ${l.geterr(this.handle)}`);
    const status = l.setfilter(this.handle, program);
    l.freecode(program);
    if (status < 0) throw pcapError(this.name, "filter", status, l.geterr(this.handle));
  }

  setDirection(direction: CaptureDirection): void {
    this.check();
    const status = libpcap().setdirection(this.handle, directions[direction]);
    if (status < 0) throw pcapError(this.name, "direction", status, libpcap().geterr(this.handle));
  }

  /** Numbers of the link types that the interface offers. */
  dataLinks(): number[] {
    this.check();
    const l = libpcap();
    const place = pinned(8);
    const count = l.listDatalinks(this.handle, place);
    if (count < 0) throw pcapError(this.name, "link types", count, l.geterr(this.handle));
    const list = place.readBigUInt64LE(0);
    const numbers = Array.from(new Int32Array(viewOf(list, count * 4)), linkTypeOf);
    l.freeDatalinks(list);
    return numbers;
  }

  private check(): void {
    if (this.isClosed) throw closedError(this.name);
  }

  close(): void {
    if (this.isClosed) return;
    this.stats();
    this.isClosed = true;
    this.readiness.close();
    libpcap().dumpClose(this.dumper);
    libpcap().close(this.handle);
  }
}

/** The number in capture files of a number that this system's libpcap uses (they differ for few, and by system). */
const linkTypeOf = (dlt: number): number => (dlt === 12 || dlt === 14 ? 101 : dlt);
