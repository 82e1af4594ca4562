import type { HpackBlock, HpackDecoder, HpackField } from "./hpack.ts";
import type { FieldSection } from "./message.ts";

/** Bytes of a block, and frames that it comes in, at most. */
const MOST_BYTES = 256 * 1024;
const MOST_FRAMES = 1000;

/** What a fragment of a field block did. */
export interface FragmentResult {
  /** The fields that ended in it; `null` where the block is not read. */
  readonly block: HpackBlock | null;
  /** The section, where it is whole. */
  readonly section: FieldSection | null;
  /** What was wrong; empty where nothing was. */
  readonly fault: string;
  readonly isLimit: boolean;
}

/** The field block that one side is sending, in one or more frames (RFC 9113 §4.3). */
export class FieldBlock {
  /** The stream whose CONTINUATION is to follow; 0 where no block is open. */
  stream: number;
  /** Where in the side's stream the block's first frame begins. */
  from: number;
  private readonly decoder: HpackDecoder;
  private target: {
    readonly stream: number;
    readonly promisedOn: number;
    readonly endStream: boolean;
  };
  private fields: HpackField[];
  private isWhole: boolean;
  private isGivenUp: boolean;
  private frames: number;
  private total: number;
  /** The beginning of a field that is not whole. */
  private rest: Uint8Array;
  private restLength: number;

  constructor(decoder: HpackDecoder) {
    this.decoder = decoder;
    this.stream = this.from = this.frames = this.total = this.restLength = 0;
    this.target = { stream: 0, promisedOn: 0, endStream: false };
    this.fields = [];
    this.isWhole = true;
    this.isGivenUp = false;
    this.rest = new Uint8Array(0);
  }

  get held(): number {
    return this.rest.length + this.total;
  }

  /** Begins a block with a HEADERS or PUSH_PROMISE frame. */
  begin(stream: number, promised: number, endStream: boolean, from: number): void {
    this.drop();
    this.stream = stream;
    this.from = from;
    this.target = { stream: promised || stream, promisedOn: promised > 0 ? stream : 0, endStream };
  }

  /** Forgets a block that was not ended. */
  drop(): void {
    this.stream = this.frames = this.total = this.restLength = 0;
    this.fields = [];
    this.isWhole = true;
    this.isGivenUp = false;
    if (this.rest.length > 4096) this.rest = new Uint8Array(0);
  }

  /** Takes a fragment; `isLast` where END_HEADERS is set. */
  add(bytes: Uint8Array, start: number, end: number, isLast: boolean): FragmentResult {
    this.total += end - start;
    const isTooMuch = !this.isGivenUp && (this.total > MOST_BYTES || ++this.frames > MOST_FRAMES);
    if (isTooMuch) this.giveUp();
    const block = this.isGivenUp ? null : this.decode(bytes, start, end, isLast);
    if (block !== null) {
      this.fields.push(...block.fields);
      if (block.fault !== "" || block.unseen > 0 || block.isLimited) this.isWhole = false;
      // Behind a fault nothing of the block can be read.
      if (block.fault !== "" && !isLast) this.isGivenUp = true;
    }
    const { target, fields, isWhole } = this;
    const section = isLast ? { ...target, fields, isWhole } : null;
    if (isLast) this.drop();
    return {
      block,
      section,
      fault: block?.fault ?? "",
      isLimit: isTooMuch || block?.isLimited === true,
    };
  }

  private giveUp(): void {
    this.isGivenUp = true;
    this.isWhole = false;
    this.decoder.forget();
    this.restLength = 0;
  }

  private decode(bytes: Uint8Array, start: number, end: number, isLast: boolean): HpackBlock {
    if (this.restLength === 0) {
      const block = this.decoder.decode(bytes, start, end, isLast);
      this.keep(bytes, start + block.used, end);
      return block;
    }
    this.keep(bytes, start, end);
    const block = this.decoder.decode(this.rest, 0, this.restLength, isLast);
    if (block.used > 0) this.rest.copyWithin(0, block.used, this.restLength);
    this.restLength -= block.used;
    return block;
  }

  private keep(bytes: Uint8Array, start: number, end: number): void {
    const size = this.restLength + end - start;
    if (size > this.rest.length) {
      const bigger = new Uint8Array(size * 2);
      bigger.set(this.rest.subarray(0, this.restLength));
      this.rest = bigger;
    }
    this.rest.set(bytes.subarray(start, end), this.restLength);
    this.restLength = size;
  }
}
