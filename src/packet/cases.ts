import type { Cases, Schema } from "../schema/schema.ts";

type Values = Readonly<Record<string, unknown>>;

/** The declaration that values are for: of one with cases, the case they name by `is` or by the selector's value. */
export function caseOf(schema: Schema, values: Values): Schema {
  let own = schema;
  while (own.cases !== null) {
    const { cases } = own;
    const key = values[cases.selectorName];
    const wanted = values["is"];
    const named =
      wanted === "unknown"
        ? unknownCase(cases, values)
        : cases.list.find((c) => c.caseName === wanted || hasCase(c, wanted));
    if (named !== undefined) own = named;
    else if (wanted !== undefined)
      throw new TypeError(`${schema.name}: no case '${String(wanted)}'`);
    else own = (typeof key === "number" ? cases.byKey.get(key) : undefined) ?? cases.unknown;
  }
  return own;
}

/** "unknown" is the name on every level: where the next selector is given too, it is that of the case that has it. */
function unknownCase(cases: Cases, values: Values): Schema {
  const key = values[cases.selectorName];
  const own = typeof key === "number" ? cases.byKey.get(key) : undefined;
  const deeper = own?.cases ? values[own.cases.selectorName] !== undefined : false;
  return deeper ? own! : cases.unknown;
}

const hasCase = (schema: Schema, name: unknown): boolean =>
  schema.cases?.list.some((c) => c.caseName === name || hasCase(c, name)) === true;

/** The values of selectors that a case implies where they are not given. */
export function implied(schema: Schema): Map<string, number> {
  const keys = new Map<string, number>();
  for (let s: Schema | null = schema; s !== null; s = s.parent) {
    const cases = s.parent?.cases ?? (s.root !== s ? s.root.cases : null);
    if (cases !== null && s.caseKey !== null) keys.set(cases.selectorName, s.caseKey);
  }
  return keys;
}

/** By declaration with cases: those of its cases that were made of another declaration. */
const madeOf = new WeakMap<Schema, ReadonlyMap<Schema, readonly Schema[]>>();

/**
 * The declaration that stands for `own` among the cases of `wanted`: itself, or the case that was made of it, as the
 * Multipath TCP option is one of the TCP options and has cases too. Where several were, the values tell. `null` where
 * it is no such record.
 */
export function caseFrom(wanted: Schema, own: Schema, values: Values): Schema | null {
  if (own.root === wanted.root) return own;
  let known = madeOf.get(wanted.root);
  if (known === undefined) {
    known = findSources(wanted.root);
    madeOf.set(wanted.root, known);
  }
  const found = known.get(own) ?? [];
  if (found.length <= 1) return found[0] ?? null;
  const named = caseOf(wanted.root, values);
  return found.find((one) => one === wanted.root || one === named) ?? null;
}

function findSources(root: Schema): Map<Schema, Schema[]> {
  const found = new Map<Schema, Schema[]>();
  const add = (one: Schema): void => {
    for (let from = one.source; from !== null; from = from.source) {
      const others = found.get(from);
      if (others === undefined) found.set(from, [one]);
      else others.push(one);
    }
    for (const inner of one.cases?.list ?? []) add(inner);
    if (one.cases !== null) add(one.cases.unknown);
  };
  add(root);
  return found;
}
