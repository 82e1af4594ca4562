/** Messages of nl80211 (linux/nl80211.h): the kind of a wireless interface, its channel, and the channels that its card has. */
import { GENERIC_HEADER, genericHeader } from "./netlink.ts";
import {
  attributesOf,
  eachAttribute,
  type MessageWriter,
  type NetlinkMessage,
  u32Of,
} from "./netlink-message.ts";

export const GET_WIPHY = 1;
export const GET_INTERFACE = 5;
const SET_INTERFACE = 6;
const SET_CHANNEL = 65;
const ATTR_INTERFACE = 3;
const ATTR_TYPE = 5;
const ATTR_BANDS = 22;
const ATTR_FREQUENCY = 38;
const ATTR_SPLIT_DUMP = 174;
const ATTR_WIDTH = 159;
const ATTR_CENTER = 160;
const BAND_FREQUENCIES = 1;
const FREQUENCY = 1;
const FREQUENCY_DISABLED = 2;
const FREQUENCY_NO_IR = 3;
const FREQUENCY_RADAR = 5;
const FREQUENCY_POWER = 6;

/** What a wireless interface is, at its number in the kernel. */
export const wlanModes = [
  "unspecified",
  "ad-hoc",
  "managed",
  "ap",
  "ap-vlan",
  "wds",
  "monitor",
  "mesh",
  "p2p-client",
  "p2p-go",
  "p2p-device",
  "ocb",
  "nan",
] as const;
/** `managed` is a station that joins networks, `monitor` one that hears all; `unknown` is newer than this list. */
export type WlanMode = (typeof wlanModes)[number] | "unknown";

/** Frequency bands, at their numbers in the kernel. */
const bands = ["2.4", "5", "60", "6", "0.9", "lc"] as const;
/** Frequency bands by their gigahertz; `lc` are the licensed ones below. */
export type WlanBand = (typeof bands)[number];

/** Numbers of channel widths, by megahertz; `20` is one that old networks use too. */
const widths = { 20: 0, 40: 2, 80: 3, 160: 5, 320: 13, 5: 6, 10: 7 } as const;
export type WlanWidth = keyof typeof widths;

/** One channel that a card has. */
export interface WlanChannel {
  readonly channel: number;
  /** The middle of it, in megahertz. */
  readonly frequency: number;
  readonly band: WlanBand;
  /** Whether rules of the country, or the card, forbid it. */
  readonly disabled: boolean;
  /** Whether one may only listen there, until somebody else was heard. */
  readonly passive: boolean;
  /** Whether radar must be looked for before sending. */
  readonly radar: boolean;
  /** Most power that may be sent with, in dBm; `undefined` where the kernel does not say. */
  readonly maxPower: number | undefined;
}

/** The number of the channel at a frequency in megahertz (IEEE 802.11-2020, 17 to 27 and annex E); 0 for none. */
export function channelOf(frequency: number): number {
  if (frequency === 2484) return 14;
  if (frequency === 5935) return 2;
  if (frequency >= 2407 && frequency < 2484) return (frequency - 2407) / 5;
  if (frequency >= 4910 && frequency <= 4980) return (frequency - 4000) / 5;
  if (frequency >= 5000 && frequency < 5925) return (frequency - 5000) / 5;
  if (frequency >= 5955 && frequency <= 7115) return (frequency - 5950) / 5;
  if (frequency >= 58320 && frequency <= 70200) return (frequency - 56160) / 2160;
  return 0;
}

/** Writes the question about one interface. */
export function writeInterfaceQuery(writer: MessageWriter, index: number): void {
  writer.bytes(genericHeader(GET_INTERFACE, 0)).u32(ATTR_INTERFACE, index);
}

/** Writes the question about the card of an interface, answered in pieces. */
export function writeCardQuery(writer: MessageWriter, index: number): void {
  writer.bytes(genericHeader(GET_WIPHY, 0)).u32(ATTR_INTERFACE, index).flag(ATTR_SPLIT_DUMP);
}

/** Writes what an interface shall be. */
export function writeMode(
  writer: MessageWriter,
  index: number,
  mode: (typeof wlanModes)[number],
): void {
  writer
    .bytes(genericHeader(SET_INTERFACE, 0))
    .u32(ATTR_INTERFACE, index)
    .u32(ATTR_TYPE, wlanModes.indexOf(mode));
}

/** Where an interface shall be: the frequency of the first 20 MHz, and the middle of all where it is wider. */
export interface Tuning {
  readonly frequency: number;
  readonly width: WlanWidth;
  readonly center?: number | undefined;
}

/** Writes the channel of an interface. */
export function writeTuning(writer: MessageWriter, index: number, tuning: Tuning): void {
  const { frequency, width, center = frequency } = tuning;
  writer
    .bytes(genericHeader(SET_CHANNEL, 0))
    .u32(ATTR_INTERFACE, index)
    .u32(ATTR_FREQUENCY, frequency)
    .u32(ATTR_WIDTH, widths[width])
    .u32(ATTR_CENTER, center);
}

/** What an interface is, out of the answer. */
export function modeOf({ body }: NetlinkMessage): WlanMode {
  const number = u32Of(attributesOf(body, GENERIC_HEADER).get(ATTR_TYPE));
  return (number === undefined ? undefined : wlanModes[number]) ?? "unknown";
}

/** The channels out of the answers about a card: bands, each with frequencies, spread over several messages. */
export function channelsOf(answers: readonly NetlinkMessage[]): WlanChannel[] {
  const found = new Map<number, WlanChannel>();
  for (const { body } of answers) {
    const all = attributesOf(body, GENERIC_HEADER).get(ATTR_BANDS);
    if (all === undefined) continue;
    eachAttribute(all, 0, (number, band) => {
      const frequencies = attributesOf(band, 0).get(BAND_FREQUENCIES);
      const name = bands[number];
      if (frequencies === undefined || name === undefined) return;
      eachAttribute(frequencies, 0, (_, one) => {
        const channel = channelIn(one, name);
        if (channel !== null) found.set(channel.frequency, channel);
      });
    });
  }
  return [...found.values()].sort((a, b) => a.frequency - b.frequency);
}

function channelIn(bytes: Buffer, band: WlanBand): WlanChannel | null {
  const values = attributesOf(bytes, 0);
  const frequency = u32Of(values.get(FREQUENCY));
  if (frequency === undefined) return null;
  const power = u32Of(values.get(FREQUENCY_POWER));
  return {
    channel: channelOf(frequency),
    frequency,
    band,
    disabled: values.has(FREQUENCY_DISABLED),
    passive: values.has(FREQUENCY_NO_IR),
    radar: values.has(FREQUENCY_RADAR),
    maxPower: power === undefined ? undefined : power / 100,
  };
}
