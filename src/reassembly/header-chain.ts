const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;
const HIP = 139;
const SHIM6 = 140;
const NONE = 59;

/** Fixed headers of what ends a chain, in bytes; of all others one byte is enough. */
const upperLength: ReadonlyMap<number, number> = new Map([
  [4, 20],
  [6, 20],
  [17, 8],
  [33, 12],
  [41, 40],
  [50, 8],
  [58, 4],
  [132, 12],
]);

const followed: ReadonlySet<number> = new Set([
  ...[HOP_BY_HOP, ROUTING, DESTINATION_OPTIONS, AUTHENTICATION, FRAGMENT],
  ...[MOBILITY, HIP, SHIM6],
]);

/**
 * Whether the first fragment of an IPv6 packet holds all its headers, up to that of the upper layer (RFC 7112 §5). Filters
 * look there only, so that a receiver should discard one that does not.
 */
export function isWholeChain(next: number, bytes: Uint8Array, from: number, to: number): boolean {
  let type = next;
  let at = from;
  while (followed.has(type)) {
    if (at + 8 > to) return false;
    const length = bytes[at + 1]!;
    const end =
      type === FRAGMENT
        ? at + 8
        : at + (type === AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8);
    if (end > to) return false;
    type = bytes[at]!;
    at = end;
  }
  return type === NONE || at + (upperLength.get(type) ?? 1) <= to;
}
