import { formatIpv4, formatIpv6 } from "../bytes/address.ts";
import { readU16 } from "../bytes/numbers.ts";
import type { Packet } from "../packet/packet.ts";
import { ipv4 } from "../protocols/network/ipv4.ts";
import { ipv6 } from "../protocols/network/ipv6.ts";
import { tcp } from "../protocols/transport/tcp.ts";
import { fragmentOf, isFragment } from "../reassembly/fragment.ts";
import { Flag, Segment } from "../reassembly/tcp-segment.ts";
import type { Layer } from "../schema/layer.ts";
import type { FragmentRecord, SegmentRecord } from "./toolkit-types.ts";

const FIXED_IPV6 = 40;

/** The fragment that a packet of ours is, read by the code that reassembles. */
export function nativeFragment(packet: Packet, version: 4 | 6): FragmentRecord | undefined {
  const found = fragmentOf(packet, false);
  if (found === null || typeof found === "string" || found.version !== version) return undefined;
  const { ip, protocol, id, offset, more, keptEnd, dataStart, dataEnd } = found;
  const { bytes, start } = ip;
  const [src, dst] = ends(ip);
  return Object.freeze({
    bufid: Object.freeze([src, dst, id, protocol] as const),
    num: packet.number,
    fo: offset,
    ihl: keptEnd - start,
    mf: more,
    tl: version === 4 ? readU16(bytes, start + 2) : readU16(bytes, start + 4) + FIXED_IPV6,
    header: bytes.slice(start, keptEnd),
    payload: bytes.slice(dataStart, dataEnd),
  });
}

/** The segment that a packet of ours is. */
export function nativeSegment(packet: Packet): SegmentRecord | undefined {
  const layer = segmentLayer(packet);
  const ip = layer === null ? null : networkBelow(layer);
  if (layer === null || ip === null) return undefined;
  const segment = new Segment();
  if (!segment.read(layer, packet, true)) return undefined;
  const { bytes, start, headerEnd } = layer;
  const [src, dst] = ends(ip);
  const { flags, length } = segment;
  const first = segment.seq >>> 0;
  const ports = [readU16(bytes, start), readU16(bytes, start + 2)] as const;
  return Object.freeze({
    bufid: Object.freeze([src, ports[0], dst, ports[1]] as const),
    dsn: first,
    ack: segment.ack >>> 0,
    num: packet.number,
    syn: (flags & Flag.syn) !== 0,
    fin: (flags & Flag.fin) !== 0,
    rst: (flags & Flag.rst) !== 0,
    len: length,
    first,
    last: (first + length) >>> 0,
    header: bytes.slice(start, headerEnd),
    payload: bytes.slice(segment.start, segment.end),
  });
}

/** The lowest header of TCP that is neither quoted nor a part of a fragment. */
function segmentLayer(packet: Packet): Layer | null {
  for (let l = packet.first; l !== null; l = l.upper) {
    if (l.schema.spec.quotes || isFragment(l)) return null;
    if (l.schema.root === tcp.schema) return l;
  }
  return null;
}

const isNetwork = ({ schema: { root } }: Layer): boolean =>
  root === ipv4.schema || root === ipv6.schema;

function networkBelow(layer: Layer): Layer | null {
  for (let l = layer.lower; l !== null; l = l.lower) if (isNetwork(l)) return l;
  return null;
}

function ends({ schema, bytes, start }: Layer): readonly [src: string, dst: string] {
  return schema.root === ipv4.schema
    ? [formatIpv4(bytes, start + 12), formatIpv4(bytes, start + 16)]
    : [formatIpv6(bytes, start + 8), formatIpv6(bytes, start + 24)];
}
