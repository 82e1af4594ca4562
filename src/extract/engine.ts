import type { CaptureChunk } from "../capture/chunk.ts";
import type { Dissector } from "../packet/dissector.ts";
import type { ForeignLayers } from "../report/report.ts";

/** What an engine can do of what an extraction may ask for. */
export interface EngineAbilities {
  /** Whether it stops at a layer or protocol. */
  readonly limits: boolean;
  /** Whether protocols can be bound to other places, or added. */
  readonly bindings: boolean;
  /** Whether it shows packets as they come, so that an input may wait or grow. */
  readonly live: boolean;
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
export interface ForeignEngine {
  readonly kind: "foreign";
  readonly name: string;
  /** What it is, in one line for people. */
  readonly about: string;
  readonly abilities: EngineAbilities;
  /**
   * Takes chunks apart. Some chunks may be under way at once, few enough that memory does not grow; `chunks` ends or throws as
   * the capture does, and what was good before is given first.
   *
   * @throws ExtractionError with ERR_ENGINE_MISSING where its program is not installed, naming what brings it.
   */
  dissect(
    chunks: AsyncIterable<CaptureChunk>,
    request: DissectingRequest,
  ): AsyncIterable<DissectedChunk>;
}
