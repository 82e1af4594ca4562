import { readU16, readU32 } from "../../bytes/numbers.ts";
import { icmp } from "../../protocols/network/icmp.ts";
import { icmpv6 } from "../../protocols/network/icmpv6.ts";
import { igmp } from "../../protocols/network/igmp.ts";
import { sctp } from "../../protocols/transport/sctp/sctp.ts";
import { tcp } from "../../protocols/transport/tcp.ts";
import { udp } from "../../protocols/transport/udp.ts";
import type { Values } from "./python-content.ts";
import { type Fields, items, numberOf } from "./python-maps.ts";
import type { LayerMap, To } from "./python-shape.ts";
import type { Foreign } from "./python-values.ts";

const END = 0;
const NO_OPERATION = 1;

/** Options of TCP whose form is fixed, by kind and bytes (RFC 9293 §3.2, RFC 7323, RFC 2018); dpkt gives bytes only. */
function optionOf(kind: number, data: Uint8Array): Values {
  if (kind === END || kind === NO_OPERATION) return { kind };
  const head = { kind, length: 2 + data.length };
  switch (`${kind} ${data.length}`) {
    case "2 2":
      return { ...head, mss: readU16(data, 0) };
    case "3 1":
      return { ...head, shift: data[0] };
    case "4 0":
      return head;
    case "8 8":
      return { ...head, value: readU32(data, 0), echoReply: readU32(data, 4) };
    default:
      return { ...head, data, is: "unknown" };
  }
}

const tcpOptions: To = (value) => {
  const options: Values[] = [];
  for (const one of Array.isArray(value) ? value : []) {
    const [kind, data] = Array.isArray(one) ? (one as readonly Foreign[]) : [];
    if (typeof kind !== "number" || !(data instanceof Uint8Array)) continue;
    options.push(optionOf(kind, data));
  }
  return { options };
};

const GROUP_MESSAGES = [17, 18, 22, 23];
const rest: Omit<LayerMap, "fields" | "protocol"> = { continues: true };
const icmpPart = (fields: Fields): LayerMap => ({ protocol: icmp, fields, ...rest });
const icmp6Part = (fields: Fields): LayerMap => ({ protocol: icmpv6, fields, ...rest });

/** What lies on IP, by dpkt's names. */
export const dpktTransports: Readonly<Record<string, LayerMap>> = {
  "tcp.TCP": {
    protocol: tcp,
    fields: {
      sport: "srcPort",
      dport: "dstPort",
      seq: "seq",
      ack: "ack",
      off: "dataOffset",
      _rsv: null,
      flags: "flags",
      win: "window",
      sum: "checksum",
      urp: "urgentPointer",
      opts: tcpOptions,
    },
  },
  "udp.UDP": {
    protocol: udp,
    fields: { sport: "srcPort", dport: "dstPort", ulen: "len", sum: "checksum" },
  },
  "sctp.SCTP": {
    protocol: sctp,
    fields: {
      sport: "srcPort",
      dport: "dstPort",
      vtag: "verificationTag",
      sum: "checksum",
      // Of a chunk dpkt knows the head.
      chunks: items("chunks", {}, { type: "type", flags: "flags", len: "length", padding: null }),
    },
  },
  "icmp.ICMP": {
    protocol: icmp,
    fields: { type: "type", code: "code", sum: "checksum" },
  },
  "icmp.ICMP.Echo": icmpPart({ id: "id", seq: "seq" }),
  "icmp.ICMP.Unreach": icmpPart({ pad: null, mtu: "mtu" }),
  "icmp.ICMP.Quench": icmpPart({ pad: null }),
  "icmp.ICMP.Redirect": icmpPart({ gw: "gateway" }),
  "icmp.ICMP.ParamProbe": icmpPart({ ptr: "pointer", pad1: null, pad2: null }),
  "icmp.ICMP.TimeExceed": icmpPart({ pad: null }),
  "icmp6.ICMP6": {
    protocol: icmpv6,
    fields: { type: "type", code: "code", sum: "checksum" },
  },
  "icmp6.ICMP6.Echo": icmp6Part({ id: "id", seq: "seq" }),
  "icmp6.ICMP6.Unreach": icmp6Part({ pad: null }),
  "icmp6.ICMP6.TooBig": icmp6Part({ mtu: "mtu" }),
  "icmp6.ICMP6.TimeExceed": icmp6Part({ pad: null }),
  "icmp6.ICMP6.ParamProb": icmp6Part({ ptr: "pointer" }),
  "igmp.IGMP": {
    protocol: igmp,
    fields: {
      type: "type",
      // The second byte is called after what it is in each message.
      maxresp: (value) => ({ maxResponse: value, reserved: value, hops: value, code: value }),
      sum: "checksum",
      group: (group, { fields }) =>
        GROUP_MESSAGES.includes(numberOf(fields.get("type"))) ? { group } : {},
    },
  },
};
