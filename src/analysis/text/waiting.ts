/** Commands that wait for an answer at most: of more the oldest are forgotten, as where only the client was captured. */
export const MOST_WAITING = 1024;

/** Commands that were not answered yet, of protocols that answer them in their order. */
export class WaitingCommands<Command> {
  private waiting: Command[];

  constructor() {
    this.waiting = [];
  }

  /** The oldest first. */
  get all(): readonly Command[] {
    return this.waiting;
  }

  /** What the next answer is about; `null` where nothing was asked. */
  get next(): Command | null {
    return this.waiting[0] ?? null;
  }

  add(command: Command): void {
    if (this.waiting.length >= MOST_WAITING) this.waiting.shift();
    this.waiting.push(command);
  }

  /** The oldest was answered, or the oldest so many were. */
  answered(count = 1): void {
    this.waiting.splice(0, count);
  }

  /** Forgets all but the last, where nobody knows which were answered: most clients wait for each answer. */
  keepLast(): void {
    this.waiting.splice(0, this.waiting.length - 1);
  }
}
