import { defaultDissector } from "../capture/open.ts";
import { nativeEngine } from "../extract/engine.ts";
import { ExtractionError } from "../extract/errors.ts";
import { dpktEngine, scapyEngine, tsharkEngine } from "../extract/node/engines.ts";
import { agreementOf, Verification } from "../extract/verify.ts";
import { captureOf, type Reproducer, reproducerOf } from "../extract/verify-alone.ts";
import { type ShowingEngine, sideOf, verifyCapture } from "../extract/verify-run.ts";
import { CaptureError } from "../files/errors.ts";
import { openCapture } from "../node/open.ts";
import { openOutput, standardOutput } from "../node/output.ts";
import { Progress } from "../node/progress.ts";
import { wholeNumber } from "./input.ts";
import { complain, describeError, UsageError } from "./run.ts";
import { verificationJson, verificationText } from "./verify-print.ts";

interface VerifyFlags {
  readonly engines?: string;
  readonly count?: string;
  readonly only?: string;
  readonly tolerance?: string;
  readonly worst?: string;
  readonly json?: boolean;
  readonly output?: string;
}

/** Engines that show fields: those of several threads say what ours says. */
const showing: readonly ShowingEngine[] = [nativeEngine, tsharkEngine, scapyEngine, dpktEngine];

const words = (text: string): string[] =>
  text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");

function enginesOf(text = "native,tshark"): ShowingEngine[] {
  const all = showing.map(({ name }) => name).join(", ");
  const found = words(text.toLowerCase()).map((name) => {
    const engine = showing.find((one) => one.name === name);
    if (engine !== undefined) return engine;
    throw new UsageError(`--engines: '${name}' is not known; there are ${all}`);
  });
  if (found.length < 2 || new Set(found).size < found.length)
    throw new UsageError(`--engines: two or more different ones are wanted, of ${all}`);
  return found;
}

function percentOf(text = "0"): number {
  const n = Number(text);
  if (text.trim() === "" || !(n >= 0 && n <= 100))
    throw new UsageError(`--tolerance: a percentage from 0 to 100 is wanted, not '${text}'`);
  return n;
}

/**
 * `wirecraft verify`: what several engines say of captures, compared field by field. Exit code 1 where two agree less than is
 * asked for, or a capture is at fault; 2 where an engine is not there.
 */
export async function verify(paths: readonly string[], flags: VerifyFlags): Promise<void> {
  const engines = enginesOf(flags.engines);
  const tolerance = percentOf(flags.tolerance);
  const worst = wholeNumber("--worst", flags.worst) ?? 10;
  const count = wholeNumber("--count", flags.count, 1);
  const only = flags.only === undefined ? [] : words(flags.only);
  if (flags.output === "-") throw new UsageError("--output: the frame goes to a file");
  const [first, ...others] = engines;
  const comparisons = others.map((one) => new Verification(sideOf(first!), sideOf(one), { only }));
  const stop = new AbortController();
  const asked = { dissector: defaultDissector(), signal: stop.signal };
  const limit = count === undefined ? {} : { count };
  try {
    for (const path of paths) await verifyOne(path, engines, comparisons, { ...asked, ...limit });
    const found: Found[] = [];
    for (const [i, comparison] of comparisons.entries()) {
      const reproducer = await reproducerOf(comparison, [first!, others[i]!], asked);
      found.push({ comparison, reproducer });
    }
    print(found, worst, flags);
  } catch (error) {
    if (!(error instanceof ExtractionError) || error.code !== "ERR_ENGINE_MISSING") throw error;
    complain(describeError(error));
    process.exitCode = 2;
    return;
  } finally {
    stop.abort();
  }
  if (comparisons.some(({ totals }) => agreementOf(totals) * 100 < 100 - tolerance))
    process.exitCode = 1;
}

/** A fault of a capture is told; what came before it was compared. */
async function verifyOne(
  path: string,
  engines: readonly ShowingEngine[],
  comparisons: readonly Verification[],
  run: Parameters<typeof verifyCapture>[4],
): Promise<void> {
  const capture = openCapture(path, { dissector: run.dissector, customBlocks: true });
  const progress = new Progress(path, true);
  try {
    await verifyCapture(capture, path, engines, comparisons, {
      ...run,
      onPacket: ({ length }) => progress.add(length),
    });
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    complain(`${path}: ${describeError(error)}`);
    process.exitCode = 1;
  } finally {
    progress.stop();
  }
}

interface Found {
  readonly comparison: Verification;
  readonly reproducer: Reproducer | null;
}

function print(found: readonly Found[], worst: number, { json, output }: VerifyFlags): void {
  const out = standardOutput();
  if (json === true) {
    const all = found.map((one) => verificationJson(one.comparison, worst, one.reproducer));
    out.write(`${JSON.stringify(all.length === 1 ? all[0] : all)}\n`);
  } else
    for (const [i, one] of found.entries())
      out.write(`${i === 0 ? "" : "\n"}${verificationText(one.comparison, worst, one.reproducer)}`);
  out.finish();
  const frame = found.find(({ reproducer }) => reproducer !== null)?.reproducer?.frame;
  if (output === undefined || frame === undefined) return;
  const file = openOutput(output);
  file.write(captureOf(frame));
  file.finish();
}
