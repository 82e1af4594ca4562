import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import { verifyPacket } from "../../src/packet/verify.ts";
import { dns } from "../../src/protocols/application/dns/dns.ts";
import { dnsRecord } from "../../src/protocols/application/dns/record.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { icmp } from "../../src/protocols/network/icmp.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { mptcpOption } from "../../src/protocols/transport/mptcp.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { tcpOption } from "../../src/protocols/transport/tcp-options.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { u8 } from "../../src/schema/field.ts";
import { protocol, record } from "../../src/schema/protocol.ts";
import { at, variants } from "../../src/schema/variants.ts";
import { hex } from "../support/packets.ts";

const ends = { src: "192.0.2.1", dst: "198.51.100.2" };
const segment = (...options: Parameters<typeof tcpOption>[0][]) =>
  build(ethernet(), ipv4(ends), tcp({ options: options.map((one) => tcpOption(one)) }), "data");
const mss = { is: "maximumSegmentSize", mss: 1460 } as const;

describe("a view in the place of a record", () => {
  it("is the same record in a list", () => {
    const packet = segment(mss);
    const { options } = packet.require(tcp);
    packet.set(tcp, { options: [...options, tcpOption.noOperation(), tcpOption.sackPermitted()] });
    expect(
      packet
        .require(tcp)
        .options.slice(0, 3)
        .map((o) => o.is),
    ).toEqual(["maximumSegmentSize", "noOperation", "sackPermitted"]);
    const other = build(ethernet(), ipv4(ends), tcp({ options: packet.require(tcp).options }));
    expect(hex(other.bytes()).slice(54 * 2)).toBe("020405b401040200");
    expect(verifyPacket(packet).map((v) => v.status)).toEqual(["good", "good"]);
  });

  it("keeps its bytes, also wrong ones", () => {
    const one = segment({ ...mss, length: 6 }, { is: "noOperation" }, { is: "noOperation" });
    const other = segment(mss);
    other.set(tcp, { options: [one.require(tcp).options[0]!] });
    expect(hex(other.bytes()).slice(54 * 2, 54 * 2 + 16)).toBe("020605b401010000");
  });

  it("counts as an item, and is encoded anew where that depends on its place", () => {
    const questions = [{ name: "host.example" }];
    const answer = dnsRecord.cname({ name: "host.example", cname: "www.host.example" });
    const packet = build(ethernet(), ipv4(ends), udp(), dns({ questions, answers: [answer] }));
    const { answers } = packet.require(dns);
    const twice = build(ethernet(), ipv4(ends), udp(), dns({ answers: [...answers, ...answers] }));
    const read = twice.require(dns);
    expect([read.ancount, read.qdcount]).toEqual([2, 0]);
    for (const one of read.answers)
      expect(one).toMatchObject({ is: "cname", name: "host.example", cname: "www.host.example" });
    // The first name is written out, since no question is there that it could point to.
    expect(read.answers[0]?.rdlength).toBe(6);
    expect(hex(twice.bytes()).slice(54 * 2, 54 * 2 + 10)).toBe("04686f7374");
  });

  it("is refused where it is of another kind", () => {
    const packet = segment(mss);
    const question = build(dns({ questions: [{ name: "a" }] })).require(dns).questions[0];
    expect(() => packet.set(tcp, { options: [question as never] })).toThrow(
      "tcp.options[0]: a 'tcp.option' is wanted, not a 'dns.question'",
    );
  });
});

describe("a view given to packet.set", () => {
  it("makes a header like another one, with what depends on its neighbours computed", () => {
    const from = build(
      ethernet(),
      ipv4({ src: "192.0.2.9", dst: "192.0.2.8", ttl: 7, options: [{ is: "noOperation" }] }),
      tcp(),
      "much longer",
    );
    const packet = build(ethernet(), ipv4(ends), udp(), "x");
    packet.set(ipv4, from.require(ipv4));
    packet.bytes();
    expect(packet.require(ipv4)).toMatchObject({ src: "192.0.2.9", ttl: 7, ihl: 6, len: 33 });
    expect(packet.require(ipv4).protocol).toBe(17);
    expect(verifyPacket(packet).map((v) => v.status)).toEqual(["good", "good"]);
  });

  it("takes over what was given there, and takes out what is not there", () => {
    const from = build(ethernet(), ipv4({ ...ends, len: 9 }), udp(), "x");
    const packet = build(ethernet(), ipv4({ options: [{ is: "noOperation" }] }), udp(), "data");
    packet.set(ipv4, from.require(ipv4));
    expect(packet.require(ipv4)).toMatchObject({ len: 9, ihl: 5, options: [] });
  });

  it("takes over the case", () => {
    const packet = build(ipv4(ends), icmp.echo({ id: 7 }), "x");
    packet.set(icmp, build(icmp.timestamp({ id: 9 })).require(icmp));
    const now = packet.require(icmp);
    expect(now.is === "timestamp" && now.id).toBe(9);
    expect(hex(packet.raw)).toBe("78");
  });

  it("is refused where it is of another protocol", () => {
    const packet = segment(mss);
    const before = hex(packet.bytes());
    expect(() => packet.set(tcp, packet.require(ipv4) as never)).toThrow(
      "set: a 'tcp' is wanted, not a 'ipv4'",
    );
    expect(hex(packet.bytes())).toBe(before);
  });
});

describe("a record whose declaration became a case of another", () => {
  it("stands where that case does", () => {
    const fail = "1e0c600000000000000000010";
    const packet = build(tcp({ options: [mptcpOption.fail({ dataSeq: 1n })] }));
    expect(hex(packet.bytes()).slice(40)).toBe(`${fail.slice(0, -1)}`);
    expect(packet.require(tcp).options[0]).toMatchObject({ is: "fail", kind: 30, dataSeq: 1n });
    const named = build(tcp({ options: [mptcpOption({ is: "fail", dataSeq: 1n })] }));
    expect(hex(named.bytes())).toBe(hex(packet.bytes()));
  });

  it("is told by its values where several cases were made of it, or refused", () => {
    const kind = record("two.option", "Option").fields({ kind: u8("Kind") });
    const twice = kind.fields({ n: u8("N") });
    const option = variants(kind, "kind", { one: at(1, twice), two: at(2, twice) }, kind);
    const holder = protocol({ name: "two", title: "Two" }).list("options", "Options", option);
    const given = (one: object) => hex(build(holder({ options: [one] })).bytes());
    expect(given(twice({ kind: 2, n: 5 }))).toBe("0205");
    expect(given(kind({ kind: 9 }))).toBe("09");
    expect(() => given(twice({ n: 5 }))).toThrow("two.options[0]: a 'two.option' is wanted");
  });
});
