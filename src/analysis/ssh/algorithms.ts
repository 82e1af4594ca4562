import { formatHex } from "../../bytes/hex.ts";
import { md5 } from "../../bytes/md5.ts";
import type { sshMessage } from "../../protocols/application/ssh/message.ts";
import type { ViewOf } from "../../schema/protocol.ts";
import type { Side } from "../input.ts";

/** One message of what a side can do. */
export type KexInitView = ViewOf<(typeof sshMessage)["kexInit"]>;

/** What a side can do, most wanted first (RFC 4253 §7.1). */
export interface SshKexLists {
  readonly kex: readonly string[];
  readonly hostKey: readonly string[];
  readonly clientToServer: SshDirectionLists;
  readonly serverToClient: SshDirectionLists;
}

/** The same for what is sent in one direction. */
export interface SshDirectionLists {
  readonly encryption: readonly string[];
  readonly mac: readonly string[];
  readonly compression: readonly string[];
  readonly languages: readonly string[];
}

/** What was chosen for one direction. */
export interface SshDirectionAlgorithms {
  readonly encryption: string | null;
  /** `null` where the cipher authenticates by itself, or nothing was found. */
  readonly mac: string | null;
  readonly compression: string | null;
}

/** What was chosen; `null` where the sides have nothing in common. */
export interface SshAlgorithms {
  readonly kex: string | null;
  readonly hostKey: string | null;
  readonly clientToServer: SshDirectionAlgorithms;
  readonly serverToClient: SshDirectionAlgorithms;
  /** Whether both sides count packets strictly, against those who leave some out (draft-ietf-sshm-strict-kex). */
  readonly isStrict: boolean;
}

const split = (text: string | undefined): string[] =>
  text === undefined || text === "" ? [] : text.split(",");

/** The lists of a message as lists of names. */
export function listsOf(m: KexInitView): SshKexLists {
  return {
    kex: split(m.kexAlgorithms),
    hostKey: split(m.serverHostKeyAlgorithms),
    clientToServer: {
      encryption: split(m.encryptionAlgorithmsClientToServer),
      mac: split(m.macAlgorithmsClientToServer),
      compression: split(m.compressionAlgorithmsClientToServer),
      languages: split(m.languagesClientToServer),
    },
    serverToClient: {
      encryption: split(m.encryptionAlgorithmsServerToClient),
      mac: split(m.macAlgorithmsServerToClient),
      compression: split(m.compressionAlgorithmsServerToClient),
      languages: split(m.languagesServerToClient),
    },
  };
}

/** The first of the client's names that the server has too (RFC 4253 §7.1). */
function common(client: readonly string[], server: readonly string[]): string | null {
  const known = new Set(server);
  return client.find((name) => known.has(name)) ?? null;
}

/** Ciphers that authenticate what they encrypt, so that the chosen MAC is not used (RFC 5647 §5.1). */
const isAuthenticating = (cipher: string | null): boolean =>
  cipher !== null && /(-gcm(@openssh\.com)?$|^AEAD_|^chacha20-poly1305)/.test(cipher);

function chosenFor(client: SshDirectionLists, server: SshDirectionLists): SshDirectionAlgorithms {
  const encryption = common(client.encryption, server.encryption);
  const mac = isAuthenticating(encryption) ? null : common(client.mac, server.mac);
  return { encryption, mac, compression: common(client.compression, server.compression) };
}

const hasStrict = ({ kex }: SshKexLists, letter: "c" | "s"): boolean =>
  kex.includes(`kex-strict-${letter}-v00@openssh.com`) || kex.includes(`kex-strict-${letter}`);

/** What two sides choose. */
export function choose(client: SshKexLists, server: SshKexLists): SshAlgorithms {
  return {
    kex: common(client.kex, server.kex),
    hostKey: common(client.hostKey, server.hostKey),
    clientToServer: chosenFor(client.clientToServer, server.clientToServer),
    serverToClient: chosenFor(client.serverToClient, server.serverToClient),
    isStrict: hasStrict(client, "c") && hasStrict(server, "s"),
  };
}

/**
 * What HASSH is made of: methods of key exchange, ciphers, MACs and compressions, of the direction in which the side itself
 * sends.
 */
export function hasshAlgorithms(m: KexInitView, side: Side): string {
  const parts =
    side === 0
      ? [
          m.encryptionAlgorithmsClientToServer,
          m.macAlgorithmsClientToServer,
          m.compressionAlgorithmsClientToServer,
        ]
      : [
          m.encryptionAlgorithmsServerToClient,
          m.macAlgorithmsServerToClient,
          m.compressionAlgorithmsServerToClient,
        ];
  return [m.kexAlgorithms, ...parts].map((part) => part ?? "").join(";");
}

/** MD5 of that, as hex. The text has one character for each byte. */
export const hasshOf = (algorithms: string): string =>
  formatHex(md5(Uint8Array.from(algorithms, (c) => c.charCodeAt(0))));
