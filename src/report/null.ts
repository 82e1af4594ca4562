import type { Report } from "./report.ts";

/** Writes nothing and counts: for trying what takes time, and for jobs whose other outputs are what is wanted. */
export class NullReport implements Report {
  readonly format = "null";
  readonly extension = "null";
  /** How often each was given. */
  packets = 0;
  blocks = 0;

  resume(): void {}

  start(): string {
    return "";
  }

  block(): string {
    this.blocks++;
    return "";
  }

  packet(): string {
    this.packets++;
    return "";
  }

  end(): string {
    return "";
  }
}
