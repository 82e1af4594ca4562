import { PcapReport } from "./capture/pcap.ts";
import { PcapngReport } from "./capture/pcapng.ts";
import { CsvReport } from "./csv/report.ts";
import { HtmlReport } from "./html/report.ts";
import { JsonReport } from "./json/document.ts";
import { NdjsonReport } from "./json/ndjson.ts";
import { NullReport } from "./null.ts";
import { loadParquet } from "./parquet/package.ts";
import { ParquetReport } from "./parquet/report.ts";
import { PlistReport } from "./plist/report.ts";
import type { ReportFormat } from "./report.ts";
import { TreeReport } from "./tree/report.ts";

const text = { isIndependent: true, isSealable: true, wantsRecords: false } as const;

const json: ReportFormat = {
  ...text,
  name: "json",
  also: [],
  extension: "json",
  about: "one JSON object of named blocks",
  create: (options) => new JsonReport(options),
};

const ndjson: ReportFormat = {
  ...text,
  name: "ndjson",
  also: ["jsonl"],
  extension: "ndjson",
  about: "one JSON object a packet, each on its line",
  create: () => new NdjsonReport(),
};

const tree: ReportFormat = {
  ...text,
  name: "tree",
  also: ["txt"],
  extension: "txt",
  about: "every value on its line, for people",
  create: (options) => new TreeReport(options),
};

const plist: ReportFormat = {
  ...text,
  name: "plist",
  also: ["xml"],
  extension: "plist",
  about: "an Apple property list of named blocks",
  create: (options) => new PlistReport(options),
};

const csv: ReportFormat = {
  ...text,
  name: "csv",
  also: [],
  extension: "csv",
  about: "columns by Wireshark's field names, a line a packet",
  // What some fields say depends on the packets before.
  isIndependent: false,
  create: (options) => new CsvReport(options),
};

const html: ReportFormat = {
  ...text,
  name: "html",
  also: ["htm"],
  extension: "html",
  about: "one page to open in a browser",
  create: (options) => new HtmlReport(options),
};

const capture = {
  isIndependent: false,
  isSealable: false,
  wantsRecords: true,
} as const;

const pcap: ReportFormat = {
  ...capture,
  name: "pcap",
  also: ["cap"],
  extension: "pcap",
  about: "a capture that every program reads",
  oneLinkType: true,
  create: (options) => new PcapReport(options),
};

const pcapng: ReportFormat = {
  ...capture,
  name: "pcapng",
  also: [],
  extension: "pcapng",
  about: "a capture with everything that is known of it",
  create: (options) => new PcapngReport(options),
};

const parquet: ReportFormat = {
  name: "parquet",
  also: [],
  extension: "parquet",
  about: "typed columns for databases (wants hyparquet-writer or DuckDB)",
  isIndependent: false,
  isSealable: false,
  wantsRecords: false,
  prepare: async () => {
    await loadParquet();
  },
  create: (options) => new ParquetReport(options),
};

const nothing: ReportFormat = {
  ...text,
  name: "null",
  also: [],
  extension: "null",
  about: "nothing: packets are counted only",
  create: () => new NullReport(),
};

/** All formats in the order in which they are shown. */
export const allReports: readonly ReportFormat[] = [
  ...[json, ndjson, tree, plist, html, csv],
  ...[pcap, pcapng, parquet, nothing],
];

/** The formats by name, and by the other names that they go by. For one more, make a map of these and yours. */
export const reports: ReadonlyMap<string, ReportFormat> = new Map(
  allReports.flatMap((format) => [format.name, ...format.also].map((name) => [name, format])),
);
