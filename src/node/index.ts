/** The front door in Node: all of the portable one, with captures opened from paths and standard input too. */

export { nodeEngines } from "../extract/node/engines.ts";
export {
  extract,
  type NodeExtractOptions,
  openExtractor,
  type TraceIntoFolder,
} from "../extract/node/extract.ts";
export * from "../index.ts";
export { nodeDecoders } from "./decoders.ts";
export type { GrowingOptions } from "./growing-source.ts";
export { openCapture } from "./open.ts";
export { ClosedPipe, type Output, OutputError, openOutput } from "./output.ts";
export { fileSource, standardInput } from "./source.ts";
export { NodeTraceFolder, type TraceFolderOptions, traceFolder } from "./trace-folder.ts";
