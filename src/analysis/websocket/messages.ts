import { readU16 } from "../../bytes/numbers.ts";
import { opcodes } from "../../protocols/application/websocket/frame.ts";
import type { Connection } from "../application.ts";
import type { Place } from "../input.ts";
import type { MessageInflater } from "./inflate.ts";
import type { WebsocketShownMessage } from "./shown.ts";

/** The header of a frame. */
export interface FrameHead {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  /** Bytes of the header, and of the payload. */
  readonly header: number;
  readonly length: number;
  /** Where in the side's stream it begins. */
  readonly from: number;
}

/** The first reserved bit: the message is compressed (RFC 7692 §6). */
export const COMPRESSED = 4;

/** A text where bytes are UTF-8; `null` where they are not (RFC 6455 §8.1). */
export function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Puts the messages of one side together, and tells them. */
export class Messages {
  private readonly connection: Connection;
  private readonly limit: number;
  /** Decompresses; `null` where compression was not agreed on. */
  private readonly inflater: MessageInflater | null;
  /** Where in the stream the open message begins; -1 where none is open. */
  from: number;
  private kind: "text" | "binary";
  private isCompressed: boolean;
  private frames: number;
  private bytes: Uint8Array;
  private used: number;
  private length: number;
  private isWhole: boolean;
  private packets: number[];

  constructor(connection: Connection, limit: number, inflater: MessageInflater | null) {
    this.connection = connection;
    this.limit = limit;
    this.inflater = inflater;
    this.from = -1;
    this.kind = "binary";
    this.isCompressed = false;
    this.frames = this.used = this.length = 0;
    this.bytes = new Uint8Array(0);
    this.isWhole = true;
    this.packets = [];
  }

  get isDeflate(): boolean {
    return this.inflater !== null;
  }
  get held(): number {
    return this.bytes.length;
  }

  /** Begins a data frame: of a message, or going on with one (RFC 6455 §5.4). */
  begin({ opcode, rsv, from }: FrameHead, place: Place): void {
    const isContinuation = opcode === opcodes.continuation;
    if (this.from < 0 && isContinuation) this.note("malformed", place, "a continuation of nothing");
    if (this.from >= 0 && !isContinuation) this.abandon(place, "a message that another interrupts");
    if (this.from < 0) {
      this.from = from;
      this.kind = opcode === opcodes.text ? "text" : "binary";
      this.isCompressed = (rsv & COMPRESSED) !== 0;
      // Of one whose beginning is missing nobody knows whether it is text or compressed.
      this.isWhole = !isContinuation;
    } else if ((rsv & COMPRESSED) !== 0) this.note("malformed", place, "a compressed continuation");
    this.frames++;
  }

  /** Adds content, without mask. */
  add(bytes: Uint8Array): void {
    this.length += bytes.length;
    const size = Math.min(bytes.length, this.limit - this.used);
    if (size < bytes.length) this.isWhole = false;
    if (this.used + size > this.bytes.length) {
      const bigger = new Uint8Array(Math.min(this.limit, Math.max(256, (this.used + size) * 2)));
      bigger.set(this.bytes.subarray(0, this.used));
      this.bytes = bigger;
    }
    this.bytes.set(bytes.subarray(0, size), this.used);
    this.used += size;
  }

  /** Says that content is missing. */
  miss(): void {
    this.isWhole = false;
  }

  /** Ends a frame; gives the message that it ended. */
  end(isLast: boolean, packet: number, place: Place): WebsocketShownMessage | null {
    if (this.connection.shows && this.packets.length < 65_536) this.packets.push(packet);
    return isLast ? this.finish(place) : null;
  }

  /** Ends a message that will not be whole. */
  abandon(place: Place, why: string): void {
    if (this.from < 0) return;
    this.note("incomplete", place, why);
    this.isWhole = false;
    this.finish(place);
  }

  /** Frames were lost: what later messages refer to is not known. */
  lose(): void {
    this.inflater?.lose();
  }

  private finish(place: Place): WebsocketShownMessage | null {
    const { kind, isCompressed, isWhole, packets, frames, length, connection } = this;
    if (this.used < length && this.used === this.limit)
      this.note("limit", place, `a message of ${length} bytes`);
    const sent = this.bytes.slice(0, this.used);
    const plain = isCompressed ? this.inflate(sent, place) : sent;
    const complete = isWhole && plain !== null;
    const text = kind === "text" && complete ? utf8(plain) : null;
    if (kind === "text" && complete && text === null)
      this.note("malformed", place, "a text that is not UTF-8");
    connection.emit({
      type: "websocket.message",
      connection: connection.info,
      place,
      kind,
      text,
      bytes: plain ?? sent,
      compressed: isCompressed,
      inflated: isCompressed && plain !== null,
      frames,
      length,
      complete,
    });
    this.reset();
    return isWhole ? { kind, sent, bytes: plain, isCompressed, packets } : null;
  }

  private inflate(sent: Uint8Array, place: Place): Uint8Array | null {
    const { inflater } = this;
    if (inflater === null) {
      this.note("incomplete", place, "a compressed message, but not how it was agreed on");
      return null;
    }
    if (!this.isWhole) {
      inflater.lose();
      return null;
    }
    const { bytes, fault } = inflater.inflate(sent);
    if (fault !== "") this.note("malformed", place, `a compressed message: ${fault}`);
    return bytes;
  }

  private reset(): void {
    this.from = -1;
    this.frames = this.used = this.length = 0;
    this.packets = [];
    if (this.bytes.length > 65_536) this.bytes = new Uint8Array(0);
  }

  /** Tells a control frame (RFC 6455 §5.5). */
  control({ opcode }: FrameHead, bytes: Uint8Array, place: Place): void {
    const { connection } = this;
    const about = { connection: connection.info, place };
    if (opcode === opcodes.ping) connection.emit({ type: "websocket.ping", ...about, bytes });
    else if (opcode === opcodes.pong) connection.emit({ type: "websocket.pong", ...about, bytes });
    else if (opcode === opcodes.close) {
      const code = bytes.length >= 2 ? readU16(bytes, 0) : NO_STATUS;
      const reason = utf8(bytes.subarray(2));
      if (bytes.length === 1 || reason === null || (bytes.length >= 2 && !isStatus(code)))
        this.note("malformed", place, "the reason of a close");
      connection.emit({ type: "websocket.close", ...about, code, reason: reason ?? "" });
    }
  }

  private note(kind: "malformed" | "incomplete" | "limit", place: Place, text: string): void {
    this.connection.note("websocket", kind, place, text);
  }
}

/** What stands for a close without a code (RFC 6455 §7.4.1). */
const NO_STATUS = 1005;

/** Codes that may be sent (RFC 6455 §7.4): those of the registry but 1004 to 1006 and 1015, and private ones. */
const isStatus = (code: number): boolean =>
  (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) || (code >= 3000 && code < 5000);
