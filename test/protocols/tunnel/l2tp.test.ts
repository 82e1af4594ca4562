import { describe, expect, it } from "vitest";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { ppp } from "../../../src/protocols/link/ppp/ppp.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { udp } from "../../../src/protocols/transport/udp.ts";
import { l2tp } from "../../../src/protocols/tunnel/l2tp.ts";

const dissector = createDissector([udp, l2tp, ppp, ipv4]);
const read = (hex: string) => dissector.dissect(parseHex(hex), l2tp);

describe("L2TP version 2", () => {
  it("reads control messages", () => {
    const packet = read(
      "c802 0022 0001 0000 0003 0004 8008 0000 0000 0001 800a 0000 0007 6c6e7331 8004",
    );
    expect(packet.require(l2tp)).toMatchObject({ length: 34, tunnel: 1, ns: 3, nr: 4 });
    expect(packet.require(l2tp).avps.slice(0, 2)).toMatchObject([
      { is: "messageType", mandatory: true, message: 1 },
      { is: "hostName", text: "lns1" },
    ]);
  });

  it("carries PPP", () => {
    const inner = "45000014000000004000fd00c0000201c0000202";
    expect(String(read(`0002 0001 0002 ff03 0021 ${inner}`).chain)).toBe("L2TP:PPP:IPv4");
    const padded = read(`0202 0001 0002 0002 0000 0021 ${inner}`);
    expect(padded.require(l2tp).offset).toBe(2);
    expect(String(padded.chain)).toBe("L2TP:PPP:IPv4");
  });

  it("builds both kinds", () => {
    const data = build(udp(), l2tp({ tunnel: 5, session: 6 }), ppp(), ipv4());
    expect(data.require(udp).dstPort).toBe(1701);
    expect(String(dissector.dissect(data.bytes().slice(), udp).chain)).toBe("UDP:L2TP:PPP:IPv4");
    const control = build(
      l2tp({
        flags: { control: true, length: true, sequence: true },
        tunnel: 5,
        avps: [{ is: "messageType", mandatory: true, message: 6 }],
      }),
    );
    expect(Buffer.from(control.bytes()).toString("hex")).toBe(
      "c80200140005000000000000800800000000" + "0006",
    );
  });

  it("takes lengths that do not fit", () => {
    for (const hex of [
      "c802 ffff 0001 0000 0003 0004 8000",
      "4002 0002 0001",
      "0202 0001 0002 ffff",
    ])
      expect(() => String(read(hex).chain)).not.toThrow();
  });
});
