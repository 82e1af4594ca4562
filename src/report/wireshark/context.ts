import type { CaptureOrigin } from "../../capture/collector.ts";
import type { PacketOptions } from "../../files/options.ts";
import type { Packet } from "../../packet/packet.ts";
import type { Layer } from "../../schema/layer.ts";
import type { FrameLayers } from "./frame-layers.ts";

/** What fields know beside one layer: the packet, and what earlier packets left behind. */
export interface Context extends FrameLayers {
  readonly packet: Packet;
  readonly origin: CaptureOrigin | null;
  readonly options: PacketOptions | undefined;
  /** State that outlives packets, one object for each kind of it. */
  readonly session: Session;
}

/** Keeps one value for each maker: conversation tables and the like, made when first needed. */
export class Session {
  private readonly kept = new Map<() => unknown, unknown>();

  of<T>(make: () => T): T {
    let one = this.kept.get(make) as T | undefined;
    if (one === undefined) {
      one = make();
      this.kept.set(make, one);
    }
    return one;
  }
}

/** Adds one cell to a column. */
export type Emit = (name: string, cell: string) => void;

/** Fields that no declaration has: generated, doubled, or relative to earlier packets. */
export interface Extra {
  /** Name of the protocol's declaration; `null` for fields of the packet as a whole. */
  readonly protocol: string | null;
  readonly names: readonly string[];
  /**
   * Adds the cells of one layer (of the packet for `null`). Called for every such layer of every packet once one of the
   * names is wanted, also where it has nothing to add, so that it can keep state.
   */
  cells(layer: Layer, emit: Emit, context: Context): void;
}

/** A declared field that Wireshark prints in its own way; `null` leaves the cell out. */
export interface Override {
  readonly name: string;
  cell(value: unknown, layer: Layer, context: Context): string | null;
}
