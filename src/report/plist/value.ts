import { formatNumber } from "../../bytes/decimal.ts";
import { type Content, type Fields, Moment, Named } from "../content.ts";
import { epochTime, isoTime } from "../time.ts";
import { base64, xmlText } from "./xml.ts";

/**
 * The keys and values of a dictionary of an XML property list, each on its line and indented, without the `<dict>` around.
 *
 * A property list has no null: keys without a value are left out, and in arrays an empty `<dict/>` keeps the place. A
 * `<date>` has whole seconds: the exact time stands beside it, as text under the key with `_epoch` behind, and alone where
 * the year has not four digits.
 */
export function dictInside(fields: Fields, indent: string): string {
  let text = "";
  for (const [key, value] of fields) {
    if (value === null) continue;
    text +=
      value instanceof Moment
        ? momentEntries(fields, key, value, indent)
        : entry(key, valueText(value, indent), indent);
  }
  return text;
}

const entry = (key: string, value: string, indent: string): string =>
  `${indent}<key>${xmlText(key)}</key>\n${indent}${value}\n`;

function momentEntries(fields: Fields, key: string, moment: Moment, indent: string): string {
  const date = dateText(moment);
  const exact = `${key}_epoch`;
  return (
    (date === undefined ? "" : entry(key, date, indent)) +
    (fields.has(exact) ? "" : entry(exact, `<string>${epochOf(moment)}</string>`, indent))
  );
}

const epochOf = ({ seconds, nanoseconds }: Moment): string => epochTime(seconds, nanoseconds);

/** The form that Apple documents: UTC, without a fraction. Later or earlier years than it has digits for give none. */
function dateText({ seconds, nanoseconds }: Moment): string | undefined {
  const iso = isoTime(seconds, nanoseconds);
  return iso === undefined || iso.length !== "2019-11-04T05:27:50.123456789Z".length
    ? undefined
    : `<date>${iso.slice(0, 19)}Z</date>`;
}

/** A value as an element; lines after the first are indented. */
function valueText(value: Content, indent: string): string {
  switch (typeof value) {
    case "string":
      return `<string>${xmlText(value)}</string>`;
    case "number":
      return numberText(value);
    case "bigint":
      return bigText(value);
    case "boolean":
      return value ? "<true/>" : "<false/>";
    default:
      return objectText(value, indent);
  }
}

function objectText(value: Content & (object | null), indent: string): string {
  if (value === null) return "<dict/>";
  if (value instanceof Uint8Array) return `<data>${base64(value)}</data>`;
  if (value instanceof Named) return dictText(namedFields(value), indent);
  if (value instanceof Moment) return dictText(new Map([["time", value]]), indent);
  if (!Array.isArray(value)) return dictText(value as Fields, indent);
  if (value.length === 0) return "<array/>";
  const below = `${indent}\t`;
  let text = "";
  for (const one of value as readonly Content[]) text += `${below}${valueText(one, below)}\n`;
  return `<array>\n${text}${indent}</array>`;
}

const namedFields = ({ value, name }: Named): Fields =>
  new Map<string, Content>([
    ["value", value],
    ["name", name],
  ]);

function dictText(fields: Fields, indent: string): string {
  const inside = dictInside(fields, `${indent}\t`);
  return inside === "" ? "<dict/>" : `<dict>\n${inside}${indent}</dict>`;
}

/** Whole numbers are integers as far as 64 bits hold them; what is none is called as Apple's programs call it. */
function numberText(n: number): string {
  if (Number.isSafeInteger(n)) return `<integer>${formatNumber(n)}</integer>`;
  if (Number.isFinite(n)) {
    const isWide = Number.isInteger(n) && n >= -(2 ** 63) && n < 2 ** 64;
    return isWide ? bigText(BigInt(n)) : `<real>${n}</real>`;
  }
  return `<real>${Number.isNaN(n) ? "nan" : n > 0 ? "+infinity" : "-infinity"}</real>`;
}

function bigText(n: bigint): string {
  const fits = n >= -(2n ** 63n) && n < 2n ** 64n;
  return fits ? `<integer>${n}</integer>` : `<string>${n}</string>`;
}
