import type { CaptureChunk } from "../capture/chunk.ts";
import type { PacketOptions } from "../files/options.ts";
import type { Dissector } from "../packet/dissector.ts";
import type { Packet } from "../packet/packet.ts";
import type { ForeignLayers, ReportFormat, ReportOptions } from "../report/report.ts";
import type { DissectionRules } from "./dissection.ts";
import { ExtractionError } from "./errors.ts";
import type { ReportOutput } from "./output.ts";
import type { Renderer } from "./renderer.ts";

/** What an engine can do of what an extraction may ask for. */
export interface EngineAbilities {
  /** Whether it stops at a layer or protocol. */
  readonly limits: boolean;
  /** Whether protocols can be bound to other places, or added. */
  readonly bindings: boolean;
  /** Whether it shows packets as they come, so that an input may wait or grow. */
  readonly live: boolean;
}

interface EngineBase {
  readonly name: string;
  /** What it is, in one line for people. */
  readonly about: string;
  readonly abilities: EngineAbilities;
}

/** Our own declarations, in the thread that asks. */
export interface NativeEngine extends EngineBase {
  readonly kind: "native";
}

/** What an engine that dissects is told of the capture. */
export interface DissectingRequest {
  /** How ours would dissect; what an engine without {@link EngineAbilities.bindings} passes over. */
  readonly dissector: Dissector;
  /** Stops the work, and whatever processes do it. */
  readonly signal: AbortSignal;
}

/** A chunk with what another program found in its packets: as many as there are packets, in order. */
export interface DissectedChunk {
  readonly chunk: CaptureChunk;
  readonly layers: readonly ForeignLayers[];
}

/** An engine of which another program takes the packets apart: the records are read here, and go to it and come back in order. */
export interface ForeignEngine extends EngineBase {
  readonly kind: "foreign";
  /**
   * Takes chunks apart. Some chunks may be under way at once, few enough that memory does not grow; `chunks` ends or throws as
   * the capture does, and what was good before is given first.
   *
   * @throws ExtractionError with ERR_ENGINE_MISSING where its program is not installed, naming what brings it: before the first
   * chunk is asked for, so that another engine can take its place.
   */
  dissect(
    chunks: AsyncIterable<CaptureChunk>,
    request: DissectingRequest,
  ): AsyncIterable<DissectedChunk>;
}

/** What an engine of several threads is told of the report that it makes. */
export interface ParallelRequest {
  readonly format: ReportFormat;
  readonly options: ReportOptions;
  readonly rules: DissectionRules;
  /** Threads; as many as the machine has processors when left out. */
  readonly workers: number | undefined;
  /** What the capture says of a packet besides its bytes. */
  readonly optionsOf: (packet: Packet) => PacketOptions | undefined;
  readonly output: ReportOutput;
  /** The path of the capture where it is a file that is not compressed: threads may read it themselves. */
  readonly path: string | null;
}

/** An engine that renders reports in several threads, byte for byte as one would. */
export interface ParallelEngine extends EngineBase {
  readonly kind: "parallel";
  renderer(request: ParallelRequest): Renderer;
}

/** Threads at most: beyond the number of processors more only take memory. */
export const MOST_WORKERS = 64;

/** @throws RangeError for a number of threads that is none. */
export function checkWorkers(workers: number | undefined): void {
  if (workers === undefined) return;
  if (Number.isInteger(workers) && workers >= 1 && workers <= MOST_WORKERS) return;
  throw new RangeError(
    `workers: a whole number from 1 to ${MOST_WORKERS} is wanted, not ${workers}`,
  );
}

/** What does the work of an extraction. */
export type Engine = NativeEngine | ForeignEngine | ParallelEngine;

/** The engine of this package: every ability, no other program. */
export const nativeEngine: NativeEngine = {
  kind: "native",
  name: "native",
  about: "the declarations of this package, in one thread",
  abilities: { limits: true, bindings: true, live: true },
};

/** The engines that run everywhere, by name. PyPCAPKit's names for its own lead to ours. */
export const engines: ReadonlyMap<string, Engine> = new Map<string, Engine>(
  ["native", "default", "pcapkit"].map((name) => [name, nativeEngine]),
);

/**
 * An engine by name, without case; one that is given as a value is that one.
 *
 * @throws ExtractionError with ERR_ENGINE for a name that is not known.
 */
export function engineNamed(
  engine: string | Engine = nativeEngine,
  known: ReadonlyMap<string, Engine> = engines,
): Engine {
  if (typeof engine !== "string") return engine;
  const found = known.get(engine.toLowerCase());
  if (found !== undefined) return found;
  const names = [...new Set([...known.values()].map(({ name }) => name))];
  throw new ExtractionError(
    "ERR_ENGINE",
    `no engine is called '${engine}'; there are ${names.join(", ")}`,
  );
}
