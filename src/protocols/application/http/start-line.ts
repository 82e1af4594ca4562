import { httpMethods } from "../../iana/http.ts";
import { digitsAt, isDigit, lineLimit } from "./text.ts";

/** Methods of protocols that speak HTTP's grammar: SSDP and GENA of UPnP, RPC over HTTP, WebDAV's older ones, ICY. */
const kinMethods = [
  "NOTIFY",
  "M-SEARCH",
  "SUBSCRIBE",
  "UNSUBSCRIBE",
  "RPC_IN_DATA",
  "RPC_OUT_DATA",
  "CCM_POST",
  "SOURCE",
];

const known = /* @__PURE__ */ new Set([...httpMethods, ...kinMethods]);
/** No method that anybody uses is longer; a first word beyond this is none. */
const LONGEST_METHOD = 32;

const VERSION = [0x48, 0x54, 0x54, 0x50, 0x2f] as const;

/** Whether `HTTP/` and a digit stand at `at`. */
function versionAt(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + VERSION.length >= end) return false;
  return VERSION.every((c, i) => bytes[at + i] === c) && isDigit(bytes[at + VERSION.length]);
}

/** Characters of a token (RFC 9110 §5.6.2) that methods are made of: letters, digits, `-` and `_`. */
const isTokenByte = (c: number): boolean =>
  (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || isDigit(c) || c === 0x2d || c === 0x5f;

/** A status line: `HTTP/1.1 200` and a blank or the line's end. */
export function isStatusLine(bytes: Uint8Array, start: number, end: number): boolean {
  if (!versionAt(bytes, start, end)) return false;
  let at = start + VERSION.length;
  while (at < end && (isDigit(bytes[at]) || bytes[at] === 0x2e)) at++;
  const blank = at;
  while (at < end && bytes[at] === 0x20) at++;
  if (at === blank || at + 3 > end || !digitsAt(bytes, at)) return false;
  const after = bytes[at + 3];
  return at + 3 === end || after === 0x20 || after === 0x0d || after === 0x0a;
}

/**
 * A request line: any word as method where the line ends in an HTTP version. A line that goes on beyond the bytes is one
 * when its method is known, and so is the simple request of HTTP/0.9, `GET` and a target. `PRI` begins HTTP/2 (RFC 9113
 * §3.4).
 */
function isRequestLine(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  const stop = Math.min(end, start + LONGEST_METHOD + 1);
  let method = "";
  while (at < stop && isTokenByte(bytes[at]!)) method += String.fromCharCode(bytes[at++]!);
  if (method === "" || method === "PRI" || at >= stop || bytes[at] !== 0x20) return false;
  const limit = lineLimit(bytes, at, end);
  const word = lastWord(bytes, at, limit);
  if (versionAt(bytes, word, limit)) return true;
  if (limit === end)
    return known.has(method) && (word === at + 1 || beginsVersion(bytes, word, end));
  return method === "GET" && word === at + 1 && word < limit;
}

/** Whether what the bytes still hold may be the beginning of a version. */
function beginsVersion(bytes: Uint8Array, at: number, end: number): boolean {
  for (let i = 0; i < VERSION.length && at + i < end; i++)
    if (bytes[at + i] !== VERSION[i]) return false;
  return true;
}

/** Where the last word of a line begins. */
function lastWord(bytes: Uint8Array, at: number, limit: number): number {
  let o = limit;
  while (o > at && bytes[o - 1] !== 0x20) o--;
  return o;
}

/** Whether a message begins here: what tells HTTP from the middle of a body. */
export const isStartLine = (bytes: Uint8Array, start: number, end: number): boolean =>
  isStatusLine(bytes, start, end) || isRequestLine(bytes, start, end);
