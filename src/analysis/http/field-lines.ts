import { readLatin1 } from "../../schema/value.ts";
import type { Line, Waiting } from "../input.ts";
import type { HttpField } from "./events.ts";
import type { MessageInput } from "./message-input.ts";
import { requestLineOf, statusLineOf } from "./start-line.ts";

/** The lines up to an empty one: header or trailer fields. */
export interface FieldLines {
  readonly fields: readonly HttpField[];
  /** Whether the empty line was there. */
  readonly complete: boolean;
}

/** Bytes of fields that are kept, and their number. */
const MOST_BYTES = 262_144;
const MOST_FIELDS = 4096;

interface Growing {
  /** Names with the lines of their values. */
  readonly fields: { readonly name: string; readonly lines: string[] }[];
  bytes: number;
  /** What was said to be wrong, so that the next line need not say it. */
  readonly told: Set<string>;
}

const done = ({ fields }: Growing, complete: boolean): FieldLines => ({
  fields: fields.map(({ name, lines }) => ({ name, value: lines.join(" ").trim() })),
  complete,
});

/** Reads the fields of a header or trailer (RFC 9112 §5) with the empty line that ends them. */
export function* readFieldLines(input: MessageInput): Waiting<FieldLines> {
  const growing: Growing = { fields: [], bytes: 0, told: new Set() };
  let isRest = false;
  for (;;) {
    const line: Line | null = yield* input.line();
    if (line === null || (!line.ended && input.isBlocked)) {
      input.take(line?.size ?? 0);
      return done(growing, false);
    }
    const text = isRest ? null : readLatin1(input.bytes, line.start, line.end);
    if (text === "" && line.ended) {
      input.take(line.size);
      return done(growing, true);
    }
    // A message inside of the fields: those of the one before were cut off.
    if (text !== null && isStart(text)) return done(growing, false);
    if (text !== null) addLine(input, growing, text, line);
    // What is longer than a line may be is one field all the same; its rest is left out.
    isRest = !line.ended;
    input.take(line.size);
  }
}

const isStart = (text: string): boolean => {
  if (!text.includes("HTTP/")) return false;
  const colon = text.indexOf(":");
  if (statusLineOf(text) !== null) return true;
  const request = requestLineOf(text);
  return request !== null && (colon < 0 || colon > request.method.length);
};

function tell(input: MessageInput, { told }: Growing, kind: "limit" | "malformed", text: string) {
  if (!told.has(text)) input.note(kind, text);
  told.add(text);
}

function addLine(input: MessageInput, growing: Growing, text: string, line: Line): void {
  growing.bytes += line.size;
  const { fields } = growing;
  const isFull = growing.bytes > MOST_BYTES || fields.length >= MOST_FIELDS;
  if (isFull || !line.ended) tell(input, growing, "limit", "fields are longer than what is kept");
  if (isFull) return;
  const last = fields.at(-1);
  if (/^[ \t]/.test(text) && last !== undefined) {
    // A continuation line (RFC 9112 §5.2).
    last.lines.push(text.trim());
    return;
  }
  const colon = text.indexOf(":");
  const name = text.slice(0, Math.max(0, colon)).trim();
  if (name === "") {
    tell(input, growing, "malformed", "a header line has no name");
    return;
  }
  if (name.length !== colon)
    tell(input, growing, "malformed", "blanks around the name of a header field");
  fields.push({ name, lines: [text.slice(colon + 1).trim()] });
}
