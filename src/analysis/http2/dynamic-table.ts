import { FIRST_DYNAMIC, staticTable, type TableField } from "./static-table.ts";

/** What an entry counts beside its name and value (RFC 7541 §4.1). */
const OVERHEAD = 32;

/** A field whose contents nobody saw. */
export const unseen: TableField = { name: "", value: "" };

const sizeOf = ({ name, value }: TableField): number => name.length + value.length + OVERHEAD;

/**
 * The dynamic table of one direction (RFC 7541 §2.3.2): the newest entry first. It can be begun in the middle, where older
 * entries may exist that nobody saw.
 */
export class DynamicTable {
  /** The newest last. */
  private entries: TableField[] = [];
  private first = 0;
  private used = 0;
  private room: number;
  /** Whether there may be entries behind the last known one. */
  hasUnseen = false;

  constructor(room: number) {
    this.room = room;
  }

  /** Entries that are known. */
  get length(): number {
    return this.entries.length - this.first;
  }
  /** Size of the known entries (RFC 7541 §4.1). */
  get size(): number {
    return this.used;
  }
  get maxSize(): number {
    return this.room;
  }

  /** The entry of an index of both tables; `undefined` for none, {@link unseen} for one that was not seen. */
  get(index: number): TableField | undefined {
    if (index < FIRST_DYNAMIC) return staticTable[index - 1];
    const age = index - FIRST_DYNAMIC;
    if (age < this.length) return this.entries[this.entries.length - 1 - age];
    // None is smaller than its overhead, so the room says how many there can be.
    return this.hasUnseen && index - FIRST_DYNAMIC < this.room / OVERHEAD ? unseen : undefined;
  }

  add(field: TableField): void {
    const size = sizeOf(field);
    this.evict(this.room - size);
    if (size > this.room) return;
    this.entries.push(field);
    this.used += size;
  }

  resize(room: number): void {
    this.room = room;
    this.evict(room);
  }

  /** Forgets everything: what comes may refer to what was not seen. */
  forget(): void {
    this.entries = [];
    this.first = this.used = 0;
    this.hasUnseen = true;
  }

  private evict(room: number): void {
    // Those that nobody saw are older than all others, and gone before one of these is.
    while (this.used > room && this.length > 0) {
      this.used -= sizeOf(this.entries[this.first++]!);
      this.hasUnseen = false;
    }
    if (room < OVERHEAD) this.hasUnseen = false;
    if (this.first > 64 && this.first * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.first);
      this.first = 0;
    }
  }
}
