/** Live capture and sockets: interfaces, simulated links, and what sends and receives over them. */
export { DeviceError, type DeviceErrorCode } from "./errors.ts";
export { type EndOptions, type LinkOptions, SimulatedLink, SimulatedSource } from "./simulated.ts";
export {
  PacketSocket,
  type PacketSocketOptions,
  type Received,
  type ReceiveOptions,
  type Wanted,
} from "./socket.ts";
export {
  type CaptureDirection,
  kinds,
  type PacketFilter,
  type PacketKind,
  type PacketSink,
  type PacketSource,
  type SourceStats,
} from "./source.ts";
