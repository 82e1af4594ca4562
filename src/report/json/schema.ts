import type { AnyField, FlagBit } from "../../schema/field.ts";
import type { Names } from "../../schema/names.ts";
import type { Placed } from "../../schema/place.ts";
import type { AnyProtocol } from "../../schema/protocol.ts";
import type { Schema } from "../../schema/schema.ts";
import { bottomKey, flagKeys, freeName, keysOf } from "../keys.ts";
import { JSON_VERSION } from "./version.ts";

/** A JSON Schema, or a part of one. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

const ref = (name: string): JsonSchema => ({
  $ref: `#/$defs/${name.replace(/~/g, "~0").replace(/\//g, "~1")}`,
});
const closed = (
  properties: Record<string, JsonSchema>,
  required = Object.keys(properties),
): JsonSchema => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});
const orNull = (one: JsonSchema): JsonSchema => ({ anyOf: [one, { type: "null" }] });
const uint = (most?: number): JsonSchema =>
  most === undefined
    ? { type: "integer", minimum: 0 }
    : { type: "integer", minimum: 0, maximum: most };

const hex: JsonSchema = { type: "string", pattern: "^([0-9a-f]{2})*$" };
const text: JsonSchema = { type: "string" };

const fixedDefs: Readonly<Record<string, JsonSchema>> = {
  hex,
  decimal: { type: "string", pattern: "^-?[0-9]+$" },
  error: closed({
    kind: { enum: ["truncated", "malformed", "unsupported"] },
    protocol: text,
    field: orNull(text),
    offset: { type: "integer", description: "bytes from the start of the frame" },
    needed: { type: "integer", description: "-1 where only more is known" },
    available: { type: "integer" },
    limitedBy: orNull(text),
  }),
  raw: closed({ protocol: orNull(text), error: orNull(ref("error")), packet: ref("hex") }),
};

/**
 * The JSON Schema (draft 2020-12) of what the `json` and `ndjson` reports write: a line, or the document. Every protocol is a
 * definition under its name, its records and cases beside it.
 */
export function jsonSchema(protocols: readonly AnyProtocol[]): JsonSchema {
  const defs = new Definitions(protocols.map((p) => p.schema));
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Wirecraft report",
    anyOf: [
      { allOf: [ref("frame"), { required: ["version"] }] },
      {
        type: "object",
        properties: { version: { const: JSON_VERSION } },
        required: ["version"],
        patternProperties: { "^Frame [0-9]+$": ref("frame") },
        additionalProperties: { type: "object" },
      },
    ],
    $defs: defs.all,
  };
}

/** The cases that layers can be: those of cases in their stead. */
const leafCases = ({ cases }: Schema): Schema[] =>
  [...cases!.list, cases!.unknown].flatMap((one) => (one.cases === null ? [one] : leafCases(one)));

class Definitions {
  readonly all: Record<string, JsonSchema>;
  private readonly protocols: readonly Schema[];
  private readonly names: Map<Schema, string>;

  constructor(protocols: readonly Schema[]) {
    this.protocols = protocols;
    this.all = { ...fixedDefs };
    this.names = new Map();
    // Names of protocols are for them; records that are called alike give way.
    for (const schema of protocols) this.nameOf(schema, schema.name);
    this.all["frame"] = this.frame();
    this.all["upper"] = { properties: this.uppers((name) => name) };
    for (const schema of protocols) this.define(schema);
  }

  private uppers(keyOf: (name: string) => string): Record<string, JsonSchema> {
    return Object.fromEntries(
      this.protocols.map((s) => [keyOf(s.name), ref(this.nameOf(s, s.name))]),
    );
  }

  private frame(): JsonSchema {
    const timeText = {
      type: "string",
      pattern: "^[+-]?[0-9]{4,6}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{9}Z$",
    };
    const properties: Record<string, JsonSchema> = {
      version: { const: JSON_VERSION },
      frame_info: {
        ...closed(
          {
            ts_sec: { type: "integer" },
            ts_usec: uint(999_999),
            ts_nsec: uint(999_999_999),
            incl_len: uint(),
            orig_len: uint(),
          },
          ["ts_sec", "incl_len", "orig_len"],
        ),
      },
      section_number: uint(),
      interface_id: uint(),
      comments: { type: "array", items: text },
      options: { type: "object" },
      time: orNull(timeText),
      number: uint(),
      time_epoch: orNull({ type: "string", pattern: "^-?[0-9]+\\.[0-9]{9}$" }),
      len: uint(),
      cap_len: uint(),
      raw: ref("raw"),
      trailer: ref("hex"),
      protocols: text,
      packet: ref("hex"),
    };
    const required = ["time", "number", "time_epoch", "len", "cap_len", "protocols", "packet"];
    return closed({ ...properties, ...this.uppers(bottomKey) }, required);
  }

  /** The name under which a declaration is defined: its own, or with a number where another has it. */
  private nameOf(schema: Schema, wanted: string): string {
    let name = this.names.get(schema);
    if (name === undefined) {
      name = freeName(
        wanted,
        new Set([...this.names.values(), ...Object.keys(fixedDefs), "frame", "upper"]),
      );
      this.names.set(schema, name);
    }
    return name;
  }

  /** Defines a declaration and what it is made of, once. */
  private define(schema: Schema, wanted = schema.name): string {
    const name = this.nameOf(schema, wanted);
    if (this.all[name] !== undefined) return name;
    this.all[name] = {};
    this.all[name] = schema.cases === null ? this.object(schema) : this.choice(schema, name);
    return name;
  }

  /** By the name of the case, so that a reader looks at one case only: cases hold layers that have cases again. */
  private choice(schema: Schema, name: string): JsonSchema {
    const refs = new Map<string, JsonSchema[]>();
    for (const one of leafCases(schema)) {
      const is = one.caseName!;
      const known = refs.get(is) ?? [];
      refs.set(is, [...known, ref(this.define(one, `${name}.${is}`))]);
    }
    const rules = [...refs].map(([is, those]) => ({
      if: { properties: { is: { const: is } } },
      // biome-ignore lint/suspicious/noThenProperty: it is the keyword
      then: those.length === 1 ? those[0]! : { anyOf: those },
    }));
    const title = schema.about.title;
    return {
      title,
      type: "object",
      properties: { is: { enum: [...refs.keys()] } },
      required: ["is"],
      allOf: rules,
    };
  }

  /** A layer, or a record, of one case. */
  private object(schema: Schema): JsonSchema {
    const keys = keysOf(schema);
    const { caseName, placed, isProtocol, about } = schema;
    const properties: Record<string, JsonSchema> = {};
    if (caseName !== null) properties["is"] = { const: caseName };
    for (const one of placed) properties[one.name] = this.part(one);
    const required = placed.filter((p) => !p.variable && p.segment === 0).map((p) => p.name);
    if (caseName !== null) required.unshift("is");
    properties["rest"] = ref("hex");
    properties[keys.error] = ref("error");
    const described = {
      title: about.title,
      ...(about.spec === "" ? {} : { description: about.spec }),
    };
    if (!isProtocol) return { ...described, ...closed(properties, required) };
    properties[keys.raw] = ref("raw");
    for (const [key, one] of keys.trailerParts) properties[key] = this.part(one);
    properties[keys.trailer] ??= ref("hex");
    properties[keys.trailerRest] ??= ref("hex");
    const clash = this.protocols.some((p) => keys.upper(p.name) !== p.name);
    if (!clash)
      return {
        ...described,
        type: "object",
        properties,
        required,
        allOf: [ref("upper")],
        unevaluatedProperties: false,
      };
    return {
      ...described,
      ...closed({ ...properties, ...this.uppers((n) => keys.upper(n)) }, required),
    };
  }

  private part({ item }: Placed): JsonSchema {
    const { kind, title, field, schema, options } = item;
    const about = { title, ...(options.note === undefined ? {} : { description: options.note }) };
    if (kind === "list") {
      const items = { anyOf: [ref(this.define(schema!)), ref("hex")] };
      return { ...about, type: "array", items };
    }
    if (kind === "record") return { ...about, ...ref(this.define(schema!)) };
    if (kind === "bytes") return { ...about, ...ref("hex") };
    return { ...about, ...(field === null ? text : fieldSchema(field)) };
  }
}

function fieldSchema(field: AnyField): JsonSchema {
  const { names } = field.options;
  switch (field.kind) {
    case "uint":
      return named(uint(2 ** field.bits - 1), names);
    case "int":
      return named(
        { type: "integer", minimum: -(2 ** (field.bits - 1)), maximum: 2 ** (field.bits - 1) - 1 },
        names,
      );
    case "biguint":
      return named(ref("decimal"), names);
    case "flag":
      return named({ type: "boolean" }, names);
    case "flags":
      return flagsSchema(field);
    case "mac":
      return { type: "string", pattern: "^([0-9a-f]{2}:){5}[0-9a-f]{2}$" };
    case "eui64":
      return { type: "string", pattern: "^([0-9a-f]{2}:){7}[0-9a-f]{2}$" };
    case "ipv4":
      return { type: "string", format: "ipv4" };
    case "ipv6":
      return { type: "string", format: "ipv6" };
    case "bytes":
      return { ...hex, minLength: field.bits / 4, maxLength: field.bits / 4 };
    case "text":
      return { ...text, minLength: field.bits / 8, maxLength: field.bits / 8 };
    default:
      return codedSchema(field.codec!.initial, names);
  }
}

const named = (value: JsonSchema, names: Names | undefined | null): JsonSchema =>
  names ? closed({ value, name: orNull(text) }) : value;

function flagsSchema({ bits, flags }: AnyField): JsonSchema {
  const one = ({ width, names }: FlagBit): JsonSchema =>
    named(width === 1 ? { type: "boolean" } : uint(2 ** width - 1), names);
  const parts = flagKeys(flags).map(([key, flag]) => [key, one(flag)] as const);
  return closed({ value: uint(2 ** bits - 1), ...Object.fromEntries(parts) });
}

/** Of a coded leaf only an example is known: what it is when nothing is given. */
function codedSchema(initial: unknown, names: Names | undefined): JsonSchema {
  if (initial instanceof Uint8Array) return ref("hex");
  switch (typeof initial) {
    case "string":
      return text;
    case "number":
      return named({ type: "number" }, names);
    case "bigint":
      return named(ref("decimal"), names);
    case "boolean":
      return named({ type: "boolean" }, names);
    default:
      return Array.isArray(initial) ? { type: "array" } : {};
  }
}
