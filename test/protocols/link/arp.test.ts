import { describe, expect, it } from "vitest";
import { formatHex, parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { arp } from "../../../src/protocols/link/arp.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";

const dissector = createDissector([ethernet, arp]);
const read = (hex: string) => dissector.dissect(parseHex(hex), arp);

describe("ARP", () => {
  it("reads MAC and IPv4 addresses", () => {
    const view = read("0001 0800 06 04 0002 020000000001 0a000001 020000000002 0a000002").require(
      arp,
    );
    expect(view).toMatchObject({
      opcode: 2,
      sha: "02:00:00:00:00:01",
      spa: "10.0.0.1",
      tha: "02:00:00:00:00:02",
      tpa: "10.0.0.2",
      senderHardware: undefined,
    });
  });

  it("reads addresses of any kind and size", () => {
    const view = read("0020 0800 02 04 0001 0102 0a000001 0304 0a000002").require(arp);
    expect(view.sha).toBeUndefined();
    expect(view.senderHardware).toEqual(Uint8Array.of(1, 2));
    expect(view.targetHardware).toEqual(Uint8Array.of(3, 4));
    expect(view.tpa).toBe("10.0.0.2");
    const none = read("0001 0800 06 00 0001 020000000001 020000000002").require(arp);
    expect(none).toMatchObject({ spa: undefined, tpa: undefined, senderProtocol: undefined });
  });

  it("leaves padding to the frame", () => {
    const packet = dissector.dissect(
      parseHex(
        `${"ff".repeat(6)} 020000000001 0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002 ${"00".repeat(18)}`,
      ),
      ethernet,
    );
    expect(packet.require(ethernet).padding?.length).toBe(18);
    expect(packet.raw.length).toBe(0);
  });

  it("builds a request from an address", () => {
    const bytes = build(ethernet(), arp({ sha: "02:00:00:00:00:01", tpa: "10.0.0.2" })).bytes();
    expect(formatHex(bytes.subarray(12))).toBe(
      "08060001080006040001020000000001000000000000000000000a000002",
    );
    const other = build(
      arp({ hwType: 7, senderHardware: Uint8Array.of(9), targetHardware: Uint8Array.of(0) }),
    );
    expect(formatHex(other.bytes())).toBe("000708000104000109000000000000000000");
  });

  it("stops where it is cut off", () => {
    const packet = read("0001 0800 06 04 0001 020000000001 0a0000");
    expect(packet.require(arp)).toMatchObject({ sha: "02:00:00:00:00:01", spa: undefined });
    expect(packet.error).toMatchObject({ kind: "truncated", protocol: "arp" });
  });
});
