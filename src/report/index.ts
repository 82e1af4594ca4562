/** What writes packets out: whole reports, and the pieces that they are made of. */
export { type BlockCounts, BlockNames, type NamedBlock } from "./blocks.ts";
export { PcapReport } from "./capture/pcap.ts";
export { PcapngReport } from "./capture/pcapng.ts";
export { type Content, contentOf, type Fields, Moment, Named } from "./content.ts";
export { CsvReport, defaultFields } from "./csv/report.ts";
export { ReportError, type ReportErrorCode, reportErrors } from "./errors.ts";
export { frameContent, type Source, sourceAfter } from "./frame.ts";
export { HtmlReport } from "./html/report.ts";
export { JsonReport } from "./json/document.ts";
export { frameText } from "./json/frame.ts";
export { NdjsonReport } from "./json/ndjson.ts";
export { type JsonSchema, jsonSchema } from "./json/schema.ts";
export { jsonText } from "./json/text.ts";
export { stackFromJson, valuesFromJson } from "./json/values.ts";
export { JSON_VERSION } from "./json/version.ts";
export { formatLine, type PacketLine, packetLine } from "./list/line.ts";
export { NullReport } from "./null.ts";
export { PlistReport } from "./plist/report.ts";
export type {
  ForeignLayers,
  PacketRecord,
  Piece,
  Report,
  ReportFormat,
  ReportOptions,
  ReportPlace,
} from "./report.ts";
export { allReports, reports } from "./reports.ts";
export { epochTime, isoTime } from "./time.ts";
export { TreeReport } from "./tree/report.ts";
export { treeText } from "./tree/tree.ts";
export { Columns, fieldNames } from "./wireshark/columns.ts";
