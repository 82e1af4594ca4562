import { setTimeout } from "node:timers/promises";
import { fromHexAll } from "../bytes/dump.ts";
import { parseHex } from "../bytes/hex.ts";
import { firstInterface } from "../live/devices.ts";
import { PcapSource } from "../live/pcap-source.ts";
import { SocketSource } from "../live/socket-source.ts";
import type { PacketSource } from "../live/source.ts";
import { openCapture } from "../node/open.ts";
import { wholeNumber } from "./input.ts";
import { onInterrupt, seconds } from "./live-options.ts";
import { complain, UsageError } from "./run.ts";

interface SendOptions {
  readonly interface?: string;
  readonly hex?: string;
  readonly count?: string;
  readonly interval?: string;
}

/** A way to send over an interface; nothing is received. */
export const openSender = (device: string): PacketSource =>
  process.platform === "linux"
    ? new SocketSource(device, { etherType: 0 })
    : new PcapSource(device, { promiscuous: false });

/** Waits so many milliseconds, or until there is nothing to wait for any more. */
export const pause = (time: number, signal: AbortSignal): Promise<void> =>
  setTimeout(time, undefined, { signal }).catch(() => {});

/** `wirecraft send`: the packets of a capture or of hexadecimal text, as they are, one after another. */
export async function send(path: string | undefined, options: SendOptions): Promise<void> {
  if ((path === undefined) === (options.hex === undefined))
    throw new UsageError("either a capture or --hex <digits> is wanted");
  const times = wholeNumber("--count", options.count, 1) ?? 1;
  const interval = seconds("--interval", options.interval) ?? 0;
  const frames = options.hex === undefined ? await framesIn(path!) : framesOf(options.hex);
  const device = options.interface ?? firstInterface().name;
  const source = openSender(device);
  const stop = new AbortController();
  const forget = onInterrupt(() => stop.abort());
  let sent = 0;
  try {
    for (let i = 0; i < times && !stop.signal.aborted; i++) {
      if (interval === 0) {
        sent += source.sendBatch(frames);
        continue;
      }
      for (const frame of frames) {
        if (stop.signal.aborted) break;
        if (sent > 0) await pause(interval, stop.signal);
        source.inject(frame);
        sent++;
      }
    }
  } finally {
    forget();
    source.close();
    complain(`${sent} packets sent over ${device}`);
  }
}

async function framesIn(path: string): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  for await (const packet of openCapture(path)) frames.push(packet.bytes({ update: false }));
  return frames;
}

/** The digits of one frame, or a dump of several. */
function framesOf(text: string): Uint8Array[] {
  try {
    return /^[\da-f\s:]*$/i.test(text) && !text.includes("\n")
      ? [parseHex(text.replace(/[\s:]/g, ""))]
      : fromHexAll(text);
  } catch (error) {
    throw new UsageError(`--hex: ${(error as Error).message}`);
  }
}
