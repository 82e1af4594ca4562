import { describe, expect, it } from "vitest";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { cellsOf } from "./cells.ts";

const addresses = "020000000001 020000000002";
const chain = "frame.protocols";

describe("Wireshark's fields of VLAN tags", () => {
  it("prints a length, zero too, in the place of a type", () => {
    const names = [chain, "vlan.etype", "vlan.len", "vlan.len.past_end"];
    expect(cellsOf(`${addresses} 8100 0001 0003 424203`, ethernet, ...names)).toEqual({
      [chain]: "eth:ethertype:vlan:llc",
      "vlan.len": "3",
    });
    expect(cellsOf(`${addresses} 8100 0001 0004 424203`, ethernet, ...names)).toMatchObject({
      "vlan.len.past_end": "1",
    });
    expect(cellsOf(`${addresses} 8100 0001 0000`, ethernet, ...names)).toMatchObject({
      "vlan.len": "0",
    });
    expect(cellsOf(`${addresses} 8100 0001 05de 00`, ethernet, ...names)).toEqual({
      [chain]: "eth:ethertype:vlan:ethertype:data",
      "vlan.etype": "0x05de",
    });
  });

  it("joins two service tags to one layer", () => {
    const names = [
      chain,
      "ieee8021ad.id",
      "ieee8021ad.svid",
      "ieee8021ad.cvid",
      "ieee8021ah.etype",
    ];
    expect(cellsOf(`${addresses} 88a8 0001 88b5 00`, ethernet, ...names)).toEqual({
      [chain]: "eth:ethertype:ieee8021ad:ethertype:data",
      "ieee8021ad.id": "1",
      "ieee8021ah.etype": "0x88b5",
    });
    expect(cellsOf(`${addresses} 88a8 0001 88a8 0002 88b5 00`, ethernet, ...names)).toEqual({
      [chain]: "eth:ethertype:ieee8021ad:ethertype:data",
      "ieee8021ad.svid": "1",
      "ieee8021ad.cvid": "2",
      "ieee8021ah.etype": "0x88b5",
    });
  });
});
