import { icmp } from "../../protocols/network/icmp.ts";
import { igmp } from "../../protocols/network/igmp.ts";
import { sctp } from "../../protocols/transport/sctp/sctp.ts";
import { tcp } from "../../protocols/transport/tcp.ts";
import { udp } from "../../protocols/transport/udp.ts";
import type { Values } from "./python-content.ts";
import { each, type Fields, items, numberOf, packed } from "./python-maps.ts";
import { type ItemMap, type LayerMap, recordOf, type To } from "./python-shape.ts";
import { type Foreign, ForeignStack } from "./python-values.ts";

/** TCP's options that Scapy gives by name, by their numbers (RFC 9293 §3.1 and those registered since). */
const optionKinds: Readonly<Record<string, number>> = {
  EOL: 0,
  NOP: 1,
  MSS: 2,
  WScale: 3,
  SAckOK: 4,
  SAck: 5,
  Timestamp: 8,
  AltChkSum: 14,
  AltChkSumOpt: 15,
  Mood: 25,
  MD5: 19,
  UTO: 28,
  AO: 29,
  TFO: 34,
};

const bytesOf = (value: Foreign | undefined): Uint8Array =>
  value instanceof Uint8Array ? value : new Uint8Array(0);

const listOf = (value: Foreign | undefined): readonly number[] =>
  Array.isArray(value) ? value.map(numberOf) : [];

/** Several 32-bit numbers as the bytes that they are. */
function words(numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * numbers.length);
  const view = new DataView(bytes.buffer);
  numbers.forEach((n, i) => {
    view.setUint32(4 * i, n);
  });
  return bytes;
}

/** An option by kind and value. Scapy does not give lengths; they follow from the values. */
function optionOf(kind: number, value: Foreign): Values {
  const list = listOf(value);
  switch (kind) {
    case 0:
    case 1:
      return { kind };
    case 2:
      return { kind, length: 4, mss: value };
    case 3:
      return { kind, length: 3, shift: value };
    case 4:
      return { kind, length: 2 };
    case 5:
      return { kind, length: 2 + 4 * list.length, blocks: blocksOf(list) };
    case 8:
      return { kind, length: 10, value: list[0], echoReply: list[1] };
    case 19:
      return { kind, length: 2 + bytesOf(value).length, digest: value };
    case 28: {
      const n = numberOf(value);
      return { kind, length: 4, minutes: n >= 0x8000, timeout: n % 0x8000 };
    }
    case 29:
      return authentication(kind, value);
    case 34: {
      const cookie = list.length > 0 ? words(list) : bytesOf(value);
      return { kind, length: 2 + cookie.length, cookie };
    }
    default:
      return { kind, length: 2 + bytesOf(value).length, data: bytesOf(value), is: "unknown" };
  }
}

const blocksOf = (list: readonly number[]): Values[] =>
  list.flatMap((left, i) =>
    i % 2 === 0 && i + 1 < list.length ? [{ left, right: list[i + 1] }] : [],
  );

function authentication(kind: number, value: Foreign): Values {
  const fields: Fields = { keyid: "keyId", rnextkeyid: "nextKeyId", mac: "mac" };
  const first = value instanceof ForeignStack ? value.layers[0] : undefined;
  if (first === undefined) return { kind, data: bytesOf(value), is: "unknown" };
  return { kind, length: 4 + bytesOf(first.fields.get("mac")).length, ...recordOf(first, fields) };
}

const tcpOptions: To = (value) => {
  const options: Values[] = [];
  for (const one of Array.isArray(value) ? value : []) {
    if (!Array.isArray(one)) continue;
    const [name, what = null] = one as readonly Foreign[];
    const kind = typeof name === "number" ? name : optionKinds[String(name)];
    if (kind === undefined) continue;
    options.push(optionOf(kind, what));
    if (kind === 0) break;
  }
  return { options };
};

const tcpFields: Fields = {
  sport: "srcPort",
  dport: "dstPort",
  seq: "seq",
  ack: "ack",
  dataofs: "dataOffset",
  ...packed("flags", { reserved: 9, flags: 0 }),
  window: "window",
  chksum: "checksum",
  urgptr: "urgentPointer",
  options: tcpOptions,
};

const udpFields: Fields = { sport: "srcPort", dport: "dstPort", len: "len", chksum: "checksum" };

const icmpFields: Fields = {
  type: "type",
  code: "code",
  chksum: "checksum",
  id: "id",
  seq: "seq",
  ts_ori: "originate",
  ts_rx: "receive",
  ts_tx: "transmit",
  gw: "gateway",
  ptr: "pointer",
  length: "length",
  addr_mask: "mask",
  nexthopmtu: "mtu",
  reserved: null,
  unused: null,
};

/** The second byte of IGMP is called after what it is in each message (RFC 3376 §4, RFC 4286, RFC 988). */
const codes: To = (value) => ({
  maxResponse: value,
  reserved: value,
  interval: value,
  hops: value,
  code: value,
});
const GROUP_MESSAGES = [17, 18, 22, 23];

const igmpFields: Fields = {
  type: "type",
  mrcode: codes,
  chksum: "checksum",
  gaddr: (group, { fields }) =>
    GROUP_MESSAGES.includes(numberOf(fields.get("type"))) ? { group } : {},
};
const rest: Omit<LayerMap, "fields"> = { protocol: igmp, continues: true };

const chunk: Fields = { type: "type", flags: "flags", len: "length" };
const parameter: Fields = { type: "type", len: "length" };
const addressParameter: Fields = { ...parameter, addr: "address" };
const dataParameter: Fields = {
  ...parameter,
  data: "info",
  cookie: "cookie",
  sug_cookie_inc: "increment",
  random: "random",
  indication: "indication",
  correlation_id: "correlationId",
  addr_type_list: each("types", "type"),
  chunk_list: each("chunks", "type"),
  supported_extensions: each("chunks", "type"),
  HMAC_functions_list: each("identifiers", "id"),
};

/** Parameters of SCTP's chunks (RFC 9260 §3.3.2). */
const parameters = items(
  "parameters",
  { SCTPChunkParamIPv4Addr: addressParameter, SCTPChunkParamIPv6Addr: addressParameter },
  dataParameter,
);

const init: Fields = {
  ...chunk,
  init_tag: "initiateTag",
  a_rwnd: "receiverWindow",
  n_out_streams: "outboundStreams",
  n_in_streams: "inboundStreams",
  init_tsn: "initialTsn",
  params: parameters,
};
const chunkOf = (fields: Fields): ItemMap => ({ list: "chunks", fields: { ...chunk, ...fields } });

/** Scapy gives a gap as a text of its two ends. */
const gaps: To = (value) => ({
  gaps: (Array.isArray(value) ? value : []).map((one) => {
    const [start, end] = String(one).split(":").map(Number);
    return { start, end };
  }),
});

const chunks: Readonly<Record<string, ItemMap>> = {
  SCTPChunkData: chunkOf({
    ...packed("flags", { reserved: 4, delay_sack: 3, unordered: 2, beginning: 1, ending: 0 }),
    tsn: "tsn",
    stream_id: "sid",
    stream_seq: "ssn",
    proto_id: "ppid",
    data: "data",
  }),
  SCTPChunkInit: chunkOf(init),
  SCTPChunkInitAck: chunkOf(init),
  SCTPChunkSACK: chunkOf({
    cumul_tsn_ack: "cumulativeTsn",
    a_rwnd: "receiverWindow",
    n_gap_ack: "gapCount",
    n_dup_tsn: "duplicateCount",
    gap_ack_list: gaps,
    dup_tsn_list: each("duplicates", "tsn"),
  }),
  SCTPChunkHeartbeatReq: chunkOf({ params: parameters }),
  SCTPChunkHeartbeatAck: chunkOf({ params: parameters }),
  SCTPChunkAbort: chunkOf({ ...packed("flags", { reserved: 1, TCB: 0 }), error_causes: null }),
  SCTPChunkShutdown: chunkOf({ cumul_tsn_ack: "cumulativeTsn" }),
  SCTPChunkShutdownAck: chunkOf({}),
  SCTPChunkError: chunkOf({ error_causes: null }),
  SCTPChunkCookieEcho: chunkOf({ cookie: "cookie" }),
  SCTPChunkCookieAck: chunkOf({}),
  SCTPChunkShutdownComplete: chunkOf(packed("flags", { reserved: 1, TCB: 0 })),
  SCTPChunkAuthentication: chunkOf({
    shared_key_id: "sharedKeyId",
    HMAC_function: "hmacId",
    HMAC: "hmac",
  }),
  SCTPChunkAddressConf: chunkOf({ seq: "seq" }),
  SCTPChunkAddressConfAck: chunkOf({ seq: "seq" }),
};

/** What lies on IP, by Scapy's names. */
export const transportLayers: Readonly<Record<string, LayerMap | ItemMap>> = {
  TCP: { protocol: tcp, fields: tcpFields },
  TCPerror: { protocol: tcp, fields: tcpFields },
  UDP: { protocol: udp, fields: udpFields },
  UDPerror: { protocol: udp, fields: udpFields },
  ICMP: { protocol: icmp, fields: icmpFields },
  ICMPerror: { protocol: icmp, fields: icmpFields },
  IGMP: { protocol: igmp, fields: igmpFields },
  IGMPv3: { protocol: igmp, fields: igmpFields },
  IGMPv3mq: {
    ...rest,
    fields: {
      gaddr: "group",
      resv: null,
      s: "s",
      qrv: "qrv",
      qqic: "qqic",
      numsrc: "sourceCount",
      srcaddrs: each("sources", "address"),
    },
  },
  IGMPv3mr: {
    ...rest,
    fields: {
      res2: "reserved2",
      numgrp: "count",
      records: items(
        "records",
        {},
        {
          rtype: "type",
          auxdlen: "auxLength",
          numsrc: "sourceCount",
          maddr: "group",
          srcaddrs: each("sources", "address"),
        },
      ),
    },
  },
  IGMPv3mra: { ...rest, fields: { qryIntvl: "queryInterval", robust: "robustness" } },
  SCTP: {
    protocol: sctp,
    fields: { sport: "srcPort", dport: "dstPort", tag: "verificationTag", chksum: "checksum" },
  },
  ...chunks,
};
