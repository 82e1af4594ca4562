/** What a declaration is made with, and what reads layers by their declarations. */
export {
  headerChecksum,
  isCut,
  layerChecksum,
  type TransportChecksumOptions,
  transportChecksum,
} from "./checksum.ts";
export type { Codec } from "./codec.ts";
export { formatPacketError, type PacketError, type PacketErrorKind } from "./error.ts";
export {
  type AnyField,
  type Base,
  bits,
  type Checksum,
  type CodedField,
  chars,
  coded,
  eui64,
  type Field,
  type FieldOptions,
  type FlagBit,
  type FlagGroup,
  type FlagPart,
  type Flags,
  type FlagsInput,
  flag,
  flags,
  int,
  ipv4Address,
  ipv6Address,
  type Kind,
  mac,
  octets,
  part,
  u8,
  u16,
  u16le,
  u24,
  u32,
  u32le,
  u48,
  u64,
  u64le,
  u128,
} from "./field.ts";
export type { ConnectionFlow, FlowRule, MessageFlow } from "./flow.ts";
export type {
  Composite,
  Item,
  ItemKind,
  ListBounds,
  ListRule,
  SizeSpec,
  TextExtent,
  WhenSpec,
} from "./item.ts";
export { Layer, viewOf } from "./layer.ts";
export {
  listOf,
  payloadEnd,
  readNumber,
  recordOf,
  segmentAt,
  trailerOf,
} from "./layout.ts";
export { type Names, names } from "./names.ts";
export type { NumberRef, Placed, Segment, Size, When } from "./place.ts";
export {
  type AnyProtocol,
  type BitPath,
  type Buildable,
  type InputFor,
  type Inputs,
  type Leftovers,
  type ListOptions,
  type Nested,
  type NextOf,
  type NumberField,
  type PartOptions,
  type PayloadOf,
  type Protocol,
  type ProtocolAbout,
  protocol,
  record,
  type Simplify,
  type SizeOf,
  type Values,
  type View,
  type Viewable,
  type ViewOf,
  type WhenOf,
} from "./protocol.ts";
export type { RandomSource } from "./random-source.ts";
export { type AnyRecipe, isRecipe, type Recipe, recipe } from "./recipe.ts";
export type {
  About,
  AnySchema,
  Cases,
  Endpoints,
  Lookup,
  NextByField,
  NextChoice,
  PseudoHeader,
  Schema,
  Spec,
} from "./schema.ts";
export type { Differences, Piece, Split, SplitOptions, Splits } from "./split.ts";
export { type Binding, type Key, type Table, table } from "./table.ts";
export { readFixed } from "./value.ts";
export { at, type Case, type Variants, variants } from "./variants.ts";
export { readVariable } from "./view.ts";
export { Writer } from "./writer.ts";
