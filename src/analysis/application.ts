import type { Dissector } from "../packet/dissector.ts";
import type { Layer } from "../schema/layer.ts";
import type { AnyProtocol } from "../schema/protocol.ts";
import type { ConnectionInfo, StreamNote } from "./event.ts";
import type { AnalysisEvent } from "./events.ts";
import type { Place, Side, SideInput, Waiting } from "./input.ts";

/**
 * What the first bytes of a connection say of an application: `more` where they are too few to tell. `perhaps` is for
 * one that is expected and finds its messages in whatever comes first: it is believed where nobody else says `yes`.
 */
export type Verdict = "yes" | "no" | "more" | "perhaps";

/** What is there of a connection when an application is looked for; nothing of it was read. */
export interface FirstBytes {
  readonly inputs: readonly [SideInput, SideInput];
  readonly info: ConnectionInfo;
  /** Whether one of the ports is the application's. */
  readonly isExpected: boolean;
  /** As in {@link Connection}: what other connections said. */
  shared<T>(make: () => T): T;
}

/** A protocol message that is complete. */
export interface ShownMessage {
  readonly side: Side;
  /** The layers in the order in which they are shown, each with those above it. Their bytes are a copy. */
  readonly layers: readonly Layer[];
  /** Where in the side's stream the message lies. */
  readonly from: number;
  readonly to: number;
}

/** What the readers of one connection share, and where they say what they found. */
export interface Connection {
  readonly inputs: readonly [SideInput, SideInput];
  readonly info: ConnectionInfo;
  readonly dissector: Dissector;
  /** Whether anybody wants messages by {@link show}: otherwise they need not be kept whole for it. */
  readonly shows: boolean;
  /** A value that all connections of an analysis share, one for each maker: expected data connections, known sessions. */
  shared<T>(make: () => T): T;
  emit(event: AnalysisEvent): void;
  /** Emits a {@link StreamNote}. */
  note(protocol: string, kind: StreamNote["kind"], place: Place, text: string): void;
  /** Dissects a message from a protocol on, over a copy of `bytes[start, end)`: it lasts. */
  dissect(protocol: AnyProtocol, bytes: Uint8Array, start: number, end: number): Layer;
  /** Tells a whole message to whoever shows layers; `from` and `to` say where it lies in the side's stream. */
  show(side: Side, layers: readonly Layer[], from: number, to: number): void;
  /** The application of a name; `null` where nobody reads it. */
  named(name: string): Application | null;
  /**
   * Makes all that follows another application's, from where the input of each side stands; `null` is whichever the bytes
   * look like, or `port` stands for at the other end of a tunnel. Both readers end here: the one that calls this returns,
   * the other is not called again.
   */
  become(application: Application | null, port?: number): void;
}

/** A protocol over streams: how it is known, and what reads it. */
export interface Application {
  /** Short name, lower case: `http`. */
  readonly name: string;
  /** TCP ports of servers where it is expected. */
  readonly ports: readonly number[];
  /** The declarations of its messages: a port that is bound to one of them is the application's. */
  readonly protocols: readonly AnyProtocol[];
  /** Whether another connection announced this one: then it is asked before those whose ports stand for them. */
  expects?(first: FirstBytes): boolean;
  /** What the first bytes say; asked again as more come, until it is `yes` or `no` or 4096 bytes are there. */
  guess(first: FirstBytes): Verdict;
  /** Readers of the client's and of the server's side. One that returns leaves the rest of its side unread. */
  read(connection: Connection): readonly [Waiting, Waiting];
}
