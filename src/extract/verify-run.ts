import type { CaptureChunk } from "../capture/chunk.ts";
import type { Capture } from "../capture/open.ts";
import type { Dissector } from "../packet/dissector.ts";
import type { Packet } from "../packet/packet.ts";
import { all } from "../protocols/all.ts";
import type { ForeignLayers } from "../report/report.ts";
import { Columns, fieldNames } from "../report/wireshark/columns.ts";
import type { ForeignEngine, NativeEngine } from "./engine.ts";
import type { Cells, Verification, VerifiedSide } from "./verify.ts";

/** An engine that shows fields: ours, or one of another program. */
export type ShowingEngine = NativeEngine | ForeignEngine;

/** An engine as a side of a {@link Verification}. */
export const sideOf = ({ kind, name }: ShowingEngine): VerifiedSide => ({
  name,
  known: kind === "native" ? new Set(fieldNames(all)) : null,
});

/** What a run of a comparison is told. */
export interface VerifyRun {
  readonly dissector: Dissector;
  readonly signal: AbortSignal;
  /** Packets of the capture that are compared; all when left out. */
  readonly count?: number;
  /** Is told of each packet that was compared. */
  readonly onPacket?: (packet: Packet) => void;
}

/**
 * Reads a capture once and has several engines take it apart side by side; each comparison is of the first of them and
 * another one, in their order. Memory does not grow with the capture. Open the capture with `customBlocks`.
 *
 * @throws CaptureError for a fault of the capture, after all packets before it were compared. ExtractionError where an engine
 * is missing or fails.
 */
export async function verifyCapture(
  capture: Capture,
  name: string,
  engines: readonly ShowingEngine[],
  comparisons: readonly Verification[],
  run: VerifyRun,
): Promise<void> {
  for (const one of comparisons) one.begin(name);
  const foreign = engines.filter((one) => one.kind === "foreign");
  const native = foreign.length === engines.length ? null : new NativeCells(capture);
  try {
    const chunks = limited(capture.chunks(), run.count ?? Number.POSITIVE_INFINITY);
    for await (const { chunk, found } of sideBySide(chunks, foreign, run))
      for (let i = 0; i < chunk.packets.length; i++) {
        const packet = chunk.packets[i]!;
        const own = native?.of(packet);
        let next = 0;
        const cells = engines.map(({ kind }) =>
          kind === "native" ? own! : found[next++]![i]!.cells,
        );
        for (const [k, one] of comparisons.entries()) one.add(packet, cells[0]!, cells[k + 1]!);
        run.onPacket?.(packet);
        // What was read of a packet goes with it.
        delete chunk.packets[i];
      }
  } finally {
    for (const one of comparisons) one.end();
  }
}

/** The cells that this package prints. */
class NativeCells {
  private readonly names: readonly string[];
  private readonly columns: Columns;
  private readonly capture: Capture;

  constructor(capture: Capture) {
    this.names = fieldNames(all);
    this.columns = new Columns(this.names);
    this.capture = capture;
  }

  of(packet: Packet): Cells {
    const { names } = this;
    const row = this.columns.cells(packet, this.capture.optionsOf(packet));
    const cells = new Map<string, string>();
    for (let i = 0; i < row.length; i++) if (row[i] !== "") cells.set(names[i]!, row[i]!);
    return cells;
  }
}

/** A chunk and, of each engine, what it found in its packets. */
interface Found {
  readonly chunk: CaptureChunk;
  readonly found: readonly (readonly ForeignLayers[])[];
}

/** Each engine is given what the one before it gives on, so that all read the capture once and none runs ahead. */
function sideBySide(
  chunks: AsyncIterable<CaptureChunk>,
  engines: readonly ForeignEngine[],
  run: VerifyRun,
): AsyncIterable<Found> {
  let passed: AsyncIterable<Found> = alone(chunks);
  for (const engine of engines) passed = beside(passed, engine, run);
  return passed;
}

async function* alone(chunks: AsyncIterable<CaptureChunk>): AsyncGenerator<Found> {
  for await (const chunk of chunks) yield { chunk, found: [] };
}

async function* beside(
  before: AsyncIterable<Found>,
  engine: ForeignEngine,
  request: VerifyRun,
): AsyncGenerator<Found> {
  /** What the engines before found, of packets that this one has not answered yet. */
  const waiting: (readonly ForeignLayers[])[] = [];
  async function* given(): AsyncGenerator<CaptureChunk> {
    for await (const { chunk, found } of before) {
      for (let i = 0; i < chunk.packets.length; i++) waiting.push(found.map((one) => one[i]!));
      yield chunk;
    }
  }
  for await (const { chunk, layers } of engine.dissect(given(), request)) {
    const others = waiting.splice(0, chunk.packets.length);
    const count = others[0]?.length ?? 0;
    const found = Array.from({ length: count }, (_, k) => others.map((one) => one[k]!));
    yield { chunk, found: [...found, layers] };
  }
}

/** The first packets of a capture. */
async function* limited(
  chunks: AsyncIterable<CaptureChunk>,
  count: number,
): AsyncGenerator<CaptureChunk> {
  let left = count;
  if (left <= 0) return;
  for await (const chunk of chunks) {
    const { length } = chunk.packets;
    if (length < left) yield chunk;
    else {
      yield {
        ...chunk,
        packets: chunk.packets.slice(0, left),
        starts: chunk.starts.slice(0, left),
      };
      return;
    }
    left -= length;
  }
}
