/** The front door in Node: all of the portable one, with captures opened from paths and standard input too. */
export * from "../index.ts";
export { nodeDecoders } from "./decoders.ts";
export { openCapture } from "./open.ts";
export { ClosedPipe, type Output, openOutput } from "./output.ts";
export { fileSource, standardInput } from "./source.ts";
export { NodeTraceFolder, type TraceFolderOptions, traceFolder } from "./trace-folder.ts";
