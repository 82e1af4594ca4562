import { describe, expect, it } from "vitest";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { pap } from "../../../src/protocols/link/ppp/authentication.ts";
import { pppoeDiscovery } from "../../../src/protocols/link/pppoe-discovery.ts";
import { cellsOf } from "./cells.ts";

const addresses = "020000000001 020000000002";

describe("Wireshark's fields of PPP over Ethernet", () => {
  it("compares the length with that of a frame that needs no padding", () => {
    const names = ["frame.protocols", "pppoe.payload_length.bad"];
    const frame = (length: string, rest: number): string =>
      `${addresses} 8864 11000001 ${length} c0ff ${"00".repeat(rest)}`;
    expect(cellsOf(frame("0030", 45), ethernet, ...names)["pppoe.payload_length.bad"]).toBe("1");
    expect(cellsOf(frame("002f", 45), ethernet, ...names)).toEqual({
      "frame.protocols": "eth:ethertype:pppoes:ppp:data",
    });
    expect(cellsOf(frame("0002", 38), ethernet, ...names)).toEqual({
      "frame.protocols": "eth:ethertype:pppoes:ppp",
    });
  });

  it("heads the tags of discovery and shows what it does not know", () => {
    const names = [
      "frame.protocols",
      "pppoed.tags",
      "pppoed.tag",
      "pppoed.tag_length",
      "pppoed.tag.unknown_data",
      "pppoed.tags.vendorspecific.tags",
      "pppoed.tags.access_loop_encap",
    ];
    expect(
      cellsOf(`${addresses} 8863 11090000 0009 01010000 77770001aa 00`, ethernet, ...names),
    ).toEqual({
      "frame.protocols": "eth:ethertype:pppoed",
      "pppoed.tags": "1",
      "pppoed.tag": "0x7777",
      "pppoed.tag_length": "1",
      "pppoed.tag.unknown_data": "aa",
    });
    expect(
      cellsOf("11090000 000d 01050009 00000de9 9003 000000", pppoeDiscovery, ...names),
    ).toMatchObject({
      "pppoed.tags.vendorspecific.tags": "1",
      "pppoed.tags.access_loop_encap": "1",
    });
  });

  it("heads the data of authentication", () => {
    expect(cellsOf("03010004", pap, "pap.data")).toEqual({ "pap.data": "1" });
  });
});
