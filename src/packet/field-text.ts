import { formatHex } from "../bytes/hex.ts";
import type { AnyField, FieldOptions, FlagBit } from "../schema/field.ts";

const hexNumber = (n: number | bigint, digits: number): string =>
  `0x${n.toString(16).padStart(digits, "0")}`;

/** The value of a field as a person reads it: with the name of its number, in the base and unit that people use. */
export function valueText(
  value: unknown,
  field: AnyField | null,
  options: FieldOptions<never>,
): string {
  if (value instanceof Uint8Array) return formatHex(value);
  switch (typeof value) {
    case "number":
      if (field?.kind === "flags") return flagsText(value, field, options);
      return namedText(value, field?.bits ?? 32, options);
    case "bigint":
      return namedText(value, field?.bits ?? 64, options);
    case "boolean": {
      const name = options.names?.get(Number(value));
      return name ?? (value ? "set" : "not set");
    }
    default:
      return Array.isArray(value) ? value.map(String).join(", ") : String(value);
  }
}

function namedText(n: number | bigint, bits: number, options: FieldOptions<never>): string {
  const text = numberText(n, bits, options);
  const name = options.names?.get(Number(n));
  return name === undefined ? text : `${name} (${text})`;
}

/** A number in the base and unit of its field, without its name. */
export function numberText(n: number | bigint, bits: number, options: FieldOptions<never>): string {
  const { base = "decimal", digits, scale = 1 } = options;
  if (base === "time") return timeText(Number(n));
  if (base === "hex") return hexNumber(n, digits ?? Math.ceil(bits / 4));
  if (scale === 1 || Number(n) === 0) return String(n);
  return `${Number(n) * scale} (${n})`;
}

/** Seconds since 1970 in UTC; the bare number where no calendar goes that far. */
function timeText(seconds: number): string {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? String(seconds) : time.toISOString().replace(".000Z", "Z");
}

/** The number and the flags that are set, `0x012 (ack, syn)`. */
function flagsText(whole: number, field: AnyField, options: FieldOptions<never>): string {
  const number = numberText(whole, field.bits, { base: "hex", ...options });
  const set = field.flags.filter((f) => f.width === 1 && ((whole >>> f.shift) & 1) === 1);
  return set.length === 0 ? number : `${number} (${set.map((f) => f.name).join(", ")})`;
}

/** One flag, or a part of several bits, of a flags field. */
export function flagText({ width, names, base }: FlagBit, n: number): string {
  const name = names?.get(n);
  if (name !== undefined) return `${name} (${n})`;
  if (width === 1) return n === 1 ? "set" : "not set";
  return base === "hex" ? hexNumber(n, Math.ceil(width / 4)) : String(n);
}
