import { formatIpv4, formatIpv6, formatMac } from "../../bytes/address.ts";
import { formatNumber } from "../../bytes/decimal.ts";
import { formatHex } from "../../bytes/hex.ts";
import type { PacketError } from "../../schema/error.ts";
import type { Layer } from "../../schema/layer.ts";
import {
  CUT,
  gapAfter,
  listOf,
  partsReach,
  payloadEnd,
  recordOf,
  segmentAt,
  trailerOf,
  variableEnd,
  variableStart,
} from "../../schema/layout.ts";
import { readVariable } from "../../schema/view.ts";
import { Do, fixedText, leafText, type Part } from "./part.ts";
import { type LayerPlan, planOf } from "./plan.ts";
import { quoted } from "./text.ts";

/** Where the last part of the layer put into words ends: what a walk finds out beside its text. */
let reach = 0;

/** The inside of a layer's or record's object: its parts, and the bytes that none of them covers. */
export function partsText(layer: Layer, plan: LayerPlan, restKey = plan.restKey): string {
  const { bytes, start } = layer;
  let text = plan.opening;
  let at = start;
  for (const part of plan.parts) {
    const from = part.segment === 0 ? start : segmentAt(layer, part.segment);
    if (from < 0) continue;
    const o = from + part.at;
    switch (part.does) {
      case Do.byte:
        text += part.byteText(bytes[o]!);
        break;
      case Do.pair:
        text += part.pairText((bytes[o]! << 8) | bytes[o + 1]!);
        break;
      case Do.number16:
        text += part.key + formatNumber((bytes[o]! << 8) | bytes[o + 1]!);
        break;
      case Do.number32:
        text +=
          part.key +
          formatNumber(
            ((bytes[o]! << 24) | (bytes[o + 1]! << 16) | (bytes[o + 2]! << 8) | bytes[o + 3]!) >>>
              0,
          );
        break;
      case Do.mac:
        text += `${part.textKey}${formatMac(bytes, o)}"`;
        break;
      case Do.ipv4:
        text += `${part.textKey}${formatIpv4(bytes, o)}"`;
        break;
      case Do.ipv6:
        text += `${part.textKey}${formatIpv6(bytes, o)}"`;
        break;
      case Do.fixed:
        text += part.key + fixedText(part.placed.item.field!, bytes, from, part.placed.bit);
        break;
      default:
        text += variableText(layer, part);
        if (reach > at) at = reach;
        continue;
    }
    if (from + part.reach > at) at = from + part.reach;
  }
  if (!plan.plain) {
    const end = layer.schema.isProtocol ? layer.headerEnd : layer.end;
    if (at < end || end === start || isCut(layer))
      text += `${restKey}"${formatHex(bytes, at, end)}"`;
  }
  return plan.leads ? text.slice(1) : text;
}

/** Whether some part is not whole: an empty rest then says that it and those behind it are not there. */
const isCut = (layer: Layer): boolean =>
  layer.more !== null && layer.more.fault !== null && partsReach(layer) === CUT;

/** A part of variable length with its key; nothing where it is not there or not whole. Sets {@link reach}. */
function variableText(layer: Layer, part: Part): string {
  const { placed } = part;
  const at = variableStart(layer, placed);
  reach = layer.start;
  if (at < 0) return "";
  reach = at;
  if (at === layer.headerEnd && part.takesRest) return part.key + part.nothing;
  if (part.does === Do.list) return part.key + listText(layer, part, at);
  if (part.does === Do.record) {
    const one = recordOf(layer, placed);
    if (one === null) return "";
    const text = `${part.key}${recordText(one)}`;
    reach = one.end;
    return text;
  }
  const end = variableEnd(layer, placed, at);
  if (end < 0) return "";
  if (placed.item.kind === "bytes") {
    reach = end;
    return `${part.textKey}${formatHex(layer.bytes, at, end)}"`;
  }
  const value = readVariable(layer, placed);
  if (value === undefined) return "";
  reach = end;
  return part.key + leafText(value, placed.item.options.names);
}

function recordText(one: Layer): string {
  const inside = partsText(one, planOf(one.schema));
  const fault = one.more?.fault ?? null;
  return fault === null
    ? `{${inside}}`
    : `{${joined(inside, errorText(fault, one, planOf(one.schema).errorKey))}}`;
}

/**
 * Bytes between and behind the items stand as hex text among them, unless building makes the same padding: as in
 * `valuesOf`, so that the packet can be built from its JSON.
 */
function listText(layer: Layer, { placed }: Part, at: number): string {
  const { bytes, schema } = layer;
  const limit = schema.isProtocol ? layer.headerEnd : layer.end;
  const items = listOf(layer, placed) as readonly { readonly layer: Layer }[];
  let text = "";
  let last = at;
  for (const { layer: one } of items) {
    if (!isZero(bytes, last, one.start)) text += `,"${formatHex(bytes, last, one.start)}"`;
    text += `,${recordText(one)}`;
    last = one.end;
  }
  const end = variableEnd(layer, placed, at);
  const padded = last + gapAfter(last - at, placed.item.align);
  const isPadding =
    padded === end || (end === last && placed === schema.placed.at(-1) && padded <= limit);
  const isMade = isPadding && isZero(bytes, last, padded);
  const behind = Math.max(last, end);
  if (!isMade && (end > last || padded > last)) text += `,"${formatHex(bytes, last, behind)}"`;
  reach = isMade ? padded : behind;
  return `[${text.slice(1)}]`;
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** Two insides of an object; the second begins with its comma. */
export const joined = (inside: string, more: string): string =>
  inside === "" ? more.slice(1) : inside + more;

/** What follows a layer's payload: declared parts, or bytes. */
export function trailerText(layer: Layer, plan: LayerPlan): string {
  const from = payloadEnd(layer);
  if (from >= layer.end) return "";
  const tail = plan.trailer === null ? null : trailerOf(layer);
  if (tail === null) return `${plan.trailerKey}"${formatHex(layer.bytes, from, layer.end)}"`;
  const inside = partsText(tail, plan.trailer!, plan.trailerRestKey);
  return inside === "" ? "" : `,${inside}`;
}

/** A fault with its key, its offset counted from the packet's start. */
export function errorText(fault: PacketError, layer: Layer, key: string): string {
  let bottom = layer;
  while (bottom.lower !== null) bottom = bottom.lower;
  return key + faultText(fault, bottom.start);
}

export function faultText(fault: PacketError, base: number): string {
  const { kind, protocol, field, offset, needed, available, limitedBy } = fault;
  return `{"kind":"${kind}","protocol":${quoted(protocol)},"field":${orNull(field)},"offset":${offset - base},"needed":${needed},"available":${available},"limitedBy":${orNull(limitedBy)}}`;
}

const orNull = (text: string | null): string => (text === null ? "null" : quoted(text));
