import { readU16, readU32 } from "../../bytes/numbers.ts";
import type { Layer } from "../../schema/layer.ts";
import type { Emit } from "./context.ts";

/** Lengths of the options that have one length only (RFC 9293 §3.1, RFC 7323, RFC 2018). */
const lengths: Readonly<Record<number, number>> = { 2: 4, 3: 3, 4: 2, 8: 10 };

/** As many no-operations in one header are worth a remark. */
const MANY_NOPS = 4;
const FAST_OPEN = 0xf989;

/** Names that {@link emitOptions} emits. */
export const optionNames: readonly string[] = [
  "tcp.nop",
  "tcp.non_zero_bytes_after_eol",
  "tcp.option_kind",
  "tcp.options.eol",
  "tcp.option.len.invalid",
  "tcp.options.sack.count",
  "tcp.options.sack.dsack",
  "tcp.options.sack.dsack_le",
  "tcp.options.sack.dsack_re",
  "tcp.options.sack_le",
  "tcp.options.sack_re",
  "tcp.options.tfo.request",
  "tcp.options.wscale.multiplier",
];

/** Blocks count from where the other side's sequence numbers do. */
function emitSack(layer: Layer, at: number, length: number, base: number, emit: Emit): void {
  const { bytes, start } = layer;
  const ack = readU32(bytes, start + 8);
  const count = (length - 2) >> 3;
  for (let i = 0; i < count; i++) {
    const left = readU32(bytes, at + 2 + 8 * i);
    const right = readU32(bytes, at + 6 + 8 * i);
    const from = String((left - base) >>> 0);
    const to = String((right - base) >>> 0);
    emit("tcp.options.sack_le", from);
    emit("tcp.options.sack_re", to);
    if (i > 0) continue;
    // Of the first block, what the acknowledgment covers came twice (RFC 2883 §4).
    if (((ack - right) | 0) < 0) continue;
    emit("tcp.options.sack.dsack_le", from);
    emit("tcp.options.sack.dsack_re", to);
    emit("tcp.options.sack.dsack", "1");
  }
  emit("tcp.options.sack.count", String(count));
}

/** Zero bytes directly after the end mark look like more end marks. */
function emitAfterEnd(layer: Layer, end: number, emit: Emit): void {
  const { bytes, headerEnd } = layer;
  let at = end + 1;
  emit("tcp.options.eol", "00");
  for (; at < headerEnd && bytes[at] === 0; at++) {
    emit("tcp.option_kind", "0");
    emit("tcp.options.eol", "00");
  }
  if (at < headerEnd) emit("tcp.non_zero_bytes_after_eol", "1");
}

/** What Wireshark adds to the options; `base` is where the other side's sequence numbers count from. */
export function emitOptions(layer: Layer, base: number, emit: Emit): void {
  const { bytes, headerEnd } = layer;
  let nops = 0;
  for (let at = layer.start + 20; at < headerEnd; ) {
    const kind = bytes[at]!;
    if (kind === 0) {
      emitAfterEnd(layer, at, emit);
      return;
    }
    if (kind === 1) {
      if (++nops === MANY_NOPS) emit("tcp.nop", "1");
      at++;
      continue;
    }
    const length = at + 1 < headerEnd ? bytes[at + 1]! : 0;
    if (length < 2 || at + length > headerEnd) return;
    const fixed = lengths[kind];
    if (fixed !== undefined && fixed !== length) emit("tcp.option.len.invalid", "1");
    else if (kind === 3)
      emit("tcp.options.wscale.multiplier", String(2 ** Math.min(14, bytes[at + 2]!)));
    else if (kind === 5) emitSack(layer, at, length, base, emit);
    else if (kind === 34 && length === 2) emit("tcp.options.tfo.request", "1");
    else if (kind >= 253 && length === 4 && readU16(bytes, at + 2) === FAST_OPEN)
      emit("tcp.options.tfo.request", "1");
    at += length;
  }
}
