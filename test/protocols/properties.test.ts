import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assemble } from "../../src/packet/assemble.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { type Leaf, leavesOf, mayCarry } from "../../src/packet/random-leaf.ts";
import { valuesOf } from "../../src/packet/values.ts";
import { all } from "../../src/protocols/all.ts";
import { viewOf } from "../../src/schema/layer.ts";
import type { AnyProtocol } from "../../src/schema/protocol.ts";
import {
  compresses,
  fieldArbitrary,
  isPlain,
  pads,
  type Values,
  valuesFor,
} from "../support/arbitrary.ts";
import { changedBits, missing, rangeOf, readEverything, tilingFaults } from "../support/inspect.ts";
import { hex, rebuilt } from "../support/packets.ts";

/** `WIRECRAFT_SLOW=1 vitest run test/protocols/properties.test.ts` looks longer, and elsewhere every time. */
const slow = process.env["WIRECRAFT_SLOW"] === "1";
const settings = (runs: number): fc.Parameters<unknown> =>
  slow ? { numRuns: runs * 20 } : { numRuns: runs, seed: 20_261_121 };

const dissector = createDissector(all);
const alone = createDissector([]);

interface Target {
  readonly name: string;
  readonly protocol: AnyProtocol;
  readonly leaf: Leaf;
}
const targets: Target[] = all.flatMap((protocol) =>
  leavesOf(protocol.schema).map((leaf) => ({
    name: [protocol.schema.name, ...leaf.path].join("."),
    protocol,
    leaf,
  })),
);

interface Made {
  readonly values: Values;
  readonly payload: Uint8Array;
  readonly bytes: Uint8Array;
}

/** The bytes that values make; null where together they are too much for a length field. */
function make({ leaf }: Target, values: Values, payload: Uint8Array): Made | null {
  const carried = mayCarry(leaf.schema) ? payload : new Uint8Array();
  try {
    const { bytes } = assemble([{ schema: leaf.schema, values }, { bytes: carried }]);
    return { values, payload: carried, bytes };
  } catch (error) {
    if (error instanceof RangeError && /is not in 0\.\./.test(error.message)) return null;
    throw error;
  }
}

const given = (target: Target): fc.Arbitrary<Made> =>
  fc
    .tuple(valuesFor(target.leaf), fc.uint8Array({ maxLength: 9 }))
    .map(([values, payload]) => make(target, values, payload))
    .filter((made) => made !== null);

const firstValues = (packet: Packet): Values | null =>
  packet.first === null ? null : valuesOf(packet.first);

describe.each(targets)("$name", (target) => {
  const { protocol, leaf } = target;
  const plain = isPlain(leaf.schema);
  const padded = pads(leaf.schema);

  it("comes back from its bytes as it was built", () => {
    let good = 0;
    let all = 0;
    fc.assert(
      fc.property(given(target), ({ values, bytes }) => {
        const packet = alone.dissect(bytes, protocol);
        const found = firstValues(packet);
        const lost = missing(values, found, protocol.schema.name, padded);
        all++;
        if (lost.length === 0) good++;
        // What functions decide may make other sense of random values; then only what follows holds.
        if (plain) expect(lost).toEqual([]);
      }),
      settings(plain ? 25 : 60),
    );
    expect(good / all).toBeGreaterThan(0);
  });

  it("is built from what its bytes say to the same bytes", () => {
    fc.assert(
      fc.property(given(target), ({ bytes }) => {
        const packet = alone.dissect(bytes, protocol);
        // Bytes behind a layer that says how long it is are nobody's.
        expect(hex(rebuilt(packet))).toBe(hex(bytes.subarray(0, packet.first?.end ?? 0)));
      }),
      settings(25),
    );
  });

  it("cut at any length gives the same layers as far as they go, and faults inside", () => {
    fc.assert(
      fc.property(given(target), ({ bytes }) => {
        const whole = dissector.dissect(bytes, protocol).layers.map((l) => l.schema.root.name);
        for (let cut = 0; cut < bytes.length; cut++) {
          const packet = dissector.dissect(bytes.slice(0, cut), protocol);
          readEverything(packet);
          const layers = packet.layers.map((l) => l.schema.root.name);
          expect(whole.slice(0, layers.length)).toEqual(layers);
          for (const l of packet.layers) {
            expect(l.headerEnd).toBeLessThanOrEqual(cut);
            expect(l.end).toBeLessThanOrEqual(cut);
          }
          const { error } = packet;
          if (error === null) continue;
          expect(error.offset).toBeGreaterThanOrEqual(0);
          expect(error.available).toBeGreaterThanOrEqual(0);
          expect(error.offset + error.available).toBeLessThanOrEqual(cut);
        }
      }),
      settings(3),
    );
  });

  it("with flipped bits can be read, and re-emits as it is", () => {
    const flips = fc.array(fc.nat(1 << 16), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(given(target), flips, ({ bytes }, at) => {
        if (bytes.length === 0) return;
        const broken = bytes.slice();
        for (const n of at) broken[(n >> 3) % broken.length]! ^= 1 << (n & 7);
        const started = performance.now();
        const packet = dissector.dissect(broken.slice(), protocol);
        readEverything(packet);
        expect(performance.now() - started).toBeLessThan(1000);
        expect(hex(packet.bytes())).toBe(hex(broken));
        // Names that a bit made equal would be written shorter.
        if (packet.layers.some((l) => compresses(l.schema))) return;
        expect(hex(rebuilt(packet))).toBe(hex(broken.subarray(0, packet.first?.end ?? 0)));
      }),
      settings(15),
    );
  });

  it("has parts that lie side by side", () => {
    fc.assert(
      fc.property(given(target), ({ bytes }) => {
        const packet = alone.dissect(bytes, protocol);
        for (const layer of packet.layers) expect(tilingFaults(layer)).toEqual([]);
      }),
      settings(15),
    );
  });

  it("has fields that are set without touching others", () => {
    const fixed = leaf.schema.placed.filter((p) => !p.variable);
    if (fixed.length === 0) return;
    const edit = fc
      .nat(fixed.length - 1)
      .chain((i) => fc.tuple(fc.constant(fixed[i]!), fieldArbitrary(fixed[i]!.item.field!)));
    fc.assert(
      fc.property(given(target), edit, ({ bytes }, [placed, value]) => {
        const packet = alone.dissect(bytes.slice(), protocol);
        const { first } = packet;
        if (first === null || first.schema !== leaf.schema) return;
        const range = rangeOf(first, placed);
        if (range === null) return;
        const sums = packet.layers.flatMap((l) =>
          l.schema.placed
            .filter((p) => p.item.options.checksum)
            .flatMap((p) => rangeOf(l, p) ?? []),
        );
        (viewOf(first) as Values)[placed.name] = value;
        const touched = changedBits(bytes, packet.bytes({ update: false }));
        expect(touched.filter((bit) => bit < range.start || bit >= range.end)).toEqual([]);
        const after = changedBits(bytes, packet.bytes());
        expect(
          after.filter((bit) => ![range, ...sums].some((r) => bit >= r.start && bit < r.end)),
        ).toEqual([]);
      }),
      settings(15),
    );
  });
});
