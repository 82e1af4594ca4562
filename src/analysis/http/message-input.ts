import type { Connection } from "../application.ts";
import type { StreamNote } from "../event.ts";
import type { Line, SideInput, Waiting } from "../input.ts";
import { Recorder } from "./recorder.ts";

/** A line that is longer comes in pieces. */
const LONGEST_LINE = 65_536;

/** What one side says, and the bytes of the message that is read at the moment, where somebody wants it whole. */
export class MessageInput {
  readonly connection: Connection;
  readonly input: SideInput;
  /** Where in the stream the message begins. */
  from: number;
  /** Bytes of it that are missing. */
  missing: number;
  private readonly recorder: Recorder | null;

  constructor(connection: Connection, input: SideInput) {
    this.connection = connection;
    this.input = input;
    this.from = input.offset;
    this.missing = 0;
    this.recorder = connection.shows ? new Recorder(input.limit) : null;
  }

  get bytes(): Uint8Array {
    return this.input.bytes;
  }
  get isBlocked(): boolean {
    return this.input.isBlocked;
  }

  /** Begins a message. */
  begin(): void {
    this.input.begin();
    this.from = this.input.offset;
    this.missing = 0;
    this.recorder?.reset();
  }

  line(limit: number = LONGEST_LINE): Waiting<Line | null> {
    return this.input.line(limit);
  }

  /** Reads bytes that belong to the message. */
  take(count: number): void {
    const { bytes, start } = this.input;
    this.recorder?.add(bytes, start, start + count);
    this.input.skip(count);
  }

  /**
   * Reads content as it comes, over gaps that lie inside of it. Gives whether its end was reached: bytes of it that are
   * missing are counted, and `tell` gets the others before they are counted as read.
   */
  *content(length: number, tell: (bytes: Uint8Array) => void): Waiting<boolean> {
    const { input, recorder } = this;
    const piece = (bytes: Uint8Array, start: number, end: number): void => {
      recorder?.add(bytes, start, end);
      tell(bytes.subarray(start, end));
      input.begin();
    };
    let left = length;
    for (;;) {
      left -= yield* input.each(left, piece);
      if (left === 0) return true;
      const { gap } = input;
      if (gap === 0) return false;
      this.missing += Math.min(gap, left);
      if (gap > left) return false;
      this.note("gap", `${gap} bytes are missing in the content`);
      left -= gap;
      input.pass();
      if (left === 0) return true;
    }
  }

  /** Says what is wrong where the input stands. */
  note(kind: StreamNote["kind"], text: string): void {
    const { input } = this;
    const place = input.place(input.offset, input.offset + input.available);
    this.connection.note("http", kind, place, text);
  }

  /** The message as it was sent. */
  whole(): Uint8Array | null {
    return this.recorder?.take() ?? null;
  }
}
