/** What is done with any declaration: dissecting, building, editing, describing, verifying. */
export { assemble, type Part } from "./assemble.ts";
export type { Automatic, Switches } from "./automatic.ts";
export { build } from "./build.ts";
export { ProtoChain } from "./chain.ts";
export { type CodeOptions, importLine, type PacketCode, packetCode, toCode } from "./code.ts";
export {
  type DescribedNode,
  describe,
  describePacket,
} from "./describe.ts";
export type { Direction } from "./direction.ts";
export {
  createDissector,
  type Dissector,
  type DissectorOptions,
  type Entry,
} from "./dissector.ts";
export { faultAbove, faultOf } from "./faults.ts";
export { type FuzzOptions, fuzz } from "./fuzz.ts";
export { type AnyView, type Origin, Packet } from "./packet.ts";
export { type RandomOptions, type RandomPart, random } from "./random.ts";
export type { FragmentOptions, SegmentOptions } from "./split.ts";
export type { Stackable } from "./structure.ts";
export { formatLayer } from "./text.ts";
export { type PlainValues, valuesOf } from "./values.ts";
export {
  type ChecksumStatus,
  type ChecksumVerdict,
  type PacketChecksum,
  verifyChecksums,
  verifyPacket,
} from "./verify.ts";
export { MAX_LAYERS } from "./walk.ts";
export type { Which } from "./which.ts";
