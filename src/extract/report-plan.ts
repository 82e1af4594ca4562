import { all } from "../protocols/all.ts";
import { linkTypes } from "../protocols/link/ethernet.ts";
import type { ReportFormat, ReportOptions } from "../report/report.ts";
import { reports } from "../report/reports.ts";
import { ExtractionError } from "./errors.ts";
import type { ExtractOptions, InputFacts } from "./options.ts";
import type { ReportFolder, ReportOutput } from "./output.ts";
import { FilesRenderer, type Renderer, SealedRenderer, StreamRenderer } from "./renderer.ts";

/** Which report is written, and where. */
export interface ReportPlan {
  readonly format: ReportFormat;
  readonly options: ReportOptions;
  /** What people are told of where it goes. */
  readonly name: string;
  /** `null` where each block has a file of its own. */
  readonly output: ReportOutput | null;
  renderer(): Renderer;
}

/**
 * A format by name, without case.
 *
 * @throws ExtractionError with ERR_REPORT_FORMAT for a name that is not known.
 */
export function formatNamed(
  name: string,
  formats: ReadonlyMap<string, ReportFormat> = reports,
): ReportFormat {
  const found = formats.get(name.toLowerCase());
  if (found !== undefined) return found;
  const names = [...new Set([...formats.values()].map((one) => one.name))];
  throw new ExtractionError(
    "ERR_REPORT_FORMAT",
    `no format is called '${name}'; there are ${names.join(", ")}`,
  );
}

/**
 * The format whose files end as a name does; `undefined` where none does.
 */
export function formatOfName(
  name: string,
  formats: ReadonlyMap<string, ReportFormat> = reports,
): ReportFormat | undefined {
  const ending = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase();
  if (ending === undefined) return undefined;
  return [...formats.values()].find((one) => one.extension === ending) ?? formats.get(ending);
}

/** What every report is told. */
export const reportOptionsOf = (title: string, fields?: readonly string[]): ReportOptions => ({
  ...(linkTypes.names === null ? {} : { linkTypeNames: linkTypes.names }),
  ...(fields === undefined ? {} : { fields }),
  protocols: all,
  title,
});

/** What the options say of the report; `null` where none is written. */
export function planReport(options: ExtractOptions, facts: InputFacts): ReportPlan | null {
  const { format: asked, formats = reports, output = null, fields, title } = options;
  if (asked === null || (asked === undefined && output === null)) return null;
  if (output === null)
    throw new TypeError("extract: an output is wanted for the report; see the option 'output'");
  const format = typeof asked === "object" ? asked : formatFor(asked, output.name, formats);
  const reportOptions = reportOptionsOf(title ?? facts.name, fields);
  if (isFolder(output))
    return {
      ...{ format, options: reportOptions, name: output.name, output: null },
      renderer: () => new FilesRenderer(format, reportOptions, output),
    };
  const isSealed = options.keepValid === true;
  if (isSealed && (!format.isSealable || output.seal === undefined))
    throw new ExtractionError(
      "ERR_REPORT_FORMAT",
      format.isSealable
        ? `keepValid: ${output.name} is no output that can go back`
        : `keepValid: the format ${format.name} cannot be kept whole after every packet`,
    );
  const make = isSealed ? SealedRenderer : StreamRenderer;
  return {
    ...{ format, options: reportOptions, name: output.name, output },
    renderer: () => new make(format.create(reportOptions), output),
  };
}

/** What of a report several threads cannot make; `null` where they can. */
export function oneThreadFor(
  { output, format }: ReportPlan,
  { keepValid }: ExtractOptions,
): string | null {
  if (output === null) return "a file for each block";
  if (keepValid === true) return "a report that is whole after every packet";
  // Threads know formats by name, and those of this package alone.
  const isOurs = reports.get(format.name) === format;
  return isOurs && format.isIndependent ? null : `the format ${format.name}`;
}

const isFolder = (output: ReportOutput | ReportFolder): output is ReportFolder => "save" in output;

function formatFor(
  asked: string | undefined,
  name: string,
  formats: ReadonlyMap<string, ReportFormat>,
): ReportFormat {
  if (asked !== undefined) return formatNamed(asked, formats);
  const found = formatOfName(name, formats);
  if (found !== undefined) return found;
  throw new ExtractionError(
    "ERR_REPORT_FORMAT",
    `no format is named, and none can be told from the output's name '${name}'`,
  );
}
