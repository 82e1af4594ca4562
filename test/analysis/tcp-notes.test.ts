import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatSpan, isShorter, spanBetween } from "../../src/analysis/span.ts";
import { TcpNotes } from "../../src/analysis/tcp-notes.ts";
import { defaultDissector, openCapture } from "../../src/capture/open.ts";
import { build } from "../../src/packet/build.ts";
import { Packet } from "../../src/packet/packet.ts";
import { icmp } from "../../src/protocols/network/icmp.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { tcpOption } from "../../src/protocols/transport/tcp-options.ts";

/** A segment: who sends it when (in milliseconds), its flags, numbers, bytes of data and window. */
interface Step {
  readonly ms?: number;
  readonly from?: "a" | "b";
  readonly flags?: string;
  readonly seq: number;
  readonly ack?: number;
  readonly data?: number;
  readonly window?: number;
  readonly cookie?: boolean;
}

let number = 0;
let clock = 0;

function segment(step: Step): Packet {
  const { from = "a", flags = "ack", seq, ack = 1, data = 0, window = 1000 } = step;
  const ends = ["192.0.2.1", "192.0.2.2"] as const;
  const at = from === "a" ? 0 : 1;
  const made = build(
    ipv4({ src: ends[at], dst: ends[1 - at]! }),
    tcp({
      srcPort: at === 0 ? 4000 : 80,
      dstPort: at === 0 ? 80 : 4000,
      seq,
      ack: flags.includes("ack") ? ack : 0,
      window,
      flags: Object.fromEntries(flags.split("+").map((name) => [name, true])),
      options: step.cookie ? [tcpOption.fastOpen({ cookie: Uint8Array.of(1, 2, 3, 4) })] : [],
    }),
    new Uint8Array(data),
  );
  clock = step.ms ?? clock + 1;
  number++;
  const { bytes, origin, bottom } = {
    bytes: made.bytes(),
    origin: made.origin,
    bottom: made.bottom,
  };
  const [s, ns] = [Math.floor(clock / 1000), Math.round((clock % 1000) * 1e6)];
  return new Packet(made.data, made.start, made.end, bytes.length, s, ns, number, origin, bottom);
}

/** The notes of each segment, as `kind(evidence)`. */
function notesOf(steps: readonly Step[]): string[][] {
  number = clock = 0;
  const notes = new TcpNotes();
  return steps.map((step) =>
    notes.add(segment(step)).map(({ kind, evidence }) => `${kind}(${evidence.join(" ")})`),
  );
}

const handshake: readonly Step[] = [
  { flags: "syn", seq: 0, ms: 0 },
  { from: "b", flags: "syn+ack", seq: 0, ack: 1, ms: 10 },
  { seq: 1, ack: 1, ms: 20 },
];
const behind = (steps: readonly Step[]): string[][] =>
  notesOf([...handshake, ...steps]).slice(handshake.length);

describe("notes on TCP", () => {
  it("say nothing of a plain exchange", () => {
    const all = behind([
      { seq: 1, data: 100 },
      { from: "b", seq: 1, ack: 101 },
      { from: "b", seq: 1, ack: 101, data: 50 },
      { seq: 101, ack: 51 },
    ]);
    expect(all.flat()).toEqual([]);
  });

  it("tell what was sent again, with the segment that was sent first", () => {
    expect(
      behind([
        { seq: 1, data: 100 },
        { seq: 1, data: 100, ms: 300 },
        { from: "b", seq: 1, ack: 101 },
        { seq: 1, data: 100 },
      ]),
    ).toEqual([[], ["retransmission(4)"], [], ["spuriousRetransmission(6)"]]);
  });

  it("tell what was lost, who asks for it, and that it came at once", () => {
    expect(
      behind([
        { seq: 1, data: 100 },
        { seq: 201, data: 100 },
        { from: "b", seq: 1, ack: 101 },
        { from: "b", seq: 1, ack: 101 },
        { from: "b", seq: 1, ack: 101 },
        { seq: 101, data: 100, ms: 30 },
      ]),
    ).toEqual([
      [],
      ["lostSegment(4)"],
      [],
      ["duplicateAck(6)"],
      ["duplicateAck(6)"],
      ["fastRetransmission(6 8)"],
    ]);
  });

  it("tell what was overtaken by how soon it comes behind that", () => {
    const soon = (ms: number) =>
      behind([
        { seq: 1, data: 100, ms: 100 },
        { seq: 201, data: 100, ms: 101 },
        { seq: 101, data: 100, ms },
      ])[2];
    // The handshake took 20 ms.
    expect(soon(115)).toEqual(["outOfOrder(5)"]);
    expect(soon(150)).toEqual(["retransmission(4)"]);
  });

  it("tell of acknowledgments of what was not captured", () => {
    expect(behind([{ from: "b", seq: 1, ack: 500 }])).toEqual([["ackLostSegment(1)"]]);
  });

  it("tell of windows that are full, zero, asked about and opened", () => {
    expect(
      behind([
        { from: "b", seq: 1, ack: 1, window: 100 },
        { seq: 1, data: 100 },
        { from: "b", seq: 1, ack: 101, window: 0 },
        { seq: 101, data: 1 },
        { from: "b", seq: 1, ack: 101, window: 0 },
        { from: "b", seq: 1, ack: 101, window: 500 },
      ]),
    ).toEqual([
      ["windowUpdate(2)"],
      ["windowFull(4)"],
      ["zeroWindow()"],
      ["zeroWindowProbe(6)"],
      ["zeroWindow()", "zeroWindowProbeAck(5)"],
      ["windowUpdate(8)"],
    ]);
  });

  it("tell of keep-alives and their answers", () => {
    expect(
      behind([
        { seq: 0, ack: 1 },
        { from: "b", seq: 1, ack: 1, window: 1000 },
        { seq: 0, ack: 1, data: 1 },
        { from: "b", seq: 1, ack: 1 },
      ]).map((notes) => notes.map((note) => note.replace(/\(.*/, ""))),
    ).toEqual([["keepAlive"], ["keepAliveAck"], ["keepAlive"], ["keepAliveAck"]]);
  });

  it("tell of ports that are used again, and count another stream", () => {
    number = clock = 0;
    const notes = new TcpNotes();
    for (const step of handshake) notes.add(segment(step));
    const [note] = notes.add(segment({ flags: "syn", seq: 5000 }));
    expect(note).toMatchObject({ kind: "reusedPorts", number: 4, stream: 1 });
    expect(notes.counts.reusedPorts).toBe(1);
  });

  it("tell of Fast Open", () => {
    const open = (ack: number) =>
      notesOf([
        { flags: "syn", seq: 0, data: 20, cookie: true },
        { from: "b", flags: "syn+ack", seq: 0, ack },
      ]);
    expect(open(21)).toEqual([["fastOpenSyn()"], ["fastOpenAck(1)"]]);
    expect(open(1)).toEqual([["fastOpenSyn()"], ["fastOpenIgnored(1)"]]);
  });

  it("do not take what an error quotes for a segment", () => {
    number = clock = 0;
    const notes = new TcpNotes();
    const first = segment({ seq: 1, data: 8 });
    notes.add(first);
    const built = build(
      ipv4({ src: "192.0.2.9", dst: "192.0.2.1" }),
      icmp.destinationUnreachable({ code: 1 }),
      first.bytes(),
    );
    const error = defaultDissector().dissect(built.bytes(), ipv4);
    expect(String(error.chain)).toContain("TCP");
    expect(notes.findings(error)).toEqual([]);
    expect(notes.add(error)).toEqual([]);
  });

  it("measure round trips, the handshake and what is on its way", () => {
    number = clock = 0;
    const notes = new TcpNotes();
    const all = [
      ...handshake,
      { seq: 1, data: 100, ms: 30 },
      { seq: 101, data: 100, ms: 31, flags: "ack+psh" },
      { from: "b", seq: 1, ack: 201, ms: 71 },
    ] as const;
    const found = all.flatMap((step) => notes.findings(segment(step)));
    expect(found.map(({ inFlight }) => inFlight)).toEqual([-1, -1, -1, 100, 200, -1]);
    expect(found.map(({ pushed }) => pushed)).toEqual([-1, -1, -1, 100, 200, -1]);
    expect(found[5]).toMatchObject({ acks: 5, roundTrip: { seconds: 0, nanoseconds: 40_000_000 } });
    expect(found[2]).toMatchObject({ acks: 2, handshake: { seconds: 0, nanoseconds: 20_000_000 } });
    expect(found.map(({ seen }) => seen)).toEqual([0, 1, 3, 7, 15, 15]);
  });

  it("find nothing in a capture where nothing is wrong", () => {
    const notes = new TcpNotes();
    const all = [...openCapture(readFileSync("examples/session.pcap"))].flatMap((p) =>
      notes.add(p),
    );
    expect(all).toEqual([]);
  });
});

describe("spans of time", () => {
  it("are exact, and may be negative", () => {
    const at = (seconds: number, nanoseconds: number) => ({ seconds, nanoseconds });
    const text = (a: ReturnType<typeof at>, b: ReturnType<typeof at>) =>
      formatSpan(spanBetween(a, b));
    expect(text(at(1, 999_999_999), at(2, 0))).toBe("0.000000001");
    expect(text(at(2, 0), at(1, 999_999_999))).toBe("-0.000000001");
    expect(text(at(0, 0), at(1_700_000_000, 7))).toBe("1700000000.000000007");
    expect(text(at(3, 5), at(1, 5))).toBe("-2.000000000");
    expect(isShorter(at(0, 5), at(1, 0))).toBe(true);
  });
});
