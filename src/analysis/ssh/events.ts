import type { SshMessage } from "../../protocols/application/ssh/message.ts";
import type { ViewOf } from "../../schema/protocol.ts";
import type { StreamEvent } from "../event.ts";
import type { SshAlgorithms, SshKexLists } from "./algorithms.ts";

/** The line that a side begins with (RFC 4253 §4.2). */
export interface SshBannerEvent extends StreamEvent {
  readonly type: "ssh.banner";
  /** The line without its end, such as `SSH-2.0-OpenSSH_9.7 Debian-1`. */
  readonly line: string;
  /** `2.0`; `1.99` of who speaks both versions, `1.5` of who speaks the old one only (RFC 4253 §5). */
  readonly version: string;
  /** Whether the side speaks version 1 only, of which nothing more is read. */
  readonly isOld: boolean;
  readonly software: string;
  readonly comments: string;
  /** Lines that came before, as a server may send (RFC 4253 §4.2): the first 64 of them. */
  readonly before: readonly string[];
}

/** What a side can do (RFC 4253 §7.1). */
export interface SshKexInitEvent extends StreamEvent {
  readonly type: "ssh.kexInit";
  readonly lists: SshKexLists;
  readonly cookie: Uint8Array;
  /** Whether a packet follows at once that guesses the method (RFC 4253 §7). */
  readonly firstKexPacketFollows: boolean;
  /** What tells the program: the lists that HASSH is made of, and their MD5; of a server, those of HASSH server. */
  readonly hassh: string;
  readonly hasshAlgorithms: string;
}

/** What both sides will use: the first of the client's names that the server has too (RFC 4253 §7.1). */
export interface SshAlgorithmsEvent extends StreamEvent {
  readonly type: "ssh.algorithms";
  readonly algorithms: SshAlgorithms;
}

/** The server's public key, by which it is known (RFC 4253 §8). */
export interface SshHostKeyEvent extends StreamEvent {
  readonly type: "ssh.hostKey";
  /** Type of the key: `ssh-ed25519`. */
  readonly keyType: string;
  /** The key as it is sent: what fingerprints are made of. */
  readonly key: Uint8Array;
  /** `SHA256:` and base 64 without padding, as programs show it. */
  readonly sha256: string;
  /** `MD5:` and pairs of digits with colons, as older programs show it. */
  readonly md5: string;
  /** Whether it is a certificate: fingerprints are of all of it then. */
  readonly isCertificate: boolean;
  /** Algorithm of the signature over the exchange: `rsa-sha2-512`. */
  readonly signatureType: string;
}

/** A side uses its new keys from here on (RFC 4253 §7.3). */
export interface SshNewKeysEvent extends StreamEvent {
  readonly type: "ssh.newKeys";
}

/** Another message that was not encrypted: of the key exchange, or why the connection ends (RFC 4253 §8, §11). */
export interface SshMessageEvent extends StreamEvent {
  readonly type: "ssh.message";
  /** Number of the message (RFC 4250 §4.1). */
  readonly code: number;
  /** The message, as the declaration of SSH's messages shows it. */
  readonly message: ViewOf<SshMessage>;
}

/**
 * What a side sent in cipher, told once, when it ends. Its place begins where cipher begins; of the packets that brought it the
 * first and the last are named.
 */
export interface SshEncryptedEvent extends StreamEvent {
  readonly type: "ssh.encrypted";
  readonly bytes: number;
  /** Bytes of it that the capture lacks; they are not among `bytes`. */
  readonly missing: number;
  /** How many packets these are, where the method leaves their lengths readable; `null` where it does not. */
  readonly packets: number | null;
}

/** The events of SSH by their type. */
export interface SshEvents {
  "ssh.banner": SshBannerEvent;
  "ssh.kexInit": SshKexInitEvent;
  "ssh.algorithms": SshAlgorithmsEvent;
  "ssh.hostKey": SshHostKeyEvent;
  "ssh.newKeys": SshNewKeysEvent;
  "ssh.message": SshMessageEvent;
  "ssh.encrypted": SshEncryptedEvent;
}
