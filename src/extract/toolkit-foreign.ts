import type { Packet } from "../packet/packet.ts";
import type { Fields } from "../report/content.ts";
import { findFragment, findIpv4, findIpv6, findTcp } from "./toolkit-place.ts";
import { flagOf, numberOf, type ShownLayer, shownLayers, textOf } from "./toolkit-shown.ts";
import type { ForeignPacket, FragmentRecord, SegmentRecord } from "./toolkit-types.ts";

const FIXED_IPV6 = 40;
const LONGEST = 65_535;
const SHORTEST_TCP = 20;

/** A network layer and where it lies in the packet. */
interface Network {
  readonly version: 4 | 6;
  readonly fields: Fields;
  readonly start: number;
  /** Bytes of the fixed header and the options. */
  readonly header: number;
  /** Bytes of all, as the header says; 0 where it leaves that to others. */
  readonly total: number;
}

function networkOf(packet: Packet, { name, fields }: ShownLayer, from: number): Network | null {
  if (name === "ipv4") {
    const start = findIpv4(packet, from, fields);
    const header = (numberOf(fields, "ihl") ?? 0) * 4;
    return start < 0
      ? null
      : { version: 4, fields, start, header, total: numberOf(fields, "len") ?? 0 };
  }
  const start = findIpv6(packet, from, fields);
  const payload = numberOf(fields, "len") ?? 0;
  const total = payload === 0 ? 0 : payload + FIXED_IPV6;
  return start < 0 ? null : { version: 6, fields, start, header: FIXED_IPV6, total };
}

const isNetwork = ({ name }: ShownLayer): boolean => name === "ipv4" || name === "ipv6";

const isIpv4Fragment = (fields: Fields): boolean =>
  flagOf(fields, "flags", "mf", 1) || (numberOf(fields, "fragmentOffset") ?? 0) > 0;

/** What of a fragment the two versions have in common, when its headers are found. */
interface Found {
  readonly ip: Network;
  readonly id: number;
  readonly protocol: number;
  readonly offset: number;
  readonly more: boolean;
  readonly keptEnd: number;
  readonly dataStart: number;
}

/** The fragment that a packet is, from what another engine says of its lowest layer that is one. */
export function foreignFragment(
  { packet, layers }: ForeignPacket,
  version: 4 | 6,
): FragmentRecord | undefined {
  const found = findFragmentOf(packet, shownLayers(layers.content));
  if (found === null || found.ip.version !== version) return undefined;
  const { ip, id, protocol, offset, more, keptEnd, dataStart } = found;
  const { start, total, fields } = ip;
  const end = start + total;
  const length = end - dataStart;
  const counted = version === 4 ? keptEnd - start : keptEnd - start - FIXED_IPV6;
  // RFC 791 §3.2, RFC 8200 §4.5: no data, cut data, or data that lies where no length reaches.
  if (length <= 0 || end > packet.end || (more && length % 8 !== 0)) return undefined;
  if (counted + offset + length > LONGEST) return undefined;
  return Object.freeze({
    bufid: Object.freeze([...endsOf(fields), id, protocol] as const),
    num: packet.number,
    fo: offset,
    ihl: keptEnd - start,
    mf: more,
    tl: total,
    header: packet.data.slice(start, keptEnd),
    payload: packet.data.slice(dataStart, end),
  });
}

function findFragmentOf(packet: Packet, layers: readonly ShownLayer[]): Found | null {
  let ip: Network | null = null;
  for (const layer of layers) {
    if (layer.quotes) return null;
    const { name, fields } = layer;
    if (isNetwork(layer)) {
      ip = networkOf(packet, layer, ip === null ? packet.start : ip.start + ip.header);
      if (ip === null) return null;
      if (ip.version === 4 && isIpv4Fragment(fields)) return ipv4Found(ip);
    } else if (name === "ipv6Fragment" && ip?.version === 6) return ipv6Found(packet, ip, fields);
  }
  return null;
}

function ipv4Found(ip: Network): Found | null {
  const { fields, start, header } = ip;
  if (header < 20) return null;
  return {
    ip,
    id: numberOf(fields, "id") ?? 0,
    protocol: numberOf(fields, "protocol") ?? 0,
    offset: (numberOf(fields, "fragmentOffset") ?? 0) * 8,
    more: flagOf(fields, "flags", "mf", 1),
    keptEnd: start + header,
    dataStart: start + header,
  };
}

const FRAGMENT_HEADER = 8;

function ipv6Found(packet: Packet, ip: Network, fields: Fields): Found | null {
  const offset = (numberOf(fields, "offset") ?? 0) * 8;
  const more = numberOf(fields, "more") === 1;
  // All of a packet in one fragment is read as it is (RFC 6946 §4).
  if (offset === 0 && !more) return null;
  const keptEnd = findFragment(packet, ip.start + ip.header, fields);
  if (keptEnd < 0) return null;
  return {
    ip,
    id: numberOf(fields, "id") ?? 0,
    protocol: numberOf(fields, "nextHeader") ?? 0,
    offset,
    more,
    keptEnd,
    dataStart: keptEnd + FRAGMENT_HEADER,
  };
}

/** The segment that a packet is, from what another engine says of its lowest header of TCP. */
export function foreignSegment({ packet, layers }: ForeignPacket): SegmentRecord | undefined {
  let ip: Network | null = null;
  for (const layer of shownLayers(layers.content)) {
    if (layer.quotes) return undefined;
    const { name, fields } = layer;
    if (isNetwork(layer)) {
      ip = networkOf(packet, layer, ip === null ? packet.start : ip.start + ip.header);
      if (ip === null || (ip.version === 4 && isIpv4Fragment(fields))) return undefined;
    } else if (name === "ipv6Fragment") {
      if ((numberOf(fields, "offset") ?? 0) > 0 || numberOf(fields, "more") === 1) return undefined;
    } else if (name === "tcp") return ip === null ? undefined : segmentOf(packet, ip, fields);
  }
  return undefined;
}

function segmentOf(packet: Packet, ip: Network, fields: Fields): SegmentRecord | undefined {
  const { data, number } = packet;
  const start = findTcp(packet, ip.start + ip.header, fields);
  const header = (numberOf(fields, "dataOffset") ?? 0) * 4;
  if (start < 0 || header < SHORTEST_TCP) return undefined;
  const wireEnd = packet.start + packet.originalLength;
  const sent = ip.total === 0 ? wireEnd : Math.min(ip.start + ip.total, wireEnd);
  const captured = Math.min(sent, packet.end);
  const length = Math.max(0, sent - start - header);
  const first = numberOf(fields, "seq") ?? 0;
  const [src, dst] = endsOf(ip.fields);
  const ports = [numberOf(fields, "srcPort") ?? 0, numberOf(fields, "dstPort") ?? 0] as const;
  const from = Math.min(start + header, captured);
  return Object.freeze({
    bufid: Object.freeze([src, ports[0], dst, ports[1]] as const),
    dsn: first,
    ack: numberOf(fields, "ack") ?? 0,
    num: number,
    syn: flagOf(fields, "flags", "syn", 2),
    fin: flagOf(fields, "flags", "fin", 1),
    rst: flagOf(fields, "flags", "rst", 4),
    len: length,
    first,
    last: (first + length) % 2 ** 32,
    header: data.slice(start, from),
    payload: data.slice(from, captured),
  });
}

const endsOf = (fields: Fields): readonly [src: string, dst: string] => [
  textOf(fields, "src") ?? "",
  textOf(fields, "dst") ?? "",
];
