import { nineDigits } from "../bytes/decimal.ts";
import type { CaptureOrigin } from "../capture/collector.ts";
import type { EndReason, Flow } from "../flow/flow.ts";
import { FlowTable, type FlowTableOptions } from "../flow/table.ts";
import type { Packet } from "../packet/packet.ts";
import {
  type TraceEncoder,
  type TraceFormat,
  type TraceSource,
  traceFormats,
} from "./trace-format.ts";

/** Where the files of a trace go: a folder, or whatever keeps bytes under names. */
export interface TraceFolder {
  /** Adds bytes to a file; the first of a file begin it. Gives what is to be shown as its name. */
  append(name: string, bytes: Uint8Array, isFirst: boolean): string;
  /** The file is whole. */
  finish(name: string): void;
  /** Something went wrong: what is not whole goes away. Left out where nothing is to be done. */
  abandon?(): void;
}

/** What is known of one traced flow: PyPCAPKit's `Index`. */
export interface TraceIndex {
  /** The file that its packets went to; `null` where nothing is written. */
  readonly fpout: string | null;
  /** Numbers of its packets in the capture, in order. */
  readonly index: readonly number[];
  /** `src_sport-dst_dport-timestamp`, of the first packet; the colons of IPv6 are dots. */
  readonly label: string;
  readonly flow: Flow;
  /** Why it ended. */
  readonly reason: EndReason;
}

/** How flows are traced. */
export interface FlowTraceOptions extends Omit<FlowTableOptions, "onEnd"> {
  /** A name in {@link traceFormats}, or a format of your own; `null`, the default, writes nothing. */
  readonly format?: string | TraceFormat | null;
  /** Where the files go; wanted for every format but `null`. */
  readonly folder?: TraceFolder;
  /** Whether numbers in captures have their low byte first; true when left out. */
  readonly littleEndian?: boolean;
  /** Whether times in pcap files count nanoseconds; as fine as the capture's when left out. */
  readonly nanoseconds?: boolean;
  /** Link type of packets that come from no capture; 1 (Ethernet) when left out. */
  readonly linkType?: number;
  /** Bytes that wait for being written, of all flows together; 32 MiB when left out. */
  readonly buffer?: number;
  /** Whether {@link FlowTrace.index} keeps what was traced; true when left out. */
  readonly keep?: boolean;
  /** Takes each traced flow when it is over and its file is whole. */
  readonly onEnd?: (index: TraceIndex) => void;
  /** Takes every flow when it is over, also those without ports, which are not traced. */
  readonly onFlow?: (flow: Flow) => void;
}

/** Of one flow a piece of this size is worth a write. */
const PIECE = 1 << 16;
const BUFFER = 32 << 20;
/** Labels that are remembered, so that memory has a bound: equal ones have equal times, and so are near each other. */
const LABELS = 1_000_000;

/** A file in the making. Of a flow with frames of two link types there may be two. */
interface Trace {
  readonly flow: Flow;
  readonly label: string;
  readonly numbers: number[];
  readonly linkType: number;
  readonly encoder: TraceEncoder | null;
  /** Bytes of it that wait. */
  waiting: number;
  path: string | null;
}

/**
 * Writes each flow of a capture to a file of its own: both directions of a TCP connection or of what goes over UDP, SCTP or
 * another protocol with ports. A connection ends when both sides did or one reset it, after a while in which late packets
 * (the last acknowledgment, repetitions) still belong to it; every flow ends by being quiet. The times are those of
 * {@link FlowTable}. Few files are open at once whatever the number of flows: bytes wait here until they are worth a write.
 *
 * @example
 * const trace = new FlowTrace({ format: "pcap", folder: traceFolder("flows") });
 * for (const packet of openCapture("capture.pcap")) trace.add(packet);
 * for (const { label, index } of trace.finish()) console.log(label, index.length);
 */
export class FlowTrace {
  /** What is over so far, in the order of ending. */
  readonly index: TraceIndex[];
  private readonly table: FlowTable;
  private readonly format: TraceFormat | null;
  private readonly folder: TraceFolder | null;
  private readonly linkType: number;
  private readonly littleEndian: boolean;
  private readonly nanoseconds: boolean | undefined;
  private readonly buffer: number;
  private readonly keep: boolean;
  private readonly onEnd: ((index: TraceIndex) => void) | undefined;
  private readonly open: Map<Flow, Trace[]>;
  /** How often a label was given: ends and time may be those of another protocol, too. */
  private readonly labels: Map<string, number>;
  private waiting: number;

  /** @throws TypeError for a format that is not known, or one without a folder. */
  constructor(options: FlowTraceOptions = {}) {
    const { format = null, folder, onEnd, onFlow, ...tableOptions } = options;
    this.format = typeof format === "string" ? (traceFormats.get(format) ?? null) : format;
    if (format !== null && this.format === null)
      throw new TypeError(
        `FlowTrace: no format '${String(format)}'; there are ${[...traceFormats.keys()].join(", ")}`,
      );
    if (format !== null && folder === undefined)
      throw new TypeError("FlowTrace: a folder is wanted for the files");
    this.folder = folder ?? null;
    this.linkType = options.linkType ?? 1;
    this.littleEndian = options.littleEndian ?? true;
    this.nanoseconds = options.nanoseconds;
    this.buffer = options.buffer ?? BUFFER;
    this.keep = options.keep ?? true;
    this.onEnd = onEnd;
    this.index = [];
    this.open = new Map();
    this.labels = new Map();
    this.waiting = 0;
    this.table = new FlowTable({
      ...tableOptions,
      onEnd: (flow) => {
        this.end(flow);
        onFlow?.(flow);
      },
    });
  }

  /** Flows that are open now, and those that ended early since the table was full. */
  get size(): number {
    return this.open.size;
  }
  get evicted(): number {
    return this.table.ended.evicted;
  }

  /** Puts a packet to its flow, and gives the flow's label; `undefined` where it has no ports. */
  add(packet: Packet): string | undefined {
    const flow = this.table.add(packet);
    if (flow === undefined || flow.transport === null || flow.isMessages) return undefined;
    const trace = this.traceOf(flow, packet);
    trace.numbers.push(packet.number);
    const { encoder } = trace;
    if (encoder === null) return trace.label;
    packet.bytes();
    encoder.add(packet);
    this.waiting += encoder.size - trace.waiting;
    trace.waiting = encoder.size;
    if (trace.waiting >= PIECE) this.write(trace);
    else if (this.waiting > this.buffer)
      for (const traces of this.open.values()) for (const one of traces) this.write(one);
    return trace.label;
  }

  /** Ends all flows that are open, and gives all that is kept in the order of their first packets. */
  finish(): readonly TraceIndex[] {
    this.table.flush();
    this.index.sort((a, b) => a.flow.index - b.flow.index || a.index[0]! - b.index[0]!);
    return this.index;
  }

  /** Something went wrong, here or elsewhere: files that are not whole go away. */
  abandon(): void {
    this.folder?.abandon?.();
  }

  private traceOf(flow: Flow, packet: Packet): Trace {
    const linkType = packet.origin.linkType < 0 ? this.linkType : packet.origin.linkType;
    const traces = this.open.get(flow);
    const isSplit = this.format?.oneLinkType ?? false;
    const known = traces?.find((one) => !isSplit || one.linkType === linkType);
    if (known !== undefined) return known;
    const trace: Trace = {
      flow,
      label: this.labelOf(flow, packet),
      numbers: [],
      linkType,
      encoder: this.format?.encoder(this.sourceOf(packet, linkType)) ?? null,
      waiting: 0,
      path: null,
    };
    if (traces === undefined) this.open.set(flow, [trace]);
    else traces.push(trace);
    return trace;
  }

  private sourceOf(packet: Packet, linkType: number): TraceSource {
    const { snaplen, nanoseconds } = sourceOf(packet);
    const { littleEndian } = this;
    return { linkType, snaplen, littleEndian, nanoseconds: this.nanoseconds ?? nanoseconds };
  }

  private labelOf(flow: Flow, packet: Packet): string {
    const label = flowLabel(flow, packet);
    if (this.labels.size >= LABELS) this.labels.clear();
    const before = this.labels.get(label) ?? 0;
    this.labels.set(label, before + 1);
    return before === 0 ? label : `${label}-${before + 1}`;
  }

  private nameOf({ label }: Trace): string {
    return `${label}.${this.format!.extension}`;
  }

  private write(trace: Trace): void {
    const { encoder } = trace;
    if (encoder === null || encoder.size === 0) return;
    this.waiting -= trace.waiting;
    trace.waiting = 0;
    const isFirst = trace.path === null;
    trace.path = this.folder!.append(this.nameOf(trace), encoder.take(), isFirst);
  }

  private end(flow: Flow): void {
    const traces = this.open.get(flow);
    if (traces === undefined) return;
    this.open.delete(flow);
    for (const trace of traces) {
      const { encoder, label, numbers } = trace;
      if (encoder !== null) {
        encoder.end();
        this.write(trace);
        this.folder!.finish(this.nameOf(trace));
      }
      const index = { fpout: trace.path, index: numbers, label, flow, reason: flow.reason! };
      if (this.keep) this.index.push(index);
      this.onEnd?.(index);
    }
  }
}

/** Traces the flows of a capture, see {@link FlowTrace}: all of them, in the order of their first packets. */
export async function traceFlows(
  packets: Iterable<Packet> | AsyncIterable<Packet>,
  options: FlowTraceOptions = {},
): Promise<readonly TraceIndex[]> {
  const trace = new FlowTrace(options);
  for await (const packet of packets) trace.add(packet);
  return trace.finish();
}

/** Letters, digits, dots, hyphens and underlines, which every file system takes; the ends are those of the first packet. */
function flowLabel(flow: Flow, { seconds, nanoseconds }: Packet): string {
  const end = (address: string, port: number): string =>
    `${address.replace(/[^0-9A-Za-z]/g, ".")}_${port}`;
  const isFirst = flow.originator.packets > 0;
  const ends = [end(flow.src, flow.srcPort), end(flow.dst, flow.dstPort)];
  const digits = nineDigits(Math.max(nanoseconds, 0)).replace(/000$/, "");
  return `${(isFirst ? ends : ends.reverse()).join("-")}-${seconds}.${digits}`;
}

const MICROSECONDS = 6;

function sourceOf({ origin, nanoseconds }: Packet): Pick<TraceSource, "snaplen" | "nanoseconds"> {
  if (!("info" in origin)) return { snaplen: 0, nanoseconds: nanoseconds % 1000 > 0 };
  const { snaplen, resolution } = (origin as CaptureOrigin).info;
  const isFine = resolution.base === 2 || resolution.exponent > MICROSECONDS;
  return { snaplen, nanoseconds: isFine };
}
