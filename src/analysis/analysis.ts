import type { Dissector } from "../packet/dissector.ts";
import { createDissector } from "../packet/dissector.ts";
import type { Packet } from "../packet/packet.ts";
import { all } from "../protocols/all.ts";
import { TcpReassembly } from "../reassembly/tcp.ts";
import type { StreamConsumer, StreamData, StreamEnd, StreamGap } from "../reassembly/tcp-events.ts";
import type { TcpReassemblyOptions } from "../reassembly/tcp-options.ts";
import type { TcpStream } from "../reassembly/tcp-stream.ts";
import type { Application, ShownMessage } from "./application.ts";
import { applications } from "./applications.ts";
import type { ConnectionInfo } from "./event.ts";
import type { AnalysisEvent } from "./events.ts";
import { noOrigin } from "./input.ts";
import { ConnectionReader, type ReaderEnvironment } from "./reader.ts";

/** How streams are read; what is left out has a default. */
export interface StreamAnalysisOptions {
  /** Takes all events, each when it is known. What of them is called borrowed lasts until this returns. */
  readonly onEvent: (event: AnalysisEvent) => void;
  /** What is looked for, in this order: all that this package knows unless told. */
  readonly applications?: readonly Application[];
  /** Which ports are whose, and what dissects messages: that of all protocols unless told. */
  readonly dissector?: Dissector;
  /** Takes whole messages as layers, whatever their application; lasting copies. Without it none are made. */
  readonly onMessage?: (message: ShownMessage, connection: ConnectionInfo) => void;
  /** How streams are put together. */
  readonly reassembly?: Omit<TcpReassemblyOptions, "consumer">;
  /** Bytes that a reader may ask for at once, and so the longest message: 1 MiB unless told. Bodies of any length stream through. */
  readonly maxMessage?: number;
  /** Bytes that readers keep of all connections, about: 64 MiB unless told. What talks for longest makes room. */
  readonly maxBytes?: number;
  /** Whether applications are looked for by content on any port: true unless told. */
  readonly byContent?: boolean;
}

/** What was read so far; live counters. */
export interface StreamAnalysisStats {
  /** Connections by the name of what talked; those of nobody known under an empty name. */
  readonly connections: Record<string, number>;
  events: number;
  notes: number;
  /** Connections given up since readers kept too much. */
  givenUp: number;
}

const DEFAULTS = { maxMessage: 1 << 20, maxBytes: 64 << 20 } as const;

/** The dissector of all protocols, made when first needed. */
let everything: Dissector | null = null;
const defaultDissector = (): Dissector => (everything ??= createDissector(all));

/**
 * Reads what was said in the streams of packets: each connection's application is found by port and content, and its
 * messages are told as events, with the packets that brought them. Memory is bounded, and nothing that packets hold makes
 * this throw, so that it may run for as long as packets come.
 *
 * @example const analysis = new StreamAnalysis({ onEvent: (e) => { if (e.type === "http.request") console.log(e.target); } });
 */
export class StreamAnalysis {
  readonly stats: StreamAnalysisStats;
  /** What puts the streams together, with its own counters. */
  readonly reassembly: TcpReassembly;
  private readonly environment: ReaderEnvironment;
  /** Readers that keep bytes, those that began to first first. */
  private readonly holders: Set<ConnectionReader>;
  private readonly maxBytes: number;
  private held: number;

  /** @throws RangeError for a limit that is no number above 0. */
  constructor(options: StreamAnalysisOptions) {
    const { onEvent, onMessage, byContent = true, maxMessage = DEFAULTS.maxMessage } = options;
    const { maxBytes = DEFAULTS.maxBytes } = options;
    for (const [name, value] of Object.entries({ maxMessage, maxBytes }))
      if (!(Number.isInteger(value) && value > 0))
        throw new RangeError(`${name}: ${value} is not a whole number above 0`);
    const stats: StreamAnalysisStats = { connections: {}, events: 0, notes: 0, givenUp: 0 };
    this.stats = stats;
    this.maxBytes = maxBytes;
    this.held = 0;
    this.holders = new Set();
    this.environment = {
      applications: options.applications ?? applications,
      dissector: options.dissector ?? defaultDissector(),
      isByContent: () => byContent,
      inputLimit: maxMessage,
      onEvent: (event) => {
        stats.events++;
        if (event.type === "note") stats.notes++;
        onEvent(event);
      },
      onMessage: onMessage === undefined ? null : (one, { info }) => onMessage(one, info),
      shared: new Map(),
    };
    this.reassembly = new TcpReassembly({ ...options.reassembly, consumer: this.consumer() });
  }

  /** Takes the next packet of a capture. */
  add(packet: Packet): void {
    this.reassembly.add(packet);
  }

  /** Ends all streams: the capture is over. */
  flush(): void {
    this.reassembly.flush();
  }

  private consumer(): StreamConsumer {
    return {
      data: (data) => this.take(data),
      gap: (gap) => this.miss(gap),
      end: (end) => this.end(end),
      close: (stream) => this.close(stream),
    };
  }

  private readerOf(stream: TcpStream): ConnectionReader {
    const known = stream.context as ConnectionReader | undefined;
    if (known !== undefined) return known;
    const made = new ConnectionReader(this.environment, infoOf(stream));
    stream.context = made;
    return made;
  }

  private take(data: StreamData): void {
    const reader = this.readerOf(data.stream);
    const before = reader.held;
    const { packet, seconds, nanoseconds, retransmitted } = data;
    const origin = { packet, seconds, nanoseconds, retransmitted };
    reader.data(data.side, data.source, data.start, data.end, origin);
    this.count(reader, before);
    if (this.held > this.maxBytes) this.makeRoom();
  }

  private miss({ stream, side, length }: StreamGap): void {
    const reader = this.readerOf(stream);
    const before = reader.held;
    reader.gap(side, length);
    this.count(reader, before);
  }

  private end({ stream, side, reason }: StreamEnd): void {
    const reader = stream.context as ConnectionReader | undefined;
    if (reader === undefined) return;
    const before = reader.held;
    reader.end(side, reason === "fin");
    this.count(reader, before);
  }

  private close(stream: TcpStream): void {
    const reader = stream.context as ConnectionReader | undefined;
    if (reader === undefined) return;
    stream.context = undefined;
    this.held -= reader.held;
    this.holders.delete(reader);
    const name = reader.first?.name ?? "";
    this.stats.connections[name] = (this.stats.connections[name] ?? 0) + 1;
  }

  /** Counts what a reader keeps now. */
  private count(reader: ConnectionReader, before: number): void {
    const { held } = reader;
    if (held === before) return;
    this.held += held - before;
    if (held === 0) this.holders.delete(reader);
    else if (before === 0) this.holders.add(reader);
  }

  /** Gives up connections that keep bytes for longest, until a quarter of the room is free. */
  private makeRoom(): void {
    for (const reader of this.holders) {
      if (this.held <= this.maxBytes * 0.75) return;
      const before = reader.held;
      reader.giveUp("more is kept of all connections than allowed");
      this.count(reader, before);
      this.stats.givenUp++;
    }
  }
}

function infoOf(stream: TcpStream): ConnectionInfo {
  const { index, src, srcPort, dst, dstPort } = stream;
  return { index, src, srcPort, dst, dstPort };
}

/** What {@link analyse} found. */
export interface Analysed {
  /** Name of the application; `null` where the bytes look like none. */
  readonly application: string | null;
  readonly events: readonly AnalysisEvent[];
}

/** What {@link analyse} is told of the bytes. */
export interface AnalyseOptions {
  /** Bytes of the server's side; `bytes` are the client's then. Without them, `bytes` may be of either. */
  readonly server?: Uint8Array;
  /** Port of the server, where it is known. */
  readonly port?: number;
  readonly applications?: readonly Application[];
  readonly dissector?: Dissector;
}

const nowhere: ConnectionInfo = { index: -1, src: "", srcPort: 0, dst: "", dstPort: 0 };

/**
 * Guesses from bytes of a stream which application talks, and reads them: the applications are asked in their stated order,
 * first those of the port. Bytes alone are tried as the client's, then as the server's.
 *
 * @example analyse(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).application // "http"
 */
export function analyse(bytes: Uint8Array, options: AnalyseOptions = {}): Analysed {
  if (options.server !== undefined) return readBoth(bytes, options.server, options);
  const asClient = readBoth(bytes, null, options);
  if (asClient.application !== null) return asClient;
  const asServer = readBoth(null, bytes, options);
  return asServer.application === null ? asClient : asServer;
}

function readBoth(
  client: Uint8Array | null,
  server: Uint8Array | null,
  options: AnalyseOptions,
): Analysed {
  const events: AnalysisEvent[] = [];
  const environment: ReaderEnvironment = {
    applications: options.applications ?? applications,
    dissector: options.dissector ?? defaultDissector(),
    isByContent: () => true,
    inputLimit: Math.max(1024, client?.length ?? 0, server?.length ?? 0),
    onEvent: (event) => events.push(event),
    onMessage: null,
    shared: new Map(),
  };
  const reader = new ConnectionReader(environment, { ...nowhere, dstPort: options.port ?? 0 });
  const sides = [client, server] as const;
  for (const side of [0, 1] as const) {
    const bytes = sides[side];
    if (bytes !== null) reader.data(side, bytes, 0, bytes.length, noOrigin);
  }
  for (const side of [0, 1] as const) reader.end(side);
  return { application: reader.first?.name ?? null, events };
}
