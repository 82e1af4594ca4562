import { FlowTrace } from "../extract/trace.ts";
import { traceFormats } from "../extract/trace-format.ts";
import { CaptureError } from "../files/errors.ts";
import type { Flow } from "../flow/flow.ts";
import { type FlowFormat, flowFormats, flowLog } from "../flow/log.ts";
import { FlowTable, type FlowTableOptions } from "../flow/table.ts";
import { openCapture } from "../node/open.ts";
import { ClosedPipe, openOutput } from "../node/output.ts";
import { traceFolder } from "../node/trace-folder.ts";
import type { Packet } from "../packet/packet.ts";
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
  readonly trace?: string;
  readonly traceFormat?: string;
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
interface Flows {
  add(packet: Packet): void;
  /** The capture is over. */
  flush(): void;
  /** The output is at fault: files that are not whole go away. */
  abandon(): void;
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
      flush: () => table.flush(),
      abandon: () => undefined,
      get evicted() {
        return table.ended.evicted;
      },
    };
  }
  if (!traceFormats.has(traceFormat))
    throw new UsageError(
      `--trace-format: '${traceFormat}' is none of ${[...traceFormats.keys()].join(", ")}`,
    );
  const folder = traceFolder(trace);
  const tracing = new FlowTrace({ ...settings, format: traceFormat, folder, keep: false, onFlow });
  return {
    add: (packet) => tracing.add(packet),
    flush: () => tracing.finish(),
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
  const log = flowLog(formatOf(options.format), { seed: seedOf(options.seed) });
  const count = wholeNumber("--count", options.count);
  const settings = tableOptions(options);
  const capture = openCapture(path, { dissector: dissectorFor(options.decodeAs) });
  const out = openOutput(options.output ?? "-");
  const table = flowsFor(settings, options, (flow) => out.write(log.flow(flow)));
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
    table.abandon();
    if (!(error instanceof ClosedPipe)) out.abandon();
    throw error;
  }
  const { evicted } = table;
  if (evicted > 0)
    complain(`${evicted} flows were ended early, to keep no more than the limit: see --limit`);
  if (fault !== null) throw fault;
}
