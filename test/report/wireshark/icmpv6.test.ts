import { expect, it } from "vitest";
import { icmpv6 } from "../../../src/protocols/network/icmpv6.ts";
import { cellsOf } from "./cells.ts";

it("marks each option", () => {
  const option = "0101 020000000001";
  expect(cellsOf(`85000000 00000000 ${option} ${option}`, icmpv6, "icmpv6.opt")).toEqual({
    "icmpv6.opt": "1,1",
  });
});
