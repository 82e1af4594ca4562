import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { IpReassembly } from "../../src/reassembly/ip.ts";
import type { OverlapPolicy } from "../../src/reassembly/overlap.ts";
import { seeded } from "./random.ts";
import { type Cut, captured, fragment4, fragment6 } from "./samples.ts";

/** `WIRECRAFT_SLOW=1` tries fifty times as many. */
const CASES = process.env["WIRECRAFT_SLOW"] === "1" ? 100_000 : 2_000;

type Rule = (oldFrom: number, oldTo: number, from: number, to: number) => boolean;

/** What the documentation says of who wins, written a second time. */
const oldWins: Readonly<Record<Exclude<OverlapPolicy, "discard">, Rule>> = {
  first: () => true,
  last: () => false,
  bsd: (oldFrom, _, from) => oldFrom <= from,
  linux: (oldFrom, _, from) => oldFrom < from,
  windows: (oldFrom, oldTo, from, to) => !(from < oldFrom && oldTo < to),
  solaris: (oldFrom, oldTo, from, to) => !(from < oldFrom && oldTo <= to),
};

interface Outcome {
  readonly payload: number[] | null;
  readonly discarded: boolean;
  readonly conflicts: number;
}

/** A datagram as an array with a cell a byte that says whose it is and what it holds: slow, and with nothing to go wrong. */
class Oracle {
  private readonly cells: ({ readonly by: number; readonly value: number } | undefined)[] = [];
  private readonly whole: Cut[] = [];
  private total: number | null = null;
  private readonly policy: OverlapPolicy;
  conflicts = 0;
  discarded = false;

  constructor(policy: OverlapPolicy) {
    this.policy = policy;
  }

  /** The payload, where this fragment is the one that completes it. */
  add(cut: Cut, by: number): number[] | null {
    const { offset: from, more, data } = cut;
    const to = from + data.length;
    if (this.discarded) return null;
    const old = this.cells.slice(from, to);
    const isMet = old.some((cell) => cell !== undefined);
    if (this.policy === "discard" && isMet && !this.isRepeated(cut)) {
      this.conflicts += Number(this.differs(cut));
      this.discarded = true;
      return null;
    }
    if (more ? this.total !== null && to > this.total : this.contradicts(to)) return null;
    this.conflicts += Number(this.differs(cut));
    this.whole.push(cut);
    if (!more) this.total = to;
    const kept = new Set(
      this.runs(from, to)
        .filter((run) => this.keeps(run, from, to))
        .flat(),
    );
    for (let i = from; i < to; i++)
      if (!kept.has(i)) this.cells[i] = { by, value: data[i - from]! };
    return this.result();
  }

  private isRepeated({ offset, more, data }: Cut): boolean {
    return this.whole.some(
      (one) => one.offset === offset && one.more === more && String(one.data) === String(data),
    );
  }

  private contradicts(to: number): boolean {
    return this.cells.length > to || (this.total !== null && this.total !== to);
  }

  private differs({ offset, data }: Cut): boolean {
    return [...data].some((value, i) => (this.cells[offset + i]?.value ?? value) !== value);
  }

  /** Places of neighbouring cells of one fragment that reach into a range: all of each run. */
  private runs(from: number, to: number): number[][] {
    const found: number[][] = [];
    let run: number[] = [];
    for (let i = 0; i <= this.cells.length; i++) {
      if (i > 0 && this.cells[i]?.by !== this.cells[i - 1]?.by) {
        if (this.cells[i - 1] !== undefined) found.push(run);
        run = [];
      }
      run.push(i);
    }
    return found.filter((one) => one[0]! < to && one.at(-1)! >= from);
  }

  private keeps(run: readonly number[], from: number, to: number): boolean {
    if (this.policy === "discard") return true;
    return oldWins[this.policy](run[0]!, run.at(-1)! + 1, from, to);
  }

  private result(): number[] | null {
    if (this.total === null) return null;
    const bytes = Array.from({ length: this.total }, (_, i) => this.cells[i]?.value);
    return bytes.includes(undefined) ? null : (bytes as number[]);
  }
}

type Random = ReturnType<typeof seeded>;

/** Fragments of a random payload, now and then repeated, overlapping, with other bytes, in another order, or lost. */
function sent(random: Random): Cut[] {
  const size = 1 + random(120);
  const payload = Uint8Array.from({ length: size }, () => random(256));
  const cuts: Cut[] = [];
  for (let at = 0; at < size; ) {
    const to = Math.min(size, at + 8 * (1 + random(5)));
    cuts.push({ offset: at, more: to < size, data: payload.slice(at, to) });
    at = to;
  }
  if (cuts.length === 1) return cuts;
  const extra = random(4);
  for (let i = 0; i < extra; i++) cuts.push(overlapping(random, payload, cuts));
  if (random(3) > 0) shuffle(random, cuts);
  if (random(5) === 0) cuts.splice(random(cuts.length), 1);
  return cuts;
}

function overlapping(random: Random, payload: Uint8Array, cuts: readonly Cut[]): Cut {
  if (random(4) === 0) return cuts[random(cuts.length)]!;
  const last = Math.ceil(payload.length / 8);
  const from = 8 * random(last);
  const to = Math.min(payload.length, from + 8 * (1 + random(6)));
  const more = to < payload.length || (to % 8 === 0 && random(6) === 0);
  const data = payload.slice(from, to);
  if (random(2) === 0) data[random(data.length)]! ^= 1 + random(255);
  // A whole packet is no fragment.
  return from === 0 && !more ? cuts[0]! : { offset: from, more, data };
}

function shuffle(random: Random, list: unknown[]): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [list[i], list[j]] = [list[j], list[i]];
  }
}

const policies = ["first", "last", "bsd", "linux", "windows", "solaris", "discard"] as const;

/** What an oracle says of fragments: the payload of the first datagram that they complete. */
function expected(policy: OverlapPolicy, cuts: readonly Cut[]): Outcome {
  const oracle = new Oracle(policy);
  for (const [i, cut] of cuts.entries()) {
    const payload = oracle.add(cut, i);
    if (payload !== null) return { payload, discarded: false, conflicts: oracle.conflicts };
  }
  return { payload: null, discarded: oracle.discarded, conflicts: oracle.conflicts };
}

function found(policy: OverlapPolicy, cuts: readonly Cut[], make: (cut: Cut) => Packet): Outcome {
  const reassembly = new IpReassembly({ overlap: policy, overlap6: policy, wholeChain: false });
  for (const [i, cut] of cuts.entries()) {
    const done = reassembly.add(make({ ...cut, number: i }));
    const { conflicts } = reassembly.stats;
    if (done !== null) return { payload: [...done.payload], discarded: false, conflicts };
  }
  const { conflicts, givenUp } = reassembly.stats;
  return { payload: null, discarded: givenUp.overlap > 0, conflicts };
}

describe(`${CASES} random datagrams`, () => {
  it.each(policies)(
    "are what a plain array makes of them, by the policy %s",
    (policy) => {
      const random = seeded(policies.indexOf(policy) + 1);
      const seen = { completed: 0, conflicts: 0, incomplete: 0 };
      for (let n = 0; n < CASES; n++) {
        const cuts = sent(random);
        const wanted =
          cuts.length === 1 && !cuts[0]!.more && cuts[0]!.offset === 0
            ? null
            : expected(policy, cuts);
        const make = n % 2 === 0 ? fragment4 : fragment6;
        const got = found(policy, cuts, make);
        if (wanted === null) expect(got.payload).toBeNull();
        else if (JSON.stringify(got) !== JSON.stringify(wanted))
          expect({ n, cuts, got }).toEqual({ n, cuts, got: wanted });
        if (got.payload === null) seen.incomplete++;
        else seen.completed++;
        if (got.conflicts > 0) seen.conflicts++;
      }
      // The cases are of all kinds.
      for (const count of Object.values(seen)) expect(count).toBeGreaterThan(CASES / 50);
    },
    3_600_000,
  );

  it("come back from the fragments that the library cuts them into, in any order and repeated", () => {
    const random = seeded(99);
    for (let n = 0; n < CASES; n++) {
      const payload = Uint8Array.from({ length: 1 + random(2000) }, () => random(256));
      const isV4 = n % 2 === 0;
      const whole = isV4
        ? build(ipv4({ src: "10.0.0.1", dst: "10.0.0.2", protocol: 253 }), payload)
        : build(ipv6({ src: "2001:db8::1", dst: "2001:db8::2", nextHeader: 253 }), payload);
      const pieces = whole.fragment({ size: 64 + random(600) });
      if (pieces.length === 1) continue;
      const repeated = pieces[random(pieces.length)]!;
      shuffle(random, pieces);
      const reassembly = new IpReassembly();
      const packets = [repeated, ...pieces].map((one, i) =>
        captured(one.bytes(), i, 0, isV4 ? ipv4 : ipv6),
      );
      const done = packets.map((one) => reassembly.add(one)).find((one) => one !== null);
      expect(done?.packet.bytes()).toEqual(whole.bytes());
    }
  }, 3_600_000);
});
