import { choose, hasshAlgorithms, hasshOf, listsOf } from "../../analysis/ssh/algorithms.ts";
import { macSize } from "../../analysis/ssh/cipher-lengths.ts";
import { formatHex } from "../../bytes/hex.ts";
import { readU32 } from "../../bytes/numbers.ts";
import type { SshMessage } from "../../protocols/application/ssh/message.ts";
import type { ssh } from "../../protocols/application/ssh/ssh.ts";
import { type Layer, viewOf } from "../../schema/layer.ts";
import type { ViewOf } from "../../schema/protocol.ts";
import { bytesCell, textCell } from "./cell.ts";
import type { Context, Emit, Extra, Override } from "./context.ts";
import { hostKeyCell, isReadSignature, LONGEST_NUMBER, plainCell, tellReply } from "./ssh-reply.ts";
import {
  cipherOf,
  methodOf,
  renewState,
  type SshMethod,
  type SshState,
  sideOf,
  stateOf,
} from "./ssh-state.ts";

type MessageView = ViewOf<SshMessage>;
type Side = 0 | 1;

/** Bytes of a length, before which nothing is shown. */
const LENGTH = 4;
/** Of a list of algorithms: what stands before and behind the names, and how many lists there are. */
const COOKIE = 16;
const LISTS = 10;
const RESERVED = 4;
const KEXINIT = 20;
const NEWKEYS = 21;
/** Messages that are taken apart, by method; of all others only the bytes are shown. */
const handled: Readonly<Record<SshMethod, readonly number[]>> = {
  dh: [30, 31],
  ecdh: [30, 31],
  gex: [30, 31, 32, 33, 34],
};
const isHandled = (method: SshMethod, code: number): boolean =>
  code === KEXINIT || code === NEWKEYS || handled[method].includes(code);

function showDirection(state: SshState, side: Side, { packet }: Context, emit: Emit): void {
  if (state.frame === packet.number) return;
  state.frame = packet.number;
  emit("ssh.direction", String(side));
}

/** The number that Wireshark gives to a packet; it counts by kinds of messages. */
function sequenceOf(state: SshState, side: Side, method: SshMethod, m: MessageView): number {
  const first = state.next[side];
  if (m.is === "kexInit") {
    state.next[side] = state.last[side] = 1;
    return 0;
  }
  if (m.is === "newKeys") return state.last[side];
  const isOld = m.is === "keyExchangeInit" && m.bits !== undefined;
  if (!isHandled(method, m.code) || (method === "gex" && isOld)) return 0;
  const isLater = m.is === "groupExchangeInit" || m.is === "groupExchangeReply";
  state.last[side] = first + (isLater ? 2 : 1);
  return method === "ecdh" ? first : state.last[side];
}

/** Learns what a message says, and shows what it has beside the declared parts. */
function tellMessage(message: MessageView, layer: Layer, emit: Emit, context: Context): void {
  const state = stateOf(layer, context);
  const side = sideOf(layer, context);
  const method = methodOf(state);
  emit("ssh.seq_num", String(sequenceOf(state, side, method, message)));
  if (!isHandled(method, message.code)) {
    const { bytes, start, end } = message.layer;
    if (start + 1 < end && message.is !== "unknown")
      emit("ssh.payload", formatHex(bytes, start + 1, end));
    return;
  }
  switch (message.is) {
    case "kexInit": {
      const algorithms = hasshAlgorithms(message, side);
      const name = side === 0 ? "hassh" : "hasshserver";
      emit(`ssh.kex.${name}_algorithms`, textCell(algorithms));
      emit(`ssh.kex.${name}`, hasshOf(algorithms));
      tellRest(message.layer, emit);
      state.lists[side] = listsOf(message);
      const [client, server] = state.lists;
      if (client !== null && server !== null) state.chosen = choose(client, server);
      return;
    }
    case "keyExchangeInit":
    case "groupExchangeInit":
      tellPublic(message.public, "q_c", method, emit);
      state.hasPublic[side] ||= method !== "gex";
      return;
    case "keyExchangeReply":
    case "groupExchangeReply": {
      const { reply } = message;
      if (reply === undefined) return;
      tellPublic(reply.public, "q_s", method, emit);
      tellReply(reply, emit);
      state.hasPublic[side] ||= method !== "gex";
    }
  }
}

/** What a list of algorithms has behind its parts. */
function tellRest({ bytes, start, end }: Layer, emit: Emit): void {
  let at = start + 1 + COOKIE;
  for (let i = 0; i < LISTS && at + LENGTH <= end; i++) at += LENGTH + readU32(bytes, at);
  at += 1 + RESERVED;
  if (at < end) emit("ssh.payload", formatHex(bytes, at, end));
}

function tellPublic(
  value: Uint8Array | undefined,
  name: "q_c" | "q_s",
  method: SshMethod,
  emit: Emit,
): void {
  if (value === undefined) return;
  if (method === "ecdh") {
    emit(`ssh.ecdh.${name}_length`, String(value.length));
    emit(`ssh.ecdh.${name}`, bytesCell(value));
  } else if (value.length > LONGEST_NUMBER) emit("ssh.key_length.error", "1");
}

const packetExtra: Extra = {
  protocol: "ssh",
  names: [
    "ssh.direction",
    "ssh.seq_num",
    "ssh.payload",
    "ssh.kex.hassh",
    "ssh.kex.hassh_algorithms",
    "ssh.kex.hasshserver",
    "ssh.kex.hasshserver_algorithms",
    "ssh.ecdh.q_c",
    "ssh.ecdh.q_c_length",
    "ssh.ecdh.q_s",
    "ssh.ecdh.q_s_length",
    "ssh.host_key.data",
    "ssh.host_sig.data",
    "ssh.key_length.error",
    "ssh.packet_decode.error",
  ],
  cells(layer, emit, context) {
    const { identification, packet } = viewOf(layer) as ViewOf<typeof ssh>;
    const side = sideOf(layer, context);
    if (identification !== undefined && side === 0) renewState(layer, context);
    showDirection(stateOf(layer, context), side, context, emit);
    if (packet?.message !== undefined) tellMessage(packet.message, layer, emit, context);
  },
};

const encryptedExtra: Extra = {
  protocol: "sshEncrypted",
  names: ["ssh.direction", "ssh.mac", "ssh.seq_num"],
  cells(layer, emit, context) {
    const size = layer.end - layer.start;
    if (size < LENGTH) return;
    const state = stateOf(layer, context);
    const side = sideOf(layer, context);
    const { isSilent, mac } = cipherOf(state, side);
    const code = isSilent || mac === null ? 0 : macSize(mac);
    if (size < LENGTH + code || (code === 0 && !isSilent && size === LENGTH)) return;
    showDirection(state, side, context, emit);
    if (code > 0) emit("ssh.mac", formatHex(layer.bytes, layer.end - code, layer.end));
  },
};

/** What only Wireshark prints of SSH. */
export const sshExtras: readonly Extra[] = [packetExtra, encryptedExtra];

/** The message that a part of one belongs to. */
function messageCodeOf(layer: Layer): number {
  for (let l: Layer | null = layer; l !== null; l = l.lower)
    if (l.schema.root.name === "ssh.message") return l.bytes[l.start]!;
  return -1;
}

type Shown = (value: unknown, layer: Layer, context: Context) => string | null;

/** A part of a message that Wireshark shows where it takes the message apart. */
const part = (name: string, shown: Shown = plainCell): Override => ({
  name: `ssh.${name}`,
  cell(value, layer, context) {
    const method = methodOf(stateOf(layer, context));
    return isHandled(method, messageCodeOf(layer)) ? shown(value, layer, context) : null;
  },
});

const notOfCurves: Shown = (value, layer, context) => {
  const isPublic = /^ssh\.(message|reply)$/.test(layer.schema.root.name);
  return isPublic && methodOf(stateOf(layer, context)) === "ecdh" ? null : plainCell(value);
};

/** The record of a key or signature that a part lies in. */
const outer = (layer: Layer, name: string): Layer => {
  for (let l: Layer | null = layer; l !== null; l = l.lower)
    if (l.schema.root.name === name) return l;
  return layer;
};

const ofKey = (name: string): Override =>
  part(`host_key.${name}`, (value, layer) =>
    hostKeyCell(name, plainCell(value), outer(layer, "ssh.hostKey")),
  );

const numberLength: Shown = (value, layer, context) => {
  const { name } = layer.schema.root;
  if (name === "ssh.rsaSignature" && !isReadSignature(outer(layer, "ssh.signature"))) return null;
  if (/^ssh\.[rd]saKey$/.test(name))
    return hostKeyCell("length", String(value), outer(layer, "ssh.hostKey"));
  return notOfCurves(value, layer, context);
};

/** What of the bytes in cipher is shown. */
const inCipher =
  (shown: (layer: Layer, mac: number) => string | null): Shown =>
  (_value, layer, context) => {
    const { isSilent, mac } = cipherOf(stateOf(layer, context), sideOf(layer, context));
    return isSilent ? null : shown(layer, mac === null ? 0 : macSize(mac));
  };

/** Declared fields of SSH that Wireshark prints in its own way. */
export const sshOverrides: readonly Override[] = [
  ...[
    "disconnect_reason",
    "disconnect_description_length",
    "disconnect_description",
    "lang_tag_length",
    "lang_tag",
    "ignore_data_length",
    "ignore_data",
    "debug_always_display",
    "debug_name_length",
    "debug_name",
    "service_name_length",
    "service_name",
    "dh_gex.min",
    "dh_gex.nbits",
    "dh_gex.max",
    "dh_gex.p",
    "dh_gex.g",
    "host_key.length",
    "host_key.type_length",
    "host_key.type",
    "host_sig.length",
    "host_sig.type_length",
    "host_sig.type",
    "host_sig.dsa",
  ].map((name) => part(name)),
  ...["rsa.e", "rsa.n", "dsa.p", "dsa.q", "dsa.g", "dsa.y"].map(ofKey),
  ...["ecdsa.id_length", "ecdsa.id", "ecdsa.q_length", "ecdsa.q"].map(ofKey),
  ...["eddsa.key_length", "eddsa.key"].map(ofKey),
  part("host_key.data", bytesCell),
  part("host_sig.rsa", (value, layer) =>
    isReadSignature(outer(layer, "ssh.signature")) ? plainCell(value) : null,
  ),
  part("mpint_length", numberLength),
  part("dh.e", notOfCurves),
  part("dh.f", notOfCurves),
  {
    name: "ssh.packet_length_encrypted",
    // A length alone is not shown, where none is known to be the code's.
    cell: inCipher(({ bytes, start, end }, mac) =>
      end - start < LENGTH + (mac === 0 ? 1 : 0) ? null : formatHex(bytes, start, start + LENGTH),
    ),
  },
  {
    name: "ssh.encrypted_packet",
    cell: inCipher(({ bytes, start, end }, mac) =>
      end - start < LENGTH + (mac || 1)
        ? null
        : bytesCell(bytes.subarray(start + LENGTH, end - mac)),
    ),
  },
];
