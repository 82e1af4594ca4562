import { sha1 } from "../bytes/sha1.ts";
import type { Flow } from "./flow.ts";
import type { FlowLog } from "./log.ts";
import { seconds, utc } from "./log-time.ts";

/** The columns of `conn.log` and their types, as Zeek has them, and the Community ID as its package adds it. */
const columns = [
  ["ts", "time"],
  ["uid", "string"],
  ["id.orig_h", "addr"],
  ["id.orig_p", "port"],
  ["id.resp_h", "addr"],
  ["id.resp_p", "port"],
  ["proto", "enum"],
  ["service", "string"],
  ["duration", "interval"],
  ["orig_bytes", "count"],
  ["resp_bytes", "count"],
  ["conn_state", "string"],
  ["local_orig", "bool"],
  ["local_resp", "bool"],
  ["missed_bytes", "count"],
  ["history", "string"],
  ["orig_pkts", "count"],
  ["orig_ip_bytes", "count"],
  ["resp_pkts", "count"],
  ["resp_ip_bytes", "count"],
  ["tunnel_parents", "set[string]"],
  ["community_id", "string"],
] as const;

/** The values that the column `proto` may have, by IP protocol number. */
const transports: ReadonlyMap<number, string> = new Map([
  [1, "icmp"],
  [6, "tcp"],
  [17, "udp"],
  [58, "icmp"],
]);

const UNSET = "-";
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A name for a flow: the same for the same flow of the same capture, and no other's. */
function uidOf(flow: Flow): string {
  const known = new TextEncoder().encode(`${flow.src} ${flow.dst} ${flow.first} ${flow.index}`);
  let number = 0n;
  for (const byte of sha1(known).subarray(0, 12)) number = (number << 8n) | BigInt(byte);
  let text = "";
  for (let i = 0; i < 17; i++, number /= 62n) text += DIGITS[Number(number % 62n)];
  return `C${text}`;
}

/** As Zeek writes the time that a log was opened and closed. */
const stamp = (ns: bigint): string => utc(ns).slice(0, 19).replaceAll(/[:T]/g, "-");

/**
 * Zeek's `conn.log`: tabs between values, and lines that say what they are. Times of the header are those of the packets, so that
 * the same capture gives the same log. Bytes are those of the payloads as they came; what only Zeek knows is unset.
 */
export class ZeekLog implements FlowLog {
  private isOpen = false;
  private last: bigint | null = null;
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }

  flow(flow: Flow): string {
    const header = this.isOpen ? "" : this.header(flow.first);
    if (this.last === null || flow.last > this.last) this.last = flow.last;
    return `${header}${this.line(flow)}\n`;
  }

  end(): string {
    const header = this.isOpen ? "" : this.header(null);
    return header + (this.last === null ? "" : `#close\t${stamp(this.last)}\n`);
  }

  private header(first: bigint | null): string {
    this.isOpen = true;
    const lines = [
      "#separator \\x09",
      "#set_separator\t,",
      "#empty_field\t(empty)",
      `#unset_field\t${UNSET}`,
      "#path\tconn",
      ...(first === null ? [] : [`#open\t${stamp(first)}`]),
      ["#fields", ...columns.map(([name]) => name)].join("\t"),
      ["#types", ...columns.map(([, type]) => type)].join("\t"),
    ];
    return `${lines.join("\n")}\n`;
  }

  private line(flow: Flow): string {
    const { originator, responder } = flow;
    // Zeek knows no duration of a single packet.
    const isSingle = originator.packets + responder.packets === 1;
    return [
      seconds(flow.first, 6),
      uidOf(flow),
      flow.src,
      flow.srcPort,
      flow.dst,
      flow.dstPort,
      transports.get(flow.protocol) ?? "unknown_transport",
      flow.service?.name ?? UNSET,
      isSingle ? UNSET : seconds(flow.duration, 6),
      isSingle ? UNSET : originator.payload,
      isSingle ? UNSET : responder.payload,
      flow.state,
      UNSET,
      UNSET,
      UNSET,
      flow.connection?.history || datagramHistory(flow),
      originator.packets,
      originator.networkBytes,
      responder.packets,
      responder.networkBytes,
      UNSET,
      flow.communityId(this.seed) ?? UNSET,
    ].join("\t");
  }
}

/** Without connections a history says only who sent data. */
function datagramHistory(flow: Flow): string {
  if (flow.isMessages || flow.transport === null) return UNSET;
  const text = (flow.originator.payload > 0 ? "D" : "") + (flow.responder.payload > 0 ? "d" : "");
  return text || UNSET;
}
