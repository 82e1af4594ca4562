import { type WebsocketShown, websocketShown } from "../../analysis/websocket/shown.ts";
import { formatHex } from "../../bytes/hex.ts";
import { readU16, readU32 } from "../../bytes/numbers.ts";
import {
  frameExtent,
  isKnownOpcode,
  opcodes,
  unmask,
} from "../../protocols/application/websocket/frame.ts";
import type { Layer } from "../../schema/layer.ts";
import { readLatin1 } from "../../schema/value.ts";
import { textCell } from "./cell.ts";
import type { Emit, Extra } from "./context.ts";

/** What is known of a frame; of one in a single packet only what it says itself. */
function shownOf(layer: Layer): WebsocketShown {
  const known = websocketShown(layer);
  if (known !== undefined) return known;
  const { bytes, start, headerEnd } = layer;
  const header = frameExtent(bytes, start, headerEnd)?.header ?? 0;
  const key = bytes[start + 1]! >= 0x80 ? readU32(bytes, start + header - 4) : 0;
  const payload = unmask(bytes.slice(start + header, headerEnd), key);
  const opcode = bytes[start]! & 15;
  const isWhole = bytes[start]! >= 0x80 && (opcode === opcodes.text || opcode === opcodes.binary);
  const kind = opcode === opcodes.text ? "text" : "binary";
  const message = isWhole
    ? ({ kind, sent: payload, bytes: payload, isCompressed: false, packets: [0] } as const)
    : null;
  return { payload, isDeflate: false, message };
}

const isCompressed = ({ bytes, start }: Layer): boolean => (bytes[start]! & 0x40) !== 0;

/** The content that a frame's message has: of a joined one as it was sent, unless its last frame says that it is compressed. */
function contentOf(layer: Layer, { isDeflate, message }: WebsocketShown): Uint8Array | null {
  if (message === null) return null;
  return isDeflate && isCompressed(layer) ? message.bytes : message.sent;
}

/** Text up to its first zero byte. */
function textOf(bytes: Uint8Array): string {
  const zero = bytes.indexOf(0);
  return readLatin1(bytes, 0, zero < 0 ? bytes.length : zero);
}

function emitControl(opcode: number, payload: Uint8Array, emit: Emit): void {
  if (opcode === opcodes.ping) emit("websocket.payload.ping", formatHex(payload));
  else if (opcode === opcodes.pong) emit("websocket.payload.pong", formatHex(payload));
  else {
    emit("websocket.payload.close", "1");
    if (payload.length < 2) return;
    emit("websocket.payload.close.status_code", String(readU16(payload, 0)));
    if (payload.length > 2)
      emit("websocket.payload.close.reason", textCell(textOf(payload.subarray(2))));
  }
}

function cells(layer: Layer, emit: Emit): void {
  const shown = shownOf(layer);
  const { bytes, start } = layer;
  const { payload, message, isDeflate } = shown;
  if (isDeflate) emit("websocket.pmc", isCompressed(layer) ? "1" : "0");
  if (payload.length === 0) return;
  emit("websocket.payload", "1");
  if (bytes[start + 1]! >= 0x80) emit("websocket.masked_payload", "1");
  const opcode = bytes[start]! & 15;
  if (!isKnownOpcode(opcode)) emit("websocket.payload.unknown", formatHex(payload));
  else if (opcode >= opcodes.close) emitControl(opcode, payload, emit);
  else if (opcode === opcodes.continuation && bytes[start]! < 0x80)
    emit("websocket.payload.continue", formatHex(payload));
  const content = contentOf(layer, shown);
  if (message === null) return;
  if (message.kind === "text" && content !== null)
    emit("websocket.payload.text", textCell(textOf(content)));
  if (message.packets.length < 2) return;
  emit("websocket.fragments", "1");
  for (const number of message.packets) emit("websocket.fragment", String(number));
  emit("websocket.fragment.count", String(message.packets.length));
  emit("websocket.reassembled.length", String(message.sent.length));
}

/** What Wireshark shows of frames beside their declared fields: payloads without mask, and messages put together. */
export const websocketExtra: Extra = {
  protocol: "websocket",
  names: [
    "websocket.pmc",
    "websocket.payload",
    "websocket.masked_payload",
    "websocket.payload.continue",
    "websocket.payload.text",
    "websocket.payload.close",
    "websocket.payload.close.status_code",
    "websocket.payload.close.reason",
    "websocket.payload.ping",
    "websocket.payload.pong",
    "websocket.payload.unknown",
    "websocket.fragments",
    "websocket.fragment",
    "websocket.fragment.count",
    "websocket.reassembled.length",
  ],
  cells,
};

/** What stands behind `websocket` in `frame.protocols`: what the message is that ends here. */
export function websocketContent(layer: Layer): string {
  const shown = shownOf(layer);
  const content = contentOf(layer, shown);
  if (content === null || shown.payload.length === 0) return "";
  return shown.message?.kind === "text" ? "data-text-lines" : "data";
}
