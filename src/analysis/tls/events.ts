import type { StreamEvent } from "../event.ts";
import type { ClientOffer, ServerChoice } from "./hello.ts";
import type { Certificate } from "./x509.ts";

/** A ClientHello (RFC 8446 §4.1.2), also in the form of SSL 2.0 (RFC 5246 Appendix E.2). */
export interface TlsClientHelloEvent extends StreamEvent, ClientOffer {
  readonly type: "tls.clientHello";
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  /** The JA3 text, and the MD5 of it that is passed around. */
  readonly ja3: string;
  readonly ja3Hash: string;
  readonly ja4: string;
}

/** A ServerHello or HelloRetryRequest (RFC 8446 §4.1.3, §4.1.4). */
export interface TlsServerHelloEvent extends StreamEvent, ServerChoice {
  readonly type: "tls.serverHello";
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly ja3s: string;
  readonly ja3sHash: string;
  /** Whether it goes on with a session that the client named (RFC 5246 §7.3); before TLS 1.3 only. */
  readonly isResumed: boolean;
}

/** The certificates of one side, its own first (RFC 5246 §7.4.2). In TLS 1.3 they are encrypted. */
export interface TlsCertificateEvent extends StreamEvent {
  readonly type: "tls.certificate";
  readonly certificates: readonly Certificate[];
}

/** Any other handshake message, or one that is encrypted. */
export interface TlsHandshakeEvent extends StreamEvent {
  readonly type: "tls.handshake";
  /** The number of its type; `null` where the message is encrypted. */
  readonly messageType: number | null;
  /** Bytes after type and length; of an encrypted message, of its record. */
  readonly length: number;
}

/** What follows is encrypted (RFC 5246 §7.1); says nothing in TLS 1.3 (RFC 8446 §D.4). */
export interface TlsChangeCipherSpecEvent extends StreamEvent {
  readonly type: "tls.changeCipherSpec";
}

/** An alert (RFC 8446 §6). */
export interface TlsAlertEvent extends StreamEvent {
  readonly type: "tls.alert";
  /** Level and description; `null` where the alert is encrypted. */
  readonly level: number | null;
  readonly description: number | null;
}

/** A record of application data: in TLS 1.3 also the rest of the handshake (RFC 8446 §5.2). */
export interface TlsApplicationDataEvent extends StreamEvent {
  readonly type: "tls.applicationData";
  /** Encrypted bytes. */
  readonly length: number;
}

/** A heartbeat (RFC 6520). */
export interface TlsHeartbeatEvent extends StreamEvent {
  readonly type: "tls.heartbeat";
  /** Type and length as the message claims them; `null` where it is encrypted. */
  readonly messageType: number | null;
  readonly payloadLength: number | null;
  /** Whether it claims more bytes than it has: what an attack on CVE-2014-0160 does. */
  readonly isOverlong: boolean;
}

/** The events of TLS by their types. */
export interface TlsEvents {
  "tls.clientHello": TlsClientHelloEvent;
  "tls.serverHello": TlsServerHelloEvent;
  "tls.certificate": TlsCertificateEvent;
  "tls.handshake": TlsHandshakeEvent;
  "tls.changeCipherSpec": TlsChangeCipherSpecEvent;
  "tls.alert": TlsAlertEvent;
  "tls.applicationData": TlsApplicationDataEvent;
  "tls.heartbeat": TlsHeartbeatEvent;
}
