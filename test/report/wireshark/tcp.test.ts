import { describe, expect, it } from "vitest";
import { tcp } from "../../../src/protocols/transport/tcp.ts";
import { cellsOf } from "./cells.ts";

/** Ports 1000 and 2000, sequence number 1. */
const segment = (ack: string, offsetAndFlags: string, urgent = "0000"): string =>
  `03e8 07d0 00000001 ${ack} ${offsetAndFlags} ffff 0000 ${urgent}`;

describe("Wireshark's fields of TCP", () => {
  it("says what begins and ends a connection", () => {
    const names = ["syn", "synack", "fin", "fin_active", "rst"].map((n) => `tcp.connection.${n}`);
    expect(cellsOf(segment("00000000", "5002"), tcp, ...names)).toEqual({
      "tcp.connection.syn": "1",
    });
    expect(cellsOf(segment("00000001", "5012"), tcp, ...names)).toEqual({
      "tcp.connection.synack": "1",
    });
    expect(cellsOf(segment("00000001", "5011"), tcp, ...names)).toEqual({
      "tcp.connection.fin": "1",
      "tcp.connection.fin_active": "1",
    });
    expect(cellsOf(segment("00000001", "5014"), tcp, ...names)).toEqual({
      "tcp.connection.rst": "1",
    });
  });

  it("remarks numbers that no flag announces, and the text of a reset", () => {
    const names = ["tcp.ack.nonzero", "tcp.urgent_pointer.non_zero", "tcp.reset_cause"];
    expect(cellsOf(segment("00000007", "5004", "0001"), tcp, ...names)).toEqual({
      "tcp.ack.nonzero": "1",
      "tcp.urgent_pointer.non_zero": "1",
    });
    expect(cellsOf(`${segment("00000007", "5014")} 676f 0078`, tcp, ...names)).toEqual({
      "tcp.reset_cause": "go",
    });
  });
});
