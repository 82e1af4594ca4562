import { describe, expect, it } from "vitest";
import { build, ethernet, icmp, ipv4, vlan } from "../../src/index.ts";
import { etherTypeBytes, RawPacket, toBytes, toText } from "../../src/live/index.ts";

const frame = (...data: Parameters<typeof toBytes>): Uint8Array =>
  toBytes([2, 0, 0, 0, 0, 2], [2, 0, 0, 0, 0, 0xa1], 0x88, 0xb5, ...data);

describe("RawPacket(data)", () => {
  it("dest, src, type, data, success", () => {
    const packet = new RawPacket(frame("hello"));
    expect(packet.to).toBe("02:00:00:00:00:02");
    expect(packet.from).toBe("02:00:00:00:00:a1");
    expect(packet.etherType).toBe(0x88b5);
    expect(packet.data).toEqual(toBytes("hello"));
    expect([packet.isWhole, packet.kind, packet.time]).toEqual([true, undefined, undefined]);
  });

  it("repr() and str()", () => {
    const packet = new RawPacket(frame("hello"));
    expect(packet.summary).toBe("02:00:00:00:00:a1 == 0x88b5 => 02:00:00:00:00:02 - OK");
    expect(String(packet)).toBe(`${packet.summary}:\nhello`);
    const cut = new RawPacket(frame("hel"), { originalLength: 19 });
    expect(cut.summary).toMatch(/ - FAILED$/);
  });

  it("is text whatever the bytes are", () => {
    expect(new RawPacket(frame("grüße", { encoding: "utf8" })).text).toBe("grüße");
    expect(new RawPacket(frame("grüße")).text).toBe("grüße");
    expect(new RawPacket(frame([0xff, 0xfe, 0x41])).text).toBe("ÿþA");
    expect(new RawPacket(frame("\u001b[2J", 0)).toString()).toMatch(/:\n\\x1b\[2J\\x00$/);
    expect(new RawPacket(frame(new Uint8Array(200_000).fill(0xff))).text.length).toBe(200_000);
  });

  it("has what there is of a frame that is too short", () => {
    const whole = frame("x");
    for (let length = 0; length < 14; length++) {
      const packet = new RawPacket(whole.slice(0, length), { tagged: true });
      expect(packet.isWhole).toBe(false);
      expect(packet.summary).toBe(
        `${length < 12 ? "" : "02:00:00:00:00:a1"} == 0x0000 => ${length < 6 ? "" : "02:00:00:00:00:02"} - FAILED`,
      );
      expect(packet.data.length).toBe(0);
      expect(packet.packet().chain.length).toBe(0);
    }
    expect(new RawPacket(whole.slice(0, 14)).isWhole).toBe(true);
  });

  it("looks behind tags when told", () => {
    const bytes = build(ethernet(), vlan({ id: 7 }), vlan({ id: 8 }), ipv4(), icmp.echo()).bytes();
    const behind = new RawPacket(bytes, { tagged: true });
    expect([behind.etherType, behind.vlans, behind.data[0]]).toEqual([0x800, [7, 8], 0x45]);
    const before = new RawPacket(bytes);
    expect([before.etherType, before.vlans, before.data.length]).toEqual([
      0x8100,
      [],
      bytes.length - 14,
    ]);
    const cut = new RawPacket(bytes.slice(0, 16), { tagged: true });
    expect([cut.etherType, cut.vlans, cut.data.length]).toEqual([0x8100, [], 2]);
  });

  it("is taken apart on demand, once", () => {
    const bytes = build(ethernet(), ipv4({ ttl: 9 }), icmp.echo({ seq: 3 })).bytes();
    const packet = new RawPacket(bytes, { seconds: 5, nanoseconds: 7 });
    expect(String(packet.packet().chain)).toBe("Ethernet:IPv4:ICMP");
    expect(packet.packet().require(icmp.echo).seq).toBe(3);
    expect(packet.packet()).toBe(packet.packet());
    expect([packet.time, packet.packet().time]).toEqual([5_000_000_007n, 5_000_000_007n]);
  });
});

describe("to_bytes, to_str, protocol_to_ethertype", () => {
  it("to_bytes(*data): numbers, text, bytes and lists of them, one after another", () => {
    expect(toBytes()).toEqual(new Uint8Array());
    expect(toBytes(0, 255)).toEqual(Uint8Array.of(0, 255));
    expect(toBytes("aÿ")).toEqual(Uint8Array.of(97, 255));
    expect(toBytes(1, "2", [3, ["4", [Uint8Array.of(5)]], []], new ArrayBuffer(1))).toEqual(
      Uint8Array.of(1, 50, 3, 52, 5, 0),
    );
    expect(toBytes(Array.from({ length: 10_000 }, (_, i) => i & 255)).length).toBe(10_000);
  });

  it("to_bytes gives bytes of its own", () => {
    for (const given of [Uint8Array.of(1, 2), Buffer.from([1, 2])]) {
      const bytes = toBytes(given);
      given[0] = 9;
      expect(bytes).toEqual(Uint8Array.of(1, 2));
    }
  });

  it("refuses what is no byte", () => {
    for (const value of [-1, 256, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => toBytes([value])).toThrow(RangeError);
    expect(() => toBytes("€")).toThrow(/"€" is no byte/);
    for (const value of [null, undefined, true, 1n, {}, new Map()])
      expect(() => toBytes(value as never, "x")).toThrow(TypeError);
    expect(() => toBytes("x", { encoding: "utf16" as "utf8" })).toThrow(RangeError);
  });

  it("has text as UTF-8 when told", () => {
    expect(toBytes("€", ["é"], { encoding: "utf8" })).toEqual(
      Uint8Array.of(0xe2, 0x82, 0xac, 0xc3, 0xa9),
    );
  });

  it("to_str(data, separator): lower case", () => {
    const bytes = Uint8Array.of(0, 0xab, 0xcd);
    expect(toText(bytes)).toBe("00:ab:cd");
    expect(toText(bytes, "")).toBe("00abcd");
    expect(toText(bytes, " ")).toBe("00 ab cd");
    expect(toText(new Uint8Array())).toBe("");
  });

  it("protocol_to_ethertype(int): two bytes", () => {
    expect(etherTypeBytes(0x88b5)).toEqual(Uint8Array.of(0x88, 0xb5));
    expect(etherTypeBytes(0xffff)).toEqual(Uint8Array.of(255, 255));
    expect(() => etherTypeBytes(65536)).toThrow(RangeError);
    expect(() => etherTypeBytes(-1)).toThrow(/0 to 65535/);
  });
});
