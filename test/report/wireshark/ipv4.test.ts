import { expect, it } from "vitest";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { cellsOf } from "./cells.ts";

it("shows the version only of a header of another version", () => {
  const header = "55000014 00000000 40fd0000 0a000001 0a000002";
  expect(cellsOf(header, ipv4, "ip.bogus_ip_version", "ip.version", "ip.ttl", "ip.src")).toEqual({
    "ip.bogus_ip_version": "1",
    "ip.version": "5",
  });
});

it("splits an open source route at its pointer", () => {
  const header = "48000020 00000000 40fd0000 0a000001 0a000002 830b08 0a000003 0a000004 00";
  expect(cellsOf(header, ipv4, "ip.dst", "ip.cur_rt", "ip.rec_rt", "ip.src_rt")).toEqual({
    "ip.dst": "10.0.0.4",
    "ip.cur_rt": "10.0.0.2",
    "ip.rec_rt": "10.0.0.3",
  });
});
