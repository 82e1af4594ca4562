import type { OverlapPolicy } from "../../src/reassembly/overlap.ts";

export type Policy = Exclude<OverlapPolicy, "discard">;

/** A segment as an oracle sees it: where it lies, what it says, how much of that the capture has. */
export interface Piece {
  readonly at: number;
  readonly data: readonly number[];
  readonly captured: number;
  readonly fin: boolean;
  /** Number of its packet. */
  readonly packet: number;
}

/** One byte: whose it is, what it holds (`null`: the capture cut it off), and whether its segment was partly known. */
interface Cell {
  readonly packet: number;
  readonly value: number | null;
  readonly again: boolean;
}

type Rule = (oldFrom: number, oldTo: number, from: number, to: number) => boolean;

/** What the documentation says of who wins, written a second time. */
const oldWins: Readonly<Record<Policy, Rule>> = {
  first: () => true,
  last: () => false,
  bsd: (oldFrom, _, from) => oldFrom <= from,
  linux: (oldFrom, _, from) => oldFrom < from,
  windows: (oldFrom, oldTo, from, to) => !(from < oldFrom && oldTo < to),
  solaris: (oldFrom, oldTo, from, to) => !(from < oldFrom && oldTo <= to),
};

/** One side of a stream as arrays with a cell a byte: slow, and with nothing to go wrong. Offsets begin with its start. */
export class Oracle {
  /** What came out: a text for each byte, `value/packet`, with `+` where its segment was partly known, or why it is missing. */
  readonly out: string[] = [];
  /** `from-to` of what differs, in the order in which it was found. */
  readonly conflicts: string[] = [];
  ended: string | null = null;
  private readonly ahead = new Map<number, Cell>();
  private fin = -1;
  private acked = 0;
  private seen = false;
  private readonly policy: Policy;
  private readonly remembers: boolean;

  constructor(policy: Policy, remembers: boolean) {
    this.policy = policy;
    this.remembers = remembers;
  }

  private get next(): number {
    return this.out.length;
  }

  add(piece: Piece): void {
    const { at, data, captured, fin, packet } = piece;
    this.seen = true;
    if (fin) this.fin = at + data.length;
    const isProbe = data.length === 1 && at === this.next - 1;
    if (!isProbe) this.compare(piece);
    const from = Math.max(at, this.next);
    const end = at + data.length;
    const again = at < this.next || this.range(from, end).some((i) => this.ahead.has(i));
    const known = Math.max(from, at + captured);
    this.write(this.range(from, at + captured), packet, again, (i) => data[i - at]!);
    for (const i of this.range(known, end))
      if (!this.ahead.has(i)) this.ahead.set(i, { packet, value: null, again });
    this.release();
  }

  private range(from: number, to: number): number[] {
    return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  }

  /** Against what came out, where that is remembered. */
  private compare({ at, data, captured }: Piece): void {
    if (!this.remembers) return;
    const wrong = this.range(Math.max(0, at), Math.min(this.next, at + captured)).filter((i) => {
      const value = Number(this.out[i]!.split("/")[0]);
      return !Number.isNaN(value) && value !== data[i - at];
    });
    // What lies before a gap is forgotten with the first byte behind it.
    const last = this.out.findLastIndex((one) => one.includes("/"));
    const missing = this.out.findLastIndex((one, i) => i < last && !one.includes("/"));
    const known = wrong.filter((i) => i > missing);
    if (known.length > 0) this.conflicts.push(`${known[0]}-${known.at(-1)! + 1}`);
  }

  private write(
    places: readonly number[],
    packet: number,
    again: boolean,
    read: (i: number) => number,
  ): void {
    if (places.length === 0) return;
    const [from, to] = [places[0]!, places.at(-1)! + 1];
    const kept = new Set<number>();
    for (const run of this.runs(from, to)) {
      const old = this.ahead.get(run[0]!)!;
      if (old.value === null) continue;
      const shared = run.filter((i) => i >= from && i < to);
      const wrong = shared.filter((i) => this.ahead.get(i)!.value !== read(i));
      if (wrong.length > 0) this.conflicts.push(`${wrong[0]}-${wrong.at(-1)! + 1}`);
      if (oldWins[this.policy](run[0]!, run.at(-1)! + 1, from, to))
        for (const i of shared) kept.add(i);
    }
    for (const i of places) if (!kept.has(i)) this.ahead.set(i, { packet, value: read(i), again });
  }

  /** Neighbouring cells of one segment that reach into a range: all of each run. */
  private runs(from: number, to: number): number[][] {
    const places = [...this.ahead.keys()].sort((a, b) => a - b);
    const found: number[][] = [];
    for (const i of places) {
      const [cell, before] = [this.ahead.get(i)!, this.ahead.get(i - 1)];
      const isSame =
        before?.packet === cell.packet && (before.value === null) === (cell.value === null);
      if (isSame) found.at(-1)!.push(i);
      else found.push([i]);
    }
    return found.filter((run) => run[0]! < to && run.at(-1)! >= from);
  }

  private release(): void {
    for (
      let cell = this.ahead.get(this.next);
      cell !== undefined;
      cell = this.ahead.get(this.next)
    ) {
      this.ahead.delete(this.next);
      const { value, packet, again } = cell;
      this.out.push(value === null ? "cut" : `${value}/${packet}${again ? "+" : ""}`);
    }
    if (this.fin >= 0 && this.next >= this.fin) this.ended ??= "fin";
  }

  private lose(to: number, reason: string): void {
    while (this.next < to) this.out.push(reason);
    this.release();
  }

  /** What the other side says that it has. */
  acknowledge(at: number): void {
    if (!this.seen) return;
    this.acked = Math.max(this.acked, at);
    for (let first = this.first; first !== null && at > first; first = this.first)
      this.lose(first, "acknowledged");
    if (this.fin >= 0 && at > this.fin) this.lose(this.fin, "acknowledged");
  }

  private get first(): number | null {
    return this.ahead.size === 0 ? null : Math.min(...this.ahead.keys());
  }

  finish(): void {
    for (let first = this.first; first !== null; first = this.first) this.lose(first, "ended");
    if (this.ended === null && this.fin >= 0) this.lose(this.fin, "ended");
    else if (this.ended === null) this.lose(this.acked - 1, "acknowledged");
    this.ended ??= "flushed";
  }
}
