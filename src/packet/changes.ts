import type { Layer } from "../schema/layer.ts";
import { readNumber } from "../schema/layout.ts";
import { flagsNumber } from "../schema/value.ts";
import { caseFrom } from "./cases.ts";
import { isPinned } from "./complete.ts";
import { computedFields } from "./computed.ts";
import { isFound, isGiven, wantedBy } from "./presence.ts";
import { dropLength } from "./shown.ts";
import { oldTier, release, type Tier } from "./stack.ts";
import { type PlainValues, valuesOf } from "./values.ts";
import { isByParts } from "./write.ts";

/**
 * Puts new values among those of a layer or record, with what depends on them: sizes of parts that had none, numbers that say
 * whether a part is there. `tier` is the layer's, where it is one.
 */
export function applyChanges(
  own: PlainValues,
  edited: Layer,
  changes: PlainValues,
  tier: Tier | null,
): void {
  const { cases } = edited.schema.root;
  if (cases !== null && cases.selectorName in changes) delete own["is"];
  for (const [name, value] of Object.entries(changes)) change(own, edited, name, value, tier);
  agree(own, edited, changes);
  freeSizes(own, edited, changes);
}

/**
 * What has to change in a layer or record for it to be like another. What was computed there is computed here too: lengths,
 * checksums, the number of the layer above; of a layer only the header counts.
 */
export function takeAll(edited: Layer, own: PlainValues, shown: Layer): PlainValues {
  const { schema } = shown;
  if (caseFrom(edited.schema, schema, {}) === null)
    throw new TypeError(`set: a '${edited.schema.name}' is wanted, not a '${schema.name}'`);
  const known = new Map<Layer, PlainValues>();
  const tier = oldTier(shown, valuesOf(shown, known));
  for (const [record, values] of known) dropLength(record, values);
  if (schema.isProtocol) release(tier);
  const fields = computedFields(schema);
  const changes: PlainValues = {};
  // What is computed here stays to be, and what the other has not goes.
  for (const name of Object.keys(own))
    if (!fields.has(name) && (name === "rest" || edited.schema.find(name)))
      changes[name] = undefined;
  for (const [name, value] of Object.entries(tier.values)) {
    const isKey = fields.get(name)?.isKey === true && !isPinned(shown, name);
    const isHeader = name === "rest" || name === "is" || schema.find(name) !== undefined;
    if (tier.free.has(name)) changes[name] = tier.flags.get(name);
    else if (isHeader && !(schema.isProtocol && isKey)) changes[name] = value;
  }
  return changes;
}

/** Has the sizes of new parts computed, where these had none before, unless they were given or set by hand. */
function freeSizes(own: PlainValues, edited: Layer, changes: PlainValues): void {
  const { schema } = edited;
  for (const placed of schema.placed) {
    if (changes[placed.name] === undefined) continue;
    for (const size of [placed.size, placed.bytes, placed.count]) {
      const name = size?.ref?.name;
      if (name !== undefined && !isPinned(edited, name) && !(name in changes)) delete own[name];
    }
  }
}

/** Has the numbers agree that say whether the new parts are there, unless they were given or set by hand. */
function agree(own: PlainValues, edited: Layer, changes: PlainValues): void {
  const { schema } = edited;
  for (const { segment, name } of schema.placed) {
    const { when } = schema.segments[segment]!;
    if (when?.ref == null || changes[name] === undefined) continue;
    const { ref } = when;
    const wanted = wantedBy(when);
    if (wanted.length === 0 || isGiven(changes, ref) || isFound(schema, ref.name)) continue;
    const now = readNumber(edited, ref);
    if (isPinned(edited, ref.name) || (now !== undefined && wanted.includes(now))) continue;
    const n = Math.min(...wanted);
    const [field = "", part] = ref.name.split(".");
    const isFlag = schema.find(field)?.item.field?.kind === "flag";
    change(own, edited, field, part === undefined ? (isFlag ? n === 1 : n) : { [part]: n }, null);
  }
}

/** Puts a new value among those of a layer or record. `tier` is the layer's: it may have the field among those to compute. */
function change(
  own: PlainValues,
  { schema }: Layer,
  name: string,
  value: unknown,
  tier: Tier | null,
): void {
  const field = schema.find(name)?.item.field;
  const now = own[name];
  if (field?.kind !== "flags" || now === undefined || !isByParts(value)) {
    own[name] = value;
    tier?.free.delete(name);
    return;
  }
  // Flags that are not named stay as they are, and are computed where they were.
  if (typeof now === "object") own[name] = { ...now, ...value };
  else own[name] = flagsNumber(`${schema.name}.${name}`, field, value, now as number);
  if (tier?.free.has(name)) tier.flags.set(name, { ...tier.flags.get(name), ...value });
}
