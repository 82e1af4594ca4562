import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noOrigin, type Origin, SideInput, type Waiting } from "../../src/analysis/input.ts";

/** `WIRECRAFT_SLOW=1` looks longer, and elsewhere every time. */
const slow = process.env["WIRECRAFT_SLOW"] === "1";
const settings: fc.Parameters<unknown> = slow ? { numRuns: 20_000 } : { numRuns: 600, seed: 11 };

const from = (packet: number, retransmitted = false): Origin => ({
  packet,
  seconds: packet * 10,
  nanoseconds: packet,
  retransmitted,
});
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** Pushes text as a packet does whose bytes are written over when it was taken. */
function push(input: SideInput, text: string, origin: Origin = noOrigin): void {
  const room = bytesOf(`<<${text}>>`);
  input.push(room, 2, 2 + text.length, origin);
}
const settle = (input: SideInput): void => input.settle();

/** The value that a generator gives without having to wait; `"waits"` where it has to. */
function now<T>(waiting: Waiting<T>): T | "waits" {
  const { done, value } = waiting.next();
  return done === true ? (value as T) : "waits";
}

// One side as a plain model has it: runs of text with gaps between, read from the left.

type Item = { readonly text: string } | { readonly gap: number };
type Command =
  | { readonly do: "has" | "read" | "line" | "each"; readonly n: number }
  | { readonly do: "any" | "pass" | "begin" };

class Model {
  readonly log: string[] = [];
  private run: string;
  private rest: Item[];
  private offset = 0;
  private readonly limit: number;

  constructor(items: readonly Item[], limit: number) {
    this.limit = limit;
    this.rest = [...items];
    this.run = this.nextRun();
  }

  private nextRun(): string {
    let run = "";
    while (this.rest.length > 0 && "text" in this.rest[0]!)
      run += (this.rest.shift() as { text: string }).text;
    return run;
  }

  private take(count: number): string {
    const taken = this.run.slice(0, count);
    this.run = this.run.slice(count);
    this.offset += taken.length;
    return taken;
  }

  do(command: Command): void {
    const at = `${this.offset} ${command.do}`;
    switch (command.do) {
      case "has":
        this.log.push(`${at} ${command.n <= this.limit && command.n <= this.run.length}`);
        break;
      case "read":
        if (command.n <= this.limit && command.n <= this.run.length)
          this.log.push(`${at} ${this.take(command.n)}`);
        break;
      case "line":
        this.log.push(`${at} ${this.line(Math.min(command.n, this.limit))}`);
        break;
      case "each":
        this.log.push(`${at} ${this.take(command.n)}`);
        break;
      case "any":
        this.log.push(`${at} ${this.run !== ""}`);
        break;
      case "pass":
        this.log.push(`${at} ${this.pass()}`);
    }
  }

  private line(most: number): string {
    const found = this.run.indexOf("\n");
    if (found >= 0 && found < most) {
      const line = this.take(found + 1);
      return `ended ${line.replace(/\r?\n$/, "")}`;
    }
    const size = Math.min(most, this.run.length);
    return size === 0 ? "null" : `open ${this.take(size)}`;
  }

  private pass(): number {
    const next = this.rest[0];
    if (next === undefined || !("gap" in next)) return 0;
    let gap = 0;
    while (this.rest.length > 0 && "gap" in this.rest[0]!)
      gap += (this.rest.shift() as { gap: number }).gap;
    this.offset += this.run.length + gap;
    this.run = this.nextRun();
    return gap;
  }

  get isDone(): boolean {
    return this.run === "" && this.rest.length === 0;
  }
}

/** The same commands to the input; every byte that it gives is checked against the packet that brought it. */
function* commanded(
  input: SideInput,
  commands: readonly Command[],
  log: string[],
  owners: readonly number[],
): Waiting {
  const placed = (count: number): void => {
    const start = input.offset;
    const named = new Set<number>();
    for (let i = start; i < start + count; i++) {
      const { packets, seconds, nanoseconds, offset, length } = input.place(i, i + 1);
      expect([packets, seconds, nanoseconds]).toEqual([[owners[i]], owners[i]! * 10, owners[i]]);
      expect([offset, length]).toEqual([i, 1]);
      named.add(owners[i]!);
    }
    if (count > 0) expect(input.place(start, start + count).packets).toEqual([...named]);
  };
  const take = (count: number): string => {
    placed(count);
    const text = textOf(input.copy(count));
    input.skip(count);
    return text;
  };
  for (const command of commands) {
    const at = `${input.offset} ${command.do}`;
    switch (command.do) {
      case "has":
        log.push(`${at} ${yield* input.has(command.n)}`);
        break;
      case "read":
        if (yield* input.has(command.n)) log.push(`${at} ${take(command.n)}`);
        break;
      case "line": {
        const line = yield* input.line(command.n);
        if (line === null) log.push(`${at} null`);
        else {
          const text = textOf(input.bytes.slice(line.start, line.end));
          placed(line.size);
          input.skip(line.size);
          log.push(`${at} ${line.ended ? "ended" : "open"} ${text}`);
        }
        break;
      }
      case "each": {
        let text = "";
        const count = yield* input.each(command.n, (bytes, a, b) => {
          placed(b - a);
          text += textOf(bytes.slice(a, b));
        });
        expect(count).toBe(text.length);
        log.push(`${at} ${text}`);
        break;
      }
      case "any":
        log.push(`${at} ${yield* input.any()}`);
        break;
      case "pass":
        // What is missing is known when nothing comes before it any more.
        while (!input.isBlocked) yield;
        log.push(`${at} ${input.pass()}`);
        break;
      case "begin":
        input.begin();
    }
  }
}

const item: fc.Arbitrary<Item> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .string({ unit: fc.constantFrom("a", "b", "c", "\n", "\r"), minLength: 1, maxLength: 30 })
      .map((text) => ({ text })),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 50 }).map((gap) => ({ gap })) },
);
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    do: fc.constantFrom("has" as const, "read" as const, "line" as const, "each" as const),
    n: fc.oneof(fc.nat(12), fc.nat(80)),
  }),
  fc.record({ do: fc.constantFrom("any" as const, "pass" as const, "begin" as const) }),
);
const LIMIT = 40;

describe("one side of a connection", () => {
  it("reads as a plain model does, however it is cut and settled", () => {
    let passed = 0;
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 12 }),
        fc.array(command, { maxLength: 25 }),
        fc.array(fc.nat(7), { minLength: 1, maxLength: 8 }),
        (given, commands, cuts) => {
          // A gap is told once: what is missing behind a gap that was passed is another.
          const items = given.filter((one, i) => "text" in one || !("gap" in (given[i - 1] ?? {})));
          const model = new Model(items, LIMIT);
          for (const one of commands) model.do(one);
          const log: string[] = [];
          const owners: number[] = [];
          const input = new SideInput(0, LIMIT);
          const reader = commanded(input, commands, log, owners);
          let done = false;
          const step = (): void => {
            if (!done) done = reader.next().done === true;
          };
          let packet = 0;
          for (const one of items) {
            if ("gap" in one) {
              for (let i = 0; i < one.gap; i++) owners.push(-1);
              input.pushGap(one.gap);
              step();
              continue;
            }
            for (let at = 0; at < one.text.length; ) {
              const size = 1 + cuts[packet % cuts.length]!;
              const piece = one.text.slice(at, at + size);
              packet++;
              for (let i = 0; i < piece.length; i++) owners.push(packet);
              push(input, piece, from(packet));
              if (cuts[packet % cuts.length]! % 3 > 0) step();
              settle(input);
              at += size;
            }
          }
          input.finish(true);
          step();
          expect(done).toBe(true);
          expect(log).toEqual(model.log);
          expect(input.isDone).toBe(model.isDone);
          passed += log.length;
        },
      ),
      settings,
    );
    expect(passed).toBeGreaterThan(1000);
  });

  it("does not depend on when more than the limit arrives", () => {
    for (const cuts of [[100], [60, 40], new Array<number>(100).fill(1)]) {
      const input = new SideInput(0, LIMIT);
      const found = input.has(41);
      let first: boolean | "waits" = "waits";
      for (const size of cuts) {
        push(input, "x".repeat(size));
        if (first === "waits") first = now(found);
      }
      expect(first).toBe(false);
      expect(now(input.has(40))).toBe(true);
    }
  });
});

describe("lines", () => {
  const lineOf = (text: string, limit?: number) => {
    const input = new SideInput(0);
    push(input, text);
    input.finish(true);
    const line = now(input.line(limit));
    if (line === null || line === "waits") return line;
    return [textOf(input.bytes.slice(line.start, line.end)), line.size, line.ended];
  };

  it("end with a line feed, before which a carriage return is none of theirs", () => {
    expect(lineOf("ab\r\ncd")).toEqual(["ab", 4, true]);
    expect(lineOf("ab\n")).toEqual(["ab", 3, true]);
    expect(lineOf("\n")).toEqual(["", 1, true]);
    expect(lineOf("\r\n")).toEqual(["", 2, true]);
    expect(lineOf("a\rb\r\r\n")).toEqual(["a\rb\r", 6, true]);
  });

  it("may be cut off, or longer than allowed", () => {
    expect(lineOf("ab")).toEqual(["ab", 2, false]);
    expect(lineOf("")).toBeNull();
    expect(lineOf("abcd\n", 4)).toEqual(["abcd", 4, false]);
    expect(lineOf("abc\n", 4)).toEqual(["abc", 4, true]);
  });

  it("are not looked for in bytes that are not the side's", () => {
    const input = new SideInput(0);
    input.push(bytesOf("ab\ncd\n"), 3, 5, noOrigin);
    const line = input.line();
    expect(now(line)).toBe("waits");
    push(input, "e\n");
    expect(now(line)).toMatchObject({ size: 4, ended: true });
  });

  it("are looked for once in each byte", () => {
    const input = new SideInput(0, 1 << 22);
    const line = input.line(1 << 22);
    const zeros = new Uint8Array(1 << 20);
    let looked = 0;
    const { subarray } = Uint8Array.prototype;
    // What is looked at is what is taken out to be looked at.
    Uint8Array.prototype.subarray = function (this: Uint8Array, a?: number, b?: number) {
      looked += (b ?? this.length) - (a ?? 0);
      return subarray.call(this, a, b);
    } as typeof subarray;
    try {
      for (let i = 0; i < 1000; i++) {
        input.push(zeros, i, i + 100, noOrigin);
        expect(now(line)).toBe("waits");
      }
    } finally {
      Uint8Array.prototype.subarray = subarray;
    }
    // Each byte when it is looked for, when it is taken over, and when the room grows.
    expect(looked).toBeLessThan(100_000 * 8);
  });
});

describe("gaps", () => {
  it("are added up where they follow each other, and keep what comes behind", () => {
    const input = new SideInput(1);
    push(input, "ab", from(1));
    input.pushGap(3);
    input.pushGap(4);
    push(input, "cd", from(2));
    input.pushGap(5);
    input.pushGap(6);
    push(input, "ef", from(3, true));
    settle(input);
    expect([input.gap, input.available, input.isBlocked]).toEqual([7, 2, true]);
    expect(input.unread).toBeGreaterThanOrEqual(6);
    expect(input.pass()).toBe(7);
    expect([input.offset, input.gap, textOf(input.copy(9))]).toEqual([9, 11, "cd"]);
    expect(input.pass()).toBe(11);
    expect([input.offset, input.gap, textOf(input.copy(9))]).toEqual([22, 0, "ef"]);
    expect(input.place(22, 24)).toEqual({
      side: 1,
      offset: 22,
      length: 2,
      packets: [3],
      seconds: 30,
      nanoseconds: 3,
      retransmitted: true,
    });
    expect(input.pass()).toBe(0);
    expect(input.unread).toBe(2);
  });

  it("of no length are none", () => {
    const input = new SideInput(0);
    input.pushGap(0);
    input.pushGap(-3);
    expect(input.isBlocked).toBe(false);
  });

  it("with many small pieces behind are passed in time that follows their number", () => {
    const input = new SideInput(0);
    input.pushGap(1);
    const one = Uint8Array.of(1);
    for (let i = 0; i < 100_000; i++) input.push(one, 0, 1, from(i));
    // What keeping pieces costs counts, so that who feeds it knows when it is too much.
    expect(input.unread).toBeGreaterThan(10_000_000);
    expect(input.isFull).toBe(true);
    expect(input.pass()).toBe(1);
    expect([input.available, input.unread]).toEqual([100_000, 100_000]);
  });
});

describe("places", () => {
  it("name packets in order of the bytes, and the time of the last", () => {
    const input = new SideInput(0);
    push(input, "abc", from(7));
    push(input, "def", from(5, true));
    push(input, "ghi", from(9));
    expect(input.place(1, 8)).toMatchObject({
      packets: [7, 5, 9],
      seconds: 90,
      retransmitted: true,
    });
    expect(input.place(0, 3)).toMatchObject({ packets: [7], seconds: 70, retransmitted: false });
    expect(input.place(3, 6)).toMatchObject({ packets: [5], retransmitted: true });
    expect(input.place(6, 6).packets).toEqual([9]);
  });

  it("are forgotten before where a message began", () => {
    const input = new SideInput(0);
    for (let i = 0; i < 1000; i++) {
      push(input, "abcd", from(i));
      input.skip(2);
      input.begin();
      expect(input.place(input.offset, input.offset + 1).packets).toEqual([
        Math.floor(input.offset / 4),
      ]);
    }
    input.skip(1e9);
    input.begin();
    settle(input);
    expect(input.held).toBeLessThan(8192);
  });

  it("are bounded, and right at both ends, where packets are many and small", () => {
    const input = new SideInput(0, 1 << 20);
    const one = Uint8Array.of(1);
    for (let i = 0; i < 80_000; i++) input.push(one, 0, 1, from(i));
    const { packets, seconds } = input.place(0, 80_000);
    expect(packets.length).toBe(65_536);
    expect([packets[0], packets.at(-1), seconds]).toEqual([0, 79_999, 799_990]);
    expect(input.held).toBeLessThan(4 << 20);
  });
});

describe("memory", () => {
  it("is that of what was not read", () => {
    const input = new SideInput(0, 1 << 20);
    for (let i = 0; i < 2000; i++) {
      push(input, "x".repeat(500), from(i));
      input.skip(input.available - (i % 300));
      input.begin();
      settle(input);
      expect(input.held).toBeLessThan(16_384);
    }
  });

  it("is given back when all was read or forgotten", () => {
    const input = new SideInput(0);
    for (let i = 0; i < 10; i++) push(input, "x".repeat(50_000));
    settle(input);
    expect(input.held).toBeGreaterThan(500_000);
    input.skip(500_000);
    input.begin();
    settle(input);
    expect(input.held).toBeLessThan(1024);
    push(input, "abc");
    input.pushGap(5);
    push(input, "def");
    input.pushGap(6);
    input.drop();
    expect([input.held, input.offset, input.unread, input.gap]).toEqual([0, 500_017, 0, 0]);
  });

  it("is not moved again and again by a reader that takes little from much", () => {
    const input = new SideInput(0, 1 << 20);
    push(input, "x".repeat(60_000));
    settle(input);
    let moved = 0;
    const { copyWithin, set } = Uint8Array.prototype;
    Uint8Array.prototype.copyWithin = function (
      this: Uint8Array,
      to: number,
      a: number,
      b?: number,
    ) {
      moved += (b ?? this.length) - a;
      return copyWithin.call(this, to, a, b);
    } as typeof copyWithin;
    Uint8Array.prototype.set = function (this: Uint8Array, given: ArrayLike<number>, at?: number) {
      moved += given.length;
      set.call(this, given, at);
    } as typeof set;
    try {
      for (let i = 0; i < 60_000; i++) {
        input.skip(1);
        input.push(Uint8Array.of(1), 0, 1, noOrigin);
        input.begin();
      }
    } finally {
      Uint8Array.prototype.copyWithin = copyWithin;
      Uint8Array.prototype.set = set;
    }
    expect(moved).toBeLessThan(60_000 * 12);
  });
});
