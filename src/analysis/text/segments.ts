import type { Layer } from "../../schema/layer.ts";
import type { AnyProtocol } from "../../schema/protocol.ts";
import type { Connection } from "../application.ts";
import type { SideInput, Waiting } from "../input.ts";

/** Makes the layers that a segment shows. */
export type LayersOf = (bytes: Uint8Array, start: number, end: number) => readonly Layer[];

/** Runs a reader, and something before each time that it goes on and behind. */
export function* watched(reader: Waiting, before: () => void, behind?: () => void): Waiting {
  for (;;) {
    before();
    const { done } = reader.next();
    behind?.();
    if (done === true) return;
    yield;
  }
}

/** Where in the stream the last line that is whole ends; `from` where none is. */
function lastLineEnd({ bytes, start, end, offset }: SideInput, from: number): number {
  const first = start + from - offset;
  const found = bytes.subarray(first, end).lastIndexOf(10);
  return from + found + 1;
}

/**
 * Runs a reader, and shows what comes as layers of a protocol, each time that more is there: for protocols of which a segment
 * is shown as it is, whether its last line is whole or not, or by whole lines. What is read does not matter to it.
 */
export function showingSegments(
  connection: Connection,
  input: SideInput,
  protocol: AnyProtocol | LayersOf,
  reader: Waiting,
  unit: "segments" | "lines" = "segments",
): Waiting {
  if (!connection.shows) return reader;
  let shown = input.offset;
  return watched(reader, () => {
    // What was not read is there from `start` on, and may have been shown before.
    const from = Math.max(shown, input.offset);
    const to = unit === "lines" ? lastLineEnd(input, from) : input.offset + input.available;
    if (from >= to) return;
    shown = to;
    const at = input.start + from - input.offset;
    const end = at + to - from;
    const layers =
      "schema" in protocol
        ? [connection.dissect(protocol, input.bytes, at, end)]
        : protocol(input.bytes, at, end);
    connection.show(input.side, layers, from, to);
  });
}
