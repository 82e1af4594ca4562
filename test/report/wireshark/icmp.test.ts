import { expect, it } from "vitest";
import { icmp } from "../../../src/protocols/network/icmp.ts";
import { cellsOf } from "./cells.ts";

it("swaps the bytes of identifiers, and shows unused bytes as one", () => {
  expect(cellsOf("08000000 0001 0002", icmp, "icmp.ident_le", "icmp.seq_le")).toEqual({
    "icmp.ident_le": "256",
    "icmp.seq_le": "512",
  });
  expect(cellsOf("0b000000 00000000", icmp, "icmp.unused", "icmp.length")).toEqual({
    "icmp.unused": "00000000",
  });
});
