import { Readable } from "node:stream";
import { createGunzip, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { parseHex } from "../../src/bytes/hex.ts";
import type { Block } from "../../src/files/blocks.ts";
import {
  type AnyProtocol,
  ah,
  all,
  type CaptureOptions,
  createDissector,
  destinationOptions,
  dns,
  ethernet,
  headerField,
  hopByHop,
  http,
  ipv4,
  ipv6,
  ipv6Fragment,
  ipv6Routing,
  NdjsonReport,
  openCapture,
  type Packet,
  sctp,
  sctpChunk,
  serviceVlan,
  stp,
  tcp,
  udp,
  verifyPacket,
  vlan,
} from "../../src/index.ts";
import { build } from "../../src/packet/build.ts";
import {
  ascii,
  block,
  epb,
  idb,
  join,
  number,
  option,
  pcapHeader,
  pcapRecord,
  shb,
  spb,
} from "../files/samples.ts";

const dissector = createDissector(all);
const hex = (text: string): Uint8Array => parseHex(text.replace(/\s+/g, ""));
const dissect = (text: string, first: AnyProtocol = ethernet): Packet =>
  dissector.dissect(hex(text), first);
const zeros = (count: number): string => "00".repeat(count);

const addresses = "020000000001 020000000002";
/** An IPv4 header without payload. */
const ip = "45000014 00010000 40fd0000 0a000001 0a000002";
const frame = hex(`${addresses} 0800 ${ip}`);

const packetsIn = (file: Uint8Array, options?: CaptureOptions): Packet[] => [
  ...openCapture(file, options),
];

describe("records of a capture", () => {
  it.each([
    ["microseconds", 0xa1b2c3d4, "5000007000"],
    ["nanoseconds", 0xa1b23c4d, "5000000007"],
    ["the modified format", 0xa1b2cd34, "5000007000"],
  ])("are dissected in either byte order, with %s", (_name, magic, time) => {
    const extra = new Uint8Array(magic === 0xa1b2cd34 ? 8 : 0);
    for (const little of [true, false]) {
      const record = pcapRecord(frame, { little, seconds: 5, fraction: 7, extra });
      const packets = packetsIn(join(pcapHeader({ little, magic }), record, record));
      expect(packets.map((p) => String(p.chain))).toEqual(["Ethernet:IPv4", "Ethernet:IPv4"]);
      expect(packets[0]?.time).toBe(BigInt(time));
    }
  });

  it("have their link type whatever the upper half of its field says", () => {
    const file = join(pcapHeader({ network: 0x2400_0001 }), pcapRecord(frame));
    const capture = openCapture(file);
    expect([...capture].map((p) => String(p.chain))).toEqual(["Ethernet:IPv4"]);
    expect(capture.interfaces[0]).toMatchObject({ linkType: 1, fcsLength: 4 });
  });

  it("have the length that was captured, the one on the wire, and their own bytes", () => {
    const frames = [1, 2, 3, 4].map((n) => join(frame, new Uint8Array(30 * n).fill(n)));
    const records = frames.map((one, i) => pcapRecord(one, { original: one.length + 1000 * i }));
    const file = join(pcapHeader({ snaplen: 40 }), ...records);
    for (const chunkSize of [40, 100, 1 << 16]) {
      const packets = packetsIn(file, { chunkSize });
      expect(packets.map((p) => p.bytes())).toEqual(frames);
      expect(packets.map((p) => p.length)).toEqual([64, 94, 124, 154]);
      expect(packets.map((p) => p.originalLength)).toEqual([64, 1094, 2124, 3154]);
      const report = new NdjsonReport();
      report.start();
      const lines = packets.map((p) => JSON.parse(report.packet(p)));
      expect(lines.map((l) => [l.len, l.cap_len])).toEqual([
        [64, 64],
        [1094, 94],
        [2124, 124],
        [3154, 154],
      ]);
      expect(lines.map((l) => hex(l.packet))).toEqual(frames);
    }
  });

  it("come from a stream of Node, though that has a read and a close of another kind", async () => {
    const file = join(pcapHeader(), pcapRecord(frame), pcapRecord(frame));
    const gunzip = createGunzip();
    gunzip.end(gzipSync(file));
    for (const stream of [Readable.from([file.subarray(0, 30), file.subarray(30)]), gunzip]) {
      const packets: string[] = [];
      for await (const packet of openCapture(stream)) packets.push(String(packet.chain));
      expect(packets).toEqual(["Ethernet:IPv4", "Ethernet:IPv4"]);
    }
  });

  it("go by their own interface and section: link type, resolution, offset, byte order", () => {
    const none = new Uint8Array(0);
    const binary = join(
      option(9, Uint8Array.of(0x80 | 10)),
      option(14, number(8, 100, true)),
      option(0, none),
    );
    const nano = join(option(9, Uint8Array.of(9), false), option(0, none, false));
    const file = join(
      shb(),
      idb(),
      idb(true, binary, { linkType: 101 }),
      block(0x7fff, ascii("of nobody")),
      epb(frame, { units: 1_000_001n, options: join(option(1, "first"), option(4711, "x")) }),
      epb(hex(ip), { id: 1, units: 1536n }),
      spb(frame),
      shb(false),
      idb(false, nano, { linkType: 101 }),
      epb(hex(ip), { little: false, units: 1_000_000_001n }),
      shb(),
      idb(true, none, { linkType: 1, snaplen: 20 }),
      spb(frame.subarray(0, 20), frame.length),
    );
    const blocks: Block["kind"][] = [];
    const capture = openCapture(file, { onBlock: (one) => blocks.push(one.kind) });
    const packets = [...capture];
    expect(packets.map((p) => String(p.chain))).toEqual([
      "Ethernet:IPv4",
      "Raw:IPv4",
      "Ethernet:IPv4",
      "Raw:IPv4",
      "Ethernet",
    ]);
    expect(packets.map((p) => p.time)).toEqual([
      1_000_001_000n,
      101_500_000_000n,
      undefined,
      1_000_000_001n,
      undefined,
    ]);
    expect(packets.at(-1)).toMatchObject({ length: 20, originalLength: frame.length });
    expect(capture.optionsOf(packets[0]!)?.comments).toEqual(["first"]);
    expect(capture.optionsOf(packets[1]!)).toBeUndefined();
    expect(blocks.filter((kind) => kind === "unknown")).toHaveLength(1);
    expect(blocks.filter((kind) => kind === "sectionHeader")).toHaveLength(3);
  });
});

describe("Ethernet frames", () => {
  it.each([
    ["a customer tag", "8100 0064 0800", "VLAN", [[vlan, 0, false, 100]]],
    ["a service tag", "88a8 6064 0800", "802.1ad", [[serviceVlan, 3, false, 100]]],
    [
      "a customer tag in a service tag",
      "88a8 0064 8100 00c8 0800",
      "802.1ad:VLAN",
      [
        [serviceVlan, 0, false, 100],
        [vlan, 0, false, 200],
      ],
    ],
    ["a priority tag of no network", "8100 e000 0800", "VLAN", [[vlan, 7, false, 0]]],
    ["the drop bit alone", "8100 1000 0800", "VLAN", [[vlan, 0, true, 0]]],
  ] as const)("with %s", (_name, tags, chain, expected) => {
    const packet = dissect(`${addresses} ${tags} ${ip}`);
    expect(String(packet.chain)).toBe(`Ethernet:${chain}:IPv4`);
    for (const [protocol, priority, dei, id] of expected)
      expect(packet.require(protocol)).toMatchObject({ priority, dei, id });
  });

  it("with two customer tags have both", () => {
    const packet = dissect(`${addresses} 8100 2001 8100 3002 0800 ${ip}`);
    expect(String(packet.chain)).toBe("Ethernet:VLAN:VLAN:IPv4");
    expect(packet.layers.filter((l) => l.schema.name === "vlan")).toHaveLength(2);
    expect(packet.get(vlan)?.id).toBe(1);
    expect(packet.get(ethernet, vlan, vlan)).toMatchObject({ priority: 1, id: 2 });
  });

  it("of 802.3 carry LLC, SNAP and spanning trees, and have padding behind their length", () => {
    const tree = `0000 02 02 3c 8000 020000000001 00000000 8000 020000000001 8001 0000 1400 0200 0f00 00`;
    const spanning = dissect(`0180c2000000 020000000002 0027 424203 ${tree} ${zeros(7)}`);
    expect(String(spanning.chain)).toBe("Ethernet:LLC:STP");
    expect(spanning.require(stp)).toMatchObject({ version: 2 });
    expect(spanning.require(ethernet).padding).toHaveLength(7);
    const snap = dissect(`${addresses} 001c aaaa03 000000 0800 ${ip} ${zeros(18)}`);
    expect(String(snap.chain)).toBe("Ethernet:LLC:SNAP:IPv4");
    expect(snap.require(ethernet).padding).toHaveLength(18);
    const other = dissect(`${addresses} 0005 060603 4242 ${zeros(41)}`);
    expect(String(other.chain)).toBe("Ethernet:LLC");
    expect(other.raw).toEqual(hex("4242"));
  });
});

describe("IPv6 extension headers", () => {
  const fixed = (next: string, length: number): string =>
    `60000000 ${length.toString(16).padStart(4, "0")} ${next} 40 ${"20010db8000000000000000000000001".repeat(2)}`;
  const datagram = "0001 0002 000a 0000 abcd";
  const padN = "0104 00000000";

  it("follow one another, each of its own length, and are no part of the payload", () => {
    const headers = [
      `2b00 ${padN}`,
      `2c02 0300 00000000 ${"20010db8000000000000000000000009"}`,
      "3300 0000 00000007",
      "3c04 0000 00000005 00000006 000102030405060708090a0b",
      `1101 ${"010c"}${zeros(12)}`,
    ].join(" ");
    const length = hex(headers).length + hex(datagram).length;
    const packet = dissect(`${fixed("00", length)} ${headers} ${datagram}`, ipv6);
    expect(packet.error).toBeNull();
    expect(packet.layers.map((l) => [l.schema.root.name, l.headerEnd - l.start])).toEqual([
      ["ipv6", 40],
      ["hopByHop", 8],
      ["ipv6Routing", 24],
      ["ipv6Fragment", 8],
      ["ah", 24],
      ["destinationOptions", 16],
      ["udp", 8],
    ]);
    expect(packet.require(hopByHop).nextHeader).toBe(43);
    expect(packet.require(ipv6Routing).nextHeader).toBe(44);
    expect(packet.require(ipv6Fragment)).toMatchObject({ nextHeader: 51, id: 7, more: false });
    expect(packet.require(ah)).toMatchObject({ nextHeader: 60, spi: 5, seq: 6 });
    expect(packet.require(destinationOptions).options).toHaveLength(1);
    expect(packet.raw).toEqual(hex("abcd"));
  });

  it.each([
    ["ESP", "32", `00000001 00000002 ${zeros(20)}`, "ESP"],
    ["a mobility header", "87", "3b01 0500 0000 0000 00000000 00000000", "MIPV6"],
    ["HIP", "8b", `3b04 0111 00000000 ${zeros(32)}`, "HIP"],
    ["Shim6", "8c", "3b00 8000 00000000", "SHIM6"],
    ["no next header", "3b", "", ""],
  ])("may end with %s", (_name, next, bytes, label) => {
    const packet = dissect(`${fixed(next, hex(bytes).length)} ${bytes}`, ipv6);
    const [, last] = String(packet.chain).split(":");
    expect((last ?? "").toUpperCase()).toBe(label);
    expect(packet.error).toBeNull();
  });

  it("may say that the payload is longer than its length could", () => {
    const payload = 70_000;
    const jumbo = `1100 c204 ${(8 + 8 + payload).toString(16).padStart(8, "0")}`;
    const head = hex(`${fixed("00", 0)} ${jumbo} 0001 0002 0000 0000`);
    const packet = dissector.dissect(join(head, new Uint8Array(payload)), ipv6);
    expect(packet.error).toBeNull();
    expect(packet.require(hopByHop).options[0]).toMatchObject({
      is: "jumboPayload",
      length: 4,
    });
    expect(String(packet.chain)).toBe("IPv6:HOPOPT:UDP");
    expect(packet.raw).toHaveLength(payload);
  });
});

describe("DNS names", () => {
  it("are pointed to wherever in the message they lie", () => {
    // A record in each 256 bytes that a pointer reaches, so that the pointers to their names begin with C0 to FF.
    const places = Array.from({ length: 64 }, (_, i) => (i === 0 ? 12 : 256 * i));
    const records = places.map((at, i) => {
      const filler = (places[i + 1] ?? at + 14) - at - 14;
      const name = Uint8Array.of(2, 0x61 + (i >> 3), 0x61 + (i & 7), 0);
      const type = hex("0010 0001 00000000");
      return join(name, type, number(2, filler, false), new Uint8Array(filler));
    });
    const pointers = places.map((at) => number(2, 0xc000 | at, false));
    expect(pointers.map((pointer) => pointer[0])).toEqual(places.map((_, i) => 0xc0 + i));
    const pieces = [
      hex("0001 8400 0000 0080 0000 0000"),
      ...records,
      ...pointers.map((pointer) => join(pointer, hex("0001 0001 00000000 0004 c0000201"))),
    ];
    const packet = dissector.dissect(join(...pieces), dns);
    expect(packet.error).toBeNull();
    const answers = packet.require(dns).answers.map((a) => a.name);
    expect(answers.slice(64)).toEqual(answers.slice(0, 64));
    expect(new Set(answers).size).toBe(64);
  });
});

describe("HTTP messages", () => {
  const segment = (text: string, port = 80): Packet => {
    const bytes = build(ethernet(), ipv4(), tcp({ srcPort: 40_000, dstPort: port }), text).bytes();
    return dissector.dissect(bytes.slice(), ethernet);
  };

  it.each([
    ["GET", "/search?q=a%20b&c=d-e_f~g", "HTTP/1.1"],
    ["OPTIONS", "*", "HTTP/1.1"],
    ["CONNECT", "www.example.org:443", "HTTP/1.1"],
    ["GET", "http://www.example.org/pub/a-b?c=%7E", "HTTP/1.1"],
    ["M-SEARCH", "*", "HTTP/1.1"],
    ["VERSION-CONTROL", "/a", "HTTP/1.0"],
  ])("may begin with %s %s", (method, uri, version) => {
    const packet = segment(`${method} ${uri} ${version}\r\nHost: x\r\n\r\n`);
    expect(packet.require(http).request).toMatchObject({ method, uri, version });
  });

  it("keep repeated fields in order, and lines that are none", () => {
    const text = "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nbroken\r\nSet-Cookie: b=2\r\nX:\r\n\r\n";
    const packet = segment(text, 40_001);
    expect(packet.get(http)).toBeUndefined();
    const { headers, response } = segment(text).require(http);
    expect(response).toMatchObject({ code: 200, phrase: "OK" });
    expect(headers.map((h) => [h.name, h.value])).toEqual([
      ["Set-Cookie", "a=1"],
      ["broken", ""],
      ["Set-Cookie", "b=2"],
      ["X", ""],
    ]);
    expect(headerField.schema).toBe(headers[0]?.layer.schema);
  });

  it("are known on the other ports of the web too", () => {
    expect(String(segment("GET / HTTP/1.1\r\n\r\n", 8080).chain)).toBe("Ethernet:IPv4:TCP:HTTP");
  });

  it("leave what follows the first one in a segment as it is", () => {
    const packet = segment("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
    expect(packet.require(http).request?.uri).toBe("/a");
    expect(Buffer.from(packet.raw).toString()).toBe("GET /b HTTP/1.1\r\n\r\n");
  });
});

describe("tunnels and what they carry", () => {
  it("PPP over Ethernet ends where its length says", () => {
    const inner = `0021 ${ip}`;
    const packet = dissect(`${addresses} 8864 1100 0017 0016 ${inner} ${zeros(18)}`);
    expect(String(packet.chain)).toBe("Ethernet:PPPoE:PPP:IPv4");
    expect(packet.raw).toHaveLength(0);
    expect(packet.error).toBeNull();
  });

  it("L2TP is found over its port", () => {
    const packet = build(
      ethernet(),
      ipv4(),
      udp({ srcPort: 40_000, dstPort: 1701 }),
      hex(`0002 0001 0002 ff03 0021 ${ip}`),
    );
    expect(String(dissector.dissect(packet.bytes().slice(), ethernet).chain)).toBe(
      "Ethernet:IPv4:UDP:L2TP:PPP:IPv4",
    );
  });
});

describe("SCTP packets", () => {
  it.each([0, 1, 2, 3])("find the chunk behind %i bytes of padding", (padding) => {
    const data = new Uint8Array(8 - padding).fill(0xff);
    const packet = build(
      ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }),
      sctp({
        srcPort: 1,
        dstPort: 2,
        chunks: [sctpChunk.data({ tsn: 1, data }), sctpChunk.cookieAck()],
      }),
    );
    const read = dissector.dissect(packet.bytes().slice(), ipv4);
    const { chunks } = read.require(sctp);
    expect(chunks.map((c) => [c.is, c.length])).toEqual([
      ["data", 24 - padding],
      ["cookieAck", 4],
    ]);
    expect(read.length).toBe(20 + 12 + 24 + 4);
    expect(verifyPacket(read).map((c) => c.status)).toEqual(["good", "good"]);
    const broken = read.bytes().slice();
    broken[broken.length - 8]! ^= 1;
    const seen = verifyPacket(dissector.dissect(broken, ipv4));
    expect(seen.map((c) => c.status)).toEqual(["good", "bad"]);
  });
});
