/**
 * The language in which `wirecraft build` takes a stack of layers: `ethernet / ipv4(dst=192.0.2.1, ttl=3) / "hello"`. Here
 * it becomes a tree; what the names in it mean, {@link ./stack-values.ts} says.
 */

/** Something wrong with an expression; `column` counts characters from 1. */
export class ExpressionError extends Error {
  readonly column: number;
  constructor(column: number, message: string) {
    super(`column ${column}: ${message}`);
    this.name = "ExpressionError";
    this.column = column;
  }
}

/** A value as it was written, with the column where it begins. */
export type Term = { readonly column: number } & (
  | { readonly kind: "word" | "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly Term[] }
  /** `name(field=value, ...)`; without a name the record says itself what it is. */
  | { readonly kind: "record"; readonly name: string; readonly fields: readonly Field[] }
);

/** `ttl=3`. */
export interface Field {
  readonly name: string;
  readonly column: number;
  readonly value: Term;
}

/** Lists and records in one another: deeper than any packet, and far less than would exhaust the stack. */
const MAX_DEPTH = 100;

/** Characters that end a word, beside blanks. */
const ENDS = new Set(["(", ")", "[", "]", ",", '"', "'"]);

/**
 * Reads a stack of layers, lowest first, with `/` between them.
 *
 * @throws ExpressionError that points at the first character that does not fit.
 */
export function parseStack(source: string): Term[] {
  return new Parser(source).stack();
}

class Parser {
  private readonly source: string;
  private at = 0;
  private depth = 0;

  constructor(source: string) {
    this.source = source;
  }

  stack(): Term[] {
    const layers = [this.term("a layer")];
    while (this.take("/")) layers.push(this.term("a layer"));
    if (this.peek() !== "") this.fail(`'/' or the end is wanted, not ${this.shown()}`);
    return layers;
  }

  private get column(): number {
    return this.at + 1;
  }

  private fail(message: string): never {
    throw new ExpressionError(this.column, message);
  }

  /** The next character that is no blank; empty at the end. */
  private peek(): string {
    while (/\s/.test(this.source[this.at] ?? "")) this.at++;
    return this.source[this.at] ?? "";
  }

  private take(character: string): boolean {
    if (this.peek() !== character) return false;
    this.at++;
    return true;
  }

  private shown(): string {
    const next = this.peek();
    return next === "" ? "the end" : `'${next}'`;
  }

  private term(what: string): Term {
    const next = this.peek();
    const { column } = this;
    if (next === '"' || next === "'") return { kind: "text", text: this.quoted(next), column };
    if (++this.depth > MAX_DEPTH) this.fail(`more than ${MAX_DEPTH} brackets in one another`);
    let made: Term;
    if (next === "[") made = { kind: "list", items: this.items(), column };
    else if (next === "(") made = { kind: "record", name: "", fields: this.fields(), column };
    else {
      const text = this.word(what);
      made =
        this.source[this.at] === "("
          ? { kind: "record", name: text, fields: this.fields(), column }
          : { kind: "word", text, column };
    }
    this.depth--;
    return made;
  }

  /** All up to a blank or a bracket; a `/` belongs to words in brackets, and divides layers outside. */
  private word(what: string): string {
    this.peek();
    const start = this.at;
    const { source } = this;
    while (this.at < source.length) {
      const c = source[this.at]!;
      if (/\s/.test(c) || ENDS.has(c) || (c === "/" && this.depth <= 1)) break;
      if (c === "=" && what === "a field") break;
      this.at++;
    }
    if (this.at === start) this.fail(`${what} is wanted, not ${this.shown()}`);
    return source.slice(start, this.at);
  }

  private items(): Term[] {
    this.at++;
    const items: Term[] = [];
    if (this.take("]")) return items;
    do items.push(this.term("a value"));
    while (this.take(","));
    if (!this.take("]")) this.fail(`',' or ']' is wanted, not ${this.shown()}`);
    return items;
  }

  private fields(): Field[] {
    this.at++;
    const fields: Field[] = [];
    if (this.take(")")) return fields;
    do {
      this.peek();
      const { column } = this;
      const name = this.word("a field");
      if (!this.take("=")) this.fail(`'=' is wanted behind '${name}', not ${this.shown()}`);
      fields.push({ name, column, value: this.term("a value") });
    } while (this.take(","));
    if (!this.take(")")) this.fail(`',' or ')' is wanted, not ${this.shown()}`);
    return fields;
  }

  private quoted(quote: string): string {
    const start = this.at++;
    let text = "";
    for (;;) {
      const c = this.source[this.at];
      if (c === undefined) {
        this.at = start;
        this.fail("the quotes are not closed");
      }
      this.at++;
      if (c === quote) return text;
      text += c === "\\" ? this.escape() : c;
    }
  }

  /** What follows a backslash: `\n`, `\r`, `\t`, `\0`, `\x41`, or the character itself. */
  private escape(): string {
    const c = this.source[this.at];
    if (c === undefined) this.fail("a character is wanted behind the backslash");
    if (c === "x") {
      const digits = this.source.slice(this.at + 1, this.at + 3);
      if (!/^[0-9a-f]{2}$/i.test(digits)) this.fail("two hexadecimal digits are wanted behind \\x");
      this.at += 3;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    this.at++;
    return SIMPLE.get(c) ?? c;
  }
}

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["0", "\0"],
]);
