/** Takes the blocks of a pcapng file apart that are not packets. */

import { formatEui64, formatIpv4, formatIpv6, formatMac } from "../bytes/address.ts";
import {
  readBigUint,
  readBigUintLe,
  readU16,
  readU16le,
  readU32,
  readU32le,
} from "../bytes/numbers.ts";
import {
  type Block,
  type BlockBase,
  blockTypes,
  type InterfaceDescriptionBlock,
  type InterfaceStatisticsBlock,
  type NameRecord,
  type RecordTime,
  type SecretsKind,
  type SectionHeaderBlock,
  secretsTypes,
} from "./blocks.ts";
import { type BlockOption, optionText, readOptions } from "./options.ts";
import type { CaptureInterface } from "./record.ts";
import { type Clock, MICROSECONDS, readResolution } from "./timestamp.ts";

/** The least total length of the blocks that have fixed fields. */
export const MINIMUM_LENGTHS: ReadonlyMap<number, number> = new Map([
  [blockTypes.sectionHeader, 28],
  [blockTypes.interfaceDescription, 20],
  [blockTypes.packet, 32],
  [blockTypes.simplePacket, 16],
  [blockTypes.enhancedPacket, 32],
  [blockTypes.interfaceStatistics, 24],
  [blockTypes.decryptionSecrets, 20],
  [blockTypes.custom, 16],
  [blockTypes.customNotCopied, 16],
]);

const utf8 = new TextDecoder();

const half = ({ raw, littleEndian }: BlockBase, at: number): number =>
  littleEndian ? readU16le(raw, at) : readU16(raw, at);

const word = ({ raw, littleEndian }: BlockBase, at: number): number =>
  littleEndian ? readU32le(raw, at) : readU32(raw, at);

/** The options from `start` to the end of a block. */
function optionsFrom({ raw, littleEndian }: BlockBase, start: number): BlockOption[] {
  return readOptions(raw, start, raw.length - 4, littleEndian);
}

/** A signed 64-bit number; exact within 2^53, far beyond what times and lengths come to. */
function signedLong(b: Uint8Array, at: number, littleEndian: boolean): number {
  const high = littleEndian ? readU32le(b, at + 4) : readU32(b, at);
  const low = littleEndian ? readU32le(b, at) : readU32(b, at + 4);
  return (high | 0) * 0x1_0000_0000 + low;
}

export function parseSectionHeader(common: BlockBase): SectionHeaderBlock {
  return {
    kind: "sectionHeader",
    ...common,
    majorVersion: half(common, 12),
    minorVersion: half(common, 14),
    sectionLength: signedLong(common.raw, 16, common.littleEndian),
    options: optionsFrom(common, 24),
  };
}

/** Describes the interface that gets the number `index` in the file and `id` in its section. */
export function parseInterface(
  common: BlockBase,
  index: number,
  id: number,
): InterfaceDescriptionBlock {
  const { littleEndian, section } = common;
  const options = optionsFrom(common, 16);
  const value = (code: number, length: number): Uint8Array | undefined =>
    options.find((option) => option.code === code && option.value.length >= length)?.value;
  const name = value(2, 0);
  const description = value(3, 0);
  const resolution = value(9, 1);
  const offset = value(14, 8);
  const info: CaptureInterface = {
    index,
    format: "pcapng",
    id,
    section,
    linkType: half(common, 8),
    snaplen: word(common, 12),
    ...(name && { name: optionText(name) }),
    ...(description && { description: optionText(description) }),
    fcsLength: fcsBytes(value(13, 1)?.[0]),
    resolution: resolution === undefined ? MICROSECONDS : readResolution(resolution[0]!),
    timeOffset: offset === undefined ? 0 : signedLong(offset, 0, littleEndian),
    littleEndian,
    options,
  };
  return { kind: "interfaceDescription", ...common, interface: info, options };
}

/** The format counts if_fcslen in bits, but programs also wrote bytes, which are never 8 or more. */
function fcsBytes(value: number | undefined): number {
  if (value === undefined) return -1;
  return value < 8 ? value : value >> 3;
}

export function parseStatistics(
  common: BlockBase,
  interfaceIndex: number,
  clock: Clock,
): InterfaceStatisticsBlock {
  const { littleEndian } = common;
  const options = optionsFrom(common, 20);
  const value = (code: number): Uint8Array | undefined =>
    options.find((option) => option.code === code && option.value.length === 8)?.value;
  const count = (code: number): bigint | undefined => {
    const bytes = value(code);
    if (bytes === undefined) return undefined;
    return littleEndian ? readBigUintLe(bytes, 0, 8) : readBigUint(bytes, 0, 8);
  };
  // Both halves of a time stand in the block's byte order, but the high half always comes first.
  const time = (b: Uint8Array, at: number): RecordTime => {
    const word = littleEndian ? readU32le : readU32;
    clock.set(word(b, at), word(b, at + 4));
    return { seconds: clock.seconds, nanoseconds: clock.nanoseconds };
  };
  const start = value(2);
  const end = value(3);
  const counters = {
    received: count(4),
    dropped: count(5),
    accepted: count(6),
    systemDropped: count(7),
    delivered: count(8),
  };
  return {
    kind: "interfaceStatistics",
    ...common,
    interfaceIndex,
    time: time(common.raw, 12),
    ...(start && { startTime: time(start, 0) }),
    ...(end && { endTime: time(end, 0) }),
    ...present(counters),
    options,
  };
}

/** The same object without the properties that are undefined. */
function present<T extends object>(all: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** Takes any block apart that needs no knowledge of the interfaces. */
export function parseBlock(common: BlockBase): Block {
  const { raw, type } = common;
  const body = raw.subarray(8, raw.length - 4);
  switch (type) {
    case blockTypes.nameResolution:
      return parseNames(common);
    case blockTypes.decryptionSecrets:
      return parseSecrets(common);
    case blockTypes.journal:
      return { kind: "journal", ...common, data: body };
    case blockTypes.custom:
    case blockTypes.customNotCopied:
      return {
        kind: "custom",
        ...common,
        pen: word(common, 8),
        copyable: type === blockTypes.custom,
        data: body.subarray(4),
      };
    default:
      return { kind: "unknown", ...common, body };
  }
}

function parseSecrets(common: BlockBase): Block {
  const { raw } = common;
  const secretsType = word(common, 8);
  const end = Math.min(16 + word(common, 12), raw.length - 4);
  const known = Object.entries(secretsTypes).find(([, value]) => value === secretsType);
  return {
    kind: "decryptionSecrets",
    ...common,
    secretsType,
    secrets: (known?.[0] ?? "unknown") as SecretsKind,
    data: raw.subarray(16, end),
    options: optionsFrom(common, (end + 3) & ~3),
  };
}

function parseNames(common: BlockBase): Block {
  const { raw } = common;
  const end = raw.length - 4;
  const records: NameRecord[] = [];
  let at = 8;
  while (at + 4 <= end) {
    const type = half(common, at);
    const length = half(common, at + 2);
    at += 4;
    if (type === 0 || at + length > end) break;
    records.push(nameRecord(type, raw.subarray(at, at + length)));
    at += (length + 3) & ~3;
  }
  const options = optionsFrom(common, at);
  const value = (code: number, length: number): Uint8Array | undefined =>
    options.find((option) => option.code === code && option.value.length >= length)?.value;
  const [name, ipv4, ipv6] = [value(2, 0), value(3, 4), value(4, 16)];
  return {
    kind: "nameResolution",
    ...common,
    records,
    ...(name && { dnsName: optionText(name) }),
    ...(ipv4 && { dnsIpv4: formatIpv4(ipv4, 0) }),
    ...(ipv6 && { dnsIpv6: formatIpv6(ipv6, 0) }),
    options,
  };
}

/** How long the address of a name record is and how it reads, by record type. */
const NAME_ADDRESSES: ReadonlyMap<number, [number, (b: Uint8Array, at: number) => string]> =
  new Map([
    [1, [4, formatIpv4]],
    [2, [16, formatIpv6]],
    [3, [6, formatMac]],
    [4, [8, formatEui64]],
  ]);

function nameRecord(type: number, value: Uint8Array): NameRecord {
  const [size, format] = NAME_ADDRESSES.get(type) ?? [0, undefined];
  if (format === undefined || value.length < size) return { type, address: "", names: [], value };
  const names = utf8.decode(value.subarray(size)).split("\0");
  return { type, address: format(value, 0), names: names.filter((name) => name !== ""), value };
}
