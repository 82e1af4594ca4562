import { statSync } from "node:fs";

/** Nothing is shown for what takes less than this. */
const QUIET_MS = 1000;

/**
 * A progress bar on a terminal for what takes longer than a second: by bytes of the input, or by packets where its size is
 * not known. Nothing at all where standard error is no terminal.
 */
export class Progress {
  private readonly size: number;
  private readonly shown: boolean;
  private readonly since: number;
  private done: number;
  private packets: number;
  private bar: { update(n: number): void; stop(): void } | null;
  private loading: boolean;

  constructor(path: string, wanted: boolean) {
    this.shown = wanted && process.stderr.isTTY === true;
    this.size = this.shown ? sizeOf(path) : 0;
    this.since = performance.now();
    this.done = 0;
    this.packets = 0;
    this.bar = null;
    this.loading = false;
  }

  /** One more packet of so many captured bytes. */
  add(bytes: number): void {
    if (!this.shown) return;
    this.done += bytes + 16;
    if ((++this.packets & 0xfff) !== 0) return;
    if (this.bar !== null) this.bar.update(this.size > 0 ? this.done : this.packets);
    else if (!this.loading && performance.now() - this.since > QUIET_MS) void this.begin();
  }

  /** So many packets and bytes are behind us. */
  reach(packets: number, bytes: number): void {
    if (!this.shown) return;
    if (this.bar !== null) this.bar.update(this.size > 0 ? bytes : packets);
    else if (!this.loading && performance.now() - this.since > QUIET_MS) void this.begin();
  }

  private async begin(): Promise<void> {
    this.loading = true;
    const { default: progress } = await import("cli-progress");
    const bar = new progress.SingleBar({
      format: this.size > 0 ? "{bar} {percentage}% {eta_formatted}" : "{value} packets",
      stream: process.stderr,
      clearOnComplete: true,
    });
    bar.start(this.size, 0);
    this.bar = bar;
  }

  stop(): void {
    this.bar?.stop();
    this.bar = null;
    this.loading = true;
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
