import type { HttpField, HttpFraming, HttpRequestEvent } from "./events.ts";
import { httpFields, httpWords } from "./fields.ts";

/** Where the content of a message ends (RFC 9112 §6.3), and what is wrong with what it says of that. */
export interface Framing {
  readonly kind: HttpFraming;
  /** Bytes of content for `length`; what else counts is not known before. */
  readonly length: number;
  readonly fault: string | null;
}

const none: Framing = { kind: "none", length: 0, fault: null };
const untilClose = (fault: string | null): Framing => ({ kind: "close", length: Infinity, fault });

const LARGEST = Number.MAX_SAFE_INTEGER;

interface Length {
  /** -1 where there is none that is a number. */
  readonly value: number;
  readonly fault: string | null;
}

/** What Content-Length says; the same number several times is as good as once (RFC 9112 §6.3 rule 5). */
function lengthOf(headers: readonly HttpField[]): Length | null {
  const said = new Set(
    httpFields(headers, "content-length").flatMap((v) => v.split(",").map((one) => one.trim())),
  );
  if (said.size === 0) return null;
  // Beyond what a number holds nobody means it: it is there to confuse.
  const numbers = [...said].filter((one) => /^\d+$/.test(one) && Number(one) <= LARGEST);
  const first = numbers[0];
  if (first === undefined) return { value: -1, fault: "Content-Length is no number" };
  const isClear = new Set(numbers.map(BigInt)).size === 1 && numbers.length === said.size;
  return { value: Number(first), fault: isClear ? null : "Content-Length says several things" };
}

/** What Transfer-Encoding and Content-Length say, apart from the kinds of message that never have content. */
function said(headers: readonly HttpField[], isRequest: boolean): Framing {
  // Identity, which once was a coding, says that there is none.
  const codings = httpWords(headers, "transfer-encoding").filter((one) => one !== "identity");
  const length = lengthOf(headers);
  if (codings.length > 0) {
    const both = length === null ? null : "both Transfer-Encoding and Content-Length";
    if (codings.at(-1) === "chunked") return { kind: "chunked", length: 0, fault: both };
    const fault = "the last transfer coding is not chunked";
    // A response goes on to the end then; a request has no end that it could tell but this one (RFC 9112 §6.3 rule 4).
    if (!isRequest) return untilClose(both);
    return { kind: "length", length: Math.max(0, length?.value ?? 0), fault };
  }
  if (length === null) return isRequest ? none : untilClose(null);
  if (length.value < 0)
    return isRequest ? { ...none, fault: length.fault } : untilClose(length.fault);
  return { kind: "length", length: length.value, fault: length.fault };
}

/** Where a request's content ends: without a word of it, there is none. */
export const requestFraming = (headers: readonly HttpField[]): Framing => said(headers, true);

/** Where a response's content ends; `request` is what it answers, if that is known. */
export function responseFraming(
  status: number,
  headers: readonly HttpField[],
  request: HttpRequestEvent | null,
): Framing {
  if (status >= 100 && (status < 200 || status === 204 || status === 304)) return none;
  if (request?.method === "HEAD") return none;
  if (request?.method === "CONNECT" && status >= 200 && status < 300) return none;
  return said(headers, false);
}

/** The target URI (RFC 9110 §7.1), as far as the message itself says it. */
export function urlOf(
  method: string,
  target: string,
  headers: readonly HttpField[],
): string | null {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(target)) return target;
  const [host = ""] = httpFields(headers, "host");
  if (method === "CONNECT" || host === "") return null;
  if (target === "*") return `http://${host}`;
  return target.startsWith("/") ? `http://${host}${target}` : null;
}
