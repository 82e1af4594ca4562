/** What is done with any declaration: dissecting, building, editing, describing, verifying. */
export { assemble, type Part } from "./assemble.ts";
export { build, type Stackable } from "./build.ts";
export { ProtoChain } from "./chain.ts";
export {
  type DescribedNode,
  describe,
  describePacket,
} from "./describe.ts";
export {
  createDissector,
  type Dissector,
  type DissectorOptions,
  type Entry,
} from "./dissector.ts";
export { faultAbove, faultOf } from "./faults.ts";
export { type AnyView, type Origin, Packet } from "./packet.ts";
export { type PlainValues, valuesOf } from "./values.ts";
export {
  type ChecksumStatus,
  type ChecksumVerdict,
  type PacketChecksum,
  verifyChecksums,
  verifyPacket,
} from "./verify.ts";
export { MAX_LAYERS } from "./walk.ts";
