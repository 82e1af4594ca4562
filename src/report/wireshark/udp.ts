import { formatHex } from "../../bytes/hex.ts";
import { ConversationTable } from "../../flow/conversations.ts";
import type { Extra } from "./context.ts";

const conversations = (): ConversationTable<null> => new ConversationTable(() => null);

/** The number of the UDP conversation, and the payload as bytes. */
export const udpExtra: Extra = {
  protocol: "udp",
  names: ["udp.stream", "udp.payload"],
  cells(layer, emit, { session }) {
    emit("udp.stream", String(session.of(conversations).find(layer).index));
    if (layer.headerEnd < layer.end)
      emit("udp.payload", formatHex(layer.bytes, layer.headerEnd, layer.end));
  },
};
