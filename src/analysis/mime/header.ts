import { decodeWords, textOf } from "./words.ts";

/** A header field of a mail or of a part (RFC 5322 §2.2): its continuation lines joined by a blank. */
export interface MailField {
  readonly name: string;
  readonly value: string;
}

/** The value of the first field of a name, in any case; empty where there is none. */
export function mailField(fields: readonly MailField[], name: string): string {
  const wanted = name.toLowerCase();
  return fields.find((one) => one.name.toLowerCase() === wanted)?.value ?? "";
}

/** A value with parameters, as Content-Type and Content-Disposition have it (RFC 2045 §5.1). */
export interface Parameterized {
  /** What is before the first semicolon, lower case. */
  readonly value: string;
  /** By their names, lower case; in parts and in other character sets made whole (RFC 2231). */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Parameters that are looked at: no header that anybody writes has more. */
const MOST = 100;
const PARAMETER = /;\s*([^\s=;"]{1,80})\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))/gs;

/** Reads a value with parameters. */
export function parseParameterized(text: string): Parameterized {
  const semicolon = text.indexOf(";");
  const value = (semicolon < 0 ? text : text.slice(0, semicolon)).trim().toLowerCase();
  const found = new Map<string, string>();
  if (semicolon >= 0)
    for (const [, name = "", quoted, plain] of text.slice(semicolon, 16_384).matchAll(PARAMETER)) {
      const key = name.toLowerCase();
      if (found.size < MOST && !found.has(key))
        found.set(
          key,
          quoted === undefined ? (plain ?? "").trim() : quoted.replace(/\\(.)/gs, "$1"),
        );
    }
  return { value, parameters: whole(found) };
}

/** Puts together what RFC 2231 has in parts (`name*0`, `name*1*`), and decodes what has a character set (`name*`). */
function whole(found: ReadonlyMap<string, string>): Map<string, string> {
  const made = new Map<string, string>();
  const parted = new Map<string, { n: number; text: string; isCoded: boolean }[]>();
  for (const [key, text] of found) {
    const split = /^([^*]+)\*(\d{1,3})?(\*)?$/.exec(key);
    if (split === null) {
      made.set(key, decodeWords(text));
      continue;
    }
    const [, name = "", n, star] = split;
    const list = parted.get(name) ?? [];
    parted.set(name, list);
    list.push({ n: Number(n ?? 0), text, isCoded: n === undefined || star === "*" });
  }
  for (const [name, list] of parted) made.set(name, joined(list));
  return made;
}

function joined(list: { n: number; text: string; isCoded: boolean }[]): string {
  list.sort((a, b) => a.n - b.n);
  const first = list[0]!;
  const marked = first.isCoded ? /^([^']*)'[^']*'(.*)$/s.exec(first.text) : null;
  const charset = marked?.[1] || "utf-8";
  const bytes = list.flatMap(({ text, isCoded }, i) => {
    const own = i === 0 && marked !== null ? marked[2]! : text;
    return [...(isCoded ? percentBytes(own) : own)].map((c) => c.charCodeAt(0) & 255);
  });
  return textOf(charset, Uint8Array.from(bytes));
}

const percentBytes = (text: string): string =>
  text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));

/** A name that a file may have: without folders, control characters, and the names of folders. */
export function safeName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  const plain = last.replace(/\p{Cc}/gu, "").trim();
  return plain === "." || plain === ".." ? "" : plain.slice(0, 255);
}

/** Gathers the lines of a header into fields; what is more than allowed is left out. */
export class HeaderLines {
  readonly fields: MailField[];
  private lines: string[];
  private bytes: number;
  private readonly mostBytes: number;
  /** Whether something was left out. */
  isFull: boolean;

  constructor(mostBytes: number) {
    this.fields = [];
    this.lines = [];
    this.bytes = 0;
    this.mostBytes = mostBytes;
    this.isFull = false;
  }

  /** Takes a line without its end. */
  add(text: string): void {
    this.bytes += text.length + 2;
    if (this.bytes > this.mostBytes) {
      this.isFull = true;
      return;
    }
    if (/^[ \t]/.test(text) && this.lines.length > 0) {
      this.lines.push(text.trim());
      return;
    }
    this.finish();
    this.lines.push(text);
  }

  /** Ends the field that is open. */
  finish(): void {
    const { lines } = this;
    const [first] = lines;
    if (first === undefined) return;
    this.lines = [];
    const colon = first.indexOf(":");
    if (colon <= 0) return;
    const value = [first.slice(colon + 1).trim(), ...lines.slice(1)].join(" ").trim();
    this.fields.push({ name: first.slice(0, colon).trim(), value });
  }
}
