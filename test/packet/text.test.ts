import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../src/bytes/dump.ts";
import { build } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { formatLayer } from "../../src/packet/text.ts";
import { all } from "../../src/protocols/all.ts";
import { dns } from "../../src/protocols/application/dns/dns.ts";
import { http } from "../../src/protocols/application/http/http.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { icmp } from "../../src/protocols/network/icmp.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { tcpOption } from "../../src/protocols/transport/tcp-options.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { hex } from "../support/packets.ts";

const dissector = createDissector(all);
const syn = build(
  ethernet({ dst: "02:00:5e:10:00:01", src: "02:00:5e:10:00:0a" }),
  ipv4({ src: "192.0.2.10", dst: "198.51.100.80", flags: { df: true } }),
  tcp({
    srcPort: 50342,
    dstPort: 80,
    flags: { syn: true, ack: true },
    options: [tcpOption.maximumSegmentSize({ mss: 1460 }), tcpOption.windowScale({ shift: 7 })],
  }),
  "hello\n\u001b[31m",
);

describe("String(packet)", () => {
  it("has a line a layer, with every field by its name", () => {
    const lines = String(syn).split("\n");
    expect(lines).toEqual([
      "ethernet(dst=02:00:5e:10:00:01, src=02:00:5e:10:00:0a, type=IPv4 (0x0800))",
      expect.stringMatching(
        /^ipv4\(version=4, ihl=20 \(5\), dscp=CS0 \(0\), ecn=.*, flags=0x2 \(df\), .*, src=192\.0\.2\.10, dst=198\.51\.100\.80, options=\[\]\)$/,
      ),
      expect.stringMatching(
        /^tcp\(srcPort=50342, dstPort=http \(80\), .*flags=0x0012 \(ack, syn\), .*options=\[maximumSegmentSize\(mss=1460\), windowScale\(shift=7\), endOfOptionList\]\)$/,
      ),
      'payload: 11 bytes "hello\\n\\x1b[31m"',
    ]);
    for (const layer of syn.layers)
      for (const { name } of layer.schema.placed)
        expect(lines[syn.layers.indexOf(layer)]).toContain(`${name}=`);
  });

  it("names cases, and parts of flags", () => {
    const ping = build(icmp.echo({ id: 1, seq: 2 }), "ab");
    expect(String(ping)).toMatch(
      /^icmp\.echo\(type=Echo \(8\), code=0, .*, id=1, seq=2\)\npayload: 2 bytes "ab"$/,
    );
    const answer = build(dns({ flags: { qr: true, rcode: 3 }, questions: [{ name: "a.b" }] }));
    expect(String(answer)).toContain("flags=0x8003 (qr, rcode=NXDomain (3))");
    expect(String(answer)).toContain('questions=[(name="a.b", type=');
  });

  it("never changes the packet", () => {
    const packet = build(ethernet(), ipv4(), udp(), "x");
    packet.require(ipv4).ttl = 3;
    const stale = packet.require(ipv4).checksum;
    const before = hex(packet.bytes({ update: false }));
    String(packet);
    packet.hexdump();
    expect(hex(packet.bytes({ update: false }))).toBe(before);
    expect(packet.require(ipv4).checksum).toBe(stale);
    packet.bytes();
    expect(packet.require(ipv4).checksum).not.toBe(stale);
  });

  it("shows what there is of a broken packet, and why no more", () => {
    const whole = hex(syn.bytes());
    const cut = dissector.dissect(fromHex(whole.slice(0, 2 * 44)), ethernet);
    const lines = String(cut).split("\n");
    expect(lines.at(-2)).toMatch(
      /^Transmission Control Protocol \(cut short\): 10 bytes \(srcPort=50342, /,
    );
    expect(lines.at(-1)).toBe(
      "error: ipv4.payload is cut off at byte 14: 59 bytes are needed, the capture leaves 30",
    );
    const malformed = dissector.dissect(
      fromHex(`${whole.slice(0, 2 * 54)}0200${whole.slice(2 * 56)}`),
      ethernet,
    );
    expect(String(malformed)).toContain("\nerror: tcp.options is malformed at byte 54");
  });

  it("tells bytes of no protocol, and of none at all", () => {
    expect(String(createDissector([]).dissect(Uint8Array.of(1, 255), ethernet))).toMatch(
      /^Ethernet \(cut short\): 2 bytes \(.*\)\nerror: ethernet is cut off/,
    );
    expect(String(build(Uint8Array.of(1, 255)))).toBe("payload: 2 bytes 0x01ff");
    expect(String(build())).toBe("0 bytes");
  });

  it("lets nothing out that a terminal would obey", () => {
    const evil = "\u001b]0;x\u0007\u009b2J\u0000";
    const packet = build(http({ request: { uri: `/${evil}` } }), evil);
    fc.assert(
      fc.property(fc.array(fc.nat(255), { maxLength: 60 }), (changes) => {
        const bytes = packet.bytes().slice();
        for (const [i, n] of changes.entries()) if (i % 3 === 0) bytes[n % bytes.length] = n;
        for (const first of [http, dns, ethernet])
          expect(String(dissector.dissect(bytes.slice(), first))).not.toMatch(/[^\P{C}\n]/u);
      }),
      { numRuns: 50, seed: 7 },
    );
    expect(String(packet)).toContain('uri="/\\x1b]0;x\\x07\\x9b2J\\x00"');
    const name = build(dns({ questions: [{ name: "a\u202etxt.exe" }] }));
    expect(String(name)).toContain("a\\u202etxt.exe");
  });

  it("keeps a line short, however long a value is", () => {
    const options = Array.from({ length: 38 }, () => tcpOption.noOperation());
    const packet = build(tcp({ options }), new Uint8Array(60_000));
    const [line = "", payload = ""] = String(packet).split("\n");
    expect(line).toContain("noOperation, and ");
    expect(line.length).toBeLessThan(700);
    expect(payload).toBe(`payload: 60000 bytes 0x${"00".repeat(32)}...`);
  });
});

describe("a trailer as text", () => {
  it("shows what is there", () => {
    const padded = new Uint8Array(64);
    padded.set(build(ethernet(), ipv4(), udp(), "x").bytes());
    padded[63] = 9;
    const lines = String(dissector.dissect(padded, ethernet)).split("\n");
    expect(lines.at(-1)).toBe(
      `trailer: 21 bytes (padding=17 bytes 0x${"00".repeat(17)}, fcs=0x00000009)`,
    );
  });
});

describe("a layer or record as text", () => {
  it("is the line of it", () => {
    expect(formatLayer(syn.require(ethernet).layer)).toBe(String(syn).split("\n")[0]);
    const [mss] = syn.require(tcp).options;
    expect(formatLayer(mss!.layer)).toBe(
      "tcp.option.maximumSegmentSize(kind=Maximum Segment Size (2), length=4, mss=1460)",
    );
  });
});

describe("packet.hexdump", () => {
  it("counts from the packet's start, in lines of a width", () => {
    const packet = build("abcdefgh\n");
    expect(packet.hexdump({ width: 4 })).toBe(
      "0000  61 62 63 64   abcd\n0004  65 66 67 68   efgh\n0008  0a            .",
    );
    expect(packet.hexdump()).toBe(
      "0000  61 62 63 64 65 66 67 68 0a                        abcdefgh.",
    );
    expect(fromHex(packet.hexdump())).toEqual(packet.bytes());
    expect(() => packet.hexdump({ width: 0 })).toThrow(RangeError);
  });
});
