import type { Packet } from "../packet/packet.ts";
import { aboveFragment, isAwaited } from "../reassembly/fragment.ts";
import { IpReassembly } from "../reassembly/ip.ts";
import type { Layer } from "../schema/layer.ts";

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
      if (isAwaited(l)) {
        if (!isQuoted) this.join(packet, l, visitor);
        return;
      }
      if (l.schema.spec.quotes) isQuoted = true;
    }
  }

  /** Goes on above the headers that the fragment itself has shown. */
  private join(packet: Packet, fragment: Layer, visitor: LayerVisitor): void {
    const whole = this.datagrams.add(packet)?.packet;
    if (whole !== undefined) this.walk(whole, aboveFragment(fragment, whole), visitor);
  }
}
