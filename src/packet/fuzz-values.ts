import type { AnyField } from "../schema/field.ts";
import type { Placed, Size } from "../schema/place.ts";
import { anyValue } from "./random-field.ts";
import type { Draws } from "./seeded.ts";

/** Where numbers go wrong: at both ends, at the sign, and beside them. */
function edges(bits: number): readonly number[] {
  const most = 2 ** bits - 1;
  const half = 2 ** (bits - 1);
  return [0, 1, most, most - 1, half, half - 1].filter((n) => n >= 0 && n <= most);
}

/** Another number of so many bits: at an edge, beside the old one, with a bit flipped, or any. */
function otherNumber(old: number, bits: number, r: Draws): number {
  const most = 2 ** bits - 1;
  switch (r.upTo(3)) {
    case 0:
      return r.pick(edges(bits));
    case 1:
      return r.chance(50) ? Math.min(most, old + 1) : Math.max(0, old - 1);
    case 2: {
      const bit = 2 ** r.upTo(bits - 1);
      return Math.floor(old / bit) % 2 === 1 ? old - bit : old + bit;
    }
    default:
      return r.upTo(most);
  }
}

/** Addresses that mean something else than one station. */
const special: Readonly<Record<string, readonly string[]>> = {
  mac: ["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "33:33:00:00:00:01"],
  ipv4: ["0.0.0.0", "255.255.255.255", "127.0.0.1", "224.0.0.1", "169.254.0.1"],
  ipv6: ["::", "::1", "ff02::1", "::ffff:127.0.0.1", "fe80::1"],
  eui64: ["00:00:00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff:ff:ff"],
};

/** Another value of a fixed field, one that it can hold. */
export function otherValue(field: AnyField, old: unknown, r: Draws): unknown {
  const { kind, bits } = field;
  switch (kind) {
    case "flag":
      return old !== true;
    case "uint":
    case "flags":
      return otherNumber(typeof old === "number" ? old : 0, bits, r);
    case "int": {
      const half = 2 ** (bits - 1);
      return otherNumber((typeof old === "number" ? old : 0) + half, bits, r) - half;
    }
    case "biguint": {
      const most = (1n << BigInt(bits)) - 1n;
      return r.chance(60) ? r.pick([0n, 1n, most, most - 1n, (most + 1n) / 2n]) : r.big(bits);
    }
    case "bytes":
      return otherOctets(old instanceof Uint8Array ? old : new Uint8Array(bits >> 3), r);
    case "text":
      return r
        .pick(odd)
        .repeat(bits >> 3)
        .slice(0, bits >> 3);
    default:
      return r.chance(60) ? r.pick(special[kind]!) : anyValue(field, r);
  }
}

/** As many octets: zeros, ones, any, or the old ones with a bit flipped. */
function otherOctets(old: Uint8Array, r: Draws): Uint8Array {
  switch (r.upTo(3)) {
    case 0:
      return new Uint8Array(old.length);
    case 1:
      return new Uint8Array(old.length).fill(0xff);
    case 2:
      return r.bytes(old.length);
    default: {
      const made = old.slice();
      if (made.length > 0) made[r.upTo(made.length - 1)]! ^= 1 << r.upTo(7);
      return made;
    }
  }
}

/** Bytes or items that the field of a size can say at most; `otherwise` where no field does. */
export const mostOf = (size: Size | null, otherwise: number): number =>
  size?.kind === "field" && size.ref!.bits < 16
    ? Math.max(0, (2 ** size.ref!.bits - 1) * size.unit + size.plus)
    : otherwise;

/** What no honest part is longer than, and every parser should survive. */
const LONG = 1000;

/** Other bytes: none, some cut off, more of them, as many as the size can say, or as many with other contents. */
export function otherBytes(old: Uint8Array, size: Size | null, r: Draws): Uint8Array {
  switch (r.upTo(5)) {
    case 0:
      return new Uint8Array();
    case 1:
      return old.slice(0, r.upTo(Math.max(0, old.length - 1)));
    case 2:
      return joined(old, r.bytes(1 + r.upTo(7)));
    case 3:
      return joined(old, old);
    case 4:
      return r.bytes(mostOf(size, LONG));
    default:
      return otherOctets(old, r);
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const made = new Uint8Array(first.length + second.length);
  made.set(first);
  made.set(second, first.length);
  return made;
}

/** What those stumble over who take text for text. */
const odd = ["\0", "%s%n", "\u00ff", "\r\n", "A", "'\"", "../", "\u001b[2J"] as const;

/** Other text of a part of variable length: none, too much, or with characters that end it for some. */
export function otherText(old: string, { size, item }: Placed, r: Draws): string {
  switch (r.upTo(4)) {
    case 0:
      return "";
    case 1:
      return old.slice(0, r.upTo(Math.max(0, old.length - 1)));
    case 2:
      return "A".repeat(mostOf(size, LONG));
    case 3: {
      const end = item.extent !== null && "until" in item.extent ? item.extent.until : "";
      const at = r.upTo(old.length);
      return old.slice(0, at) + (end === "" ? r.pick(odd) : r.pick([...end])) + old.slice(at);
    }
    default:
      return old + r.pick(odd);
  }
}

/** Another list: without an item, with one doubled, in another order, or with bytes in the place of one. */
export function otherList(old: readonly unknown[], r: Draws): readonly unknown[] {
  const made = [...old];
  if (made.length === 0) return [r.bytes(1 + r.upTo(7))];
  const at = r.upTo(made.length - 1);
  switch (r.upTo(5)) {
    case 0:
      made.splice(at, 1);
      return made;
    case 1:
      made.splice(at, 0, made[at]);
      return made;
    case 2: {
      const other = r.upTo(made.length - 1);
      [made[at], made[other]] = [made[other], made[at]];
      return made;
    }
    case 3:
      return made.reverse();
    case 4:
      return Array.from({ length: 2 + r.upTo(30) }, () => made[at]);
    default:
      made[at] = r.bytes(1 + r.upTo(15));
      return made;
  }
}
