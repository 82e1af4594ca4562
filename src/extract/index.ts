/** Captures turned into files: each flow to its own. */
export {
  type FollowedFlow,
  type FollowTcpOptions,
  followTcpStream,
  type SaidPiece,
} from "./follow.ts";
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
