import type { Layer } from "../schema/layer.ts";
import { moreOf, pinnedNames } from "../schema/layer.ts";
import { listOf, recordOf } from "../schema/layout.ts";
import type { Placed } from "../schema/place.ts";
import type { PlainValues } from "./values.ts";

/** Values that were just set by hand, and the layer or record that they were set in. */
export interface Edit {
  readonly of: Layer;
  /** All its values, the new among them. */
  readonly values: PlainValues;
  readonly changes: PlainValues;
}

/**
 * What was given or set by hand in a layer or its records still is in the layer that was built of it, and so is what was
 * just set. A value of `undefined` leaves the field to be computed again.
 */
export function carryPins(was: Layer, now: Layer, edit: Edit | null): void {
  const pinned = new Set(was.more?.pinned ?? []);
  if (was === edit?.of) {
    for (const [name, value] of Object.entries(edit.changes))
      if (value === undefined) unpin(pinned, name);
    for (const name of pinnedNames(edit.changes)) pinned.add(name);
  }
  // Of a layer just built all is pinned that it was built of; of a record nothing is.
  if (pinned.size > 0 || now.more !== null) moreOf(now).pinned = pinned;
  for (const placed of was.schema.placed) {
    const records = recordsOf(was, placed, false);
    if (!records.some((one) => hasPins(one, edit))) continue;
    const there = now.schema.find(placed.name);
    const isNew = was === edit?.of && placed.name in edit.changes;
    if (isNew || there?.item.kind !== placed.item.kind) continue;
    const others = recordsOf(now, there, true);
    // Of lists that differ in number, no item is known again.
    if (others.length !== records.length) continue;
    records.forEach((one, i) => {
      carryPins(one, others[i]!, edit);
    });
  }
}

/** Takes a field out, and the flags of it. */
function unpin(pinned: Set<string>, name: string): void {
  for (const one of pinned) if (one === name || one.startsWith(`${name}.`)) pinned.delete(one);
}

/** Of flags that are set by hand in a layer one by one, those: `undefined` where none is, or the whole field. */
export function flagsByHand(layer: Layer, name: string, whole: number): object | undefined {
  const pinned = layer.more?.pinned ?? null;
  const field = layer.schema.find(name)?.item.field;
  if (pinned === null || field?.kind !== "flags" || pinned.has(name)) return undefined;
  const parts = field.flags.filter((part) => pinned.has(`${name}.${part.name}`));
  if (parts.length === 0) return undefined;
  return Object.fromEntries(
    parts.map((one) => [one.name, (whole >>> one.shift) & (2 ** one.width - 1)]),
  );
}

/** The records of a part; without `make` only those that somebody looked at. */
function recordsOf(layer: Layer, placed: Placed, make: boolean): Layer[] {
  const { kind } = placed.item;
  if (kind !== "list" && kind !== "record") return [];
  if (!make && layer.more?.parts?.[placed.slot] === undefined) return [];
  if (kind === "list")
    return (listOf(layer, placed) as readonly { readonly layer: Layer }[]).map((v) => v.layer);
  const one = recordOf(layer, placed);
  return one === null ? [] : [one];
}

/** Whether anything in a record, or in those inside it, was set by hand, or is now. */
function hasPins(record: Layer, edit: Edit | null): boolean {
  if (record === edit?.of || (record.more?.pinned?.size ?? 0) > 0) return true;
  return record.schema.placed.some((placed) =>
    recordsOf(record, placed, false).some((one) => hasPins(one, edit)),
  );
}
