import { FlowTrace } from "../extract/trace.ts";
import { traceFormats } from "../extract/trace-format.ts";
import type { Flow } from "../flow/flow.ts";
import { flowFormats, flowLog } from "../flow/log.ts";
import { FlowTable, type FlowTableOptions } from "../flow/table.ts";
import { openCapture } from "../node/open.ts";
import { openOutput } from "../node/output.ts";
import { traceFolder } from "../node/trace-folder.ts";
import { dissectorFor, wholeNumber } from "./input.ts";
import { oneOf, type Pass, passOver } from "./pass.ts";
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
  readonly trace?: string;
  readonly traceFormat?: string;
}

function seedOf(text: string | undefined): number {
  const seed = wholeNumber("--seed", text) ?? 0;
  if (seed > 0xffff) throw new UsageError(`--seed: at most 65535 is wanted, not ${seed}`);
  return seed;
}

/** What of a table's options was given. */
function tableOptions(options: FlowsOptions): Omit<FlowTableOptions, "onEnd"> {
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

/** What takes the packets: a table of flows, which may also write each to a file. */
interface Flows extends Pass {
  /** Flows that were ended early, for want of room. */
  readonly evicted: number;
}

function flowsFor(
  settings: Omit<FlowTableOptions, "onEnd">,
  { trace, traceFormat = "pcap" }: FlowsOptions,
  onFlow: (flow: Flow) => void,
): Flows {
  if (trace === undefined) {
    const table = new FlowTable({ ...settings, onEnd: onFlow });
    return {
      add: (packet) => table.add(packet),
      finish: () => table.flush(),
      get evicted() {
        return table.ended.evicted;
      },
    };
  }
  const format = oneOf("--trace-format", [...traceFormats.keys()], traceFormat);
  const folder = traceFolder(trace);
  const tracing = new FlowTrace({ ...settings, format, folder, keep: false, onFlow });
  return {
    add: (packet) => tracing.add(packet),
    finish: () => tracing.finish(),
    abandon: () => folder.abandon(),
    get evicted() {
      return tracing.evicted;
    },
  };
}

/**
 * `wirecraft flows`: who talked with whom, how much, and how it went. A fault of the input ends the log properly and gives
 * exit code 1; a fault of the output leaves nothing under its name.
 */
export async function flows(path: string, options: FlowsOptions): Promise<void> {
  const format = oneOf("--format", flowFormats, options.format ?? "text");
  const log = flowLog(format, { seed: seedOf(options.seed) });
  const count = wholeNumber("--count", options.count);
  const settings = tableOptions(options);
  const capture = openCapture(path, { dissector: dissectorFor(options.decodeAs) });
  const table = flowsFor(settings, options, (flow) => out.write(log.flow(flow)));
  const out = openOutput(options.output ?? "-");
  await passOver(capture, count, out, {
    add: (packet) => table.add(packet),
    finish: () => {
      table.finish();
      out.write(log.end());
    },
    remark: () => {
      const { evicted } = table;
      if (evicted > 0)
        complain(`${evicted} flows were ended early, to keep no more than the limit: see --limit`);
    },
    abandon: () => table.abandon?.(),
  });
}
