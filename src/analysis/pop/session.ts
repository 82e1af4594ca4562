import type { Connection } from "../application.ts";
import type { Place } from "../input.ts";
import type { Credentials } from "../text/credentials.ts";
import type { Roles } from "../text/roles.ts";
import { SaslDialogue } from "../text/sasl.ts";
import { WaitingCommands } from "../text/waiting.ts";
import type { PopCommandEvent, PopResponseEvent } from "./events.ts";

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
  readonly sasl: SaslDialogue;
  private readonly waiting: WaitingCommands<PopCommandEvent>;

  constructor(connection: Connection, roles: Roles) {
    this.connection = connection;
    this.roles = roles;
    this.isUpgrading = false;
    this.sasl = new SaslDialogue(connection, "pop.auth");
    this.waiting = new WaitingCommands();
  }

  /** What the next response answers. */
  get next(): PopCommandEvent | null {
    return this.waiting.next;
  }

  command(command: string, argument: string, place: Place): void {
    const { connection } = this;
    this.sasl.end();
    const event: PopCommandEvent = {
      type: "pop.command",
      connection: connection.info,
      place,
      command,
      argument,
      credentials: this.credentialsOf(command, argument),
    };
    this.waiting.add(event);
    if (command === "STLS") this.isUpgrading = true;
    connection.emit(event);
  }

  /** Takes a response; true where what follows is TLS (RFC 2595 §4). */
  response(response: PopResponse): boolean {
    const { connection } = this;
    const command = this.next;
    const { info } = connection;
    if (response.status !== "+") {
      this.waiting.answered();
      this.sasl.end();
      if (command?.command === "STLS") this.isUpgrading = false;
    }
    connection.emit({ type: "pop.response", connection: info, ...response, command });
    return command?.command === "STLS" && response.status === "+OK";
  }

  /** Forgets commands after bytes of responses are missing: nobody knows which were answered. */
  responsesMissing(): void {
    this.waiting.keepLast();
  }

  private credentialsOf(command: string, argument: string): Credentials | null {
    if (command === "USER") return { mechanism: command, user: argument, password: null };
    if (command === "PASS") return { mechanism: command, user: null, password: argument };
    if (command === "APOP") {
      const [user = ""] = argument.split(" ");
      return { mechanism: command, user, password: null };
    }
    if (command !== "AUTH" || argument === "") return null;
    return this.sasl.begin(argument);
  }
}
