import { parentPort, workerData } from "node:worker_threads";
import { CompiledFilter } from "../filter/capture/compiled.ts";
import { BpfProgram } from "../filter/capture/program.ts";
import { bpf } from "./bpf.ts";
import { DeviceError } from "./errors.ts";
import { type CaptureOptions, openSource } from "./open.ts";
import { Control, RingWriter } from "./shared-ring.ts";
import type { PacketFilter, PacketSource } from "./source.ts";
import type { ThreadData, ThreadFilter, ThreadNews, ThreadOrder } from "./thread-source.ts";

/** The thread behind a capture with `thread: true`: takes packets from the system and puts them into shared memory. */

const port = parentPort!;
const { device, backend, options, filter, memory } = workerData as ThreadData;
const say = (news: ThreadNews): void => port.postMessage(news);

/** Packets taken at a time, and the most that one of them may take in the shared memory. */
const BATCH = 256;
const LONGEST = 65_536;
/** Milliseconds between looks at the room, and between two notes of the counters. */
const PAUSE = 2;
const NOTE = 50;

function filterOf(given: ThreadFilter | null, linkType: number): PacketFilter | null {
  if (given === null) return null;
  if (given.expression !== null) return bpf(given.expression, linkType);
  return new CompiledFilter(BpfProgram.fromBytes(given.program!), linkType);
}

let isOver = false;

function obey(source: PacketSource, order: ThreadOrder): void {
  if (order.do === "filter") source.setFilter(filterOf(order.filter, source.linkType));
  else if (order.do === "direction") source.setDirection(order.direction);
  else {
    isOver = true;
    source.wake();
  }
}

function note(writer: RingWriter, source: PacketSource): void {
  const { received, dropped, interfaceDropped } = source.stats();
  Atomics.store(writer.control, Control.received, received);
  Atomics.store(writer.control, Control.dropped, dropped);
  Atomics.store(writer.control, Control.interfaceDropped, interfaceDropped);
}

async function run(): Promise<void> {
  const given = options as CaptureOptions;
  const wanted = filter?.expression ?? (filter === null ? null : filterOf(filter, -1));
  const opened = await openSource(device, backend as "auto", {
    ...given,
    ...(wanted === null ? {} : { filter: wanted }),
  });
  const { source, reason } = opened;
  port.on("message", (order: ThreadOrder) => attempt(() => obey(source, order)));
  say({ is: "open", linkType: source.linkType, backend: source.backend, reason });
  const writer = new RingWriter(memory);
  let noted = 0;
  let turn = performance.now();
  while (!isOver) {
    const now = performance.now();
    if (now - noted > NOTE) {
      note(writer, source);
      noted = now;
    }
    // Orders are heard only between turns.
    if (now - turn > NOTE) {
      await new Promise((resolve) => setImmediate(resolve));
      turn = now;
    }
    // What has no room here stays with the system, which counts what it has to drop.
    if (!writer.hasRoom(BATCH * LONGEST, BATCH)) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      continue;
    }
    if (source.read(writer, BATCH) === 0) await source.ready(NOTE);
    else if (writer.publish()) say({ is: "packets" });
  }
  note(writer, source);
  source.close();
}

function attempt(what: () => void): void {
  try {
    what();
  } catch (error) {
    tell(error);
  }
}

function tell(error: unknown): void {
  const { message } = error as Error;
  say({ is: "error", code: error instanceof DeviceError ? error.code : null, message });
}

try {
  await run();
} catch (error) {
  tell(error);
}
port.close();
