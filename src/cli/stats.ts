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
import { openCapture } from "../node/open.ts";
import { openOutput } from "../node/output.ts";
import { createDissector, type Dissector } from "../packet/dissector.ts";
import type { Packet } from "../packet/packet.ts";
import { dissectorFor, wholeNumber } from "./input.ts";
import { oneOf, passOver } from "./pass.ts";
import { complain, UsageError } from "./run.ts";
import { NoteList } from "./stats-notes.ts";
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

/** What was asked for, and the conversations and notes that are counted for it. */
interface Asked {
  readonly list: Statistic[];
  readonly counted: ReadonlyMap<ConversationKind, Conversations>;
  readonly notes: NoteList;
}

/** Conversations and endpoints of one kind are counted once. */
function statisticsFor(options: StatsOptions): Asked {
  const counted = new Map<ConversationKind, Conversations>();
  const list: Statistic[] = [];
  const limit = wholeNumber("--limit", options.limit, 1) ?? CONVERSATIONS_LIMIT;
  const ask = (option: string, text: string): [Conversations, Statistic["add"]] => {
    const kind = oneOf(option, conversationKinds, text);
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
  const notes = new NoteList();
  if (options.notes) list.push(notesStatistic(notes));
  return { list, counted, notes };
}

/** Says what the limits did: a list that is not whole must not look as if it were. */
function warnOfOthers({ counted, notes }: Asked): void {
  for (const { kind, others } of counted.values())
    if (others.frames > 0)
      complain(
        `${kind}: ${others.frames} frames belong to conversations beyond the limit, and are only counted together; --limit tells more apart`,
      );
  const { listed, omitted } = notes;
  if (omitted > 0)
    complain(`notes: the first ${listed.length} are listed; ${omitted} more are only counted`);
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

const notesStatistic = (notes: NoteList): Statistic => ({
  name: "notes",
  add: (packet) => notes.add(packet),
  text: () => notesText(notes),
  json: () => notesJson(notes),
});

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
  const format = oneOf("--format", ["text", "json"], options.format ?? "text");
  const count = wholeNumber("--count", options.count);
  const asked = statisticsFor(options);
  const { list } = asked;
  if (list.length === 0) list.push(hierarchyStatistic());
  const dissector = dissectorOf(
    list[0]!.name === "hierarchy" ? { ...options, hierarchy: true } : options,
    [...asked.counted.keys()],
  );
  const capture = openCapture(path, { dissector });
  const out = openOutput(options.output ?? "-");
  await passOver(capture, count, out, {
    add: (packet) => {
      for (const one of list) one.add(packet);
    },
    finish: () => {
      for (const piece of format === "text" ? textOf(list) : jsonOf(list)) out.write(piece);
    },
    remark: () => warnOfOthers(asked),
  });
}
