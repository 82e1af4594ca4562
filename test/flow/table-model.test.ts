import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Flow } from "../../src/flow/flow.ts";
import { FlowTable } from "../../src/flow/table.ts";
import { build } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { Packet } from "../../src/packet/packet.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";

const entry = createDissector([ipv4, tcp]).entry(ipv4);
const origin = { entry, linkType: 101, interfaceIndex: 0 };

/** A segment: between which ends, which way, with which flags and how much payload, and how much later than the one before. */
interface Step {
  readonly who: number;
  readonly back: boolean;
  readonly flags: string;
  readonly length: number;
  /** Milliseconds; below zero where a capture is not in order. */
  readonly after: number;
}

const made = new Map<string, Uint8Array>();

function packetOf({ who, back, flags, length }: Step, milliseconds: number): Packet {
  const name = `${who} ${back} ${flags} ${length}`;
  let bytes = made.get(name);
  if (bytes === undefined) {
    const [client, server] = ["10.0.0.2", "10.0.0.1"];
    const [syn, ack, fin, rst] = ["S", "A", "F", "R"].map((letter) => flags.includes(letter));
    bytes = build(
      ipv4(back ? { src: server, dst: client } : { src: client, dst: server }),
      tcp({
        ...(back ? { srcPort: 80, dstPort: 1000 + who } : { srcPort: 1000 + who, dstPort: 80 }),
        flags: { syn: syn!, ack: ack!, fin: fin!, rst: rst! },
      }),
      new Uint8Array(length),
    ).bytes();
    made.set(name, bytes);
  }
  const seconds = Math.floor(milliseconds / 1000);
  const nanoseconds = (milliseconds % 1000) * 1e6;
  return new Packet(bytes, 0, bytes.length, bytes.length, seconds, nanoseconds, 0, origin, null);
}

/** A flow as plain as can be; the first of each pair is the originator's. */
interface PlainFlow {
  readonly who: number;
  readonly clientBegan: boolean;
  readonly packets: [number, number];
  readonly payload: [number, number];
  readonly times: [number[], number[]];
  readonly seen: [Set<string>, Set<string>];
  history: string;
  reset: boolean;
  used: number;
}

const limits = { limit: 4, closedTimeout: 2, newTimeout: 5, idleTimeout: 9 };

/** What a table of flows has to give, from lists that are gone through for every packet. */
class PlainTable {
  readonly ended: string[] = [];
  private open: PlainFlow[] = [];
  private now = 0;
  private count = 0;

  add(step: Step, time: number): void {
    this.count++;
    this.now = Math.max(this.now, time);
    for (const phase of ["closed", "new", "established"]) this.age(phase);
    const marks = marksOf(step);
    const before = this.open.find((flow) => flow.who === step.who);
    if (before !== undefined && marks.includes("s") && phaseOf(before) === "closed")
      this.end(before, "reused");
    const flow = this.open.find((one) => one.who === step.who) ?? this.begin(step, marks);
    const side = step.back === flow.clientBegan ? 1 : 0;
    flow.packets[side]++;
    flow.payload[side] += step.length;
    flow.times[side].push(time);
    for (const mark of "shadfr")
      if (marks.includes(mark) && !flow.seen[side].has(mark)) {
        flow.seen[side].add(mark);
        flow.history += side === 0 ? mark.toUpperCase() : mark;
      }
    flow.reset ||= marks.includes("r");
    flow.used = this.count;
  }

  /** Those that were quiet for longest end first; one that is not over keeps those behind it. */
  private age(phase: string): void {
    const most = phase === "closed" ? 2000 : phase === "new" ? 5000 : 9000;
    for (;;) {
      const [oldest] = this.open
        .filter((f) => phaseOf(f) === phase)
        .sort((a, b) => a.used - b.used);
      if (oldest === undefined || this.now - Math.max(...oldest.times.flat()) <= most) return;
      this.end(oldest, phase === "closed" ? "closed" : "idle");
    }
  }

  private begin({ who, back }: Step, marks: string): PlainFlow {
    const quietest = [...this.open].sort((a, b) => a.used - b.used)[0];
    if (this.open.length >= limits.limit) this.end(quietest!, "evicted");
    const isAnswer = marks.includes("h");
    const flow: PlainFlow = {
      who,
      clientBegan: back === isAnswer,
      packets: [0, 0],
      payload: [0, 0],
      times: [[], []],
      seen: [new Set(), new Set()],
      history: isAnswer ? "^" : "",
      reset: false,
      used: 0,
    };
    this.open.push(flow);
    return flow;
  }

  private end(flow: PlainFlow, reason: string): void {
    this.open = this.open.filter((one) => one !== flow);
    const { who, clientBegan, packets, payload, times, history } = flow;
    const range = times.map((t) => (t.length === 0 ? "-" : `${Math.min(...t)}..${Math.max(...t)}`));
    this.ended.push([who, clientBegan, packets, payload, range, history, reason].join(" "));
  }

  flush(): void {
    for (const flow of [...this.open].sort((a, b) => a.used - b.used)) this.end(flow, "flushed");
  }
}

function marksOf({ flags, length }: Step): string {
  const begins = flags.includes("S") ? (flags.includes("A") ? "h" : "s") : "";
  const ends = `${flags.includes("F") ? "f" : ""}${flags.includes("R") ? "r" : ""}`;
  const marks = begins + ends + (length > 0 ? "d" : "");
  return marks === "" && flags.includes("A") ? "a" : marks;
}

function phaseOf({ reset, seen: [originator, responder] }: PlainFlow): string {
  if (reset || (originator.has("f") && responder.has("f"))) return "closed";
  const isAnswered = responder.has("h") || responder.has("s");
  return originator.has("s") && !isAnswered ? "new" : "established";
}

function line(flow: Flow): string {
  const { originator, responder, srcPort, dstPort } = flow;
  const milliseconds = (time: bigint | undefined) => time! / 1_000_000n;
  const range = [originator, responder].map((side) =>
    side.packets === 0 ? "-" : `${milliseconds(side.first)}..${milliseconds(side.last)}`,
  );
  const clientBegan = dstPort === 80;
  const who = (clientBegan ? srcPort : dstPort) - 1000;
  const packets = [originator.packets, responder.packets];
  const payload = [originator.payload, responder.payload];
  const { history } = flow.connection!;
  return [who, clientBegan, packets, payload, range, history, flow.reason].join(" ");
}

const steps = fc.array(
  fc.record({
    who: fc.nat(7),
    back: fc.boolean(),
    flags: fc.constantFrom("S", "SA", "A", "A", "A", "FA", "R", ""),
    length: fc.constantFrom(0, 0, 3),
    after: fc.integer({ min: -300, max: 1500 }),
  }),
  { maxLength: 120, size: "max" },
);

describe("a table of flows", () => {
  it("gives what plain lists give, whatever comes in whichever order", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const kept: Flow[] = [];
        const ended: string[] = [];
        const onEnd = (flow: Flow): void => {
          kept.push(flow);
          ended.push(line(flow));
        };
        const table = new FlowTable({ ...limits, onEnd });
        const plain = new PlainTable();
        let time = 1_000_000;
        for (const step of all) {
          time += step.after;
          table.add(packetOf(step, time));
          plain.add(step, time);
        }
        table.flush();
        plain.flush();
        expect(ended).toEqual(plain.ended);
        // Others have taken their places since.
        expect(kept.map(line)).toEqual(ended);
      }),
      { numRuns: 400, seed: 1 },
    );
  });

  it("counts on in a flow and a side that somebody keeps", () => {
    const table = new FlowTable();
    const step = { who: 1, back: false, flags: "S", length: 0, after: 0 };
    const flow = table.add(packetOf(step, 1000))!;
    const { responder } = flow;
    expect([responder.packets, responder.first]).toEqual([0, undefined]);
    table.add(packetOf({ ...step, back: true, flags: "SA" }, 2500));
    expect([responder.packets, responder.first, flow.last]).toEqual([
      1,
      2_500_000_000n,
      2_500_000_000n,
    ]);
    table.flush();
    expect([responder.packets, flow.phase, flow.connection!.history]).toEqual([
      1,
      "established",
      "Sh",
    ]);
  });
});
