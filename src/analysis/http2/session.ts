import { readU16, readU32 } from "../../bytes/numbers.ts";
import type { Connection } from "../application.ts";
import { httpField } from "../http/fields.ts";
import { httpUpgrades } from "../http/upgrade.ts";
import type { Place, Side } from "../input.ts";
import type { Http2SettingValue } from "./events.ts";
import { FieldBlock } from "./field-block.ts";
import { DEFAULT_TABLE, HpackDecoder } from "./hpack.ts";
import { Http2Streams } from "./streams.ts";

/** Numbers of settings (RFC 9113 §6.5.2). */
const HEADER_TABLE_SIZE = 1;
const MAX_FRAME_SIZE = 5;
const LEAST_FRAME_LIMIT = 16_384;
const GREATEST_FRAME_LIMIT = 0xffffff;
/** Settings of one frame that are told: there are not so many. */
const MOST_SETTINGS = 1000;
/** SETTINGS frames that wait for their acknowledgment. */
const MOST_WAITING = 100;

/** What is known of one side as a sender. */
export class SenderState {
  readonly decoder = new HpackDecoder();
  readonly block: FieldBlock = new FieldBlock(this.decoder);
  /** Bytes of a frame that the other side accepts; before its settings were seen, as many as there can be. */
  frameLimit: number = GREATEST_FRAME_LIMIT;
  /** Table sizes that it announced and the other side has not acknowledged. */
  announced: number[] = [];
  /** The size of the table that it lets the other side use. */
  tableSize: number = DEFAULT_TABLE;
  /** Acknowledgments by the other side that were seen before what they acknowledge. */
  early = 0;

  constructor() {
    // Until settings are seen nobody knows what is allowed.
    this.decoder.allow(Number.MAX_SAFE_INTEGER);
  }
}

/** What both sides of a connection share: settings, tables and streams. */
export class Http2Session {
  readonly connection: Connection;
  readonly senders: readonly [SenderState, SenderState];
  readonly streams: Http2Streams;
  /** Whether the connection was seen from its beginning. */
  isFromStart: boolean;

  constructor(connection: Connection) {
    this.connection = connection;
    this.senders = [new SenderState(), new SenderState()];
    this.streams = new Http2Streams(connection);
    this.isFromStart = false;
    this.takeUpgrade();
  }

  /** What an Upgrade of HTTP/1.1 left: the first request, and the client's settings (RFC 7540 §3.2.1). */
  private takeUpgrade(): void {
    const { connection } = this;
    const upgrade = connection.shared(httpUpgrades).get(connection);
    if (upgrade === undefined) return;
    this.isFromStart = true;
    if (upgrade.request === null) return;
    this.streams.upgrade(upgrade.request);
    const bytes = fromBase64(httpField(upgrade.request.headers, "http2-settings") ?? "");
    this.settings(0, settingsOf(bytes, 0, bytes.length));
    this.acknowledge(1);
  }

  /** Settings that a side announces: they say what the other may send. */
  settings(side: Side, settings: readonly Http2SettingValue[]): void {
    const own = this.senders[side];
    const other = this.senders[side === 0 ? 1 : 0];
    let limit = other.frameLimit === GREATEST_FRAME_LIMIT ? LEAST_FRAME_LIMIT : other.frameLimit;
    for (const { id, value } of settings) {
      if (id === HEADER_TABLE_SIZE) own.tableSize = value;
      // A smaller one may not have arrived yet: the greatest of all is what tells frames from garbage.
      if (id === MAX_FRAME_SIZE) limit = Math.max(limit, Math.min(value, GREATEST_FRAME_LIMIT));
    }
    other.frameLimit = limit;
    if (own.early > 0) {
      own.early--;
      other.decoder.allow(own.tableSize);
    } else if (own.announced.length < MOST_WAITING) own.announced.push(own.tableSize);
  }

  /** A side acknowledges what the other announced: its tables keep to that from now on (RFC 9113 §6.5.3). */
  acknowledge(side: Side): void {
    const other = this.senders[side === 0 ? 1 : 0];
    const size = other.announced.shift();
    if (size === undefined) other.early = Math.min(other.early + 1, MOST_WAITING);
    else this.senders[side].decoder.allow(size);
  }

  /** Says that frames of a side were lost: what its tables hold is not known any more. */
  lose(side: Side): void {
    const { decoder, block } = this.senders[side];
    block.drop();
    decoder.forget();
  }

  note(
    kind: "garbage" | "malformed" | "gap" | "incomplete" | "limit",
    place: Place,
    text: string,
  ): void {
    this.connection.note("http2", kind, place, text);
  }
}

/** The settings in a frame's payload. */
export function settingsOf(bytes: Uint8Array, start: number, end: number): Http2SettingValue[] {
  const settings: Http2SettingValue[] = [];
  for (let at = start; at + 6 <= end && settings.length < MOST_SETTINGS; at += 6)
    settings.push({ id: readU16(bytes, at), value: readU32(bytes, at + 2) });
  return settings;
}

/** The bytes of text in base64 with the alphabet of URLs (RFC 4648 §5); none where it is not such. */
function fromBase64(text: string): Uint8Array {
  try {
    const plain = atob(text.trim().replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (c) => c.charCodeAt(0));
  } catch {
    return new Uint8Array(0);
  }
}
