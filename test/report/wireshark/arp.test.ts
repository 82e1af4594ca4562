import { describe, expect, it } from "vitest";
import { arp } from "../../../src/protocols/link/arp.ts";
import { cellsOf } from "./cells.ts";

const names = [
  "arp.opcode",
  "arp.src.proto_ipv4",
  "arp.dst.proto_ipv4",
  "arp.isgratuitous",
  "arp.isannouncement",
  "arp.isprobe",
  "arp.dst.drarp_error_status",
  "arp.src.hw",
  "arp.src.hw_ax25",
  "arp.dst.hw_ax25",
];
const cells = (text: string): Record<string, string> => cellsOf(text, arp, ...names);
const head = (opcode: string): string => `0001 0800 06 04 ${opcode}`;

describe("Wireshark's fields of ARP", () => {
  it("says what a request is for", () => {
    const announcement = cells(`${head("0001")} 020000000001 0a000001 000000000000 0a000001`);
    expect(announcement).toMatchObject({ "arp.isgratuitous": "1", "arp.isannouncement": "1" });
    const reply = cells(`${head("0002")} 020000000001 0a000001 000000000000 0a000001`);
    expect(reply["arp.isgratuitous"]).toBe("1");
    expect(reply["arp.isannouncement"]).toBeUndefined();
    const probe = cells(`${head("0001")} 020000000001 00000000 000000000000 0a000001`);
    expect(probe["arp.isprobe"]).toBe("1");
    expect(probe["arp.isgratuitous"]).toBeUndefined();
  });

  it("prints the status of a DRARP error in the place of an address", () => {
    const found = cells(`${head("0007")} 020000000001 0a000001 020000000002 03000000`);
    expect(found["arp.dst.drarp_error_status"]).toBe("3");
    expect(found["arp.dst.proto_ipv4"]).toBeUndefined();
  });

  it("prints addresses of AX.25 as bytes", () => {
    const found = cells("0003 0800 07 04 0001 9a6088404040e4 0a000001 9a608840404060 0a000002");
    expect(found["arp.src.hw_ax25"]).toBe("9a:60:88:40:40:40:e4");
    expect(found["arp.dst.hw_ax25"]).toBe("9a:60:88:40:40:40:60");
    expect(found["arp.src.hw"]).toBeUndefined();
  });

  it("has no addresses of a packet that is cut short", () => {
    expect(cells(`${head("0001")} 020000000001 0a000001 0000`)).toEqual({ "arp.opcode": "1" });
  });
});
