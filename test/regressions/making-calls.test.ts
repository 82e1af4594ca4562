import { describe, expect, it } from "vitest";
import {
  all,
  build,
  createDissector,
  dns,
  dnsRecord,
  ethernet,
  fromHex,
  http,
  icmp,
  ipv4,
  ipv4Option,
  ipv6,
  type Layer,
  NdjsonReport,
  type Packet,
  sll,
  stackFromJson,
  tcp,
  tcpOption,
  udp,
  valuesOf,
  verifyPacket,
  vlan,
} from "../../src/index.ts";
import { recipe } from "../../src/schema/recipe.ts";
import { bytes, hex } from "../support/packets.ts";

const ends = { src: "192.0.2.10", dst: "192.0.2.1" };
const macs = { src: "02:00:5e:10:00:0a", dst: "02:00:5e:10:00:01" };
const dissector = createDissector(all);
const textOf = (given: Uint8Array): string => new TextDecoder().decode(given);

const datagram = (): Packet =>
  build(ethernet(macs), ipv4(ends), udp({ srcPort: 4000, dstPort: 4001 }), "hello");
const segment = (): Packet =>
  build(
    ethernet(macs),
    ipv4(ends),
    tcp({
      srcPort: 4000,
      dstPort: 4001,
      options: [tcpOption.maximumSegmentSize({ mss: 1460 }), tcpOption.noOperation()],
    }),
    "hello",
  );
const read = (packet: Packet): Packet => dissector.dissect(packet.bytes().slice(), ethernet);
const isRight = (packet: Packet): boolean =>
  read(packet).error === null &&
  verifyPacket(read(packet)).every((verdict) => verdict.status === "good");
const kinds = (packet: Packet): string[] => packet.require(tcp).options.map((o) => o.is);

describe("making a packet", () => {
  it("of bytes corrects nothing: wrong checksums and lengths stay", () => {
    const wrong = bytes("45000099 00000000 4011dead c000020a c0000201 00010002 0003beef");
    const packet = dissector.dissect(wrong.slice(), ipv4);
    expect(hex(packet.bytes())).toBe(hex(wrong));
    expect(hex(packet.bytes({ update: false }))).toBe(hex(wrong));
    expect(packet.require(ipv4)).toMatchObject({ len: 0x99, checksum: 0xdead });
  });

  it("by keyword takes defaults for what is not named", () => {
    const packet = build(ipv4({ dst: "192.0.2.1" }));
    expect(valuesOf(packet.require(ipv4).layer)).toMatchObject({
      version: 4,
      ihl: 5,
      ttl: 64,
      id: 0,
      src: "0.0.0.0",
      dst: "192.0.2.1",
      options: [],
    });
  });

  it("takes payload as text, as bytes and as another protocol", () => {
    expect(textOf(build(udp(), "hello").raw)).toBe("hello");
    expect(hex(build(udp(), bytes("0102")).raw)).toBe("0102");
    expect(build(udp(), dns({ id: 7 })).require(dns).id).toBe(7);
    expect(hex(build(bytes("cafe")).bytes())).toBe("cafe");
  });

  it("takes lists of options, as calls, as plain values and as bytes", () => {
    const packet = build(
      tcp({
        options: [
          tcpOption.noOperation(),
          { is: "windowScale", shift: 7 },
          tcpOption.sackPermitted(),
        ],
      }),
    );
    expect(hex(packet.bytes().subarray(20))).toBe("01 030307 0402 0000".replaceAll(" ", ""));
  });

  it("takes addresses as text, in any case", () => {
    const frame = build(ethernet({ dst: "AA:BB:CC:DD:EE:FF", src: "02:00:5e:10:00:0a" }));
    expect(hex(frame.bytes().subarray(0, 12))).toBe("aabbccddeeff02005e10000a");
    const six = build(ipv6({ src: "2001:DB8::1", dst: "::ffff:192.0.2.1" }));
    expect(six.require(ipv6).src).toBe("2001:db8::1");
    expect(hex(six.bytes().subarray(24))).toBe("00000000000000000000ffffc0000201");
  });

  it("of the values that another was read as gives the same", () => {
    for (const packet of [datagram(), segment()]) {
      const layers = read(packet).layers.map((layer) => recipe(layer.schema, valuesOf(layer)));
      expect(hex(build(...layers, packet.raw).bytes())).toBe(hex(packet.bytes()));
    }
  });

  it("of a report in JSON gives the same", () => {
    const packet = read(segment());
    const frame: unknown = JSON.parse(frameOf(packet));
    expect(hex(build(...stackFromJson(frame, all)).bytes())).toBe(hex(packet.bytes()));
  });

  it("of a hexadecimal dump gives the same", () => {
    const packet = segment();
    expect(hex(fromHex(packet.hexdump()))).toBe(hex(packet.bytes()));
  });

  it("gives a packet that dissecting its bytes gives too", () => {
    const made = segment();
    expect(String(read(made).chain)).toBe("Ethernet:IPv4:TCP");
    expect(String(read(made))).toBe(String(made));
    expect(isRight(made)).toBe(true);
  });
});

/** The frame as the report of lines writes it. */
function frameOf(packet: Packet): string {
  const report = new NdjsonReport();
  return report?.packet(packet).trim() ?? "";
}

describe("joining layers", () => {
  it("puts layers upon the highest one, and the left one is what changed", () => {
    const packet = build(ethernet(macs));
    expect(packet.append(ipv4(ends), udp({ srcPort: 4000, dstPort: 4001 }))).toBe(packet);
    packet.append("hello");
    expect(hex(packet.bytes())).toBe(hex(datagram().bytes()));
  });

  it("puts layers of one packet upon another", () => {
    const inner = build(ipv4(ends), udp({ srcPort: 4000, dstPort: 4001 }), "hello");
    const packet = build(ethernet(macs)).append(inner.bytes());
    expect(read(packet.automatic(ethernet, { type: false })).raw.length).toBe(33);
    packet.require(ethernet).type = 0x0800;
    expect(String(read(packet).chain)).toBe("Ethernet:IPv4:UDP");
  });

  it("replaces what is above a layer, by bytes and by layers", () => {
    const packet = datagram().replace(udp, icmp.echo({ id: 1, seq: 1 }), "ping");
    expect([String(packet.chain), packet.require(ipv4).protocol]).toEqual([
      "Ethernet:IPv4:ICMP",
      1,
    ]);
    expect(isRight(packet)).toBe(true);
    packet.replace(ipv4, "only text");
    expect([String(packet.chain), textOf(packet.raw)]).toEqual(["Ethernet", "only text"]);
  });

  it("replaces the body above the highest layer", () => {
    const packet = datagram().replaceRaw("a longer one");
    expect(textOf(packet.raw)).toBe("a longer one");
    expect([packet.require(udp).len, packet.require(ipv4).len]).toEqual([20, 40]);
    expect(isRight(packet)).toBe(true);
  });

  it("puts a layer below another, and takes it out", () => {
    const packet = datagram().insert(ipv4, vlan({ id: 7 }));
    expect([String(packet.chain), packet.require(ethernet).type]).toEqual([
      "Ethernet:VLAN:IPv4:UDP",
      0x8100,
    ]);
    packet.remove(vlan);
    expect(hex(packet.bytes())).toBe(hex(datagram().bytes()));
  });

  it("knows header, body, neighbours and both ends of the stack", () => {
    const packet = segment();
    const { layer } = packet.require(ipv4);
    const { bytes: data, start, headerEnd, end } = layer;
    expect(hex(data.subarray(start, headerEnd))).toMatch(/^4500003500000000.*c000020ac0000201$/u);
    expect(hex(data.subarray(headerEnd, end))).toMatch(/^0fa00fa1.*68656c6c6f$/u);
    expect([layer.lower?.schema.name, layer.upper?.schema.name]).toEqual(["ethernet", "tcp"]);
    expect([packet.layers[0], packet.layers.at(-1)].map((l) => l?.schema.name)).toEqual([
      "ethernet",
      "tcp",
    ]);
    expect(packet.length).toBe(14 + 20 + 28 + 5);
  });
});

describe("bytes of a packet", () => {
  it("have lengths and checksums brought up to date, from the highest layer down", () => {
    const packet = datagram();
    packet.require(ipv4).src = "198.51.100.7";
    packet.require(udp).dstPort = 9;
    expect(verifyPacket(packet).some((v) => v.status === "bad")).toBe(true);
    packet.bytes();
    expect(isRight(packet)).toBe(true);
  });

  it("can be had without anything brought up to date", () => {
    const packet = datagram();
    const before = packet.bytes().slice();
    packet.require(ipv4).ttl = 1;
    const after = packet.bytes({ update: false });
    expect([...after].flatMap((b, i) => (b === before[i] ? [] : [i]))).toEqual([14 + 8]);
  });

  it("of a packet that nobody changed are the ones that it was read from", () => {
    const packet = read(segment());
    expect(hex(packet.bytes({ update: false }))).toBe(hex(packet.bytes()));
    expect(hex(packet.bytes())).toBe(hex(segment().bytes()));
  });
});

describe("changing fields", () => {
  it("sets numbers, addresses, single bits and values smaller than a byte", () => {
    const packet = build(ethernet(macs), vlan(), ipv4(ends), udp(), "x");
    Object.assign(packet.require(vlan), { priority: 3, dei: true, id: 0xabc });
    const ip = packet.require(ipv4);
    Object.assign(ip, { version: 5, ihl: 7, fragmentOffset: 0x1555, ttl: 1, src: "10.0.0.1" });
    ip.flags.df = true;
    ip.flags.mf = true;
    const data = packet.bytes({ update: false });
    expect(hex(data.subarray(14, 16))).toBe("7abc");
    expect(hex(data.subarray(18, 34))).toMatch(/^57.{10}7555.{8}0a000001$/u);
  });

  it("of variable length builds the packet anew", () => {
    const packet = segment().set(tcp, { options: [tcpOption.windowScale({ shift: 7 })] });
    expect([kinds(packet)[0], packet.require(tcp).dataOffset]).toEqual(["windowScale", 6]);
    expect(isRight(packet)).toBe(true);
  });

  it("takes a field out that may be left out, and puts it in again", () => {
    const packet = build(ethernet(macs), ipv4(ends), udp(), "x");
    packet.set(ethernet, { trailer: bytes("cafe"), padding: bytes("00".repeat(17)) });
    expect(packet.length).toBe(62);
    packet.set(packet.require(ethernet), { trailer: undefined, padding: undefined });
    expect(packet.length).toBe(43);
  });

  it("adds, inserts, exchanges and removes items of a list", () => {
    const packet = segment();
    const now = () => packet.require(tcp).options;
    const kept = ({ layer }: { readonly layer: Layer }) =>
      layer.bytes.slice(layer.start, layer.end);
    const stepped = (options: Parameters<typeof tcp>[0]) => {
      packet.set(tcp, options ?? {});
      expect(isRight(packet)).toBe(true);
      return kinds(packet).filter((kind) => kind !== "endOfOptionList");
    };
    expect(
      stepped({ options: [...now().slice(0, 2).map(kept), tcpOption.sackPermitted()] }),
    ).toEqual(["maximumSegmentSize", "noOperation", "sackPermitted"]);
    const [first, second, third] = now();
    if (!(first && second && third)) throw new Error("an option was lost");
    expect(
      stepped({ options: [kept(first), tcpOption.windowScale({ shift: 2 }), kept(third)] }),
    ).toEqual(["maximumSegmentSize", "windowScale", "sackPermitted"]);
    expect(
      stepped({
        options: now()
          .filter((o) => o.is === "windowScale")
          .map(kept),
      }),
    ).toEqual(["windowScale"]);
    expect(stepped({ options: [] })).toEqual([]);
    expect(packet.require(tcp).dataOffset).toBe(5);
  });

  it("finds an item and sets it by its view", () => {
    const packet = segment();
    const mss = packet.require(tcp).options.find((o) => o.is === "maximumSegmentSize");
    if (mss?.is !== "maximumSegmentSize") throw new Error("no such option");
    mss.mss = 9000;
    packet.bytes();
    expect(isRight(packet)).toBe(true);
    expect(hex(packet.bytes())).toContain("02042328");
  });

  it("finds header fields of a text protocol by name, in any case, and sets them", () => {
    const packet = build(http({ request: {}, headers: [{ name: "Host", value: "a" }] }), "body");
    const host = packet.require(http).headers.find((h) => h.name?.toLowerCase() === "host");
    if (host === undefined) throw new Error("no such field");
    packet.set(host, { value: "example.org" });
    expect(textOf(packet.bytes())).toBe("GET / HTTP/1.1\r\nHost: example.org\r\n\r\nbody");
  });

  it("of a wrong kind is refused when it is set, and nothing has changed", () => {
    const packet = datagram();
    const before = hex(packet.bytes());
    expect(() => Object.assign(packet.require(ipv4), { ttl: "64" })).toThrow(TypeError);
    expect(() => Object.assign(packet.require(ethernet), { dst: 5 })).toThrow(TypeError);
    expect(() => packet.set(udp, { srcPort: 65_536 })).toThrow(RangeError);
    expect(hex(packet.bytes())).toBe(before);
  });

  it("leaves a copy as it was", () => {
    const packet = datagram();
    const copy = packet.copy();
    packet.require(ipv4).ttl = 1;
    packet.bytes();
    expect(copy.require(ipv4).ttl).toBe(64);
  });
});

describe("what a packet is to others", () => {
  it("is turned round in one layer and in all", () => {
    const packet = datagram().reverse(udp);
    expect([packet.require(udp).srcPort, packet.require(ipv4).src]).toEqual([4001, ends.src]);
    packet.reverse(udp).reverse();
    expect([
      packet.require(udp).srcPort,
      packet.require(ipv4).src,
      packet.require(ethernet).src,
    ]).toEqual([4001, ends.dst, macs.dst]);
    expect(isRight(packet)).toBe(true);
  });

  it("has a direction to another, in one layer and in all", () => {
    const there = datagram();
    const back = datagram().reverse();
    expect([there.direction(datagram()), there.direction(back)]).toEqual(["same", "reverse"]);
    expect(there.direction(datagram().reverse(udp), ipv4)).toBe("same");
    expect(there.direction(datagram().reverse(udp))).toBe("unknown");
  });

  it("carries the number under which the layer above is found, of any layer that is bound", () => {
    expect(build(ethernet(), ipv6()).require(ethernet).type).toBe(0x86dd);
    expect(build(sll.mac(), ipv4()).require(sll).protocol).toBe(0x0800);
    expect(build(ipv4(), tcp()).require(ipv4).protocol).toBe(6);
    expect(build(udp(), dns()).require(udp).dstPort).toBe(53);
  });

  it("is cut into fragments, which keep what the header says", () => {
    const packet = build(
      ipv4({ ...ends, id: 9, ttl: 3, dscp: 46, options: [ipv4Option.routerAlert()] }),
      udp({ srcPort: 1, dstPort: 2 }),
      new Uint8Array(100),
    );
    const cut = packet.fragment({ size: 80 });
    expect(cut.map((p) => p.require(ipv4)).map((ip) => [ip.id, ip.ttl, ip.dscp])).toEqual(
      cut.map(() => [9, 3, 46]),
    );
    expect(cut.length).toBe(2);
  });

  it("is printed as one line a layer, as hexadecimal and as the code that makes it", () => {
    const packet = build(
      ipv4({ ...ends, ttl: 3 }),
      udp({ srcPort: 50_001, dstPort: 50_000 }),
      "hi",
    );
    expect(String(packet).split("\n")).toEqual([
      expect.stringMatching(/^ipv4\(version=4, .*ttl=3/u),
      expect.stringMatching(/^udp\(srcPort=50001, dstPort=50000, len=10/u),
      'payload: 2 bytes "hi"',
    ]);
    expect(packet.hexdump()).toMatch(/^0000 {2}45 00 00 1e/u);
    expect(packet.toCode()).toContain("udp({ srcPort: 50001, dstPort: 50000 })");
  });

  it("has records with names, which are made by calls too", () => {
    const packet = build(
      dns({ answers: [dnsRecord.a({ name: "a.example", address: "192.0.2.1" })] }),
    );
    const [answer] = packet.require(dns).answers;
    expect(answer?.is === "a" && [answer.name, answer.address]).toEqual(["a.example", "192.0.2.1"]);
  });
});
