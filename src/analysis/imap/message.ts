import { joined } from "../../bytes/joined.ts";
import { imap } from "../../protocols/application/imap/imap.ts";
import { mail } from "../../protocols/application/mail/mail.ts";
import type { Connection } from "../application.ts";
import type { Place, SideInput, Waiting } from "../input.ts";
import { MailTeller } from "../mime/mail.ts";
import { decodeText } from "../text/decode.ts";
import { watched } from "../text/segments.ts";
import { TextSide } from "../text/side.ts";

/** A literal is announced at the end of a line (RFC 9051 §4.3); a plus says that nobody waits for leave to send it. */
const LITERAL = /~?\{(\d{1,15})(\+)?\}$/;
/** Literals that hold a mail: of FETCH, and of APPEND, which is the only literal behind flags and date. */
const MAIL = /(?:\bRFC822|\bBODY\[\]|\bBINARY\[\])(?:<\d+>)? ~?\{\d+\}$/i;
const APPEND = /^\S+ APPEND .*~?\{\d+\+?\}$/i;

/** Bytes of a literal that is kept as text, of all text of a message, and literals of a message. */
const MOST_LITERAL = 8192;
const MOST_TEXT = 65_536;
const MOST_LITERALS = 1000;

/** Lines that belong together: a command or a response with its literals. */
export interface ImapMessage {
  /** The lines, joined: `{n}` stands where a literal did. */
  readonly text: string;
  readonly literals: readonly (string | null)[];
  readonly complete: boolean;
  readonly place: Place;
  readonly isAfterGap: boolean;
}

/** Keeps the bytes of messages, so that each is shown whole. */
class Keeper {
  private bytes: Uint8Array;
  private length: number;
  /** Where in the stream they begin, and how many of them are whole messages. */
  private from: number;
  private whole: number;
  private mails: [start: number, end: number][];
  private readonly connection: Connection;
  private readonly input: SideInput;

  constructor(connection: Connection, input: SideInput) {
    this.connection = connection;
    this.input = input;
    this.mails = [];
    this.bytes = new Uint8Array(0);
    this.length = this.whole = 0;
    this.from = input.offset;
  }

  /** Keeps bytes that are about to be read. */
  add(bytes: Uint8Array, start: number, end: number, offset: number): void {
    if (!this.connection.shows) return;
    if (this.from + this.length !== offset || this.length > this.input.limit) this.lose(offset);
    const size = this.length + end - start;
    if (size > this.bytes.length) {
      const more = new Uint8Array(size * 2);
      more.set(this.bytes.subarray(0, this.length));
      this.bytes = more;
    }
    this.bytes.set(bytes.subarray(start, end), this.length);
    this.length = size;
  }

  private lose(offset: number): void {
    this.bytes = new Uint8Array(0);
    this.length = this.whole = 0;
    this.mails = [];
    this.from = offset;
  }

  /** Says that a mail of so many bytes comes next. */
  mail(size: number): void {
    const from = this.length;
    if (this.connection.shows) this.mails.push([from, from + size]);
  }

  /** Says that a message ends here. */
  end(): void {
    this.whole = this.length;
  }

  /** Shows the messages that are whole. */
  show(): void {
    const { connection, whole, from } = this;
    if (whole === 0) return;
    const layers = [connection.dissect(imap, this.bytes, 0, whole)];
    for (const [start, end] of this.mails.splice(0))
      if (end <= whole) layers.push(connection.dissect(mail, this.bytes, start, end));
    connection.show(this.input.side, layers, from, from + whole);
    this.bytes.copyWithin(0, whole, this.length);
    this.length -= whole;
    this.from += whole;
    this.whole = 0;
  }
}

/** Reads the messages of one side. */
export class ImapSide {
  readonly lines: TextSide;
  private readonly connection: Connection;
  private readonly input: SideInput;
  private readonly keeper: Keeper;
  /** Whether a literal that was announced will not come. */
  private readonly isRefused: (text: string) => boolean;

  constructor(
    connection: Connection,
    input: SideInput,
    isStart: (text: string) => boolean,
    isRefused: (text: string) => boolean,
  ) {
    this.connection = connection;
    this.input = input;
    this.isRefused = isRefused;
    this.keeper = new Keeper(connection, input);
    this.lines = new TextSide(connection, input, "imap", {
      isStart,
      longest: MOST_TEXT,
      onRead: (bytes, start, end, offset) => this.keeper.add(bytes, start, end, offset),
    });
  }

  /** Runs a reader of this side, and shows what is whole before more is waited for. */
  showing(reader: Waiting): Waiting {
    return watched(
      reader,
      () => {},
      () => this.keeper.show(),
    );
  }

  /** The next message; `null` at the end of the side. */
  *message(): Waiting<ImapMessage | null> {
    const { lines } = this;
    const begun = lines.begin();
    const line = yield* lines.line();
    if (line === null) return null;
    const from = Math.max(begun, line.from);
    let { text } = line;
    let last = text;
    const literals: (string | null)[] = [];
    let complete = true;
    for (;;) {
      const found = LITERAL.exec(last);
      if (found === null) break;
      if (!(yield* this.isComing(text))) break;
      const literal = yield* this.literal(Number(found[1]), text);
      if (literals.length < MOST_LITERALS) literals.push(literal.text);
      complete &&= literal.complete;
      const rest = yield* lines.line();
      complete &&= rest !== null && !rest.isAfterGap;
      if (rest === null) break;
      last = rest.text;
      if (text.length + last.length <= MOST_TEXT) text += last;
    }
    this.keeper.end();
    return { text, literals, complete, place: lines.since(from), isAfterGap: line.isAfterGap };
  }

  /** Waits for a literal to begin, unless it is refused. */
  private *isComing(text: string): Waiting<boolean> {
    const { input } = this;
    while (input.available === 0) {
      if (input.isBlocked) return input.gap > 0;
      if (this.isRefused(text)) return false;
      yield;
    }
    return true;
  }

  private *literal(
    size: number,
    text: string,
  ): Waiting<{ text: string | null; complete: boolean }> {
    const { input, connection } = this;
    if (MAIL.test(text) || APPEND.test(text)) {
      const about = { protocol: "imap", sender: null, recipients: [] } as const;
      const teller = new MailTeller(connection, input, about);
      this.keeper.mail(size);
      const complete = yield* this.bytes(size, teller);
      teller.end(complete);
      return { text: null, complete };
    }
    const kept: Uint8Array[] = [];
    const write = (bytes: Uint8Array, start: number, end: number): void => {
      if (size <= MOST_LITERAL) kept.push(bytes.slice(start, end));
    };
    const complete = yield* this.bytes(size, { write, gap: () => {} });
    return { text: size <= MOST_LITERAL ? joinedText(kept) : null, complete };
  }

  /** Reads bytes as they come; false where some of them are missing. */
  private *bytes(
    size: number,
    taker: { write(bytes: Uint8Array, start: number, end: number): void; gap(): void },
  ): Waiting<boolean> {
    const { input } = this;
    let complete = true;
    let left = size;
    while (left > 0) {
      if (!(yield* input.any())) {
        const { gap } = input;
        if (!this.lines.pass()) return false;
        taker.gap();
        complete = false;
        left = Math.max(0, left - gap);
        continue;
      }
      const count = Math.min(left, input.available);
      taker.write(input.bytes, input.start, input.start + count);
      this.keeper.add(input.bytes, input.start, input.start + count, input.offset);
      input.skip(count);
      left -= count;
    }
    return complete;
  }
}

function joinedText(pieces: readonly Uint8Array[]): string {
  const all = joined(pieces);
  return decodeText(all, 0, all.length);
}
