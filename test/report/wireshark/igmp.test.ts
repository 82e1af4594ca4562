import { expect, it } from "vitest";
import { igmp } from "../../../src/protocols/network/igmp.ts";
import { cellsOf } from "./cells.ts";

it("knows versions by type and length", () => {
  const names = ["igmp.version", "igmp.reserved", "igmp.max_resp"];
  expect(cellsOf("11000000 00000000", igmp, ...names)).toEqual({
    "igmp.version": "1",
    "igmp.reserved": "00",
  });
  expect(cellsOf("11900000 00000000 00000000", igmp, ...names)).toEqual({
    "igmp.version": "3",
    "igmp.max_resp": "256",
  });
});
