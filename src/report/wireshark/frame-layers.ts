import type { Packet } from "../../packet/packet.ts";
import type { CompletedDatagram } from "../../reassembly/datagram.ts";
import { aboveFragment, isFragment } from "../../reassembly/fragment.ts";
import { IpReassembly } from "../../reassembly/ip.ts";
import type { Layer } from "../../schema/layer.ts";
import { shownLayers } from "./chain.ts";
import { readSchemas, StreamMessages } from "./messages.ts";
import type { SegmentMessages } from "./shown.ts";

/** The layers that are shown with a frame, and what they were put together from. */
export interface FrameLayers {
  readonly layers: readonly Layer[];
  /** The TCP layer whose streams were read, and what they showed. */
  readonly transport: Layer | null;
  readonly messages: SegmentMessages | null;
  /** The datagrams that the frame completes, by the fragment's own layer. */
  readonly datagrams: ReadonlyMap<Layer, CompletedDatagram> | null;
}

/**
 * Finds the layers that Wireshark shows with each frame: what is above fragments with the frame that completes the
 * datagram, messages of streams with the segment that completes them.
 */
export class LayerFinder {
  private readonly readsStreams: boolean;
  private readonly fragments: IpReassembly;
  private streams: StreamMessages | null;

  constructor(readsStreams: boolean) {
    this.readsStreams = readsStreams;
    this.fragments = new IpReassembly();
    this.streams = null;
  }

  /** The layers of a frame; each must be given once, in order. */
  find(packet: Packet): FrameLayers {
    const { own, inner, datagrams } = this.join(packet);
    if (!this.readsStreams) return { layers: own, transport: null, messages: null, datagrams };
    const at = own.findLastIndex((l) => l.schema.name === "tcp");
    if (at < 0) return { layers: own, transport: null, messages: null, datagrams };
    const transport = own[at]!;
    this.streams ??= new StreamMessages(packet.origin.entry.dissector);
    const messages = this.streams.add(transport, inner, packet);
    const upper = own[at + 1];
    const keepsUpper =
      messages.keepsUpper || (upper !== undefined && !readSchemas.has(upper.schema.root));
    const layers = keepsUpper ? own : [...own.slice(0, at + 1), ...messages.layers];
    return { layers, transport, messages, datagrams };
  }

  /** The layers with those of the datagrams that it completes; `inner` is the packet that the highest ones lie in. */
  private join(packet: Packet): {
    own: Layer[];
    inner: Packet;
    datagrams: Map<Layer, CompletedDatagram> | null;
  } {
    const own = shownLayers(packet.first);
    let inner = packet;
    let datagrams: Map<Layer, CompletedDatagram> | null = null;
    for (;;) {
      const top = own.at(-1);
      if (top === undefined || !isFragment(top)) return { own, inner, datagrams };
      const done = this.fragments.add(inner);
      if (done === null) return { own, inner, datagrams };
      datagrams ??= new Map();
      datagrams.set(top, done);
      inner = done.packet;
      own.push(...shownLayers(aboveFragment(top, inner)));
    }
  }
}
