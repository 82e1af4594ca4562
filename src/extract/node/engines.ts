import type { CaptureChunk } from "../../capture/chunk.ts";
import { type DissectingRequest, type Engine, engines, type ForeignEngine } from "../engine.ts";
import { dpktFacts, type ProgramFacts, scapyFacts, tsharkFacts } from "../engines/facts.ts";
import { pipelineEngine, serverEngine } from "../engines/parallel.ts";

/** An engine that is loaded when it is asked for something: most of them never are. */
function loaded(
  { name, about, abilities }: ProgramFacts,
  load: () => Promise<ForeignEngine>,
): ForeignEngine {
  return {
    ...{ kind: "foreign", name, about, abilities },
    async *dissect(chunks: AsyncIterable<CaptureChunk>, request: DissectingRequest) {
      yield* (await load()).dissect(chunks, request);
    },
  };
}

/** Wireshark's dissectors. */
export const tsharkEngine = loaded(
  tsharkFacts,
  async () => (await import("../engines/tshark.ts")).tsharkEngine,
);

/** Scapy. */
export const scapyEngine = loaded(
  scapyFacts,
  async () => (await import("../engines/scapy.ts")).scapyEngine,
);

/** dpkt. */
export const dpktEngine = loaded(
  dpktFacts,
  async () => (await import("../engines/dpkt.ts")).dpktEngine,
);

/** The engines that there are in Node, by name. PyPCAPKit reached Wireshark as `pyshark`. */
export const nodeEngines: ReadonlyMap<string, Engine> = new Map<string, Engine>([
  ...engines,
  ...[serverEngine, pipelineEngine, tsharkEngine, scapyEngine, dpktEngine].map(
    (one) => [one.name, one] as const,
  ),
  ["pyshark", tsharkEngine],
]);
