import type { FieldOptions } from "./field.ts";
import type { FlowRule } from "./flow.ts";
import type { Composite, Item, ListRule, SizeSpec, TextExtent, WhenSpec } from "./item.ts";
import type {
  FieldGroup,
  ListOptions,
  NextOf,
  PartOptions,
  PayloadOf,
  Protocol,
  Site,
} from "./protocol.ts";
import { type AnyRecipe, recipe } from "./recipe.ts";
import { type AnySchema, type PseudoHeader, Schema, type Spec } from "./schema.ts";
import type { Splits } from "./split.ts";

const itemDefaults = {
  options: {},
  when: null,
  field: null,
  size: null,
  extent: null,
  schema: null,
  bounds: null,
  rule: null,
  align: 1,
  fills: false,
} as const;

/** The chain is blind to types: the interface {@link Protocol} is what callers see. */
type Blind = { readonly [name: string]: never };

/** The methods of a declaration, each of which gives a longer one. */
export function chain<V, I, K extends Site>(spec: Spec): Protocol<V, I, K> {
  const schema = new Schema(spec);
  const extend = (change: Partial<Spec>): Protocol<unknown, unknown> =>
    chain({ ...spec, ...change });
  const add = (...items: Item[]): Protocol<unknown, unknown> => {
    for (const { name } of items) {
      if (spec.items.some((i) => i.name === name) || reserved.has(name))
        throw new TypeError(`${spec.about.name}: the name '${name}' is taken`);
    }
    return extend({ items: [...spec.items, ...items] });
  };
  const group = (fields: FieldGroup, when: WhenSpec | null): Item[] =>
    Object.entries(fields).map(([name, field]) => ({
      ...itemDefaults,
      name,
      title: field.title,
      kind: "field",
      options: field.options,
      field,
      when,
    }));
  const methods = {
    schema,
    fields: (fields: FieldGroup) => add(...group(fields, null)),
    when: (condition: WhenSpec, fields: FieldGroup) => add(...group(fields, condition)),
    bytes: (
      name: string,
      title: string,
      size: SizeSpec = "rest",
      options: PartOptions<Blind> = {},
    ) => add({ ...itemDefaults, name, title, kind: "bytes", size, ...partOf(options) }),
    text: (
      name: string,
      title: string,
      given: SizeSpec | TextExtent,
      options: PartOptions<Blind> = {},
    ) => {
      const scans = typeof given === "object" && ("until" in given || "of" in given);
      const size = scans ? null : (given as SizeSpec);
      const extent = scans ? (given as TextExtent) : null;
      return add({ ...itemDefaults, name, title, kind: "text", size, extent, ...partOf(options) });
    },
    list: (name: string, title: string, item: AnySchema, o: ListOptions<Blind, Blind> = {}) =>
      add({
        ...itemDefaults,
        name,
        title,
        kind: "list",
        schema: item.schema,
        align: o.align ?? 1,
        rule: o.valid ?? null,
        when: (o.when as WhenSpec | undefined) ?? null,
        options: o.filter === undefined ? {} : { filter: o.filter },
        bounds: {
          count: (o.count as SizeSpec | undefined) ?? null,
          size: (o.size as SizeSpec | undefined) ?? null,
          until: (o.until as ((item: never) => boolean) | undefined) ?? null,
          stop: o.stop ?? null,
          pad: o.pad ?? 1,
        },
      }),
    record: (
      name: string,
      title: string,
      item: AnySchema,
      o: { size?: SizeSpec; when?: WhenSpec; filter?: string | null; valid?: ListRule } = {},
    ) =>
      add({
        ...itemDefaults,
        name,
        title,
        kind: "record",
        schema: item.schema,
        size: o.size ?? null,
        rule: o.valid ?? null,
        when: o.when ?? null,
        options: o.filter === undefined ? {} : { filter: o.filter },
      }),
    composite: (
      name: string,
      title: string,
      fields: readonly string[],
      options: FieldOptions<never> = {},
    ) =>
      extend({
        composites: [...spec.composites, { name, title, fields, options } satisfies Composite],
      }),
    header: (size: SizeSpec) => extend({ header: size }),
    payload: (p: PayloadOf<Blind>) =>
      extend({
        whole: (p.whole as SizeSpec | undefined) ?? spec.whole,
        length: (p.length as SizeSpec | undefined) ?? spec.length,
        reserve: (p.reserve as SizeSpec | undefined) ?? spec.reserve,
        ...nextOf(p.next as NextOf<Blind> | AnySchema | Spec["choose"] | undefined),
      }),
    endpoints: (...ends: readonly string[] | readonly (readonly [string, string])[]) => {
      const [first, second] = ends;
      if (typeof first === "string" && typeof second === "string") {
        const endpoints = { src: first, dst: second };
        return extend({ endpoints, pairs: [endpoints] });
      }
      return extend({ pairs: (ends as [string, string][]).map(([src, dst]) => ({ src, dst })) });
    },
    answers: (rule: Spec["answers"]) => extend({ answers: rule }),
    quotes: () => extend({ quotes: true }),
    identity: (...names: readonly string[]) => extend({ identity: names }),
    splits: (splits: Splits) => extend({ splits }),
    flow: (flow: FlowRule) => extend({ flow }),
    pseudoHeader: (pseudo: PseudoHeader, { required = false } = {}) =>
      extend({ pseudo, wantsChecksums: required }),
    trailer: (parts: AnySchema) => {
      for (const { name } of parts.schema.spec.items)
        if (spec.items.some((i) => i.name === name))
          throw new TypeError(`${spec.about.name}: the name '${name}' is taken`);
      return extend({ trailer: parts.schema });
    },
  };
  const call = (values: object = {}): AnyRecipe => recipe(schema, values);
  return Object.assign(call, methods) as unknown as Protocol<V, I, K>;
}

const partOf = (options: PartOptions<Blind>): Partial<Item> => ({
  options: options as FieldOptions<never>,
  when: (options.when as WhenSpec | undefined) ?? null,
  fills: options.fills ?? false,
});

function nextOf(
  next: NextOf<Blind> | AnySchema | Spec["choose"] | undefined,
): Pick<Spec, "next" | "choose"> {
  if (next === undefined || next === null) return { next: null, choose: null };
  // A declaration is a function object too.
  if ("schema" in next) return { next: null, choose: () => next };
  if (typeof next === "function") return { next: null, choose: next as Spec["choose"] };
  const fields: readonly string[] = typeof next.by === "string" ? [next.by] : next.by;
  const { table, unless = null, lowest = false } = next;
  const choose = (next.otherwise as Spec["choose"] | undefined) ?? null;
  return { next: { table, fields, unless, lowest }, choose };
}

/** Names that a view or a record of values needs for itself. */
const reserved = new Set(["layer", "is", "rest", "constructor", "__proto__"]);
