import { expect, it } from "vitest";
import { rawIp } from "../../../src/protocols/link/raw-ip.ts";
import { cellsOf } from "./cells.ts";

it("has raw IP in the chain of names under Wireshark's name", () => {
  const ip = "45000014 00010000 40fd0000 0a000001 0a000002";
  expect(cellsOf(ip, rawIp, "frame.protocols", "ip.proto")).toEqual({
    "frame.protocols": "raw:ip",
    "ip.proto": "253",
  });
});
