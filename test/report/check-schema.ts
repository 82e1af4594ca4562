/** What of JSON Schema 2020-12 our schemas use, so that they can be held against what the reports write. */

type Schema = { readonly [keyword: string]: unknown };
type Json = { readonly [key: string]: unknown };

/** Complaints about a value, none where it is as the schema says. */
export function checkSchema(root: Schema, value: unknown): string[] {
  return new Checker(root).check(root, value, "").complaints;
}

interface Outcome {
  readonly complaints: string[];
  /** Keys that some keyword has looked at. */
  readonly seen: Set<string>;
}

class Checker {
  private readonly root: Schema;

  constructor(root: Schema) {
    this.root = root;
  }

  check(schema: Schema, value: unknown, path: string): Outcome {
    const complaints: string[] = [];
    const seen = new Set<string>();
    const complain = (what: string): void => void complaints.push(`${path || "."} ${what}`);
    const take = (one: Outcome): void => {
      complaints.push(...one.complaints);
      for (const key of one.seen) seen.add(key);
    };
    const known = new Set([
      "title",
      "description",
      "$schema",
      "$defs",
      "required",
      "additionalProperties",
      "unevaluatedProperties",
      "patternProperties",
      "properties",
      "format",
    ]);
    for (const [keyword, given] of Object.entries(schema)) {
      if (keyword === "$ref") take(this.check(this.target(given as string), value, path));
      else if (keyword === "type")
        typeOf(value) !== given &&
          !(given === "number" && typeOf(value) === "integer") &&
          complain(`is no ${given}`);
      else if (keyword === "const") value !== given && complain(`is not ${JSON.stringify(given)}`);
      else if (keyword === "enum")
        (given as unknown[]).includes(value) || complain(`is none of ${JSON.stringify(given)}`);
      else if (keyword === "pattern")
        typeof value === "string" &&
          !new RegExp(given as string, "u").test(value) &&
          complain(`does not match ${given}`);
      else if (keyword === "minimum")
        (value as number) < (given as number) && complain(`is less than ${given}`);
      else if (keyword === "maximum")
        (value as number) > (given as number) && complain(`is more than ${given}`);
      else if (keyword === "minLength")
        (value as string).length < (given as number) && complain(`is shorter than ${given}`);
      else if (keyword === "maxLength")
        (value as string).length > (given as number) && complain(`is longer than ${given}`);
      else if (keyword === "items")
        (value as unknown[]).forEach(
          (one, i) =>
            void complaints.push(...this.check(given as Schema, one, `${path}[${i}]`).complaints),
        );
      else if (keyword === "if") {
        const holds = this.check(given as Schema, value, path).complaints.length === 0;
        if (holds) take(this.check(schema["then"] as Schema, value, path));
      } else if (keyword === "allOf")
        for (const one of given as Schema[]) take(this.check(one, value, path));
      else if (keyword === "anyOf") {
        const all = (given as Schema[]).map((one) => this.check(one, value, path));
        const good = all.find((one) => one.complaints.length === 0);
        if (good) take(good);
        else complain(`is none of: ${all.map((one) => one.complaints[0]).join("; ")}`);
      } else if (!known.has(keyword)) throw new Error(`keyword ${keyword} is not known here`);
    }
    if (typeOf(value) === "object") take(this.object(schema, value as Json, path, seen));
    return { complaints, seen };
  }

  private object(schema: Schema, value: Json, path: string, before: ReadonlySet<string>): Outcome {
    const complaints: string[] = [];
    const seen = new Set<string>();
    for (const key of (schema["required"] as string[] | undefined) ?? [])
      if (!(key in value)) complaints.push(`${path} lacks ${key}`);
    const properties = (schema["properties"] as { [key: string]: Schema } | undefined) ?? {};
    const patterns = Object.entries(
      (schema["patternProperties"] as { [key: string]: Schema } | undefined) ?? {},
    );
    for (const [key, one] of Object.entries(value)) {
      const own = Object.hasOwn(properties, key) ? [properties[key]!] : [];
      own.push(
        ...patterns.filter(([pattern]) => new RegExp(pattern, "u").test(key)).map(([, s]) => s),
      );
      const others = schema["additionalProperties"];
      const known = own.length > 0;
      if (known) seen.add(key);
      if (!known && others === false) complaints.push(`${path}.${key} is not known`);
      if (!known && typeof others === "object") own.push(others as Schema);
      for (const each of own)
        complaints.push(...this.check(each, one, `${path}.${key}`).complaints);
    }
    if (schema["unevaluatedProperties"] === false)
      for (const key of Object.keys(value))
        if (!seen.has(key) && !before.has(key)) complaints.push(`${path}.${key} is not known`);
    return { complaints, seen };
  }

  private target(ref: string): Schema {
    const name = ref.slice("#/$defs/".length).replace(/~1/g, "/").replace(/~0/g, "~");
    const found = (this.root["$defs"] as { [name: string]: Schema })[name];
    if (found === undefined) throw new Error(`there is no ${ref}`);
    return found;
  }
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}
