import { describe, expect, it } from "vitest";
import { TcpReassembly } from "../../src/reassembly/tcp.ts";
import type { TcpReassemblyOptions } from "../../src/reassembly/tcp-options.ts";
import { seeded } from "./random.ts";
import { captured } from "./samples.ts";
import {
  feed,
  handshake,
  linesOf,
  Recorder,
  type Sent,
  segment,
  segmentBytes,
} from "./tcp-samples.ts";

const client = (seq: number, data: string | Uint8Array, more: Partial<Sent> = {}): Sent => ({
  ...{ seq, data, ack: 5000 },
  ...more,
});

describe("limits", () => {
  it("of one side: the first hole is given up, and no more than that", () => {
    const kilobyte = new Uint8Array(1000);
    const sent = [1, 4, 7, 8, 9].map((n) => client(1000 + n * 1000, kilobyte));
    const { recorder, reassembly } = feed([...handshake, ...sent], { maxSideBytes: 5300 });
    expect(recorder.lines.map((line) => line.split("\0")[0])).toEqual([
      ...["0 0 gap 1000 limit", "0 1000 "],
    ]);
    expect(reassembly.stats.gaps.limit).toBe(1);
    expect(reassembly.bytes).toBeGreaterThan(4000);
    expect(reassembly.bytes).toBeLessThanOrEqual(5300);
  });

  it("of all streams together: who has waited for longest gives up first", () => {
    const sent = Array.from({ length: 10 }, (_, n) =>
      client(1010, new Uint8Array(1000), { port: 2000 + n }),
    );
    const syns = sent.map(({ port }): Sent => ({ seq: 999, flags: "S", port: port! }));
    const { recorder, reassembly } = feed([...syns, ...sent], { maxBytes: 8 * 1320 });
    expect(reassembly.bytes).toBe(8 * 1320);
    const gaps = recorder.events.filter((one) => one.kind === "gap");
    expect(gaps.map(({ stream, reason }) => [stream.srcPort, reason])).toEqual([
      ...[
        [2000, "limit"],
        [2001, "limit"],
      ],
    ]);
    reassembly.flush();
    expect(reassembly.bytes).toBe(0);
    expect(reassembly.size).toBe(0);
  });

  it("of streams: a flood of attempts does not drive out connections with data", () => {
    const recorder = new Recorder();
    const reassembly = new TcpReassembly({ consumer: recorder, maxStreams: 100 });
    reassembly.add(segment(client(1000, "before", { port: 9 })));
    for (let port = 1000; port < 6000; port++) {
      reassembly.add(segment({ seq: 1, flags: "S", port }));
      expect(reassembly.size).toBeLessThanOrEqual(100);
    }
    reassembly.add(segment(client(1006, "after", { port: 9 })));
    expect(recorder.textOf(0)).toBe("beforeafter");
    expect(recorder.streams.length).toBe(5001);
    expect(reassembly.stats.closed.evicted).toBe(4901);
  });

  it("of streams: one that gives way ends with what it has", () => {
    const sent = [client(1000, "a"), client(1005, "b"), client(1, "x", { port: 7 })];
    expect(linesOf(sent, { maxStreams: 1 })).toEqual([
      ...["0 0 a", "0 1 gap 4 ended", "0 5 b", "0 6 end evicted", "1 0 end evicted"],
      ...["close 0 evicted", "0 0 x"],
    ]);
  });

  it("a stream that is quiet for long is over", () => {
    const other = (seconds: number): Sent => client(1, "x", { port: 7, seconds });
    const sent = [client(1000, "a"), other(0), other(60), client(1001, "b", { seconds: 100 })];
    const { recorder, reassembly } = feed(sent, { idleTimeout: 120 });
    for (const seconds of [160, 219, 221]) reassembly.add(segment(other(seconds)));
    expect(recorder.streams.length).toBe(2);
    expect(recorder.take().slice(-3)).toEqual(["0 2 end idle", "1 0 end idle", "close 0 idle"]);
    reassembly.expire(1_000_000_000_000n);
    expect(recorder.lines.at(-1)).toBe("close 1 idle");
    expect(reassembly.size).toBe(0);
  });

  it("a capture that was quiet, or whose clock was set, ends nothing", () => {
    const times = [5, 1_000_000, 1_000_001, 3, 4, 2_000_000];
    const sent = times.map((seconds, i) => client(1000 + i, String(i), { seconds }));
    const { recorder } = feed(sent, { idleTimeout: 120 });
    expect(recorder.textOf(0)).toBe("012345");
    expect(recorder.streams.length).toBe(1);
  });

  it("half-open connections cost little", () => {
    const reassembly = new TcpReassembly();
    const count = 100_000;
    const bytes = segmentBytes({ seq: 1, flags: "S" });
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < count; n++) {
      new DataView(bytes.buffer).setUint32(12, n);
      reassembly.add(captured(bytes, n));
    }
    globalThis.gc?.();
    expect(reassembly.size).toBe(count);
    // Without a collection in between there is rubbish of the packets too.
    const each = (process.memoryUsage().heapUsed - before) / count;
    expect(each).toBeLessThan(globalThis.gc === undefined ? 2000 : 300);
  });

  it("are checked", () => {
    const wrong: TcpReassemblyOptions[] = [
      { maxStreams: 0 },
      { maxBytes: 1.5 },
      { maxSideBytes: -1 },
      { maxSideSegments: Number.NaN },
      { idleTimeout: 0 },
      { closedTimeout: -1 },
      { history: -1 },
      { provenance: 0.5 },
      { overlap: "discard" as "first" },
      { overlap: "best" as "first" },
    ];
    for (const options of wrong) {
      const [name] = Object.keys(options);
      expect(() => new TcpReassembly(options)).toThrow(RangeError);
      expect(() => new TcpReassembly(options)).toThrow(name);
    }
  });
});

const MUTATED = 50_000;

describe("hostile segments", () => {
  it(`${MUTATED} that were spoilt at random make nothing throw and take bounded memory`, () => {
    const random = seeded(8);
    const limits = { maxBytes: 60_000, maxSideBytes: 10_000, maxSideSegments: 12, maxStreams: 40 };
    const policies = ["first", "last", "bsd", "linux", "windows", "solaris"] as const;
    const each = policies.map(
      (overlap) =>
        new TcpReassembly({
          ...limits,
          ...{ overlap, history: 2000, provenance: 50, idleTimeout: 500, closedTimeout: 10 },
          consumer: new Checker(),
        }),
    );
    const positions = new Map<number, number>();
    for (let n = 0; n < MUTATED; n++) {
      const reassembly = each[n % each.length]!;
      const sent = likely(random, positions);
      const bytes = segmentBytes(sent);
      // Mostly where the flags and numbers are.
      for (let i = random(4); i > 0 && random(3) === 0; i--)
        bytes[random(44) % bytes.length] = random(256);
      const packet = captured(
        random(20) === 0 ? bytes.slice(0, random(bytes.length)) : bytes,
        n,
        n >> 4,
      );
      packet.originalLength = bytes.length;
      reassembly.add(packet);
      expect(reassembly.size).toBeLessThanOrEqual(limits.maxStreams);
      expect(reassembly.bytes).toBeLessThanOrEqual(2 * limits.maxBytes);
    }
    const sum = (of: (one: TcpReassembly) => number): number =>
      each.reduce((total, one) => total + of(one), 0);
    // All of it was reached.
    const counters = [
      "retransmitted",
      "keepAlives",
      "outOfOrder",
      "overlaps",
      "conflicts",
      "outOfWindow",
    ] as const;
    for (const name of counters)
      expect([name, sum(({ stats }) => stats[name]) > 0]).toEqual([name, true]);
    for (const reason of ["acknowledged", "cut", "limit", "ended"] as const)
      expect([reason, sum(({ stats }) => stats.gaps[reason]) > 0]).toEqual([reason, true]);
    for (const reason of ["fin", "rst", "evicted", "reused"] as const)
      expect([reason, sum(({ stats }) => stats.closed[reason]) > 0]).toEqual([reason, true]);
    for (const one of each) {
      one.flush();
      expect([one.size, one.bytes]).toEqual([0, 0]);
      const { closed, streams } = one.stats;
      expect(Object.values(closed).reduce((a, b) => a + b)).toBe(streams);
    }
  }, 120_000);
});

/** Segments of some connections that mostly go on where they were. */
function likely(random: (below: number) => number, positions: Map<number, number>): Sent {
  const port = 1 + random(random(4) === 0 ? 200 : 8);
  const by = random(2) as 0 | 1;
  const key = port * 2 + by;
  const at = positions.get(key) ?? random(2 ** 32);
  const size = random(5) === 0 ? 0 : random(1400);
  const step = random(6) === 0 ? random(5000) - 1500 : 0;
  if (random(30) === 0) return { by, port, seq: (at - 1) % 2 ** 32, data: "?" };
  positions.set(key, (at + size) % 2 ** 32);
  const flags = random(12) === 0 ? "SFR"[random(3)]! : "";
  // Of every other connection nobody acknowledges anything.
  const ack = port % 2 === 0 ? { ack: positions.get(port * 2 + 1 - by) ?? 0 } : {};
  const data = new Uint8Array(size).fill(random(3));
  return { by, port, seq: (at + step) % 2 ** 32, ...ack, data, flags };
}

/** Whether each side's events follow each other as promised. */
class Checker extends Recorder {
  private readonly ends = new Map<unknown, [number, number]>();
  override data = ({ stream, side, offset, length }: Parameters<Recorder["data"]>[0]): void =>
    this.go(stream, side, offset, length);
  override gap = ({ stream, side, offset, length }: Parameters<Recorder["gap"]>[0]): void =>
    this.go(stream, side, offset, length);
  override conflict = ({ old, fresh }: Parameters<Recorder["conflict"]>[0]): void =>
    expect(old.length).toBe(fresh.length);
  override anomaly = (): void => {};
  override end = ({ stream, side, offset }: Parameters<Recorder["end"]>[0]): void => {
    expect(this.ends.get(stream)?.[side] ?? 0).toBe(offset);
    this.of(stream)[side] = Number.NaN;
  };
  override close = (stream: unknown): void => {
    expect(this.ends.get(stream)).toEqual([Number.NaN, Number.NaN]);
    this.ends.delete(stream);
  };
  private of(stream: unknown): [number, number] {
    const known = this.ends.get(stream) ?? [0, 0];
    this.ends.set(stream, known);
    return known;
  }
  private go(stream: unknown, side: 0 | 1, offset: number, length: number): void {
    if (this.of(stream)[side] !== offset || length <= 0)
      expect([offset, length]).toEqual([this.of(stream)[side], "more than 0"]);
    this.of(stream)[side] += length;
  }
}
