import { DeviceError } from "./errors.ts";
import { Errno } from "./native/libc.ts";
import {
  familyOf,
  NetlinkError,
  type NetlinkSocket,
  Protocol,
  type Request,
  withNetlink,
} from "./native/netlink.ts";
import { Flag, type NetlinkMessage } from "./native/netlink-message.ts";
import {
  channelsOf,
  modeOf,
  type Tuning,
  type WlanBand,
  type WlanChannel,
  type WlanMode,
  type WlanWidth,
  writeCardQuery,
  writeInterfaceQuery,
  writeMode,
  writeTuning,
} from "./native/nl80211.ts";
import { interfaceSettings, setInterface } from "./settings.ts";

export type { WlanBand, WlanChannel, WlanMode, WlanWidth } from "./native/nl80211.ts";

/** Which channel, where its number alone does not say. */
export interface ChannelOptions {
  /** Numbers occur in several bands: the first of 2.4, 5, 6 and 60 GHz that has it unless told. */
  readonly band?: WlanBand;
  /** Megahertz that the channel is wide; 20 unless told. */
  readonly width?: WlanWidth;
  /** The middle of a channel wider than 20 MHz, in megahertz. */
  readonly center?: number;
  /** Whether the interface is switched off for the change, as some drivers want it. */
  readonly off?: boolean;
}

const bandOrder: readonly WlanBand[] = ["2.4", "5", "6", "60", "0.9", "lc"];
const needsCenter = new Set<WlanWidth>([40, 80, 160, 320]);

/** What a wireless interface is: a station (`managed`), hearing all (`monitor`), and others. Needs no rights; Linux only. */
export function wlanMode(name: string): WlanMode {
  const [answer] = ask(name, "its mode", writeInterfaceQuery);
  return answer === undefined ? "unknown" : modeOf(answer);
}

/**
 * Makes a wireless interface hear all that is on its channel, or makes it a station again. It is switched off meanwhile, and on
 * again when it was on. Needs CAP_NET_ADMIN; Linux only.
 */
export function setMonitor(name: string, on = true): void {
  whileOff(name, () => {
    const mode = on ? "monitor" : "managed";
    ask(name, `${mode} mode`, (writer, index) => writeMode(writer, index, mode));
  });
}

/** The channels that the card of a wireless interface has, by frequency. Needs no rights; Linux only. */
export function channels(name: string): WlanChannel[] {
  // Of an interface that has no card the kernel would list the channels of all cards.
  wlanMode(name);
  return channelsOf(ask(name, "its channels", writeCardQuery, Flag.DUMP));
}

/**
 * Sets the channel of a wireless interface, by its number. Needs CAP_NET_ADMIN; Linux only. An interface that has joined a network
 * stays where that is: only `monitor` interfaces and those without network can be set.
 */
export function setChannel(name: string, channel: number, options: ChannelOptions = {}): void {
  const { width = 20, center, off = false } = options;
  if (center === undefined && needsCenter.has(width))
    throw new TypeError(`center: a channel of ${width} MHz needs the frequency of its middle`);
  const { frequency } = channelNamed(channels(name), name, channel, options.band);
  const tuning: Tuning = { frequency, width, center };
  const set = (): void => {
    ask(name, `channel ${channel}`, (writer, index) => writeTuning(writer, index, tuning));
  };
  if (off) whileOff(name, set);
  else set();
}

/** One of the channels by its number; throws a `RangeError` that lists what there is. */
export function channelNamed(
  all: readonly WlanChannel[],
  name: string,
  channel: number,
  band?: WlanBand,
): WlanChannel {
  const found = all
    .filter((one) => one.channel === channel && (band === undefined || one.band === band))
    .sort((a, b) => bandOrder.indexOf(a.band) - bandOrder.indexOf(b.band));
  const [first] = found;
  if (first !== undefined) return first;
  const known = [...new Set(all.map((one) => one.channel))].join(", ") || "none";
  const where = band === undefined ? "" : ` in the band of ${band} GHz`;
  throw new RangeError(`channel: ${name} has no ${channel}${where}; it has ${known}`);
}

/** Does something while an interface is off; it is on again afterwards, also when that failed. */
function whileOff(name: string, change: () => void): void {
  const { up } = interfaceSettings(name);
  if (up) setInterface(name, { up: false });
  try {
    change();
  } finally {
    if (up) setInterface(name, { up: true });
  }
}

type Writing = (writer: Parameters<Request["body"]>[0], index: number) => void;

function ask(name: string, what: string, body: Writing, flags = 0): NetlinkMessage[] {
  const { index } = interfaceSettings(name);
  return withNetlink(Protocol.GENERIC, (socket) => {
    const type = wirelessFamily(socket, name);
    try {
      return socket.request({
        type,
        flags,
        device: name,
        what,
        body: (writer) => body(writer, index),
      });
    } catch (error) {
      throw wirelessFault(error, name, what);
    }
  });
}

function wirelessFamily(socket: NetlinkSocket, name: string): number {
  const family = familyOf(socket, "nl80211");
  if (family !== null) return family;
  const help = "the kernel has no nl80211: the driver of the wireless card is not loaded";
  throw new DeviceError("ERR_DEVICE_SUPPORT", name, `${name}: ${help}`);
}

/** The kernel finds no such device where an interface is none of its wireless ones: that it is there was asked before. */
function wirelessFault(error: unknown, name: string, what: string): unknown {
  if (!(error instanceof NetlinkError)) return error;
  const options = { cause: error };
  if (error.number === Errno.ENODEV) {
    const message = `${name} is no wireless interface`;
    return new DeviceError("ERR_DEVICE_SUPPORT", name, message, options);
  }
  if (error.code !== "ERR_DEVICE_SUPPORT") return error;
  const message = `${name}: its driver does not know ${what}`;
  return new DeviceError("ERR_DEVICE_SUPPORT", name, message, options);
}
