import { type Engine, engines } from "../engine.ts";
import { pipelineEngine, serverEngine } from "../engines/parallel.ts";

/** The engines that there are in Node, by name. */
export const nodeEngines: ReadonlyMap<string, Engine> = new Map<string, Engine>([
  ...engines,
  ...[serverEngine, pipelineEngine].map((one) => [one.name, one] as const),
]);
