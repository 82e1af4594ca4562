/** The options of packets put together (draft-ietf-opsawg-pcapng §4.3). */

import { checkRange } from "./check.ts";
import type { PacketFlags, PacketOptions, TaggedBytes } from "./options.ts";
import {
  type CommonOptionsRecipe,
  itemsOf,
  type OneOrMore,
  OptionList,
  type Wide,
} from "./pcapng-write-options.ts";

/** What epb_flags says of a packet; all is unknown or false unless told. */
export type PacketFlagsRecipe = Partial<Omit<PacketFlags, "value">>;

const DIRECTIONS = ["unknown", "inbound", "outbound", "reserved"] as const;
const RECEPTIONS = ["unknown", "unicast", "multicast", "broadcast", "promiscuous"] as const;

/** The number of the bit of each flag. */
const BITS = {
  checksumNotReady: 9,
  checksumValid: 10,
  segmentationOffloaded: 11,
  crcError: 24,
  tooLong: 25,
  tooShort: 26,
  gapError: 27,
  unalignedError: 28,
  delimiterError: 29,
  preambleError: 30,
  symbolError: 31,
} as const satisfies { readonly [K in keyof PacketFlags]?: number };

const FLAGS = Object.entries(BITS) as readonly (readonly [keyof typeof BITS, number])[];

/**
 * The 32-bit word of epb_flags and pack_flags (draft-ietf-opsawg-pcapng §4.3.1): the way back from
 * `readPacketFlags`, whose bits without a meaning are left out.
 *
 * @throws TypeError for an unknown word, RangeError for a number outside its range.
 */
export function packetFlags(recipe: PacketFlagsRecipe): number {
  const { direction = "unknown", reception = "unknown", fcsLength = -1 } = recipe;
  checkRange("flags.fcsLength", fcsLength, -1, 15);
  let value = wordNumber("flags.direction", DIRECTIONS, direction);
  if (typeof reception === "number") checkRange("flags.reception", reception, 0, 7);
  const how =
    typeof reception === "number"
      ? reception
      : wordNumber("flags.reception", RECEPTIONS, reception);
  value |= (how << 2) | (Math.max(fcsLength, 0) << 5);
  for (const [name, bit] of FLAGS) if (recipe[name] === true) value |= 1 << bit;
  return value >>> 0;
}

function wordNumber(name: string, words: readonly string[], word: string): number {
  const number = words.indexOf(word);
  if (number < 0) throw new TypeError(`${name} must be one of ${words.join(", ")}, got ${word}`);
  return number;
}

/** The options of an obsolete packet block. */
export interface ObsoletePacketOptionsRecipe extends CommonOptionsRecipe {
  /** What is known of how the packet came (epb_flags, pack_flags); a number is the whole word. */
  readonly flags?: PacketFlagsRecipe | number;
  /** Hashes of the packet (epb_hash, pack_hash): 0 two's complement, 1 XOR, 2 CRC32, 3 MD5, 4 SHA-1, 5 Toeplitz. */
  readonly hash?: OneOrMore<TaggedBytes>;
}

/** The options of an enhanced packet block. */
export interface PacketOptionsRecipe extends ObsoletePacketOptionsRecipe {
  /** Packets lost between this one and the one before on the same interface (epb_dropcount). */
  readonly dropCount?: Wide;
  /** The same packet has the same number on every interface it was captured on (epb_packetid). */
  readonly packetId?: Wide;
  /** The queue of the interface that received it (epb_queue). */
  readonly queue?: number;
  /** What became of it (epb_verdict): 0 hardware, 1 Linux eBPF TC, 2 Linux eBPF XDP. */
  readonly verdict?: OneOrMore<TaggedBytes>;
}

/**
 * The options of an enhanced packet block as they stand in a file, with lengths, padding and end. Packets that have
 * the same options can share them. A `PcapngWriter` takes the recipe itself, too. What a reader says of a packet is as
 * good as a recipe; of options without a meaning here, the bytes are taken as they are.
 *
 * @throws TypeError or RangeError for a value that does not fit, naming it.
 * @example packetOptions({ comment: "the first", flags: { direction: "inbound" } })
 */
export function packetOptions(
  given: PacketOptionsRecipe | PacketOptions,
  littleEndian = true,
): Uint8Array {
  const recipe = "comments" in given ? recipeOf(given) : given;
  const list = new OptionList("packet", littleEndian);
  flagsAndHashes(list, recipe);
  list.wide(4, "dropCount", recipe.dropCount);
  list.wide(5, "packetId", recipe.packetId);
  list.number(6, "queue", 4, recipe.queue);
  for (const { type, data } of itemsOf(recipe.verdict)) list.tagged(7, "verdict", type, data);
  list.common(recipe);
  return list.bytes();
}

/** What a reader says of a packet as a recipe. */
function recipeOf(read: PacketOptions): PacketOptionsRecipe {
  const { comments, flags, hashes, verdicts, unknown, ...rest } = read;
  const lists = { comment: comments, hash: hashes, verdict: verdicts, other: unknown };
  return { ...rest, ...lists, ...(flags && { flags: flags.value }) };
}

/**
 * The options of an obsolete packet block (draft-ietf-opsawg-pcapng, appendix A).
 *
 * @throws TypeError or RangeError for a value that does not fit, naming it.
 */
export function obsoletePacketOptions(
  recipe: ObsoletePacketOptionsRecipe,
  littleEndian = true,
): Uint8Array {
  const list = new OptionList("packet", littleEndian);
  flagsAndHashes(list, recipe);
  list.common(recipe);
  return list.bytes();
}

function flagsAndHashes(list: OptionList, { flags, hash }: ObsoletePacketOptionsRecipe): void {
  const word = typeof flags === "object" ? packetFlags(flags) : flags;
  list.number(2, "flags", 4, word);
  for (const { type, data } of itemsOf(hash)) list.tagged(3, "hash", type, data);
}
