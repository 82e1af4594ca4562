import { carriersOf } from "../analysis/statistics/carriers.ts";
import {
  CONVERSATIONS_LIMIT,
  type ConversationKind,
  Conversations,
  conversationKinds,
  schemasOf,
} from "../analysis/statistics/conversations.ts";
import { ProtocolHierarchy } from "../analysis/statistics/hierarchy.ts";
import { IoOverTime } from "../analysis/statistics/io.ts";
import { type TcpNote, TcpNotes } from "../analysis/tcp-notes.ts";
import { CaptureError } from "../files/errors.ts";
import { openCapture } from "../node/open.ts";
import { ClosedPipe, openOutput } from "../node/output.ts";
import { createDissector, type Dissector } from "../packet/dissector.ts";
import type { Packet } from "../packet/packet.ts";
import { dissectorFor, forPackets, wholeNumber } from "./input.ts";
import { complain, UsageError } from "./run.ts";
import {
  conversationsJson,
  conversationsText,
  endpointsJson,
  endpointsText,
  hierarchyJson,
  hierarchyText,
  indented,
  indentedJson,
  ioJson,
  ioText,
  notesJson,
  notesText,
} from "./stats-print.ts";

interface StatsOptions {
  readonly conversations?: readonly string[];
  readonly endpoints?: readonly string[];
  readonly hierarchy?: boolean;
  readonly io?: string;
  readonly notes?: boolean;
  readonly format?: string;
  readonly output?: string;
  readonly count?: string;
  readonly limit?: string;
  readonly decodeAs?: readonly string[];
}

/** One thing that is counted: takes the packets, then gives what came out. */
interface Statistic {
  readonly name: string;
  add(packet: Packet): void;
  /** Piece by piece: it may be long. */
  text(): Iterable<string>;
  json(): Iterable<string>;
}

function kindOf(option: string, text: string): ConversationKind {
  const kind = conversationKinds.find((one) => one === text);
  if (kind === undefined)
    throw new UsageError(`${option}: '${text}' is none of ${conversationKinds.join(", ")}`);
  return kind;
}

/** What was asked for, and the conversations that are counted for it. */
interface Asked {
  readonly list: Statistic[];
  readonly counted: ReadonlyMap<ConversationKind, Conversations>;
}

/** Conversations and endpoints of one kind are counted once. */
function statisticsFor(options: StatsOptions): Asked {
  const counted = new Map<ConversationKind, Conversations>();
  const list: Statistic[] = [];
  const limit = wholeNumber("--limit", options.limit, 1) ?? CONVERSATIONS_LIMIT;
  const ask = (option: string, text: string): [Conversations, Statistic["add"]] => {
    const kind = kindOf(option, text);
    const known = counted.get(kind);
    if (known !== undefined) return [known, () => undefined];
    const conversations = new Conversations(kind, { limit });
    counted.set(kind, conversations);
    return [conversations, (packet) => conversations.add(packet)];
  };
  if (options.hierarchy) list.push(hierarchyStatistic());
  for (const text of options.conversations ?? []) {
    const [conversations, add] = ask("--conversations", text);
    list.push({
      name: `conversations ${text}`,
      add,
      text: () => conversationsText(conversations),
      json: () => conversationsJson(conversations),
    });
  }
  for (const text of options.endpoints ?? []) {
    const [conversations, add] = ask("--endpoints", text);
    list.push({
      name: `endpoints ${text}`,
      add,
      text: () => endpointsText(conversations),
      json: () => endpointsJson(conversations),
    });
  }
  if (options.io !== undefined) list.push(ioStatistic(options.io));
  if (options.notes) list.push(notesStatistic());
  return { list, counted };
}

/** Says what the limit did: a list that is not whole must not look as if it were. */
function warnOfOthers(counted: Iterable<Conversations>): void {
  for (const { kind, others } of counted)
    if (others.frames > 0)
      complain(
        `${kind}: ${others.frames} frames belong to conversations beyond the limit, and are only counted together; --limit tells more apart`,
      );
}

function hierarchyStatistic(): Statistic {
  const hierarchy = new ProtocolHierarchy();
  return {
    name: "hierarchy",
    add: (packet) => hierarchy.add(packet),
    text: () => [hierarchyText(hierarchy)],
    json: () => [indentedJson(hierarchyJson(hierarchy), 0)],
  };
}

function ioStatistic(text: string): Statistic {
  const seconds = Number(text);
  if (!(seconds >= 1e-6) || seconds > 1e6)
    throw new UsageError(`--io: seconds from 0.000001 to 1000000 are wanted, not '${text}'`);
  const io = new IoOverTime(seconds);
  return {
    name: "io",
    add: (packet) => io.add(packet),
    text: () => [ioText(io)],
    json: () => [indentedJson(ioJson(io), 0)],
  };
}

function notesStatistic(): Statistic {
  const notes = new TcpNotes();
  const all: TcpNote[] = [];
  return {
    name: "notes",
    add: (packet) => {
      for (const note of notes.add(packet)) all.push(note);
    },
    text: () => [notesText(notes, all)],
    json: () => [indentedJson(notesJson(notes, all), 0)],
  };
}

/** Counting conversations alone looks at no layer above theirs: then none is dissected. */
function dissectorOf(options: StatsOptions, kinds: readonly ConversationKind[]): Dissector {
  const wantsAll = options.hierarchy || (options.decodeAs ?? []).length > 0;
  if (wantsAll) return dissectorFor(options.decodeAs);
  const wanted: ConversationKind[] = options.notes ? [...kinds, "tcp"] : [...kinds];
  return createDissector(carriersOf(wanted.flatMap((kind) => schemasOf(kind))));
}

function* textOf(list: readonly Statistic[]): Generator<string, void, undefined> {
  let between = "";
  for (const one of list) {
    yield between;
    yield* one.text();
    between = "\n";
  }
}

function* jsonOf(list: readonly Statistic[]): Generator<string, void, undefined> {
  yield '{\n "version": 1,\n "statistics": [';
  let between = "";
  for (const one of list) {
    yield `${between}\n  `;
    for (const piece of one.json()) yield indented(piece, 2);
    between = ",";
  }
  yield "\n ]\n}\n";
}

/**
 * `wirecraft stats`: what a capture is made of, who talks with whom, how much over time, and what is odd about TCP. A fault of the input ends the
 * counting with what came before it, and gives exit code 1; a fault of the output leaves nothing under its name.
 */
export async function stats(path: string, options: StatsOptions): Promise<void> {
  const format = options.format ?? "text";
  if (format !== "text" && format !== "json")
    throw new UsageError(`--format: '${format}' is none of text, json`);
  const count = wholeNumber("--count", options.count);
  const { list, counted } = statisticsFor(options);
  if (list.length === 0) list.push(hierarchyStatistic());
  const dissector = dissectorOf(
    list[0]!.name === "hierarchy" ? { ...options, hierarchy: true } : options,
    [...counted.keys()],
  );
  const capture = openCapture(path, { dissector });
  let fault: CaptureError | null = null;
  try {
    await forPackets(capture, count, (packet) => {
      for (const one of list) one.add(packet);
    });
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    fault = error;
  }
  const out = openOutput(options.output ?? "-");
  try {
    for (const piece of format === "text" ? textOf(list) : jsonOf(list)) out.write(piece);
    out.finish();
  } catch (error) {
    if (!(error instanceof ClosedPipe)) out.abandon();
    throw error;
  }
  warnOfOthers(counted.values());
  if (fault !== null) throw fault;
}
