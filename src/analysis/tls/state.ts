import type { Layer } from "../../schema/layer.ts";
import type { Connection } from "../application.ts";
import type { SideInput } from "../input.ts";
import { isTls13 } from "./hello.ts";

/** A handshake message of which some of the bytes are there. */
export interface PartialMessage {
  /** Where it begins in the side's stream. */
  readonly from: number;
  /** Bytes of it, type and length first, as the records had them. */
  readonly pieces: Uint8Array[];
  /** How many bytes those are. */
  size: number;
}

/** What one side of a connection has come to. */
export interface TlsSide {
  partial: PartialMessage | null;
  /** Whether its ChangeCipherSpec was seen. */
  hasChanged: boolean;
  /** Bytes of a message that is too long to be kept and still to come. */
  skipped: number;
}

/** What both sides of a connection agreed on, as far as it was seen. */
export interface TlsSession {
  /** The version that the server chose; 0 before that. */
  version: number;
  /** Of the client's first message; 0 before that. */
  clientVersion: number;
  cipherSuite: number;
  alpn: string | null;
  clientSession: string;
  /** Whether the server named the session that the client had named. */
  isResumed: boolean;
  /** Whether the client said that data follows its hello at once (RFC 8446 §4.2.10). */
  hasEarlyData: boolean;
  /** The side that sent a ServerHello; -1 before that. */
  serverSide: -1 | 0 | 1;
  /** Whether that side said that its part is done. */
  isServerDone: boolean;
  /** Whether the records are those of SSL 2.0. */
  isSsl2: boolean;
  readonly sides: readonly [TlsSide, TlsSide];
}

const newSide = (): TlsSide => ({
  partial: null,
  hasChanged: false,
  skipped: 0,
});

/** The state of a connection of which nothing was seen. */
export const newSession = (): TlsSession => ({
  version: 0,
  clientVersion: 0,
  cipherSuite: 0,
  alpn: null,
  clientSession: "",
  isResumed: false,
  hasEarlyData: false,
  serverSide: -1,
  isServerDone: false,
  isSsl2: false,
  sides: [newSide(), newSide()],
});

/**
 * Whether a side's handshake messages are encrypted: after ChangeCipherSpec, which TLS 1.3 only sends for the eyes of others
 * (RFC 8446 §D.4).
 */
export const isEncrypted = (session: TlsSession, side: TlsSide): boolean =>
  side.hasChanged && !isTls13(session.version);

/** What those who show a record know beside its bytes. */
export interface ShownRecord {
  /** What the connection had come to when the record was complete. */
  readonly version: number;
  readonly cipherSuite: number;
  readonly alpn: string | null;
  /** Whether it is of the side that sent a ServerHello and did not end its part with keys of its own (RFC 5246 §7.3). */
  readonly isAbbreviated: boolean;
  readonly hasEarlyData: boolean;
  readonly isEncrypted: boolean;
  /** Messages of more than one record that end in this one. */
  readonly messages: readonly Layer[];
}

/** Records that were shown: layers have no room for what only their stream knows. */
const shown = new WeakMap<Layer, ShownRecord>();

/** Shows the record of `size` bytes that stands at the start of an input, with what its stream knows of it. */
export function show(
  connection: Connection,
  session: TlsSession,
  input: SideInput,
  layer: Layer,
  size: number,
  known: Pick<ShownRecord, "isEncrypted" | "messages">,
): void {
  const { version, cipherSuite, alpn, hasEarlyData, serverSide, isServerDone } = session;
  const isAbbreviated = serverSide === input.side && !isServerDone && !isTls13(version);
  const { offset } = input;
  shown.set(layer, { version, cipherSuite, alpn, isAbbreviated, hasEarlyData, ...known });
  connection.show(input.side, [layer, ...known.messages], offset, offset + size);
}

/** What is known of a record that a reader of streams showed; `undefined` for one that was dissected by itself. */
export const shownRecord = (layer: Layer): ShownRecord | undefined => shown.get(layer);
