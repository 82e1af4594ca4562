import { describe, expect, it } from "vitest";
import {
  type AnyRecipe,
  all,
  arp,
  build,
  createDissector,
  ethernet,
  icmp,
  ipv4,
  ipv6,
  tcp,
  udp,
  verifyPacket,
} from "../../src/index.ts";
import { assemble } from "../../src/packet/assemble.ts";
import { planOf } from "../../src/packet/write.ts";

const dissector = createDissector(all);
const utf8 = new TextEncoder();

/** The bytes of a stack, made without anything that was remembered. */
const longWay = (...stack: (AnyRecipe | Uint8Array)[]): Uint8Array =>
  assemble(stack.map((one) => (one instanceof Uint8Array ? { bytes: one } : one))).bytes;

/** What has the same layers is laid out once some packets were built; this many are sure to see it. */
const MANY = 8;

describe("packets like many before them", () => {
  it("are those that the long way gives, for every declaration over every payload", () => {
    const plain = all.filter((p) => planOf(p.schema).plain);
    expect(plain.length).toBeGreaterThan(20);
    for (const protocol of plain) {
      const one = (protocol as unknown as () => AnyRecipe)();
      for (let i = 0; i < MANY; i++) {
        const payload = new Uint8Array(i * 7).fill(i);
        for (const below of [[], [ethernet()], [ethernet(), ipv4()], [ipv6()]]) {
          const stack = [...below, one];
          const at = `${protocol.schema.name} over ${below.length}, ${i}`;
          expect([at, build(...(stack as AnyRecipe[]), payload).bytes()]).toEqual([
            at,
            longWay(...stack, payload),
          ]);
        }
      }
    }
  });

  it("have their own values, lengths and checksums", () => {
    for (let i = 0; i < MANY; i++) {
      const text = "x".repeat(i);
      const values = { srcPort: 1024 + i, dstPort: 80, seq: i * 0x10000000, flags: { ack: i > 3 } };
      const packet = build(
        ethernet({ src: `02:00:00:00:00:0${i}` }),
        ipv4({ src: "10.0.0.1", dst: `192.0.2.${i}`, id: i }),
        tcp(values),
        text,
      );
      expect(verifyPacket(packet).map((c) => c.status)).toEqual(["good", "good"]);
      const again = dissector.dissect(packet.bytes().slice(), ethernet);
      expect(again.require(ipv4)).toMatchObject({
        dst: `192.0.2.${i}`,
        id: i,
        len: 40 + i,
      });
      expect(again.require(tcp)).toMatchObject({ srcPort: 1024 + i, seq: i * 0x10000000 });
      expect(again.require(tcp).flags).toMatchObject({ ack: i > 3, syn: false });
      expect(again.raw).toEqual(utf8.encode(text));
      expect(packet.get(tcp).srcPort).toBe(1024 + i);
      expect(packet.raw).toEqual(utf8.encode(text));
    }
  });

  it("keep what was given wrong on purpose", () => {
    for (let i = 0; i < MANY; i++) {
      const packet = build(
        ethernet({ type: 0x1234 }),
        ipv4({ len: 7, checksum: i }),
        udp({ dstPort: 9, checksum: 0 }),
        "abc",
      );
      expect(packet.require(ethernet).type).toBe(0x1234);
      expect(packet.require(ipv4)).toMatchObject({ len: 7, checksum: i, protocol: 17 });
      expect(packet.require(udp)).toMatchObject({ len: 11, checksum: 0 });
      packet.get(ipv4).ttl = 9;
      packet.bytes();
      expect(packet.require(ipv4).checksum).toBe(i);
    }
  });

  it("may have parts that most of them do not have", () => {
    for (let i = 0; i < 3 * MANY; i++) {
      const some =
        i % 3 === 0 ? { options: [{ is: "maximumSegmentSize" as const, mss: 1460 }] } : {};
      const stack = [ethernet(), ipv4({ id: i }), tcp({ seq: i, ...some })] as const;
      const packet = build(...stack, "data");
      expect(packet.bytes()).toEqual(longWay(...stack, utf8.encode("data")));
      expect(packet.get(tcp).options.length).toBe(i % 3 === 0 ? 1 : 0);
      // Nothing of one packet shows in the room of the next.
      expect(build("").bytes().length).toBe(0);
      expect(build(new Uint8Array(40)).bytes()).toEqual(new Uint8Array(40));
    }
  });

  it("refuse a bad value, and the next is whole again", () => {
    for (let i = 0; i < MANY; i++) {
      expect(() => build(ethernet(), ipv4({ id: 1, ttl: 256 }), "x")).toThrow(/ipv4.ttl: 256/);
      expect(() => build(ethernet(), ipv4({ src: "1.2.3.400" }), "x")).toThrow(/ipv4.src: .*400/);
      expect(() => build(ethernet(), ipv4({ nothing: 1 } as object), "x")).toThrow(/no field/);
      expect(build(ethernet(), ipv4({ id: i }), "x").bytes()).toEqual(
        longWay(ethernet(), ipv4({ id: i }), utf8.encode("x")),
      );
    }
  });

  it("can be built while another is", () => {
    for (let i = 0; i < MANY; i++) {
      let inner: Uint8Array | null = null;
      const values = {
        ttl: 7,
        get id(): number {
          inner = build(ethernet(), ipv4({ id: 99 }), "inner").bytes();
          return i;
        },
      };
      const outer = build(ethernet(), ipv4(values), "outer").bytes();
      expect(outer).toEqual(longWay(ethernet(), ipv4({ ttl: 7, id: i }), utf8.encode("outer")));
      expect(inner).toEqual(longWay(ethernet(), ipv4({ id: 99 }), utf8.encode("inner")));
    }
  });

  it("can be edited, copied and changed like any other", () => {
    for (let i = 0; i < MANY; i++) {
      const packet = build(ethernet(), ipv4({ dst: "192.0.2.1" }), icmp.echo({ seq: i }), "ping");
      const copy = packet.copy();
      packet.get(ipv4).dst = "192.0.2.9";
      expect(verifyPacket(packet).map((c) => c.status)).toContain("bad");
      packet.bytes();
      expect(verifyPacket(packet).map((c) => c.status)).toEqual(["good", "good"]);
      expect(copy.require(ipv4).dst).toBe("192.0.2.1");
      expect(String(copy.append("!").chain)).toBe("Ethernet:IPv4:ICMP");
      expect(verifyPacket(copy).map((c) => c.status)).toEqual(["good", "good"]);
      expect(copy.require(ipv4).len).toBe(33);
    }
  });

  it("without the addresses that a checksum covers have none, however often they are built", () => {
    for (let i = 0; i < MANY; i++) {
      const packet = build(ethernet(), tcp({ dstPort: 80 }) as AnyRecipe, "x");
      expect(packet.require(tcp).checksum).toBe(0);
      packet.require(tcp).srcPort = i;
      packet.bytes();
      expect(packet.require(tcp).checksum).toBe(0);
    }
  });

  it("of a layer that names nothing above it say how long they are", () => {
    for (let i = 0; i < MANY; i++) {
      const stack = [ethernet(), tcp() as AnyRecipe, new Uint8Array(i)] as const;
      expect(build(...stack).require(ethernet).type).toBe(20 + i);
      expect(build(ethernet(), arp()).require(ethernet).type).toBe(0x0806);
    }
  });
});
