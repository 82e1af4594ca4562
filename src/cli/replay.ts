import { firstInterface } from "../live/devices.ts";
import { openCapture } from "../node/open.ts";
import { wholeNumber } from "./input.ts";
import { onInterrupt } from "./live-options.ts";
import { complain, UsageError } from "./run.ts";
import { openSender, pause } from "./send.ts";

interface ReplayOptions {
  readonly interface?: string;
  readonly rate?: string;
  readonly bitRate?: string;
  readonly speed?: string;
  readonly fast?: boolean;
  readonly loop?: string;
  readonly count?: string;
}

/** Frames sent by one call. */
const BATCH = 256;

/** When each packet of a replay goes. */
class Pace {
  private readonly options: ReplayOptions;
  private readonly perPacket: number | null;
  private readonly perBit: number | null;
  private readonly speed: number;
  private readonly started: number;
  private first: bigint | null;
  private due: number;

  constructor(options: ReplayOptions) {
    const positive = (name: string, text: string | undefined): number | null => {
      if (text === undefined) return null;
      const value = Number(text);
      if (!(value > 0)) throw new UsageError(`${name}: a number above 0 is wanted, not '${text}'`);
      return value;
    };
    const rate = positive("--rate", options.rate);
    const bits = positive("--bit-rate", options.bitRate);
    this.options = options;
    this.perPacket = rate === null ? null : 1000 / rate;
    this.perBit = bits === null ? null : 1000 / (bits * 1e6);
    this.speed = positive("--speed", options.speed) ?? 1;
    this.started = performance.now();
    this.first = null;
    this.due = 0;
  }

  /** Milliseconds until a packet is to go; 0 or less for at once. */
  before(time: bigint | undefined, length: number): number {
    if (this.options.fast) return 0;
    const at = this.due;
    if (this.perPacket !== null) this.due += this.perPacket;
    else if (this.perBit !== null) this.due += length * 8 * this.perBit;
    else if (time !== undefined) {
      this.first ??= time;
      this.due = Number(time - this.first) / 1e6 / this.speed;
      return this.due - (performance.now() - this.started);
    }
    return at - (performance.now() - this.started);
  }
}

/** `wirecraft replay`: the packets of a capture with the times between them as they were, or at another rate. */
export async function replay(path: string, options: ReplayOptions): Promise<void> {
  const rounds =
    options.loop === "0" ? Number.POSITIVE_INFINITY : (wholeNumber("--loop", options.loop, 1) ?? 1);
  const most = wholeNumber("--count", options.count, 1) ?? Number.POSITIVE_INFINITY;
  new Pace(options);
  const device = options.interface ?? firstInterface().name;
  const source = openSender(device);
  const stop = new AbortController();
  const forget = onInterrupt(() => stop.abort());
  let sent = 0;
  const started = performance.now();
  try {
    for (let round = 0; round < rounds && !stop.signal.aborted && sent < most; round++) {
      const pace = new Pace(options);
      let ready: Uint8Array[] = [];
      for await (const packet of openCapture(path)) {
        if (stop.signal.aborted || sent + ready.length >= most) break;
        const wait = pace.before(packet.time, packet.length);
        if (wait > 1 || ready.length >= BATCH) {
          sent += source.sendBatch(ready);
          ready = [];
          if (wait > 1) await pause(wait, stop.signal);
        }
        ready.push(packet.bytes({ update: false }).slice());
      }
      sent += source.sendBatch(ready);
    }
  } finally {
    forget();
    source.close();
    const time = (performance.now() - started) / 1000;
    complain(`${sent} packets sent over ${device} in ${time.toFixed(3)} s`);
  }
}
