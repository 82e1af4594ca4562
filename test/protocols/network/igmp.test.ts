import { describe, expect, it } from "vitest";
import { checksum16 } from "../../../src/bytes/checksum.ts";
import { parseHex } from "../../../src/bytes/hex.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { igmp } from "../../../src/protocols/network/igmp.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";

const dissector = createDissector([ipv4, igmp]);
const ip = ipv4({ src: "192.0.2.1", dst: "224.0.0.1", ttl: 1 });

describe("IGMP", () => {
  it("reads a query of version 2 and one of version 3", () => {
    const old = dissector.dissect(parseHex("1164 ee9b 00000000"), igmp).require(igmp.query);
    expect(old).toMatchObject({ maxResponse: 100, group: "0.0.0.0", checksum: 0xee9b });
    expect(old.qrv).toBeUndefined();
    const query = dissector
      .dissect(parseHex("1164 0000 ef010101 0a 7d 0001 c0000207"), igmp)
      .require(igmp.query);
    expect(query).toMatchObject({ s: true, qrv: 2, qqic: 125, sourceCount: 1 });
    expect(query.sources[0]?.address).toBe("192.0.2.7");
  });

  it("builds a report of version 3 with counters and checksum", () => {
    const packet = build(
      ip,
      igmp.reportV3({
        records: [
          { type: 4, group: "239.1.1.1" },
          {
            type: 1,
            group: "239.1.1.2",
            sources: [{ address: "192.0.2.7" }],
            auxiliary: parseHex("01020304"),
          },
        ],
      }),
    );
    expect(packet.require(ipv4).protocol).toBe(2);
    const report = packet.require(igmp.reportV3);
    expect(report.count).toBe(2);
    expect(report.records[1]).toMatchObject({ auxLength: 1, sourceCount: 1 });
    expect(checksum16(packet.bytes(), 20, packet.length)).toBe(0);
  });

  it("reads a trace with its blocks", () => {
    const trace = build(
      ip,
      igmp.trace({ group: "239.1.1.1", queryId: 7, blocks: [{ s: 1, mask: 24 }, { code: 3 }] }),
    );
    const again = dissector.dissect(trace.bytes(), ipv4).require(igmp.trace);
    expect(again.queryId).toBe(7);
    expect(again.blocks.map((b) => [b.s, b.mask, b.code])).toEqual([
      [1, 24, 0],
      [0, 0, 3],
    ]);
  });

  it("keeps the bytes of another type, and says where records are missing", () => {
    const other = dissector.dissect(parseHex("99 0a0b0c"), igmp).require(igmp);
    expect(other.is === "unknown" && [...other.data!]).toEqual([10, 11, 12]);
    const cut = dissector.dissect(parseHex("2200 0000 0000 0002 0400 0000 ef010101"), igmp);
    expect(cut.require(igmp.reportV3).records).toHaveLength(1);
    expect(cut.error?.kind).toBe("truncated");
  });
});
