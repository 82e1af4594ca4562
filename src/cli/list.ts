import { openCapture } from "../node/open.ts";
import { openOutput } from "../node/output.ts";
import { formatLine, packetLine } from "../report/list/line.ts";
import { dissectorFor, forPackets, wholeNumber } from "./input.ts";

interface ListOptions {
  readonly count?: string;
  readonly decodeAs?: readonly string[];
}

/** `wirecraft list`: one line a packet. */
export async function list(path: string, options: ListOptions): Promise<void> {
  const count = wholeNumber("--count", options.count);
  const capture = openCapture(path, { dissector: dissectorFor(options.decodeAs) });
  const out = openOutput("-");
  let start: bigint | undefined;
  try {
    await forPackets(capture, count, (packet) => {
      start ??= packet.time;
      out.write(`${formatLine(packetLine(packet, start))}\n`);
    });
  } finally {
    out.finish();
  }
}
