import type { Connection } from "../application.ts";
import type { Place } from "../input.ts";
import { type Credentials, SaslExchange } from "../text/credentials.ts";
import type { Roles } from "../text/roles.ts";
import type { PopCommandEvent, PopResponseEvent } from "./events.ts";

/** Commands that wait for a response at most: of more the oldest are forgotten. */
const MOST_WAITING = 1024;

/** A response as it was read. */
export interface PopResponse {
  readonly status: PopResponseEvent["status"];
  readonly text: string;
  readonly lines: readonly string[];
  readonly complete: boolean;
  readonly place: Place;
}

/** What the two sides of a connection know of each other. */
export class PopSession {
  readonly connection: Connection;
  readonly roles: Roles;
  /** Whether the client asked for TLS and was not answered yet. */
  isUpgrading: boolean;
  /** The authentication that goes on. */
  sasl: SaslExchange | null;
  private waiting: PopCommandEvent[];

  constructor(connection: Connection, roles: Roles) {
    this.connection = connection;
    this.roles = roles;
    this.isUpgrading = false;
    this.sasl = null;
    this.waiting = [];
  }

  /** What the next response answers. */
  get next(): PopCommandEvent | null {
    return this.waiting[0] ?? null;
  }

  command(command: string, argument: string, place: Place): void {
    const { connection } = this;
    this.sasl = null;
    const event: PopCommandEvent = {
      type: "pop.command",
      connection: connection.info,
      place,
      command,
      argument,
      credentials: this.credentialsOf(command, argument),
    };
    if (this.waiting.length >= MOST_WAITING) this.waiting.shift();
    this.waiting.push(event);
    if (command === "STLS") this.isUpgrading = true;
    connection.emit(event);
  }

  /** An answer of the client in the course of AUTH. */
  answer(answer: string, place: Place): void {
    const { connection, sasl } = this;
    if (sasl === null) return;
    const credentials = sasl.next(answer);
    const { mechanism } = sasl;
    connection.emit({
      type: "pop.auth",
      connection: connection.info,
      place,
      mechanism,
      answer,
      credentials,
    });
  }

  /** Takes a response; true where what follows is TLS (RFC 2595 §4). */
  response(response: PopResponse): boolean {
    const { connection } = this;
    const command = this.next;
    const { info } = connection;
    if (response.status !== "+") {
      this.waiting.shift();
      this.sasl = null;
      if (command?.command === "STLS") this.isUpgrading = false;
    }
    connection.emit({ type: "pop.response", connection: info, ...response, command });
    return command?.command === "STLS" && response.status === "+OK";
  }

  /** Forgets commands after bytes of responses are missing: nobody knows which were answered. */
  responsesMissing(): void {
    this.waiting = this.waiting.slice(-1);
  }

  private credentialsOf(command: string, argument: string): Credentials | null {
    if (command === "USER") return { mechanism: command, user: argument, password: null };
    if (command === "PASS") return { mechanism: command, user: null, password: argument };
    if (command === "APOP") {
      const [user = ""] = argument.split(" ");
      return { mechanism: command, user, password: null };
    }
    if (command !== "AUTH" || argument === "") return null;
    const [mechanism = "", first] = argument.split(/\s+/);
    this.sasl = new SaslExchange(mechanism);
    return first === undefined || first === "=" ? null : this.sasl.next(first);
  }
}
