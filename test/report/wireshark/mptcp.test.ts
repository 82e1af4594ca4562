import { describe, expect, it } from "vitest";
import { tcp } from "../../../src/protocols/transport/tcp.ts";
import { cellsOf } from "./cells.ts";

describe("Wireshark's fields of Multipath TCP", () => {
  it("names it in the chain once for each option, and shows flags with the subtype", () => {
    const names = ["frame.protocols", "tcp.options.mptcp.flags"];
    const text = "03e8 07d0 00000001 00000001 7010 ffff 0000 0000 1e04 8001 1e04 8100";
    expect(cellsOf(text, tcp, ...names)).toEqual({
      "frame.protocols": "tcp:mptcp:mptcp",
      "tcp.options.mptcp.flags": "0x80,0x81",
    });
  });
});
