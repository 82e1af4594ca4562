import { formatHex } from "../../bytes/hex.ts";
import { sha256 } from "../../bytes/sha256.ts";
import { isGrease } from "./grease.ts";
import type { ClientOffer } from "./hello.ts";

const versions: ReadonlyMap<number, string> = new Map([
  [0x0304, "13"],
  [0x0303, "12"],
  [0x0302, "11"],
  [0x0301, "10"],
  [0x0300, "s3"],
  [0x0002, "s2"],
  [0x0200, "s2"],
  [0xfeff, "d1"],
  [0xfefd, "d2"],
  [0xfefc, "d3"],
]);

const SERVER_NAME = 0;
const ALPN = 16;
const NOTHING = "000000000000";

const known = (values: readonly number[]): number[] => values.filter((value) => !isGrease(value));
const four = (value: number): string => value.toString(16).padStart(4, "0");
const count = (values: readonly number[]): string =>
  String(Math.min(values.length, 99)).padStart(2, "0");
const isAlphanumeric = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);

/** The first and the last character of an application protocol; of its bytes in hexadecimal where they are no letters. */
function endsOf(name: string | undefined): string {
  if (name === undefined || name === "") return "00";
  const [first, last] = [name.charCodeAt(0), name.charCodeAt(name.length - 1)];
  if (isAlphanumeric(first) && isAlphanumeric(last)) return name[0]! + name[name.length - 1]!;
  return first.toString(16).padStart(2, "0")[0]! + last.toString(16).padStart(2, "0")[1]!;
}

const digest = (text: string): string =>
  formatHex(sha256(new TextEncoder().encode(text))).slice(0, 12);

/** The newest version that is offered. */
function newest(offer: ClientOffer): string {
  const offered = known(offer.versions);
  return versions.get(offered.length > 0 ? Math.max(...offered) : offer.version) ?? "00";
}

/**
 * The three parts of JA4 in clear, with `_` between: what is counted, the cipher suites and the extensions in ascending
 * order, and the signature algorithms in theirs (the form that is called JA4_r).
 */
export function ja4Text(offer: ClientOffer, transport: "t" | "q" | "d" = "t"): string {
  const extensions = known(offer.extensions);
  const suites = known(offer.cipherSuites);
  const named = extensions.includes(SERVER_NAME) ? "d" : "i";
  const summary = `${transport}${newest(offer)}${named}${count(suites)}${count(extensions)}${endsOf(offer.alpn[0])}`;
  const others = extensions.filter((type) => type !== SERVER_NAME && type !== ALPN);
  const schemes = known(offer.signatureAlgorithms).map(four).join(",");
  const sorted = (values: readonly number[]): string => values.map(four).sort().join(",");
  return `${summary}_${sorted(suites)}_${sorted(others)}${schemes === "" ? "" : `_${schemes}`}`;
}

/**
 * The JA4 fingerprint of a ClientHello, `t13d1516h2_8daaf6152771_e5627efa2ab1`: GREASE is left out, and the order of suites
 * and extensions, which newer clients change at random, plays no part.
 */
export function ja4(offer: ClientOffer, transport: "t" | "q" | "d" = "t"): string {
  const [summary = "", suites = "", ...rest] = ja4Text(offer, transport).split("_");
  const extensions = rest.join("_");
  return `${summary}_${suites === "" ? NOTHING : digest(suites)}_${extensions === "" ? NOTHING : digest(extensions)}`;
}
