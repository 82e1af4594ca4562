import { parseHex } from "../bytes/hex.ts";
import { build, type Stackable } from "../packet/build.ts";
import type { PlainValues } from "../packet/values.ts";
import type { AnyField, FlagBit } from "../schema/field.ts";
import type { Names } from "../schema/names.ts";
import type { Placed } from "../schema/place.ts";
import type { AnyProtocol } from "../schema/protocol.ts";
import { recipe } from "../schema/recipe.ts";
import type { Schema } from "../schema/schema.ts";
import { ExpressionError, type Field, parseStack, type Term } from "./stack-expression.ts";

/**
 * The layers that an expression describes, ready for `build`.
 *
 * @throws ExpressionError that points at a name, value or character that does not fit.
 * @example build(...stackFromExpression('ipv4(dst=192.0.2.1) / icmp.echo(id=1) / "hello"', all))
 */
export function stackFromExpression(
  source: string,
  protocols: readonly AnyProtocol[],
): Stackable[] {
  const reader = new ValueReader();
  return parseStack(source).map((term) => {
    if (term.kind === "text") return latin1OrUtf8(term.text);
    const name = term.kind === "list" ? "" : term.kind === "record" ? term.name : term.text;
    if (term.kind === "word" && /^0x/i.test(name)) return hexBytes(term.column, name);
    const schema = schemaCalled(name, protocols, term.column);
    const fields = term.kind === "record" ? term.fields : [];
    const layer = recipe(rootOrCase(schema), reader.values(schema, fields, true));
    reader.check(layer, schema, term.column);
    return layer;
  });
}

/** Of an unknown case the declaration itself is called, with `is`. */
const rootOrCase = (schema: Schema): Schema =>
  schema.caseName === "unknown" ? schema.root : schema;

const utf8 = /* @__PURE__ */ new TextEncoder();

/** Text with `\xff` means that byte; other characters are sent as UTF-8. */
function latin1OrUtf8(text: string): Uint8Array {
  const hasWide = /[^\0-\xff]/.test(text);
  return hasWide ? utf8.encode(text) : Uint8Array.from(text, (c) => c.charCodeAt(0));
}

function hexBytes(column: number, text: string): Uint8Array {
  try {
    return parseHex(text.slice(2));
  } catch (error) {
    throw new ExpressionError(column, `${text}: ${(error as Error).message}`);
  }
}

/** `icmp.echo`: a protocol and its case, by their names without regard to capitals. */
function schemaCalled(name: string, protocols: readonly AnyProtocol[], column: number): Schema {
  const [first = "", ...path] = name.split(".");
  const called = protocols.find(({ schema }) => schema.name.toLowerCase() === first.toLowerCase());
  if (called === undefined)
    throw new ExpressionError(
      column,
      name === "" ? "a protocol or bytes are wanted" : `there is no protocol '${first}'`,
    );
  let { schema } = called;
  for (const part of path) schema = caseCalled(schema, part, column);
  return schema;
}

/** A case by its name: whole, or as an abbreviation that only one has (`mss`, `nop`). */
function caseCalled(schema: Schema, name: string, column: number): Schema {
  const cases = schema.cases === null ? [] : [...schema.cases.list, schema.cases.unknown];
  const wanted = name.toLowerCase();
  const exact = cases.find((one) => one.caseName!.toLowerCase() === wanted);
  if (exact !== undefined) return exact;
  const short = cases.filter((one) => abbreviates(wanted, one.caseName!.toLowerCase()));
  if (short.length === 1) return short[0]!;
  const known = (short.length > 1 ? short : cases).map((one) => one.caseName);
  const why = short.length > 1 ? "is short for" : "is not one of";
  throw new ExpressionError(
    column,
    cases.length === 0
      ? `${schema.name} has no cases`
      : `'${name}' ${why} ${schema.name}: ${known.join(", ")}`,
  );
}

/** Whether the letters of `short` come in this order in `long`, from its first on. */
function abbreviates(short: string, long: string): boolean {
  if (short.length < 2 || short[0] !== long[0]) return false;
  let at = 0;
  for (const c of short) {
    at = long.indexOf(c, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** Turns terms into values as building takes them, and remembers where each stood. */
class ValueReader {
  private columns = new Map<string, number>();

  values(schema: Schema, fields: readonly Field[], isLayer = false): PlainValues {
    const values: PlainValues = {};
    if (isLayer) this.columns = new Map();
    if (schema.caseName === "unknown" || !isLayer) addCase(values, schema);
    for (const { name, column, value } of fields) {
      const placed = schema.find(name) ?? schema.spec.trailer?.find(name);
      const isBytes = name === "rest" || (name === "trailer" && schema.isProtocol);
      if (placed === undefined && !isBytes) {
        const known = schema.placed.map((p) => p.name).join(", ");
        throw new ExpressionError(column, `${schema.name} has no field '${name}'; it has ${known}`);
      }
      if (name in values && name !== "is")
        throw new ExpressionError(column, `${schema.name}.${name} is given twice`);
      this.columns.set(`${schema.name}.${name}`, value.column);
      values[name] =
        placed === undefined ? bytesOf(value) : this.part(`${schema.name}.${name}`, placed, value);
    }
    return values;
  }

  /** Builds one layer alone, so that a value that does not fit is told with its column. */
  check(layer: Stackable, schema: Schema, column: number): void {
    try {
      build(layer);
    } catch (error) {
      const { message } = error as Error;
      const place = /^([\w.]+\.\w+)/.exec(message)?.[1] ?? schema.name;
      const near = place.slice(0, place.lastIndexOf("."));
      const at = this.columns.get(place) ?? this.columns.get(near) ?? column;
      throw new ExpressionError(at, message);
    }
  }

  private part(name: string, placed: Placed, term: Term): unknown {
    const { kind, schema, field, options } = placed.item;
    if (kind === "list") {
      if (term.kind !== "list") return bytesOf(term, `${name}: a list [...] or bytes are wanted`);
      return term.items.map((one) => this.record(name, schema!, one));
    }
    if (kind === "record") return this.record(name, schema!, term);
    if (kind === "bytes") return bytesOf(term);
    if (kind === "text") return textOf(name, term);
    return fieldOf(name, field!, options.names, term);
  }

  private record(name: string, schema: Schema, term: Term): unknown {
    if (term.kind === "list") throw new ExpressionError(term.column, `${name}: a list in a list`);
    if (term.kind === "record") return this.called(schema, term.name, term.fields, term.column);
    if (term.kind === "text" || /^0x/i.test(term.text)) return bytesOf(term);
    return this.called(schema, term.text, [], term.column);
  }

  /** The values of a record, of the case that its name says. */
  private called(schema: Schema, name: string, fields: readonly Field[], column: number): unknown {
    let own = schema;
    for (const part of name === "" ? [] : name.split(".")) own = caseCalled(own, part, column);
    return this.values(own, fields);
  }
}

function addCase(values: PlainValues, schema: Schema): void {
  if (schema.caseName !== null) values["is"] = schema.caseName;
}

function bytesOf(term: Term, what = "bytes (0x...) or text in quotes are wanted"): Uint8Array {
  if (term.kind === "text") return latin1OrUtf8(term.text);
  if (term.kind === "word" && /^0x/i.test(term.text)) return hexBytes(term.column, term.text);
  throw new ExpressionError(term.column, what);
}

function textOf(name: string, term: Term): string {
  if (term.kind === "text" || term.kind === "word") return term.text;
  throw new ExpressionError(term.column, `${name}: a text is wanted`);
}

function fieldOf(name: string, field: AnyField, names: Names | undefined, term: Term): unknown {
  switch (field.kind) {
    case "bytes":
      return bytesOf(term);
    case "flags":
      return flagsOf(name, field, term);
    case "flag":
      return booleanOf(name, names, term);
    case "biguint":
      return numberOf(name, names, term, true);
    case "uint":
    case "int":
      return numberOf(name, names, term, false);
    case "codec":
      return codedOf(name, field, names, term);
    default:
      return textOf(name, term);
  }
}

/** A leaf with an encoding of its own takes what its first value is made of. */
function codedOf(name: string, field: AnyField, names: Names | undefined, term: Term): unknown {
  const initial: unknown = field.codec!.initial;
  if (initial instanceof Uint8Array) return bytesOf(term);
  if (typeof initial === "bigint") return numberOf(name, names, term, true);
  if (typeof initial === "number") return numberOf(name, names, term, false);
  if (Array.isArray(initial)) {
    if (term.kind !== "list") throw new ExpressionError(term.column, `${name}: a list is wanted`);
    return term.items.map((one) => numberOf(name, names, one, false));
  }
  return textOf(name, term);
}

const NUMBER = /^-?(?:\d+|0x[0-9a-f]+|0b[01]+|0o[0-7]+)$/i;

function bigintOf(text: string): bigint {
  return text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text);
}

/** A number in any base, or the name of one. */
function numberOf(
  name: string,
  names: Names | undefined,
  term: Term,
  big: boolean,
): number | bigint {
  const text = textOf(name, term);
  if (term.kind === "word" && NUMBER.test(text))
    return big ? bigintOf(text) : Number(bigintOf(text));
  const found = names?.find(text);
  if (found === undefined)
    throw new ExpressionError(
      term.column,
      names === undefined
        ? `${name}: a number is wanted, not '${text}'`
        : `${name}: '${text}' is neither a number nor the name of one`,
    );
  return big ? BigInt(found) : found;
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

function booleanOf(name: string, names: Names | undefined, term: Term): boolean {
  const text = textOf(name, term).toLowerCase();
  const found = BOOLEANS.get(text) ?? names?.find(text);
  if (found === undefined)
    throw new ExpressionError(term.column, `${name}: true or false is wanted, not '${text}'`);
  return Boolean(found);
}

/** A number, or the flags that are set: `syn+ack`; a part of several bits with its value: `qr+rcode:3`. */
function flagsOf(name: string, field: AnyField, term: Term): unknown {
  const text = textOf(name, term);
  if (NUMBER.test(text)) return Number(text);
  const flags: Record<string, boolean | number> = {};
  let { column } = term;
  for (const word of text.split("+")) {
    const [key = "", value] = word.split(":");
    const bit = field.flags.find((f) => f.name.toLowerCase() === key.toLowerCase());
    if (bit === undefined) {
      const known = field.flags.map((f) => f.name).join(", ");
      throw new ExpressionError(column, `${name} has no flag '${key}'; it has ${known}`);
    }
    flags[bit.name] = flagOf(`${name}.${bit.name}`, bit, value, column + key.length + 1);
    column += word.length + 1;
  }
  return flags;
}

function flagOf(
  name: string,
  { width, names }: FlagBit,
  value: string | undefined,
  column: number,
): boolean | number {
  if (value === undefined) return width === 1 ? true : 2 ** width - 1;
  const n = numberOf(name, names ?? undefined, { kind: "word", text: value, column }, false);
  return width === 1 ? n !== 0 : Number(n);
}
