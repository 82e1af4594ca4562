/** What of JSON Schema 2020-12 our schemas use, so that they can be held against what the reports write. */

type Schema = { readonly [keyword: string]: unknown };
type Json = { readonly [key: string]: unknown };

/** Complaints about a value, none where it is as the schema says. */
export const checkSchema = (root: Schema, value: unknown): readonly string[] =>
  new Checker(root).check(root, value, "").complaints;

interface Outcome {
  readonly complaints: readonly string[];
  /** Keys that some keyword has looked at. */
  readonly seen: readonly string[];
}

const silent: Outcome = { complaints: [], seen: [] };
const wrong = (path: string, what: string): Outcome => ({
  complaints: [`${path || "."} ${what}`],
  seen: [],
});
const unless = (good: boolean, path: string, what: string): Outcome =>
  good ? silent : wrong(path, what);
const all = (outcomes: readonly Outcome[]): Outcome => ({
  complaints: outcomes.flatMap((o) => o.complaints),
  seen: outcomes.flatMap((o) => o.seen),
});

type Keyword = (
  this: Checker,
  given: never,
  value: unknown,
  path: string,
  schema: Schema,
) => Outcome;

const keywords: { readonly [name: string]: Keyword } = {
  $ref(given: string, value, path) {
    return this.check(this.target(given), value, path);
  },
  type: (given: string, value, path) => {
    const type = typeOf(value);
    return unless(
      type === given || (given === "number" && type === "integer"),
      path,
      `is no ${given}`,
    );
  },
  const: (given: unknown, value, path) => unless(value === given, path, `is not ${given}`),
  enum: (given: unknown[], value, path) =>
    unless(given.includes(value), path, `is none of ${given}`),
  pattern: (given: string, value, path) =>
    unless(
      typeof value !== "string" || new RegExp(given, "u").test(value),
      path,
      `is not ${given}`,
    ),
  minimum: (given: number, value, path) =>
    unless((value as number) >= given, path, `is below ${given}`),
  maximum: (given: number, value, path) =>
    unless((value as number) <= given, path, `is over ${given}`),
  minLength: (given: number, value, path) =>
    unless((value as string).length >= given, path, `is shorter than ${given}`),
  maxLength: (given: number, value, path) =>
    unless((value as string).length <= given, path, `is longer than ${given}`),
  items(given: Schema, value, path) {
    const items = Array.isArray(value) ? value : [];
    return { ...all(items.map((one, i) => this.check(given, one, `${path}[${i}]`))), seen: [] };
  },
  allOf(given: Schema[], value, path) {
    return all(given.map((one) => this.check(one, value, path)));
  },
  anyOf(given: Schema[], value, path) {
    const why: string[] = [];
    for (const one of given) {
      const outcome = this.check(one, value, path);
      if (outcome.complaints.length === 0) return outcome;
      why.push(outcome.complaints[0]!);
    }
    return wrong(path, `is none of: ${why.join("; ")}`);
  },
  if(given: Schema, value, path, schema) {
    const then = schema["then"] as Schema;
    return this.check(given, value, path).complaints.length > 0
      ? silent
      : this.check(then, value, path);
  },
  required: (given: string[], value, path) => {
    const keys = typeOf(value) === "object" ? given : [];
    return all(keys.map((key) => unless(Object.hasOwn(value as Json, key), path, `lacks ${key}`)));
  },
  properties(given: { [key: string]: Schema }, value, path) {
    return this.members(value, path, (key) => (Object.hasOwn(given, key) ? given[key] : undefined));
  },
  patternProperties(given: { [pattern: string]: Schema }, value, path) {
    const patterns = Object.entries(given).map(
      ([pattern, one]) => [new RegExp(pattern, "u"), one] as const,
    );
    return this.members(value, path, (key) => patterns.find(([pattern]) => pattern.test(key))?.[1]);
  },
  additionalProperties(given: Schema | false, value, path, schema) {
    const { properties = {}, patternProperties = {} } = schema as {
      [name: string]: object | undefined;
    };
    const patterns = Object.keys(patternProperties).map((pattern) => new RegExp(pattern, "u"));
    const isOther = (key: string): boolean =>
      !Object.hasOwn(properties, key) && !patterns.some((pattern) => pattern.test(key));
    return this.others(given, value, path, isOther);
  },
};

const notHere = new Set([
  "title",
  "description",
  "format",
  "then",
  "$schema",
  "$defs",
  "unevaluatedProperties",
]);

class Checker {
  private readonly root: Schema;

  constructor(root: Schema) {
    this.root = root;
  }

  check(schema: Schema, value: unknown, path: string): Outcome {
    const outcomes: Outcome[] = [];
    for (const [name, given] of Object.entries(schema)) {
      if (notHere.has(name)) continue;
      const keyword = keywords[name];
      if (keyword === undefined) throw new Error(`the keyword ${name} is not known here`);
      outcomes.push(keyword.call(this, given as never, value, path, schema));
    }
    if (schema["unevaluatedProperties"] === false) {
      const seen = new Set(outcomes.flatMap((o) => o.seen));
      outcomes.push(this.others(false, value, path, (key) => !seen.has(key)));
    }
    return all(outcomes);
  }

  members(value: unknown, path: string, schemaOf: (key: string) => Schema | undefined): Outcome {
    if (typeOf(value) !== "object") return silent;
    const complaints: string[] = [];
    const seen: string[] = [];
    for (const [key, one] of Object.entries(value as Json)) {
      const schema = schemaOf(key);
      if (schema === undefined) continue;
      seen.push(key);
      complaints.push(...this.check(schema, one, `${path}.${key}`).complaints);
    }
    return { complaints, seen };
  }

  others(
    given: Schema | false,
    value: unknown,
    path: string,
    isOther: (key: string) => boolean,
  ): Outcome {
    if (given !== false)
      return this.members(value, path, (key) => (isOther(key) ? given : undefined));
    const keys = typeOf(value) === "object" ? Object.keys(value as Json).filter(isOther) : [];
    return { complaints: keys.map((key) => `${path}.${key} is not known`), seen: [] };
  }

  target(ref: string): Schema {
    const name = ref.slice("#/$defs/".length).replace(/~1/g, "/").replace(/~0/g, "~");
    const { $defs } = this.root as { $defs: { [name: string]: Schema } };
    const found = $defs[name];
    if (found === undefined) throw new Error(`there is no ${ref}`);
    return found;
  }
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}
