import { readU16 } from "../../bytes/numbers.ts";
import type { Layer } from "../../schema/layer.ts";
import type { Piece, Split, SplitOptions, Splits } from "../../schema/split.ts";
import { DEFAULT_SIZE, roomIn, WORD } from "./ipv4-split.ts";
import { destinationOptions, hopByHop, ipv6Fragment } from "./ipv6-extensions.ts";
import { ipv6Routing } from "./ipv6-routing.ts";

const FIXED_HEADER = 40;
const FRAGMENT_HEADER = 8;
const LONGEST = 65_535;

const isOf = (layer: Layer | null, declaration: { readonly schema: unknown }): layer is Layer =>
  layer !== null && layer.schema.root === declaration.schema;

/** What of a packet each fragment has, and where the first header of an upper layer ends (RFC 8200 §4.5). */
interface Anatomy {
  /** The last header that nodes on the way look at: a routing header, else hop-by-hop options, else IPv6 itself. */
  readonly last: Layer;
  /** The fragment header of a packet that is one already. */
  readonly fragment: Layer | null;
  readonly upperEnd: number;
}

function anatomyOf(ip: Layer): Anatomy {
  let last = ip;
  let fragment: Layer | null = null;
  let at = ip;
  for (let l = ip.upper; l !== null; l = l.upper) {
    const isOnTheWay = isOf(l, hopByHop) || isOf(l, ipv6Routing);
    if (isOnTheWay && fragment === null) last = l;
    if (isOf(l, ipv6Fragment)) fragment ??= l;
    at = l;
    if (!isOnTheWay && !isOf(l, ipv6Fragment) && !isOf(l, destinationOptions)) break;
  }
  return { last, fragment, upperEnd: at.headerEnd };
}

/** An identification that differs between packets that differ: FNV-1a over the bytes. */
function identify({ bytes, start, end }: Layer): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash >>> 0;
}

/**
 * RFC 8200 §4.5: cuts what follows the headers for nodes on the way, and gives each piece a fragment header. A fragment is
 * cut again with the identification that it has.
 */
function fragment(ip: Layer, options: SplitOptions): Split {
  const { size = DEFAULT_SIZE, force = false, atomic = false } = options;
  const { last, fragment: own, upperEnd } = anatomyOf(ip);
  const layer = own ?? last;
  const { headerEnd, end } = { headerEnd: layer.headerEnd, end: ip.end };
  if (end - ip.start <= size && (!atomic || own !== null))
    return { layer, pieces: [{ from: headerEnd, to: end, values: {} }] };
  if (end - ip.start - FIXED_HEADER > LONGEST)
    throw new RangeError("fragment: a jumbogram cannot be fragmented (RFC 2675 §3)");
  const header = headerEnd - ip.start + (own === null ? FRAGMENT_HEADER : 0);
  const word = own === null ? 0 : readU16(own.bytes, own.start + 2);
  if (word >> 3 === 0 && !force && header + end - headerEnd > size)
    checkFirst(upperEnd - headerEnd, roomIn(size, header));
  const pieces: Piece[] = [];
  for (let from = headerEnd; from < end || pieces.length === 0; ) {
    const isLast = header + end - from <= size;
    const to = isLast ? end : from + roomIn(size, header);
    const place = {
      offset: (word >> 3) + (from - headerEnd) / WORD,
      more: !isLast || (word & 1) === 1,
    };
    pieces.push({ from, to, ...headersOf(ip, layer, own, place, options.id) });
    from = to;
  }
  return { layer, pieces };
}

/** Who filters by ports must find them in the first fragment (RFC 8200 §4.5, RFC 7112). */
function checkFirst(needed: number, room: number): void {
  if (needed > room)
    throw new RangeError(
      `fragment: the first fragment has room for ${room} bytes, the headers take ${needed}; { force: true } splits them`,
    );
}

function headersOf(
  ip: Layer,
  layer: Layer,
  own: Layer | null,
  place: { readonly offset: number; readonly more: boolean },
  id: number | undefined,
): Pick<Piece, "values" | "above"> {
  if (own !== null) return { values: id === undefined ? place : { ...place, id } };
  const { bytes, start } = layer;
  // The number of what follows moves into the fragment header, and the number of that takes its place.
  const nextHeader = layer === ip ? bytes[start + 6]! : bytes[start]!;
  return {
    values: { nextHeader: undefined },
    above: ipv6Fragment({ nextHeader, ...place, id: id ?? identify(ip) }),
  };
}

/** How IPv6 packets are cut. */
export const ipv6Splits: Splits = { fragment };
