/** Live capture and sockets: interfaces, simulated links, and what sends and receives over them. */
export type { AfPacketSourceOptions } from "./af-packet-source.ts";
export { LiveBatch } from "./batch.ts";
export { type BpfOptions, bpf, dataLinks, ExpressionFilter, networkOffsets } from "./bpf.ts";
export { type CaptureStats, LiveCapture, type ReadingOptions } from "./capture.ts";
export {
  firstInterface,
  hardwareAddress,
  type InterfaceAddress,
  type InterfaceFlags,
  type InterfaceInfo,
  interfaces,
  lookupNet,
} from "./devices.ts";
export { DeviceError, type DeviceErrorCode } from "./errors.ts";
export {
  Interceptor,
  type InterceptorOptions,
  type InterceptorStopOptions,
} from "./interceptor.ts";
export { type IpOptions, IpSource, localAddress } from "./ip-source.ts";
export { type Backend, backends, type CaptureOptions, capture } from "./open.ts";
export type { KernelQueueStats } from "./packet-queue.ts";
export { type PcapOptions, PcapSource } from "./pcap-source.ts";
export {
  type Ability,
  type Capabilities,
  type Permissions,
  permissionLines,
  permissions,
} from "./permissions.ts";
export {
  dropPrivileges,
  HANDED,
  type HandOverOptions,
  spawnWithSocket,
} from "./privileges.ts";
export {
  type Hook,
  hooks,
  type InterceptContext,
  type QueueStats,
  type VerdictFunction,
} from "./queue-desk.ts";
export { RawPacket, type RawPacketOptions } from "./raw-packet.ts";
export {
  type MacAddress,
  type RawData,
  type RawReceiveOptions,
  type RawSendOptions,
  RawSocket,
  type RawSocketOptions,
} from "./raw-socket.ts";
export { type RingOptions, RingSource } from "./ring-source.ts";
export {
  type RawHandler,
  type RawHandlerClass,
  type RawRequest,
  RawRequestHandler,
  RawServer,
  type RawServerOptions,
  type StopOptions,
} from "./server.ts";
export {
  type InterfaceChange,
  type InterfaceSettings,
  interfaceSettings,
  type OperationalState,
  setInterface,
} from "./settings.ts";
export { type EndOptions, type LinkOptions, SimulatedLink, SimulatedSource } from "./simulated.ts";
export {
  PacketSocket,
  type PacketSocketOptions,
  type Received,
  type ReceiveOptions,
  type Wanted,
} from "./socket.ts";
export { type SocketOptions, SocketSource } from "./socket-source.ts";
export {
  type CaptureDirection,
  kinds,
  type PacketFilter,
  type PacketKind,
  type PacketSink,
  type PacketSource,
  type SourceStats,
} from "./source.ts";
export {
  type Clock,
  type EndState,
  type Next,
  type Outcome,
  type PacketFeed,
  type State,
  type StateContext,
  StateMachine,
  type StateMachineOptions,
  type Transition,
} from "./state-machine.ts";
export type { ProgramName } from "./subprocess-program.ts";
export { type SubprocessOptions, SubprocessSource } from "./subprocess-source.ts";
export {
  type ByteData,
  etherTypeBytes,
  type TextEncoding,
  type ToBytesOptions,
  toBytes,
  toText,
} from "./to-bytes.ts";
export { type Answer, type Decision, type Verdict, verdicts } from "./verdict.ts";
export {
  type ChannelOptions,
  channels,
  setChannel,
  setMonitor,
  type WlanBand,
  type WlanChannel,
  type WlanMode,
  type WlanWidth,
  wlanMode,
} from "./wireless.ts";
