import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonReport } from "../../src/report/json/document.ts";
import { NdjsonReport } from "../../src/report/json/ndjson.ts";
import { jsonSchema } from "../../src/report/json/schema.ts";
import { checkSchema } from "./check-schema.ts";
import { appBytes, captured, netBytes, pcapHeader } from "./frames.ts";
import { protocols } from "./samples.ts";

const schema = jsonSchema(protocols);

describe("the JSON Schema of the reports", () => {
  it("has a definition for every protocol", () => {
    const defs = schema["$defs"] as Record<string, unknown>;
    for (const { schema: one } of protocols) expect(defs).toHaveProperty([one.name]);
    expect(defs).toHaveProperty(["net.option.size"]);
  });

  it("holds for lines and documents, of damaged frames too", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(netBytes, appBytes),
        fc.array(fc.tuple(fc.nat(100), fc.nat(255)), { maxLength: 4 }),
        fc.nat(110),
        (start, changes, length) => {
          const bytes = start.slice(0, length);
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          const line = new NdjsonReport().packet(captured(bytes));
          expect(checkSchema(schema, JSON.parse(line))).toEqual([]);
        },
      ),
      { numRuns: 150, seed: 11 },
    );
    const report = new JsonReport();
    const text =
      report.start() + report.block!(pcapHeader) + report.packet(captured(netBytes)) + report.end();
    expect(checkSchema(schema, JSON.parse(text))).toEqual([]);
  });

  it("does not hold where a field is unknown, missing or of another type", () => {
    const line = new NdjsonReport().packet(captured(netBytes));
    const { link } = JSON.parse(line);
    const changed = (change: object): readonly string[] =>
      checkSchema(schema, { ...JSON.parse(line), link: { ...link, ...change } });
    const { src: _src, ...others } = link;
    expect(changed({})).toEqual([]);
    expect(changed({ dst: 5 })).not.toEqual([]);
    expect(checkSchema(schema, { ...JSON.parse(line), link: others })).not.toEqual([]);
    expect(changed({ extra: 5 })).not.toEqual([]);
    expect(changed({ net: { ...link.net, version: 16 } })).not.toEqual([]);
    expect(changed({ net: { ...link.net, options: [{ is: "other" }] } })).not.toEqual([]);
  });
});
