import { JsonReport } from "./json/document.ts";
import { NdjsonReport } from "./json/ndjson.ts";
import type { ReportFormat } from "./report.ts";
import { TreeReport } from "./tree/report.ts";

const text = { isIndependent: true, isSealable: true, wantsRecords: false } as const;

const json: ReportFormat = {
  ...text,
  name: "json",
  also: [],
  extension: "json",
  about: "one JSON object of named blocks",
  isOpenEnded: false,
  create: (options) => new JsonReport(options),
};

const ndjson: ReportFormat = {
  ...text,
  name: "ndjson",
  also: ["jsonl"],
  extension: "ndjson",
  about: "one JSON object a packet, each on its line",
  isOpenEnded: true,
  create: () => new NdjsonReport(),
};

const tree: ReportFormat = {
  ...text,
  name: "tree",
  also: ["txt"],
  extension: "txt",
  about: "every value on its line, for people",
  isOpenEnded: true,
  create: (options) => new TreeReport(options),
};

/** All formats in the order in which they are shown. */
export const allReports: readonly ReportFormat[] = [json, ndjson, tree];

/** The formats by name, and by the other names that they go by. For one more, make a map of these and yours. */
export const reports: ReadonlyMap<string, ReportFormat> = new Map(
  allReports.flatMap((format) => [format.name, ...format.also].map((name) => [name, format])),
);
