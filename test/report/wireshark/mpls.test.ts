import { describe, expect, it } from "vitest";
import { mpls } from "../../../src/protocols/tunnel/mpls.ts";
import { cellsOf } from "./cells.ts";

describe("Wireshark's chain of MPLS", () => {
  it("joins a stack of labels to one layer", () => {
    const name = "frame.protocols";
    expect(cellsOf("00064040 00065140 f0", mpls, name)).toEqual({ [name]: "mpls:data" });
  });
});
