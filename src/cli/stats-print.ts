import type {
  ConversationCount,
  ConversationEnd,
  Conversations,
} from "../analysis/statistics/conversations.ts";
import type { EndpointCount } from "../analysis/statistics/endpoints.ts";
import type { ProtocolCount, ProtocolHierarchy } from "../analysis/statistics/hierarchy.ts";
import type { IoOverTime } from "../analysis/statistics/io.ts";
import { type TcpNote, tcpNoteKinds } from "../analysis/tcp-notes.ts";
import { formatNumber, nineDigits } from "../bytes/decimal.ts";
import type { NoteList } from "./stats-notes.ts";

const NANO = 1_000_000_000n;

/** Nanoseconds as seconds with nine digits, also what is before zero. */
function seconds(time: bigint): string {
  const short = Number(time);
  // Numbers are faster, and exact for a hundred days.
  if (short >= 0 && Number.isSafeInteger(short)) {
    const whole = Math.floor(short / 1e9);
    return `${formatNumber(whole)}.${nineDigits(short - whole * 1e9)}`;
  }
  const whole = time < 0n ? -time : time;
  const digits = `${whole / NANO}.${String(whole % NANO).padStart(9, "0")}`;
  return time < 0n ? `-${digits}` : digits;
}

const endText = ({ address, port }: ConversationEnd): string => {
  if (port === null) return address;
  return address.includes(":")
    ? `[${address}]:${formatNumber(port)}`
    : `${address}:${formatNumber(port)}`;
};

/** Columns as wide as their widest cell; the first ones, as many as `left` says, begin at the left. */
class Columns {
  private readonly widths: number[];
  private readonly left: number;

  constructor(head: readonly string[], left: number) {
    this.widths = head.map((name) => name.length);
    this.left = left;
  }

  /** Makes the columns wide enough for a row. */
  fit(lengths: readonly number[]): void {
    const { widths } = this;
    for (let i = 0; i < lengths.length; i++) if (lengths[i]! > widths[i]!) widths[i] = lengths[i]!;
  }

  line(row: readonly string[]): string {
    const { widths, left } = this;
    let text = "";
    for (let i = 0; i < row.length; i++) {
      if (i > 0) text += "  ";
      text += i < left ? row[i]!.padEnd(widths[i]!) : row[i]!.padStart(widths[i]!);
    }
    return `${text.trimEnd()}\n`;
  }
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  left: number,
): string {
  const columns = new Columns(head, left);
  for (const row of rows) columns.fit(row.map(({ length }) => length));
  let text = columns.line(head);
  for (const row of rows) text += columns.line(row);
  return text;
}

/**
 * As {@link table}, line by line: the cells of each row are made when it is written, since those of a million rows would fill
 * the memory. How wide they will be is found out before, with `lengthsOf`.
 */
function* longTable(
  head: readonly string[],
  numbers: Uint32Array,
  lengthsOf: (number: number) => readonly number[],
  cellsOf: (number: number) => readonly string[],
  left: number,
): Generator<string, void, undefined> {
  const columns = new Columns(head, left);
  for (const number of numbers) columns.fit(lengthsOf(number));
  yield columns.line(head);
  for (const number of numbers) yield columns.line(cellsOf(number));
}

/** Conversations, the one with the most frames first. */
export function* conversationsText(
  conversations: Conversations,
): Generator<string, void, undefined> {
  const { kind, others, start = 0n } = conversations;
  const numbers = conversations.mostFirst();
  const lengths = (n: number): number[] => conversationLengths(conversations.at(n), start);
  const cells = (n: number): string[] => conversationCells(conversations.at(n), start);
  const head = ["stream", "A", "B", "A>B frames", "bytes", "B>A frames", "bytes"];
  yield `Conversations, ${kind}: ${numbers.length}\n`;
  yield* longTable([...head, "frames", "bytes", "start", "duration"], numbers, lengths, cells, 3);
  if (others.frames > 0) yield `and ${others.frames} frames, ${others.bytes} bytes of others\n`;
}

const conversationCells = (one: ConversationCount, start: bigint): string[] => [
  formatNumber(one.stream),
  endText(one.a),
  endText(one.b),
  formatNumber(one.aToB.frames),
  formatNumber(one.aToB.bytes),
  formatNumber(one.bToA.frames),
  formatNumber(one.bToA.bytes),
  formatNumber(one.frames),
  formatNumber(one.bytes),
  one.first === undefined ? "" : seconds(one.first - start),
  one.first === undefined ? "" : seconds(one.last! - one.first),
];

/** How many characters the cells take, made into text only where that is no number. */
const conversationLengths = (one: ConversationCount, start: bigint): number[] => [
  digitsOf(one.stream),
  endText(one.a).length,
  endText(one.b).length,
  digitsOf(one.aToB.frames),
  digitsOf(one.aToB.bytes),
  digitsOf(one.bToA.frames),
  digitsOf(one.bToA.bytes),
  digitsOf(one.frames),
  digitsOf(one.bytes),
  one.first === undefined ? 0 : seconds(one.first - start).length,
  one.first === undefined ? 0 : seconds(one.last! - one.first).length,
];

/** How many digits a whole number has. */
function digitsOf(n: number): number {
  let digits = 1;
  for (let most = 10; n >= most; most *= 10) digits++;
  return digits;
}

const conversationJson = (one: ConversationCount): Record<string, unknown> => ({
  stream: one.stream,
  a: one.a,
  b: one.b,
  aToB: one.aToB,
  bToA: one.bToA,
  frames: one.frames,
  bytes: one.bytes,
  first: one.first === undefined ? null : seconds(one.first),
  last: one.last === undefined ? null : seconds(one.last),
  duration: one.first === undefined ? null : seconds(one.last! - one.first),
});

/** Conversations as JSON, in the order of their first frames. */
export function* conversationsJson(
  conversations: Conversations,
): Generator<string, void, undefined> {
  const { kind, others } = conversations;
  const head = { statistic: "conversations", kind, others };
  yield* listJson(head, "conversations", conversations, conversationJson);
}

/** Ends, the one with the most frames first. */
export function* endpointsText(conversations: Conversations): Generator<string, void, undefined> {
  const ends = conversations.endpoints();
  const numbers = ends.mostFirst();
  const cells = (number: number): string[] => endpointCells(ends.at(number));
  const head = ["end", "frames", "bytes", "sent frames", "bytes", "received frames", "bytes"];
  yield `Endpoints, ${conversations.kind}: ${numbers.length}\n`;
  yield* longTable(head, numbers, (n) => cells(n).map(({ length }) => length), cells, 1);
}

const endpointCells = (one: EndpointCount): string[] => [
  endText(one),
  formatNumber(one.frames),
  formatNumber(one.bytes),
  formatNumber(one.sent.frames),
  formatNumber(one.sent.bytes),
  formatNumber(one.received.frames),
  formatNumber(one.received.bytes),
];

/** Ends as JSON, in order of appearance. */
export function* endpointsJson(conversations: Conversations): Generator<string, void, undefined> {
  const head = { statistic: "endpoints", kind: conversations.kind };
  yield* listJson(head, "endpoints", conversations.endpoints(), (one) => one);
}

/** JSON of an object whose last member is a list, which may be long: item by item. */
function* listJson<T>(
  head: Record<string, unknown>,
  name: string,
  items: Iterable<T>,
  toJson: (item: T) => unknown,
): Generator<string, void, undefined> {
  yield `${indentedJson(head, 0).slice(0, -2)},\n "${name}": [`;
  let count = 0;
  for (const item of items) {
    yield `${count++ === 0 ? "" : ","}\n  ${indentedJson(toJson(item), 2)}`;
  }
  yield count === 0 ? "]\n}" : "\n ]\n}";
}

/** JSON whose lines but the first are so much further to the right. */
export const indentedJson = (value: unknown, depth: number): string =>
  indented(JSON.stringify(value, null, 1), depth);

/** No text in JSON has an end of a line in it, so each is one of the form. */
export const indented = (text: string, depth: number): string =>
  text.replaceAll("\n", `\n${" ".repeat(depth)}`);

/** A line a protocol, those above others with two more spaces. */
export function hierarchyText(hierarchy: ProtocolHierarchy): string {
  const rows: string[][] = [];
  const add = (list: readonly ProtocolCount[], depth: number): void => {
    for (const one of list) {
      const { frames, bytes, topFrames, topBytes } = one;
      const name = "  ".repeat(depth) + one.protocol;
      rows.push([name, ...[frames, bytes, topFrames, topBytes].map(String)]);
      add(one.above, depth + 1);
    }
  };
  add(hierarchy.list(), 0);
  const { frames, bytes } = hierarchy.total;
  const head = ["protocol", "frames", "bytes", "as highest: frames", "bytes"];
  return `Protocols: ${frames} frames, ${bytes} bytes\n${table(head, rows, 1)}`;
}

export const hierarchyJson = (hierarchy: ProtocolHierarchy): Record<string, unknown> => ({
  statistic: "hierarchy",
  ...hierarchy.total,
  protocols: hierarchy.list(),
});

/** Longer stretches without a packet are one line. */
const MOST_EMPTY = 100;

/** A line an interval, counted from the first packet on. */
export function ioText(io: IoOverTime): string {
  const interval = BigInt(io.interval);
  const rows: string[][] = [];
  const add = (from: bigint, to: bigint, frames: number, bytes: number): void => {
    rows.push([seconds(from * interval), seconds(to * interval), String(frames), String(bytes)]);
  };
  let next = 0n;
  for (const { index, frames, bytes } of io.list()) {
    const at = BigInt(index);
    if (at - next > BigInt(MOST_EMPTY)) add(next, at, 0, 0);
    else for (; next < at; next++) add(next, next + 1n, 0, 0);
    add(at, at + 1n, frames, bytes);
    next = at + 1n;
  }
  const head = ["from", "to", "frames", "bytes"];
  return `Over time, in intervals of ${io.interval / 1e9} s\n${table(head, rows, 0)}`;
}

export const ioJson = (io: IoOverTime): Record<string, unknown> => ({
  statistic: "io",
  interval: io.interval / 1e9,
  start: io.start === undefined ? null : seconds(io.start),
  intervals: io.list(),
});

const noteCells = ({ number, stream, kind, evidence, text }: TcpNote): string[] => [
  formatNumber(number),
  formatNumber(stream),
  kind,
  evidence.join(" "),
  text,
];

/** How often each kind of note was made, then a line a note with the packets that it rests on. */
export function* notesText(notes: NoteList): Generator<string, void, undefined> {
  const { counts, listed, omitted } = notes;
  const kinds = tcpNoteKinds
    .filter((kind) => counts[kind] > 0)
    .map((kind) => [kind, String(counts[kind])]);
  yield `Notes on TCP: ${listed.length + omitted}\n${table(["kind", "packets"], kinds, 1)}`;
  if (listed.length === 0) return;
  const cells = (i: number): string[] => noteCells(listed[i]!);
  const lengths = (i: number): number[] => cells(i).map(({ length }) => length);
  yield "\n";
  const head = ["packet", "stream", "kind", "see", "what"];
  yield* longTable(head, Uint32Array.from(listed.keys()), lengths, cells, 5);
  if (omitted > 0) yield `and ${omitted} notes on later packets\n`;
}

/** Notes as JSON; `omitted` are those that were left out behind the last one. */
export function* notesJson(notes: NoteList): Generator<string, void, undefined> {
  const { counts, listed, omitted } = notes;
  yield* listJson({ statistic: "notes", counts, omitted }, "notes", listed, (one) => one);
}
