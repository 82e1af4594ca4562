import { readU16 } from "../bytes/numbers.ts";
import type { Packet } from "../packet/packet.ts";
import { ipv4 } from "../protocols/network/ipv4.ts";
import { ipv6Fragment } from "../protocols/network/ipv6-extensions.ts";
import { IpReassembly } from "../reassembly/ip.ts";
import { isCut } from "../schema/checksum.ts";
import type { Layer } from "../schema/layer.ts";

const MORE_FRAGMENTS = 0x2000;
const OFFSET = 0x1fff;

/**
 * Takes one layer. `isQuoted` says that it lies in the copy of another packet, as ICMP errors have one; `packet` is where it
 * lies: of a layer above fragments the datagram, else the packet itself.
 */
export type LayerVisitor = (layer: Layer, isQuoted: boolean, packet: Packet) => void;

/**
 * Shows the layers of packets as those count them who look at whole datagrams: what is above fragments belongs to the
 * packet that completes the datagram, and to no other. A first fragment that the capture cut is read as it is, since no
 * datagram will be made of it. Packets are to be given in order, each once.
 */
export class ShownLayers {
  private readonly datagrams: IpReassembly;

  constructor() {
    this.datagrams = new IpReassembly();
  }

  visit(packet: Packet, visitor: LayerVisitor): void {
    this.walk(packet, packet.first, visitor);
  }

  private walk(packet: Packet, from: Layer | null, visitor: LayerVisitor): void {
    let isQuoted = false;
    for (let l = from; l !== null; l = l.upper) {
      visitor(l, isQuoted, packet);
      if (isFragment(l)) {
        if (!isQuoted) this.join(packet, l, visitor);
        return;
      }
      if (l.schema.spec.quotes) isQuoted = true;
    }
  }

  /** Goes on above the headers that the fragment itself has shown. */
  private join(packet: Packet, fragment: Layer, visitor: LayerVisitor): void {
    const whole = this.datagrams.add(packet)?.packet;
    if (whole === undefined) return;
    let shown = whole.first;
    if (fragment.schema.root !== ipv4.schema)
      for (let l = fragment.lower; l !== null && !isIpv6(l); l = l.lower)
        shown = shown?.upper ?? null;
    this.walk(whole, shown?.upper ?? null, visitor);
  }
}

const isIpv6 = (layer: Layer): boolean => layer.schema.root.name === "ipv6";

/** Whether what is above a layer is not all there, and is to be waited for. */
export function isFragment(l: Layer): boolean {
  const { bytes, start } = l;
  const { root } = l.schema;
  if (root === ipv4.schema) {
    const word = readU16(bytes, start + 6);
    if ((word & (MORE_FRAGMENTS | OFFSET)) === 0) return false;
    return (word & OFFSET) !== 0 || !isCut(l);
  }
  if (root !== ipv6Fragment.schema) return false;
  const word = readU16(bytes, start + 2);
  if ((word & 0xfff9) === 0) return false;
  return word >>> 3 !== 0 || !isCut(l);
}
