import { readUint } from "../bytes/numbers.ts";
import { sha1 } from "../bytes/sha1.ts";
import type { EndReason, Flow } from "./flow.ts";
import type { FlowLog } from "./log.ts";
import { fraction, utc } from "./log-time.ts";

/** A time as Suricata writes it: `2026-03-02T07:30:00.000000+0000`. */
const timestamp = (ns: bigint): string => `${utc(ns).slice(0, 19)}.${fraction(ns, 6)}+0000`;

/** Suricata's words for why a flow ended. */
const reasons: Readonly<Record<EndReason, string>> = {
  idle: "timeout",
  active: "timeout",
  closed: "timeout",
  reused: "tcp_reuse",
  evicted: "forced",
  flushed: "shutdown",
};

/** Suricata's names of protocols, where they are not the name in capitals. */
const protocolNames: ReadonlyMap<number, string> = new Map([[58, "IPv6-ICMP"]]);

/** A number for a flow of at most 48 bits, which every reader of JSON keeps: the same for the same capture. */
function idOf(flow: Flow): number {
  const known = new TextEncoder().encode(`${flow.src} ${flow.dst} ${flow.first} ${flow.index}`);
  return readUint(sha1(known), 0, 6);
}

const hex = (flags: number): string => (flags & 0xff).toString(16).padStart(2, "0");

function connectionJson(flow: Flow): Record<string, unknown> {
  const { connection, transport } = flow;
  if (connection === null) return {};
  const { originatorFlags, responderFlags, history } = connection;
  const seen = (letter: string): Record<string, boolean> | null =>
    history.toLowerCase().includes(letter) ? { [eveFlags[letter]!]: true } : null;
  return {
    [transport!.name]: {
      tcp_flags: hex(originatorFlags | responderFlags),
      tcp_flags_ts: hex(originatorFlags),
      tcp_flags_tc: hex(responderFlags),
      ...seen("s"),
      ...seen("f"),
      ...seen("r"),
      state: flow.phase,
    },
  };
}
const eveFlags: Readonly<Record<string, string>> = { s: "syn", f: "fin", r: "rst" };

/** Flow records of Suricata's `eve.json`: one JSON object a line. */
export class EveLog implements FlowLog {
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }

  flow(flow: Flow): string {
    const { isMessages, originator, responder } = flow;
    const hasPorts = flow.transport !== null && !isMessages;
    const id = flow.communityId(this.seed);
    const record = {
      timestamp: timestamp(flow.last),
      flow_id: idOf(flow),
      event_type: "flow",
      ...(flow.tags.length === 0 ? {} : { vlan: flow.tags }),
      src_ip: flow.src,
      ...(hasPorts ? { src_port: flow.srcPort } : {}),
      dest_ip: flow.dst,
      ...(hasPorts ? { dest_port: flow.dstPort } : {}),
      proto: protocolNames.get(flow.protocol) ?? flow.protocolName.toUpperCase(),
      ...(isMessages ? { icmp_type: flow.srcPort, icmp_code: flow.oneWay ? flow.dstPort : 0 } : {}),
      ...(flow.service === null ? {} : { app_proto: flow.service.name }),
      flow: {
        pkts_toserver: originator.packets,
        pkts_toclient: responder.packets,
        bytes_toserver: originator.bytes,
        bytes_toclient: responder.bytes,
        start: timestamp(flow.first),
        end: timestamp(flow.last),
        age: Number(flow.duration / 1_000_000_000n),
        state: flow.phase,
        reason: flow.reason === null ? "unknown" : reasons[flow.reason],
        alerted: false,
      },
      ...(id === undefined ? {} : { community_id: id }),
      ...connectionJson(flow),
    };
    return `${JSON.stringify(record)}\n`;
  }

  end(): string {
    return "";
  }
}
