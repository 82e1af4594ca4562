import type { Block } from "../../files/blocks.ts";
import type { PacketOptions } from "../../files/options.ts";
import type { Packet } from "../../packet/packet.ts";
import { BlockNames } from "../blocks.ts";
import type { Fields } from "../content.ts";
import { frameContent, type Source, sourceAfter } from "../frame.ts";
import { JSON_VERSION } from "../json/version.ts";
import type { PacketRecord, Report, ReportOptions, ReportPlace } from "../report.ts";
import { dictInside } from "./value.ts";
import { xmlText } from "./xml.ts";

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
\t<key>version</key>
\t<integer>${JSON_VERSION}</integer>
`;

/**
 * An XML property list, one dictionary of named blocks with the keys of JSON: what Apple's programs, `plutil` and Python's
 * `plistlib` read. See {@link dictInside} for what property lists have no form for.
 */
export class PlistReport implements Report {
  readonly format = "plist";
  readonly extension = "plist";
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
    return HEAD;
  }

  block(block: Block): string {
    this.source = sourceAfter(block, this.source);
    const { name, content } = this.names.block(block);
    return written(name, content);
  }

  packet(packet: Packet, options?: PacketOptions, record?: PacketRecord): string {
    const name = this.names.frame(packet.number);
    return written(name, frameContent(packet, this.source, options, record?.layers));
  }

  end(): string {
    return "</dict>\n</plist>\n";
  }
}

const written = (name: string, content: Fields): string =>
  `\t<key>${xmlText(name)}</key>\n\t<dict>\n${dictInside(content, "\t\t")}\t</dict>\n`;
