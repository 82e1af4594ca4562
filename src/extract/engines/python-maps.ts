import type { OtherCells, Values } from "./python-content.ts";
import { type Convert, recordOf, type To } from "./python-shape.ts";
import { type Foreign, type ForeignLayer, ForeignStack } from "./python-values.ts";

/** Fields of a package's layer, each with what becomes of it. */
export type Fields = Readonly<Record<string, To>>;

/** Bytes as ISO 8859-1. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** A number, 0 where it is none. */
export const numberOf = (value: Foreign | undefined): number =>
  typeof value === "number" ? value : 0;

/** Text in a field of fixed size, which zeros fill. */
export const paddedText =
  (to: string): To =>
  (value) => ({ [to]: value instanceof Uint8Array ? latin1(value).split("\0", 1)[0] : value });

/** A domain name: without the dot at its end, but where that is all of it. */
export const domain =
  (to: string): To =>
  (value) => ({ [to]: domainText(value) });

/** The text of a domain name. */
export function domainText(value: Foreign): Foreign {
  const name = value instanceof Uint8Array ? latin1(value) : value;
  if (typeof name !== "string") return value;
  return name === "" || name === "." ? "." : name.replace(/\.$/, "");
}

/** One number in two: the upper bits under one name, `bits` lower ones under the other. */
export const halves =
  (upper: string, lower: string, bits: number): To =>
  (value) => {
    const n = numberOf(value);
    return { [upper]: Math.floor(n / 2 ** bits), [lower]: n % 2 ** bits };
  };

/** Fields of which each is some bits of one number, by how far they are shifted to the left. */
export function packed(to: string, shifts: Readonly<Record<string, number>>): Fields {
  const names = Object.keys(shifts);
  const whole = (_: Foreign, { fields }: ForeignLayer): Values => ({
    [to]: names.reduce((n, name) => n + numberOf(fields.get(name)) * 2 ** shifts[name]!, 0),
  });
  return Object.fromEntries(names.map((name, i) => [name, i === 0 ? whole : null]));
}

/** A list of plain values, each of which is the only field of an item. */
export const each =
  (to: string, field: string): To =>
  (value) => ({ [to]: Array.isArray(value) ? value.map((one) => ({ [field]: one })) : value });

/** Packets in a list, or one that carries the next. */
export function stackedLayers(value: Foreign): ForeignLayer[] {
  if (value instanceof ForeignStack) return [...value.layers];
  return Array.isArray(value) ? value.flatMap(stackedLayers) : [];
}

/** Packets that are items of a list here, each by its name; `other` stands for those that are not listed. */
export const items =
  (to: string, maps: Readonly<Record<string, Fields>>, other: Fields = {}): To =>
  (value) => ({
    [to]: stackedLayers(value).map((one) => recordOf(one, maps[one.name] ?? other)),
  });

const UNNUMBERED = 3;

/** The first byte of LLC's control field: all of it in unnumbered frames, half of it in others (IEEE 802.2 §5.2). */
export const llcControl: To = (value) =>
  (numberOf(value) & UNNUMBERED) === UNNUMBERED ? { control: value } : {};

const ENCAPSULATED = [0, 0xf8];

/** What follows SNAP's organisation: an EtherType where that is nobody, or that of bridged Ethernet (RFC 1042). */
export const snapType =
  (organisation: string): To =>
  (value, { fields }) =>
    ENCAPSULATED.includes(numberOf(fields.get(organisation))) ? { type: value } : { pid: value };

/** Wireshark has names for the numbers of many organisations' protocols, each in a field of its own. */
export const snapCells: OtherCells = { pid: [] };

const LENGTH_LIMIT = 1501;

/** Wireshark has a field of its own for a length in the place of a type (IEEE 802.3 §3.2.6). */
export const lengthCells =
  (prefix: string) =>
  ({ fields }: ForeignLayer): OtherCells =>
    numberOf(fields.get("type")) < LENGTH_LIMIT ? { type: [`${prefix}.len`] } : {};

/** The class of a record, and the bit of it that multicast DNS has taken for itself (RFC 6762 §10.2, §5.4). */
export const dnsClass =
  (isMulticast: boolean, bit: string): Convert =>
  (value) =>
    isMulticast
      ? { class: numberOf(value) & 0x7fff, [bit]: (numberOf(value) & 0x8000) !== 0 }
      : { class: value };
