import type { Connection } from "../application.ts";
import type { StreamNote } from "../event.ts";
import type { Place, SideInput, Waiting } from "../input.ts";
import { decodeText } from "./decode.ts";

/** A line of text that was read. */
export interface TextLine {
  readonly text: string;
  /** Where in the stream it lies, with its end. */
  readonly from: number;
  readonly to: number;
  /** Whether bytes are missing before it. */
  readonly isAfterGap: boolean;
}

/** What a {@link TextSide} goes by. */
export interface TextOptions {
  /** Whether a line may begin a message: what is looked for behind a gap. */
  readonly isStart: (text: string) => boolean;
  /** Bytes of a line that are kept; the rest of a longer one is left out. */
  readonly longest: number;
  /** Told of bytes that are read, with their place in the stream. */
  readonly onRead: (bytes: Uint8Array, start: number, end: number, offset: number) => void;
}

/** Reads one side of a protocol of lines: long lines are cut, cut ones left out, gaps passed, each with a note. */
export class TextSide {
  readonly connection: Connection;
  readonly input: SideInput;
  private readonly protocol: string;
  private readonly options: TextOptions;

  constructor(
    connection: Connection,
    input: SideInput,
    protocol: string,
    options: Partial<TextOptions> = {},
  ) {
    this.connection = connection;
    this.input = input;
    this.protocol = protocol;
    this.options = {
      isStart: () => true,
      longest: 8192,
      onRead: () => {},
      ...options,
    };
  }

  /** Says where a message begins, so that what was before is forgotten. */
  begin(): number {
    this.input.begin();
    return this.input.offset;
  }

  /** Where a message lies that began at `from` and ends at what was read last. */
  since(from: number): Place {
    return this.input.place(from, this.input.offset);
  }

  note(kind: StreamNote["kind"], place: Place, text: string): void {
    this.connection.note(this.protocol, kind, place, text);
  }

  /** Notes what is wrong with a line. */
  noteLine(kind: StreamNote["kind"], { from, to }: TextLine, text: string): void {
    this.note(kind, this.input.place(from, to), text);
  }

  /** The next line; `null` at the end of the side. A gap and what cannot be trusted behind it are passed. */
  *line(): Waiting<TextLine | null> {
    const { input, options } = this;
    let isAfterGap = false;
    for (;;) {
      const from = input.offset;
      const line = yield* input.line(options.longest);
      const isCut = line !== null && !line.ended && input.isBlocked && line.size < options.longest;
      if (line === null || isCut) {
        if (line !== null) this.cut(from, line.size);
        if (!this.pass()) return null;
        isAfterGap = true;
        input.begin();
        continue;
      }
      const text = decodeText(input.bytes, line.start, line.end);
      this.skip(line.size);
      if (!line.ended) yield* this.skipRest(from);
      const to = input.offset;
      if (isAfterGap && !options.isStart(text)) {
        this.note("garbage", input.place(from, to), "rest of a line behind missing bytes");
        input.begin();
      } else return { text, from, to, isAfterGap };
    }
  }

  /** Leaves out the rest of a line that is too long. */
  private *skipRest(from: number): Waiting {
    const { input, options } = this;
    for (;;) {
      const rest = yield* input.line(options.longest);
      if (rest === null) break;
      this.skip(rest.size);
      if (rest.ended || (input.isBlocked && input.available === 0)) break;
    }
    this.note("limit", input.place(from, input.offset), "a line is longer than what is kept");
  }

  private skip(size: number): void {
    const { input } = this;
    this.options.onRead(input.bytes, input.start, input.start + size, input.offset);
    input.skip(size);
  }

  private cut(from: number, size: number): void {
    this.input.skip(size);
    this.note("incomplete", this.input.place(from, from + size), "a line was cut off");
  }

  /** Passes a gap, if there is one. */
  pass(): boolean {
    const { input } = this;
    const { offset } = input;
    const missing = input.pass();
    if (missing === 0) return false;
    const place = input.place(offset, offset);
    this.note("gap", place, `${missing} bytes are missing`);
    return true;
  }
}
