import type { Connection } from "../application.ts";
import type { AnalysisEvent } from "../events.ts";
import type { Place } from "../input.ts";
import { type Credentials, SaslExchange } from "./credentials.ts";

/** The events of an answer in the course of an authentication. */
type AnswerType = Extract<AnalysisEvent, { readonly mechanism: string; readonly answer: string }>;

/**
 * The authentication that a client goes through on a connection: begun by a command, and gone on with by lines that are no
 * commands (RFC 4954 §4, RFC 5034 §4, RFC 9051 §6.2.2).
 */
export class SaslDialogue {
  private readonly connection: Connection;
  private readonly type: AnswerType["type"];
  private exchange: SaslExchange | null;

  constructor(connection: Connection, type: AnswerType["type"]) {
    this.connection = connection;
    this.type = type;
    this.exchange = null;
  }

  /** Whether one goes on. */
  get isOpen(): boolean {
    return this.exchange !== null;
  }

  /** Begins with what a command says: a mechanism, and perhaps the first answer, of which `=` is an empty one. */
  begin(argument: string): Credentials | null {
    const [mechanism = "", first] = argument.trim().split(/\s+/);
    this.exchange = new SaslExchange(mechanism);
    return first === undefined || first === "=" ? null : this.exchange.next(first);
  }

  /** Takes an answer of the client, and tells it. */
  answer(answer: string, place: Place): void {
    const { connection, type, exchange } = this;
    if (exchange === null) return;
    const { mechanism } = exchange;
    const credentials = exchange.next(answer);
    connection.emit({ type, connection: connection.info, place, mechanism, answer, credentials });
  }

  /** It is over, or given up. */
  end(): void {
    this.exchange = null;
  }
}
