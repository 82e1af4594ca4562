import { expect, it } from "vitest";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";
import { cellsOf } from "./cells.ts";

it("shows the MAC address and the gateway in addresses", () => {
  const header =
    "60000000 00003b40 fe80000000000000 021122fffe334455 2002518343830000 0000000000000001";
  expect(
    cellsOf(header, ipv6, "ipv6.slaac_mac", "ipv6.src_slaac_mac", "ipv6.dst_6to4_gw_ipv4"),
  ).toEqual({
    "ipv6.slaac_mac": "00:11:22:33:44:55",
    "ipv6.src_slaac_mac": "00:11:22:33:44:55",
    "ipv6.dst_6to4_gw_ipv4": "81.131.67.131",
  });
});
