import { formatHex } from "../../bytes/hex.ts";
import type { Extra } from "./context.ts";

export const segmentNames: readonly string[] = [
  "tcp.segment_data",
  "tcp.segments",
  "tcp.segment",
  "tcp.segment.count",
  "tcp.reassembled.length",
  "tcp.reassembled.data",
];

/** What a segment is to the messages that it has parts of. */
export const tcpSegmentsExtra: Extra = {
  protocol: "tcp",
  names: segmentNames,
  cells(layer, emit, { messages, transport }) {
    if (messages === null || layer !== transport) return;
    for (const [from, to] of messages.parts)
      emit("tcp.segment_data", formatHex(layer.bytes, from, to));
    for (const { frames, length, bytes } of messages.joined) {
      emit("tcp.segments", "1");
      for (const number of frames) emit("tcp.segment", String(number));
      emit("tcp.segment.count", String(frames.length));
      emit("tcp.reassembled.length", String(length));
      if (bytes !== null) emit("tcp.reassembled.data", formatHex(bytes));
    }
  },
};
