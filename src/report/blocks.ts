import type { Block } from "../files/blocks.ts";
import { decodeOption } from "../files/option-values.ts";
import { type BlockOption, optionText } from "../files/options.ts";
import type { Names } from "../schema/names.ts";
import { type Content, contentOf, Moment, Named } from "./content.ts";
import type { ReportPlace } from "./report.ts";

/** What a report says of a block that is no packet, under the name that it has there. */
export interface NamedBlock {
  readonly name: string;
  readonly content: Map<string, Content>;
}

const titles: Readonly<Record<Block["kind"], string>> = {
  pcapHeader: "Global Header",
  sectionHeader: "Section Header",
  interfaceDescription: "Interface Description",
  nameResolution: "Name Resolution",
  interfaceStatistics: "Interface Statistics",
  decryptionSecrets: "Decryption Secrets",
  journal: "systemd Journal Export",
  custom: "Custom",
  unknown: "Unknown",
};

/** How many blocks of each kind there were. */
export type BlockCounts = Readonly<Partial<Record<Block["kind"], number>>>;

/** Names the blocks of one capture, each kind counted from 1, and the frames. */
export class BlockNames {
  private counts: Partial<Record<Block["kind"], number>>;
  private readonly linkTypeNames: Names | undefined;
  private lastFrame: number;

  constructor(linkTypeNames?: Names) {
    this.counts = {};
    this.linkTypeNames = linkTypeNames;
    this.lastFrame = 0;
  }

  /** Goes on behind so many packets and blocks. */
  resume({ packets, blocks }: ReportPlace): void {
    this.lastFrame = packets;
    this.counts = { ...blocks };
  }

  block(block: Block): NamedBlock {
    const { kind } = block;
    const title = titles[kind];
    const count = (this.counts[kind] ?? 0) + 1;
    this.counts[kind] = count;
    const name = kind === "pcapHeader" ? title : `${title} ${count}`;
    return { name, content: blockContent(block, this.linkTypeNames) };
  }

  /** By the packet's number in its capture; packets of no capture, or out of order, are counted on. */
  frame(number: number): string {
    this.lastFrame = Math.max(number, this.lastFrame + 1);
    return `Frame ${this.lastFrame}`;
  }
}

function blockContent(block: Block, linkTypeNames: Names | undefined): Map<string, Content> {
  const linkType = (n: number): Content => new Named(n, linkTypeNames?.get(n) ?? null);
  if (block.kind === "pcapHeader") {
    return new Map<string, Content>([
      [
        "magic_number",
        new Map<string, Content>([
          ["data", block.raw.subarray(0, 4)],
          ["byteorder", byteOrder(block)],
          ["nanosecond", block.nanoseconds],
          ["modified", block.modified],
        ]),
      ],
      ["version", version(block)],
      ["thiszone", block.thisZone],
      ["sigfigs", block.sigFigs],
      ["snaplen", block.snaplen],
      ["network", linkType(block.linkType)],
      ["fcs_length", block.fcsLength < 0 ? null : block.fcsLength],
      ["packet", block.raw],
    ]);
  }
  return new Map<string, Content>([
    ["type", block.type],
    ["length", block.raw.length],
    ["section_number", block.section],
    ...bodyContent(block, linkType),
    ...("options" in block ? [["options", optionsContent(block, block.options)] as const] : []),
  ]);
}

const byteOrder = (block: Block): string => (block.littleEndian ? "little" : "big");

const version = (block: { majorVersion: number; minorVersion: number }): Content =>
  new Map([
    ["major", block.majorVersion],
    ["minor", block.minorVersion],
  ]);

type Entries = (readonly [string, Content])[];

/** What each kind of block has of its own. */
function bodyContent(block: Block, linkType: (n: number) => Content): Entries {
  switch (block.kind) {
    case "sectionHeader":
      return [
        ["byteorder", byteOrder(block)],
        ["version", version(block)],
        ["section_length", block.sectionLength < 0 ? null : block.sectionLength],
      ];
    case "interfaceDescription":
      return [
        ["interface_id", block.interface.id],
        ["linktype", linkType(block.interface.linkType)],
        ["snaplen", block.interface.snaplen],
      ];
    case "nameResolution":
      return [["records", contentOf(block.records)]];
    case "interfaceStatistics": {
      const entries: Entries = [
        // The reader counts interfaces over the whole file.
        ["interface_index", block.interfaceIndex],
        ["timestamp", new Moment(block.time.seconds, block.time.nanoseconds)],
      ];
      const { startTime, endTime } = block;
      if (startTime)
        entries.push(["start_time", new Moment(startTime.seconds, startTime.nanoseconds)]);
      if (endTime) entries.push(["end_time", new Moment(endTime.seconds, endTime.nanoseconds)]);
      return entries;
    }
    case "decryptionSecrets":
      return [
        [
          "secrets_type",
          new Named(block.secretsType, block.secrets === "unknown" ? null : block.secrets),
        ],
        ["data", block.data],
      ];
    case "journal":
      return [["data", optionText(block.data)]];
    case "custom":
      return [
        ["pen", block.pen],
        ["copyable", block.copyable],
        ["data", block.data],
      ];
    case "unknown":
      return [["data", block.body]];
    default:
      return [];
  }
}

/** Options in the order of the file: a code may come several times. */
const optionsContent = ({ type, littleEndian }: Block, options: readonly BlockOption[]): Content =>
  options.map((option) => contentOf(decodeOption(type, option, littleEndian)));
