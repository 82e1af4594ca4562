import type { Buildable, Leftovers, Protocol, Simplify, Site } from "./protocol.ts";
import type { AnyRecipe, Recipe } from "./recipe.ts";
import { recipe } from "./recipe.ts";
import { Cases, Schema } from "./schema.ts";

/** A declaration that applies where the selector has one of these values. The first is what building writes. */
export interface Case<V, I, S extends Site = Site> {
  readonly keys: readonly number[];
  readonly declaration: Buildable<V, I, S>;
}

/** A case of {@link variants}. */
export const at = <V, I, S extends Site>(
  key: number | readonly number[],
  declaration: Buildable<V, I, S>,
): Case<V, I, S> => ({
  keys: typeof key === "number" ? [key] : key,
  declaration,
});

type CaseGroup = { readonly [name: string]: Case<unknown, unknown> };
type Tagged<V, K> = V extends { readonly is: infer _ } ? V : Simplify<{ readonly is: K } & V>;
type CaseView<C> = {
  [K in keyof C]: C[K] extends Case<infer V, infer _> ? Tagged<V, K> : never;
}[keyof C];
type CaseInput<C> = {
  [K in keyof C]: C[K] extends Case<infer V, infer I>
    ? V extends { readonly is: infer _ }
      ? I
      : Simplify<{ readonly is?: K | undefined } & I>
    : never;
}[keyof C];

/** The site of a declaration with cases: what any of them carries. */
type CasesSite<C, S extends Site> = {
  readonly name: S["name"];
  readonly over: S["over"];
  readonly carries:
    | S["carries"]
    | {
        [K in keyof C]: C[K] extends Case<unknown, unknown, infer S> ? S["carries"] : never;
      }[keyof C];
};

/** The cases by name, each a declaration of its own: `icmp.echo({ id: 1 })`, `packet.get(icmp.echo)`. */
type CaseMembers<C> = {
  readonly [K in keyof C]: C[K] extends Case<infer V, infer I, infer S>
    ? Buildable<Tagged<V, K>, I, S> & ((values?: I & Leftovers) => Recipe<Tagged<V, K>, S>)
    : never;
};

/** A declaration with cases. Its views are a union told apart by `is`, the name of the case. */
export type Variants<C, UV, UI, S extends Site = Site> = Buildable<
  CaseView<C> | Simplify<{ readonly is: "unknown" } & UV>,
  CaseInput<C> | Simplify<{ readonly is?: "unknown" | undefined } & UI>,
  CasesSite<C, S>
> &
  ((
    values?: (CaseInput<C> | Simplify<{ readonly is?: "unknown" | undefined } & UI>) & Leftovers,
  ) => Recipe<CaseView<C>, CasesSite<C, S>>) &
  CaseMembers<C>;

/** What may select: a number, or flags by their number (an option type whose highest bits have a meaning). */
type Selector<V> = {
  [K in keyof V]: V[K] extends number | { value: number } ? K : never;
}[keyof V] &
  string;

/**
 * Options, chunks, messages: declarations that begin alike and go on by the value of a number. Every case extends `base`
 * (`base.fields(...)`), so that the common fields have one place.
 *
 * @throws TypeError where a case does not begin as `base` does.
 */
export function variants<BV, BI, const C extends CaseGroup, UV, UI, S extends Site>(
  base: Protocol<BV, BI, S>,
  selector: Selector<BV>,
  cases: C,
  unknown: Buildable<UV, UI>,
): Variants<C, UV, UI, S> {
  const root = new Schema(base.schema.spec);
  root.source = base.schema;
  const list: Schema[] = [];
  const byKey = new Map<number, Schema>();
  const members: Record<string, unknown> = {};
  for (const [name, { keys, declaration }] of Object.entries(cases)) {
    if (name === "schema" || name === "unknown")
      throw new TypeError(`${base.schema.name}: the name '${name}' is taken`);
    checkBeginning(base.schema, declaration.schema, name);
    const own = adopt(declaration.schema, root, name, keys[0] ?? null);
    list.push(own);
    for (const key of keys) byKey.set(key, own);
    members[name] = callable(own);
  }
  checkBeginning(base.schema, unknown.schema, "unknown");
  const rest = adopt(unknown.schema, root, "unknown", null);
  root.cases = new Cases(root, selector, byKey, rest, list);
  const call = (values: object = {}): AnyRecipe => recipe(root, values);
  return Object.assign(call, { schema: root }, members) as unknown as Variants<C, UV, UI, S>;
}

/** A copy of a case's schema that knows what it is a case of; cases of cases come along. */
function adopt(schema: Schema, root: Schema, name: string, key: number | null): Schema {
  const own = new Schema(schema.spec);
  own.root = root;
  own.source = schema;
  own.caseName = name;
  own.caseKey = key;
  if (schema.cases !== null) {
    const { cases } = schema;
    const renewed = new Map<Schema, Schema>();
    const renew = (inner: Schema): Schema => {
      let made = renewed.get(inner);
      if (made === undefined) {
        made = adopt(inner, root, inner.caseName!, inner.caseKey);
        made.parent = own;
        renewed.set(inner, made);
      }
      return made;
    };
    own.cases = new Cases(
      own,
      cases.selectorName,
      new Map([...cases.byKey].map(([k, inner]) => [k, renew(inner)])),
      renew(cases.unknown),
      cases.list.map(renew),
    );
  }
  return own;
}

/** A case as a declaration: callable, with its schema; the cases of a case are reached through it. */
function callable(schema: Schema): unknown {
  const call = (values: object = {}): AnyRecipe => recipe(schema, values);
  const inner: Record<string, unknown> = {};
  for (const one of schema.cases?.list ?? []) inner[one.caseName!] = callable(one);
  return Object.assign(call, { schema }, inner);
}

function checkBeginning(base: Schema, own: Schema, name: string): void {
  const expected = base.spec.items;
  if (expected.some((item, i) => own.spec.items[i] !== item))
    throw new TypeError(`${base.name}: case '${name}' does not begin with the common fields`);
}
