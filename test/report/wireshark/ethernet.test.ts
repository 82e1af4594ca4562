import { describe, expect, it } from "vitest";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { cellsOf } from "./cells.ts";

const addresses = "020000000001 020000000002";
const cells = (text: string): Record<string, string> =>
  cellsOf(
    text,
    ethernet,
    "frame.protocols",
    "eth.dst",
    "eth.type",
    "eth.len",
    "eth.len.past_end",
    "eth.invalid_lentype",
    "eth.src_not_group",
    "eth.padding",
    "eth.padding_bad",
    "eth.trailer",
    "eth.fcs",
  );
const dst = { "eth.dst": "02:00:00:00:00:01" };

describe("Wireshark's fields of Ethernet", () => {
  it("prints a number up to 1500 as a length, and says where it is too great", () => {
    expect(cells(`${addresses} 0003 424203`)).toEqual({
      ...dst,
      "frame.protocols": "eth:llc",
      "eth.len": "3",
    });
    expect(cells(`${addresses} 0009 424203`)).toMatchObject({
      "eth.len": "9",
      "eth.len.past_end": "1",
    });
  });

  it("knows numbers that are neither, and zero as a type", () => {
    expect(cells(`${addresses} 05de 00`)).toEqual({
      ...dst,
      "frame.protocols": "eth:data",
      "eth.invalid_lentype": "0x05de",
    });
    expect(cells(`${addresses} 0000 00`)).toEqual({
      ...dst,
      "frame.protocols": "eth:ethertype:data",
      "eth.type": "0x0000",
    });
  });

  it("marks a group as the source", () => {
    expect(cells(`020000000001 030000000002 88b5 00`)["eth.src_not_group"]).toBe("1");
  });

  it("tells padding of zeros from other octets", () => {
    const head = `${addresses} 0003 424203`;
    expect(cells(head + "00".repeat(43))).toMatchObject({ "eth.padding": "00".repeat(43) });
    const odd = cells(`${head}01${"00".repeat(42)}`);
    expect(odd["eth.padding_bad"]).toBe("1");
    expect(odd["eth.trailer"]).toBe(`01${"00".repeat(42)}`);
    expect(odd["eth.padding"]).toBeUndefined();
  });

  it("has nothing of a header that is cut short", () => {
    expect(cells("020000000001 0200")).toEqual({ "frame.protocols": "eth" });
  });

  it("leaves all that PPPoE does not use to PPPoE", () => {
    const found = cells(`${addresses} 8864 11000001 0004 0021 4500 ${"00".repeat(48)}`);
    expect(found["eth.padding"]).toBeUndefined();
    expect(found["eth.trailer"]).toBeUndefined();
    expect(found["eth.fcs"]).toBeUndefined();
  });
});
