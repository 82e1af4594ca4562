import type { Block } from "../../files/blocks.ts";
import type { PacketOptions } from "../../files/options.ts";
import type { Packet } from "../../packet/packet.ts";
import { type Source, sourceAfter } from "../frame.ts";
import type { PacketRecord, Report, ReportPlace } from "../report.ts";
import { frameText } from "./frame.ts";
import { JSON_VERSION } from "./version.ts";

/** One frame object a line: what line tools, logs and databases take. What is no packet has no line. */
export class NdjsonReport implements Report {
  readonly format = "ndjson";
  readonly extension = "ndjson";
  private source: Source = null;

  resume({ source }: ReportPlace): void {
    this.source = source;
  }

  start(): string {
    return "";
  }

  block(block: Block): string {
    this.source = sourceAfter(block, this.source);
    return "";
  }

  packet(packet: Packet, options?: PacketOptions, record?: PacketRecord): string {
    return `{"version":${JSON_VERSION},${frameText(packet, this.source, options, record?.layers)}}\n`;
  }

  end(): string {
    return "";
  }
}
