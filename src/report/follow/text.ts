import type { FollowedConversation, FollowNode, FollowPiece } from "../../analysis/follow.ts";
import { formatHex } from "../../bytes/hex.ts";

/** How a conversation is written. */
export const followForms = ["ascii", "hex", "raw", "json"] as const;
/** The name of one of {@link followForms}: what {@link followText} is asked for. */
export type FollowForm = (typeof followForms)[number];

const RULE = "=".repeat(67);
const WIDTH = 16;

const nodeText = ({ address, port }: FollowNode): string =>
  address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;

/**
 * A conversation as `tshark -q -z follow` prints it (`ascii`, `hex`, `raw`), or as one line of JSON. Bytes that are missing
 * are said so.
 */
export function* followText(
  conversation: FollowedConversation,
  form: FollowForm,
): Generator<string, void, undefined> {
  if (form === "json") {
    yield* json(conversation);
    return;
  }
  const { protocol, index, nodes, pieces } = conversation;
  const filter = protocol === "udp" ? "udp" : "tcp";
  yield `\n${RULE}\nFollow: ${protocol},${form}\nFilter: ${filter}.stream eq ${index}\n`;
  yield `Node 0: ${nodeText(nodes[0])}\nNode 1: ${nodeText(nodes[1])}\n`;
  const positions: [number, number] = [0, 0];
  for (const piece of pieces) {
    const { node } = piece;
    const bytes = piece.bytes ?? missing(piece);
    if (form === "raw") yield `${node === 1 ? "\t" : ""}${formatHex(bytes)}\n`;
    else if (form === "ascii")
      yield `${node === 1 ? "\t" : ""}${bytes.length}\n${printable(bytes)}\n`;
    else {
      yield* hex(bytes, node, positions[node]);
      positions[node] += bytes.length;
    }
  }
  yield `${RULE}\n`;
}

/** What stands for missing bytes: a text that ends with a zero byte. */
function missing({ length }: FollowPiece): Uint8Array {
  return Uint8Array.from(`[${length} bytes missing in capture file]\0`, (c) => c.charCodeAt(0));
}

/** Bytes as text: ends of lines stay, what else cannot be printed is a dot. */
function printable(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    const stays = (byte >= 0x20 && byte < 0x7f) || byte === 10 || byte === 13;
    text += stays ? String.fromCharCode(byte) : ".";
  }
  return text;
}

/** Lines of sixteen bytes, with where they stand in what their side said. */
function* hex(bytes: Uint8Array, node: 0 | 1, position: number): Generator<string> {
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const row = bytes.subarray(at, at + WIDTH);
    const digits = [...row].map((byte) => byte.toString(16).padStart(2, "0"));
    const left = digits.slice(0, 8).join(" ");
    const right = digits.slice(8).join(" ");
    const text = [...row].map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".",
    );
    const shown = `${text.slice(0, 8).join("")} ${text.slice(8).join("")}`.trimEnd();
    const offset = (position + at).toString(16).toUpperCase().padStart(8, "0");
    yield `${node === 1 ? "\t" : ""}${offset}  ${`${left}  ${right}`.padEnd(49)} ${shown}\n`;
  }
}

function* json({ protocol, index, nodes, pieces }: FollowedConversation): Generator<string> {
  const head = { protocol, stream: index, nodes };
  yield `${JSON.stringify(head).slice(0, -1)},"pieces":[`;
  for (const [i, { node, bytes, length, packet, time }] of pieces.entries()) {
    const what = bytes === null ? { gap: length } : { length, data: formatHex(bytes) };
    const origin = { packet, ...(time === undefined ? {} : { time: String(time) }) };
    yield `${i === 0 ? "" : ","}${JSON.stringify({ node, ...origin, ...what })}`;
  }
  yield "]}\n";
}
