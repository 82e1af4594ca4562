import { quoteText } from "../bytes/escape.ts";
import { formatHex } from "../bytes/hex.ts";
import type { Layer } from "../schema/layer.ts";
import { payloadEnd } from "../schema/layout.ts";
import type { Placed } from "../schema/place.ts";
import type { Schema } from "../schema/schema.ts";
import { type ConstantOf, Draft, type DraftValue, draftOf, type Style } from "./code-draft.ts";
import { type Code, call, layOut, literal, valueCode } from "./code-print.ts";
import { type DraftStack, gives, trim } from "./code-trim.ts";
import type { Packet } from "./packet.ts";

/** How {@link toCode} writes. */
export interface CodeOptions {
  /**
   * Constants that the code may use for options and other records with cases, by name: `import * as names from
   * "wirecraft"`. With it they are calls, `tcpOption.noOperation()`, without it objects, `{ is: "noOperation" }`.
   */
  readonly names?: Readonly<Record<string, unknown>>;
  /** The constant that the code declares, `const ping = build(...);`; without it the code is the expression alone. */
  readonly constant?: string;
}

/** Code, and what it uses of the package. */
export interface PacketCode {
  readonly text: string;
  /** Names to import, in order; types begin with `type `. */
  readonly imports: readonly string[];
}

/**
 * The TypeScript that builds a packet: an expression `build(ethernet({ ... }), ...)` that gives the same bytes. What building
 * computes and what is a default is left out; where the values of a layer do not give its bytes, the bytes stand for it.
 * Laid out as Biome does, in lines of 100 characters.
 */
export function toCode(packet: Packet, options: CodeOptions = {}): string {
  return packetCode(packet, options).text;
}

/** As {@link toCode}, with what is to be imported for it. */
export function packetCode(packet: Packet, options: CodeOptions = {}): PacketCode {
  const isEdited = packet.layers.some((l) => l.more?.isEdited);
  // Edits whose checksums are not computed yet are finished in a copy: this packet stays as it is.
  const own = isEdited ? packet.copy() : packet;
  const wanted = own.bytes();
  const stack = stackOf(own, wanted, constantsIn(options.names));
  trim(stack, wanted);
  const args = stack.layers.map(draftCode).map((code, i) => castAbove(stack.layers, i, code));
  if (stack.bytes.length > 0) args.push(payloadCode(stack.bytes));
  const { constant } = options;
  const opening = constant === undefined ? "" : `const ${constant} = `;
  const closing = constant === undefined ? "" : ";";
  // Room for a semicolon behind an expression, whoever puts it there.
  const expression = layOut(call("build", ...args), 0, opening.length, 1);
  return { text: `${opening}${expression}${closing}`, imports: importsOf(args) };
}

/** The names of constants by their declaration; a protocol's is its own name where none is given. */
function constantsIn(names: CodeOptions["names"]): ConstantOf {
  const known = new Map<Schema, string>();
  for (const [name, value] of Object.entries(names ?? {}))
    if (typeof value === "function" && "schema" in value) known.set(value.schema as Schema, name);
  return (root) => known.get(root) ?? (root.isProtocol ? root.name : null);
}

const STYLES: readonly Style[] = [
  { flags: true, parts: true },
  { flags: false, parts: true },
  { flags: false, parts: false },
];

/** The stack that keeps as many layers as give the packet's bytes again; with none, the bytes stand for all. */
function stackOf(packet: Packet, wanted: Uint8Array, constantOf: ConstantOf): DraftStack {
  const layers = packet.first === null ? [] : packet.layers;
  for (let count = layers.length; count > 0; count--) {
    for (const style of STYLES) {
      const stack = stackUpTo(packet, layers.slice(0, count), style, constantOf);
      if (gives(stack, wanted)) return stack;
    }
  }
  return { layers: [], bytes: wanted };
}

function stackUpTo(
  packet: Packet,
  layers: readonly Layer[],
  style: Style,
  constantOf: ConstantOf,
): DraftStack {
  const top = layers.at(-1)!;
  const drafts = layers.map((l) => {
    const isTop = l === top;
    return draftOf(l, isTop ? style : { ...style, parts: true }, constantOf);
  });
  const end = layers[0]!.end;
  if (end < packet.end) drafts[0] = withTrailer(drafts[0]!, packet.data.subarray(end, packet.end));
  return { layers: drafts, bytes: top.bytes.subarray(top.headerEnd, payloadEnd(top)) };
}

/** Bytes behind the lowest layer are written as if they were its trailer. */
function withTrailer(draft: Draft, bytes: Uint8Array): Draft {
  const known = draft.entries.find((e) => e.name === "trailer");
  const before = known !== undefined && "leaf" in known.value ? known.value.leaf : null;
  const leaf =
    before instanceof Uint8Array ? Uint8Array.from([...before, ...bytes]) : bytes.slice();
  const others = draft.entries.filter((e) => e !== known);
  const entry = { name: "trailer", placed: undefined, value: { leaf }, dropped: false };
  return new Draft(draft.schema, draft.call, [...others, entry]);
}

function draftCode(draft: Draft): Code {
  const entries = draft.kept.map(
    ({ name, placed, value }) => [name, codeOf(value, placed)] as const,
  );
  if (draft.call === null) return { kind: "object", entries };
  return entries.length === 0
    ? call(draft.call.text)
    : call(draft.call.text, { kind: "object", entries });
}

function codeOf(value: DraftValue, placed: Placed | undefined): Code {
  if (value instanceof Draft) return draftCode(value);
  if (!("leaf" in value))
    return { kind: "array", items: value.map((one) => codeOf(one, undefined)) };
  const { leaf } = value;
  if (leaf instanceof Uint8Array) return bytesCode(leaf);
  if (typeof leaf === "number" || typeof leaf === "bigint") return numberCode(leaf, placed);
  return valueCode(leaf);
}

/** A number in the base of its field. */
function numberCode(n: number | bigint, placed: Placed | undefined): Code {
  const options = placed?.item.options;
  const field = placed?.item.field ?? null;
  const suffix = typeof n === "bigint" ? "n" : "";
  const isHex = options?.base === "hex" || field?.kind === "flags";
  if (!isHex || n < 0 || field === null) return literal(`${n}${suffix}`);
  const digits = options?.digits ?? Math.ceil(field.bits / 4);
  return literal(`0x${n.toString(16).padStart(digits, "0")}${suffix}`);
}

const bytesCode = (bytes: Uint8Array): Code =>
  bytes.length === 0
    ? literal("new Uint8Array()")
    : call("fromHex", literal(`"${formatHex(bytes)}"`));

/** A payload that reads as text is text. */
function payloadCode(bytes: Uint8Array): Code {
  const isText = bytes.every((b) => (b >= 0x20 && b < 0x7f) || b === 10 || b === 13 || b === 9);
  if (!isText) return bytesCode(bytes);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return literal(quoteText(text));
}

const CAST = " as AnyRecipe";

/**
 * The compiler is told where a layer follows on purpose one that does not carry it: a port that was bound by hand, a chain
 * that a capture invented.
 */
function castAbove(layers: readonly Draft[], i: number, code: Code): Code {
  const lower = layers[i - 1]?.schema;
  if (lower === undefined || carries(lower, layers[i]!.schema)) return code;
  return code.kind === "call" ? { ...code, suffix: CAST } : code;
}

/** Whether the dispatch tables let one protocol follow another. */
function carries(lower: Schema, upper: Schema): boolean {
  const { over } = upper.root.about;
  if (over.length === 0) return true;
  return [lower, ...casesOf(lower)].some(({ spec }) => {
    if (spec.choose !== null) return true;
    return spec.next !== null && over.some((b) => b.table === spec.next!.table);
  });
}

/** Of an unknown case, all cases: the code calls the declaration itself. */
const casesOf = (schema: Schema): readonly Schema[] =>
  schema.caseName === "unknown" ? (schema.root.cases?.list ?? []) : [];

/** The constants that code uses, and the type of its casts, as an import lists them. */
function importsOf(codes: readonly Code[]): string[] {
  const names = new Set(["build"]);
  const visit = (code: Code): void => {
    if (code.kind === "call") {
      names.add(code.name.split(".")[0]!);
      if (code.suffix !== undefined) names.add("type AnyRecipe");
      for (const one of code.args) visit(one);
    } else if (code.kind === "array") for (const one of code.items) visit(one);
    else if (code.kind === "object") for (const [, one] of code.entries) visit(one);
  };
  for (const code of codes) visit(code);
  return [...names];
}

/** The line that imports names from this package, sorted as formatters do; in lines of their own where it is long. */
export function importLine(names: Iterable<string>, from = "wirecraft"): string {
  const bare = (name: string): string => name.replace(/^type /, "").toLowerCase();
  const sorted = [...new Set(names)].sort((a, b) => (bare(a) < bare(b) ? -1 : 1));
  const line = `import { ${sorted.join(", ")} } from "${from}";`;
  if (line.length <= 100) return line;
  return `import {\n${sorted.map((name) => `  ${name},\n`).join("")}} from "${from}";`;
}
