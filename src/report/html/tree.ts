import { formatHex } from "../../bytes/hex.ts";
import { type Content, type Fields, Moment, Named } from "../content.ts";
import { htmlText } from "./text.ts";

/** Values as nested lists: a layer, or whatever has parts, can be folded away. */
export function treeList(fields: Fields): string {
  let text = "";
  for (const [key, value] of fields) text += itemText(htmlText(key), value);
  return `<ul>${text}</ul>`;
}

function itemText(name: string, value: Content): string {
  const inside = insideText(value);
  return inside === null
    ? `<li><b>${name}</b> ${leafText(value)}</li>`
    : `<li><details open><summary>${name}</summary>${inside}</details></li>`;
}

/** The list of what is in a value; null of one that has no parts. */
function insideText(value: Content): string | null {
  if (value instanceof Map) return value.size === 0 ? null : treeList(value);
  if (!Array.isArray(value) || value.length === 0) return null;
  if (value.every((one) => insideText(one) === null)) return null;
  const items = (value as readonly Content[]).map((one, i) => itemText(String(i + 1), one));
  return `<ul>${items.join("")}</ul>`;
}

function leafText(value: Content): string {
  if (value === null) return "<i>none</i>";
  if (value instanceof Uint8Array)
    return value.length === 0 ? EMPTY : `<code>${formatHex(value, 0, value.length, " ")}</code>`;
  if (value instanceof Moment) return `<code>${value}</code>`;
  if (value instanceof Named) {
    const plain = `<code>${value.value}</code>`;
    return value.name === null ? plain : `${plain} ${htmlText(value.name)}`;
  }
  if (Array.isArray(value)) return value.length === 0 ? EMPTY : value.map(leafText).join(", ");
  if (value instanceof Map || value === "") return EMPTY;
  return typeof value === "string" ? `<code>${htmlText(value)}</code>` : `<code>${value}</code>`;
}

const EMPTY = "<i>empty</i>";
