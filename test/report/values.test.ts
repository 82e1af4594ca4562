import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import { valuesOf } from "../../src/packet/values.ts";
import { frameText } from "../../src/report/json/frame.ts";
import { stackFromJson, valuesFromJson } from "../../src/report/json/values.ts";
import { rebuilt } from "../support/packets.ts";
import { appBytes, netBytes } from "./frames.ts";
import { dissect, net, protocols } from "./samples.ts";

const again = (bytes: Uint8Array): Uint8Array =>
  build(...stackFromJson(JSON.parse(`{${frameText(dissect(bytes), null)}}`), protocols)).bytes({
    update: false,
  });

describe("a JSON frame read back", () => {
  it("builds the same bytes", () => {
    expect(again(netBytes)).toEqual(netBytes);
    expect(again(appBytes)).toEqual(appBytes);
  });

  it("gives the values that the packet has, for any bytes", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(netBytes, appBytes),
        fc.array(fc.tuple(fc.nat(100), fc.nat(255)), { maxLength: 4 }),
        fc.integer({ min: 14, max: 110 }),
        (start, changes, length) => {
          const bytes = start.slice(0, length);
          for (const [at, value] of changes) if (at >= 14 && at < bytes.length) bytes[at] = value;
          const packet = dissect(bytes);
          const stack = stackFromJson(JSON.parse(`{${frameText(packet, null)}}`), protocols);
          packet.layers.forEach((layer, i) => {
            expect((stack[i] as { values: unknown }).values).toEqual(valuesOf(layer));
          });
          let wanted: Uint8Array | Error;
          try {
            wanted = rebuilt(packet);
          } catch (error) {
            wanted = error as Error;
          }
          if (!(wanted instanceof Error))
            expect(build(...stack).bytes({ update: false })).toEqual(wanted);
        },
      ),
      { numRuns: 200, seed: 3 },
    );
  });

  it("may be written by hand: names for numbers, flags by name, parts left out", () => {
    const values = valuesFromJson(net.schema, {
      port: "web",
      mode: 3,
      flags: { last: true },
      id: 5,
      options: [{ is: "size", size: 9 }, "01"],
    });
    expect(values).toEqual({
      port: 80,
      mode: 3,
      flags: { last: true },
      id: 5n,
      options: [{ is: "size", size: 9 }, Uint8Array.of(1)],
    });
  });

  it("names the field whose value has another form", () => {
    const wrong = (json: object) => () => valuesFromJson(net.schema, json);
    expect(wrong({ port: "gopher" })).toThrow(/net\.port: no value is called "gopher"/);
    expect(wrong({ key: "xy" })).toThrow(/net\.key: not a hexadecimal digit/);
    expect(wrong({ id: 1.5 })).toThrow(/net\.id/);
    expect(wrong({ flags: [] })).toThrow(/net\.flags: an object is wanted/);
    expect(() => build(...stackFromJson({ net: { nmae: 1 } }, protocols))).toThrow(
      /no field 'nmae'/,
    );
  });
});
