import { describe, expect, it } from "vitest";
import { sum16 } from "../../src/bytes/checksum.ts";
import { build, type Stackable } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { verifyChecksums, verifyPacket } from "../../src/packet/verify.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { hopByHop } from "../../src/protocols/network/ipv6-extensions.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { vxlan } from "../../src/protocols/tunnel/vxlan.ts";
import { headerChecksum, layerChecksum, transportChecksum } from "../../src/schema/checksum.ts";
import { u16, u32 } from "../../src/schema/field.ts";
import { protocol } from "../../src/schema/protocol.ts";
import { table } from "../../src/schema/table.ts";

const next = table("low.next");
const low = protocol({ name: "low", title: "Low" })
  .fields({
    next: u16("Next"),
    len: u16("Length"),
    checksum: u16("Checksum", { checksum: headerChecksum }),
    address: u32("Address"),
    more: u16("More"),
  })
  .pseudoHeader((l) => sum16(l.bytes, l.start + 6, l.start + 10))
  .payload({ whole: { field: "len" }, next: { table: next, by: "next" } });
const high = protocol({ name: "high", title: "High", over: [next.at(1)] }).fields({
  checksum: u16("Checksum", { checksum: transportChecksum(1, { zeroIsNone: true }) }),
  other: u16("Other", { checksum: layerChecksum }),
});
const dissector = createDissector([low, high]);

describe("a checksum of zero in UDP", () => {
  const status = (...stack: Stackable[]) =>
    verifyPacket(build(...stack)).map((v) => [v.status, v.absent]);

  it("says over IPv4 that there is none, and is wrong over IPv6 (RFC 8200 §8.1)", () => {
    const zero = udp({ srcPort: 4000, dstPort: 4001, checksum: 0 });
    expect(status(ipv4(), zero, "x").at(-1)).toEqual(["unverified", true]);
    expect(status(ipv6(), zero, "x")).toEqual([["bad", false]]);
    expect(status(ipv6(), hopByHop(), zero, "x")).toEqual([["bad", false]]);
  });

  it("is wrong too where the sum would be all ones", () => {
    const sum = build(ipv6(), udp(), Uint8Array.of(0, 0)).require(udp).checksum;
    const ones = Uint8Array.of((sum - 1) >> 8, (sum - 1) & 255);
    expect(build(ipv6(), udp({ srcPort: 1 }), ones).require(udp).checksum).toBe(0xffff);
    expect(status(ipv6(), udp({ srcPort: 1, checksum: 0 }), ones)).toEqual([["bad", false]]);
  });

  it("may stand below a tunnel (RFC 6935)", () => {
    const tunnel = [udp({ dstPort: 4789, checksum: 0 }), vxlan(), ethernet(), ipv6()] as const;
    expect(status(ipv6(), ...tunnel)).toEqual([["unverified", true]]);
  });
});

describe("verification of checksums", () => {
  const bytes = build(low({ address: 0x01020304, more: 5 }), high(), "data!").bytes();
  const verdicts = (given: Uint8Array) =>
    verifyPacket(dissector.dissect(given, low)).map(
      (v) => `${v.layer.schema.name}.${v.name} ${v.status}`,
    );

  it("judges every checksum of every layer", () => {
    // Two checksums over one another cannot both hold: the one that is written last does.
    expect(verdicts(bytes)).toEqual(["low.checksum good", "high.checksum bad", "high.other good"]);
    const damaged = bytes.slice();
    damaged[6] = 0x55;
    expect(verdicts(damaged)[0]).toBe("low.checksum bad");
  });

  it("says what it should be", () => {
    const damaged = bytes.slice();
    damaged[5] = damaged[5]! ^ 1;
    const [verdict] = verifyChecksums(dissector.dissect(damaged, low).first!);
    expect(verdict).toMatchObject({ stored: verdict!.computed! ^ 1, status: "bad", absent: false });
  });

  it("knows nothing of a packet that was cut, or of one that says it has none", () => {
    expect(verdicts(bytes.slice(0, -1))).toEqual([
      "low.checksum good",
      "high.checksum unverified",
      "high.other unverified",
    ]);
    const none = bytes.slice();
    none[12] = none[13] = 0;
    const found = verifyPacket(dissector.dissect(none, low)).find(
      (v) => v.layer.schema.name === "high",
    );
    expect(found).toMatchObject({ status: "unverified", absent: true, computed: null });
  });

  it("takes the two zeros of one's complement for one", () => {
    // next 1, length 12, and an address that makes the sum come out as all ones.
    const zeros = build(
      low({ next: 0, len: 12, checksum: 0, address: 0xfff3, more: 0 }),
      "",
    ).bytes();
    const [verdict] = verifyChecksums(dissector.dissect(zeros, low).first!);
    expect(verdict).toMatchObject({ stored: 0, computed: 0, status: "good" });
    zeros[4] = zeros[5] = 0xff;
    expect(verifyChecksums(dissector.dissect(zeros, low).first!)[0]!.status).toBe("good");
  });
});
