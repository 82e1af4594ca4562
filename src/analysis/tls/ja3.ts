import { formatHex } from "../../bytes/hex.ts";
import { md5 } from "../../bytes/md5.ts";
import { isGrease } from "./grease.ts";
import type { ClientOffer, ServerChoice } from "./hello.ts";

const list = (values: readonly number[]): string =>
  values.filter((value) => !isGrease(value)).join("-");

/**
 * The JA3 text of a ClientHello: version, cipher suites, extensions, groups and point formats, as decimal numbers without
 * GREASE. Its hash is {@link ja3Hash} of it.
 */
export const ja3 = (offer: ClientOffer): string =>
  [
    offer.version,
    list(offer.cipherSuites),
    list(offer.extensions),
    list(offer.groups),
    offer.pointFormats.join("-"),
  ].join(",");

/** The JA3S text of a ServerHello: version, cipher suite and extensions. */
export const ja3s = (choice: ServerChoice): string =>
  `${choice.legacyVersion},${choice.cipherSuite},${list(choice.extensions)}`;

/** The fingerprint of a JA3 or JA3S text: its MD5 in hexadecimal. */
export const ja3Hash = (text: string): string => formatHex(md5(new TextEncoder().encode(text)));
