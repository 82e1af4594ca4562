import { describe, expect, it } from "vitest";
import { vxlan, vxlanGpe } from "../../../src/protocols/tunnel/vxlan.ts";
import { cellsOf } from "./cells.ts";

describe("Wireshark's fields of VXLAN", () => {
  it("shows reserved bits as a number, with the extension as a truth", () => {
    const name = "vxlan.flags_reserved";
    expect(cellsOf("0801 0000 000001 00", vxlan, name)).toEqual({ [name]: "0x0001" });
    expect(cellsOf("0c00 0003 000001 00", vxlanGpe, name)).toEqual({ [name]: "0" });
  });
});
