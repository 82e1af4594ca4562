/** One element of DER (X.690 §8.1): where its contents lie. Its children are found when asked for. */
export interface DerElement {
  /** The identifier: class and form in the highest three bits, then the number. */
  readonly tag: number;
  readonly start: number;
  /** Contents: `bytes[from, end)`. */
  readonly from: number;
  readonly end: number;
}

/** Tags of the universal class, as their identifiers are written. */
export const DerTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  nothing: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/**
 * The element at a place; `null` where the bytes up to `end` do not hold one. Tags of more than one byte and lengths that are
 * not definite, which certificates do not have, are none.
 */
export function readDer(bytes: Uint8Array, at: number, end: number): DerElement | null {
  if (at + 2 > end) return null;
  const tag = bytes[at]!;
  if ((tag & 0x1f) === 0x1f) return null;
  let length = bytes[at + 1]!;
  let from = at + 2;
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 4 || from + count > end) return null;
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + bytes[from + i]!;
    from += count;
  }
  if (length > end - from) return null;
  return { tag, start: at, from, end: from + length };
}

/** The elements in the contents of another, up to the first that is none. */
export function derChildren(bytes: Uint8Array, { from, end }: DerElement): DerElement[] {
  const found: DerElement[] = [];
  for (let at = from; at < end; ) {
    const one = readDer(bytes, at, end);
    if (one === null) break;
    found.push(one);
    at = one.end;
  }
  return found;
}

/** Arcs of an object identifier that are read at most: nobody's has as many. */
const MOST_ARCS = 128;

/** An object identifier, `2.5.29.17` (X.690 §8.19); empty where it is none. */
export function derOid(bytes: Uint8Array, { from, end }: DerElement): string {
  const arcs: number[] = [];
  let arc = 0;
  for (let i = from; i < end && arcs.length < MOST_ARCS; i++) {
    arc = arc * 128 + (bytes[i]! & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER) return "";
    if (bytes[i]! >= 0x80) continue;
    if (arcs.length === 0) {
      const first = Math.min(2, Math.floor(arc / 40));
      arcs.push(first, arc - 40 * first);
    } else arcs.push(arc);
    arc = 0;
  }
  return arcs.join(".");
}

const utf8 = new TextDecoder();

/** One character a unit of so many bytes. */
function unitsOf(bytes: Uint8Array, from: number, end: number, width: 1 | 2 | 4): string {
  let text = "";
  for (let i = from; i + width <= end; i += width) {
    let code = 0;
    for (let k = 0; k < width; k++) code = code * 256 + bytes[i + k]!;
    text += code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  }
  return text;
}

/** The text of a character string: UTF-8, units of two or four bytes, or a byte a character (X.690 §8.23). */
export function derText(bytes: Uint8Array, { tag, from, end }: DerElement): string {
  if (tag === DerTag.utf8String) return utf8.decode(bytes.subarray(from, end));
  if (tag === DerTag.bmpString) return unitsOf(bytes, from, end, 2);
  return unitsOf(bytes, from, end, tag === DerTag.universalString ? 4 : 1);
}

/** Seconds since 1970 of a UTCTime or GeneralizedTime (RFC 5280 §4.1.2.5); `null` where it is none. */
export function derTime(bytes: Uint8Array, element: DerElement): number | null {
  const text = unitsOf(bytes, element.from, Math.min(element.end, element.from + 32), 1);
  const isShort = element.tag === DerTag.utcTime;
  const match = (isShort ? SHORT : LONG).exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const full = isShort ? year! + (year! < 50 ? 2000 : 1900) : year!;
  const time = Date.UTC(full, month! - 1, day, hour, minute, second);
  return Number.isFinite(time) ? time / 1000 : null;
}
const SHORT = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?Z/;
const LONG = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.\d+)?Z/;
