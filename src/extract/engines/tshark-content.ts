import { parseHex } from "../../bytes/hex.ts";
import type { Content, Fields } from "../../report/content.ts";
import { bottomKey } from "../../report/keys.ts";
import { cellOf, plainText, textOf } from "./tshark-cells.ts";
import { type Declared, declarationFor } from "./tshark-declared.ts";
import type { PdmlNode } from "./tshark-pdml.ts";
import type { FieldKind, FieldKinds } from "./tshark-types.ts";

/** The layers of a packet as a report shows them. */
export interface ForeignContent {
  readonly chain: readonly string[];
  readonly content: Fields;
}

/** Protocols of PDML that are none: what it knows of the frame, and what holds fields of no protocol. */
const asides: ReadonlySet<string> = new Set(["geninfo", "frame", "fake-field-wrapper"]);

const isAside = (name: string): boolean => asides.has(name) || name.startsWith("_ws.");

/** Layers that lie one in the other at most: further ones stand side by side, so that nobody who shows them goes too deep. */
const MOST_NESTED = 100;

/** One layer that is being filled. */
interface OpenLayer {
  readonly depth: number;
  readonly fields: MutableFields;
  readonly declared: Declared | null;
  /** Whether its fields are wanted. */
  readonly isShown: boolean;
}

type MutableFields = Map<string, Content>;

/**
 * The layers one in the other, as a report nests ours: each protocol in the one before it. Fields have the names of our
 * declaration where they are of the header itself, else Wireshark's; what it repeats is a list. Fields that it hides, since
 * they only say once more what others do, are left out.
 */
export function contentOf(nodes: readonly PdmlNode[], kinds: FieldKinds): ForeignContent {
  const layers = new Layers(kinds);
  for (const [i, node] of nodes.entries()) {
    layers.close(node.depth);
    if (!node.isProtocol) layers.field(node);
    else if (isAside(node.name)) layers.aside(node);
    else layers.open(node, declarationFor(node.name, nodes, i));
  }
  return layers;
}

/** Puts layers into each other while the tree is walked. */
class Layers implements ForeignContent {
  readonly chain: string[];
  readonly content: MutableFields;
  private readonly kinds: FieldKinds;
  /** Those that the next node lies in. */
  private readonly around: OpenLayer[];
  /** The last one, which the next lies in, and how deep that is. */
  private highest: MutableFields;
  private nested: number;

  constructor(kinds: FieldKinds) {
    this.chain = [];
    this.content = new Map();
    this.kinds = kinds;
    this.around = [];
    this.highest = this.content;
    this.nested = 0;
  }

  /** Ends what a node of this depth does not lie in. */
  close(depth: number): void {
    const { around } = this;
    while (around.length > 0 && around.at(-1)!.depth >= depth) around.pop();
  }

  /** What PDML has as a protocol and is none. */
  aside({ name, depth }: PdmlNode): void {
    if (name.startsWith("_ws.")) addTo(this.highest, name, true);
    const isShown = name === "fake-field-wrapper";
    this.around.push({ depth, fields: this.highest, declared: null, isShown });
  }

  open(node: PdmlNode, declared: Declared | null): void {
    const { highest, around } = this;
    const name = declared?.name ?? node.name;
    const fields: MutableFields = new Map();
    if (declared !== null && declared.caseName !== null) fields.set("is", declared.caseName);
    const below = around.at(-1)?.declared?.keys ?? noKeys;
    const key = this.nested === 0 ? bottomKey(name) : below.has(name) ? `${name}_` : name;
    addTo(highest, key, fields);
    if (this.nested < MOST_NESTED) {
      this.highest = fields;
      this.nested++;
    }
    around.push({ depth: node.depth, fields, declared, isShown: true });
    this.chain.push(declared?.label ?? node.name);
  }

  field(node: PdmlNode): void {
    const { name } = node;
    const layer = this.around.at(-1);
    if (layer?.isShown === false) return;
    if (name === "" || node.isHidden || name.startsWith("_ws.") || name.startsWith("data.")) return;
    const value = name === "data" ? node.value : undefined;
    if (value !== undefined) {
      addTo(this.highest, "raw", rawOf(value));
      return;
    }
    const { fields, declared } = layer ?? { fields: this.highest, declared: null };
    if (declared?.passedOver.has(name)) return;
    const kind = this.kinds.get(name);
    const own = declared?.fields.get(name);
    if (own !== undefined && !fields.has(own.key))
      fields.set(own.key, own.value(cellOf(node, kind)));
    else addTo(fields, name, valueFrom(node, kind));
  }
}

const noKeys: ReadonlySet<string> = new Set();

/** Bytes that no protocol took, as a report shows ours. */
const rawOf = (hex: string): MutableFields =>
  new Map<string, Content>([
    ["protocol", null],
    ["error", null],
    ["packet", bytesOf(hex) ?? hex],
  ]);

/** Adds a value; of a name that comes again, a list. */
function addTo(fields: Map<string, Content>, name: string, value: Content): void {
  const before = fields.get(name);
  if (before === undefined) fields.set(name, value);
  else if (Array.isArray(before)) (before as Content[]).push(value);
  else fields.set(name, [before, value]);
}

const NUMBER = /^-?(?:0|[1-9]\d{0,14})$/;

/** The value of a field that only Wireshark has: numbers as numbers, bytes as bytes. */
function valueFrom(node: PdmlNode, kind: FieldKind | undefined): Content {
  const { show = "" } = node;
  switch (kind) {
    case "presence":
      return true;
    case "boolean":
      return show === "1" || show === "True";
    case "text":
      return textOf(node);
    case "bytes":
    case "protocol":
      return bytesOf(show.replaceAll(":", "")) ?? plainText(show);
    default:
      return NUMBER.test(show) ? Number(show) : plainText(show);
  }
}

function bytesOf(hex: string): Uint8Array | undefined {
  try {
    return parseHex(hex);
  } catch {
    return undefined;
  }
}
