import { describe, expect, it } from "vitest";
import { build } from "../../../../src/packet/build.ts";
import { createDissector } from "../../../../src/packet/dissector.ts";
import { dns, llmnr, mdns } from "../../../../src/protocols/application/dns/dns.ts";
import { dnsRecord } from "../../../../src/protocols/application/dns/record.ts";
import { dnsTcp } from "../../../../src/protocols/application/dns/tcp.ts";
import { ethernet } from "../../../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../../../src/protocols/network/ipv4.ts";
import { tcp } from "../../../../src/protocols/transport/tcp.ts";
import { udp } from "../../../../src/protocols/transport/udp.ts";
import { built, bytes, hex, packetOf, rebuilt, viewIn } from "../../../support/packets.ts";

const dissector = createDissector([ethernet, ipv4, udp, tcp, dns, mdns, llmnr, dnsTcp]);

/** www.example.com is an alias of example.com, which has an address; the server's record and EDNS behind. */
const answer = `
  1234 8180 0001 0002 0000 0001
  03 777777 07 6578616d706c65 03 636f6d 00 0001 0001
  c00c 0005 0001 0000012c 0002 c010
  c010 0001 0001 00000078 0004 c0000201
  00 0029 04d0 01 00 8000 0000`;

describe("DNS", () => {
  it("reads questions and records by type", () => {
    const packet = packetOf(answer, dns);
    const message = packet.require(dns);
    expect(message.flags).toMatchObject({
      qr: true,
      opcode: 0,
      rd: true,
      ra: true,
      aa: false,
      rcode: 0,
    });
    expect(message.questions[0]).toMatchObject({ name: "www.example.com", type: 1, class: 1 });
    const [alias, address] = message.answers;
    expect(alias?.is === "cname" && alias.cname).toBe("example.com");
    expect(address?.is === "a" && address.address).toBe("192.0.2.1");
    expect(address).toMatchObject({ name: "example.com", ttl: 120, rdlength: 4 });
    const [edns] = message.additionals;
    if (edns?.is !== "opt") throw new Error("no EDNS");
    expect(edns).toMatchObject({ udpPayloadSize: 1232, extendedRcode: 1, version: 0 });
    expect(edns.flags.do).toBe(true);
    expect(packet.error).toBeNull();
    expect(hex(rebuilt(packet))).toBe(hex(packet.bytes()));
  });

  it("computes counts, lengths and types when building, and compresses", () => {
    const message = dns({
      id: 0x1234,
      flags: { qr: true, rd: true, ra: true },
      questions: [{ name: "www.example.com" }],
      answers: [
        { is: "cname", name: "www.example.com", ttl: 300, cname: "example.com" },
        dnsRecord.a({ name: "example.com", ttl: 120, address: "192.0.2.1" }),
      ],
      additionals: [{ is: "opt", extendedRcode: 1, flags: { do: true } }],
    });
    expect(built(message)).toBe(hex(bytes(answer)));
  });

  it("is found over UDP, and sets the port", () => {
    const packet = build(
      ethernet(),
      ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }),
      udp({ srcPort: 4000 }),
      dns({ questions: [{ name: "a.test" }] }),
    );
    expect(packet.require(udp).dstPort).toBe(53);
    const again = dissector.dissect(packet.bytes(), ethernet);
    expect(String(again.chain)).toBe("Ethernet:IPv4:UDP:DNS");
    expect(again.require(dns).questions[0]?.name).toBe("a.test");
  });

  it("writes the records anew when a name that they point to changes", () => {
    const packet = packetOf(answer, dns);
    packet.set(packet.require(dns).questions[0]!, { name: "other.test" });
    const { questions, answers } = packet.require(dns);
    expect(questions[0]?.name).toBe("other.test");
    expect(answers.map((a) => a.name)).toEqual(["www.example.com", "example.com"]);
    expect(answers[0]?.is === "cname" && answers[0].cname).toBe("example.com");
  });

  it("keeps records without data, as updates have them, in their place", () => {
    const update = viewIn(
      "0001 2800 0001 0002 0000 0000 04 74657374 00 0006 0001 c00c 0001 00ff 00000000 0000 c00c 0005 00fe 00000000 0000",
      dns,
    );
    expect(update.flags.opcode).toBe(5);
    expect(
      update.answers.map((a) => [a.is, a.type, a.is !== "opt" && a.class, a.rdlength]),
    ).toEqual([
      ["unknown", 1, 255, 0],
      ["cname", 5, 254, 0],
    ]);
  });

  it("keeps what is whole of a message that is cut", () => {
    const whole = bytes(answer);
    for (let length = 12; length <= whole.length; length++) {
      const packet = packetOf(whole.slice(0, length), dns);
      const { questions, answers, additionals } = packet.require(dns);
      expect(questions.length + answers.length + additionals.length).toBe(
        [33, 47, 63, 74].filter((end) => end <= length).length,
      );
      expect(packet.error === null).toBe(length === whole.length);
      expect(hex(rebuilt(packet))).toBe(hex(packet.bytes()));
    }
  });

  it("keeps data that its type does not explain", () => {
    // An address of three bytes, a mail exchange without a name, and bytes behind the message.
    const text =
      "0001 8000 0000 0002 0000 0000 00 0001 0001 00000000 0003 0a0000 00 000f 0001 00000000 0002 0005 ffff";
    const packet = packetOf(text, dns);
    const [address, mail] = packet.require(dns).answers;
    expect(address).toMatchObject({ is: "unknown", type: 1, data: Uint8Array.of(10, 0, 0) });
    expect(mail).toMatchObject({ is: "mx", preference: 5, exchange: undefined });
    expect(hex(rebuilt(packet))).toBe(hex(bytes(text)));
  });

  it("reads stateful operations", () => {
    const message = viewIn(
      "0001 3000 0000 0000 0000 0000 0001 0008 00003a98 00007530 0003 0002 0000",
      dns,
    );
    expect(message.tlvs.map((t) => t.is)).toEqual(["keepAlive", "encryptionPadding"]);
    expect(message.tlvs[0]).toMatchObject({ inactivity: 15000, interval: 30000 });
    expect(viewIn(answer, dns).tlvs).toEqual([]);
  });
});

describe("multicast DNS", () => {
  it("tells the highest bit of the class apart, and compresses what DNS does not", () => {
    const packet = build(
      udp(),
      mdns({
        questions: [{ name: "_ipp._tcp.local", type: 12, unicastResponse: true }],
        answers: [
          {
            is: "srv",
            name: "Büro 1._ipp._tcp.local",
            cacheFlush: true,
            ttl: 120,
            port: 631,
            target: "printer.local",
          },
        ],
      }),
    );
    expect(packet.require(udp).dstPort).toBe(5353);
    const { questions, answers } = dissector.dissect(packet.bytes(), udp).require(mdns);
    expect(questions[0]).toMatchObject({ unicastResponse: true, class: 1 });
    const [service] = answers;
    expect(service).toMatchObject({
      name: "Büro 1._ipp._tcp.local",
      cacheFlush: true,
      class: 1,
      rdlength: 16,
    });
    expect(service?.is === "srv" && service.target).toBe("printer.local");
  });
});

describe("LLMNR", () => {
  it("has flags of its own", () => {
    const message = viewIn("0001 8500 0000 0000 0000 0000", llmnr);
    expect(message.flags).toMatchObject({ qr: true, c: true, t: true, tc: false });
  });
});

describe("DNS over TCP", () => {
  const ip = ipv4({ src: "10.0.0.1", dst: "10.0.0.2" });
  const query = dns({ id: 1, questions: [{ name: "a.test" }] });

  it("has the message's length before it", () => {
    const packet = build(ip, tcp({ srcPort: 4000 }), dnsTcp(), query);
    expect(packet.require(dnsTcp).length).toBe(24);
    const again = dissector.dissect(packet.bytes(), ipv4);
    expect(String(again.chain)).toBe("IPv4:TCP:DNS-TCP:DNS");
    expect(again.require(dns).questions[0]?.name).toBe("a.test");
  });

  it("leaves a segment alone that is not a whole message", () => {
    const whole = build(ip, tcp({ srcPort: 4000 }), dnsTcp(), query).bytes();
    const payload = whole.slice(40);
    for (const segment of [payload.slice(0, -1), payload.slice(2), Uint8Array.of(0)]) {
      const packet = dissector.dissect(build(ip, tcp({ dstPort: 53 }), segment).bytes(), ipv4);
      expect(packet.get(dns)).toBeUndefined();
      expect(packet.raw).toEqual(segment);
    }
  });
});
