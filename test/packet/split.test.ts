import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { PcapWriter } from "../../src/files/pcap-writer.ts";
import { build } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { verifyPacket } from "../../src/packet/verify.ts";
import { all } from "../../src/protocols/all.ts";
import { arp } from "../../src/protocols/link/arp.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { vlan } from "../../src/protocols/link/vlan.ts";
import { icmp } from "../../src/protocols/network/icmp.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv4Option } from "../../src/protocols/network/ipv4-options.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import {
  destinationOptions,
  hopByHop,
  ipv6Fragment,
} from "../../src/protocols/network/ipv6-extensions.ts";
import { ipv6Routing } from "../../src/protocols/network/ipv6-routing.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { tcpOption } from "../../src/protocols/transport/tcp-options.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { gre } from "../../src/protocols/tunnel/gre.ts";
import { bytes, hex } from "../support/packets.ts";
import { hasTshark, tsharkCells } from "../support/tshark.ts";

const dissector = createDissector(all);
const ends = { src: "192.0.2.1", dst: "198.51.100.2" };
const ends6 = { src: "2001:db8::1", dst: "2001:db8::2" };
const ports = { srcPort: 4000, dstPort: 4001 };
const payload = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => i * 7 + (i >> 8));
const read = (packet: Packet): Packet => dissector.dissect(packet.bytes().slice(), ethernet);

/** What the headers of all fragments say, and whether their checksums are right. */
function fragments4(packets: readonly Packet[]): readonly (readonly unknown[])[] {
  return packets.map((packet) => {
    const again = read(packet);
    const ip = again.require(ipv4);
    const [first] = verifyPacket(again);
    expect(first?.status).toBe("good");
    expect(again.length).toBe(ip.layer.start + ip.len);
    return [ip.len, ip.fragmentOffset * 8, ip.flags.mf];
  });
}

/** The data that fragments carry, put together by where they say that it belongs. */
function joined4(packets: readonly Packet[]): Uint8Array {
  const whole: number[] = [];
  for (const packet of packets) {
    const { layer, fragmentOffset } = read(packet).require(ipv4);
    const data = layer.bytes.subarray(layer.headerEnd, layer.end);
    for (const [i, byte] of data.entries()) whole[fragmentOffset * 8 + i] = byte;
  }
  return Uint8Array.from(whole);
}

/** What a layer carries. */
const carried = (packet: Packet): Uint8Array => {
  const { layer } = packet.require("ip");
  return layer.bytes.slice(layer.headerEnd, layer.end);
};

describe("fragments of IPv4", () => {
  const datagram = (values: object = {}, length = 3000): Packet =>
    build(
      ethernet({ src: "02:00:00:00:00:01" }),
      vlan({ id: 5 }),
      ipv4({ ...ends, id: 0xbeef, ttl: 17, dscp: 46, ...values }),
      udp(ports),
      payload(length),
    );

  it("have offsets in words of 8 bytes, and all but the last say that more come", () => {
    const pieces = datagram().fragment({ size: 1500 });
    expect(fragments4(pieces)).toEqual([
      [1500, 0, true],
      [1500, 1480, true],
      [68, 2960, false],
    ]);
    expect(hex(joined4(pieces))).toBe(hex(carried(datagram())));
  });

  it("fill the size as far as multiples of 8 do", () => {
    const pieces = datagram({}, 100).fragment({ size: 63 });
    expect(fragments4(pieces)).toEqual([
      [60, 0, true],
      [60, 40, true],
      [48, 80, false],
    ]);
    expect(fragments4(datagram({}, 64).fragment({ size: 91 })).at(-1)).toEqual([28, 64, false]);
  });

  it("have what the datagram's header has, and the layers below", () => {
    for (const piece of datagram({ flags: { rb: true } }).fragment({ size: 600 })) {
      const again = read(piece);
      expect(again.require(ethernet)).toMatchObject({ src: "02:00:00:00:00:01", type: 0x8100 });
      expect(again.require(vlan).id).toBe(5);
      expect(again.require(ipv4)).toMatchObject({
        id: 0xbeef,
        ttl: 17,
        dscp: 46,
        protocol: 17,
        ...ends,
      });
      expect(again.require(ipv4).flags.rb).toBe(true);
    }
  });

  it("have the options with the copied flag only, but for the first", () => {
    const options = [
      ipv4Option.recordRoute({ route: [{ address: "192.0.2.9" }] }),
      ipv4Option.noOperation(),
      ipv4Option.routerAlert({ value: 1 }),
    ];
    const pieces = datagram({ options }).fragment({ size: 1000 });
    const seen = pieces.map((piece) => {
      const ip = read(piece).require(ipv4);
      return [ip.ihl, ip.options.map((o) => o.is).join()];
    });
    expect(seen).toEqual([
      [8, "recordRoute,noOperation,routerAlert"],
      [6, "routerAlert"],
      [6, "routerAlert"],
      [6, "routerAlert"],
    ]);
    fragments4(pieces);
    expect(hex(joined4(pieces))).toBe(hex(carried(datagram({ options }))));
  });

  it("can be cut again", () => {
    const pieces = datagram().fragment({ size: 1500 });
    const again = pieces.flatMap((piece) => piece.fragment({ size: 580 }));
    expect(fragments4(again).map(([, at, more]) => [at, more])).toEqual([
      [0, true],
      [560, true],
      [1120, true],
      [1480, true],
      [2040, true],
      [2600, true],
      [2960, false],
    ]);
    expect(hex(joined4(again))).toBe(hex(carried(datagram())));
    const read4 = pieces.map(read).flatMap((piece) => piece.fragment({ size: 580 }));
    expect(read4.map((p) => hex(p.bytes()))).toEqual(again.map((p) => hex(p.bytes())));
  });

  it("are not made of what fits, nor of what must not be split", () => {
    const small = datagram({ flags: { df: true } }, 100);
    const [one, ...others] = small.fragment();
    expect(others).toEqual([]);
    expect(hex(one?.bytes() ?? bytes(""))).toBe(hex(small.bytes()));
    expect(one).not.toBe(small);
    const large = datagram({ flags: { df: true } });
    expect(() => large.fragment()).toThrow(RangeError);
    expect(() => large.fragment()).toThrow(
      "fragment: Don't Fragment is set in a packet of 3028 bytes, 1500 fit; { force: true } splits it",
    );
    const forced = large.fragment({ force: true });
    expect(fragments4(forced).length).toBe(3);
    expect(forced.every((p) => p.require(ipv4).flags.df)).toBe(true);
  });

  it("need room for 8 bytes", () => {
    expect(() => datagram().fragment({ size: 27 })).toThrow(
      "fragment: size 27 is too small, 28 bytes are needed",
    );
    expect(fragments4(datagram({}, 16).fragment({ size: 28 })).length).toBe(3);
    for (const size of [0, -1, 1.5, Number.NaN])
      expect(() => datagram().fragment({ size })).toThrow(RangeError);
    const none = build(ethernet(), arp());
    expect(() => none.fragment()).toThrow("fragment: no layer that can be split (Ethernet:ARP)");
    expect(() => none.fragment({ of: ipv4 })).toThrow("fragment: no layer 'ipv4'");
    expect(() => datagram().fragment({ of: vlan })).toThrow(TypeError);
  });

  it("have lengths and checksums of their own where those were wrong", () => {
    const pieces = datagram({ len: 0, checksum: 1 }).fragment();
    expect(fragments4(pieces).map(([len]) => len)).toEqual([1500, 1500, 68]);
  });

  it("do not take padding with them, and are of the same capture", () => {
    const frame = build(ethernet({ trailer: new Uint8Array(9) }), ipv4(ends), payload(90));
    const pieces = frame.fragment({ size: 60 });
    expect(fragments4(pieces).length).toBe(3);
    const shown = read(datagram()).fragment();
    expect(shown.map((p) => String(p.chain))).toEqual([
      "Ethernet:VLAN:IPv4:UDP",
      "Ethernet:VLAN:IPv4",
      "Ethernet:VLAN:IPv4",
    ]);
    expect(
      datagram()
        .fragment()
        .map((p) => String(p.chain)),
    ).toEqual(["Ethernet:VLAN:IPv4", "Ethernet:VLAN:IPv4", "Ethernet:VLAN:IPv4"]);
  });

  it("are not made of what was not captured whole", () => {
    const frame = datagram().bytes();
    const cut = dissector.dissect(frame.slice(0, 2000), ethernet);
    expect(() => cut.fragment()).toThrow("some bytes of the packet were not captured");
  });

  it("leave the packet as it is", () => {
    const packet = datagram();
    packet.require(ipv4).ttl = 3;
    const before = hex(packet.copy().bytes());
    packet.fragment();
    expect(hex(packet.bytes())).toBe(before);
  });

  it("of a tunnel are of the outer header unless told", () => {
    const outer = { src: "203.0.113.1", dst: "203.0.113.2" };
    const packet = build(ethernet(), ipv4(outer), gre(), ipv4(ends), udp(ports), payload(2000));
    expect(packet.fragment().map((p) => String(read(p).chain))).toEqual([
      "Ethernet:IPv4:GRE:IPv4:UDP",
      "Ethernet:IPv4",
    ]);
    const inner = packet.fragment({ of: 3, size: 1400 });
    expect(inner.map((p) => String(read(p).chain))).toEqual([
      "Ethernet:IPv4:GRE:IPv4:UDP",
      "Ethernet:IPv4:GRE:IPv4",
    ]);
    for (const piece of inner.map(read)) {
      expect(verifyPacket(piece).filter((v) => v.status === "bad")).toEqual([]);
      expect(piece.require(ipv4).len).toBe(piece.length - 14);
    }
  });
});

/** What the headers of all fragments say. */
const fragments6 = (packets: readonly Packet[]): readonly (readonly unknown[])[] =>
  packets.map((packet) => {
    const again = read(packet);
    const { offset, more, nextHeader } = again.require(ipv6Fragment);
    expect(again.length).toBe(14 + 40 + again.require(ipv6).len);
    return [again.require(ipv6).len + 40, offset * 8, more, nextHeader];
  });

describe("fragments of IPv6", () => {
  const datagram = (length = 3000): Packet =>
    build(ethernet(), ipv6({ ...ends6, hopLimit: 9 }), udp(ports), payload(length));

  it("get a fragment header", () => {
    const pieces = datagram().fragment({ size: 1500, id: 0x1234 });
    expect(fragments6(pieces)).toEqual([
      [1496, 0, true, 17],
      [1496, 1448, true, 17],
      [160, 2896, false, 17],
    ]);
    for (const piece of pieces) {
      expect(piece.require(ipv6)).toMatchObject({ nextHeader: 44, hopLimit: 9, ...ends6 });
      expect(piece.require(ipv6Fragment).id).toBe(0x1234);
    }
  });

  it("have one identification, another than those of other packets", () => {
    const ids = datagram()
      .fragment()
      .map((p) => p.require(ipv6Fragment).id);
    expect(new Set(ids).size).toBe(1);
    expect(datagram(3001).fragment()[0]?.require(ipv6Fragment).id).not.toBe(ids[0]);
    expect(datagram().fragment()[0]?.require(ipv6Fragment).id).toBe(ids[0]);
  });

  it("repeat the headers that nodes on the way look at, and no others", () => {
    const routed = build(
      ethernet(),
      ipv6(ends6),
      hopByHop({ options: bytes("050200000100") }),
      destinationOptions({ options: bytes("010400000000") }),
      ipv6Routing.sourceRoute({ segmentsLeft: 1, addresses: [{ address: "2001:db8::9" }] }),
      destinationOptions({ options: bytes("010400000000") }),
      udp(ports),
      payload(2000),
    );
    expect(routed.fragment({ size: 1280 }).map((p) => String(read(p).chain))).toEqual([
      "Ethernet:IPv6:HOPOPT:IPv6-Opts:IPv6-Route:IPv6-Frag:IPv6-Opts:UDP",
      "Ethernet:IPv6:HOPOPT:IPv6-Opts:IPv6-Route:IPv6-Frag",
    ]);
    expect(fragments6(routed.fragment({ size: 1280 })).map(([, , , next]) => next)).toEqual([
      60, 60,
    ]);
    const plain = build(
      ethernet(),
      ipv6(ends6),
      destinationOptions({ options: bytes("010400000000") }),
      udp(ports),
      payload(2000),
    );
    expect(plain.fragment().map((p) => String(read(p).chain))).toEqual([
      "Ethernet:IPv6:IPv6-Frag:IPv6-Opts:UDP",
      "Ethernet:IPv6:IPv6-Frag",
    ]);
  });

  it("can be cut again, and keep their identification", () => {
    const again = datagram()
      .fragment({ id: 7 })
      .flatMap((piece) => read(piece).fragment({ size: 600 }));
    expect(fragments6(again).map(([, at, more]) => [at, more])).toEqual([
      [0, true],
      [552, true],
      [1104, true],
      [1448, true],
      [2000, true],
      [2552, true],
      [2896, false],
    ]);
    expect(new Set(again.map((p) => p.require(ipv6Fragment).id))).toEqual(new Set([7]));
  });

  it("are not made of what fits, unless asked", () => {
    expect(
      datagram(100)
        .fragment()
        .map((p) => String(p.chain)),
    ).toEqual(["Ethernet:IPv6:UDP"]);
    const atomic = datagram(100).fragment({ atomic: true, id: 3 });
    expect(fragments6(atomic)).toEqual([[156, 0, false, 17]]);
    const [only] = atomic;
    expect(only?.fragment({ atomic: true }).map((p) => hex(p.bytes()))).toEqual([
      hex(only?.bytes() ?? bytes("")),
    ]);
  });

  it("have the upper header in the first one", () => {
    const long = build(
      ethernet(),
      ipv6(ends6),
      destinationOptions({ options: bytes(`011c${"00".repeat(28)}`) }),
      tcp(ports),
      payload(100),
    );
    expect(() => long.fragment({ size: 80 })).toThrow(
      "fragment: the first fragment has room for 32 bytes, the headers take 52",
    );
    expect(fragments6(long.fragment({ size: 80, force: true })).length).toBe(5);
    expect(() => datagram().fragment({ size: 55 })).toThrow("size 55 is too small, 56 bytes");
  });
});

describe("segments of TCP", () => {
  const made = (values: object = {}, length = 100): Packet =>
    build(
      ethernet(),
      ipv4({ ...ends, id: 0xffff, flags: { df: true } }),
      tcp({
        ...ports,
        seq: 0xfffffff0,
        ack: 5,
        flags: { ack: true, psh: true, fin: true },
        ...values,
      }),
      payload(length),
    );
  const rows = (packets: readonly Packet[]) =>
    packets.map((packet) => {
      const again = read(packet);
      expect(verifyPacket(again).map((v) => v.status)).toEqual(["good", "good"]);
      const { seq, ack, flags } = again.require(tcp);
      const names = ["syn", "fin", "psh", "ack", "cwr", "ece", "urg"] as const;
      const set = names.filter((name) => flags[name]).join("+");
      return [again.require(ipv4).id, seq, ack, set, again.raw.length];
    });

  it("go on with numbers, and end as the packet does", () => {
    const pieces = made().segment({ size: 40 });
    expect(rows(pieces)).toEqual([
      [0xffff, 0xfffffff0, 5, "ack", 40],
      [0, 0x18, 5, "ack", 40],
      [1, 0x40, 5, "fin+psh+ack", 20],
    ]);
    expect(pieces.map((p) => hex(p.raw)).join("")).toBe(hex(payload(100)));
  });

  it("begin as the packet does, and only a SYN has what only a SYN may have", () => {
    const options = [
      tcpOption.maximumSegmentSize({ mss: 1460 }),
      tcpOption.sackPermitted(),
      tcpOption.timestamps({ value: 1, echoReply: 2 }),
    ];
    const pieces = made({ seq: 10, options, flags: { syn: true, cwr: true, ece: true } }).segment({
      size: 60,
    });
    expect(rows(pieces)).toEqual([
      [0xffff, 10, 5, "syn+cwr+ece", 60],
      [0, 71, 5, "ece", 40],
    ]);
    const kinds = pieces.map((p) =>
      read(p)
        .require(tcp)
        .options.map((o) => o.is)
        .filter((is) => is !== "endOfOptionList"),
    );
    expect(kinds).toEqual([["maximumSegmentSize", "sackPermitted", "timestamps"], ["timestamps"]]);
    expect(pieces.map((p) => p.require(tcp).dataOffset)).toEqual([9, 8]);
  });

  it("have the urgent data where it is", () => {
    const pieces = made({ urgentPointer: 50, flags: { ack: true, urg: true } }).segment({
      size: 40,
    });
    expect(pieces.map((p) => [p.require(tcp).flags.urg, p.require(tcp).urgentPointer])).toEqual([
      [true, 50],
      [true, 10],
      [false, 0],
    ]);
  });

  it("are not made of what fits; unless told, an IP packet of 1500 bytes holds one", () => {
    expect(made({}, 1460).segment().length).toBe(1);
    expect(
      made({}, 1461)
        .segment()
        .map((p) => p.length),
    ).toEqual([1514, 55]);
    const options = [tcpOption.noOperation(), tcpOption.noOperation(), tcpOption.timestamps()];
    expect(
      made({ options }, 3000)
        .segment()
        .map((p) => p.length),
    ).toEqual([1514, 1514, 170]);
    const over6 = build(ethernet(), ipv6(ends6), tcp(ports), payload(3000));
    expect(over6.segment().map((p) => p.length)).toEqual([1514, 1514, 194]);
    expect(() => build(ethernet(), ipv4(ends), udp(ports), payload(3000)).segment()).toThrow(
      "segment: no layer that can be split (Ethernet:IPv4:UDP)",
    );
  });
});

describe("any packet, cut at any size", () => {
  const settings = { numRuns: 60, seed: 20_261_121 };
  const copied = fc.array(fc.constantFrom("routerAlert", "noOperation", "recordRoute"), {
    maxLength: 3,
  });

  it("comes together again, of IPv4 also when its pieces are cut", () => {
    const sizes = fc.integer({ min: 68, max: 1500 });
    fc.assert(
      fc.property(fc.nat(4000), sizes, sizes, copied, (length, size, second, kinds) => {
        const options = kinds.map((is) => ({ is }));
        const whole = build(ethernet(), ipv4({ ...ends, options }), payload(length));
        const once = whole.fragment({ size });
        const twice = once.flatMap((piece) => piece.fragment({ size: second }));
        for (const [pieces, most] of [
          [once, size],
          [twice, Math.min(size, second)],
        ] as const) {
          const rows = fragments4(pieces);
          expect(rows.every(([len]) => (len as number) <= most)).toBe(true);
          expect(rows.map(([, , more]) => more)).toEqual(rows.map((_, i) => i < rows.length - 1));
          expect(hex(joined4(pieces))).toBe(hex(payload(length)));
        }
      }),
      settings,
    );
  });

  it("comes together again, of TCP", () => {
    const sizes = fc.integer({ min: 1, max: 1500 });
    fc.assert(
      fc.property(fc.nat(3000), sizes, fc.boolean(), (length, least, syn) => {
        const size = Math.max(least, Math.ceil(length / 50));
        const whole = build(
          ethernet(),
          ipv6(ends6),
          tcp({ ...ports, seq: 0xfffffc00, flags: { syn, ack: true } }),
          payload(length),
        );
        let next = 0xfffffc00;
        const data: string[] = [];
        for (const piece of whole.segment({ size }).map(read)) {
          const { seq, flags } = piece.require(tcp);
          expect(seq).toBe(next);
          expect(verifyPacket(piece).map((v) => v.status)).toEqual(["good"]);
          next = (next + piece.raw.length + Number(flags.syn)) >>> 0;
          data.push(hex(piece.raw));
        }
        expect(data.join("")).toBe(hex(payload(length)));
        expect(next).toBe((0xfffffc00 + length + Number(syn)) >>> 0);
      }),
      settings,
    );
  });
});

describe.skipIf(!hasTshark)(
  "what tshark makes of pieces (it is not installed where skipped)",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "wirecraft-split-"));
    afterAll(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    /** The cells of a capture of these packets. */
    function cells(packets: readonly Packet[], ...names: string[]): readonly (readonly string[])[] {
      const writer = new PcapWriter();
      for (const [i, packet] of packets.entries()) {
        const data = packet.bytes();
        writer.write(data, 0, data.length, data.length, i, 0);
      }
      const file = join(folder, "pieces.pcap");
      writeFileSync(file, writer.take());
      return tsharkCells(file, names).frames;
    }

    it("is the datagram, of IPv4", () => {
      const options = [ipv4Option.routerAlert(), ipv4Option.recordRoute({ route: [{}] })];
      const whole = build(ethernet(), ipv4({ ...ends, id: 9, options }), udp(ports), payload(3000));
      const twice = whole.fragment().flatMap((piece) => piece.fragment({ size: 700 }));
      const seen = cells(twice, "ip.fragment.count", "ip.reassembled.length", "udp.payload");
      expect(twice.length).toBe(7);
      expect(seen.at(-1)).toEqual(["7", "3008", hex(payload(3000))]);
      expect(seen.slice(0, -1).every((row) => row.every((cell) => cell === ""))).toBe(true);
    });

    it("is the message, of IPv6", () => {
      const whole = build(
        ethernet(),
        ipv6(ends6),
        hopByHop({ options: bytes("050200000100") }),
        udp(ports),
        payload(5000),
      );
      const pieces = whole.fragment({ size: 1280 });
      const seen = cells(pieces, "ipv6.fragment.count", "ipv6.reassembled.length", "udp.payload");
      expect(seen.at(-1)).toEqual(["5", "5008", hex(payload(5000))]);
    });

    it("is an echo that comes back whole", () => {
      const whole = build(
        ethernet(),
        ipv4({ ...ends, id: 3 }),
        icmp.echo({ id: 1 }),
        payload(1000),
      );
      const seen = cells(
        whole.fragment({ size: 100 }),
        "icmp.ident",
        "data.data",
        "icmp.checksum.status",
      );
      expect(seen.at(-1)).toEqual(["1", hex(payload(1000)), "1"]);
    });

    it("is the request, of TCP, without anything to note", () => {
      const text = `GET /${"a".repeat(3000)} HTTP/1.1\r\nHost: example.org\r\n\r\n`;
      const whole = build(
        ethernet(),
        ipv4(ends),
        tcp({ srcPort: 4000, dstPort: 80, seq: 7, ack: 8, flags: { ack: true, psh: true } }),
        text,
      );
      const seen = cells(
        whole.segment(),
        "tcp.segment.count",
        "http.request.uri",
        "tcp.analysis.flags",
      );
      expect(seen.map((row) => [row[0], row[1]?.length, row[2]])).toEqual([
        ["", 0, ""],
        ["", 0, ""],
        ["3", 3001, ""],
      ]);
    });
  },
);
