import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Application, Connection, Verdict } from "../../src/analysis/application.ts";
import type { AnalysisEvent } from "../../src/analysis/events.ts";
import { noOrigin, type Side, type SideInput, type Waiting } from "../../src/analysis/input.ts";
import { ConnectionReader, type ReaderEnvironment } from "../../src/analysis/reader.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { all } from "../../src/protocols/all.ts";
import { dnsTcp } from "../../src/protocols/application/dns/tcp.ts";
import { client, gap, type Piece, server } from "./hostile.ts";

const dissector = createDissector(all);
const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

type Reading = (connection: Connection, input: SideInput) => Waiting;

/** An application that is known by its first letters. */
function application(
  letters: string,
  reading: Reading | readonly [Reading, Reading],
  more: Partial<Application> = {},
): Application {
  const [first, second] = typeof reading === "function" ? [reading, reading] : reading;
  return {
    name: letters.toLowerCase(),
    ports: [],
    protocols: [],
    guess: ({ inputs }): Verdict => {
      let verdict: Verdict = "no";
      for (const { bytes, start, available } of inputs) {
        const begun = textOf(bytes.slice(start, start + Math.min(available, letters.length)));
        if (begun === letters) return "yes";
        if (begun !== "" && letters.startsWith(begun)) verdict = "more";
      }
      return verdict;
    },
    read: (connection) => [
      first(connection, connection.inputs[0]),
      second(connection, connection.inputs[1]),
    ],
    ...more,
  };
}

/** Tells every line as a note. */
function* lines(connection: Connection, input: SideInput): Waiting {
  for (;;) {
    input.begin();
    const line = yield* input.line();
    if (line === null) return;
    const text = textOf(input.bytes.slice(line.start, line.end));
    const place = input.place(input.offset, input.offset + line.size);
    input.skip(line.size);
    connection.note("test", "garbage", place, text);
  }
}

interface Setting extends Partial<ReaderEnvironment> {
  readonly port?: number;
}

function open(applications: readonly Application[], setting: Setting = {}) {
  const told: string[] = [];
  const { port = 9, ...environment } = setting;
  const reader = new ConnectionReader(
    {
      applications,
      dissector,
      isByContent: () => true,
      inputLimit: 64,
      onEvent: (event: AnalysisEvent) => {
        if (event.type !== "note") return;
        const { side, packets } = event.place;
        told.push(
          `${side} ${event.text}${event.protocol === "test" ? "" : ` (${event.kind})`} ${packets}`,
        );
      },
      onMessage: null,
      shared: new Map(),
      ...environment,
    },
    { index: 3, src: "192.0.2.1", srcPort: 40_000, dst: "192.0.2.2", dstPort: port },
  );
  let packet = 0;
  const feed = (...pieces: readonly Piece[]): ConnectionReader => {
    for (const piece of pieces) {
      packet++;
      if ("gap" in piece) reader.gap(piece.side, piece.gap);
      else if ("end" in piece) reader.end(piece.side);
      else {
        const lent = piece.bytes.slice();
        reader.data(piece.side, lent, 0, lent.length, { ...noOrigin, packet });
        lent.fill(0);
      }
    }
    return reader;
  };
  const end = (): void => {
    reader.end(0);
    reader.end(1);
  };
  return { reader, feed, told, end };
}

describe("a connection", () => {
  it("is read by whom its first letters name, on either side, in any pieces", () => {
    const a = application("AA", lines);
    const b = application("AB", lines);
    for (const pieces of [
      [client("AB 1\nx\n")],
      [client("A"), client("B 1"), client("\nx"), client("\n")],
    ]) {
      const { feed, told, reader } = open([a, b]);
      feed(...pieces);
      expect(reader.application?.name).toBe("ab");
      expect(told.map((line) => line.replace(/ [\d,]+$/, ""))).toEqual(["0 AB 1", "0 x"]);
    }
    const { feed, told } = open([a, b]);
    feed(server("AA 2\n"), client("C\n"));
    expect(told).toEqual(["1 AA 2 1", "0 C 2"]);
  });

  it("of nobody known is left, and keeps nothing", () => {
    const { feed, reader, told } = open([application("AA", lines)]);
    feed(client("xyz"), client("AA\n"), server("AA\n"), gap(0, 5), client("more"));
    expect([reader.isIdle, reader.held, told]).toEqual([true, 0, []]);
    expect(reader.inputs.map(({ offset }) => offset)).toEqual([15, 3]);
  });

  it("may be told by its port, bound or usual, when content says nothing yet", () => {
    const usual = application("AA", lines, { ports: [77] });
    const { feed, reader } = open([usual], { port: 77, isByContent: () => false });
    feed(client("A"));
    expect(reader.application).toBeNull();
    feed({ side: 0, end: true });
    expect(reader.application?.name).toBe("aa");
    const bound = application("BB", lines, { protocols: [dnsTcp] });
    expect(open([bound], { port: 53 }).feed(client("BB\n")).application?.name).toBe("bb");
    const foreign = open([usual], { isByContent: () => false });
    expect(foreign.feed(client("AA\n")).application).toBeNull();
  });

  it("that begins with a gap is read from behind it", () => {
    const { feed, told } = open([application("AA", lines)]);
    feed(gap(0, 7), client("AA\n"));
    expect(told).toEqual(["0 AA 2"]);
  });

  it("is asked about again until so much is there that it is known", () => {
    let asked = 0;
    const never = application("AA", lines, {
      guess: () => {
        asked++;
        return "more";
      },
    });
    const { feed, reader } = open([never], { inputLimit: 1 << 20 });
    for (let i = 0; i < 100; i++) feed(client("x".repeat(100)));
    expect(reader.isIdle).toBe(true);
    expect(asked).toBe(41);
    expect(reader.held).toBe(0);
  });
});

describe("readers of two sides", () => {
  /** Tells lines of the client each behind one of the server's. */
  const turns: readonly [Reading, Reading] = [
    function* (connection, input) {
      const other = connection.inputs[1];
      for (let n = 1; ; n++) {
        while (other.offset < n * 2) {
          if (other.isDone || input.isFull) return;
          yield;
        }
        const line = yield* input.line();
        if (line === null) return;
        const place = input.place(input.offset, input.offset + line.size);
        connection.note("test", "garbage", place, textOf(input.bytes.slice(line.start, line.end)));
        input.skip(line.size);
        input.begin();
      }
    },
    lines,
  ];

  it("may wait for each other", () => {
    const { feed, told, end } = open([application("AA", turns)]);
    feed(client("AA\nb\n"), client("c\n"));
    expect(told).toEqual([]);
    feed(server("x\n"));
    expect(told).toEqual(["1 x 3", "0 AA 1"]);
    feed(server("y\n"), server("z\n"));
    expect(told.slice(2)).toEqual(["1 y 4", "0 b 1", "1 z 5", "0 c 2"]);
    end();
  });

  it("may not wait for ever: what waits is bounded, and given up with a note", () => {
    const forever: Reading = function* () {
      for (;;) yield;
    };
    const { feed, reader, told } = open([application("AA", forever)]);
    feed(client("AA"));
    let most = 0;
    for (let i = 0; i < 1000; i++) {
      feed(client("x".repeat(10)));
      most = Math.max(most, reader.held);
    }
    expect(told).toEqual([expect.stringMatching(/^0 too much waits to be read \(limit\)/)]);
    expect([reader.isIdle, reader.held]).toEqual([true, 0]);
    expect(most).toBeLessThan(8192);
  });

  it("may leave a side unread, and the other is read on", () => {
    const once: Reading = function* (connection, input) {
      yield* input.any();
      connection.note("test", "garbage", input.place(0, 1), "enough");
    };
    const { feed, told, reader } = open([application("AA", [once, lines])]);
    feed(client("AA"));
    for (let i = 0; i < 100; i++) feed(client("x".repeat(50)));
    feed(server("still here\n"));
    expect(told).toEqual(["0 enough 1", "1 still here 102"]);
    expect(reader.isIdle).toBe(false);
    expect(reader.held).toBeLessThan(16_384);
    expect(reader.inputs[0].offset + reader.inputs[0].available).toBe(5002);
  });

  it("keep little of many small pieces behind a gap that nobody passes", () => {
    const stuck: Reading = function* () {
      for (;;) yield;
    };
    const { feed, reader } = open([application("AA", stuck)], { inputLimit: 16_384 });
    feed(client("AA"), gap(0, 1));
    let most = 0;
    for (let i = 0; i < 1000; i++) {
      feed(client("x"));
      most = Math.max(most, reader.held);
    }
    expect(most).toBeLessThan(65_536);
    expect(reader.isIdle).toBe(true);
  });

  it("are told of ends and gaps", () => {
    const { feed, told } = open([application("AA", lines)]);
    feed(client("AA\nopen"), server("half"), { side: 0, end: true }, { side: 1, end: true });
    expect(told).toEqual(["0 AA 1", "0 open 1", "1 half 2"]);
  });
});

describe("a connection that becomes another", () => {
  const after = application("BB", lines);
  const upgrade: Reading = function* (connection, input) {
    const line = yield* input.line();
    if (line === null) return;
    input.skip(line.size);
    if (textOf(input.bytes.slice(line.start, line.end)) === "go") connection.become(after);
    else if (textOf(input.bytes.slice(line.start, line.end)) === "find") connection.become(null);
    else yield* upgrade(connection, input);
  };
  const before = application("AA", [
    upgrade,
    function* () {
      for (;;) yield;
    },
  ]);

  it("goes on where both sides stand", () => {
    const { feed, told, reader } = open([before, after]);
    feed(client("AA\n"), server("kept\n"));
    expect(told).toEqual([]);
    feed(client("go\nmore\n"), server("too\n"));
    expect(reader.application?.name).toBe("bb");
    expect(told).toEqual(["0 more 3", "1 kept 2", "1 too 4"]);
  });

  it("may be looked for again by content", () => {
    const { feed, told, reader } = open([before, after]);
    feed(client("AA\nfind\n"));
    expect(reader.application?.name).toBe("aa");
    feed(client("B"), client("B here\n"));
    expect(reader.application?.name).toBe("bb");
    expect(told).toEqual(["0 BB here 2,3"]);
  });

  it("does not call the readers that it had", () => {
    let called = 0;
    const counting: Reading = function* () {
      for (;;) {
        called++;
        yield;
      }
    };
    const { feed } = open([application("AA", [upgrade, counting]), after]);
    feed(client("AA\n"));
    const calls = called;
    feed(client("go\n"), server("x\n"), server("y\n"));
    // Once with the piece that changed it at most, since the sides take turns.
    expect(called).toBeLessThanOrEqual(calls + 1);
  });

  it("does not become others without end", () => {
    let begun = 0;
    const restless: Reading = function* (connection, input) {
      yield* input.any();
      begun++;
      connection.become(null);
    };
    const { feed, reader } = open([application("AA", restless)]);
    feed(client("AA\n"), client("x"));
    expect(reader.isIdle).toBe(true);
    expect(begun).toBeLessThan(100);
  });
});

describe("what is shared and shown", () => {
  it("is one value for each maker in all connections", () => {
    const shared = new Map<() => unknown, unknown>();
    const counter = (): { n: number } => ({ n: 0 });
    const seen: number[] = [];
    const counts: Reading = function* (connection, input) {
      yield* input.any();
      seen.push(++connection.shared(counter).n);
    };
    for (let i = 0; i < 3; i++) open([application("AA", counts)], { shared }).feed(client("AA"));
    expect(seen).toEqual([1, 2, 3]);
  });

  it("are messages over bytes that last, with where they lie", () => {
    const shows: Reading = function* (connection, input) {
      for (;;) {
        if (!(yield* input.has(4))) return;
        const layer = connection.dissect(dnsTcp, input.bytes, input.start, input.start + 4);
        connection.show(input.side, [layer], input.offset, input.offset + 4);
        input.skip(4);
      }
    };
    const messages: string[] = [];
    const { feed } = open([application("AA", shows)], {
      onMessage: ({ side, layers, from, to }, { info }) => {
        const { bytes, start, end } = layers[0]!;
        messages.push(`${info.index} ${side} ${from}-${to}`);
        queue.push(() => textOf(bytes.slice(start, end)));
      },
    });
    const queue: (() => string)[] = [];
    feed(client("AA12"), server("34"), server("567"));
    expect(messages).toEqual(["3 0 0-4", "3 1 0-4"]);
    expect(queue.map((read) => read())).toEqual(["AA12", "3456"]);
  });
});

describe("any order of pieces", () => {
  it("gives each side's lines with the packets that brought them, and keeps little", () => {
    const piece = fc.record({
      side: fc.constantFrom<Side>(0, 1),
      text: fc.string({ unit: fc.constantFrom("a", "b", "\n"), minLength: 1, maxLength: 20 }),
    });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 30 }), (pieces) => {
        const { feed, told, reader, end } = open([application("", lines)], { inputLimit: 4096 });
        const owners: [string[], number[]][] = [
          [[], []],
          [[], []],
        ];
        pieces.forEach(({ side, text }, i) => {
          feed({ side, bytes: Uint8Array.from(text, (c) => c.charCodeAt(0)) });
          for (const c of text) {
            owners[side]![0].push(c);
            owners[side]![1].push(i + 1);
          }
        });
        end();
        for (const [side, [letters, packets]] of owners.entries()) {
          const wanted: string[] = [];
          for (let at = 0; at < letters.length; ) {
            const found = letters.indexOf("\n", at);
            const next = found < 0 ? letters.length : found + 1;
            const text = letters.slice(at, next).join("").replace("\n", "");
            wanted.push(`${side} ${text} ${[...new Set(packets.slice(at, next))]}`);
            at = next;
          }
          expect(told.filter((line) => line.startsWith(`${side} `))).toEqual(wanted);
        }
        expect(reader.held).toBeLessThan(8192);
        expect(reader.isIdle).toBe(true);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});
