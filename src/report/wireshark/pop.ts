import { ConversationTable } from "../../flow/conversations.ts";
import type { Layer } from "../../schema/layer.ts";
import type { Context, Emit, Extra, Override } from "./context.ts";
import { isRequest, lineCell, linesOf, transportOf, withoutEnd } from "./text-lines.ts";

/** What is known of a mail on its way. */
interface Session {
  /** Whether RETR or TOP was the last command, and not answered yet. */
  isFetching: boolean;
  /** Bytes that the mail has yet, as the response said; 0 where it did not. */
  left: number;
  frames: number[];
  size: number;
}

const sessions = (): ConversationTable<Session> =>
  new ConversationTable(() => ({ isFetching: false, left: 0, frames: [], size: 0 }));

/** One cell for lines of which Wireshark keeps nothing. */
const emptyCells = (count: number): string => ",".repeat(Math.max(0, count - 1));

function cells(layer: Layer, emit: Emit, context: Context): void {
  const transport = transportOf(layer, context);
  if (transport === null) return;
  const { state } = context.session.of(sessions).find(transport);
  const lines = linesOf(layer);
  const text = withoutEnd(lines[0] ?? "");
  const [, word = "", rest = ""] = /^([^ ]*) ?(.*)$/s.exec(text) ?? [];
  if (isRequest(layer, context)) {
    if (word !== "") emit("pop.request.command", lineCell(word));
    if (rest !== "") emit("pop.request.parameter", lineCell(word === "" ? text : rest));
    if (lines.length > 1) emit("pop.request.data", emptyCells(lines.length - 1));
    state.isFetching = word === "RETR" || word === "TOP";
    state.left = state.size = 0;
    state.frames = [];
    return;
  }
  if (!/^(?:\+OK|-ERR)/.test(text)) {
    part(layer, state, emit, context);
    return;
  }
  emit("pop.response.indicator", lineCell(word));
  if (rest !== "") emit("pop.response.description", lineCell(rest));
  if (lines.length > 1) emit("pop.response.data", emptyCells(lines.length - 1));
  if (state.isFetching && rest !== "" && word === "+OK") {
    if (/^\d/.test(rest)) state.left = Number.parseInt(rest, 10);
    else emit("pop.response.tot_len.invalid", "1");
  }
  state.isFetching = false;
}

/** A part of a mail whose size the response said. */
function part(layer: Layer, state: Session, emit: Emit, { packet }: Context): void {
  if (state.left <= 0) return;
  const size = layer.end - layer.start;
  state.left -= size;
  state.size += size;
  state.frames.push(packet.number);
  if (state.left > 0 || state.frames.length < 2) return;
  emit("pop.data.fragments", "1");
  for (const frame of state.frames) emit("pop.data.fragment", String(frame));
  emit("pop.data.fragment.count", String(state.frames.length));
  emit("pop.data.reassembled.length", String(state.size));
}

const names: readonly string[] = [
  "pop.data.fragment",
  "pop.data.fragment.count",
  "pop.data.fragments",
  "pop.data.reassembled.length",
  "pop.request.command",
  "pop.request.data",
  "pop.request.parameter",
  "pop.response.data",
  "pop.response.description",
  "pop.response.indicator",
  "pop.response.tot_len.invalid",
];

/** The first line of a segment, how many follow, and the frames that a mail lay in. */
export const popExtra: Extra = { protocol: "pop", names, cells };

/** Wireshark shows the first line of a segment only. */
export const popOverrides: readonly Override[] = [
  "pop.request.command",
  "pop.request.parameter",
  "pop.response.indicator",
  "pop.response.description",
].map((name) => ({ name, cell: () => null }));
