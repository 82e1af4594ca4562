import type { Place } from "./input.ts";

/** Whose words an event tells. */
export interface ConnectionInfo {
  /** Number of the stream, as in `tcp.stream`; -1 for bytes that come from no capture. */
  readonly index: number;
  /** Addresses as text, and ports: the client's, then the server's. Empty and 0 where there are none. */
  readonly src: string;
  readonly srcPort: number;
  readonly dst: string;
  readonly dstPort: number;
}

/** What all events have. */
export interface StreamEvent {
  /** The application's name, and what happened: `http.request`. */
  readonly type: string;
  readonly connection: ConnectionInfo;
  /** The bytes that say it, and the packets that brought them. */
  readonly place: Place;
}

/** Something that is not as its protocol has it, or could not be read. Reading goes on behind it. */
export interface StreamNote extends StreamEvent {
  readonly type: "note";
  /** Name of the application; empty where none is known. */
  readonly protocol: string;
  /**
   * `garbage`: bytes that are no message, left out; `malformed`: a message with a fault; `gap`: bytes are missing from the
   * capture; `incomplete`: a message that the stream or a gap cut; `limit`: more than is kept.
   */
  readonly kind: "garbage" | "malformed" | "gap" | "incomplete" | "limit";
  readonly text: string;
}
