/** What was cut on the way, put together again: datagrams of IP from their fragments, streams of TCP from their segments. */
export type {
  CompletedDatagram,
  Conflict,
  Datagram,
  DatagramId,
  GivenUp,
  IncompleteDatagram,
} from "./datagram.ts";
export {
  type DatagramsOptions,
  datagramsByPacket,
  IpReassembly,
  type IpReassemblyOptions,
  type IpReassemblyStats,
  reassembleIp,
  reassembleIpSync,
} from "./ip.ts";
export type { Separation } from "./key.ts";
export type { Extent, OverlapPolicy } from "./overlap.ts";
export type { Piece } from "./pieces.ts";
export { TcpReassembly } from "./tcp.ts";
export {
  type CollectedStream,
  type SideContent,
  StreamCollector,
  type StreamCollectorOptions,
  type StreamEndpoint,
  type StreamPiece,
  streamsByPacket,
} from "./tcp-collector.ts";
export {
  type GapReason,
  type Side,
  type StreamAnomaly,
  type StreamConflict,
  type StreamConsumer,
  StreamData,
  type StreamEnd,
  type StreamEndReason,
  type StreamEvent,
  type StreamGap,
} from "./tcp-events.ts";
export {
  type FollowChunk,
  FollowCollector,
  type FollowedStream,
  type FollowOptions,
  followLine,
  missingText,
} from "./tcp-follow.ts";
export { reassembleTcp, reassembleTcpSync, type TcpStreamsOptions } from "./tcp-generators.ts";
export type { TcpReassemblyOptions, TcpReassemblyStats } from "./tcp-options.ts";
export type { Origin as ByteOrigin } from "./tcp-provenance.ts";
export { TcpStream } from "./tcp-stream.ts";
