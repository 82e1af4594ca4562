import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseIpv4, parseIpv6 } from "../../src/bytes/address.ts";
import { communityId, communityIdOf } from "../../src/flow/community-id.ts";
import { openCapture } from "../../src/node/open.ts";
import { build } from "../../src/packet/build.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { vlan } from "../../src/protocols/link/vlan.ts";
import { icmp } from "../../src/protocols/network/icmp.ts";
import { icmpv6 } from "../../src/protocols/network/icmpv6.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { dccp } from "../../src/protocols/transport/dccp.ts";
import { sctp } from "../../src/protocols/transport/sctp/sctp.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { hasTshark } from "../support/tshark.ts";

const four = (text: string): Uint8Array => parseIpv4(text);
const six = (text: string): Uint8Array => parseIpv6(text);

/** The specification's formula with Node's digest: the lesser end first. */
function expected(
  proto: number,
  src: Uint8Array,
  dst: Uint8Array,
  ports: number[],
  seed = 0,
): string {
  const parts = [[seed >> 8, seed & 255], src, dst, [proto, 0]];
  for (const port of ports) parts.push([port >> 8, port & 255]);
  const hash = createHash("sha1");
  for (const part of parts) hash.update(Uint8Array.from(part));
  return `1:${hash.digest("base64")}`;
}

describe("the Community ID", () => {
  it("is that of the specification's published flows, both ways", () => {
    const there = build(
      ethernet(),
      ipv4({ src: "128.232.110.120", dst: "66.35.250.204" }),
      tcp({ srcPort: 34855, dstPort: 80 }),
    );
    expect(communityId(there)).toBe("1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
    expect(communityId(there.reverse())).toBe("1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
    const dns = build(
      ipv4({ src: "192.168.1.52", dst: "8.8.8.8" }),
      udp({ srcPort: 54585, dstPort: 53 }),
    );
    expect(communityId(dns)).toBe("1:d/FP5EW3wiY1vCndhwleRRKHowQ=");
    const mail = build(
      ipv6({ src: "2001:470:e5bf:dead:4957:2174:e82c:4887", dst: "2607:f8b0:400c:c03::1a" }),
      tcp({ srcPort: 63943, dstPort: 25 }),
    );
    expect(communityId(mail)).toBe("1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=");
    const echo = build(
      ipv4({ src: "192.168.170.56", dst: "192.168.170.8" }),
      sctp({ srcPort: 7, dstPort: 7 }),
    );
    expect(communityId(echo)).toBe("1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=");
  });

  it("takes messages by their type and what answers it", () => {
    const ends = { src: "192.168.0.89", dst: "192.168.0.1" };
    const back = { src: ends.dst, dst: ends.src };
    expect(communityId(build(ipv4(ends), icmp.echo({ id: 1 })))).toBe(
      "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=",
    );
    expect(communityId(build(ipv4(back), icmp.echoReply({ id: 1 })))).toBe(
      "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=",
    );
    const ask = build(
      ipv6({ src: "fe80::200:86ff:fe05:80da", dst: "fe80::260:97ff:fe07:69ea" }),
      icmpv6.neighborSolicitation({}),
    );
    expect(communityId(ask)).toBe("1:dGHyGvjMfljg6Bppwm3bg0LO8TY=");
    const one = build(ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }), icmp.timeExceeded({ code: 0 }));
    expect(communityId(one)).toBe("1:YHxtAirCG//0OzkcVAukqKQN9xM=");
  });

  it("keeps the order of messages that nothing answers", () => {
    const high = build(ipv4({ src: "10.0.0.2", dst: "10.0.0.1" }), icmp.timeExceeded({ code: 1 }));
    expect(communityId(high)).toBe(expected(1, four("10.0.0.2"), four("10.0.0.1"), [11, 1]));
  });

  it("takes the addresses alone where the specification names no ports", () => {
    const rsvp = build(ipv4({ src: "10.1.12.1", dst: "10.1.12.2", protocol: 46 }));
    expect(communityId(rsvp)).toBe("1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=");
    const one = build(
      ipv4({ src: "10.1.12.1", dst: "10.1.12.2" }),
      dccp.request({ srcPort: 1, dstPort: 2 }),
    );
    expect(communityId(one)).toBe(expected(33, four("10.1.12.1"), four("10.1.12.2"), []));
  });

  it("has a seed, and none without addresses", () => {
    const there = build(
      vlan({ id: 7 }),
      ipv4({ src: "1.2.3.4", dst: "1.2.3.5" }),
      udp({ srcPort: 1, dstPort: 2 }),
    );
    expect(communityId(there, { seed: 513 })).toBe(
      expected(17, four("1.2.3.4"), four("1.2.3.5"), [1, 2], 513),
    );
    expect(communityId(build(ethernet(), "text"))).toBeUndefined();
    const input = {
      src: four("1.2.3.4"),
      dst: four("1.2.3.5"),
      protocol: 17,
      srcPort: 1,
      dstPort: 2,
    };
    expect(() => communityIdOf(input, 65536)).toThrow(RangeError);
    expect(() => communityIdOf({ ...input, dst: six("::1") })).toThrow(RangeError);
  });

  it("is the same for both directions, whatever the ends", () => {
    const address = fc.uint8Array({ minLength: 16, maxLength: 16 });
    const port = fc.nat(65535);
    const protocol = fc.constantFrom(6, 17, 132, 50);
    fc.assert(
      fc.property(address, address, port, port, protocol, (src, dst, srcPort, dstPort, proto) => {
        const there = communityIdOf({ src, dst, srcPort, dstPort, protocol: proto });
        const back = communityIdOf({
          src: dst,
          dst: src,
          srcPort: dstPort,
          dstPort: srcPort,
          protocol: proto,
        });
        expect(back).toBe(there);
        const hasPorts = proto !== 50;
        const either = [
          expected(proto, src, dst, hasPorts ? [srcPort, dstPort] : []),
          expected(proto, dst, src, hasPorts ? [dstPort, srcPort] : []),
        ];
        expect(either).toContain(there);
      }),
    );
  });

  const knows =
    hasTshark &&
    spawnSync("tshark", ["-G", "protocols"], { encoding: "utf8" }).stdout.includes("communityid");
  if (!knows)
    console.log("skipped: the Community IDs of tshark, which is not installed or too old");
  it.skipIf(!knows)("is what tshark prints", async () => {
    const path = "examples/session.pcap";
    const own: string[] = [];
    for await (const packet of openCapture(path)) own.push(communityId(packet) ?? "");
    const done = spawnSync(
      "tshark",
      ["-n", "-r", path, "--enable-protocol", "communityid", "-T", "fields", "-e", "communityid"],
      { encoding: "utf8" },
    );
    expect(own.length).toBe(34);
    expect(own).toEqual(done.stdout.split("\n").slice(0, -1));
  });
});
