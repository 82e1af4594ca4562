import { formatHex } from "../../bytes/hex.ts";
import { readU16, readU32 } from "../../bytes/numbers.ts";
import { ConversationTable } from "../../flow/conversations.ts";
import type { Layer } from "../../schema/layer.ts";
import { hexCell, textCell } from "./cell.ts";
import type { Emit, Extra, Override } from "./context.ts";

/** First TSN of each direction; -1 before it is known. */
interface Bases {
  forward: number;
  backward: number;
}

const associations = (): ConversationTable<Bases> =>
  new ConversationTable(() => ({ forward: -1, backward: -1 }));

const DATA = 0;
const INIT = 1;
const INIT_ACK = 2;
const SACK = 3;
const NR_SACK = 16;
const I_DATA = 64;
/** Where the parameters of a chunk begin, and its causes. */
const parametersAt: Readonly<Record<number, number>> = {
  1: 20,
  2: 20,
  4: 4,
  5: 4,
  128: 8,
  130: 4,
  193: 8,
};
const causesAt: Readonly<Record<number, number>> = { 6: 4, 9: 4 };

const padded = (n: number): number => (n + 3) & ~3;

/** Bytes that fill up entries to four bytes. */
function emitPadding(layer: Layer, from: number, to: number, name: string, emit: Emit): void {
  for (let at = from; at + 4 <= to; ) {
    const length = readU16(layer.bytes, at + 2);
    if (length < 4) return;
    const end = at + length;
    const next = at + padded(length);
    if (end < next && next <= to) emit(name, formatHex(layer.bytes, end, next));
    at = next;
  }
}

/** Blocks of a SACK are offsets from its cumulative TSN. */
function emitGaps(layer: Layer, at: number, end: number, base: number, emit: Emit): void {
  const { bytes } = layer;
  const raw = readU32(bytes, at + 4);
  const count = readU16(bytes, at + 12);
  const from = base < 0 ? raw : (raw - base) >>> 0;
  let acked = 0;
  for (let i = 0; i < count; i++) {
    const block = at + 16 + 4 * i;
    if (block + 4 > end) return;
    const first = readU16(bytes, block);
    const last = readU16(bytes, block + 2);
    emit("sctp.sack_gap_block_start_tsn", String((from + first) >>> 0));
    emit("sctp.sack_gap_block_end_tsn", String((from + last) >>> 0));
    acked += last - first + 1;
  }
  if (count > 0) emit("sctp.sack_number_of_tsns_gap_acked", String(acked));
}

function emitChunk(
  layer: Layer,
  at: number,
  end: number,
  bases: Bases,
  forward: boolean,
  emit: Emit,
): void {
  const { bytes } = layer;
  const type = bytes[at]!;
  const own = forward ? "forward" : "backward";
  const other = forward ? "backward" : "forward";
  if ((type === INIT || type === INIT_ACK) && at + 20 <= end) bases[own] = readU32(bytes, at + 16);
  if ((type === DATA || type === I_DATA) && at + 8 <= end) {
    const tsn = readU32(bytes, at + 4);
    if (bases[own] < 0) bases[own] = tsn;
    emit("sctp.data_tsn", String((tsn - bases[own]) >>> 0));
  }
  if ((type === SACK || type === NR_SACK) && at + 16 <= end) {
    const tsn = readU32(bytes, at + 4);
    const base = bases[other];
    if (type === SACK) {
      if (base >= 0) emit("sctp.sack_cumulative_tsn_ack", String((tsn - base) >>> 0));
      emitGaps(layer, at, end, base, emit);
    }
  }
}

/** Transmission sequence numbers counted from the first of their direction, and padding. */
export const sctpExtra: Extra = {
  protocol: "sctp",
  names: [
    "sctp.assoc_index",
    "sctp.cause_padding",
    "sctp.chunk_padding",
    "sctp.data_tsn",
    "sctp.parameter_padding",
    "sctp.sack_cumulative_tsn_ack",
    "sctp.sack_gap_block_end_tsn",
    "sctp.sack_gap_block_start_tsn",
    "sctp.sack_number_of_tsns_gap_acked",
  ],
  cells(layer, emit, { session }) {
    const table = session.of(associations);
    const { state } = table.find(layer);
    const forward = table.isForward(layer);
    // What it shows where it does not search for associations, as it does not unless told to.
    emit("sctp.assoc_index", "65535");
    const { bytes, start } = layer;
    for (let at = start + 12; at + 4 <= layer.end; ) {
      const length = readU16(bytes, at + 2);
      if (length < 4) return;
      const end = Math.min(layer.end, at + length);
      const next = at + padded(length);
      emitChunk(layer, at, end, state, forward, emit);
      const parameters = parametersAt[bytes[at]!];
      if (parameters !== undefined)
        emitPadding(layer, at + parameters, end, "sctp.parameter_padding", emit);
      const causes = causesAt[bytes[at]!];
      if (causes !== undefined) emitPadding(layer, at + causes, end, "sctp.cause_padding", emit);
      if (at + length < next && next <= layer.end)
        emit("sctp.chunk_padding", formatHex(bytes, at + length, next));
      at = next;
    }
  },
};

export const sctpOverrides: readonly Override[] = [
  { name: "sctp.parameter_hostname", cell: (value) => textCell(String(value).split("\0")[0]!) },
  {
    // A number where the declaration knows what Wireshark does not.
    name: "sctp.parameter_value",
    cell: (value) =>
      typeof value === "number" ? hexCell(value, 8).slice(2) : formatHex(value as Uint8Array),
  },
];
