import { describe, expect, it } from "vitest";
import { linkTypes } from "../../src/protocols/link/ethernet.ts";
import { reports } from "../../src/report/reports.ts";
import { readAll } from "../files/samples.ts";
import { goldenCapture, goldenDissector } from "./golden-capture.ts";
import { fileOf, textOf, written } from "./write.ts";

const dissector = goldenDissector;
const options = {
  title: "golden-capture.ts",
  ...(linkTypes.names && { linkTypeNames: linkTypes.names }),
};

// After a change that is meant: `npx vitest run test/report/golden.test.ts -u`, and read what git says has changed.
describe("the report of a capture with everything", () => {
  it("has every kind of block, in sections of both byte orders", () => {
    const { blocks, rows, fault } = readAll(goldenCapture);
    expect(fault).toBeUndefined();
    expect(rows).toHaveLength(10);
    for (const little of [true, false])
      expect(new Set(blocks.filter((b) => b.littleEndian === little).map((b) => b.kind))).toEqual(
        new Set([
          ...["sectionHeader", "interfaceDescription", "nameResolution", "interfaceStatistics"],
          ...["decryptionSecrets", "journal", "custom", "unknown"],
        ]),
      );
  });

  it.each([...["tree", "json", "ndjson", "plist", "csv", "html"]])(
    "is as golden/report.%s.golden has it",
    async (name) => {
      const format = reports.get(name)!;
      const { pieces } = await written(format.create(options), goldenCapture, { dissector });
      await expect(textOf(pieces)).toMatchFileSnapshot(`golden/report.${name}.golden`);
    },
  );

  it("is the capture itself as pcapng", async () => {
    const { pieces } = await written(reports.get("pcapng")!.create(), goldenCapture);
    expect(fileOf(pieces).equals(goldenCapture)).toBe(true);
  });
});
