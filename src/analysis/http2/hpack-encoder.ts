import { Writer } from "../../schema/writer.ts";
import { DynamicTable } from "./dynamic-table.ts";
import { DEFAULT_TABLE, type HpackForm } from "./hpack.ts";
import { huffmanEncode, huffmanLength } from "./huffman.ts";
import { FIRST_DYNAMIC, staticTable, type TableField } from "./static-table.ts";

/** A field to be written, and how; without a form it is added to the table. */
export interface HpackInput extends TableField {
  readonly form?: Exclude<HpackForm, "indexed">;
}

/** How texts are written: as the shorter of both, or always in one way. */
export type HpackCoding = "shorter" | "huffman" | "plain";

/**
 * Writes the field blocks of one direction (RFC 7541), for packets that are built: what `block` of a frame takes.
 *
 * @example http2.headers({ stream: 1, flags: { endHeaders: true }, block: encoder.encode([{ name: ":status", value: "200" }]) })
 */
export class HpackEncoder {
  private readonly table = new DynamicTable(DEFAULT_TABLE);
  private readonly coding: HpackCoding;
  private readonly updates: number[] = [];

  constructor(coding: HpackCoding = "shorter") {
    this.coding = coding;
  }

  /** Changes the table's size, which the next block begins with (RFC 7541 §4.2). */
  resize(size: number): void {
    this.table.resize(size);
    this.updates.push(size);
  }

  encode(fields: readonly HpackInput[]): Uint8Array {
    const out = new Writer();
    for (const size of this.updates.splice(0)) integer(out, 0x20, 5, size);
    for (const field of fields) this.field(out, field);
    return out.bytes.slice(0, out.length);
  }

  private field(out: Writer, { name, value, form = "incremental" }: HpackInput): void {
    const { index, isWhole } = this.find(name, value);
    if (isWhole && form !== "never") {
      integer(out, 0x80, 7, index);
      return;
    }
    const [pattern, prefix] =
      form === "incremental" ? [0x40, 6] : form === "never" ? [0x10, 4] : [0, 4];
    integer(out, pattern, prefix, index);
    if (index === 0) this.text(out, name);
    this.text(out, value);
    if (form === "incremental") this.table.add({ name, value });
  }

  /** The index of a field, or else of its name; 0 for neither. */
  private find(name: string, value: string): { index: number; isWhole: boolean } {
    let index = 0;
    for (let i = 1; i < FIRST_DYNAMIC + this.table.length; i++) {
      const entry = i < FIRST_DYNAMIC ? staticTable[i - 1]! : this.table.get(i)!;
      if (entry.name !== name) continue;
      if (entry.value === value) return { index: i, isWhole: true };
      index ||= i;
    }
    return { index, isWhole: false };
  }

  private text(out: Writer, text: string): void {
    const { coding } = this;
    const isCoded =
      coding === "huffman" || (coding === "shorter" && huffmanLength(text) < text.length);
    if (isCoded) {
      const bytes = huffmanEncode(text);
      integer(out, 0x80, 7, bytes.length);
      out.raw(bytes);
    } else {
      integer(out, 0, 7, text.length);
      out.latin1(text);
    }
  }
}

/** An integer behind a pattern of high bits (RFC 7541 §5.1). */
function integer(out: Writer, pattern: number, prefix: number, value: number): void {
  const most = (1 << prefix) - 1;
  if (value < most) {
    out.uint(pattern | value, 1);
    return;
  }
  out.uint(pattern | most, 1);
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.uint((rest % 128) | 128, 1);
  out.uint(rest, 1);
}
