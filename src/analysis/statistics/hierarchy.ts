import type { Packet } from "../../packet/packet.ts";
import type { Layer } from "../../schema/layer.ts";
import { payloadEnd } from "../../schema/layout.ts";
import type { Schema } from "../../schema/schema.ts";
import { type LayerVisitor, ShownLayers } from "../shown-layers.ts";

/** A protocol above others, with the frames that have it there. */
export interface ProtocolCount {
  /** Wireshark's prefix of its fields, such as `ip`; `data` for bytes that no protocol took. */
  readonly protocol: string;
  /** For people, such as `IPv4`. */
  readonly label: string;
  readonly frames: number;
  readonly bytes: number;
  /** Frames of which it is the highest protocol. */
  readonly topFrames: number;
  readonly topBytes: number;
  readonly above: readonly ProtocolCount[];
}

class Node {
  readonly schema: Schema | null;
  frames = 0;
  bytes = 0;
  topFrames = 0;
  topBytes = 0;
  readonly above = new Map<Schema | null, Node>();
  /** The one that the last packet had here: mostly the next has it too. */
  private last: Node | null = null;

  constructor(schema: Schema | null) {
    this.schema = schema;
  }

  child(schema: Schema | null): Node {
    const { last } = this;
    if (last !== null && last.schema === schema) return last;
    let one = this.above.get(schema);
    if (one === undefined) {
      one = new Node(schema);
      this.above.set(schema, one);
    }
    this.last = one;
    return one;
  }
}

/**
 * Counts protocols by what they lie on, as `tshark -z io,phs` does: each frame once for every protocol of its chain, with
 * all of its bytes. A protocol that follows itself (a stack of labels) is one.
 */
export class ProtocolHierarchy {
  private readonly root: Node;
  private readonly layers: ShownLayers;
  private readonly visitor: LayerVisitor;
  private at: Node;
  private length: number;
  private top: Layer | null;
  private isOpen: boolean;

  constructor() {
    this.root = new Node(null);
    this.layers = new ShownLayers();
    this.at = this.root;
    this.length = 0;
    this.top = null;
    this.isOpen = true;
    this.visitor = (layer, isQuoted) => {
      this.isOpen = !isQuoted;
      if (isQuoted) return;
      this.top = layer;
      const { root } = layer.schema;
      if (this.at.schema !== root) this.step(root);
    };
  }

  add(packet: Packet): void {
    this.length = packet.originalLength;
    this.at = this.root;
    this.top = null;
    this.isOpen = true;
    this.root.frames++;
    this.root.bytes += this.length;
    this.layers.visit(packet, this.visitor);
    if (this.hasData(packet)) this.step(null);
    this.at.topFrames++;
    this.at.topBytes += this.length;
  }

  /** Whether bytes are left that no protocol took. What an error message quotes is no data. */
  private hasData(packet: Packet): boolean {
    const { top } = this;
    if (top === null) return packet.length > 0;
    return this.isOpen && top.upper === null && top.headerEnd < payloadEnd(top);
  }

  private step(schema: Schema | null): void {
    this.at = this.at.child(schema);
    this.at.frames++;
    this.at.bytes += this.length;
  }

  /** All frames and bytes. */
  get total(): { readonly frames: number; readonly bytes: number } {
    const { frames, bytes } = this.root;
    return { frames, bytes };
  }

  /** The lowest protocols with all that lies on them, in order of appearance. */
  list(): ProtocolCount[] {
    return [...this.root.above.values()].map(countOf);
  }
}

const countOf = (node: Node): ProtocolCount => ({
  protocol: node.schema?.about.prefix ?? "data",
  label: node.schema?.about.label ?? "Data",
  frames: node.frames,
  bytes: node.bytes,
  topFrames: node.topFrames,
  topBytes: node.topBytes,
  above: [...node.above.values()].map(countOf),
});
