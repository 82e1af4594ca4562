import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConversationTable } from "../../src/flow/conversations.ts";
import { build } from "../../src/packet/build.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import type { Layer } from "../../src/schema/layer.ts";

/** The layer of a datagram between 10.0.0.1 port 53 and another end. */
const to = (dst: string, dstPort: number): Layer =>
  build(ethernet(), ipv4({ src: "10.0.0.1", dst }), udp({ srcPort: 53, dstPort })).require(udp)
    .layer;
const from = (src: string, srcPort: number): Layer =>
  build(ethernet(), ipv4({ src, dst: "10.0.0.1" }), udp({ srcPort, dstPort: 53 })).require(udp)
    .layer;

const indices = (table: ConversationTable<unknown>, ...layers: readonly Layer[]): number[] =>
  layers.map((layer) => table.find(layer).index);

describe("a table of conversations", () => {
  it("takes both directions for one conversation, and tells them apart", () => {
    const table = new ConversationTable(() => null);
    const [there, back] = [to("10.0.0.2", 1024), from("10.0.0.2", 1024)];
    expect(indices(table, there, back, to("10.0.0.2", 1025), back)).toEqual([0, 0, 1, 0]);
    expect(table.isForward(there)).toBe(true);
    expect(table.isForward(back)).toBe(false);
  });

  it("tells protocols with the same addresses and ports apart", () => {
    const table = new ConversationTable(() => null);
    const ends = { srcPort: 1, dstPort: 2 };
    const layers = [
      build(ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }), udp(ends)).require(udp).layer,
      build(ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }), tcp(ends)).require(tcp).layer,
      build(ipv6({ src: "2001:db8::1", dst: "2001:db8::2" }), tcp(ends)).require(tcp).layer,
    ];
    expect(indices(table, ...layers, ...layers)).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it("keeps what its owner keeps for each", () => {
    const table = new ConversationTable(() => ({ packets: 0 }));
    table.find(to("10.0.0.2", 1)).state.packets++;
    table.find(from("10.0.0.2", 1)).state.packets++;
    expect(table.find(to("10.0.0.2", 1)).state).toEqual({ packets: 2 });
    expect(table.find(to("10.0.0.2", 2)).state).toEqual({ packets: 0 });
  });

  it("finds the newest where ends are used again", () => {
    const table = new ConversationTable(() => null);
    const one = to("10.0.0.2", 1024);
    expect([table.find(one).index, table.renew(one).index, table.find(one).index]).toEqual([
      0, 1, 1,
    ]);
  });

  it("drops the one that was quiet for longest, not the one that began first", () => {
    const table = new ConversationTable(() => null, { limit: 3 });
    const [a, b, c, d] = [1, 2, 3, 4].map((port) => to("10.0.0.2", port)) as [
      Layer,
      Layer,
      Layer,
      Layer,
    ];
    expect(indices(table, a, b, c)).toEqual([0, 1, 2]);
    // The first one speaks again, so that the second is the quiet one when a fourth comes.
    expect(indices(table, a, d, a, c, d)).toEqual([0, 3, 0, 2, 3]);
    expect([table.count, table.evicted]).toEqual([4, 1]);
    expect(table.find(b).index).toBe(4);
    expect(table.evicted).toBe(2);
  });

  it("keeps the one just made even where ends are used again at the limit", () => {
    const table = new ConversationTable(() => null, { limit: 1 });
    const one = to("10.0.0.2", 1024);
    expect([table.find(one).index, table.renew(one).index, table.find(one).index]).toEqual([
      0, 1, 1,
    ]);
    // It takes the place of the one before: nothing else has to go.
    expect([table.size, table.evicted]).toEqual([1, 0]);
  });

  it("behaves as a list in the order of use does, whatever the order and the limit", () => {
    const layers = Array.from({ length: 8 }, (_, i) => [to("10.0.0.2", i), from("10.0.0.2", i)]);
    const step = fc.record({
      who: fc.nat(7),
      way: fc.nat(1),
      again: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.array(step, { maxLength: 60 }),
        (limit, steps) => {
          const table = new ConversationTable(() => null, { limit });
          let kept: { who: number; index: number }[] = [];
          let [count, dropped] = [0, 0];
          for (const { who, way, again } of steps) {
            const layer = layers[who]![way]!;
            const known = again ? undefined : kept.find((k) => k.who === who);
            const one = known ?? { who, index: count++ };
            kept = [...kept.filter((k) => k.who !== who), one];
            dropped += Math.max(0, kept.length - limit);
            kept = kept.slice(-limit);
            expect((again ? table.renew(layer) : table.find(layer)).index).toBe(one.index);
            expect(table.forward).toBe(table.isForward(layer));
          }
          expect([table.count, table.size, table.evicted]).toEqual([count, kept.length, dropped]);
        },
      ),
      { numRuns: 200, seed: 1 },
    );
  });
});
