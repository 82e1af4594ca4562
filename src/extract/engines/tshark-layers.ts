import type { Fields } from "../../report/content.ts";
import type { ForeignLayers } from "../../report/report.ts";
import { cellsOf } from "./tshark-cells.ts";
import { contentOf, type ForeignContent } from "./tshark-content.ts";
import { nodesOf } from "./tshark-pdml.ts";
import type { FieldKinds } from "./tshark-types.ts";

/** Fields that a capture of another format than pcapng does not have. */
const ofSections = [
  "frame.section_number",
  "frame.interface_id",
  "frame.interface_name",
  "frame.interface_description",
  "frame.interface_queue",
];

/** What tshark says of one packet, put into the form that is asked for when it is. */
export class TsharkLayers implements ForeignLayers {
  private readonly packet: Uint8Array;
  private readonly kinds: FieldKinds;
  private readonly isWrapped: boolean;
  private made: ForeignContent | null;
  private printed: ReadonlyMap<string, string> | null;

  /** `packet` is its text in PDML; `isWrapped` says that tshark was given sections and interfaces that the capture itself has not. */
  constructor(packet: Uint8Array, kinds: FieldKinds, isWrapped: boolean) {
    this.packet = packet;
    this.kinds = kinds;
    this.isWrapped = isWrapped;
    this.made = null;
    this.printed = null;
  }

  get chain(): readonly string[] {
    return this.whole.chain;
  }

  get content(): Fields {
    return this.whole.content;
  }

  get cells(): ReadonlyMap<string, string> {
    if (this.printed !== null) return this.printed;
    const cells = cellsOf(nodesOf(this.packet), this.kinds);
    if (this.isWrapped) for (const name of ofSections) cells.delete(name);
    this.printed = cells;
    return cells;
  }

  private get whole(): ForeignContent {
    return (this.made ??= contentOf(nodesOf(this.packet), this.kinds));
  }
}
