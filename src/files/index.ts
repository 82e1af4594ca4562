/** Capture files as records: pcap and pcapng, plain or compressed, and everything in them that is no packet. */
export {
  type Block,
  type BlockBase,
  blockTypes,
  type CustomBlock,
  type DecryptionSecretsBlock,
  type InterfaceDescriptionBlock,
  type InterfaceStatisticsBlock,
  type JournalBlock,
  type NameRecord,
  type NameResolutionBlock,
  type PcapHeaderBlock,
  type RecordTime,
  type SecretsKind,
  type SectionHeaderBlock,
  secretsTypes,
  type UnknownBlock,
} from "./blocks.ts";
export { type CompressedFormat, decompress, gunzipSync } from "./compression.ts";
export { type ConvertOptions, RecordConverter } from "./convert.ts";
export { copyRecords } from "./copy.ts";
export { type CaptureFormat, DETECT_LENGTH, detectCapture } from "./detect.ts";
export { CaptureError, type CaptureErrorCode, captureErrors } from "./errors.ts";
export { type MergeOptions, mergeCaptures } from "./merge.ts";
export { type DecodedOption, decodeOption, type OptionValue } from "./option-values.ts";
export {
  type BlockOption,
  type CustomOption,
  type PacketFlags,
  type PacketOptions,
  readCustomOption,
  readObsoleteDropCount,
  readOptions,
  readPacketFlags,
  readPacketOptions,
  type TaggedBytes,
} from "./options.ts";
export { PcapReader } from "./pcap-reader.ts";
export {
  type PcapHeaderRecipe,
  type PcapRecordFormat,
  type PcapRecordRecipe,
  pcapHeader,
  pcapRecord,
} from "./pcap-write-headers.ts";
export { PcapWriter, type PcapWriterOptions, type WritablePacket } from "./pcap-writer.ts";
export { PcapngReader } from "./pcapng-reader.ts";
export type {
  CustomBlockRecipe,
  NameRecordRecipe,
  NamesRecipe,
  StatisticsRecipe,
  UnknownBlockRecipe,
} from "./pcapng-write-blocks.ts";
export type {
  InterfaceAddresses,
  InterfaceRecipe,
  SectionRecipe,
} from "./pcapng-write-interface.ts";
export type {
  CommonOptionsRecipe,
  CustomOptionRecipe,
  OneOrMore,
  Wide,
} from "./pcapng-write-options.ts";
export {
  type ObsoletePacketOptionsRecipe,
  obsoletePacketOptions,
  type PacketFlagsRecipe,
  type PacketOptionsRecipe,
  packetFlags,
  packetOptions,
} from "./pcapng-write-packet.ts";
export {
  formatJournalEntry,
  formatKeyLog,
  type JournalRecipe,
  type KeyLogKind,
  type SecretsRecipe,
} from "./pcapng-write-secrets.ts";
export { PcapngWriter, type PcapngWriterOptions } from "./pcapng-writer.ts";
export {
  type CaptureInterface,
  MAX_RECORD_LENGTH,
  NO_TIME,
  type RecordFormat,
  type RecordReader,
  type RecordReaderOptions,
  type RecordSink,
} from "./record.ts";
export {
  type JournalField,
  type KeyLogEntry,
  parseJournalEntry,
  parseKeyLog,
  parseZigbeeKey,
  type ZigbeeKey,
} from "./secrets.ts";
export {
  type NumberRange,
  parseNumberRanges,
  parseTime,
  RecordSelection,
  type SelectionOptions,
} from "./select.ts";
export {
  type ByteSource,
  blobSource,
  bytesSource,
  chunksSource,
  type SyncByteSource,
  streamSource,
} from "./source.ts";
export { type PartPiece, RecordSplitter, type SplitOptions } from "./split.ts";
export {
  type ReadRecordsOptions,
  type RecordCollector,
  readRecords,
  readRecordsSync,
  type SkippedBytes,
} from "./stream.ts";
export {
  Clock,
  MICROSECONDS,
  NANOSECONDS,
  readResolution,
  type TimeResolution,
  UnitCounter,
} from "./timestamp.ts";
