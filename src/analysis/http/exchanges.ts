import type { Connection } from "../application.ts";
import type { HttpRequestEvent } from "./events.ts";

/** Requests that wait for a response at most; of more the oldest are forgotten, as where only the client was captured. */
const MOST_WAITING = 1024;

/** What the two sides of a connection know of each other: which requests were not answered yet. */
export class HttpExchanges {
  readonly connection: Connection;
  /** Requests and responses so far. */
  requests: number;
  responses: number;
  private waiting: HttpRequestEvent[];
  private isUncertain: boolean;

  constructor(connection: Connection) {
    this.connection = connection;
    this.requests = this.responses = 0;
    this.waiting = [];
    this.isUncertain = false;
  }

  /** The request that the next response answers: they come in the order of the requests (RFC 9112 §9.3.2). */
  get next(): HttpRequestEvent | null {
    if (this.isUncertain) this.waiting = this.waiting.slice(-1);
    return this.waiting[0] ?? null;
  }

  add(request: HttpRequestEvent): void {
    if (this.waiting.length >= MOST_WAITING) this.waiting.shift();
    this.waiting.push(request);
  }

  /** The request of a final response. */
  take(): HttpRequestEvent | null {
    const { next } = this;
    this.waiting.shift();
    this.isUncertain = false;
    return next;
  }

  isWaiting(request: HttpRequestEvent): boolean {
    return this.waiting.includes(request);
  }

  /**
   * Says that bytes of responses are missing. Which requests were answered in them nobody knows; most clients ask one thing
   * at a time, so the last request is what the next response answers.
   */
  responsesMissing(): void {
    this.isUncertain = true;
  }
}
