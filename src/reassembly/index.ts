/** What was cut on the way, put together again: datagrams of IP from their fragments. */
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
