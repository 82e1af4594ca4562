import { readU16, readU32, readUint } from "../../bytes/numbers.ts";
import { ConversationTable } from "../../flow/conversations.ts";
import type { Layer } from "../../schema/layer.ts";
import type { Emit, Extra } from "./context.ts";

/** First sequence number of each direction; -1 before it is known. */
interface Bases {
  forward: number;
  backward: number;
}

const conversations = (): ConversationTable<Bases> =>
  new ConversationTable(() => ({ forward: -1, backward: -1 }));

/** Packet types that begin a connection, and those that acknowledge nothing. */
const REQUEST = 0;
const RESPONSE = 1;
const DATA = 2;
const RESET = 7;
const MODULUS = 2 ** 48;

const read48 = (bytes: Uint8Array, at: number): number =>
  readU16(bytes, at) * 2 ** 32 + readU32(bytes, at + 2);
const relative = (n: number, base: number): number => (n - base + MODULUS) % MODULUS;

/** Where the options begin: after what the type and the form of the header have. */
function optionsAt(layer: Layer, type: number, long: boolean): number {
  let at = layer.start + (long ? 16 : 12);
  if (type !== REQUEST && type !== DATA) at += long ? 8 : 4;
  if (type === REQUEST || type === RESPONSE || type === RESET) at += 4;
  return at;
}

function emitPadding(layer: Layer, from: number, emit: Emit): void {
  const { bytes, headerEnd } = layer;
  for (let at = from; at < headerEnd; ) {
    const kind = bytes[at]!;
    if (kind === 0) emit("dccp.padding", "00");
    if (kind < 32) {
      at++;
      continue;
    }
    const length = at + 1 < headerEnd ? bytes[at + 1]! : 0;
    if (length < 2) return;
    at += length;
  }
}

/** Sequence numbers counted from the first of their direction, and padding. */
export const dccpExtra: Extra = {
  protocol: "dccp",
  names: ["dccp.ack", "dccp.options", "dccp.padding", "dccp.seq", "dccp.stream"],
  cells(layer, emit, { session }) {
    const { bytes, start } = layer;
    const table = session.of(conversations);
    const { index, state } = table.find(layer);
    const own = table.isForward(layer) ? "forward" : "backward";
    const other = own === "forward" ? "backward" : "forward";
    const type = (bytes[start + 8]! >> 1) & 0xf;
    const long = (bytes[start + 8]! & 1) === 1;
    emit("dccp.stream", String(index));
    if (long && layer.headerEnd >= start + 16) {
      const seq = read48(bytes, start + 10);
      if (type === REQUEST || type === RESPONSE) state[own] = seq;
      else if (state[own] >= 0) emit("dccp.seq", String(relative(seq, state[own])));
    }
    if (type !== REQUEST && type !== DATA) {
      const ack = long ? read48(bytes, start + 18) : readUint(bytes, start + 13, 3);
      if (state[other] >= 0) emit("dccp.ack", String(relative(ack, state[other])));
    }
    const from = optionsAt(layer, type, long);
    if (from >= layer.headerEnd) return;
    emit("dccp.options", "1");
    emitPadding(layer, from, emit);
  },
};
