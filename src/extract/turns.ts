/** Lets one piece of work wait for another: whoever comes while one is under way is next, in order. */
export class Turns {
  private last: Promise<void> | null;

  constructor() {
    this.last = null;
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    const before = this.last;
    let leave = (): void => {};
    const mine = new Promise<void>((resolve) => {
      leave = resolve;
    });
    this.last = mine;
    if (before !== null) await before;
    try {
      return await work();
    } finally {
      if (this.last === mine) this.last = null;
      leave();
    }
  }
}
