import { ProtoChain } from "../packet/chain.ts";
import { Packet } from "../packet/packet.ts";
import { all } from "../protocols/all.ts";
import { frameContent } from "../report/frame.ts";
import { protocol } from "../schema/protocol.ts";
import type { Schema } from "../schema/schema.ts";
import { type Info, infoOf } from "./info.ts";
import { foreignFragment, foreignSegment } from "./toolkit-foreign.ts";
import { nativeFragment, nativeSegment } from "./toolkit-native.ts";
import type { AnyPacket, FlowPacket, FragmentRecord, SegmentRecord } from "./toolkit-types.ts";

const packetOf = (one: AnyPacket): Packet => (one instanceof Packet ? one : one.packet);

/**
 * All that is known of a packet as a plain object that nobody can change: the place, the time, and the layers one in the
 * other, under the keys of reports. Numbers stand without their names; bytes are copies.
 */
export function packetRecord(one: AnyPacket): Info {
  const layers = one instanceof Packet ? undefined : one.layers;
  return infoOf(frameContent(packetOf(one), null, undefined, layers)) as Info;
}

/** The protocols of a packet, whoever found them. */
export function packetChain(one: AnyPacket): ProtoChain {
  return one instanceof Packet ? one.chain : new ProtoChain(one.layers.chain.map(schemaOf));
}

let schemas: Map<string, Schema> | null = null;
/** Labels that no declaration of ours has are those of another program, and few; a hostile capture cannot make them many. */
const MOST_LABELS = 4096;

function schemaOf(label: string): Schema {
  schemas ??= new Map(all.map(({ schema }) => [schema.about.label, schema]));
  let found = schemas.get(label);
  if (found === undefined) {
    found = protocol({ name: label, label, title: label }).schema;
    if (schemas.size < MOST_LABELS) schemas.set(label, found);
  }
  return found;
}

/**
 * The fragment of an IPv4 datagram that a packet is. `undefined` for a whole datagram, whatever its flags say, and for a
 * fragment that is of no use: one that the capture cut, that contradicts itself, or that an error message quotes.
 */
export function ipv4FragmentRecord(one: AnyPacket): FragmentRecord | undefined {
  return one instanceof Packet ? nativeFragment(one, 4) : foreignFragment(one, 4);
}

/** The fragment of an IPv6 datagram that a packet is; `undefined` as for {@link ipv4FragmentRecord}. */
export function ipv6FragmentRecord(one: AnyPacket): FragmentRecord | undefined {
  return one instanceof Packet ? nativeFragment(one, 6) : foreignFragment(one, 6);
}

/**
 * The segment of TCP that a packet is: the lowest in it. `undefined` where there is none, where it is but part of a
 * fragmented datagram, and where an error message quotes it.
 */
export function tcpSegmentRecord(one: AnyPacket): SegmentRecord | undefined {
  return one instanceof Packet ? nativeSegment(one) : foreignSegment(one);
}

/** What flow tracing wants of a packet of TCP; `undefined` where {@link tcpSegmentRecord} gives nothing. */
export function flowPacketRecord(one: AnyPacket): FlowPacket | undefined {
  const segment = tcpSegmentRecord(one);
  if (segment === undefined) return undefined;
  const packet = packetOf(one);
  const [src, srcport, dst, dstport] = segment.bufid;
  let frame: Info | undefined;
  return Object.freeze({
    protocol: packet.origin.linkType,
    index: packet.number,
    get frame(): Info {
      return (frame ??= packetRecord(one));
    },
    syn: segment.syn,
    fin: segment.fin,
    src,
    dst,
    srcport,
    dstport,
    timestamp: packet.time ?? null,
  });
}
