/** Section headers and interface descriptions put together (draft-ietf-opsawg-pcapng §4.1 and §4.2). */

import { parseEui64, parseIpv4, parseIpv6, parseMac } from "../bytes/address.ts";
import { joined } from "../bytes/joined.ts";
import { blockTypes } from "./blocks.ts";
import { checkRange, checkWide, textBytes } from "./check.ts";
import type { TaggedBytes } from "./options.ts";
import {
  blockBytes,
  type CommonOptionsRecipe,
  itemsOf,
  numberBytes,
  type OneOrMore,
  OptionList,
  type Wide,
  wideBytes,
} from "./pcapng-write-options.ts";
import type { TimeResolution } from "./timestamp.ts";

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const LEAST_LONG = -(2n ** 63n);
const MOST_LONG = 2n ** 63n - 1n;

/** What a section header says. */
export interface SectionRecipe extends CommonOptionsRecipe {
  /** Whether the low byte of the section's numbers comes first; as the writer was told unless told. */
  readonly littleEndian?: boolean;
  /** The computer that captured (shb_hardware), its system (shb_os) and the program (shb_userappl). */
  readonly hardware?: string;
  readonly os?: string;
  readonly application?: string;
  /** 1 unless told, and 0. */
  readonly majorVersion?: number;
  readonly minorVersion?: number;
  /** Bytes of the section behind this block; -1, not known, unless told. */
  readonly sectionLength?: Wide;
}

/** A section header block. */
export function sectionHeader(recipe: SectionRecipe, littleEndian: boolean): Uint8Array {
  const { majorVersion = 1, minorVersion = 0, sectionLength = -1 } = recipe;
  checkRange("section.majorVersion", majorVersion, 0, 0xffff);
  checkRange("section.minorVersion", minorVersion, 0, 0xffff);
  const length = checkWide("section.sectionLength", sectionLength, -1n, MOST_LONG);
  const list = new OptionList("section", littleEndian);
  list.text(2, "hardware", recipe.hardware);
  list.text(3, "os", recipe.os);
  list.text(4, "application", recipe.application);
  list.common(recipe);
  const body = [
    numberBytes(BYTE_ORDER_MAGIC, 4, littleEndian),
    numberBytes(majorVersion, 2, littleEndian),
    numberBytes(minorVersion, 2, littleEndian),
    wideBytes(length, littleEndian),
    list.bytes(),
  ];
  return blockBytes(blockTypes.sectionHeader, body, littleEndian);
}

/** The addresses of an interface. */
export interface InterfaceAddresses {
  /** With the netmask, as a number of bits or in full: `192.0.2.1/24`, `192.0.2.1/255.255.255.0` (if_IPv4addr). */
  readonly ipv4?: OneOrMore<string>;
  /** With the length of the prefix: `2001:db8::1/64` (if_IPv6addr). */
  readonly ipv6?: OneOrMore<string>;
  /** if_MACaddr */
  readonly mac?: string;
  /** if_EUIaddr */
  readonly eui64?: string;
}

/** What an interface description says. */
export interface InterfaceRecipe extends CommonOptionsRecipe {
  /** LINKTYPE_ number of the frames, 0..65535; 1 (Ethernet) unless told. */
  readonly linkType?: number;
  /** Bytes kept of a frame, 0..2^32-1; 0, no limit, unless told. */
  readonly snaplen?: number;
  /** The name in the operating system (if_name). */
  readonly name?: string;
  /** A description for people (if_description). */
  readonly description?: string;
  readonly addresses?: InterfaceAddresses;
  /** Bits in a second (if_speed), or of each direction (if_txspeed, if_rxspeed). */
  readonly speed?: Wide;
  readonly txSpeed?: Wide;
  readonly rxSpeed?: Wide;
  /** The unit of the time stamps (if_tsresol): a power of ten or of two, such as `{ base: 10, exponent: 9 }`. */
  readonly resolution?: TimeResolution;
  /** The time zone as a signed number, which no document defines (if_tzone), and by its name (if_iana_tzname). */
  readonly timeZone?: number;
  readonly timeZoneName?: string;
  /** The capture filter as text, or another kind with its number, such as 1 for a BPF program (if_filter). */
  readonly filter?: string | TaggedBytes;
  /** The operating system (if_os), and the hardware (if_hardware). */
  readonly os?: string;
  readonly hardware?: string;
  /** Bytes of frame check sequence that the frames end with, 0..31, or -1: not said (if_fcslen, which counts bits). */
  readonly fcsLength?: number;
  /** Seconds that readers add to the time stamps in the file (if_tsoffset); 0 unless told. */
  readonly timeOffset?: number;
}

/** An interface description block that has the options that are given and no others. */
export function interfaceDescription(recipe: InterfaceRecipe, littleEndian: boolean): Uint8Array {
  const { linkType = 1, snaplen = 0 } = recipe;
  checkRange("interface.linkType", linkType, 0, 0xffff);
  checkRange("interface.snaplen", snaplen, 0, 0xffff_ffff);
  const body = [
    numberBytes(linkType, 2, littleEndian),
    numberBytes(0, 2, littleEndian),
    numberBytes(snaplen, 4, littleEndian),
    interfaceOptions(recipe, littleEndian),
  ];
  return blockBytes(blockTypes.interfaceDescription, body, littleEndian);
}

function interfaceOptions(recipe: InterfaceRecipe, littleEndian: boolean): Uint8Array {
  const { resolution, filter, fcsLength = -1, timeOffset } = recipe;
  const list = new OptionList("interface", littleEndian);
  list.text(2, "name", recipe.name);
  list.text(3, "description", recipe.description);
  addresses(list, recipe.addresses ?? {});
  list.wide(8, "speed", recipe.speed);
  if (resolution !== undefined) list.add(9, "resolution", resolutionByte(resolution));
  list.number(10, "timeZone", 4, recipe.timeZone, -0x8000_0000);
  if (typeof filter === "string") {
    list.tagged(11, "filter", 0, textBytes("interface.filter", filter));
  } else if (filter !== undefined) list.tagged(11, "filter", filter.type, filter.data);
  list.text(12, "os", recipe.os);
  checkRange("interface.fcsLength", fcsLength, -1, 31);
  if (fcsLength >= 0) list.number(13, "fcsLength", 1, fcsLength * 8);
  if (timeOffset !== undefined) {
    const exact = checkWide("interface.timeOffset", timeOffset, LEAST_LONG, MOST_LONG);
    list.add(14, "timeOffset", wideBytes(exact, littleEndian));
  }
  list.text(15, "hardware", recipe.hardware);
  list.wide(16, "txSpeed", recipe.txSpeed);
  list.wide(17, "rxSpeed", recipe.rxSpeed);
  list.text(18, "timeZoneName", recipe.timeZoneName);
  list.common(recipe);
  return list.bytes();
}

function addresses(list: OptionList, { ipv4, ipv6, mac, eui64 }: InterfaceAddresses): void {
  for (const text of itemsOf(ipv4)) list.made(4, "addresses.ipv4", () => ipv4Network(text));
  for (const text of itemsOf(ipv6)) list.made(5, "addresses.ipv6", () => ipv6Network(text));
  if (mac !== undefined) list.made(6, "addresses.mac", () => parseMac(mac));
  if (eui64 !== undefined) list.made(7, "addresses.eui64", () => parseEui64(eui64));
}

function resolutionByte({ base, exponent }: TimeResolution): Uint8Array {
  if (base !== 2 && base !== 10) {
    throw new RangeError(`interface.resolution.base must be 2 or 10, got ${base}`);
  }
  checkRange("interface.resolution.exponent", exponent, 0, 127);
  return Uint8Array.of((base === 2 ? 0x80 : 0) | exponent);
}

/** An address and what stands behind its slash, or the longest prefix. */
function halves(text: string, whole: number): readonly [address: string, prefix: string] {
  const slash = text.indexOf("/");
  return slash < 0 ? [text, String(whole)] : [text.slice(0, slash), text.slice(slash + 1)];
}

function prefixLength(text: string, max: number): number {
  const bits = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  checkRange("the length of the prefix", bits, 0, max);
  return bits;
}

function ipv4Network(text: string): Uint8Array {
  const [address, mask] = halves(text, 32);
  if (mask.includes(".")) return joined([parseIpv4(address), parseIpv4(mask)]);
  const bits = prefixLength(mask, 32);
  // A shift by 32 is none.
  const word = bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0;
  return joined([parseIpv4(address), numberBytes(word, 4, false)]);
}

function ipv6Network(text: string): Uint8Array {
  const [address, prefix] = halves(text, 128);
  return joined([parseIpv6(address), Uint8Array.of(prefixLength(prefix, 128))]);
}
