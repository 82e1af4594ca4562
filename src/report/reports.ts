import { JsonReport } from "./json/document.ts";
import { NdjsonReport } from "./json/ndjson.ts";
import type { ReportFactory } from "./report.ts";
import { TreeReport } from "./tree/report.ts";

/** The formats by name. For one more, make a map of these and yours. */
export const reports: ReadonlyMap<string, ReportFactory> = new Map<string, ReportFactory>([
  ["json", (options) => new JsonReport(options)],
  ["ndjson", () => new NdjsonReport()],
  ["tree", (options) => new TreeReport(options)],
]);
