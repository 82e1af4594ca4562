import type { Place, Waiting } from "../input.ts";
import type { TextLine, TextSide } from "./side.ts";

/** A reply of one or several lines, as FTP and SMTP have them. */
export interface Reply {
  readonly code: number;
  /** The text of each line, without the code where the line has it. */
  readonly lines: readonly string[];
  /** Whether its last line was there. */
  readonly complete: boolean;
  readonly place: Place;
  readonly isAfterGap: boolean;
}

/** Lines of a reply that are kept, and their bytes. */
const MOST_LINES = 1000;
const MOST_BYTES = 65_536;

const FIRST = /^(\d{3})(?:([ -])(.*))?$/s;

/** Whether a line begins a reply: three digits, then a blank, a hyphen or nothing. */
export const isReplyText = (text: string): boolean => FIRST.test(text);

/**
 * Reads a reply (RFC 959 §4.2, RFC 5321 §4.2.1): a hyphen behind the code says that lines follow, of which the last has the
 * code and a blank. `strict` says that each line has the code, as in SMTP: one that has not ends the reply. Lines that begin
 * none are left out with a note. `null` at the end of the side.
 */
export function* readReply(side: TextSide, strict: boolean): Waiting<Reply | null> {
  for (;;) {
    const from = side.begin();
    const line = yield* side.line();
    if (line === null) return null;
    const found = FIRST.exec(line.text);
    if (found === null) {
      if (line.text.trim() !== "") side.noteLine("garbage", line, "no line of a reply");
      continue;
    }
    const [, digits = "", separator = "", text = ""] = found;
    const start: Begun = { side, from, digits, lines: [text], line };
    if (separator === "-") return yield* readRest(start, strict);
    return finish(start, true);
  }
}

interface Begun {
  readonly side: TextSide;
  readonly from: number;
  readonly digits: string;
  readonly lines: string[];
  readonly line: TextLine;
}

const finish = ({ side, from, digits, lines, line }: Begun, complete: boolean): Reply => ({
  code: Number(digits),
  lines,
  complete,
  place: side.since(Math.max(from, line.isAfterGap ? line.from : from)),
  isAfterGap: line.isAfterGap,
});

function* readRest(begun: Begun, strict: boolean): Waiting<Reply> {
  const { side, digits, lines } = begun;
  let bytes = lines[0]!.length;
  let isTold = false;
  for (;;) {
    const line = yield* side.line();
    if (line === null) return finish(begun, false);
    const found = FIRST.exec(line.text);
    const isOwn = found !== null && found[1] === digits;
    if (strict && !isOwn) side.noteLine("malformed", line, "a line of another reply amid a reply");
    const text = isOwn ? (found[3] ?? "") : line.text;
    bytes += text.length + 2;
    if (lines.length < MOST_LINES && bytes <= MOST_BYTES) lines.push(text);
    else if (!isTold) {
      isTold = true;
      side.noteLine("limit", line, "a reply has more lines than what is kept");
    }
    if (isOwn && found[2] !== "-") return finish(begun, !line.isAfterGap);
    if ((strict && !isOwn && found?.[2] !== "-") || (line.isAfterGap && !isOwn))
      return finish(begun, false);
  }
}
