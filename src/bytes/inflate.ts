/**
 * The DEFLATE format (RFC 1951), decompressed piece by piece.
 *
 * The engine's own DecompressionStream is faster, but it cannot say where a fault is, drops the last
 * good output before one, and refuses what follows the first member of a gzip file, as its
 * specification wants; captures cut short by a crash and captures joined by `cat` are common.
 * `docs/decisions/0002-gzip.md` has the figures.
 */

/** Distance a match can reach back (RFC 1951 §2). */
const HISTORY = 32 * 1024;
const CAPACITY = HISTORY + 256 * 1024;
/** One turn of the loop writes this many bytes at most. */
const LONGEST_MATCH = 258;
/** More bytes than the header of any block takes: 17 + 19 * 3 + 320 * (7 + 7) bits. */
const BLOCK_HEADER = 600;
/** One turn of the loop reads this many bytes at most, counting those in the bit buffer. */
const SYMBOL = 12;

const LENGTH_BASE = Uint16Array.of(
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115],
  ...[131, 163, 195, 227, 258],
);
const LENGTH_EXTRA = Uint8Array.of(
  ...[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0],
);
const DISTANCE_BASE = Uint16Array.from({ length: 30 }, (_, code) =>
  code < 2 ? code + 1 : ((2 + (code & 1)) << ((code >> 1) - 1)) + 1,
);
/** The order in which the lengths of the code length codes are given (RFC 1951 §3.2.7). */
const CODE_ORDER = Uint8Array.of(16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15);

/** A Huffman code as a table from the next `bits` bits to symbol * 16 + code length; 0 is no code. */
interface Huffman {
  readonly bits: number;
  readonly table: Uint16Array;
}

/** Why {@link Inflater.run} came back. */
export type InflateStatus = "input" | "output" | "end";

/** Data that no compressor wrote. */
export class InflateError extends Error {}

/** What is being decoded at the moment. */
const HEADER = 0;
const STORED = 1;
const CODES = 2;
const END = 3;

/** A decompressor for one DEFLATE stream after another. */
export class Inflater {
  /** Compressed bytes; the caller fills them with {@link feed}. */
  private input = new Uint8Array(SYMBOL);
  private at = 0;
  private inputEnd = 0;
  private final = false;
  private bits = 0;
  private count = 0;
  private state = HEADER;
  private lastBlock = false;
  private stored = 0;
  private literals: Huffman | undefined;
  private distances: Huffman | undefined;
  /** Output: bytes before `taken` have been given out and stay as history. */
  private readonly out = new Uint8Array(CAPACITY);
  private position = 0;
  private taken = 0;
  /** Compressed bytes fed before input[0]. */
  private inputBase = 0;

  /** Whether all compressed bytes there are have been fed. */
  get finished(): boolean {
    return this.final;
  }

  /** Compressed bytes used up so far. */
  get offset(): number {
    return this.inputBase + Math.min(this.at - (this.count >> 3), this.inputEnd);
  }

  /** Compressed bytes fed and not used up. */
  get available(): number {
    return this.inputEnd - this.at + (this.count >> 3);
  }

  /** Adds compressed bytes; undefined says that there are no more. */
  feed(chunk: Uint8Array | undefined): void {
    if (chunk === undefined) {
      this.final = true;
      return;
    }
    const rest = this.inputEnd - this.at;
    // Zeros behind the end let the loop read on a little; what it reads there is found out.
    const joined = new Uint8Array(rest + chunk.length + SYMBOL);
    joined.set(this.input.subarray(this.at, this.inputEnd));
    joined.set(chunk, rest);
    this.inputBase += this.at;
    this.input = joined;
    this.at = 0;
    this.inputEnd = rest + chunk.length;
  }

  /** The next whole byte, for what surrounds the streams, or -1 when none is there. */
  byte(): number {
    this.drop(this.count & 7);
    if (this.available === 0) return -1;
    return this.take(8);
  }

  /** The output since the last call; the bytes are the caller's. */
  output(): Uint8Array {
    const bytes = this.out.slice(this.taken, this.position);
    if (this.position > CAPACITY - LONGEST_MATCH) {
      this.out.copyWithin(0, this.position - HISTORY, this.position);
      this.position = HISTORY;
    }
    this.taken = this.position;
    return bytes;
  }

  /** Begins another stream; its history is empty. */
  reset(): void {
    this.state = HEADER;
    this.position = this.taken = 0;
  }

  /**
   * Goes on until there is no input or no room for output left, or until the stream has ended.
   *
   * @throws InflateError for data that is not DEFLATE.
   */
  run(): InflateStatus {
    for (;;) {
      if (this.state === END) return "end";
      if (this.position > CAPACITY - LONGEST_MATCH) return "output";
      if (this.state === HEADER) {
        if (!this.final && this.available < BLOCK_HEADER) return "input";
        this.checkedHeader();
      } else if (this.state === STORED) {
        if (!this.copyStored()) return this.available === 0 ? "input" : "output";
      } else if (!this.decode()) {
        return this.position > CAPACITY - LONGEST_MATCH ? "output" : "input";
      }
    }
  }

  private take(width: number): number {
    while (this.count < width) {
      this.bits |= (this.input[this.at++] ?? 0) << this.count;
      this.count += 8;
    }
    const value = this.bits & ((1 << width) - 1);
    this.drop(width);
    return value;
  }

  private drop(width: number): void {
    this.bits >>>= width;
    this.count -= width;
  }

  private endBlock(): void {
    this.state = this.lastBlock ? END : HEADER;
  }

  /** Reads the header of a block; zeros read beyond the end of the data do not count as a fault. */
  private checkedHeader(): void {
    let fault: unknown;
    try {
      this.blockHeader();
    } catch (error) {
      fault = error;
    }
    if (this.available < 0) throw new InflateError(TRUNCATED);
    if (fault !== undefined) throw fault;
  }

  private blockHeader(): void {
    this.lastBlock = this.take(1) === 1;
    const type = this.take(2);
    if (type === 0) {
      this.drop(this.count & 7);
      const length = this.take(16);
      const complement = this.take(16);
      if ((length ^ complement) !== 0xffff) throw new InflateError("a stored block lies");
      this.stored = length;
      this.state = STORED;
    } else if (type === 3) {
      throw new InflateError("a block has the reserved type 3");
    } else {
      if (type === 1) this.fixedCodes();
      else this.dynamicCodes();
      this.state = CODES;
    }
  }

  /** Copies what is left of a stored block; false when input or room ran out. */
  private copyStored(): boolean {
    while (this.stored > 0 && this.count >= 8) {
      this.out[this.position++] = this.take(8);
      this.stored--;
    }
    const room = CAPACITY - this.position;
    const size = Math.min(this.stored, room, this.inputEnd - this.at);
    this.out.set(this.input.subarray(this.at, this.at + size), this.position);
    this.at += size;
    this.position += size;
    this.stored -= size;
    if (this.stored === 0) this.endBlock();
    else if (this.final && this.available === 0) throw new InflateError(TRUNCATED);
    return this.stored === 0;
  }

  private fixedCodes(): void {
    const lengths = new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280);
    this.literals = huffman(lengths.fill(8, 280));
    this.distances = huffman(new Uint8Array(30).fill(5));
  }

  private dynamicCodes(): void {
    const literalCount = this.take(5) + 257;
    const distanceCount = this.take(5) + 1;
    const codeCount = this.take(4) + 4;
    if (literalCount > 286 || distanceCount > 30) throw new InflateError("too many codes");
    const codeLengths = new Uint8Array(19);
    for (let i = 0; i < codeCount; i++) codeLengths[CODE_ORDER[i]!] = this.take(3);
    const { bits, table } = huffman(codeLengths);
    const lengths = new Uint8Array(literalCount + distanceCount);
    for (let i = 0; i < lengths.length; ) {
      while (this.count < 7) {
        this.bits |= (this.input[this.at++] ?? 0) << this.count;
        this.count += 8;
      }
      const entry = table[this.bits & ((1 << bits) - 1)]!;
      if (entry === 0) throw new InflateError("a code is not assigned");
      this.drop(entry & 15);
      const symbol = entry >> 4;
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw new InflateError("nothing to repeat");
      const value = symbol === 16 ? lengths[i - 1]! : 0;
      const times =
        symbol === 16 ? 3 + this.take(2) : symbol === 17 ? 3 + this.take(3) : 11 + this.take(7);
      if (i + times > lengths.length) throw new InflateError("too many code lengths");
      lengths.fill(value, i, i + times);
      i += times;
    }
    if (lengths[256] === 0) throw new InflateError("a block cannot end");
    this.literals = huffman(lengths.subarray(0, literalCount));
    this.distances = huffman(lengths.subarray(literalCount));
  }

  /** Decodes symbols to the end of the block; false when input or room for output ran out. */
  private decode(): boolean {
    if (this.decodeRun(this.inputEnd - SYMBOL, CAPACITY)) {
      this.endBlock();
      return true;
    }
    if (!this.final || this.position > CAPACITY - LONGEST_MATCH) return false;
    // The last bytes symbol by symbol: one that needs bits nobody sent is taken back.
    const before = this.position;
    const ended = this.decodeRun(this.inputEnd + 4, 1);
    if (this.available < 0) {
      this.position = before;
      throw new InflateError(TRUNCATED);
    }
    if (ended) this.endBlock();
    return ended || this.decode();
  }

  /** Decodes up to `turns` symbols that begin at or before `lastInput`; true at the end of block. */
  private decodeRun(lastInput: number, turns: number): boolean {
    const { input, out } = this;
    const { bits: literalBits, table: literals } = this.literals!;
    const { bits: distanceBits, table: distances } = this.distances!;
    const literalMask = (1 << literalBits) - 1;
    const distanceMask = (1 << distanceBits) - 1;
    let { at, bits, count, position } = this;
    let left = turns;
    let fault = "";
    let ended = false;
    while (at <= lastInput && position <= CAPACITY - LONGEST_MATCH && left-- > 0) {
      if (count < 16) {
        bits |= (input[at]! | (input[at + 1]! << 8)) << count;
        at += 2;
        count += 16;
      }
      const entry = literals[bits & literalMask]!;
      bits >>>= entry & 15;
      count -= entry & 15;
      const symbol = entry >> 4;
      if (symbol < 256 && entry !== 0) {
        out[position++] = symbol;
        continue;
      }
      if (symbol === 256) {
        ended = true;
        break;
      }
      if (count < 16) {
        bits |= (input[at]! | (input[at + 1]! << 8)) << count;
        at += 2;
        count += 16;
      }
      const extra = LENGTH_EXTRA[symbol - 257]!;
      const length = LENGTH_BASE[symbol - 257]! + (bits & ((1 << extra) - 1));
      bits >>>= extra;
      count -= extra;
      if (count < 16) {
        bits |= (input[at]! | (input[at + 1]! << 8)) << count;
        at += 2;
        count += 16;
      }
      const far = distances[bits & distanceMask]!;
      bits >>>= far & 15;
      count -= far & 15;
      const code = far >> 4;
      const farExtra = code < 2 ? 0 : (code >> 1) - 1;
      if (count < 16) {
        bits |= (input[at]! | (input[at + 1]! << 8)) << count;
        at += 2;
        count += 16;
      }
      const distance = DISTANCE_BASE[code]! + (bits & ((1 << farExtra) - 1));
      bits >>>= farExtra;
      count -= farExtra;
      if (entry === 0 || far === 0 || distance > position || symbol > 285) {
        fault = "a code is not assigned or a match is impossible";
        break;
      }
      for (const stop = position + length; position < stop; position++) {
        out[position] = out[position - distance]!;
      }
    }
    this.at = at;
    this.bits = bits;
    this.count = count;
    this.position = position;
    if (fault !== "" && this.available >= 0) throw new InflateError(fault);
    return ended;
  }
}

/** The message of the {@link InflateError} for data that ends too early. */
export const TRUNCATED = "the data ends too early";

/** The table of a canonical Huffman code (RFC 1951 §3.2.2). */
function huffman(lengths: Uint8Array): Huffman {
  const counts = new Uint16Array(16);
  let bits = 1;
  for (const length of lengths) {
    if (length === 0) continue;
    counts[length]!++;
    if (length > bits) bits = length;
  }
  const next = new Uint16Array(16);
  let code = 0;
  for (let length = 1; length <= bits; length++) {
    code = (code + counts[length - 1]!) << 1;
    next[length] = code;
    if (code + counts[length]! > 1 << length) throw new InflateError("codes overlap");
  }
  const table = new Uint16Array(1 << bits);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!;
    if (length === 0) continue;
    const entry = (symbol << 4) | length;
    const step = 1 << length;
    for (let i = reversed(next[length]!++, length); i < table.length; i += step) table[i] = entry;
  }
  return { bits, table };
}

/** The low `width` bits of a code in the order in which they are read. */
function reversed(code: number, width: number): number {
  let result = 0;
  for (let i = 0, rest = code; i < width; i++, rest >>= 1) result = (result << 1) | (rest & 1);
  return result;
}
