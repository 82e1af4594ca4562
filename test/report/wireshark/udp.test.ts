import { describe, expect, it } from "vitest";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";
import { cellsOf } from "./cells.ts";

const over4 = "4500 001c 0000 0000 4011 0000 0a000001 0a000002";
const over6 = `6000 0000 0008 1140 ${"00".repeat(15)}01 ${"00".repeat(15)}02`;
const names = [
  "udp.length.bad",
  "udp.length.bad_zero",
  "udp.checksum.zero",
  "udp.possible_traceroute",
];

describe("Wireshark's fields of UDP", () => {
  it("remarks lengths that cannot be", () => {
    expect(cellsOf(`${over4} 03e8 07d0 0009 0000`, ipv4, ...names)).toEqual({
      "udp.length.bad": "1",
    });
    expect(cellsOf(`${over4} 03e8 07d0 0008 0000`, ipv4, ...names)).toEqual({});
    expect(cellsOf(`${over6} 03e8 07d0 0000 0000`, ipv6, ...names)).toEqual({
      "udp.length.bad_zero": "1",
      "udp.checksum.zero": "1",
    });
  });

  it("knows the probes of traceroute by their ports", () => {
    expect(cellsOf(`${over4} a54b 82a0 0008 0000`, ipv4, ...names)).toEqual({
      "udp.possible_traceroute": "1",
    });
  });
});
