import { CaptureError } from "../files/errors.ts";
import { ClosedPipe } from "../node/output.ts";

/** Wrong usage: exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** A name or message may hold anything; of control characters only a picture reaches the terminal. */
const printable = (text: string): string =>
  text.replace(/\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);

/** One clear line on standard error. */
export function complain(message: string): void {
  process.stderr.write(`wirecraft: ${printable(message)}\n`);
}

/** What a fault of the input or of use says, with the offset where a file has one. */
export function describeError(error: unknown): string {
  if (error instanceof CaptureError) {
    const where = error.code === "ERR_CAPTURE_OPEN" ? "" : ` (at byte ${error.offset})`;
    return `${error.message}${error.message.includes(String(error.offset)) ? "" : where}`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** Runs a command and sets the exit code: 0, 1 for a fault, 2 for wrong usage. */
export async function run(command: () => Promise<void> | void): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (error instanceof ClosedPipe) return;
    complain(describeError(error));
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
