import { CaptureError } from "../files/errors.ts";
import { type FlowFormat, flowFormats, flowLog } from "../flow/log.ts";
import { FlowTable, type FlowTableOptions } from "../flow/table.ts";
import { openCapture } from "../node/open.ts";
import { ClosedPipe, openOutput } from "../node/output.ts";
import { dissectorFor, forPackets, wholeNumber } from "./input.ts";
import { complain, UsageError } from "./run.ts";

interface FlowsOptions {
  readonly format?: string;
  readonly output?: string;
  readonly count?: string;
  readonly decodeAs?: readonly string[];
  readonly idleTimeout?: string;
  readonly activeTimeout?: string;
  readonly limit?: string;
  readonly outermost?: boolean;
  readonly tags?: boolean;
  readonly seed?: string;
}

function formatOf(text: string | undefined): FlowFormat {
  const format = flowFormats.find((one) => one === (text ?? "text"));
  if (format === undefined)
    throw new UsageError(`--format: '${text}' is none of ${flowFormats.join(", ")}`);
  return format;
}

function seedOf(text: string | undefined): number {
  const seed = wholeNumber("--seed", text) ?? 0;
  if (seed > 0xffff) throw new UsageError(`--seed: at most 65535 is wanted, not ${seed}`);
  return seed;
}

/** What of a table's options was given. */
function tableOptions(options: FlowsOptions): FlowTableOptions {
  const idleTimeout = wholeNumber("--idle-timeout", options.idleTimeout, 1);
  const activeTimeout = wholeNumber("--active-timeout", options.activeTimeout, 1);
  const limit = wholeNumber("--limit", options.limit, 1);
  return {
    ...(idleTimeout === undefined ? {} : { idleTimeout }),
    ...(activeTimeout === undefined ? {} : { activeTimeout }),
    ...(limit === undefined ? {} : { limit }),
    level: options.outermost ? "outermost" : "innermost",
    tags: options.tags ?? false,
  };
}

/**
 * `wirecraft flows`: who talked with whom, how much, and how it went. A fault of the input ends the log properly and gives
 * exit code 1; a fault of the output leaves nothing under its name.
 */
export async function flows(path: string, options: FlowsOptions): Promise<void> {
  const log = flowLog(formatOf(options.format), { seed: seedOf(options.seed) });
  const count = wholeNumber("--count", options.count);
  const settings = tableOptions(options);
  const capture = openCapture(path, { dissector: dissectorFor(options.decodeAs) });
  const out = openOutput(options.output ?? "-");
  const table = new FlowTable({ ...settings, onEnd: (flow) => out.write(log.flow(flow)) });
  let fault: CaptureError | null = null;
  try {
    try {
      await forPackets(capture, count, (packet) => table.add(packet));
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      fault = error;
    }
    table.flush();
    out.write(log.end());
    out.finish();
  } catch (error) {
    if (!(error instanceof ClosedPipe)) out.abandon();
    throw error;
  }
  const { evicted } = table.ended;
  if (evicted > 0)
    complain(`${evicted} flows were ended early, to keep no more than the limit: see --limit`);
  if (fault !== null) throw fault;
}
