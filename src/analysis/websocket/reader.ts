import { joined } from "../../bytes/joined.ts";
import { readU32 } from "../../bytes/numbers.ts";
import {
  frameExtent,
  headerLength,
  isKnownOpcode,
  opcodes,
  unmask,
  WEBSOCKET_HEAD,
  websocketFault,
  websocketLengthFault,
} from "../../protocols/application/websocket/frame.ts";
import { websocket } from "../../protocols/application/websocket/websocket.ts";
import type { Connection } from "../application.ts";
import type { Place, SideInput, Waiting } from "../input.ts";
import type { PermessageDeflate } from "./extensions.ts";
import { MessageInflater } from "./inflate.ts";
import { COMPRESSED, type FrameHead, Messages } from "./messages.ts";
import { setWebsocketShown } from "./shown.ts";

/** What to do next: read on, look for a frame, or stop. */
type Next = "next" | "lost" | "end";

/** Reads the frames of one side (RFC 6455 §5). */
export class SideReader {
  private readonly connection: Connection;
  private readonly input: SideInput;
  private readonly messages: Messages;
  /** Whether bytes of the frame that is being read are missing. */
  private isMissing: boolean;

  constructor(connection: Connection, input: SideInput, deflate: PermessageDeflate | null) {
    const isServer = input.side === 1;
    const forgets = isServer ? deflate?.serverNoContextTakeover : deflate?.clientNoContextTakeover;
    const inflater = deflate === null ? null : new MessageInflater(forgets !== true, input.limit);
    this.connection = connection;
    this.input = input;
    this.messages = new Messages(connection, input.limit, inflater);
    this.isMissing = false;
  }

  *read(): Waiting {
    const { input, messages } = this;
    for (;;) {
      if (messages.from < 0) input.begin();
      const head = yield* this.head();
      const next = typeof head === "string" ? head : yield* this.frame(head);
      if (next === "end") break;
      if (next === "lost" && !(yield* this.resynchronise())) break;
    }
    messages.abandon(this.messagePlace(), "the stream ends in a message");
  }

  /** Waits for a header; it is not read yet. */
  private *head(): Waiting<FrameHead | Next> {
    const { input } = this;
    if (!(yield* input.has(WEBSOCKET_HEAD))) return this.pass("in a header");
    const second = input.bytes[input.start + 1]!;
    const size = headerLength(second);
    if (!(yield* input.has(size))) return this.pass("in a header");
    const { bytes, start, end, offset } = input;
    const extent = frameExtent(bytes, start, end)!;
    const place = input.place(offset, offset + size);
    const garbage = websocketLengthFault(bytes, start, extent);
    if (garbage !== "") {
      this.note("garbage", place, garbage);
      return this.lose();
    }
    const fault = websocketFault(bytes, start, extent);
    if (fault !== "") this.note("malformed", place, fault);
    const first = bytes[start]!;
    return {
      fin: first >= 0x80,
      rsv: (first >> 4) & 7,
      opcode: first & 15,
      masked: second >= 0x80,
      header: size,
      length: extent.payload,
      from: offset,
    };
  }

  private *frame(head: FrameHead): Waiting<Next> {
    const { input, connection, messages } = this;
    const size = head.header + head.length;
    const isShown = connection.shows && (yield* input.has(size));
    const { bytes, start } = input;
    const layer = isShown ? connection.dissect(websocket, bytes, start, start + size) : null;
    const key = head.masked ? readU32(bytes, start + head.header - 4) : 0;
    // Of an opcode without meaning nothing is told but the frame.
    const isControl = head.opcode >= opcodes.close || !isKnownOpcode(head.opcode);
    const place = input.place(head.from, head.from + size);
    this.tell(head, place);
    if (!isControl) messages.begin(head, place);
    input.skip(head.header);
    const pieces: Uint8Array[] = [];
    const next = yield* this.payload(head, key, (piece) => {
      if (isControl || isShown) pieces.push(piece);
      if (!isControl) messages.add(piece);
    });
    if (next !== "next") return next;
    const whole = input.place(head.from, head.from + size);
    const payload = pieces.length === 1 ? pieces[0]! : joined(pieces);
    const packet = whole.packets.at(-1) ?? 0;
    const message = isControl ? null : messages.end(head.fin, packet, this.messagePlace());
    if (isControl && !this.isMissing) messages.control(head, payload, whole);
    if (layer !== null) {
      setWebsocketShown(layer, { payload, isDeflate: messages.isDeflate, message });
      connection.show(input.side, [layer], head.from, head.from + size);
    }
    return "next";
  }

  private tell(head: FrameHead, place: Place): void {
    const { connection } = this;
    const { fin, rsv, opcode, masked, length } = head;
    const about = { connection: connection.info, place };
    connection.emit({ type: "websocket.frame", ...about, fin, rsv, opcode, masked, length });
    if ((rsv & COMPRESSED) !== 0 && opcode >= opcodes.close)
      this.note("malformed", place, "a compressed control frame");
  }

  /** Reads a payload and takes its mask off, also past gaps that lie inside. */
  private *payload(
    { length }: FrameHead,
    key: number,
    take: (piece: Uint8Array) => void,
  ): Waiting<Next> {
    const { input, messages } = this;
    const from = input.offset;
    const to = from + length;
    this.isMissing = false;
    while (input.offset < to) {
      yield* input.each(to - input.offset, (bytes, start, end) =>
        take(unmask(bytes.slice(start, end), key, input.offset - from)),
      );
      if (input.offset >= to) break;
      if (this.pass("in a frame") === "end") return "end";
      this.isMissing = true;
      messages.miss();
    }
    return input.offset === to ? "next" : this.lose();
  }

  /** Frames are missing, or cannot be told from garbage. */
  private lose(): Next {
    this.messages.abandon(this.messagePlace(), "a message that breaks off");
    this.messages.lose();
    return "lost";
  }

  /** Passes a gap and says so; `end` where none is there, and what stands before the end was cut off. */
  private pass(where: string): Next {
    const { input } = this;
    const { offset, available } = input;
    const place = input.place(offset, offset + available);
    const missing = input.pass();
    if (missing === 0) {
      if (available > 0 || where === "in a frame")
        this.note("incomplete", place, `the stream ends ${where}`);
      input.skip(available);
      return "end";
    }
    this.note("gap", place, `${missing} bytes are missing ${where}`);
    return where === "in a frame" ? "next" : this.lose();
  }

  /** Waits for a segment that begins with a frame: a header alone would be found in anything. */
  private *resynchronise(): Waiting<boolean> {
    const { input } = this;
    input.begin();
    let isFirst = input.available > 0 && input.offset === 0;
    for (;;) {
      if (!(yield* input.any())) {
        if (this.pass("in a header") === "end") return false;
        continue;
      }
      if (!isFirst && this.isBeginning()) return true;
      isFirst = false;
      input.skip(input.available);
    }
  }

  /** Whether a frame begins here that another one or nothing follows. */
  private isBeginning(): boolean {
    const { bytes, start, end } = this.input;
    const extent = frameExtent(bytes, start, end);
    if (extent === null || websocketFault(bytes, start, extent) !== "") return false;
    const next = start + extent.header + extent.payload;
    const following = next < end ? frameExtent(bytes, next, end) : null;
    return next === end || (following !== null && websocketFault(bytes, next, following) === "");
  }

  /** The place of the message that is open, or nothing. */
  private messagePlace(): Place {
    const { input, messages } = this;
    return input.place(messages.from < 0 ? input.offset : messages.from, input.offset);
  }

  private note(
    kind: "garbage" | "malformed" | "gap" | "incomplete",
    place: Place,
    text: string,
  ): void {
    this.connection.note("websocket", kind, place, text);
  }
}
