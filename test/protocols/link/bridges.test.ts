import { describe, expect, it } from "vitest";
import { formatHex, parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { llc, snap } from "../../../src/protocols/link/llc.ts";
import { lacp, lacpTlv, marker, slow } from "../../../src/protocols/link/slow.ts";
import { stp } from "../../../src/protocols/link/stp.ts";

const dissector = createDissector([ethernet, llc, snap, stp, slow, lacp, marker]);
const vector = "8064 001c0e877800 00000004 8064 001c0e878500 8004 0100 1400 0200 0f00";

describe("STP", () => {
  it("reads configuration messages", () => {
    const view = dissector.dissect(parseHex(`0000 00 00 81 ${vector}`), stp).require(stp);
    expect(view).toMatchObject({
      is: "configuration",
      rootPriority: 8,
      rootExtension: 100,
      root: "00:1c:0e:87:78:00",
      rootCost: 4,
      port: 0x8004,
      messageAge: 256,
      forwardDelay: 15 * 256,
    });
    expect(view.is === "configuration" && view.flags).toMatchObject({
      topologyChangeAck: true,
      topologyChange: true,
    });
  });

  it("reads the trees of regions", () => {
    const name = `${"41".repeat(4)}${"00".repeat(28)}`;
    const configuration = `00 ${name} 0001 ${"ab".repeat(16)}`;
    const tree = "7c 8005 000c305dd100 00030d40 80 80 13";
    const bytes = parseHex(
      `0000 03 02 7c ${vector} 00 0050 ${configuration} 00030d40 8000 001aa197d180 13 ${tree}`,
    );
    const view = dissector.dissect(bytes, stp).require(stp);
    if (view.is !== "rapid" || view.multiple === undefined) throw new Error("no MST extension");
    expect(view.multiple).toMatchObject({ name: "AAAA", revision: 1, rootCost: 200000 });
    expect(view.multiple.instances[0]).toMatchObject({
      instance: 5,
      bridgePriority: 8,
      remainingHops: 19,
    });
    expect(view.flags.portRole).toBe(3);
  });

  it("builds with the usual times", () => {
    const bytes = build(stp.rapid({ root: "00:1c:0e:87:78:00" })).bytes();
    expect(formatHex(bytes)).toBe(
      "000002020080 00001c0e877800000000008000000000000000 0000 0000 1400 0200 0f00 00".replaceAll(
        " ",
        "",
      ),
    );
  });

  it("leaves other protocols at the same address alone", () => {
    const packet = dissector.dissect(parseHex("424203 0001 0104"), llc);
    expect(packet.get(stp)).toBeUndefined();
  });
});

describe("slow protocols", () => {
  it("LACP both ways", () => {
    const packet = build(
      ethernet({ dst: "01:80:c2:00:00:02" }),
      slow(),
      lacp({
        tlvs: [
          lacpTlv.actor({
            system: "02:00:00:00:00:01",
            key: 1,
            state: { activity: true, timeout: true },
          }),
          lacpTlv.partner(),
          lacpTlv.collector({ maxDelay: 5 }),
          lacpTlv.terminator(),
        ],
        padding: new Uint8Array(50),
      }),
    );
    expect(packet.length).toBe(124);
    const again = dissector.dissect(packet.bytes(), ethernet);
    expect(String(again.chain)).toBe("Ethernet:SLOW:LACP");
    const [actor, partner, collector, last] = again.require(lacp).tlvs;
    expect(actor).toMatchObject({ is: "actor", length: 20, key: 1 });
    expect(partner).toMatchObject({ is: "partner", length: 20 });
    expect(collector).toMatchObject({ is: "collector", length: 16, maxDelay: 5 });
    expect(last).toMatchObject({ is: "terminator", length: 0 });
    expect(again.require(lacp).padding?.length).toBe(50);
  });

  it("stops at a TLV that does not fit", () => {
    const packet = dissector.dissect(parseHex("01 01 0114 0000"), slow);
    expect(packet.require(lacp).tlvs).toEqual([]);
  });

  it("reads markers", () => {
    const hex = `02 01 0110 0001 020000000001 00000007 0000 0000 ${"00".repeat(90)}`;
    const view = dissector.dissect(parseHex(hex), slow).require(marker);
    expect(view.tlvs[0]).toMatchObject({ is: "information", transaction: 7 });
  });
});
