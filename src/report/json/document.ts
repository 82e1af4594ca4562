import type { Block } from "../../files/blocks.ts";
import type { PacketOptions } from "../../files/options.ts";
import type { Packet } from "../../packet/packet.ts";
import { BlockNames } from "../blocks.ts";
import { type Source, sourceAfter } from "../frame.ts";
import type { PacketRecord, Report, ReportOptions, ReportPlace } from "../report.ts";
import { frameText } from "./frame.ts";
import { jsonText, quoted } from "./text.ts";
import { JSON_VERSION } from "./version.ts";

/**
 * One object of named blocks, each on a line of its own: it can be searched and cut with line tools, compared line by line,
 * and has half the bytes of an indented one, which the disk would have to take.
 */
export class JsonReport implements Report {
  readonly format = "json";
  readonly extension = "json";
  private readonly names: BlockNames;
  private source: Source;

  constructor({ linkTypeNames }: ReportOptions = {}) {
    this.names = new BlockNames(linkTypeNames);
    this.source = null;
  }

  resume(place: ReportPlace): void {
    this.names.resume(place);
    this.source = place.source;
  }

  start(): string {
    return `{\n"version": ${JSON_VERSION}`;
  }

  block(block: Block): string {
    this.source = sourceAfter(block, this.source);
    const { name, content } = this.names.block(block);
    return `,\n${quoted(name)}: ${jsonText(content)}`;
  }

  packet(packet: Packet, options?: PacketOptions, record?: PacketRecord): string {
    const name = this.names.frame(packet.number);
    return `,\n"${name}": {${frameText(packet, this.source, options, record?.layers)}}`;
  }

  end(): string {
    return "\n}\n";
  }
}
