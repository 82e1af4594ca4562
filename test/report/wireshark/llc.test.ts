import { describe, expect, it } from "vitest";
import { llc } from "../../../src/protocols/link/llc.ts";
import { cellsOf } from "./cells.ts";

const control = (text: string): Record<string, string> =>
  cellsOf(
    text,
    llc,
    "llc.control.p",
    "llc.control.f",
    "llc.control.ftype",
    "llc.control.u_modifier_cmd",
    "llc.control.u_modifier_resp",
  );

describe("Wireshark's fields of LLC", () => {
  it("prints the modifier of unnumbered frames by command and response", () => {
    expect(control("f0f0 6f")).toEqual({
      "llc.control.ftype": "0x03",
      "llc.control.u_modifier_cmd": "0x1b",
    });
    expect(control("f0f1 73")).toEqual({
      "llc.control.f": "1",
      "llc.control.ftype": "0x03",
      "llc.control.u_modifier_resp": "0x18",
    });
  });

  it("prints poll and final bits where they are set, and the type of information frames", () => {
    expect(control("f0f0 0001")).toEqual({ "llc.control.p": "1", "llc.control.ftype": "0x0000" });
    expect(control("f0f1 0101")["llc.control.f"]).toBe("1");
    expect(control("f0f0 0000")).toEqual({ "llc.control.ftype": "0x0000" });
  });

  it("names a protocol identifier by its organisation", () => {
    const names = ["frame.protocols", "llc.pid", "llc.cisco_pid", "llc.nortel_pid"];
    expect(cellsOf("aaaa03 00000c 4321 00", llc, ...names)).toEqual({
      "frame.protocols": "llc:data",
      "llc.cisco_pid": "0x4321",
    });
    expect(cellsOf("aaaa03 000081 01a2", llc, ...names)["llc.nortel_pid"]).toBe("0x01a2");
    expect(cellsOf("aaaa03 123456 0001 00", llc, ...names)["llc.pid"]).toBe("0x0001");
  });
});
