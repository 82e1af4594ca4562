import type { Block } from "../files/blocks.ts";
import { type Source, sourceAfter } from "../report/frame.ts";
import type { ReportPlace } from "../report/report.ts";

/** Keeps count of what has been passed of a capture, so that a report can go on from there. */
export class PlaceCounter {
  packets: number;
  source: Source;
  private blocks: Partial<Record<Block["kind"], number>>;

  constructor() {
    this.packets = 0;
    this.source = null;
    this.blocks = {};
  }

  block(block: Block): void {
    this.source = sourceAfter(block, this.source);
    this.blocks[block.kind] = (this.blocks[block.kind] ?? 0) + 1;
  }

  /** Where it stands now; what comes later does not change it. */
  get place(): ReportPlace {
    return { packets: this.packets, blocks: { ...this.blocks }, source: this.source };
  }
}
