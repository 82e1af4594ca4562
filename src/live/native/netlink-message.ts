/** Messages of netlink (RFC 3549, netlink(7)) as bytes: a writer, and readers that believe no length. */

const HEADER = 16;
/** What an attribute's type says beside its number: that it has others in it, or the byte order of the network. */
const TYPE_MASK = 0x3fff;
const NESTED = 0x8000;
const ERROR_ACK_TEXTS = 0x200;
const ERROR_CAPPED = 0x100;
const ERROR_TEXT = 1;
/** Bytes that the length of an attribute can count, its header not among them. */
export const MOST_ATTRIBUTE = 0xffff - 4;

/** Flags and types of messages, of all that netlink is used for. */
export const Flag = { REQUEST: 1, MULTI: 2, ACK: 4, DUMP_INTERRUPTED: 0x10, DUMP: 0x300 } as const;
export const Type = { NOOP: 1, ERROR: 2, DONE: 3, OVERRUN: 4 } as const;

/** One message that was received: a place in the bytes of what was read. */
export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** What follows the header. */
  readonly body: Buffer;
}

/** What an error message says: no error is an acknowledgement. */
export interface Acknowledgement {
  /** Number of the system's error; 0 for none. */
  readonly number: number;
  /** What the kernel has to say of it in words; empty for nothing. */
  readonly text: string;
}

/** Not by bits, which would make large lengths of strangers negative. */
const aligned = (length: number): number => 4 * Math.ceil(length / 4);

/** Writes messages one behind the other. All of them may go to the kernel in one call. */
export class MessageWriter {
  private buffer: Buffer;
  private at: number;
  /** Where the message begins that is being written. */
  private start: number;

  constructor(size = 256) {
    this.buffer = Buffer.alloc(size);
    this.at = this.start = 0;
  }

  /** Bytes written until now. */
  get length(): number {
    return this.at;
  }

  private room(length: number): number {
    const { at } = this;
    const end = at + length;
    if (end > this.buffer.length) {
      const larger = Buffer.alloc(Math.max(end, 2 * this.buffer.length));
      larger.set(this.buffer.subarray(0, at));
      this.buffer = larger;
    }
    this.at = end;
    return at;
  }

  /** Begins a message; {@link end} says that it is whole. */
  begin(type: number, flags: number, sequence: number): this {
    const at = this.room(HEADER);
    this.start = at;
    this.buffer.writeUInt32LE(HEADER, at);
    this.buffer.writeUInt16LE(type, at + 4);
    this.buffer.writeUInt16LE(flags, at + 6);
    this.buffer.writeUInt32LE(sequence, at + 8);
    this.buffer.writeUInt32LE(0, at + 12);
    return this;
  }

  /** The fixed part between the header and the attributes, or any other bytes. */
  bytes(bytes: ArrayLike<number>): this {
    const at = this.room(aligned(bytes.length));
    this.buffer.set(bytes, at);
    this.buffer.fill(0, at + bytes.length, this.at);
    return this;
  }

  attribute(type: number, bytes: ArrayLike<number>): this {
    if (bytes.length > MOST_ATTRIBUTE)
      throw new RangeError(`attribute ${type}: ${bytes.length} bytes, at most ${MOST_ATTRIBUTE}`);
    const at = this.room(4);
    this.buffer.writeUInt16LE(4 + bytes.length, at);
    this.buffer.writeUInt16LE(type, at + 2);
    return this.bytes(bytes);
  }

  /** An attribute that is there or not: it has no bytes. */
  flag(type: number): this {
    return this.attribute(type, []);
  }

  u16(type: number, value: number): this {
    return this.attribute(type, [value & 255, value >>> 8]);
  }

  u32(type: number, value: number): this {
    return this.attribute(type, [value & 255, value >>> 8, value >>> 16, value >>> 24]);
  }

  /** As {@link u32}, in the byte order of the network. */
  be32(type: number, value: number): this {
    return this.attribute(type, [value >>> 24, value >>> 16, value >>> 8, value & 255]);
  }

  /** A text with the zero that ends it. */
  text(type: number, text: string): this {
    return this.attribute(type, Buffer.from(`${text}\0`));
  }

  /** An attribute with others in it. */
  nested(type: number, inner: (writer: this) => void): this {
    const at = this.room(4);
    this.buffer.writeUInt16LE(type | NESTED, at + 2);
    inner(this);
    if (this.at - at > 0xffff) throw new RangeError(`attribute ${type}: too long`);
    this.buffer.writeUInt16LE(this.at - at, at);
    return this;
  }

  /** The message is whole: its length is written. */
  end(): this {
    this.buffer.writeUInt32LE(this.at - this.start, this.start);
    return this;
  }

  /** What was written, until something else is. */
  written(): Buffer {
    return this.buffer.subarray(0, this.at);
  }

  /** Begins anew, in the same memory. */
  clear(): void {
    this.at = this.start = 0;
  }
}

/** The messages of what was read at once. What has a length that does not fit ends them. */
export function* messagesOf(bytes: Buffer): Generator<NetlinkMessage, void, undefined> {
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const length = bytes.readUInt32LE(at);
    if (length < HEADER || length > bytes.length - at) return;
    yield {
      type: bytes.readUInt16LE(at + 4),
      flags: bytes.readUInt16LE(at + 6),
      sequence: bytes.readUInt32LE(at + 8),
      body: bytes.subarray(at + HEADER, at + length),
    };
    at += aligned(length);
  }
}

/** Hands out the attributes from `at` on. What has a length that does not fit ends them. */
export function eachAttribute(
  bytes: Buffer,
  at: number,
  visit: (type: number, value: Buffer) => void,
): void {
  while (at + 4 <= bytes.length) {
    const length = bytes.readUInt16LE(at);
    if (length < 4 || length > bytes.length - at) return;
    visit(bytes.readUInt16LE(at + 2) & TYPE_MASK, bytes.subarray(at + 4, at + length));
    at += aligned(length);
  }
}

/** The attributes from `at` on, by their types; the last of several of one type. */
export function attributesOf(bytes: Buffer, at: number): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  eachAttribute(bytes, at, (type, value) => found.set(type, value));
  return found;
}

/** A number out of an attribute; `undefined` where it is not there or too short. */
export function u32Of(value: Buffer | undefined): number | undefined {
  return value !== undefined && value.length >= 4 ? value.readUInt32LE(0) : undefined;
}

/** As {@link u32Of}, in the byte order of the network. */
export function be32Of(value: Buffer | undefined): number | undefined {
  return value !== undefined && value.length >= 4 ? value.readUInt32BE(0) : undefined;
}

/** A text out of an attribute, up to the zero that ends it. */
export function textOf(value: Buffer | undefined): string | undefined {
  if (value === undefined) return undefined;
  const end = value.indexOf(0);
  return value.toString("utf8", 0, end < 0 ? value.length : end);
}

/**
 * What a message of type ERROR says, or the end of a dump, which may carry an error too (NETLINK_EXT_ACK): a number, the header of
 * the request, the request itself unless it was left out, and attributes.
 */
export function acknowledgementOf({ type, flags, body }: NetlinkMessage): Acknowledgement {
  if (body.length < 4) return { number: 0, text: "" };
  const number = Math.max(0, 0 - body.readInt32LE(0));
  if ((flags & ERROR_ACK_TEXTS) === 0) return { number, text: "" };
  let at = 4;
  if (type === Type.ERROR) {
    const request = body.length >= 8 ? body.readUInt32LE(4) : 0;
    at += (flags & ERROR_CAPPED) === 0 ? aligned(Math.max(HEADER, request)) : HEADER;
  }
  return { number, text: textOf(attributesOf(body, at).get(ERROR_TEXT)) ?? "" };
}
