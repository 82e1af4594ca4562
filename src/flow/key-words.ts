import { readUint } from "../bytes/numbers.ts";

/** Up to four of the `left` bytes from `at` on, as the first ones of a word. */
export function wordAt(bytes: Uint8Array, at: number, left: number): number {
  if (left >= 4)
    return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  return readUint(bytes, at, left) << (8 * (4 - left));
}

/** Words that `length` bytes take. */
export const wordCount = (length: number): number => (length + 3) >> 2;

/** What the word behind the addresses says, beside the number of the protocol in its lower half. */
export const Sign = {
  /** In place of a protocol number that no header gives. */
  noProtocol: 0xffff,
  oneWay: 0x1_0000,
  id: 0x2_0000,
  /** One word does not hold both ports. */
  wide: 0x4_0000,
  /** There is a transport: ports 0 and no ports are not the same. */
  transport: 0x8_0000,
  /** The number of tags counts these. */
  tags: 0x10_0000,
} as const;

/** What is in the words of a key, beside the addresses. */
export interface KeyParts {
  readonly protocol: number;
  readonly oneWay: boolean;
  readonly firstPort: number;
  readonly secondPort: number;
  readonly id: number;
  readonly tags: readonly number[];
  /** How many words the key has. */
  readonly count: number;
}

/** Reads the words that `FlowKey` writes, with addresses of a length. */
export function keyParts(words: ArrayLike<number>, addressLength: number): KeyParts {
  let at = 1 + 2 * wordCount(addressLength);
  const signs = words[at++]!;
  const protocol = signs & 0xffff;
  const isWide = (signs & Sign.wide) !== 0;
  const ports = words[at++]!;
  const secondPort = isWide ? words[at++]! >>> 0 : ports & 0xffff;
  const id = signs & Sign.id ? words[at++]! >>> 0 : -1;
  const tags = Array.from({ length: Math.floor(signs / Sign.tags) }, () => words[at++]! >>> 0);
  return {
    protocol: protocol === Sign.noProtocol ? -1 : protocol,
    oneWay: (signs & Sign.oneWay) !== 0,
    firstPort: isWide ? ports >>> 0 : ports >>> 16,
    secondPort,
    id,
    tags,
    count: at,
  };
}

/** One of the two addresses in the words of a key: the one that stands first, or the other. */
export const keyAddress = (
  words: ArrayLike<number>,
  length: number,
  isFirst: boolean,
): Uint8Array => wordBytes(words, isFirst ? 1 : 1 + wordCount(length), length);

/** The first `count` words as bytes, without the one that says which declarations the key is of. */
export const keyBytes = (words: ArrayLike<number>, count: number): Uint8Array =>
  wordBytes(words, 1, 4 * (count - 1));

/** `length` bytes from the word at `from` on. */
function wordBytes(words: ArrayLike<number>, from: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = words[from + (i >> 2)]! >>> (24 - 8 * (i & 3));
  return bytes;
}

/** A copy of the words that count: a plain array, which takes a third of the memory of a typed one. */
export function copiedWords(words: Int32Array, count: number): number[] {
  const copy = new Array<number>(count);
  for (let i = 0; i < count; i++) copy[i] = words[i]!;
  return copy;
}
