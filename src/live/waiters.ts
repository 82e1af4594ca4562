/** Whoever of this thread waits for one thing, each with a time of its own. */
export class Waiters {
  private waiting: ((isReady: boolean) => void)[];
  private readonly onEmpty: (() => void) | null;

  /** `onEmpty` is called when the last one has got its answer. */
  constructor(onEmpty: (() => void) | null = null) {
    this.waiting = [];
    this.onEmpty = onEmpty;
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Gives what {@link settle} says, or `late` when so many milliseconds are over before. */
  wait(timeout: number, late = false): Promise<boolean> {
    return new Promise((resolve) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const done = (isReady: boolean): void => {
        clearTimeout(timer);
        this.waiting = this.waiting.filter((one) => one !== done);
        if (this.waiting.length === 0) this.onEmpty?.();
        resolve(isReady);
      };
      this.waiting.push(done);
      // A timer that is too far away would fire at once.
      if (timeout < 2 ** 31) timer = setTimeout(done, Math.ceil(timeout), late);
    });
  }

  /** Ends the waiting of all. */
  settle(isReady: boolean): void {
    for (const done of [...this.waiting]) done(isReady);
  }
}
