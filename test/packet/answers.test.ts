import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { all } from "../../src/protocols/all.ts";
import { dns, llmnr, mdns } from "../../src/protocols/application/dns/dns.ts";
import { dnsRecord, mdnsRecord } from "../../src/protocols/application/dns/record.ts";
import { arp } from "../../src/protocols/link/arp.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { vlan } from "../../src/protocols/link/vlan.ts";
import { icmp } from "../../src/protocols/network/icmp.ts";
import { icmpv6 } from "../../src/protocols/network/icmpv6.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { hopByHop } from "../../src/protocols/network/ipv6-extensions.ts";
import { sctpChunk } from "../../src/protocols/transport/sctp/chunks.ts";
import { sctp } from "../../src/protocols/transport/sctp/sctp.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { bytes } from "../support/packets.ts";

const dissector = createDissector(all);
const read = (packet: Packet): Packet => dissector.dissect(packet.bytes().slice(), ethernet);

const [MAC_A, MAC_B, MAC_ALL] = ["02:00:00:00:00:0a", "02:00:00:00:00:0b", "ff:ff:ff:ff:ff:ff"];
const [A, B, ROUTER] = ["192.0.2.10", "192.0.2.11", "192.0.2.1"];
const [A6, B6] = ["2001:db8::a", "2001:db8::b"];
const there = ethernet({ src: MAC_A, dst: MAC_B });
const back = ethernet({ src: MAC_B, dst: MAC_A });
const to = ipv4({ src: A, dst: B });
const from = ipv4({ src: B, dst: A });
const to6 = ipv6({ src: A6, dst: B6 });
const from6 = ipv6({ src: B6, dst: A6 });

describe("an answer by ends alone", () => {
  const request = build(there, to, udp({ srcPort: 4000, dstPort: 4001 }), "?");
  it.each([
    ["ports exchanged", build(back, from, udp({ srcPort: 4001, dstPort: 4000 }), "!"), true],
    ["the same ports", build(back, from, udp({ srcPort: 4000, dstPort: 4001 })), false],
    ["the same direction", build(there, to, udp({ srcPort: 4001, dstPort: 4000 })), false],
    ["another transport", build(back, from, tcp({ srcPort: 4001, dstPort: 4000 })), false],
    ["no transport that is known", build(back, from, "!"), false],
    [
      "another host",
      build(back, ipv4({ src: ROUTER, dst: A }), udp({ srcPort: 4001, dstPort: 4000 })),
      false,
    ],
    ["a tag", build(back, vlan(), from, udp({ srcPort: 4001, dstPort: 4000 })), true],
    ["the request itself", request, false],
  ])("with %s", (_, answer, is) => {
    expect(answer.answers(request)).toBe(is);
    expect(read(answer).answers(read(request))).toBe(is);
  });

  it("may have extension headers that the request has not", () => {
    const asked = build(there, to6, udp({ srcPort: 1, dstPort: 2 }));
    const answer = build(
      back,
      from6,
      hopByHop({ options: bytes("010400000000") }),
      udp({ srcPort: 2, dstPort: 1 }),
    );
    expect(answer.answers(asked)).toBe(true);
    expect(asked.answers(answer)).toBe(true);
  });

  it("needs something that tells it", () => {
    expect(build(vlan()).answers(build(vlan()))).toBe(false);
    expect(build().answers(build())).toBe(false);
  });
});

describe("an answer of ICMP", () => {
  const echo = build(there, to, icmp.echo({ id: 5, seq: 9 }), "abc");
  it.each([
    ["the reply", build(back, from, icmp.echoReply({ id: 5, seq: 9 }), "abc"), true],
    ["another number", build(back, from, icmp.echoReply({ id: 5, seq: 10 })), false],
    ["another identifier", build(back, from, icmp.echoReply({ id: 6, seq: 9 })), false],
    ["another kind", build(back, from, icmp.timestampReply({ id: 5, seq: 9 })), false],
    ["a request", build(back, from, icmp.echo({ id: 5, seq: 9 })), false],
    [
      "from elsewhere",
      build(back, ipv4({ src: ROUTER, dst: A }), icmp.echoReply({ id: 5, seq: 9 })),
      false,
    ],
  ])("to an echo: %s", (_, answer, is) => {
    expect(answer.answers(echo)).toBe(is);
    expect(read(answer).answers(read(echo))).toBe(is);
  });

  it.each([
    ["timestamp", icmp.timestamp({ id: 1, seq: 2 }), icmp.timestampReply({ id: 1, seq: 2 })],
    ["information", icmp.informationRequest({ id: 1 }), icmp.informationReply({ id: 1 })],
    ["mask", icmp.addressMaskRequest({ id: 1 }), icmp.addressMaskReply({ id: 1 })],
    ["domain name", icmp.domainNameRequest({ id: 1 }), icmp.domainNameReply({ id: 1 })],
    ["extended echo", icmp.extendedEchoRequest({ id: 1 }), icmp.extendedEchoReply({ id: 1 })],
  ])("to a request for %s", (_, request, reply) => {
    expect(build(back, from, reply).answers(build(there, to, request))).toBe(true);
    expect(build(back, from, request).answers(build(there, to, reply))).toBe(false);
    expect(build(back, from, reply).answers(echo)).toBe(false);
  });

  it("to what was asked of all comes from anybody", () => {
    for (const dst of ["255.255.255.255", "224.0.0.1"]) {
      const asked = build(
        ethernet({ src: MAC_A, dst: MAC_ALL }),
        ipv4({ src: A, dst }),
        icmp.echo({ id: 1 }),
      );
      expect(build(back, from, icmp.echoReply({ id: 1 })).answers(asked)).toBe(true);
      const elsewhere = build(back, ipv4({ src: B, dst: ROUTER }), icmp.echoReply({ id: 1 }));
      expect(elsewhere.answers(asked)).toBe(false);
    }
    // The broadcast address of a network shows in the frame only.
    const network = ipv4({ src: A, dst: "192.0.2.255" });
    const reply = build(back, from, icmp.echoReply());
    const toAll = ethernet({ src: MAC_A, dst: MAC_ALL });
    expect(reply.answers(build(toAll, network, icmp.echo()))).toBe(true);
    expect(reply.answers(build(there, network, icmp.echo()))).toBe(false);
  });

  it("is an error that quotes the request, from any router", () => {
    const asked = build(
      there,
      ipv4({ src: A, dst: B, id: 77, ttl: 1 }),
      udp({ srcPort: 4000, dstPort: 4001 }),
      "data of the request",
    );
    const quote = (values: object, sent = asked) =>
      build(
        back,
        ipv4({ src: ROUTER, dst: A }),
        icmp.timeExceeded(),
        ipv4({ src: A, dst: B, id: 77, ttl: 0, protocol: 17, len: 47, checksum: 5, ...values }),
        sent.require(udp).layer.bytes.slice(sent.require(udp).layer.start).subarray(0, 8),
      );
    expect(quote({}).answers(asked)).toBe(true);
    expect(read(quote({})).answers(read(asked))).toBe(true);
    expect(quote({ id: 78 }).answers(asked)).toBe(false);
    expect(quote({ dst: ROUTER }).answers(asked)).toBe(false);
    expect(quote({ protocol: 6 }).answers(asked)).toBe(false);
    const other = build(
      there,
      ipv4({ id: 77 }),
      udp({ srcPort: 4000, dstPort: 4002 }),
      "data of the request",
    );
    expect(quote({}, other).answers(asked)).toBe(false);
    // Sent to somebody else than who asked.
    const astray = quote({});
    astray.require(ipv4).dst = B;
    expect(astray.answers(asked)).toBe(false);
    expect(asked.answers(quote({}))).toBe(false);
  });

  it("is an error of version 6, and a quoted checksum may be another", () => {
    const asked = build(there, to6, udp({ srcPort: 1, dstPort: 2 }), "data");
    const quoted = asked.bytes().subarray(14);
    const raw = (quote: Uint8Array) =>
      build(back, ipv6({ src: "2001:db8::1", dst: A6 }), icmpv6.timeExceeded(), quote);
    expect(raw(quoted).answers(asked)).toBe(true);
    expect(raw(quoted.subarray(0, 39)).answers(asked)).toBe(false);
    expect(raw(bytes("")).answers(asked)).toBe(false);
    const error = (port: number) =>
      build(
        back,
        ipv6({ src: "2001:db8::1", dst: A6 }),
        icmpv6.destinationUnreachable({ code: 4 }),
        ipv6({ src: A6, dst: B6, hopLimit: 1 }),
        udp({ srcPort: 1, dstPort: port, checksum: 0x1234 }),
        "data",
      );
    expect(error(2).answers(asked)).toBe(true);
    expect(error(3).answers(asked)).toBe(false);
  });
});

describe("an answer of ICMPv6", () => {
  it("has identifier and number of the echo", () => {
    const asked = build(there, to6, icmpv6.echoRequest({ id: 1, seq: 2 }));
    expect(build(back, from6, icmpv6.echoReply({ id: 1, seq: 2 })).answers(asked)).toBe(true);
    expect(build(back, from6, icmpv6.echoReply({ id: 1, seq: 3 })).answers(asked)).toBe(false);
  });

  it("has the target of the solicitation", () => {
    const group = ethernet({ src: MAC_A, dst: "33:33:ff:00:00:0b" });
    const asked = build(
      group,
      ipv6({ src: A6, dst: "ff02::1:ff00:b" }),
      icmpv6.neighborSolicitation({ target: B6 }),
    );
    const told = (target: string) =>
      build(back, from6, icmpv6.neighborAdvertisement({ target, flags: { s: true } }));
    expect(told(B6).answers(asked)).toBe(true);
    expect(told("2001:db8::c").answers(asked)).toBe(false);
    // Who has no address yet is told by what all hear.
    const probe = build(
      group,
      ipv6({ src: "::", dst: "ff02::1:ff00:b" }),
      icmpv6.neighborSolicitation({ target: B6 }),
    );
    const defence = build(
      ethernet({ src: MAC_B, dst: "33:33:00:00:00:01" }),
      ipv6({ src: B6, dst: "ff02::1" }),
      icmpv6.neighborAdvertisement({ target: B6 }),
    );
    expect(defence.answers(probe)).toBe(true);
  });

  it("is the advertisement that a router was asked for", () => {
    const asked = build(
      ethernet({ src: MAC_A, dst: "33:33:00:00:00:02" }),
      ipv6({ src: "fe80::a", dst: "ff02::2" }),
      icmpv6.routerSolicitation(),
    );
    const told = build(
      ethernet({ src: MAC_B, dst: "33:33:00:00:00:01" }),
      ipv6({ src: "fe80::b", dst: "ff02::1" }),
      icmpv6.routerAdvertisement(),
    );
    expect(told.answers(asked)).toBe(true);
    expect(asked.answers(told)).toBe(false);
  });
});

describe("an answer of ARP", () => {
  const toAll = ethernet({ src: MAC_A, dst: MAC_ALL });
  const asked = build(toAll, arp({ opcode: 1, sha: MAC_A, spa: A, tpa: B }));
  it.each([
    ["the reply", { sha: MAC_B, spa: B, tha: MAC_A, tpa: A }, true],
    ["of another address", { sha: MAC_B, spa: ROUTER, tha: MAC_A, tpa: A }, false],
    ["to somebody else", { sha: MAC_B, spa: B, tha: MAC_B, tpa: A }, false],
    ["a request", { opcode: 1, sha: MAC_B, spa: B, tha: MAC_A, tpa: A }, false],
  ])("%s", (_, values, is) => {
    expect(build(back, arp({ opcode: 2, ...values })).answers(asked)).toBe(is);
  });

  it("of RARP gives the address that the target asked for", () => {
    const reverse = build(toAll, arp({ opcode: 3, sha: MAC_A, tha: MAC_A }));
    const told = arp({ opcode: 4, sha: MAC_B, spa: B, tha: MAC_A, tpa: A });
    expect(build(back, told).answers(reverse)).toBe(true);
    expect(build(back, told).answers(asked)).toBe(false);
  });

  it("of InARP comes from the hardware address that was asked", () => {
    const inverse = build(there, arp({ opcode: 8, sha: MAC_A, spa: A, tha: MAC_B }));
    const told = (sha: string) => arp({ opcode: 9, sha, spa: B, tha: MAC_A, tpa: A });
    expect(build(back, told(MAC_B)).answers(inverse)).toBe(true);
    expect(build(back, told(MAC_A)).answers(inverse)).toBe(false);
  });
});

describe("an answer of DNS", () => {
  const ask = (values: object) =>
    build(there, to, udp({ srcPort: 4000, dstPort: 53 }), dns({ id: 7, ...values }));
  const tell = (values: object) =>
    build(
      back,
      from,
      udp({ srcPort: 53, dstPort: 4000 }),
      dns({ id: 7, flags: { qr: true }, ...values }),
    );
  const questions = [{ name: "www.example.org" }];
  it.each([
    ["the answer", tell({ questions }), true],
    ["in other case", tell({ questions: [{ name: "WWW.Example.org" }] }), true],
    ["an error without question", tell({ flags: { qr: true, rcode: 1 } }), true],
    ["another identification", tell({ id: 8, questions }), false],
    ["another question", tell({ questions: [{ name: "example.org" }] }), false],
    ["another type", tell({ questions: [{ name: "www.example.org", type: 28 }] }), false],
    ["a query", tell({ flags: 0, questions }), false],
    ["another operation", tell({ flags: { qr: true, opcode: 5 }, questions }), false],
  ])("%s", (_, answer, is) => {
    expect(answer.answers(ask({ questions }))).toBe(is);
    expect(read(answer).answers(read(ask({ questions })))).toBe(is);
  });

  it("of multicast DNS has a record that was asked for", () => {
    const group = ipv4({ src: A, dst: "224.0.0.251", ttl: 255 });
    const ports = udp({ srcPort: 5353, dstPort: 5353 });
    const asked = build(
      ethernet({ src: MAC_A, dst: "01:00:5e:00:00:fb" }),
      group,
      ports,
      mdns({ questions: [{ name: "host.local", type: 255, class: 1 }] }),
    );
    const told = (name: string) =>
      build(
        ethernet({ src: MAC_B, dst: "01:00:5e:00:00:fb" }),
        ipv4({ src: B, dst: "224.0.0.251" }),
        ports,
        mdns({ flags: { qr: true }, answers: [mdnsRecord.a({ name, class: 1, address: B })] }),
      );
    expect(told("Host.local").answers(asked)).toBe(true);
    expect(read(told("host.local")).answers(read(asked))).toBe(true);
    expect(told("other.local").answers(asked)).toBe(false);
    expect(asked.answers(told("host.local"))).toBe(false);
    // Nobody answers himself.
    expect(told("host.local").answers(asked.copy().set(ipv4, { src: B }))).toBe(false);
  });

  it("of LLMNR comes from who has the name", () => {
    const asked = build(
      ethernet({ src: MAC_A, dst: "01:00:5e:00:00:fc" }),
      ipv4({ src: A, dst: "224.0.0.252" }),
      udp({ srcPort: 4000, dstPort: 5355 }),
      llmnr({ id: 3, questions: [{ name: "host" }] }),
    );
    const told = (id: number) =>
      build(
        back,
        from,
        udp({ srcPort: 5355, dstPort: 4000 }),
        llmnr({
          id,
          flags: { qr: true },
          questions: [{ name: "host" }],
          answers: [dnsRecord.a({ name: "host", address: B })],
        }),
      );
    expect(told(3).answers(asked)).toBe(true);
    expect(told(4).answers(asked)).toBe(false);
  });
});

describe("an answer of TCP", () => {
  const ask = (values: object, data = "") =>
    build(there, to, tcp({ srcPort: 4000, dstPort: 80, seq: 1000, ...values }), data);
  const tell = (values: object, data = "") =>
    build(back, from, tcp({ srcPort: 80, dstPort: 4000, ...values }), data);
  const syn = { flags: { syn: true } };
  const data = { ack: 500, flags: { ack: true, psh: true } };
  const ack = { ack: true };
  it.each([
    ["SYN, SYN ACK", ask(syn), tell({ ack: 1001, flags: { syn: true, ack: true } }), true],
    ["SYN, old ACK", ask(syn), tell({ ack: 1000, flags: { syn: true, ack: true } }), false],
    ["SYN, RST ACK", ask(syn), tell({ ack: 1001, flags: { rst: true, ack: true } }), true],
    ["SYN, RST of another", ask(syn), tell({ ack: 1002, flags: { rst: true, ack: true } }), false],
    ["SYN, RST without ACK", ask(syn), tell({ flags: { rst: true } }), false],
    ["data, ACK", ask(data, "0123"), tell({ seq: 500, ack: 1004, flags: ack }), true],
    ["data, ACK of more", ask(data, "0123"), tell({ seq: 500, ack: 1010, flags: ack }, "x"), true],
    ["data, ACK of less", ask(data, "0123"), tell({ seq: 500, ack: 1003, flags: ack }), false],
    ["data, RST", ask(data, "0123"), tell({ seq: 500, flags: { rst: true } }), true],
    ["data, RST elsewhere", ask(data, "0123"), tell({ seq: 501, flags: { rst: true } }), false],
    [
      "data, SYN ACK",
      ask(data, "0123"),
      tell({ ack: 1004, flags: { syn: true, ack: true } }),
      false,
    ],
    [
      "FIN, ACK",
      ask({ ack: 5, flags: { fin: true, ack: true } }),
      tell({ seq: 5, ack: 1001, flags: ack }),
      true,
    ],
    [
      "FIN, ACK before it",
      ask({ ack: 5, flags: { fin: true, ack: true } }),
      tell({ seq: 5, ack: 1000, flags: ack }),
      false,
    ],
    ["ACK, data", ask({ ack: 5, flags: ack }), tell({ seq: 5, ack: 1000, flags: ack }, "x"), true],
    [
      "ACK, what it acknowledges",
      ask({ ack: 5, flags: ack }),
      tell({ seq: 4, ack: 1000, flags: ack }, "x"),
      false,
    ],
    ["RST, anything", ask({ flags: { rst: true } }), tell({ ack: 1000, flags: ack }), false],
    [
      "at the end of the numbers",
      ask({ ...data, seq: 0xfffffffe }, "0123"),
      tell({ seq: 500, ack: 2, flags: ack }),
      true,
    ],
    [
      "other ports",
      ask(syn),
      tell({ srcPort: 81, ack: 1001, flags: { syn: true, ack: true } }),
      false,
    ],
  ])("%s", (_, request, answer, is) => {
    expect(answer.answers(request)).toBe(is);
  });

  it("acknowledges, whatever the request carries", () => {
    const request = read(ask({ ...data, dstPort: 80 }, "GET / HTTP/1.1\r\n\r\n"));
    expect(String(request.chain)).toBe("Ethernet:IPv4:TCP:HTTP");
    expect(tell({ seq: 500, ack: 1018, flags: ack }).answers(request)).toBe(true);
  });
});

describe("an answer of SCTP", () => {
  const ask = (verificationTag: number, ...chunks: Parameters<typeof sctpChunk>[0][]) =>
    build(there, to, sctp({ srcPort: 1, dstPort: 2, verificationTag, chunks: chunks as never }));
  const tell = (verificationTag: number, ...chunks: unknown[]) =>
    build(back, from, sctp({ srcPort: 2, dstPort: 1, verificationTag, chunks: chunks as never }));
  const init = ask(0, sctpChunk.init({ initiateTag: 77 }) as never);
  const data = ask(5, sctpChunk.data({ tsn: 10, data: bytes("00") }) as never);
  const beat = (text: string) => bytes(`0001 0008 ${text}`);
  const heartbeat = ask(5, sctpChunk.heartbeat({ parameters: beat("01020304") }) as never);
  it.each([
    ["INIT ACK", init, tell(77, sctpChunk.initAck({ initiateTag: 5 })), true],
    ["INIT ACK with another tag", init, tell(78, sctpChunk.initAck()), false],
    ["ABORT", init, tell(77, sctpChunk.abort()), true],
    [
      "ABORT with its own tag back",
      init,
      tell(0, sctpChunk.abort({ flags: { reflected: true } })),
      true,
    ],
    [
      "ABORT with another tag",
      init,
      tell(9, sctpChunk.abort({ flags: { reflected: true } })),
      false,
    ],
    ["SACK", data, tell(6, sctpChunk.sack({ cumulativeTsn: 10 })), true],
    ["SACK of what comes before", data, tell(6, sctpChunk.sack({ cumulativeTsn: 9 })), false],
    [
      "SACK of a block",
      data,
      tell(6, sctpChunk.sack({ cumulativeTsn: 8, gaps: [{ start: 2, end: 3 }] })),
      true,
    ],
    ["COOKIE ACK to data", data, tell(6, sctpChunk.cookieAck()), false],
    [
      "HEARTBEAT ACK",
      heartbeat,
      tell(6, sctpChunk.heartbeatAck({ parameters: beat("01020304") })),
      true,
    ],
    [
      "HEARTBEAT ACK of another",
      heartbeat,
      tell(6, sctpChunk.heartbeatAck({ parameters: beat("01020305") })),
      false,
    ],
    ["SHUTDOWN ACK", ask(5, sctpChunk.shutdown() as never), tell(6, sctpChunk.shutdownAck()), true],
  ])("%s", (_, request, answer, is) => {
    expect(answer.answers(request)).toBe(is);
  });
});
