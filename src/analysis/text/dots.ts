/** What {@link DotLines} found. */
export interface DotPiece {
  /** Bytes that were read. */
  readonly size: number;
  /** Whether the line with a single dot was among them, and ended them. */
  readonly isEnd: boolean;
}

const DOT = 0x2e;
const CR = 0x0d;
const LF = 0x0a;

/** Where in a line the next byte stands: at its begin, behind a dot there, behind a dot and a carriage return, or later. */
const BEGIN = 0;
const AFTER_DOT = 1;
const AFTER_DOT_CR = 2;
const WITHIN = 3;

const CARRIAGE_RETURN = Uint8Array.of(CR);

/**
 * Lines up to one that is a dot alone (RFC 5321 §4.5.2, RFC 1939 §3), as they come: a dot that begins a line is left out.
 * A line feed ends a line also without carriage return before it.
 */
export class DotLines {
  private state: 0 | 1 | 2 | 3;
  private readonly take: (bytes: Uint8Array, start: number, end: number) => void;

  constructor(take: (bytes: Uint8Array, start: number, end: number) => void) {
    this.take = take;
    this.state = BEGIN;
  }

  /** Begins anew, in the middle of a line: behind bytes that are missing. */
  lost(): void {
    this.state = WITHIN;
  }

  /** Reads bytes, up to the end if it is among them. */
  read(all: Uint8Array, first: number, last: number): DotPiece {
    // A view of these alone, so that no search goes beyond them.
    const bytes = all.subarray(first, last);
    const [start, end] = [0, bytes.length];
    let from = start;
    let at = start;
    while (at < end) {
      const byte = bytes[at]!;
      switch (this.state) {
        case BEGIN:
          if (byte === DOT) {
            this.give(bytes, from, at);
            from = at + 1;
            this.state = AFTER_DOT;
          } else if (byte !== LF) this.state = WITHIN;
          break;
        case AFTER_DOT:
          if (byte === LF) return { size: at + 1 - start, isEnd: true };
          if (byte === CR) this.state = AFTER_DOT_CR;
          else this.state = WITHIN;
          break;
        case AFTER_DOT_CR:
          if (byte === LF) return { size: at + 1 - start, isEnd: true };
          // The carriage return was none of the end's: it was held back, in this piece or the one before.
          if (at === start) this.give(CARRIAGE_RETURN, 0, 1);
          this.state = WITHIN;
          break;
        default: {
          const found = bytes.indexOf(LF, at);
          at = found < 0 ? end - 1 : found;
          if (bytes[at] === LF) this.state = BEGIN;
        }
      }
      at++;
    }
    this.give(bytes, from, this.state === AFTER_DOT_CR ? end - 1 : end);
    return { size: end - start, isEnd: false };
  }

  private give(bytes: Uint8Array, start: number, end: number): void {
    if (start < end) this.take(bytes, start, end);
  }
}
