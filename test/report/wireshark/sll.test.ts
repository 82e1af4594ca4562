import { describe, expect, it } from "vitest";
import { sll, sll2 } from "../../../src/protocols/link/sll.ts";
import { cellsOf } from "./cells.ts";

const names = [
  "frame.protocols",
  "sll.etype",
  "sll.ltype",
  "sll.gretype",
  "sll.src.other",
  "sll.unused",
];

describe("Wireshark's fields of Linux cooked captures", () => {
  it("prints Linux's own protocol numbers apart from EtherTypes", () => {
    expect(cellsOf("0000 0001 0000 0000000000000000 88b5 00", sll, ...names)).toEqual({
      "frame.protocols": "sll:ethertype:data",
      "sll.etype": "0x88b5",
      "sll.unused": "0000000000000000",
    });
    expect(cellsOf("0001 0118 0000 0000000000000000 0007 00", sll, ...names)).toEqual({
      "frame.protocols": "sll:data",
      "sll.ltype": "0x0007",
      "sll.unused": "0000000000000000",
    });
  });

  it("prints the protocol of GRE under its own name, and none of netlink", () => {
    const gre = cellsOf("0000 030a 0000 0000000000000000 88b5 00", sll, ...names);
    expect(gre).toMatchObject({ "frame.protocols": "sll:data", "sll.gretype": "0x88b5" });
    expect(gre["sll.etype"]).toBeUndefined();
    const netlink = cellsOf("0000 0338 0000 0000000000000000 0000 00", sll, ...names);
    expect(Object.keys(netlink)).toEqual(["frame.protocols", "sll.unused"]);
  });

  it("cuts an address of another kind to its length", () => {
    expect(cellsOf("0000 0001 0003 0102030405060708 88b5", sll, ...names)).toMatchObject({
      "sll.src.other": "010203",
      "sll.unused": "0405060708",
    });
    expect(cellsOf("88b5 0000 00000001 0001 00 0a 0102030405060708", sll2, ...names)).toEqual({
      "frame.protocols": "sll:ethertype",
      "sll.etype": "0x88b5",
      "sll.src.other": "0102030405060708",
    });
  });
});
