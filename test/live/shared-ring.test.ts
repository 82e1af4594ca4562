import { expect, it } from "vitest";
import { RingReader, RingWriter, sharedMemory } from "../../src/live/shared-ring.ts";

interface Taken {
  readonly bytes: string;
  readonly rest: readonly number[];
}

/** A sink that keeps copies of what it is given. */
class Keeper {
  readonly taken: Taken[] = [];
  packet(bytes: Uint8Array, start: number, end: number, ...rest: number[]): void {
    this.taken.push({ bytes: Buffer.from(bytes.subarray(start, end)).toString("hex"), rest });
  }
}

/** Small numbers that look like chance, the same every time. */
function* numbers(): Generator<number, never> {
  for (let n = 1; ; ) {
    n = (n * 48271) % 2147483647;
    yield n;
  }
}

it("gives packets of every place and length as they were put in, many times round", () => {
  const random = numbers();
  const below = (limit: number): number => random.next().value % limit;
  const memory = sharedMemory(1 << 16);
  const [writer, reader, keeper] = [new RingWriter(memory), new RingReader(memory), new Keeper()];
  // A source whose memory begins at a word, one whose does not, and one whose last word is not whole.
  const whole = Uint8Array.from({ length: 4099 }, () => below(256));
  const sources = [whole.subarray(0, 4096), whole.subarray(1, 4095), whole];
  const given: Taken[] = [];
  for (let i = 0; i < 3000; i++) {
    const source = sources[below(3)]!;
    const start = below(source.length);
    const end = Math.min(source.length, start + below(below(2) === 0 ? 70 : 2000));
    expect(writer.hasRoom(2000, 1)).toBe(true);
    const rest = [end - start + below(9), 1_790_000_000 + i, below(1_000_000_000), below(5)];
    writer.packet(source, start, end, rest[0]!, rest[1]!, rest[2]!, rest[3]!);
    given.push({ bytes: Buffer.from(source.subarray(start, end)).toString("hex"), rest });
    writer.publish();
    if (i % 7 === 6) while (reader.read(keeper, 3) > 0);
  }
  while (reader.read(keeper, 1000) > 0);
  expect(keeper.taken).toEqual(given);
  expect(reader.isEmpty).toBe(true);
});

it("says that there is no room before it would write over what was not read", () => {
  const memory = sharedMemory(1 << 12);
  const [writer, reader, keeper] = [new RingWriter(memory), new RingReader(memory), new Keeper()];
  const bytes = new Uint8Array(64).fill(7);
  let put = 0;
  for (; writer.hasRoom(64, 1); put++) writer.packet(bytes, 2, 62, 60, 0, put, 0);
  expect(put).toBeGreaterThan(20);
  writer.publish();
  expect(reader.read(keeper, 1000)).toBe(put);
  expect(keeper.taken.map(({ rest }) => rest[2])).toEqual(Array.from({ length: put }, (_, i) => i));
  // What was handed out is given back by the next read, and not before.
  expect(writer.hasRoom(64, 1)).toBe(false);
  expect(reader.read(keeper, 1)).toBe(0);
  expect(writer.hasRoom(64, 1)).toBe(true);
});
