import { bpf } from "./bpf.ts";
import { LiveCapture, type ReadingOptions } from "./capture.ts";
import { DeviceError } from "./errors.ts";
import { interfaceFacts, linkTypeOf } from "./native/af-packet.ts";
import { libpcap } from "./native/libpcap.ts";
import { PcapSource } from "./pcap-source.ts";
import { RingSource } from "./ring-source.ts";
import { SocketSource } from "./socket-source.ts";
import type { CaptureDirection, PacketFilter, PacketSource } from "./source.ts";
import { SubprocessSource } from "./subprocess-source.ts";
import { ThreadSource, threadFilter } from "./thread-source.ts";

/** The ways to an interface that can be asked for. */
export const backends = ["auto", "ring", "pcap", "socket", "subprocess"] as const;
export type Backend = (typeof backends)[number];

/** How an interface is opened and read. What a way does not know it leaves alone, or says so. */
export interface CaptureOptions extends ReadingOptions {
  /** Bytes kept of a packet, 1 to 262144; all of them unless told. */
  readonly snaplen?: number;
  /** Packets to others are captured too; they are unless told. */
  readonly promiscuous?: boolean;
  /** Milliseconds that packets may be held back to be delivered together; 10 unless told. */
  readonly latency?: number;
  /** Packets are delivered the moment they come. */
  readonly immediate?: boolean;
  /** Monitor mode of IEEE 802.11 (`pcap` only). */
  readonly monitor?: boolean;
  /** Times in nanoseconds; unless told. */
  readonly nanoseconds?: boolean;
  /** Bytes that wait with the system at most; 16 MiB unless told. */
  readonly bufferSize?: number;
  readonly direction?: CaptureDirection;
  /** Which packets are wanted, in the language of pcap-filter(7) or compiled. It holds from the first packet on. */
  readonly filter?: string | PacketFilter;
  /** The way to the interface; the best one that is there unless told. */
  readonly backend?: Backend;
  /** A thread of its own takes packets from the system, so that this one may be busy for a while. */
  readonly thread?: boolean;
  /** Number of the link type, where the interface offers several (`pcap` only). */
  readonly linkType?: number;
}

/** What opening a source takes. */
type SourceOptions = Omit<
  CaptureOptions,
  Exclude<keyof ReadingOptions, "filter"> | "backend" | "thread"
>;

/**
 * Starts to capture from an interface, or from any source. To read a file use `openCapture`.
 *
 * `backend: "auto"` takes `ring` on Linux, `pcap` where a ring cannot do what is asked or on other systems, and a child
 * process where neither can be used; `reason` of the result says why.
 *
 * @throws DeviceError when the interface cannot be opened: missing, down, not permitted, nothing installed to do it with.
 * @throws TypeError for a filter that is none; RangeError for an option out of its range.
 * @example
 * using live = await capture("eth0", { filter: "udp port 53", count: 10 });
 * for await (const packet of live) console.log(String(packet));
 */
export async function capture(
  from: string | PacketSource,
  options: CaptureOptions = {},
): Promise<LiveCapture> {
  checkOptions(options);
  if (typeof from !== "string") {
    if (options.filter !== undefined)
      from.setFilter(filterFor(options.filter, () => from.linkType));
    if (options.direction !== undefined) from.setDirection(options.direction);
    return new LiveCapture(from, options);
  }
  const { source, reason } = await (options.thread ? openThread : openSource)(
    from,
    options.backend ?? "auto",
    options,
  );
  return new LiveCapture(source, options, reason, () => checkUp(from));
}

/** Memory between a thread that captures and the one that reads. */
const THREAD_BUFFER = 64 << 20;

async function openThread(
  device: string,
  backend: Backend,
  options: CaptureOptions,
): Promise<{ source: PacketSource; reason: string }> {
  const { snaplen, promiscuous, latency, immediate, monitor, nanoseconds } = options;
  const { bufferSize, direction, linkType, filter = null } = options;
  const copied = Object.fromEntries(
    Object.entries({
      ...{ snaplen, promiscuous, latency, immediate, monitor, nanoseconds },
      ...{ bufferSize, direction, linkType },
    }).filter(([, value]) => value !== undefined),
  );
  const size = Math.max(THREAD_BUFFER, 2 * (bufferSize ?? 0));
  const source = await ThreadSource.open(device, backend, copied, threadFilter(filter), size);
  return { source, reason: source.reason };
}

/** The best way to an interface, or the one that is asked for, and why. */
export async function openSource(
  device: string,
  backend: Backend,
  options: SourceOptions,
): Promise<{ source: PacketSource; reason: string }> {
  if (backend !== "auto")
    return { source: await openWith[backend](device, options), reason: "asked for" };
  const against = whyNoRing(device, options);
  if (against === null) {
    try {
      return { source: await openWith.ring(device, options), reason: "a ring is the fastest way" };
    } catch (error) {
      return fallBack(device, options, error, `no ring: ${(error as Error).message}`);
    }
  }
  try {
    return { source: await openWith.pcap(device, options), reason: `no ring: ${against}` };
  } catch (error) {
    return fallBack(
      device,
      options,
      error,
      `no ring: ${against}; no libpcap: ${(error as Error).message}`,
    );
  }
}

/** A child process may have the rights, or the library, that this one has not. */
async function fallBack(
  device: string,
  options: SourceOptions,
  error: unknown,
  reason: string,
): Promise<{ source: PacketSource; reason: string }> {
  const { code } = error as DeviceError;
  if (code !== "ERR_DEVICE_SUPPORT" && code !== "ERR_DEVICE_PERMISSION") throw error;
  try {
    return { source: await openWith.subprocess(device, options), reason };
  } catch {
    // What the child says is about the child; what went wrong here is what can be mended.
    throw error;
  }
}

/** Why a ring will not do; `null` where it will. */
function whyNoRing(device: string, options: SourceOptions): string | null {
  if (process.platform !== "linux") return "only Linux has one";
  if (device === "any") return "'any' is no interface of the system";
  if (options.monitor) return "monitor mode is libpcap's";
  if (options.linkType !== undefined) return "link types are chosen by libpcap";
  if (options.immediate) return "it hands packets out in blocks";
  if (typeof options.filter !== "string") return null;
  try {
    libpcap();
    return null;
  } catch {
    return "filters are compiled by libpcap, which is not installed";
  }
}

const openWith: Readonly<
  Record<
    Exclude<Backend, "auto">,
    (device: string, options: SourceOptions) => PacketSource | Promise<PacketSource>
  >
> = {
  ring: (device, options) =>
    new RingSource(device, {
      ...kernelOptions(device, options),
      ...(options.latency === undefined ? {} : { timeout: options.latency }),
    }),
  socket: (device, options) => new SocketSource(device, kernelOptions(device, options)),
  pcap: (device, { latency, filter, ...options }) =>
    new PcapSource(device, {
      ...options,
      ...(latency === undefined ? {} : { timeout: latency }),
      ...(filter === undefined ? {} : { filter }),
    }),
  subprocess: (device, options) => SubprocessSource.open(device, options),
};

/** What rings and sockets know of the options. */
function kernelOptions(device: string, options: SourceOptions) {
  const { promiscuous = true, bufferSize, direction, filter, snaplen } = options;
  const wanted = filter === undefined ? null : filterFor(filter, () => linkTypeOf(device), snaplen);
  return {
    promiscuous,
    filter: wanted,
    ...(snaplen === undefined ? {} : { snaplen }),
    ...(bufferSize === undefined ? {} : { bufferSize }),
    ...(direction === undefined ? {} : { direction }),
  };
}

/** Words are compiled; for which link type is asked only then. */
const filterFor = (
  filter: string | PacketFilter,
  linkType: () => number,
  snaplen?: number,
): PacketFilter =>
  typeof filter !== "string"
    ? filter
    : bpf(filter, linkType(), snaplen === undefined ? {} : { snaplen });

function checkUp(device: string): void {
  if (process.platform !== "linux" || interfaceFacts(device).isUp) return;
  throw new DeviceError("ERR_DEVICE_DOWN", device, `${device} is down`);
}

const ranges: Readonly<Record<string, readonly [least: number, most: number]>> = {
  snaplen: [1, 262_144],
  latency: [0, 3_600_000],
  bufferSize: [65_536, 2 ** 31 - 1],
  count: [0, Number.MAX_SAFE_INTEGER],
  duration: [0, Number.MAX_SAFE_INTEGER],
  timeout: [0, Number.POSITIVE_INFINITY],
};

function checkOptions(options: CaptureOptions): void {
  for (const [name, [least, most]] of Object.entries(ranges)) {
    const value = options[name as keyof CaptureOptions];
    if (value === undefined || (typeof value === "number" && value >= least && value <= most))
      continue;
    throw new RangeError(`capture: ${name}: ${String(value)} is not in ${least}..${most}`);
  }
  const { backend } = options;
  if (backend !== undefined && !backends.includes(backend))
    throw new RangeError(`capture: backend: ${backend}: there are ${backends.join(", ")}`);
}
