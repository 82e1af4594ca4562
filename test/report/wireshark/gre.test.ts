import { describe, expect, it } from "vitest";
import { gre } from "../../../src/protocols/tunnel/gre.ts";
import { cellsOf } from "./cells.ts";

describe("Wireshark's fields of GRE", () => {
  it("says that a WCCP redirect header is there", () => {
    const name = "gre.wccp.redirect_header";
    expect(cellsOf("0000 883e 80590048 45", gre, name)).toEqual({ [name]: "1" });
    expect(cellsOf("0000 883e 45000014", gre, name)).toEqual({});
  });
});
