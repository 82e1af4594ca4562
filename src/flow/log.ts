import type { Flow, FlowSide } from "./flow.ts";
import { EveLog } from "./log-eve.ts";
import { seconds, utc } from "./log-time.ts";
import { ZeekLog } from "./log-zeek.ts";

/** Ways to write flows down: JSON, Zeek's `conn.log`, Suricata's `eve.json`, CSV, and lines for people. */
export const flowFormats = ["text", "json", "zeek", "eve", "csv"] as const;
/** The name of one of {@link flowFormats}: what {@link flowLog} is asked for. */
export type FlowFormat = (typeof flowFormats)[number];

/** Makes text of flows, one after the other: what is before the first, each flow, and what is behind the last. */
export interface FlowLog {
  flow(flow: Flow): string;
  end(): string;
}

/** What a log may be told. */
export interface FlowLogOptions {
  /** Seed of the Community IDs; 0 when left out. */
  readonly seed?: number;
}

/** A log in one of the formats. */
export function flowLog(format: FlowFormat, options: FlowLogOptions = {}): FlowLog {
  const seed = options.seed ?? 0;
  switch (format) {
    case "zeek":
      return new ZeekLog(seed);
    case "eve":
      return new EveLog(seed);
    case "csv":
      return new CsvLog(seed);
    case "json":
      return new JsonLog(seed);
    default:
      return new TextLog();
  }
}

const sideJson = (side: FlowSide) => ({
  packets: side.packets,
  bytes: side.bytes,
  networkBytes: side.networkBytes,
  payload: side.payload,
  first: side.first === undefined ? null : utc(side.first),
  last: side.last === undefined ? null : utc(side.last),
});

/** A flow as plain values, for JSON. What it does not have is left out. */
export function flowJson(flow: Flow, seed = 0): Record<string, unknown> {
  const { connection, isMessages, srcPort, dstPort } = flow;
  const hasPorts = flow.transport !== null && !isMessages;
  const id = flow.communityId(seed);
  return {
    index: flow.index,
    ...(flow.part > 0 ? { part: flow.part } : {}),
    network: flow.network.name,
    protocol: flow.protocolName,
    ...(flow.protocol < 0 ? {} : { protocolNumber: flow.protocol }),
    src: flow.src,
    ...(hasPorts ? { srcPort } : {}),
    dst: flow.dst,
    ...(hasPorts ? { dstPort } : {}),
    ...(isMessages ? { type: srcPort, ...(flow.oneWay ? { code: dstPort } : {}) } : {}),
    ...(flow.id < 0 ? {} : { id: flow.id }),
    ...(flow.tags.length === 0 ? {} : { tags: flow.tags }),
    ...(flow.service === null ? {} : { service: flow.service.name }),
    first: utc(flow.first),
    last: utc(flow.last),
    duration: seconds(flow.duration, 9),
    originator: sideJson(flow.originator),
    responder: sideJson(flow.responder),
    state: flow.state,
    ...(connection === null ? {} : { history: connection.history }),
    ...(flow.reason === null ? {} : { reason: flow.reason }),
    ...(id === undefined ? {} : { communityId: id }),
  };
}

/** One JSON document: a list of flows, one a line. */
class JsonLog implements FlowLog {
  private before = "[\n";
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }
  flow(flow: Flow): string {
    const text = this.before + JSON.stringify(flowJson(flow, this.seed));
    this.before = ",\n";
    return text;
  }
  end(): string {
    return this.before === "[\n" ? "[]\n" : "\n]\n";
  }
}

/** Columns of {@link CsvLog}, and what is in them. */
const columns: readonly (readonly [name: string, of: (flow: Flow, seed: number) => unknown])[] = [
  ["index", (f) => f.index],
  ["first", (f) => utc(f.first)],
  ["duration", (f) => seconds(f.duration, 9)],
  ["protocol", (f) => f.protocolName],
  ["src", (f) => f.src],
  ["src_port", (f) => (f.transport === null ? "" : f.srcPort)],
  ["dst", (f) => f.dst],
  ["dst_port", (f) => (f.transport === null ? "" : f.dstPort)],
  ["tags", (f) => f.tags.join(" ")],
  ["service", (f) => f.service?.name ?? ""],
  ["src_packets", (f) => f.originator.packets],
  ["src_bytes", (f) => f.originator.bytes],
  ["src_payload", (f) => f.originator.payload],
  ["dst_packets", (f) => f.responder.packets],
  ["dst_bytes", (f) => f.responder.bytes],
  ["dst_payload", (f) => f.responder.payload],
  ["state", (f) => f.state],
  ["history", (f) => f.connection?.history ?? ""],
  ["reason", (f) => f.reason ?? ""],
  ["community_id", (f, seed) => f.communityId(seed) ?? ""],
];

/** RFC 4180: a cell with a comma, a quote or a line break stands in quotes. */
const cell = (value: unknown): string => {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
const row = (cells: readonly unknown[]): string => `${cells.map(cell).join(",")}\r\n`;

/** Comma-separated values with a line of names (RFC 4180). */
class CsvLog implements FlowLog {
  private header = row(columns.map(([name]) => name));
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }
  flow(flow: Flow): string {
    return this.takeHeader() + row(columns.map(([, of]) => of(flow, this.seed)));
  }
  end(): string {
    return this.takeHeader();
  }
  private takeHeader(): string {
    const { header } = this;
    this.header = "";
    return header;
  }
}

const withPort = (address: string, port: number, has: boolean): string => {
  if (!has) return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
};

/** A line a flow, for people: when it began, how long it took, between whom, how much, and how it went. */
class TextLog implements FlowLog {
  flow(flow: Flow): string {
    const hasPorts = flow.transport !== null && !flow.isMessages;
    const { originator, responder } = flow;
    const ends = [
      withPort(flow.src, flow.srcPort, hasPorts).padEnd(24),
      withPort(flow.dst, flow.dstPort, hasPorts).padEnd(24),
    ].join(" -> ");
    const amounts =
      `${originator.packets}/${responder.packets} packets`.padStart(16) +
      `${originator.bytes}/${responder.bytes} bytes`.padStart(20);
    const tail = [flow.state.padEnd(6), flow.service?.about.label ?? ""].join(" ").trimEnd();
    const duration = seconds(flow.duration, 6).padStart(11);
    return `${utc(flow.first)} ${duration} ${flow.protocolName.padEnd(7)} ${ends} ${amounts} ${tail}\n`;
  }
  end(): string {
    return "";
  }
}
