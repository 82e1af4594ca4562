import type { Block } from "../../files/blocks.ts";
import type { PacketOptions } from "../../files/options.ts";
import type { Packet } from "../../packet/packet.ts";
import type { PacketRecord, Report, ReportOptions } from "../report.ts";
import { ownRecord } from "./frame.ts";
import { PcapEncoder } from "./pcap-encoder.ts";

/** A pcap file (draft-ietf-opsawg-pcap): what every program reads. Of a pcap file it is the same file, byte for byte. */
export class PcapReport implements Report {
  readonly format = "pcap";
  readonly extension = "pcap";
  private readonly encoder: PcapEncoder;

  constructor(options: ReportOptions = {}) {
    this.encoder = new PcapEncoder(options);
  }

  start(): string {
    return "";
  }

  block(block: Block): Uint8Array | string {
    if (block.kind === "pcapHeader") return this.encoder.header(block);
    if (block.kind === "interfaceDescription") this.encoder.interface(block.interface);
    return "";
  }

  /** @throws ReportError for a packet of another link type than the first. */
  packet(packet: Packet, _options?: PacketOptions, record?: PacketRecord): Uint8Array {
    return this.encoder.record(packet, ownRecord(record));
  }

  end(): Uint8Array {
    return this.encoder.end();
  }
}
