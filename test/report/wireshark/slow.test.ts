import { expect, it } from "vitest";
import { slow } from "../../../src/protocols/link/slow.ts";
import { cellsOf } from "./cells.ts";

it("spells the states of both ends of an aggregated link", () => {
  const end = (type: string, state: string): string =>
    `${type}14 8000 020000000001 0001 0080 0001 ${state} 000000`;
  expect(
    cellsOf(
      `01 01 ${end("01", "3d")} ${end("02", "ff")} 0000`,
      slow,
      "frame.protocols",
      "lacp.actor.state_str",
      "lacp.partner.state_str",
    ),
  ).toEqual({
    "frame.protocols": "slow:lacp",
    "lacp.actor.state_str": "**DCSG*A",
    "lacp.partner.state_str": "EFDCSGSA",
  });
});
