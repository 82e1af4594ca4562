import { DynamicTable, unseen } from "./dynamic-table.ts";
import { huffmanDecode } from "./huffman.ts";
import type { TableField } from "./static-table.ts";

/** How a field was written (RFC 7541 §6). */
export type HpackForm = "indexed" | "incremental" | "without" | "never";

/** A field of a block, with how it was written. */
export interface HpackField extends TableField {
  readonly form: HpackForm;
  /** The index of the field, or of its name; 0 where the name was written out. */
  readonly index: number;
}

/** What a field block says, or a fragment of one. */
export interface HpackBlock {
  readonly fields: readonly HpackField[];
  /** New sizes of the dynamic table (RFC 7541 §6.3), in order. */
  readonly updates: readonly number[];
  /** Fields that refer to entries that were not seen: they are left out. */
  readonly unseen: number;
  /** What is wrong with the block, and ended it; empty where nothing is. */
  readonly fault: string;
  /** Whether fields were left out since they were more than allowed. */
  readonly isLimited: boolean;
  /** Bytes that were read: of a fragment that others follow, up to a field which is not whole. */
  readonly used: number;
}

/** How much a decoder keeps and gives. */
export interface HpackLimits {
  /** Bytes of a dynamic table, whatever is agreed on. */
  readonly table?: number;
  /** Bytes of all names and values of a block (RFC 9113 §6.5.2: with 32 for each field). */
  readonly list?: number;
}

/** The size of the dynamic table before anything else was agreed on (RFC 9113 §6.5.2). */
export const DEFAULT_TABLE = 4096;
const OVERHEAD = 32;

/**
 * Decodes the field blocks of one direction (RFC 7541). They must be given whole and in order, for each may refer to what
 * earlier ones left behind. After a fault, or where blocks are missing, {@link forget} lets decoding go on with what can be
 * known; it never gives a field that it would have to guess.
 */
export class HpackDecoder {
  private readonly table: DynamicTable;
  private readonly tableLimit: number;
  private readonly listLimit: number;
  /** What the sender may ask for at most. */
  private allowed: number;
  /** Fields of the block that is being read, and what they count. */
  private fields: number;
  private listed: number;

  constructor({ table = 1024 * 1024, list = 256 * 1024 }: HpackLimits = {}) {
    this.table = new DynamicTable(DEFAULT_TABLE);
    this.tableLimit = table;
    this.listLimit = list;
    this.allowed = DEFAULT_TABLE;
    this.fields = this.listed = 0;
  }

  /** Size of the dynamic table's known entries. */
  get tableSize(): number {
    return this.table.size;
  }
  get tableMaxSize(): number {
    return this.table.maxSize;
  }

  /** Takes what the receiver announced as SETTINGS_HEADER_TABLE_SIZE, once the sender has acknowledged it. */
  allow(size: number): void {
    this.allowed = size;
  }

  /** Goes on after blocks that were not seen. */
  forget(): void {
    this.table.forget();
    this.fields = this.listed = 0;
  }

  /** Begins in the middle of a connection: nothing is known of what was agreed on. */
  beginInside(): void {
    this.allowed = this.tableLimit;
    this.forget();
  }

  /**
   * Decodes a block, or its next fragment where `isLast` is false: the bytes behind `used` are then to be given again, with
   * those that follow.
   */
  decode(bytes: Uint8Array, start = 0, end: number = bytes.length, isLast = true): HpackBlock {
    const reader = new BlockReader(bytes, start, end);
    const fields: HpackField[] = [];
    const updates: number[] = [];
    let missing = 0;
    while (reader.at < end && reader.fault === "" && (isLast || reader.isWhole())) {
      const first = bytes[reader.at]!;
      if ((first & 0xe0) === 0x20) {
        const size = reader.integer(5);
        if (this.fields > 0) reader.fail("a change of the table's size behind a field");
        else this.update(size, updates, reader);
        continue;
      }
      const field = this.field(reader, first);
      if (field === null) continue;
      this.fields++;
      if (field.name === "") missing++;
      else if ((this.listed += field.name.length + field.value.length + OVERHEAD) <= this.listLimit)
        fields.push(field);
    }
    const { fault } = reader;
    const used = (fault === "" ? reader.at : end) - start;
    const isLimited = this.listed > this.listLimit;
    if (fault !== "") this.forget();
    if (isLast) this.fields = this.listed = 0;
    return { fields, updates, unseen: missing, fault, isLimited, used };
  }

  private update(size: number, updates: number[], reader: BlockReader): void {
    if (reader.fault !== "") return;
    if (size > Math.min(this.allowed, this.tableLimit)) reader.fail(`a table of ${size} bytes`);
    else {
      this.table.resize(size);
      updates.push(size);
    }
  }

  /** A field; one without name refers to what was not seen. */
  private field(reader: BlockReader, first: number): HpackField | null {
    const form: HpackForm =
      first >= 0x80
        ? "indexed"
        : first >= 0x40
          ? "incremental"
          : first >= 0x10
            ? "never"
            : "without";
    const index = reader.integer(form === "indexed" ? 7 : form === "incremental" ? 6 : 4);
    if (reader.fault !== "") return null;
    const entry = index === 0 && form !== "indexed" ? null : this.table.get(index);
    if (entry === undefined) {
      reader.fail(`no entry has the index ${index}`);
      return null;
    }
    if (form === "indexed") return { ...entry!, form, index };
    const name = entry === null ? reader.text() : entry.name;
    const value = reader.text();
    if (reader.fault !== "") return null;
    // A field's name is never empty (RFC 9110 §5.1), so one that is stands for what was not seen.
    if (entry === null && name === "") {
      reader.fail("a field without name");
      return null;
    }
    const field = entry === unseen ? unseen : { name, value };
    if (form === "incremental") this.table.add(field);
    return { ...field, form, index };
  }
}

const TOO_LONG = "an integer of more than 31 bits";

/** Reads the parts of a block; after a fault it stands at the end. */
class BlockReader {
  at: number;
  fault = "";
  private readonly bytes: Uint8Array;
  private readonly end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  fail(fault: string): void {
    if (this.fault === "") this.fault = fault;
    this.at = this.end;
  }

  /** Whether the field that begins here ends here too: only lengths are looked at. */
  isWhole(): boolean {
    const from = this.at;
    const first = this.bytes[from]!;
    const prefix = first >= 0x80 ? 7 : first >= 0x40 ? 6 : first >= 0x20 ? 5 : 4;
    const index = this.integer(prefix);
    const texts = first >= 0x80 || (first & 0xe0) === 0x20 ? 0 : index === 0 ? 2 : 1;
    for (let i = 0; i < texts && this.fault === ""; i++) {
      if (this.at >= this.end) this.fail("cut");
      else {
        const length = this.integer(7);
        if (length > this.end - this.at) this.fail("cut");
        else this.at += length;
      }
    }
    // An integer that no rest can mend is whole: reading it says so.
    const isWhole = this.fault === "" || this.fault === TOO_LONG;
    this.fault = "";
    this.at = from;
    return isWhole;
  }

  /** An integer that begins with the low bits of a byte (RFC 7541 §5.1); nobody needs more than 31 bits. */
  integer(prefix: number): number {
    const { bytes, end } = this;
    const most = (1 << prefix) - 1;
    let value = bytes[this.at++]! & most;
    if (value < most) return value;
    for (let shift = 0; ; shift += 7) {
      if (this.at >= end) {
        this.fail("an integer is cut off");
        return 0;
      }
      const byte = bytes[this.at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (value > 0x7fffffff || shift > 28) {
        this.fail(TOO_LONG);
        return 0;
      }
      if (byte < 0x80) return value;
    }
  }

  /** A text, perhaps under Huffman's code (RFC 7541 §5.2): one character a byte. */
  text(): string {
    if (this.fault !== "") return "";
    if (this.at >= this.end) {
      this.fail("a text is missing");
      return "";
    }
    const isCoded = this.bytes[this.at]! >= 0x80;
    const length = this.integer(7);
    if (length > this.end - this.at) this.fail("a text is cut off");
    if (this.fault !== "") return "";
    const from = this.at;
    this.at += length;
    if (!isCoded) return latin1(this.bytes, from, this.at);
    const { text, fault } = huffmanDecode(this.bytes, from, this.at);
    if (fault !== "") this.fail(fault);
    return text;
  }
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}
