import { isCertificateType } from "../../protocols/application/ssh/host-key.ts";
import type { SshMessage } from "../../protocols/application/ssh/message.ts";
import { ssh } from "../../protocols/application/ssh/ssh.ts";
import { packetSize, strictPacketSize } from "../../protocols/application/ssh/whole.ts";
import { type Layer, viewOf } from "../../schema/layer.ts";
import type { ViewOf } from "../../schema/protocol.ts";
import type { Place, SideInput, Waiting } from "../input.ts";
import { choose, hasshAlgorithms, hasshOf, type KexInitView, listsOf } from "./algorithms.ts";
import type { SshConnection } from "./connection.ts";
import { md5Fingerprint, sha256Fingerprint } from "./fingerprint.ts";

/** Bytes that tell whether a packet begins: its length, that of its padding, and the message's number. */
const HEAD = 6;

/**
 * Reads packets up to the one behind which a side encrypts (RFC 4253 §7.3), or to where no packet begins. What is behind a gap
 * is a packet only if it begins as one.
 */
export function* readPackets(state: SshConnection, input: SideInput): Waiting {
  let isTrusted = true;
  for (;;) {
    input.begin();
    const size = yield* wholePacket(state, input, isTrusted);
    if (size > input.limit) yield* passLong(state, input, size);
    else if (size > 0) {
      const isLast = tell(state, input, size);
      input.skip(size);
      if (isLast) return;
    } else if (size === 0) {
      if (isTrusted && !state.isOld) noPacket(state, input);
      return;
    } else {
      if (!cutOff(state, input)) return;
      isTrusted = false;
    }
  }
}

/** Waits for a packet, and gives its size: 0 where none begins, -1 where a gap or the end cuts it off. */
function* wholePacket(state: SshConnection, input: SideInput, isTrusted: boolean): Waiting<number> {
  if (!(yield* input.any())) return -1;
  // Who watches sees that a packet began, though the rest is to come.
  if (input.available < HEAD && state.isIdentified) state.showUnread(input, 0);
  if (!(yield* input.has(HEAD))) return -1;
  const sizeOf = isTrusted ? packetSize : strictPacketSize;
  const size = sizeOf(input.bytes, input.start, input.end);
  if (size > input.available && state.isIdentified) state.showUnread(input, 0);
  return size > input.limit || (yield* input.has(size)) ? size : -1;
}

/** Leaves out a packet of more bytes than may be kept. */
function* passLong({ connection }: SshConnection, input: SideInput, size: number): Waiting {
  const { offset, available } = input;
  const place = input.place(offset, offset + available);
  connection.note("ssh", "limit", place, `a packet of ${size} bytes is left out`);
  yield* input.each(size);
}

/** Says what a gap or the end cut off; whether there is more behind it. */
export function cutOff({ connection }: SshConnection, input: SideInput): boolean {
  const { offset, available } = input;
  const place = input.place(offset, offset + available);
  if (available > 0) connection.note("ssh", "incomplete", place, "a packet was cut off");
  const missing = input.pass();
  if (missing === 0) {
    input.skip(available);
    return false;
  }
  connection.note("ssh", "gap", place, `${missing} bytes are missing`);
  return true;
}

function noPacket({ connection }: SshConnection, input: SideInput): void {
  const { offset } = input;
  const place = input.place(offset, offset + HEAD);
  connection.note("ssh", "garbage", place, "no packet begins here: the rest is not read");
}

/** Tells one packet; whether it is the last that is not encrypted. */
function tell(state: SshConnection, input: SideInput, size: number): boolean {
  const { connection } = state;
  const { offset, bytes, start } = input;
  const place = input.place(offset, offset + size);
  const layer = connection.dissect(ssh, bytes, start, start + size);
  state.showPacket(input, size);
  const message = messageOf(layer);
  if (message === undefined) {
    connection.note("ssh", "malformed", place, "a message does not fit its packet");
    return false;
  }
  switch (message.is) {
    case "kexInit":
      tellKexInit(state, place, message);
      return false;
    case "newKeys":
      connection.emit({ type: "ssh.newKeys", connection: connection.info, place });
      return true;
    default:
      connection.emit({
        type: "ssh.message",
        connection: connection.info,
        place,
        code: message.code,
        message,
      });
      tellHostKey(state, place, message);
      return false;
  }
}

function messageOf(layer: Layer): ViewOf<SshMessage> | undefined {
  if (layer.schema.root !== ssh.schema) return undefined;
  return (viewOf(layer) as ViewOf<typeof ssh>).packet?.message;
}

function tellKexInit(state: SshConnection, place: Place, message: KexInitView): void {
  const { connection, lists } = state;
  const { info } = connection;
  if (message.reserved === undefined) {
    connection.note("ssh", "malformed", place, "a list of algorithms does not fit its packet");
    return;
  }
  const own = listsOf(message);
  const isClient = state.isClient(place.side);
  const algorithms = hasshAlgorithms(message, isClient ? 0 : 1);
  connection.emit({
    type: "ssh.kexInit",
    connection: info,
    place,
    lists: own,
    cookie: message.cookie.slice(),
    firstKexPacketFollows: message.firstKexPacketFollows !== 0,
    hassh: hasshOf(algorithms),
    hasshAlgorithms: algorithms,
  });
  lists[isClient ? 0 : 1] = own;
  const [client, server] = lists;
  if (client === null || server === null) return;
  state.algorithms = choose(client, server);
  const chosen = state.algorithms;
  connection.emit({ type: "ssh.algorithms", connection: info, place, algorithms: chosen });
}

function tellHostKey(
  { connection }: SshConnection,
  place: Place,
  message: ViewOf<SshMessage>,
): void {
  if (message.is !== "keyExchangeReply" && message.is !== "groupExchangeReply") return;
  const { reply } = message;
  const key = reply?.hostKey;
  const signature = reply?.signature;
  if (key === undefined || key.type === undefined || signature?.type === undefined) {
    if (reply !== undefined)
      connection.note("ssh", "malformed", place, "a host key does not fit its packet");
    return;
  }
  const { bytes, start, end } = key.layer;
  const blob = bytes.slice(start, end);
  connection.emit({
    type: "ssh.hostKey",
    connection: connection.info,
    place,
    keyType: key.type,
    key: blob,
    sha256: sha256Fingerprint(blob),
    md5: md5Fingerprint(blob),
    isCertificate: isCertificateType(key.type),
    signatureType: signature.type,
  });
}
