import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createDissector } from "../../src/packet/dissector.ts";
import { valuesOf } from "../../src/packet/values.ts";
import { all } from "../../src/protocols/all.ts";
import type { Layer } from "../../src/schema/layer.ts";

setFlagsFromString("--allow-natives-syntax");
/** Whether V8 keeps a number as a small integer, which is no property of its value. */
const isSmall = runInThisContext("(n) => %IsSmi(n)") as (n: number) => boolean;

/** Bytes that follow from the seed alone; half of the packets have small bytes only, so that lengths are plausible. */
function* packets(count: number): Generator<Uint8Array> {
  let state = 0x1234567;
  for (let i = 0; i < count; i++)
    yield Uint8Array.from({ length: 200 }, () => {
      state = (Math.imul(state, 1103515245) + 12345) | 0;
      return i % 2 === 0 ? state >>> 16 : (state >>> 16) & 15;
    });
}

describe("the dissecting loop", () => {
  it("keeps the numbers of all layers small integers, whatever protocols were read before", () => {
    const dissector = createDissector(all);
    const doubles = new Set<string>();
    const check = (layer: Layer): void => {
      for (const name of ["start", "end", "headerEnd"] as const)
        if (!isSmall(layer[name])) doubles.add(`${layer.schema.name}: ${name}`);
    };
    let seen = 0;
    for (const bytes of packets(40))
      for (const protocol of all) {
        const packet = dissector.dissect(bytes, protocol);
        for (const layer of packet.layers) {
          valuesOf(layer);
          check(layer);
          seen++;
        }
      }
    expect(seen).toBeGreaterThan(all.length * 40);
    expect([...doubles]).toEqual([]);
  });
});
