import { escapeText, quoteText } from "../bytes/escape.ts";
import { formatHex } from "../bytes/hex.ts";
import { formatPacketError, type PacketError } from "../schema/error.ts";
import type { Layer } from "../schema/layer.ts";
import type { Schema } from "../schema/schema.ts";
import { type DescribedNode, describe, describePacket } from "./describe.ts";
import type { Packet } from "./packet.ts";

/** Bytes and characters of a value that are shown; the rest is told by its length. */
const SHOWN = 32;
/** Items of a list that are shown. */
const ITEMS = 24;

/**
 * A packet as text, one line a layer from the lowest up, then its payload, its trailers and what could not be read. It only
 * looks: nothing is computed anew. What a packet holds is escaped, so that it is safe on a terminal.
 */
export function packetText(packet: Packet): string {
  const layers = packet.first === null ? [] : packet.layers;
  const lines: string[] = [];
  describePacket(packet).children.forEach((node, i) => {
    const layer = layers[i];
    lines.push(layer === undefined ? aboveText(node) : layerText(layer, node));
  });
  for (const error of faultsOf(packet))
    lines.push(`error: ${formatPacketError(error, packet.start)}`);
  return lines.length === 0 ? "0 bytes" : lines.map(escapeText).join("\n");
}

/** One layer or record as a line of text, `icmp.echo(type=8, id=1)`: see {@link packetText}. */
export function formatLayer(layer: Layer): string {
  return escapeText(layerText(layer, describe(layer)));
}

function faultsOf(packet: Packet): PacketError[] {
  const found: PacketError[] = [];
  for (let l: Layer | null = packet.bottom; l !== null; l = l.upper) {
    const fault = l.more?.fault ?? null;
    if (fault !== null) found.push(fault);
  }
  return found;
}

const layerText = ({ schema }: Layer, { children }: DescribedNode): string => {
  const cases: string[] = [];
  for (let s: Schema | null = schema; s !== null; s = s.parent)
    if (s.caseName !== null) cases.unshift(s.caseName);
  return `${[schema.name, ...cases].join(".")}(${partsText(children, schema)})`;
};

/** What is above the layers: a payload, the beginning of a header, or a trailer. */
function aboveText({ name, title, value, children }: DescribedNode): string {
  const what = name === "raw" ? "payload" : name;
  const bytes = value instanceof Uint8Array ? bytesText(value, true) : "";
  if (children.length === 0) return `${what}: ${bytes}`;
  const count = value instanceof Uint8Array ? countText(value) : "";
  // Most trailers have padding or octets of nobody's, and none of the other.
  const there = children.filter(
    (one) => !(one.value instanceof Uint8Array) || one.value.length > 0,
  );
  return `${name === "raw" ? title : what}: ${count} (${partsText(there, null)})`;
}

function partsText(nodes: readonly DescribedNode[], schema: Schema | null): string {
  const composites = new Set(schema?.spec.composites.map((c) => c.name));
  return nodes
    .flatMap((node) => (composites.has(node.name) ? node.children : [node]))
    .filter((node) => node.name !== "error")
    .map((node) => `${node.name}=${nodeText(node, schema)}`)
    .join(", ");
}

function nodeText(node: DescribedNode, schema: Schema | null): string {
  const { value, children, name } = node;
  const item = schema?.find(name)?.item;
  if (item?.kind === "list") return listText(node, item.schema!);
  if (item?.kind === "record") return itemText(node, item.schema!);
  if (value instanceof Uint8Array) return bytesText(value);
  if (children.length > 0) return flagsText(node);
  const isAddress = item?.field != null && ADDRESSES.has(item.field.kind);
  if (typeof value === "string" && !isAddress) return shortQuote(value);
  return shorten(node.text);
}

const ADDRESSES: ReadonlySet<string> = new Set(["mac", "ipv4", "ipv6", "eui64"]);

/** The number, the flags that are set, and the parts of several bits that are not zero. */
function flagsText({ text, children }: DescribedNode): string {
  const number = text.split(" ")[0];
  const set = children.filter(({ value }) => value !== false && value !== 0);
  const names = set.map(({ name, value, text: own }) => (value === true ? name : `${name}=${own}`));
  return names.length === 0 ? number! : `${number} (${names.join(", ")})`;
}

function listText({ children }: DescribedNode, schema: Schema): string {
  const shown = children.slice(0, ITEMS).map((one) => {
    if (one.name === "rest" && one.value instanceof Uint8Array) return bytesText(one.value);
    return itemText(one, schema);
  });
  const left = children.length - shown.length;
  if (left > 0) shown.push(`and ${left} more`);
  return `[${shown.join(", ")}]`;
}

/** A record in short: the name of its case, and what neither this name nor its length says. */
function itemText({ text, children }: DescribedNode, schema: Schema): string {
  const own = caseCalled(schema, text) ?? schema;
  const implied = new Set<string>();
  const header = own.spec.header;
  if (typeof header === "object" && header !== null && "field" in header) implied.add(header.field);
  if (text !== "" && text !== "unknown")
    for (let s: Schema | null = own; s !== null; s = s.parent)
      for (const cases of [s.root.cases, s.parent?.cases])
        if (cases) implied.add(cases.selectorName);
  const parts = children.filter(({ name }) => !implied.has(name));
  if (text !== "" && parts.length === 0) return text;
  return `${text}(${partsText(parts, own)})`;
}

/** The declaration of a record, by the name of its case. */
function caseCalled(schema: Schema, name: string): Schema | null {
  if (schema.cases === null) return null;
  for (const one of [...schema.cases.list, schema.cases.unknown]) {
    const found = one.caseName === name && one.cases === null ? one : caseCalled(one, name);
    if (found !== null) return found;
  }
  return null;
}

const isPrintable = (byte: number): boolean =>
  (byte >= 0x20 && byte < 0x7f) || byte === 10 || byte === 13 || byte === 9;

const countText = ({ length }: Uint8Array): string =>
  `${length} ${length === 1 ? "byte" : "bytes"}`;

/** The number of bytes and the first of them: as text where they read as one or are a payload, else as digits. */
function bytesText(bytes: Uint8Array, payload = false): string {
  const first = bytes.subarray(0, SHOWN);
  const more = bytes.length > SHOWN ? "..." : "";
  const count = countText(bytes);
  if (bytes.length === 0) return count;
  const printable = first.reduce((n, byte) => n + (isPrintable(byte) ? 1 : 0), 0);
  if (printable < first.length * (payload ? 0.5 : 1))
    return `${count} 0x${formatHex(first)}${more}`;
  return `${count} ${quoteText(String.fromCharCode(...first))}${more}`;
}

const shortQuote = (text: string): string =>
  text.length > SHOWN * 4 ? `${quoteText(text.slice(0, SHOWN * 4))}...` : quoteText(text);

const shorten = (text: string): string =>
  text.length > SHOWN * 8 ? `${text.slice(0, SHOWN * 8)}...` : text;
