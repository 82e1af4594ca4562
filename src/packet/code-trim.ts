import { allGiven, assemble, type Part } from "./assemble.ts";
import { Draft, type DraftValue, type Entry, isOptional } from "./code-draft.ts";

/** What a packet is built of: drafts of its layers, then bytes. */
export interface DraftStack {
  readonly layers: readonly Draft[];
  readonly bytes: Uint8Array;
}

/** Whether building a stack gives these bytes. */
export function gives(stack: DraftStack, wanted: Uint8Array): boolean {
  try {
    const parts = [...stack.layers.map(partOf), { bytes: stack.bytes }];
    const made = assemble(parts, allGiven).bytes;
    return made.length === wanted.length && made.every((byte, i) => byte === wanted[i]);
  } catch {
    return false;
  }
}

const partOf = (draft: Draft): Part => {
  const made = draft.evaluate() as Part;
  return "values" in made ? made : { schema: draft.schema, values: made as never };
};

/** Trials for a packet: fewer where each takes longer, so that hostile packets cost no more than others. */
const MOST_TRIALS = 400;
const BYTES_TRIED = 4_000_000;

/**
 * Drops every value that building finds by itself: a stack that gives `wanted` still does so. What is optional is tried
 * together first, then by halves, since most packets are right in all.
 */
export function trim(stack: DraftStack, wanted: Uint8Array): void {
  let trials = Math.min(MOST_TRIALS, Math.ceil(BYTES_TRIED / (wanted.length + 1)));
  const tryWithout = (entries: readonly Entry[]): boolean => {
    if (entries.length === 0) return true;
    if (trials-- <= 0) return false;
    for (const one of entries) one.dropped = true;
    if (gives(stack, wanted)) return true;
    for (const one of entries) one.dropped = false;
    return false;
  };
  const dropMost = (entries: readonly Entry[]): void => {
    if (tryWithout(entries) || entries.length === 1) return;
    const middle = entries.length >> 1;
    dropMost(entries.slice(0, middle));
    dropMost(entries.slice(middle));
  };
  const groups = stack.layers.map((draft) => [...optionalIn(draft)]);
  if (!tryWithout(groups.flat())) for (const group of groups) dropMost(group);
  // Records whose values were all dropped may now be left out themselves.
  const empty = stack.layers.flatMap((draft) => [...optionalIn(draft)]).filter((e) => !e.dropped);
  dropMost(empty.filter((e) => e.value instanceof Draft));
  for (const list of stack.layers.flatMap((draft) => [...paddedLists(draft)]))
    while (isPadding(list.at(-1)) && trials-- > 0) {
      const last = list.pop()!;
      if (gives(stack, wanted)) continue;
      list.push(last);
      break;
    }
}

/** The lists behind which building writes zeros: to their own multiple, or to that of the header's length. */
function* paddedLists({ schema, entries }: Draft): Iterable<DraftValue[]> {
  for (const { value, placed } of entries) {
    if (value instanceof Draft) yield* paddedLists(value);
    else if (!("leaf" in value)) {
      if ((schema.header?.unit ?? 1) > 1 || (placed?.item.align ?? 1) > 1) yield value;
      for (const one of value) if (one instanceof Draft) yield* paddedLists(one);
    }
  }
}

/** Whether the end of a list may be such zeros: bytes, or an option that is one and says nothing more. */
function isPadding(value: DraftValue | undefined): boolean {
  if (value === undefined) return false;
  if (value instanceof Draft) return value.kept.every((e) => e.name === "is");
  if (!("leaf" in value)) return false;
  return value.leaf instanceof Uint8Array && value.leaf.every((byte) => byte === 0);
}

function* optionalIn(draft: Draft): Iterable<Entry> {
  for (const entry of draft.entries) {
    if (isOptional(draft.schema, entry)) yield entry;
    yield* optionalInside(entry.value);
  }
}

function* optionalInside(value: DraftValue): Iterable<Entry> {
  if (value instanceof Draft) yield* optionalIn(value);
  else if (!("leaf" in value)) for (const one of value) yield* optionalInside(one);
}
