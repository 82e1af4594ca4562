import { hashBasis } from "../../bytes/hash.ts";
import { hashWords } from "../../flow/key-index.ts";

/** Rows lie in pages of so many: growing copies nothing, and takes no more than a page too much. */
const PAGE_BITS = 12;
const PAGE_MASK = (1 << PAGE_BITS) - 1;
/** Slots at first. */
const FIRST = 1024;

const spread = (hash: number): number => hash ^ (hash >>> 15);

/**
 * Rows of numbers by key, numbered from 0 in order of appearance; none is ever forgotten. A row is some sums and words of
 * whoever counts, then the words of its key, all side by side: a frame of one of many conversations finds nothing of them in
 * the processor's caches, and has to wait for two places of memory, a slot and a row. (With the sums in an array of their own
 * that took a tenth more of the whole time.) As objects a million of them took a gigabyte and more.
 */
export class KeyRows {
  /** Rows so far. */
  count: number;
  /** Where the row that was found, added or visited last lies: in which page, and from where on. */
  page: Int32Array;
  at: number;
  /** The same page as large numbers: the sums of the row begin at half of {@link at}. */
  sums: Float64Array;
  /** Where the words begin that are not sums, and the key behind them, from {@link at} on. */
  readonly head: number;
  private readonly key: number;
  private readonly limit: number;
  private stride: number;
  private pages: Int32Array[];
  private sumPages: Float64Array[];
  /** Pairs of row + 1 (0: free) and hash, at most half of them used; linear probing. */
  private slots: Int32Array;
  private used: number;
  private readonly basis: number;
  /** What was looked for last, and the slot where it is or would be. */
  private hash: number;
  private slot: number;

  /** So many sums and words are in each row before its key, at most `limit` rows. */
  constructor(sums: number, words: number, limit: number) {
    this.count = 0;
    this.page = new Int32Array(0);
    this.at = 0;
    this.sums = new Float64Array(0);
    this.head = 2 * sums;
    this.key = this.head + words;
    this.limit = limit;
    this.stride = this.key;
    this.pages = [];
    this.sumPages = [];
    this.slots = new Int32Array(2 * FIRST);
    this.used = 0;
    this.basis = hashBasis();
    this.hash = this.slot = 0;
  }

  /** The row of a key; -1 where there is none. The first word says how many words a key has. */
  find(words: Int32Array, length: number): number {
    const { slots } = this;
    const mask = (slots.length >> 1) - 1;
    const hash = hashWords(words, length, this.basis);
    this.hash = hash;
    for (let slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
      const row = slots[2 * slot]! - 1;
      this.slot = slot;
      if (row < 0) return -1;
      if (slots[2 * slot + 1] === hash && this.isAt(row, words, length)) return row;
    }
  }

  private isAt(row: number, words: Int32Array, length: number): boolean {
    if (this.key + length > this.stride) return false;
    this.visit(row);
    const { page } = this;
    const from = this.at + this.key;
    for (let i = 0; i < length; i++) if (page[from + i] !== words[i]) return false;
    return true;
  }

  /**
   * A new row, of zeros, for the key that was looked for last; from now on it is the one that is found. -1 where the limit
   * leaves no room.
   */
  add(words: Int32Array, length: number): number {
    if (this.count >= this.limit) return -1;
    if (this.key + length > this.stride) this.widen(this.key + length);
    const row = this.count++;
    if (row >> PAGE_BITS === this.pages.length) this.addPage();
    this.visit(row);
    const from = this.at + this.key;
    for (let i = 0; i < length; i++) this.page[from + i] = words[i]!;
    const { slots, slot } = this;
    const isNew = slots[2 * slot] === 0;
    slots[2 * slot] = row + 1;
    slots[2 * slot + 1] = this.hash;
    if (isNew && 4 * ++this.used > slots.length) this.grow();
    return row;
  }

  private addPage(): Int32Array {
    const page = new Int32Array(this.stride << PAGE_BITS);
    this.pages.push(page);
    this.sumPages.push(new Float64Array(page.buffer));
    return page;
  }

  /** Makes {@link page}, {@link sums} and {@link at} those of a row. */
  visit(row: number): void {
    this.page = this.pages[row >> PAGE_BITS]!;
    this.sums = this.sumPages[row >> PAGE_BITS]!;
    this.at = (row & PAGE_MASK) * this.stride;
  }

  /** A word of the key of the row that was visited last. */
  word(index: number): number {
    return this.page[this.at + this.key + index]!;
  }

  private grow(): void {
    const old = this.slots;
    const slots = new Int32Array(2 * old.length);
    const mask = (slots.length >> 1) - 1;
    for (let i = 0; i < old.length; i += 2) {
      if (old[i] === 0) continue;
      let slot = spread(old[i + 1]!) & mask;
      while (slots[2 * slot] !== 0) slot = (slot + 1) & mask;
      slots[2 * slot] = old[i]!;
      slots[2 * slot + 1] = old[i + 1]!;
    }
    this.slots = slots;
  }

  /** Makes room for longer keys. Rows begin where a sum may. */
  private widen(needed: number): void {
    const { stride: old, pages } = this;
    this.stride = needed + (needed & 1);
    this.pages = [];
    this.sumPages = [];
    for (const page of pages) {
      const wide = this.addPage();
      for (let i = 0; i <= PAGE_MASK; i++)
        for (let k = 0; k < old; k++) wide[i * this.stride + k] = page[i * old + k]!;
    }
  }
}
