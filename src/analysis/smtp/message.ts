import type { Connection } from "../application.ts";
import type { SideInput, Waiting } from "../input.ts";
import { MailTeller } from "../mime/mail.ts";
import { DotLines } from "../text/dots.ts";
import type { SmtpSession } from "./session.ts";

/** A mail that a client sends: by DATA, or in the chunks of BDAT. */
export class SmtpMessage {
  private readonly session: SmtpSession;
  private readonly connection: Connection;
  private readonly input: SideInput;
  private readonly teller: MailTeller;

  constructor(session: SmtpSession, input: SideInput) {
    const { connection, from, to } = session;
    this.session = session;
    this.connection = connection;
    this.input = input;
    this.teller = new MailTeller(connection, input, {
      protocol: "smtp",
      sender: from,
      recipients: [...to],
    });
  }

  private readonly take = (bytes: Uint8Array, start: number, end: number): void => {
    this.teller.write(bytes, start, end);
  };

  /** Reads lines up to a dot alone (RFC 5321 §4.5.2). */
  *lines(): Waiting {
    const { input, session } = this;
    const dots = new DotLines(this.take);
    for (;;) {
      while (yield* input.any()) {
        // The end was among bytes that are missing: the server has taken the mail, and this is something else.
        if (session.data === "over") return this.end(false);
        input.begin();
        const { size, isEnd } = dots.read(input.bytes, input.start, input.end);
        if (isEnd) {
          this.end(true, size);
          return;
        }
        input.skip(size);
      }
      if (!this.pass()) return this.end(false);
      dots.lost();
    }
  }

  /** Reads a chunk (RFC 3030 §2). False where the side ended in it. */
  *chunk(size: number, isLast: boolean): Waiting<boolean> {
    const { input } = this;
    let left = size;
    while (left > 0) {
      if (!(yield* input.any())) {
        const { gap } = input;
        if (gap === 0) {
          this.end(false);
          return false;
        }
        this.pass();
        left = Math.max(0, left - gap);
        continue;
      }
      input.begin();
      const count = Math.min(left, input.available);
      this.take(input.bytes, input.start, input.start + count);
      left -= count;
      if (isLast && left === 0) this.end(true, count);
      else input.skip(count);
    }
    if (isLast && size === 0) this.end(true);
    return true;
  }

  private pass(): boolean {
    const { input, connection } = this;
    const { offset } = input;
    const missing = input.pass();
    if (missing === 0) return false;
    connection.note("smtp", "gap", input.place(offset, offset), `${missing} bytes are missing`);
    this.teller.gap();
    return true;
  }

  /** Ends the mail; `size` bytes of its end are read with that. */
  end(complete: boolean, size = 0): void {
    const { connection, input, session, teller } = this;
    teller.end(complete);
    const place = input.place(input.offset, input.offset + size);
    const { from, to } = session;
    connection.emit({
      type: "smtp.message",
      connection: connection.info,
      place,
      from,
      to: [...to],
      size: teller.size,
      mail: teller.event,
      complete: complete && teller.isWhole,
    });
    session.forget();
    input.skip(size);
  }
}
