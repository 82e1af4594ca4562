import { protocolChain } from "./chain.ts";
import type { Extra } from "./context.ts";
import { encapsulations } from "./encapsulations.ts";

const seconds = (s: number, ns: number): string => `${s}.${String(ns).padStart(9, "0")}`;

/** Fields of the frame: its number, lengths, time and interface. */
export const frameExtra: Extra = {
  protocol: null,
  names: [
    "frame.number",
    "frame.len",
    "frame.cap_len",
    "frame.time_epoch",
    "frame.encap_type",
    "frame.protocols",
    "frame.marked",
    "frame.ignored",
    "frame.interface_id",
    "frame.interface_name",
    "frame.interface_description",
    "frame.section_number",
    "frame.comment",
  ],
  cells(_layer, emit, context) {
    const { packet, origin, options } = context;
    emit("frame.number", String(packet.number));
    emit("frame.len", String(packet.originalLength));
    emit("frame.cap_len", String(packet.length));
    if (packet.nanoseconds >= 0)
      emit("frame.time_epoch", seconds(packet.seconds, packet.nanoseconds));
    emit("frame.protocols", protocolChain(packet, context));
    emit("frame.marked", "0");
    emit("frame.ignored", "0");
    if (origin === null) return;
    const encapsulation = encapsulations.get(origin.linkType);
    if (encapsulation !== undefined) emit("frame.encap_type", String(encapsulation));
    const { info } = origin;
    if (info.format === "pcapng") {
      emit("frame.interface_id", String(info.id));
      emit("frame.section_number", String(info.section));
      emit("frame.interface_name", info.name ?? "unknown");
      if (info.description !== undefined) emit("frame.interface_description", info.description);
    }
    for (const comment of options?.comments ?? []) emit("frame.comment", comment);
  },
};
