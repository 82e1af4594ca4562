import { formatHex } from "../../bytes/hex.ts";
import type { tlsHandshake } from "../../protocols/application/tls/handshake.ts";
import type { ViewOf } from "../../schema/protocol.ts";

type Message = ViewOf<typeof tlsHandshake>;
/** A ClientHello as its declaration shows it. */
export type ClientHelloView = Extract<Message, { readonly is: "clientHello" }>;
/** A ServerHello as its declaration shows it. */
export type ServerHelloView = Extract<Message, { readonly is: "serverHello" }>;

/** What a client offers (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2): lists in its order, GREASE values among them. */
export interface ClientOffer {
  /** The version that the message itself has; TLS 1.3 tells the real ones in {@link versions}. */
  readonly version: number;
  /** Of `supported_versions` (RFC 8446 §4.2.1). */
  readonly versions: readonly number[];
  readonly cipherSuites: readonly number[];
  readonly compressionMethods: readonly number[];
  /** Types of the extensions. */
  readonly extensions: readonly number[];
  /** Name of the server that the client looks for (RFC 6066 §3); `null` where it names none. */
  readonly sni: string | null;
  /** Application protocols (RFC 7301), as ISO 8859-1 text. */
  readonly alpn: readonly string[];
  readonly groups: readonly number[];
  readonly pointFormats: readonly number[];
  readonly signatureAlgorithms: readonly number[];
  /** Groups of the keys that it sends (RFC 8446 §4.2.8). */
  readonly keyShares: readonly number[];
  readonly pskModes: readonly number[];
}

/** What is offered where nothing is said. */
export const emptyOffer: ClientOffer = {
  version: 0,
  versions: [],
  cipherSuites: [],
  compressionMethods: [],
  extensions: [],
  sni: null,
  alpn: [],
  groups: [],
  pointFormats: [],
  signatureAlgorithms: [],
  keyShares: [],
  pskModes: [],
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads what is in a ClientHello, as far as it is whole. */
export function readClientOffer(hello: ClientHelloView): ClientOffer {
  const offer: Mutable<ClientOffer> = {
    ...emptyOffer,
    version: hello.version,
    cipherSuites: (hello.cipherSuites ?? []).map(({ suite }) => suite),
    compressionMethods: (hello.compressionMethods ?? []).map(({ method }) => method),
    extensions: (hello.extensions ?? []).map(({ type }) => type),
  };
  for (const extension of hello.extensions ?? []) readExtension(offer, extension);
  return offer;
}

function readExtension(
  offer: Mutable<ClientOffer>,
  extension: ClientHelloView["extensions"][number],
): void {
  switch (extension.is) {
    case "serverName":
      offer.sni ??= extension.names.find(({ type }) => type === 0)?.name ?? null;
      return;
    case "alpn":
      offer.alpn = extension.names.map(({ name }) => name ?? "");
      return;
    case "supportedVersions":
      offer.versions = extension.versions.map(({ version }) => version);
      return;
    case "supportedGroups":
      offer.groups = extension.groups.map(({ group }) => group);
      return;
    case "ecPointFormats":
      offer.pointFormats = extension.formats.map(({ format }) => format);
      return;
    case "signatureAlgorithms":
      offer.signatureAlgorithms = extension.schemes.map(({ scheme }) => scheme);
      return;
    case "keyShare":
      offer.keyShares = extension.shares.map(({ group }) => group);
      return;
    case "pskKeyExchangeModes":
      offer.pskModes = extension.modes.map(({ mode }) => mode);
      return;
    default:
  }
}

/** What a server chose (RFC 8446 §4.1.3, RFC 5246 §7.4.1.3). */
export interface ServerChoice {
  /** The version that the connection has: of `supported_versions`, or the message's own. */
  readonly version: number;
  /** The version that the message itself has. */
  readonly legacyVersion: number;
  readonly cipherSuite: number;
  readonly extensions: readonly number[];
  /** The application protocol; `null` where the message does not tell it, as always in TLS 1.3. */
  readonly alpn: string | null;
  /** Group of the server's key; `null` before TLS 1.3. */
  readonly keyShare: number | null;
  /** Whether it asks for another ClientHello (RFC 8446 §4.1.4). */
  readonly isRetry: boolean;
}

/** The random that makes a ServerHello a HelloRetryRequest: the SHA-256 of those words (RFC 8446 §4.1.3). */
const RETRY = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";

/** Reads what is in a ServerHello, as far as it is whole. */
export function readServerChoice(hello: ServerHelloView): ServerChoice {
  const choice: Mutable<ServerChoice> = {
    version: hello.version,
    legacyVersion: hello.version,
    cipherSuite: hello.cipherSuite ?? 0,
    extensions: (hello.extensions ?? []).map(({ type }) => type),
    alpn: null,
    keyShare: null,
    isRetry: formatHex(hello.random) === RETRY,
  };
  for (const extension of hello.extensions ?? []) {
    if (extension.is === "supportedVersions") choice.version = extension.version;
    else if (extension.is === "alpn") choice.alpn = extension.names[0]?.name ?? null;
    else if (extension.is === "keyShare")
      choice.keyShare = extension.share?.group ?? extension.selectedGroup ?? null;
  }
  return choice;
}

/** Whether a version is TLS 1.3, or a draft of it (RFC 8446 §4.2.1.1 of the drafts). */
export const isTls13 = (version: number): boolean => version === 0x0304 || version >> 8 === 0x7f;
