import { hexDump } from "../../bytes/hex.ts";
import type { Block } from "../../files/blocks.ts";
import type { PacketOptions } from "../../files/options.ts";
import type { Packet } from "../../packet/packet.ts";
import { BlockNames } from "../blocks.ts";
import type { Content } from "../content.ts";
import { frameContent, type Source, sourceAfter } from "../frame.ts";
import { foreignEnds } from "../list/ends.ts";
import { type PacketLine, packetLine } from "../list/line.ts";
import type { ForeignLayers, PacketRecord, Report, ReportOptions, ReportPlace } from "../report.ts";
import { isoTime } from "../time.ts";
import { PAGE_TAIL, pageHead } from "./page.ts";
import { ENTITIES, htmlText } from "./text.ts";
import { treeList } from "./tree.ts";

/**
 * One page with everything in it, to be opened in a browser, sent and printed: a table of the packets in which each can be
 * unfolded to its layers and bytes, and the blocks of the capture in their places. It loads nothing and runs nothing.
 */
export class HtmlReport implements Report {
  readonly format = "html";
  readonly extension = "html";
  private readonly names: BlockNames;
  private readonly title: string;
  private source: Source;

  constructor({ linkTypeNames, title = "Packets" }: ReportOptions = {}) {
    this.names = new BlockNames(linkTypeNames);
    this.title = title;
    this.source = null;
  }

  resume(place: ReportPlace): void {
    this.names.resume(place);
    this.source = place.source;
  }

  start(): string {
    return pageHead(this.title);
  }

  block(block: Block): string {
    this.source = sourceAfter(block, this.source);
    const { name, content } = this.names.block(block);
    return `<tbody class="block"><tr>${unfolding(htmlText(name), treeList(content))}</tr></tbody>\n`;
  }

  packet(packet: Packet, options?: PacketOptions, record?: PacketRecord): string {
    const layers = record?.layers;
    const name = this.names.frame(packet.number);
    const content = new Map<string, Content>(frameContent(packet, this.source, options, layers));
    const chain = String(content.get("protocols"));
    // The dump has them.
    content.delete("packet");
    const line = layers === undefined ? packetLine(packet, undefined) : foreignLine(packet, layers);
    const isBad = layers === undefined && packet.error !== null;
    const inside = `<div class="both">${treeList(content)}${dumpText(packet)}</div>`;
    const more = unfolding(`${name} ${htmlText(chain)}`, inside);
    return `<tbody${isBad ? ' class="bad"' : ""}>${lineRow(packet, line)}<tr>${more}</tr></tbody>\n`;
  }

  end(): string {
    return PAGE_TAIL;
  }
}

/** Over the whole width of the table; `name` and `inside` are HTML. */
const unfolding = (name: string, inside: string): string =>
  `<td class="more" colspan="7"><details><summary>${name}</summary>${inside}</details></td>`;

function lineRow(packet: Packet, { number, src, dst, protocol, length, info }: PacketLine): string {
  const { seconds, nanoseconds } = packet;
  const time = nanoseconds < 0 ? "" : (isoTime(seconds, nanoseconds) ?? "").replace("T", " ");
  const cells = [
    ["n", number],
    ["t", time.slice(0, -1)],
    ["s", src],
    ["d", dst],
    ["p", protocol],
    ["l", length],
    ["i", info],
  ];
  return `<tr>${cells.map(([name, value]) => `<td class="${name}">${htmlText(String(value))}</td>`).join("")}</tr>`;
}

/** What a line says of a packet that another program took apart. */
const foreignLine = ({ number, originalLength }: Packet, layers: ForeignLayers): PacketLine => ({
  ...{ number, time: "", info: "", length: originalLength },
  ...foreignEnds(layers),
  protocol: layers.chain.at(-1) ?? "",
});

const DUMP_SPECIAL = /[&<>]/g;

/** A dump has printable ASCII only. */
const dumpText = ({ data, start, end }: Packet): string =>
  start === end
    ? ""
    : `<pre>${hexDump(data, start, end).replace(DUMP_SPECIAL, (c) => ENTITIES.get(c)!)}</pre>`;
