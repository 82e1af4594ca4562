import { quoteText } from "../bytes/escape.ts";

/** A piece of an expression of TypeScript, before it is laid out in lines. */
export type Code =
  | { readonly kind: "literal"; readonly text: string }
  | CallCode
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, Code])[] }
  | { readonly kind: "array"; readonly items: readonly Code[] };

/** A call, with what follows its bracket (a cast). */
export interface CallCode {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Code[];
  readonly suffix?: string;
}

/** Characters of a line, as the formatter of this project has it. */
const WIDTH = 100;

export const literal = (text: string): Code => ({ kind: "literal", text });
export const call = (name: string, ...args: readonly Code[]): CallCode => ({
  kind: "call",
  name,
  args,
});

/** A plain value as code: texts, numbers, arrays and objects of them. */
export function valueCode(value: unknown): Code {
  if (typeof value === "string") return literal(quoteText(value));
  if (typeof value === "bigint") return literal(`${value}n`);
  if (Array.isArray(value)) return { kind: "array", items: value.map(valueCode) };
  if (typeof value !== "object" || value === null) return literal(String(value));
  const entries = Object.entries(value).map(([key, one]) => [key, valueCode(one)] as const);
  return { kind: "object", entries };
}

/** All in one line. */
function flat(code: Code): string {
  switch (code.kind) {
    case "literal":
      return code.text;
    case "call":
      return `${code.name}(${code.args.map(flat).join(", ")})${code.suffix ?? ""}`;
    case "array":
      return `[${code.items.map(flat).join(", ")}]`;
    default:
      if (code.entries.length === 0) return "{}";
      return `{ ${code.entries.map(([key, value]) => `${key}: ${flat(value)}`).join(", ")} }`;
  }
}

const isNumber = (code: Code): boolean =>
  code.kind === "literal" && /^-?[0-9]/.test(code.text) && !code.text.endsWith("n");

/** Lists of objects, or of lists, of more than one part each stand on lines of their own, as formatters want it. */
function isTall({ items }: { readonly items: readonly Code[] }): boolean {
  if (items.length < 2) return false;
  return (
    items.every((one) => one.kind === "object" && one.entries.length > 1) ||
    items.every((one) => one.kind === "array" && one.items.length > 1)
  );
}

/** Whether it has lines of its own, however short it is. */
function breaks(code: Code): boolean {
  switch (code.kind) {
    case "literal":
      return false;
    case "call":
      return code.args.some(breaks);
    case "array":
      return isTall(code) || code.items.some(breaks);
    default:
      return code.entries.some(([, value]) => breaks(value));
  }
}

/**
 * The text of a piece in lines of at most 100 characters, as Biome lays it out. It starts at `column` of a line that is
 * indented by `indent`, and `tail` characters follow it on its last line.
 */
export function layOut(code: Code, indent = 0, column = indent, tail = 0): string {
  const line = flat(code);
  if (!breaks(code) && column + line.length + tail <= WIDTH) return line;
  const pad = " ".repeat(indent);
  const inner = indent + 2;
  switch (code.kind) {
    case "literal":
      return line;
    case "call": {
      const { name, args, suffix = "" } = code;
      const [only] = args;
      if (only === undefined) return line;
      // A sole object or list opens on the line of the call.
      if (args.length === 1 && (only.kind === "object" || only.kind === "array")) {
        const opened = column + name.length + 1;
        return `${name}(${layOut(only, indent, opened, tail + 1 + suffix.length)})${suffix}`;
      }
      return `${name}(\n${rows(args, inner)}${pad})${suffix}`;
    }
    case "array":
      if (code.items.length === 0) return line;
      if (code.items.every(isNumber)) return `[\n${filled(code.items, inner)}${pad}]`;
      return `[\n${rows(code.items, inner)}${pad}]`;
    default:
      if (code.entries.length === 0) return line;
      return `{\n${code.entries.map(([key, value]) => `${pad}  ${property(key, value, inner)},\n`).join("")}${pad}}`;
  }
}

const rows = (codes: readonly Code[], indent: number): string =>
  codes.map((one) => `${" ".repeat(indent)}${layOut(one, indent, indent, 1)},\n`).join("");

function property(key: string, value: Code, indent: number): string {
  const column = indent + key.length + 2;
  const line = flat(value);
  // A text that does not fit stands on the next line, unless the key is so short that nothing is won; so does a call of
  // one short text.
  const isText = value.kind === "literal" && /^["']/.test(value.text) && key.length >= SHORT_KEY;
  const tooLong = column + line.length + 1 > WIDTH;
  if (tooLong && (isText || isShortCall(value))) {
    const pad = " ".repeat(indent + 2);
    return `${key}:\n${pad}${layOut(value, indent + 2, indent + 2, 1)}`;
  }
  return `${key}: ${layOut(value, indent, column, 1)}`;
}

const SHORT_KEY = 5;

const isShortCall = (code: Code): boolean =>
  code.kind === "call" &&
  (code.args.length === 0 ||
    (code.args.length === 1 &&
      code.args[0]!.kind === "literal" &&
      code.args[0]!.text.length <= 27));

/** Numbers stand as many in a line as fit. */
function filled(items: readonly Code[], indent: number): string {
  const pad = " ".repeat(indent);
  let text = "";
  let line = pad;
  for (const item of items) {
    const word = `${flat(item)},`;
    if (line !== pad && line.length + 1 + word.length > WIDTH) {
      text += `${line}\n`;
      line = pad;
    }
    line += line === pad ? word : ` ${word}`;
  }
  return `${text}${line}\n`;
}
