import { describe, expect, it } from "vitest";
import { geneve } from "../../../src/protocols/tunnel/geneve.ts";
import { cellsOf } from "./cells.ts";

describe("Wireshark's fields of GENEVE", () => {
  it("shows the length of all options and of each, and their bytes", () => {
    const names = ["geneve.options", "geneve.option", "geneve.option.length"];
    expect(cellsOf("0200 6558 000001 00 0000 0001 0000000a", geneve, ...names)).toEqual({
      "geneve.options": "000000010000000a",
      "geneve.option": "000000010000000a",
      "geneve.option.length": "8,8",
    });
  });
});
