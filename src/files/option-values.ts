/** What the options of pcapng blocks are called and mean (draft-ietf-opsawg-pcapng §3.5 and §4). */

import { formatEui64, formatIpv4, formatIpv6, formatMac } from "../bytes/address.ts";
import { readBigUint, readBigUintLe, readU32, readU32le } from "../bytes/numbers.ts";
import { blockTypes } from "./blocks.ts";
import {
  type BlockOption,
  type CustomOption,
  OPTION_COMMENT,
  optionText,
  type PacketFlags,
  readCustomOption,
  readPacketFlags,
  type TaggedBytes,
} from "./options.ts";
import { readResolution, type TimeResolution } from "./timestamp.ts";

/** A decoded value; bytes where the option is unknown or not as long as it must be. */
export type OptionValue =
  | string
  | number
  | bigint
  | Uint8Array
  | TimeResolution
  | PacketFlags
  | TaggedBytes
  | CustomOption;

/** An option with its name in the format's document and its value. */
export interface DecodedOption {
  readonly code: number;
  /** For example `if_tsresol`; `unknown` for a code without a name. */
  readonly name: string;
  readonly value: OptionValue;
}

/** Decodes a value; undefined says that it is not as long as it must be. */
type Decode = (value: Uint8Array, littleEndian: boolean) => OptionValue | undefined;
type Table = ReadonlyMap<number, readonly [name: string, decode: Decode]>;

const text: Decode = (value) => optionText(value);

const sized =
  (size: number, decode: Decode): Decode =>
  (value, littleEndian) =>
    value.length === size ? decode(value, littleEndian) : undefined;

const long = (value: Uint8Array, littleEndian: boolean): bigint =>
  littleEndian ? readBigUintLe(value, 0, 8) : readBigUint(value, 0, 8);
const word = (value: Uint8Array, littleEndian: boolean): number =>
  littleEndian ? readU32le(value, 0) : readU32(value, 0);

const u8 = sized(1, (value) => value[0]!);
const u32 = sized(4, word);
const i32 = sized(4, (value, little) => word(value, little) | 0);
const u64 = sized(8, long);
const i64 = sized(8, (value, little) => BigInt.asIntN(64, long(value, little)));
/** A count of an interface's time units: two words, the high one first in either byte order. */
const time = sized(
  8,
  (value, little) => (BigInt(word(value, little)) << 32n) | BigInt(word(value.subarray(4), little)),
);
const tagged: Decode = (value) =>
  value.length === 0 ? undefined : { type: value[0]!, data: value.subarray(1) };
/** Type 0 is a filter as text, type 1 a BPF program. */
const filter: Decode = (value) =>
  value[0] === 0 ? optionText(value.subarray(1)) : tagged(value, false);

/** An address and its netmask: `192.0.2.1/24`, or both in full for a mask with gaps. */
const ipv4Network = sized(8, (value) => {
  const mask = readU32(value, 4);
  const length = Math.clz32(~mask);
  const solid = (length === 0 ? 0 : (-1 << (32 - length)) >>> 0) === mask;
  return `${formatIpv4(value, 0)}/${solid ? length : formatIpv4(value, 4)}`;
});

const SECTION: Table = new Map([
  [2, ["shb_hardware", text]],
  [3, ["shb_os", text]],
  [4, ["shb_userappl", text]],
]);

const INTERFACE: Table = new Map<number, readonly [string, Decode]>([
  [2, ["if_name", text]],
  [3, ["if_description", text]],
  [4, ["if_IPv4addr", ipv4Network]],
  [5, ["if_IPv6addr", sized(17, (value) => `${formatIpv6(value, 0)}/${value[16]}`)]],
  [6, ["if_MACaddr", sized(6, (value) => formatMac(value, 0))]],
  [7, ["if_EUIaddr", sized(8, (value) => formatEui64(value, 0))]],
  [8, ["if_speed", u64]],
  [9, ["if_tsresol", sized(1, (value) => readResolution(value[0]!))]],
  [10, ["if_tzone", i32]],
  [11, ["if_filter", filter]],
  [12, ["if_os", text]],
  [13, ["if_fcslen", u8]],
  [14, ["if_tsoffset", i64]],
  [15, ["if_hardware", text]],
  [16, ["if_txspeed", u64]],
  [17, ["if_rxspeed", u64]],
  [18, ["if_iana_tzname", text]],
]);

const flags = sized(4, (value, little) => readPacketFlags(word(value, little)));

const PACKET: Table = new Map<number, readonly [string, Decode]>([
  [2, ["epb_flags", flags]],
  [3, ["epb_hash", tagged]],
  [4, ["epb_dropcount", u64]],
  [5, ["epb_packetid", u64]],
  [6, ["epb_queue", u32]],
  [7, ["epb_verdict", tagged]],
]);

const OBSOLETE_PACKET: Table = new Map<number, readonly [string, Decode]>([
  [2, ["pack_flags", flags]],
  [3, ["pack_hash", tagged]],
]);

const NAMES: Table = new Map<number, readonly [string, Decode]>([
  [2, ["ns_dnsname", text]],
  [3, ["ns_dnsIP4addr", sized(4, (value) => formatIpv4(value, 0))]],
  [4, ["ns_dnsIP6addr", sized(16, (value) => formatIpv6(value, 0))]],
]);

const STATISTICS: Table = new Map<number, readonly [string, Decode]>([
  [2, ["isb_starttime", time]],
  [3, ["isb_endtime", time]],
  [4, ["isb_ifrecv", u64]],
  [5, ["isb_ifdrop", u64]],
  [6, ["isb_filteraccept", u64]],
  [7, ["isb_osdrop", u64]],
  [8, ["isb_usrdeliv", u64]],
]);

const TABLES: ReadonlyMap<number, Table> = new Map([
  [blockTypes.sectionHeader, SECTION],
  [blockTypes.interfaceDescription, INTERFACE],
  [blockTypes.enhancedPacket, PACKET],
  [blockTypes.packet, OBSOLETE_PACKET],
  [blockTypes.nameResolution, NAMES],
  [blockTypes.interfaceStatistics, STATISTICS],
]);

/** Names and decodes an option of a block of the given type; every option has a result. */
export function decodeOption(
  blockType: number,
  option: BlockOption,
  littleEndian: boolean,
): DecodedOption {
  const { code, value } = option;
  const custom = readCustomOption(option, littleEndian);
  if (custom !== undefined) return { code, name: "opt_custom", value: custom };
  if (code === OPTION_COMMENT) return { code, name: "opt_comment", value: optionText(value) };
  const [name, decode] = TABLES.get(blockType)?.get(code) ?? ["unknown", undefined];
  return { code, name, value: decode?.(value, littleEndian) ?? value };
}
