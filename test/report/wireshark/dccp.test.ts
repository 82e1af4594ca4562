import { describe, expect, it } from "vitest";
import { dccp } from "../../../src/protocols/transport/dccp.ts";
import { cellsOf } from "./cells.ts";

describe("Wireshark's fields of DCCP", () => {
  it("shows padding and that there are options", () => {
    const names = ["dccp.options", "dccp.padding", "dccp.stream", "dccp.seq"];
    const text = "03e8 07d0 06 00 0000 01 00 000000000064 00000000 0000 0200";
    expect(cellsOf(text, dccp, ...names)).toEqual({
      "dccp.options": "1",
      "dccp.padding": "00,00,00",
      "dccp.stream": "0",
    });
  });
});
