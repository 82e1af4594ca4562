import type { Block } from "../../files/blocks.ts";
import type { PacketOptions } from "../../files/options.ts";
import type { Packet } from "../../packet/packet.ts";
import type { PacketRecord, Report, ReportOptions } from "../report.ts";
import { ownRecord } from "./frame.ts";
import { PcapngEncoder } from "./pcapng-encoder.ts";

/** What is worth a write. */
const PIECE = 1 << 16;
const NOTHING = new Uint8Array(0);

/**
 * A pcapng file (draft-ietf-opsawg-pcapng): all that any capture says. Of a pcapng file it is the same file, byte for byte;
 * of a pcap file, everything that its records say.
 */
export class PcapngReport implements Report {
  readonly format = "pcapng";
  readonly extension = "pcapng";
  private readonly encoder: PcapngEncoder;

  constructor(options: ReportOptions = {}) {
    this.encoder = new PcapngEncoder(options);
  }

  start(): string {
    return "";
  }

  block(block: Block): Uint8Array {
    this.encoder.block(block);
    return this.piece();
  }

  /** @throws ReportError for a packet of another link type than its interface in a file that is copied. */
  packet(packet: Packet, options?: PacketOptions, record?: PacketRecord): Uint8Array {
    this.encoder.add(packet, options, ownRecord(record));
    return this.piece();
  }

  end(): Uint8Array {
    this.encoder.end();
    return this.encoder.take();
  }

  flush(): Uint8Array {
    return this.encoder.take();
  }

  private piece(): Uint8Array {
    return this.encoder.size >= PIECE ? this.encoder.take() : NOTHING;
  }
}
