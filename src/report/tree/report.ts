import type { Block } from "../../files/blocks.ts";
import type { PacketOptions } from "../../files/options.ts";
import type { Packet } from "../../packet/packet.ts";
import { BlockNames } from "../blocks.ts";
import type { Fields } from "../content.ts";
import { frameContent, type Source, sourceAfter } from "../frame.ts";
import type { PacketRecord, Report, ReportOptions, ReportPlace } from "../report.ts";
import { treeText } from "./tree.ts";

/** For people: every block under its name, every value on its line, with an empty line between blocks. */
export class TreeReport implements Report {
  readonly format = "tree";
  readonly extension = "txt";
  private readonly names: BlockNames;
  private source: Source;
  private first: boolean;

  constructor({ linkTypeNames }: ReportOptions = {}) {
    this.names = new BlockNames(linkTypeNames);
    this.source = null;
    this.first = true;
  }

  resume(place: ReportPlace): void {
    this.names.resume(place);
    this.source = place.source;
    this.first = place.packets === 0 && Object.keys(place.blocks).length === 0;
  }

  start(): string {
    return "";
  }

  block(block: Block): string {
    this.source = sourceAfter(block, this.source);
    const { name, content } = this.names.block(block);
    return this.written(name, content);
  }

  packet(packet: Packet, options?: PacketOptions, record?: PacketRecord): string {
    return this.written(
      this.names.frame(packet.number),
      frameContent(packet, this.source, options, record?.layers),
    );
  }

  end(): string {
    return "";
  }

  private written(name: string, content: Fields): string {
    const gap = this.first ? "" : "\n";
    this.first = false;
    return `${gap}${name}\n${treeText(content)}`;
  }
}
