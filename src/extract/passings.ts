import type { CaptureChunk } from "../capture/chunk.ts";
import type { ForeignLayers } from "../report/report.ts";
import type { DissectionRules } from "./dissection.ts";
import { type DissectingRequest, type Engine, type ForeignEngine, nativeEngine } from "./engine.ts";
import { ExtractionError } from "./errors.ts";
import type { ExtractionWarning } from "./options.ts";

/** A chunk on its way, with what another engine found in it. */
export interface Passing {
  readonly chunk: CaptureChunk;
  readonly layers: readonly ForeignLayers[] | null;
}

/** What is to be known to bring the chunks of a capture to an engine. */
export interface PassingsOptions {
  readonly engine: Engine;
  readonly chunks: AsyncIterable<CaptureChunk>;
  readonly request: DissectingRequest;
  readonly rules: DissectionRules;
  /** Whether ours takes the place of an engine that is not there. */
  readonly fallback: boolean;
  /** Is told which engine takes that place. */
  readonly onFallback: (engine: Engine) => void;
  readonly warn: (code: ExtractionWarning["code"], message: string) => void;
}

/** The chunks of a capture in order, from whoever takes them apart. */
export async function* passingsOf(
  options: PassingsOptions,
): AsyncGenerator<Passing, void, undefined> {
  const { engine, chunks, request, fallback, onFallback, warn } = options;
  if (engine.kind === "foreign") {
    warnOfAbilities(engine, options);
    try {
      yield* engine.dissect(chunks, request);
      return;
    } catch (error) {
      const isMissing = error instanceof ExtractionError && error.code === "ERR_ENGINE_MISSING";
      if (!isMissing || !fallback) throw error;
      warn("WARN_ENGINE_FALLBACK", `${error.message}; ours does its work`);
      onFallback(nativeEngine);
    }
  }
  for await (const chunk of chunks) yield { chunk, layers: null };
}

function warnOfAbilities({ name, abilities }: ForeignEngine, options: PassingsOptions): void {
  const { layer, stopAfter, decodeAs } = options.rules;
  if (!abilities.limits && (layer !== "application" || stopAfter.length > 0))
    options.warn("WARN_ENGINE_ABILITY", `the engine ${name} passes over limits`);
  if (!abilities.bindings && decodeAs.length > 0)
    options.warn("WARN_ENGINE_ABILITY", `the engine ${name} passes over decodeAs`);
}
