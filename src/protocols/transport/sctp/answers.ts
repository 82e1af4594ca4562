import { serialDistance } from "../../../bytes/serial.ts";
import type { Layer } from "../../../schema/layer.ts";
import type { View, ViewOf } from "../../../schema/protocol.ts";
import type { SctpChunk } from "./chunks.ts";

type Chunk = ViewOf<SctpChunk>;
type Packet = View<{ readonly verificationTag: number; readonly chunks: readonly Chunk[] }>;

/** Chunks that ask for others (RFC 9260 §5.1, §6.2, §8.3, §9.2; RFC 5061 §4.1). */
const asked: Readonly<Record<string, readonly string[]>> = {
  init: ["initAck"],
  initAck: ["cookieEcho"],
  cookieEcho: ["cookieAck", "error"],
  data: ["sack", "nrSack"],
  interleavedData: ["sack", "nrSack"],
  heartbeat: ["heartbeatAck"],
  shutdown: ["shutdownAck"],
  shutdownAck: ["shutdownComplete"],
  addressConfiguration: ["addressConfigurationAck"],
};

/**
 * Whether a packet of the other side answers one: it has a chunk that one of the request's asks for, or aborts. Its
 * verification tag must be right as far as the request says it (RFC 9260 §8.5).
 */
export function repliesTo(own: Packet, request: Packet): boolean {
  const aborts = own.chunks.some((c) => c.is === "abort");
  const isReflected = own.chunks.some(
    (c) => (c.is === "abort" || c.is === "shutdownComplete") && c.flags.reflected,
  );
  if (isReflected) {
    if (own.verificationTag !== request.verificationTag) return false;
  } else if (!request.chunks.every((c) => hasTag(own.verificationTag, c))) return false;
  return aborts || request.chunks.some((one) => own.chunks.some((other) => fits(other, one)));
}

/** What both sides begin with tells the tag that the other is to use. */
const hasTag = (tag: number, chunk: Chunk): boolean =>
  (chunk.is !== "init" && chunk.is !== "initAck") || chunk.initiateTag === tag;

function fits(own: Chunk, request: Chunk): boolean {
  if (!asked[request.is]?.includes(own.is)) return false;
  if (request.is === "data" || request.is === "interleavedData")
    return acknowledges(own, request.tsn);
  if (request.is === "heartbeat") return isSameContent(own.layer, request.layer);
  if (request.is === "addressConfiguration" && own.is === "addressConfigurationAck")
    return own.seq === request.seq;
  return true;
}

/** Whether an acknowledgment covers a number: all up to one, and blocks behind it (RFC 9260 §3.3.4). */
function acknowledges(own: Chunk, tsn: number): boolean {
  if (own.is !== "sack" && own.is !== "nrSack") return false;
  const beyond = serialDistance(own.cumulativeTsn, tsn);
  const blocks = own.is === "sack" ? own.gaps : [...own.gaps, ...own.nrGaps];
  return beyond <= 0 || blocks.some(({ start, end }) => start <= beyond && beyond <= end);
}

/** A heartbeat comes back with what it holds, whatever that is (RFC 9260 §8.3). */
function isSameContent(one: Layer, other: Layer): boolean {
  const length = one.end - one.start;
  if (length !== other.end - other.start) return false;
  for (let i = 4; i < length; i++)
    if (one.bytes[one.start + i] !== other.bytes[other.start + i]) return false;
  return true;
}
