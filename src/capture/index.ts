/** Captures as packets: a file, a dissector and its protocols joined. */
export type { CaptureChunk, PlacedBlock } from "./chunk.ts";
export { type CaptureOrigin, PacketCollector, type PacketOptionsPlace } from "./collector.ts";
export {
  Capture,
  type CaptureInput,
  type CaptureOptions,
  defaultDissector,
  openCapture,
} from "./open.ts";
