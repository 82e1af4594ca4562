import { formatEui64, formatIpv4, formatIpv6, formatMac } from "../bytes/address.ts";
import { randomIpv4, randomIpv6, randomMac } from "../bytes/random-address.ts";
import type { AnyField, FieldOptions, FlagBit } from "../schema/field.ts";
import type { Names } from "../schema/names.ts";
import type { Draws } from "./seeded.ts";

/** What plain texts are made of. */
export const PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

/** Any value that fits into a fixed field, whether it makes sense or not. */
export function anyValue(field: AnyField, r: Draws): unknown {
  const { bits } = field;
  switch (field.kind) {
    case "uint":
    case "flags":
      return r.number(bits);
    case "int":
      return r.number(bits) - 2 ** (bits - 1);
    case "flag":
      return r.chance(50);
    case "biguint":
      return r.big(bits);
    case "mac":
      return formatMac(r.bytes(6), 0);
    case "eui64":
      return formatEui64(r.bytes(8), 0);
    case "ipv4":
      return formatIpv4(r.bytes(4), 0);
    case "ipv6":
      return formatIpv6(r.bytes(16), 0);
    case "text":
      return String.fromCharCode(...r.bytes(bits >> 3));
    default:
      return r.bytes(bits >> 3);
  }
}

/** Whether a part is held back for later or fills up: its name or title says so, and it stays as it is by default. */
export const isReserved = (name: string, title: string): boolean =>
  /^(?:rb|mbz|res)$/.test(name) || /reserved|unused|not used|spare|padding|zero$/i.test(title);

/**
 * A value that makes sense in a fixed field; `undefined` where the declaration's default is it: a field with a default that
 * names no other values (a version), and what is reserved.
 */
export function validValue(name: string, title: string, field: AnyField, r: Draws): unknown {
  const { options } = field;
  const { valid } = options;
  if (typeof valid === "function") return valid(r);
  if (valid !== undefined) return within(field, valid, r);
  if (isReserved(name, title)) return undefined;
  if (field.kind === "flags" && field.flags.length > 0 && options.default === undefined)
    return options.names === undefined
      ? validFlags(field, r)
      : (named(options.names, field.bits, r) ?? validFlags(field, r));
  if (options.names !== undefined && valuesOf(options.names).length === 0) return undefined;
  if (options.names !== undefined && (field.kind === "uint" || field.kind === "flags")) {
    const value = r.chance(90) ? named(options.names, field.bits, r) : undefined;
    return value ?? (options.default === undefined ? r.number(field.bits) : undefined);
  }
  return options.default === undefined ? plausible(field, r) : undefined;
}

function within(field: AnyField, [least, most]: readonly [number, number], r: Draws): unknown {
  const n = least + r.upTo(most - least);
  return field.kind === "biguint" ? BigInt(n) : n;
}

/** One of the values that have names, other than those that are only set apart. */
function named(names: Names, bits: number, r: Draws): number | undefined {
  const values = valuesOf(names);
  const fitting = values.length > 0 && values.at(-1)! < 2 ** bits ? values : fits(values, bits);
  return fitting.length === 0 ? undefined : r.pick(fitting);
}

/** The values of a table, other than those that are only set apart; of one without any, zero is what stands there. */
function valuesOf(names: Names): readonly number[] {
  let values = assigned.get(names);
  if (values === undefined) {
    values = [...names.entries()]
      .filter(([, name]) => !/reserved|unassigned|deprecated|obsolete/i.test(name))
      .map(([value]) => value);
    assigned.set(names, values);
  }
  return values;
}
const assigned = new WeakMap<Names, readonly number[]>();

const fits = (values: readonly number[], bits: number): readonly number[] =>
  values.filter((value) => value >= 0 && value < 2 ** bits);

function validFlags(field: AnyField, r: Draws): number {
  let made = 0;
  for (const flag of field.flags) made += flagValue(flag, r) * 2 ** flag.shift;
  return made;
}

/** The number of one part of a flags field; zero of a reserved one. */
export function flagValue({ name, title, width, names }: FlagBit, r: Draws): number {
  if (isReserved(name, title)) return 0;
  return (names === null ? undefined : named(names, width, r)) ?? r.upTo(2 ** width - 1);
}

/** A value of a field of which the declaration says no more than its kind. */
function plausible(field: AnyField, r: Draws): unknown {
  switch (field.kind) {
    case "mac":
      return randomMac(fractions(r));
    case "ipv4":
      return randomIpv4(fractions(r), { within: r.pick(networks) });
    case "ipv6":
      return randomIpv6(fractions(r), { within: r.chance(75) ? "2001:db8::/32" : "fe80::/64" });
    case "text":
      return r.text(field.bits >> 3, PLAIN);
    default:
      return anyValue(field, r);
  }
}

/** Networks for documentation and for private use (RFC 5737, RFC 1918). */
const networks = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "192.0.2.0/24",
  "198.51.100.0/24",
  "203.0.113.0/24",
] as const;

/** Numbers from 0 up to but not including 1. */
const fractions =
  (r: Draws): (() => number) =>
  () =>
    r.upTo(0xffffffff) / 2 ** 32;

/** A number that a table has no name for, so that nobody takes what follows for a protocol; `undefined` for none. */
export function unnamed(field: AnyField, names: Names | null, r: Draws): number | undefined {
  const { valid } = field.options as FieldOptions<number>;
  const [least, most] = Array.isArray(valid)
    ? (valid as [number, number])
    : [0, 2 ** field.bits - 1];
  const known = names ?? field.options.names ?? null;
  const last = Math.min(most, 2 ** field.bits - 1);
  for (let n = 0; n < 200; n++) {
    // High numbers first: registries fill up from below.
    const from = n < 100 ? Math.max(least, Math.ceil(last * 0.75)) : least;
    const value = from + r.upTo(last - from);
    if (known?.get(value) === undefined) return value;
  }
  return undefined;
}
