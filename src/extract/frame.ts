import { defaultDissector } from "../capture/open.ts";
import type { PacketOptions } from "../files/options.ts";
import { ProtoChain } from "../packet/chain.ts";
import type { Packet } from "../packet/packet.ts";
import { frameContent, type Source } from "../report/frame.ts";
import type { ForeignLayers } from "../report/report.ts";
import { type Info, infoOf } from "./info.ts";

/** A packet of an extraction: its number, bytes, time and what an engine found in it. */
export class ExtractedFrame {
  /** Its bytes and time, and the layers that our own declarations find. */
  readonly packet: Packet;
  /** What another engine found; `null` where ours did. */
  readonly layers: ForeignLayers | null;
  private readonly source: Source;
  private readonly options: PacketOptions | undefined;
  private known: Info | null;

  constructor(
    packet: Packet,
    source: Source,
    options: PacketOptions | undefined,
    layers: ForeignLayers | null,
  ) {
    this.packet = packet;
    this.layers = layers;
    this.source = source;
    this.options = options;
    this.known = null;
  }

  /** Position in the capture, from 1. */
  get number(): number {
    return this.packet.number;
  }

  /** What reports call it. */
  get name(): string {
    return `Frame ${this.packet.number}`;
  }

  /** The protocols, as the engine sees them: `Ethernet:IPv4:TCP`. */
  get chain(): ProtoChain {
    return this.layers === null ? this.packet.chain : chainNamed(this.layers.chain);
  }

  /**
   * All that a report says of it, as plain frozen objects: `info.ethernet.ipv4.src`. Numbers with names are
   * `{ value, name }`, times are texts in UTC, bytes are a `Uint8Array`. Made when first asked for.
   */
  get info(): Info {
    if (this.known === null) {
      const { packet, source, options, layers } = this;
      this.known = infoOf(frameContent(packet, source, options, layers ?? undefined)) as Info;
    }
    return this.known;
  }

  toString(): string {
    return ` - Frame ${String(this.number).padStart(3)}: ${this.chain}`;
  }
}

/** A chain of labels: protocols of ours go by all their names. */
export const chainNamed = (labels: readonly string[]): ProtoChain =>
  new ProtoChain(labels.map((label) => defaultDissector().named(label)?.schema ?? label));
