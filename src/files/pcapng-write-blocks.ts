/** The blocks of a pcapng file that describe no interface and hold no packet, put together (draft-ietf-opsawg-pcapng §4). */

import { parseEui64, parseIpv4, parseIpv6, parseMac } from "../bytes/address.ts";
import { joined } from "../bytes/joined.ts";
import { blockTypes, type RecordTime } from "./blocks.ts";
import { checkLength, checkRange, textBytes } from "./check.ts";
import {
  blockBytes,
  type CommonOptionsRecipe,
  codeLengthValue,
  commonOptions,
  named,
  numberBytes,
  OptionList,
  padded,
  type Wide,
} from "./pcapng-write-options.ts";
import type { UnitCounter } from "./timestamp.ts";

const NUL = new Uint8Array(1);

/** The names of one address, or a record by its number and value, as a reader gives it. */
export type NameRecordRecipe =
  | { readonly ipv4: string; readonly names: readonly string[] }
  | { readonly ipv6: string; readonly names: readonly string[] }
  | { readonly mac: string; readonly names: readonly string[] }
  | { readonly eui64: string; readonly names: readonly string[] }
  | { readonly type: number; readonly value: Uint8Array };

/** What a name resolution block says. */
export interface NamesRecipe extends CommonOptionsRecipe {
  readonly records: readonly NameRecordRecipe[];
  /** The server that gave the names (ns_dnsname), and its addresses (ns_dnsIP4addr, ns_dnsIP6addr). */
  readonly dnsName?: string;
  readonly dnsIpv4?: string;
  readonly dnsIpv6?: string;
}

/** A name resolution block (§4.5). */
export function nameResolution(recipe: NamesRecipe, littleEndian: boolean): Uint8Array {
  const { dnsName, dnsIpv4, dnsIpv6 } = recipe;
  const list = new OptionList("names", littleEndian);
  list.text(2, "dnsName", dnsName);
  if (dnsIpv4 !== undefined) list.made(3, "dnsIpv4", () => parseIpv4(dnsIpv4));
  if (dnsIpv6 !== undefined) list.made(4, "dnsIpv6", () => parseIpv6(dnsIpv6));
  list.common(recipe);
  const records = recipe.records.map((record) => nameRecord(record, littleEndian));
  const end = new Uint8Array(4);
  return blockBytes(blockTypes.nameResolution, [...records, end, list.bytes()], littleEndian);
}

function nameRecord(record: NameRecordRecipe, littleEndian: boolean): Uint8Array {
  const [type, value] = recordValue(record);
  checkRange("names.records.type", type, 1, 0xffff);
  checkLength("names.records.value", value, 0xffff);
  return codeLengthValue(type, value, littleEndian);
}

function recordValue(record: NameRecordRecipe): readonly [type: number, value: Uint8Array] {
  if ("value" in record) return [record.type, record.value];
  const [type, key, parse, text] =
    "ipv4" in record
      ? ([1, "ipv4", parseIpv4, record.ipv4] as const)
      : "ipv6" in record
        ? ([2, "ipv6", parseIpv6, record.ipv6] as const)
        : "mac" in record
          ? ([3, "mac", parseMac, record.mac] as const)
          : ([4, "eui64", parseEui64, record.eui64] as const);
  const address = named(`names.records.${key}`, () => parse(text));
  if (record.names.length === 0) throw new RangeError("names.records.names must have one at least");
  const names = record.names.flatMap((name) => {
    if (name === "") throw new RangeError("names.records.names must not be empty");
    return [textBytes("names.records.names", name), NUL];
  });
  return [type, joined([address, ...names])];
}

/** What an interface counted. */
export interface StatisticsRecipe extends CommonOptionsRecipe {
  /** The interface's number in the file; the first of the section unless told. */
  readonly interfaceIndex?: number;
  /** When the numbers were taken. */
  readonly time: RecordTime;
  /** When the capture began and ended (isb_starttime, isb_endtime). */
  readonly startTime?: RecordTime;
  readonly endTime?: RecordTime;
  /** Packets received (isb_ifrecv), and dropped by the interface (isb_ifdrop). */
  readonly received?: Wide;
  readonly dropped?: Wide;
  /** Packets the filter accepted (isb_filteraccept). */
  readonly accepted?: Wide;
  /** Packets dropped by the operating system (isb_osdrop), and delivered (isb_usrdeliv). */
  readonly systemDropped?: Wide;
  readonly delivered?: Wide;
}

/** An interface statistics block (§4.6) of the interface `id` of the section, whose units `counter` counts. */
export function interfaceStatistics(
  recipe: StatisticsRecipe,
  id: number,
  counter: UnitCounter,
  littleEndian: boolean,
): Uint8Array {
  const { startTime, endTime } = recipe;
  // In either byte order, the upper half comes first.
  const time = (key: string, { seconds, nanoseconds }: RecordTime): Uint8Array => {
    countTime(`statistics.${key}`, counter, seconds, nanoseconds);
    const halves = [counter.high, counter.low].map((half) => numberBytes(half, 4, littleEndian));
    return joined(halves);
  };
  const list = new OptionList("statistics", littleEndian);
  if (startTime !== undefined) list.add(2, "startTime", time("startTime", startTime));
  if (endTime !== undefined) list.add(3, "endTime", time("endTime", endTime));
  list.wide(4, "received", recipe.received);
  list.wide(5, "dropped", recipe.dropped);
  list.wide(6, "accepted", recipe.accepted);
  list.wide(7, "systemDropped", recipe.systemDropped);
  list.wide(8, "delivered", recipe.delivered);
  list.common(recipe);
  const head = [numberBytes(id, 4, littleEndian), time("time", recipe.time)];
  return blockBytes(blockTypes.interfaceStatistics, [...head, list.bytes()], littleEndian);
}

/** Counts a time, or says what about it does not fit. */
function countTime(name: string, counter: UnitCounter, seconds: number, nanoseconds: number): void {
  checkRange(`${name}.nanoseconds`, nanoseconds, 0, 999_999_999);
  if (!counter.set(seconds, nanoseconds)) throw beyond(`${name}.seconds`, counter, seconds);
}

/** What is thrown for seconds that a counter refused. */
export function beyond(name: string, counter: UnitCounter, seconds: number): RangeError {
  const { first, last } = counter;
  const limits = `must be an integer from ${first} to ${last} in this resolution`;
  return new RangeError(`${name} ${limits}, got ${seconds}`);
}

/** A block of somebody's own. */
export interface CustomBlockRecipe extends CommonOptionsRecipe {
  /** Private enterprise number of who defined it, 0..2^32-1. */
  readonly pen: number;
  readonly data: Uint8Array;
  /** Whether programs that change the file may copy the block; true unless told. */
  readonly copyable?: boolean;
}

/** A custom block (§4.9). Its options, if any, come behind the padded data. */
export function customBlock(recipe: CustomBlockRecipe, littleEndian: boolean): Uint8Array {
  const { pen, data, copyable = true } = recipe;
  checkRange("custom.pen", pen, 0, 0xffff_ffff);
  const type = copyable ? blockTypes.custom : blockTypes.customNotCopied;
  const options = commonOptions("custom", recipe, littleEndian);
  return blockBytes(type, [numberBytes(pen, 4, littleEndian), padded(data), options], littleEndian);
}

/** A block of any type. */
export interface UnknownBlockRecipe {
  /** Its number, 0..2^32-1; all but that of a section header. */
  readonly type: number;
  /** What stands between the two lengths; zeros fill it up to a multiple of four bytes. */
  readonly body: Uint8Array;
}

/** A block of any type but a section header, which would change what follows. */
export function unknownBlock({ type, body }: UnknownBlockRecipe, littleEndian: boolean) {
  checkRange("unknown.type", type, 0, 0xffff_ffff);
  if (type === blockTypes.sectionHeader) {
    throw new RangeError("unknown.type must not be that of a section header");
  }
  return blockBytes(type, [body], littleEndian);
}
