import type { Layer } from "../schema/layer.ts";
import { viewOf } from "../schema/layer.ts";
import { payloadEnd } from "../schema/layout.ts";
import type { AnySchema } from "../schema/schema.ts";
import { allEnds, type Ends, endsOf, isEqual, isGroup, isUnspecified, spanOf } from "./ends.ts";

/** Takes bytes apart, from a first protocol on. */
export type Dissect = (first: AnySchema, bytes: Uint8Array, start: number, end: number) => Layer;

/** Bytes of what a datagram carries that every error message quotes (RFC 792). */
const QUOTED = 8;

/**
 * Whether a packet answers another. Their layers are compared from the lowest up: conversations must go the other way, and
 * what declarations say of their messages must hold. A message that quotes a packet answers that one.
 */
export function answersTo(own: Layer, request: Layer, dissect: Dissect): boolean {
  for (let l: Layer | null = own; l !== null; l = l.upper)
    if (l.schema.spec.quotes) return isAbout(l, l.upper ?? quotedIn(l, dissect), request);
  const hold: Hold = { judged: false, acknowledged: false, toAll: false };
  let a: Layer | null = own;
  let b: Layer | null = request;
  while (a !== null && b !== null) {
    if (a.schema.root === b.schema.root) {
      if (!judge(a, b, hold)) return false;
      a = a.upper;
      b = b.upper;
    } else if (isPlain(a)) a = a.upper;
    else if (isPlain(b)) b = b.upper;
    else return false;
  }
  return hold.judged && (hold.acknowledged || (arePlain(a) && arePlain(b)));
}

/** What is known of two packets so far. */
interface Hold {
  /** Whether any layer could tell. */
  judged: boolean;
  /** Whether a transport said so by itself: then it does not matter what it carries. */
  acknowledged: boolean;
  /** Whether a link layer below sent the request to more than one. */
  toAll: boolean;
}

/** A layer that tells nothing of requests and answers: a tag, an extension header. Only one of the packets may have it. */
const isPlain = ({ schema }: Layer): boolean =>
  schema.spec.pairs.length === 0 && schema.spec.answers === null;

function arePlain(from: Layer | null): boolean {
  for (let l = from; l !== null; l = l.upper) if (!isPlain(l)) return false;
  return true;
}

function judge(own: Layer, request: Layer, hold: Hold): boolean {
  const { endpoints, answers } = own.schema.spec;
  const ends = endpoints === null ? [] : [endsOf(own, endpoints)].filter((e) => e !== null);
  const all = endpoints === null && answers === null ? allEnds(own) : ends;
  const others = request.schema.spec.pairs.map((pair) => endsOf(request, pair));
  const isBack = all.every((one, i) => {
    const other = others.filter((e) => e !== null)[i];
    return other !== undefined && goesBack(own, one, request, other, hold);
  });
  if (!isBack) return false;
  if (all.length > 0) hold.judged = true;
  if (answers === null) return true;
  hold.judged = true;
  const rule = answers as (own: object, request: object) => boolean;
  if (!rule(viewOf(own), viewOf(request))) return false;
  if (ends[0]?.kind === "uint") hold.acknowledged = true;
  return true;
}

/** Whether one pair of ends is the other turned round. Who was not asked by name may answer what was asked of all. */
function goesBack(own: Layer, mine: Ends, request: Layer, asked: Ends, hold: Hold): boolean {
  const { kind } = asked;
  const isToSender = isEqual(own, mine.dst, request, asked.src);
  if (kind === "uint") return isToSender && isEqual(own, mine.src, request, asked.dst);
  const isToAll =
    isGroup(request, asked.dst, kind) ||
    isUnspecified(request, asked.dst, kind) ||
    (hold.toAll && isNetworkBroadcast(request, asked));
  const isExact = isToSender && isEqual(own, mine.src, request, asked.dst);
  if (!isToAll) return isExact;
  // Both ends of a loopback interface are zero, and no one's address either.
  if (isExact && isUnspecified(request, asked.dst, kind)) return true;
  hold.toAll = true;
  // Answers may go to all in turn, but nobody answers himself.
  const isFromOther = !isEqual(own, mine.src, request, asked.src);
  return isFromOther && (isToSender || isGroup(own, mine.dst, kind));
}

/**
 * Whether an IPv4 address can be the broadcast address of a network: its last bits are ones. How many is not known, so it
 * counts only in a frame to all (RFC 919).
 */
const isNetworkBroadcast = ({ bytes }: Layer, { dst, kind }: Ends): boolean =>
  kind === "ipv4" && (bytes[dst.at + 3]! & 3) === 3;

/** What a message quotes, where it was built with the bytes of it. */
function quotedIn(message: Layer, dissect: Dissect): Layer | null {
  const next = message.schema.spec.choose?.(viewOf(message), () => undefined);
  if (next === undefined) return null;
  return dissect(next, message.bytes, message.headerEnd, payloadEnd(message));
}

/** Whether a message that quotes a packet is about `request`, and goes to its sender. */
function isAbout(message: Layer, quoted: Layer | null, request: Layer): boolean {
  if (quoted === null) return false;
  let carrier = message.lower;
  while (carrier !== null && carrier.schema.spec.endpoints === null) carrier = carrier.lower;
  for (let l: Layer | null = request; l !== null; l = l.upper) {
    if (l.schema.root !== quoted.schema.root) continue;
    const { endpoints } = l.schema.spec;
    const asker = endpoints === null ? null : endsOf(l, endpoints);
    const to = carrier === null ? null : endsOf(carrier, carrier.schema.spec.endpoints!);
    if (asker === null || (to !== null && !isEqual(carrier!, to.dst, l, asker.src))) continue;
    if (isCopy(quoted, l)) return true;
  }
  return false;
}

/** Whether a quoted header, and as much of what follows as is quoted, is that of a packet. */
function isCopy(quoted: Layer, sent: Layer): boolean {
  const { identity } = sent.schema.spec;
  if (identity === null) return false;
  for (const name of identity) {
    const [a, b] = [quoted, sent].map((l) => (viewOf(l) as Record<string, unknown>)[name]);
    if (a !== b) return false;
  }
  const above = sent.upper;
  if (
    above !== null &&
    above.schema.root === quoted.upper?.schema.root &&
    above.schema.spec.identity
  )
    return isCopy(quoted.upper, above);
  return isSamePayload(quoted, sent);
}

/** Compares the first bytes of what two headers carry, but for checksums, which may be computed on the way. */
function isSamePayload(quoted: Layer, sent: Layer): boolean {
  const available = Math.min(payloadEnd(quoted) - quoted.headerEnd, sent.end - sent.headerEnd);
  const count = Math.min(QUOTED, available);
  const above = sent.upper;
  const sums = above === null ? [] : above.schema.checksums.map((p) => spanOf(above, p.name));
  for (let i = 0; i < count; i++) {
    const at = sent.headerEnd + i;
    const isSum = sums.some((s) => s !== null && at >= s.at && at < s.at + s.length);
    if (!isSum && sent.bytes[at] !== quoted.bytes[quoted.headerEnd + i]) return false;
  }
  return true;
}
