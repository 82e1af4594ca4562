import { isIdentification } from "../../protocols/application/ssh/whole.ts";
import { readLatin1 } from "../../schema/value.ts";
import type { Line, Place, SideInput, Waiting } from "../input.ts";
import type { SshConnection } from "./connection.ts";

/** The parts of a line of identification (RFC 4253 §4.2). */
export interface Identification {
  readonly version: string;
  readonly software: string;
  readonly comments: string;
}

/** A line of identification has 255 bytes at most (RFC 4253 §4.2); lines before it may have more. */
const LONGEST = 8192;
/** Lines before it that are kept, and bytes of them that are read at all. */
const MOST_LINES = 64;
const MOST_BEFORE = 65_536;

/** Takes a line of identification apart: `SSH-version-software comments`. */
export function parseIdentification(line: string): Identification {
  const found = /^SSH-([^-]*)-?([^ ]*) ?(.*)$/s.exec(line);
  const [, version = "", software = "", comments = ""] = found ?? [];
  return { version, software, comments };
}

/** Whether who says this version speaks no other than the first (RFC 4253 §5.1). */
export const isOldVersion = (version: string): boolean =>
  version.startsWith("1.") && version !== "1.99";

/** What stands at the beginning of a side. */
export interface Beginning {
  /** The line of identification; `null` where none comes. */
  readonly line: string | null;
  readonly place: Place;
  readonly before: readonly string[];
  /** Whether a gap or the end came first, and not anything else. */
  readonly isCut: boolean;
}

/** Whether a line is text: nobody reads lines out of what is binary. */
function isText(bytes: Uint8Array, { start, end }: Line): boolean {
  for (let i = start; i < end; i++) {
    const c = bytes[i]!;
    if (c < 0x20 && c !== 0x09 && c !== 0x1b) return false;
  }
  return true;
}

/**
 * Reads up to a side's line of identification. What comes before may be lines of text (RFC 4253 §4.2); where it is anything
 * else, reading stops before it.
 */
export function* readBeginning(state: SshConnection, input: SideInput): Waiting<Beginning> {
  const before: string[] = [];
  const first = input.offset;
  for (;;) {
    input.begin();
    const found = yield* input.line(LONGEST);
    const { bytes, offset, available } = input;
    const place = input.place(offset, offset + (found?.size ?? 0));
    const nothing = { line: null, place, before };
    if (found === null) return { ...nothing, isCut: true };
    if (!found.ended) return { ...nothing, isCut: input.isBlocked && found.size === available };
    if (isIdentification(bytes, found.start, found.end)) {
      state.showLine(input, found.size);
      input.skip(found.size);
      return { ...nothing, line: readLatin1(bytes, found.start, found.end), isCut: false };
    }
    if (offset + found.size - first > MOST_BEFORE || !isText(bytes, found))
      return { ...nothing, isCut: false };
    if (before.length < MOST_LINES) before.push(readLatin1(bytes, found.start, found.end));
    state.showBefore(input);
    input.skip(found.size);
  }
}
