import { describe, expect, it } from "vitest";
import { TcpReassembly } from "../../src/reassembly/tcp.ts";
import type { Side, StreamConsumer } from "../../src/reassembly/tcp-events.ts";
import { seeded } from "./random.ts";
import { Oracle, type Piece, type Policy } from "./tcp-oracle.ts";
import { segment } from "./tcp-samples.ts";

/** `WIRECRAFT_SLOW=1` tries fifty times as many. */
const CASES = process.env["WIRECRAFT_SLOW"] === "1" ? 100_000 : 2_000;

type Random = ReturnType<typeof seeded>;

/** A segment of one side, with what it acknowledges of the other one, in offsets from their first bytes. */
interface Step {
  readonly side: Side;
  readonly at: number;
  readonly data: readonly number[];
  readonly captured: number;
  readonly fin: boolean;
  readonly ack: number;
}

/** A connection: where its numbers begin, whether these are known, and what is captured of it in which order. */
interface Case {
  readonly begins: readonly [number, number];
  readonly hasSyn: boolean;
  readonly remembers: boolean;
  readonly steps: readonly Step[];
}

type Part = Omit<Step, "side" | "ack">;

/** Segments of one side, now and then repeated, overlapping, with other bytes, cut, in another order, or lost. */
function partsOf(random: Random): Part[] {
  const size = random(120);
  const bytes = Array.from({ length: size }, () => random(256));
  const parts: Part[] = [];
  const ends = random(3) > 0;
  for (let at = 0; at < size; ) {
    const to = Math.min(size, at + 1 + random(24));
    const data = bytes.slice(at, to);
    parts.push({ at, data, captured: data.length, fin: ends && to === size });
    at = to;
  }
  if (parts.length === 0) return parts;
  const extra = random(5);
  for (let i = 0; i < extra; i++) parts.push(extraPart(random, bytes, parts));
  if (random(3) > 0) disorder(random, parts);
  if (random(3) === 0) parts.splice(random(parts.length), 1 + random(2));
  return parts;
}

function extraPart(random: Random, bytes: readonly number[], parts: readonly Part[]): Part {
  if (random(4) === 0) return parts[random(parts.length)]!;
  const at = random(bytes.length);
  const data = bytes.slice(at, at + 1 + random(40));
  if (random(2) === 0) data[random(data.length)]! ^= 1 + random(255);
  const captured = random(4) === 0 ? random(data.length + 1) : data.length;
  return { at, data, captured, fin: false };
}

/** All mixed up, or neighbours only. */
function disorder(random: Random, list: Part[]): void {
  const reach = random(2) === 0 ? list.length : 3;
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.max(0, i - random(reach));
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
}

function caseOf(random: Random): Case {
  const begin = (): number => (random(2) === 0 ? 2 ** 32 - random(100) : random(2 ** 32)) % 2 ** 32;
  const parts = [partsOf(random), partsOf(random)] as const;
  const ends = parts.map((list) => Math.max(0, ...list.map(({ at, data }) => at + data.length)));
  const left = [parts[0].slice(), parts[1].slice()];
  const steps: Step[] = [];
  const seen = [0, 0];
  while (left[0]!.length + left[1]!.length > 0) {
    const side = (
      left[0]!.length === 0 || (left[1]!.length > 0 && random(2) === 0) ? 1 : 0
    ) as Side;
    const other = 1 - side;
    const part = left[side]!.shift()!;
    seen[side] = Math.max(seen[side]!, part.at + part.data.length);
    // Mostly what was seen; sometimes what the capture has not.
    const ack = random(4) === 0 ? random(ends[other]! + 2) : random(seen[other]! + 1);
    steps.push({ ...part, side, ack });
  }
  const hasSyn = random(4) > 0;
  return { begins: [begin(), begin()], hasSyn, remembers: random(2) === 0, steps };
}

/** What comes out of one side, in the words of an oracle. */
interface Outcome {
  readonly out: readonly string[];
  readonly conflicts: readonly string[];
  readonly ended: string | null;
}

function expected(policy: Policy, { hasSyn, remembers, steps }: Case): Outcome[] {
  const oracles = [new Oracle(policy, remembers), new Oracle(policy, remembers)] as const;
  // Without a SYN a side begins with the first byte that is seen of it.
  const starts = hasSyn ? [0, 0] : [0, -1];
  for (const [i, step] of steps.entries()) {
    const other = 1 - step.side;
    if (starts[other]! >= 0) oracles[other]!.acknowledge(step.ack - starts[other]!);
    if (starts[step.side]! < 0) starts[step.side] = step.at;
    const piece: Piece = { ...step, at: step.at - starts[step.side]!, packet: i + 1 };
    oracles[step.side].add(piece);
  }
  for (const one of oracles) one.finish();
  return oracles.map(({ out, conflicts, ended }, side) => ({
    ...(starts[side]! < 0 ? { out: [], conflicts, ended } : { out, conflicts, ended }),
  }));
}

/** Takes events apart into bytes again. */
function listener(
  found: { out: string[]; conflicts: string[]; ended: string | null }[],
): StreamConsumer {
  const push = (side: Side, offset: number, words: string[]): void => {
    // Without a hole, and nothing twice.
    if (found[side]!.out.length !== offset) found[side]!.out.push(`hole before ${offset}`);
    found[side]!.out.push(...words);
  };
  return {
    data({ side, offset, bytes, packet, retransmitted }) {
      push(
        side,
        offset,
        Array.from(bytes, (value) => `${value}/${packet}${retransmitted ? "+" : ""}`),
      );
    },
    gap: ({ side, offset, length, reason }) => push(side, offset, new Array(length).fill(reason)),
    conflict: ({ side, offset, old }) =>
      found[side]!.conflicts.push(`${offset}-${offset + old.length}`),
    end({ side, reason }) {
      found[side]!.ended = reason;
    },
    anomaly: ({ side }) => found[side]!.out.push("anomaly"),
  };
}

function found(overlap: Policy, { begins, hasSyn, remembers, steps }: Case): Outcome[] {
  const sides = [0, 1].map(() => ({ out: [], conflicts: [], ended: null }));
  const history = remembers ? 4096 : 0;
  const reassembly = new TcpReassembly({ consumer: listener(sides), overlap, history });
  const [client, server] = begins;
  // Who is the client a SYN says; that of the server may be missing.
  reassembly.add(segment({ seq: client - 1, flags: "S" }));
  if (hasSyn) reassembly.add(segment({ by: 1, seq: server - 1, ack: client, flags: "S" }));
  for (const [i, { side, at, data, captured, fin, ack }] of steps.entries())
    reassembly.add(
      segment({
        ...{ by: side, seq: begins[side]! + at, ack: begins[1 - side]! + ack, number: i + 1 },
        ...{ data: Uint8Array.from(data), flags: fin ? "F" : "", snap: 40 + captured },
      }),
    );
  reassembly.flush();
  return sides;
}

const policies = ["first", "last", "bsd", "linux", "windows", "solaris"] as const;

describe(`${CASES} random connections`, () => {
  it.each(policies)(
    "are what a plain array makes of them, by the policy %s",
    (policy) => {
      const random = seeded(policies.indexOf(policy) + 11);
      const seen = { whole: 0, gaps: 0, conflicts: 0, again: 0, cut: 0, acknowledged: 0 };
      for (let n = 0; n < CASES; n++) {
        const one = caseOf(random);
        const [wanted, got] = [expected(policy, one), found(policy, one)];
        if (JSON.stringify(got) !== JSON.stringify(wanted))
          expect({ n, one, got }).toEqual({ n, one, got: wanted });
        const all = got.flatMap(({ out }) => out);
        const has = (part: string): boolean => all.some((word) => word.includes(part));
        if (has("ended")) seen.gaps++;
        if (has("acknowledged")) seen.acknowledged++;
        if (has("cut")) seen.cut++;
        if (has("+")) seen.again++;
        if (got.some(({ conflicts }) => conflicts.length > 0)) seen.conflicts++;
        if (got.every(({ ended }) => ended === "fin")) seen.whole++;
      }
      // The cases are of all kinds.
      for (const [kind, count] of Object.entries(seen))
        expect([kind, count > CASES / 50]).toEqual([kind, true]);
    },
    3_600_000,
  );
});
