import type { Connection } from "../application.ts";
import type { Credentials } from "../text/credentials.ts";
import type { Roles } from "../text/roles.ts";
import { SaslDialogue } from "../text/sasl.ts";
import { MOST_WAITING } from "../text/waiting.ts";
import type { ImapCommandEvent } from "./events.ts";
import type { ImapMessage } from "./message.ts";

const COMMAND = /^(\S+)[ \t]+(?:(UID)[ \t]+)?(\S+)(?:[ \t]+(.*))?$/is;
const RESPONSE = /^(\S+)(?:[ \t]+(\d{1,10})(?=[ \t]))?(?:[ \t]+([^\s(]+))?[ \t]*(.*)$/s;

/** Words that may begin a command (RFC 9051 §6, and extensions): letters, and what experiments have before them. */
const WORD = /^[A-Za-z][A-Za-z0-9.-]{1,31}$/;

/** Whether a line may begin a command. */
export const isCommandText = (text: string): boolean => {
  const found = COMMAND.exec(text);
  return found !== null && WORD.test(found[3]!) && /^[A-Za-z0-9]/.test(found[1]!);
};

/** Whether a line may begin a response. */
export const isResponseText = (text: string): boolean =>
  /^(?:\*[ \t]|\+(?:[ \t]|$)|[A-Za-z0-9]\S{0,63}[ \t]+(?:OK|NO|BAD)(?:[ \t]|$))/i.test(text);

/** What the two sides of a connection know of each other. */
export class ImapSession {
  readonly connection: Connection;
  readonly roles: Roles;
  /** Tag of the STARTTLS that was not answered yet. */
  upgrading: string | null;
  /** The authentication that goes on. */
  readonly sasl: SaslDialogue;
  /** By their tags. */
  private readonly waiting: Map<string, ImapCommandEvent>;
  /** Tags that were refused while their literal was waited for. */
  private refused: string;

  constructor(connection: Connection, roles: Roles) {
    this.connection = connection;
    this.roles = roles;
    this.upgrading = null;
    this.sasl = new SaslDialogue(connection, "imap.auth");
    this.waiting = new Map();
    this.refused = "";
  }

  /** Whether the server refused the command that a text begins (RFC 9051 §4.3). */
  isRefused(text: string): boolean {
    return this.refused !== "" && text.startsWith(`${this.refused} `);
  }

  /** Takes a command; false where the message is none. */
  command({ text, literals, place }: ImapMessage): boolean {
    const found = COMMAND.exec(text);
    if (found === null || !WORD.test(found[3]!)) return false;
    const { connection } = this;
    const [, tag = "", uid, word = "", rest = ""] = found;
    const command = word.toUpperCase();
    const event: ImapCommandEvent = {
      type: "imap.command",
      connection: connection.info,
      place,
      tag,
      command,
      isUid: uid !== undefined,
      arguments: rest,
      literals,
      credentials: this.credentialsOf(command, rest, literals),
    };
    if (this.waiting.size >= MOST_WAITING)
      this.waiting.delete(this.waiting.keys().next().value ?? "");
    this.waiting.set(tag, event);
    this.refused = "";
    if (command === "STARTTLS") this.upgrading = tag;
    connection.emit(event);
    return true;
  }

  /** Takes a response; true where what follows is TLS (RFC 9051 §6.2.1). */
  response({ text, literals, complete, place }: ImapMessage): boolean {
    const { connection } = this;
    const [, tag = "", number, word = "", rest = ""] = RESPONSE.exec(text) ?? [];
    const isTagged = tag !== "*" && tag !== "+";
    const name = tag === "+" ? "" : word.toUpperCase();
    const command = isTagged ? (this.waiting.get(tag) ?? null) : null;
    if (isTagged) {
      this.waiting.delete(tag);
      this.refused = tag;
      if (command?.command === "AUTHENTICATE") this.sasl.end();
    }
    connection.emit({
      type: "imap.response",
      connection: connection.info,
      place,
      tag,
      name,
      number: number === undefined ? null : Number(number),
      text: tag === "+" ? text.slice(1).trimStart() : rest,
      literals,
      command,
      complete,
    });
    const isUpgrade = isTagged && tag === this.upgrading;
    if (isUpgrade) this.upgrading = null;
    return isUpgrade && name === "OK";
  }

  private credentialsOf(
    command: string,
    text: string,
    literals: readonly (string | null)[],
  ): Credentials | null {
    if (command === "LOGIN") {
      const [user = null, password = null] = stringsOf(text, literals);
      return { mechanism: command, user, password };
    }
    if (command !== "AUTHENTICATE") return null;
    return this.sasl.begin(text);
  }
}

/** The strings of an argument: atoms, in quotes, or literals (RFC 9051 §4.3). */
function stringsOf(text: string, literals: readonly (string | null)[]): (string | null)[] {
  let n = 0;
  const parts = text.matchAll(/"((?:[^"\\]|\\.)*)"|(~?\{\d{1,15}\+?\})|([^\s"]+)/gs);
  return Array.from(parts, ([, quoted, literal, atom]) => {
    if (literal !== undefined) return literals[n++] ?? null;
    return quoted === undefined ? (atom ?? null) : quoted.replace(/\\(.)/gs, "$1");
  });
}
