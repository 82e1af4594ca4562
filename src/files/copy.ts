/** Writes what a reader finds once more: the way from any capture file to a pcapng file without loss. */

import type { Block } from "./blocks.ts";
import type { PcapngWriter } from "./pcapng-writer.ts";
import type { CaptureInterface } from "./record.ts";
import type { RecordCollector } from "./stream.ts";

/**
 * A sink for `readRecords` that writes all it is given to a {@link PcapngWriter}, and whose batches are the bytes to
 * write out. A pcapng file comes out byte for byte as it went in, decompressed; of a pcap file, everything that its
 * records say. Blocks and records can be kept back by whoever wraps it.
 *
 * @example
 * for await (const bytes of readRecords(source, copyRecords(new PcapngWriter()))) await file.write(bytes);
 */
export function copyRecords(writer: PcapngWriter): RecordCollector<Uint8Array> {
  let format: CaptureInterface["format"] = "pcapng";
  let index = -1;
  return {
    interface(info) {
      format = info.format;
    },
    record(b, start, end, originalLength, seconds, nanoseconds, _interface, _o, _e, little, at) {
      if (format === "pcapng") writer.copy(b, at, little);
      else writer.write(b, start, end, originalLength, seconds, nanoseconds, index);
    },
    block(block: Block) {
      index = Math.max(index, writer.block(block));
    },
    take() {
      return writer.size > 0 ? writer.take() : undefined;
    },
  };
}
