/** Captures turned into something else: reports, streams, flows, each to its file. */
export {
  type DissectionRules,
  decodeTables,
  dissectionRules,
  dissectorOf,
  type ExtractionLimit,
  parseDecodeAs,
} from "./dissection.ts";
export {
  type DissectedChunk,
  type DissectingRequest,
  type Engine,
  type EngineAbilities,
  engines,
  type ForeignEngine,
  type NativeEngine,
  nativeEngine,
  type ParallelEngine,
  type ParallelRequest,
} from "./engine.ts";
export { ExtractionError, type ExtractionErrorCode, extractionErrors } from "./errors.ts";
export { Extractor, extract } from "./extractor.ts";
export {
  type FollowedFlow,
  type FollowTcpOptions,
  followTcpStream,
  type SaidPiece,
} from "./follow.ts";
export { ExtractedFrame } from "./frame.ts";
export type { Info, InfoValue } from "./info.ts";
export { type LayerName, layerNames, layerOf } from "./layers.ts";
export {
  type ExtractionWarning,
  type ExtractOptions,
  extractionWarnings,
  type InputFacts,
  type StoreOptions,
} from "./options.ts";
export { MemoryOutput, type ReportFolder, type ReportOutput } from "./output.ts";
export type { Reassembled, ReassembleOptions } from "./reassembled.ts";
export { formatNamed, formatOfName } from "./report-plan.ts";
export {
  flowPacketRecord,
  ipv4FragmentRecord,
  ipv6FragmentRecord,
  packetChain,
  packetRecord,
  tcpSegmentRecord,
} from "./toolkit.ts";
export type {
  AnyPacket,
  FlowPacket,
  ForeignPacket,
  FragmentRecord,
  SegmentRecord,
} from "./toolkit-types.ts";
export {
  FlowTrace,
  type FlowTraceOptions,
  type TraceFolder,
  type TraceIndex,
  traceFlows,
} from "./trace.ts";
export {
  type TraceEncoder,
  type TraceFormat,
  type TraceSource,
  traceFormats,
} from "./trace-format.ts";
export {
  type CellCounts,
  type CellDifference,
  type Cells,
  type DifferingFrame,
  type FieldDifference,
  type PrefixCounts,
  Verification,
  type VerifiedPacket,
  type VerifiedSide,
  type VerifyOptions,
} from "./verify.ts";
export { captureOf, type Reproducer, reproducerOf } from "./verify-alone.ts";
export { type ShowingEngine, sideOf, type VerifyRun, verifyCapture } from "./verify-run.ts";
