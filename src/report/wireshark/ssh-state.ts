import type { SshAlgorithms, SshKexLists } from "../../analysis/ssh/algorithms.ts";
import { readU16 } from "../../bytes/numbers.ts";
import { ConversationTable } from "../../flow/conversations.ts";
import { type Layer, protocolLayer } from "../../schema/layer.ts";
import type { Context } from "./context.ts";

/** What Wireshark knows of the ways to agree on a key. */
export type SshMethod = "dh" | "ecdh" | "gex";

/** What it remembers of one connection. */
export interface SshState {
  readonly lists: [SshKexLists | null, SshKexLists | null];
  chosen: SshAlgorithms | null;
  /** Which sides said a public value, of methods whose key it could compute. */
  readonly hasPublic: [boolean, boolean];
  /** The numbers that it gives to packets: of the next, and of that which says that keys are used. */
  readonly next: [number, number];
  readonly last: [number, number];
  /** The frame in which a direction was shown: it is shown once. */
  frame: number;
}

const newState = (): SshState => ({
  lists: [null, null],
  chosen: null,
  hasPublic: [false, false],
  next: [0, 0],
  last: [0, 0],
  frame: -1,
});

const connections = (): ConversationTable<SshState> => new ConversationTable(newState);

const SERVER_PORT = 22;

/** The segment that a layer came with. */
const segmentOf = (layer: Layer, context: Context): Layer | null =>
  context.transport ?? protocolLayer(layer).lower;

/** What is remembered of a layer's connection. */
export function stateOf(layer: Layer, context: Context): SshState {
  const segment = segmentOf(layer, context);
  return segment === null ? newState() : context.session.of(connections).find(segment).state;
}

/** Forgets what was remembered: a new connection has begun. */
export function renewState(layer: Layer, context: Context): void {
  const segment = segmentOf(layer, context);
  if (segment !== null)
    Object.assign(context.session.of(connections).find(segment).state, newState());
}

/** Who speaks: 0 is who goes to SSH's port, or to the lower one. */
export function sideOf(layer: Layer, context: Context): 0 | 1 {
  const segment = segmentOf(layer, context);
  if (segment === null) return 0;
  const from = readU16(segment.bytes, segment.start);
  const to = readU16(segment.bytes, segment.start + 2);
  if (to === SERVER_PORT || from === SERVER_PORT) return to === SERVER_PORT ? 0 : 1;
  return to <= from ? 0 : 1;
}

/** The method as far as it is known: without both lists it is taken for Diffie-Hellman. */
export function methodOf({ chosen }: SshState): SshMethod {
  const kex = chosen?.kex ?? "";
  if (/^(ecdh-sha2-.*|curve25519-sha256(@libssh\.org)?|curve448-sha512)$/.test(kex)) return "ecdh";
  return /^diffie-hellman-group-exchange-sha(1|256)$/.test(kex) ? "gex" : "dh";
}

/** Ciphers that Wireshark has, so that it tries its keys on what comes. */
const KNOWN_CIPHER =
  /^(aes(128|192|256)-(cbc|ctr)|aes(128|256)-gcm@openssh\.com|chacha20-poly1305@openssh\.com)$/;

/** How it shows what is encrypted. */
export interface SshCipherState {
  /** Whether it would decipher it with the key, and shows nothing without. */
  readonly isSilent: boolean;
  /** Whether it knows the method, and so how long the code behind a packet is. */
  readonly mac: string | null;
}

/** The same for a side. */
export function cipherOf(state: SshState, side: 0 | 1): SshCipherState {
  const { chosen, hasPublic } = state;
  if (chosen === null || !hasPublic[0] || !hasPublic[1]) return { isSilent: false, mac: null };
  const { encryption, mac } = side === 0 ? chosen.clientToServer : chosen.serverToClient;
  return { isSilent: encryption !== null && KNOWN_CIPHER.test(encryption), mac };
}
