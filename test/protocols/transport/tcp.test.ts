import { describe, expect, it } from "vitest";
import { foldSum, sum16 } from "../../../src/bytes/checksum.ts";
import { parseHex } from "../../../src/bytes/hex.ts";
import { assemble } from "../../../src/packet/assemble.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { valuesOf } from "../../../src/packet/values.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { tcp } from "../../../src/protocols/transport/tcp.ts";
import { type TcpOption, tcpOption } from "../../../src/protocols/transport/tcp-options.ts";
import type { Nested } from "../../../src/schema/protocol.ts";

const dissector = createDissector([ipv4, tcp]);

/** The header of a SYN with these options, from port 4660 to port 80. */
const withOptions = (options: string): Uint8Array => {
  const length = options.length / 2;
  const words = (20 + length) / 4;
  return parseHex(`1234 0050 00000001 00000000 ${words.toString(16)}002 ffff 0000 0000 ${options}`);
};
const optionsOf = (hex: string) =>
  dissector.dissect(withOptions(hex.replaceAll(" ", "")), tcp).require(tcp).options;
const encoded = (...options: readonly Nested<TcpOption>[]): string =>
  Buffer.from(build(tcp({ options })).bytes().subarray(20)).toString("hex");

describe("TCP", () => {
  it("reads the header and the usual options of a SYN", () => {
    const [mss, sack, time, nop, scale, ...more] = optionsOf(
      "020405b4 0402 080a 00000007 00000000 01 030307",
    );
    expect(more).toEqual([]);
    expect(mss).toMatchObject({ is: "maximumSegmentSize", kind: 2, length: 4, mss: 1460 });
    expect(sack?.is).toBe("sackPermitted");
    expect(time).toMatchObject({ is: "timestamps", value: 7, echoReply: 0 });
    expect(nop?.is).toBe("noOperation");
    expect(scale?.is === "windowScale" && scale.shift).toBe(7);
  });

  it("reads flags one by one and as a number", () => {
    const view = dissector
      .dissect(parseHex("0001 0002 00000003 00000004 5f52 0005 0006 0007"), tcp)
      .require(tcp);
    expect(view.flags.value).toBe(0xf52);
    expect(view.flags).toMatchObject({
      reserved: 7,
      ae: true,
      cwr: false,
      ece: true,
      ack: true,
      syn: true,
      fin: false,
    });
    expect([view.window, view.checksum, view.urgentPointer]).toEqual([5, 6, 7]);
  });

  it("ends the options at the end mark and keeps the bytes behind it", () => {
    const bytes = withOptions("0000ff01");
    const layer = dissector.dissect(bytes, tcp).bottom;
    expect(valuesOf(layer)["options"]).toEqual([
      { is: "endOfOptionList", kind: 0 },
      Uint8Array.of(0, 0xff, 1),
    ]);
    expect(assemble([{ schema: layer.schema, values: valuesOf(layer) }]).bytes).toEqual(bytes);
  });

  it("computes data offset, option lengths and padding when building", () => {
    const packet = build(
      ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }),
      tcp({
        srcPort: 1,
        dstPort: 2,
        flags: { syn: true },
        options: [tcpOption.windowScale({ shift: 3 })],
      }),
      "hello",
    );
    const segment = packet.require(tcp);
    expect(segment.dataOffset).toBe(6);
    expect(segment.options.map((o) => o.is)).toEqual(["windowScale", "endOfOptionList"]);
    // Summed with the pseudo-header (protocol 6, 29 bytes) an intact segment gives zero (RFC 9293 §3.1).
    const bytes = packet.bytes();
    expect(foldSum(sum16(bytes, 20, bytes.length, sum16(bytes, 12, 20, 6 + 29)))).toBe(0);
    expect(Buffer.from(packet.raw).toString()).toBe("hello");
  });

  it("refuses options that no data offset can say", () => {
    const many = Array.from({ length: 5 }, () => tcpOption.timestamps());
    expect(() => build(tcp({ options: many }))).toThrow(/dataOffset: 18 is not in 0..15/);
  });

  it("takes an option whose length does not fit its kind as unknown", () => {
    const [bad] = optionsOf("02 03 05 00");
    expect(bad).toMatchObject({ is: "unknown", kind: 2, length: 3, data: Uint8Array.of(5) });
  });

  it("stops at an option that is cut, without failing", () => {
    const packet = dissector.dissect(withOptions("01080a00"), tcp);
    expect(packet.require(tcp).options.map((o) => o.is)).toEqual(["noOperation"]);
    expect(packet.error).toMatchObject({ protocol: "tcp", field: "options" });
  });

  it.each([
    ["SACK", "050a 00000001 00000002 0000", tcpOption.sack({ blocks: [{ left: 1, right: 2 }] })],
    ["echo", "0606 00000009 0000", tcpOption.echo({ info: 9 })],
    [
      "partial order profile",
      "0a03 c0 00",
      tcpOption.partialOrderProfile({ startFlag: true, endFlag: true }),
    ],
    ["connection count", "0b06 00000005 0000", tcpOption.connectionCount({ count: 5 })],
    ["alternate checksum", "0e03 01 00", tcpOption.alternateChecksumRequest({ algorithm: 1 })],
    [
      "alternate checksum data",
      "0f05 010203 000000",
      tcpOption.alternateChecksumData({ data: Uint8Array.of(1, 2, 3) }),
    ],
    [
      "MD5",
      `1312 ${"41".repeat(16)} 0000`,
      tcpOption.md5Signature({ digest: new Uint8Array(16).fill(0x41) }),
    ],
    [
      "quick-start",
      "1b08 05 09 00000134",
      tcpOption.quickStartResponse({ rate: 5, ttlDifference: 9, nonce: 77 }),
    ],
    ["user timeout", "1c04 812c", tcpOption.userTimeout({ minutes: true, timeout: 300 })],
    [
      "authentication",
      "1d06 01 02 aabb 0000",
      tcpOption.authentication({ keyId: 1, nextKeyId: 2, mac: Uint8Array.of(0xaa, 0xbb) }),
    ],
    ["fast open", "2206 01020304 0000", tcpOption.fastOpen({ cookie: Uint8Array.of(1, 2, 3, 4) })],
    ["fast open request", "2202 0000", tcpOption.fastOpen()],
    [
      "accurate ECN",
      "ac0b 000001 000002 000003 00",
      tcpOption.accurateEcn0({ ect0: 1, ce: 2, ect1: 3 }),
    ],
    [
      "encryption negotiation",
      "4504 01 20",
      tcpOption.encryptionNegotiation({ suboptions: [{ value: 1 }, { value: 0x20 }] }),
    ],
  ] as const)("writes and reads the %s option", (_, hex, option) => {
    const clean = hex.replaceAll(" ", "");
    expect(encoded(option)).toBe(clean);
    const layer = dissector.dissect(withOptions(clean), tcp).bottom;
    expect(assemble([{ schema: layer.schema, values: valuesOf(layer) }]).bytes).toEqual(
      withOptions(clean),
    );
    expect(optionsOf(clean)[0]?.is).toBe(option.schema.caseName);
  });
});

describe("shared experimental options", () => {
  it("names fast open by its identifier", () => {
    const [option] = optionsOf("fe08 f989 01020304");
    expect(option).toMatchObject({
      is: "experimentalFastOpen",
      exid: 0xf989,
      cookie: Uint8Array.of(1, 2, 3, 4),
    });
    expect(encoded({ is: "experimentalFastOpen", kind: 254 })).toBe("fe04f989");
  });

  it("keeps the bytes of an unknown experiment", () => {
    expect(optionsOf("fd06 1234 aabb 0000")[0]).toMatchObject({
      is: "unknown",
      kind: 253,
      exid: 0x1234,
    });
  });
});

describe("Multipath TCP", () => {
  it("tells the segments of the handshake apart by length", () => {
    expect(optionsOf("1e04 01 01")[0]).toMatchObject({
      is: "capable",
      version: 1,
      senderKey: undefined,
    });
    const [third] = optionsOf("1e14 01 01 0000000000000005 0000000000000006");
    expect(third).toMatchObject({ senderKey: 5n, receiverKey: 6n, dataLength: undefined });
    const [withData] = optionsOf("1e18 01 81 0000000000000005 0000000000000006 000a 1234");
    expect(withData).toMatchObject({ dataLength: 10, checksum: 0x1234, length: 24 });
    expect(withData?.is === "capable" && withData.flags.checksumRequired).toBe(true);
  });

  it("writes what it reads", () => {
    expect(
      encoded({ is: "joinSyn", backup: true, addressId: 3, receiverToken: 4, senderRandom: 5 }),
    ).toBe("1e0c11030000000400000005");
    expect(encoded({ is: "capable", senderKey: 5n })).toBe("1e0c01010000000000000005");
    expect(encoded({ is: "priority", backup: true })).toBe("1e035100");
    expect(encoded({ is: "reset", transient: true, reason: 3 })).toBe("1e048103");
    expect(encoded({ is: "removeAddress", addressIds: [{ id: 1 }, { id: 2 }] })).toBe(
      "1e05400102000000",
    );
    expect(encoded({ is: "fastClose", receiverKey: 98n })).toBe("1e0c70000000000000000062");
  });

  it.each([
    ["joinSyn", "1e0c 11 03 00000004 00000005"],
    ["joinSynAck", "1e10 10 01 0000000000000007 00000008"],
    ["joinAck", `1e18 1000 ${"41".repeat(20)}`],
    ["dataSequence", "1e08 2001 00000001"],
    ["dataSequence", "1e14 2005 00000001 00000002 00000003 0004 abcd"],
    ["dataSequence", "1e1a 200f 0000000000000001 0000000000000002 00000003 0004 0000"],
    ["addIpv4Address", "1e08 31 01 0a010203"],
    ["addIpv4Address", "1e12 30 01 0a010203 0063 0000000000000005 0000"],
    ["addIpv6Address", "1e14 30 01 20010db8000000000000000000000001"],
    ["addIpv6Address", "1e1e 30 01 20010db8000000000000000000000001 0063 0000000000000005 0000"],
    ["removeAddress", "1e04 40 01"],
    ["priority", "1e04 51 04"],
    ["fail", "1e0c 6000 0000000000000063"],
    ["fastClose", "1e0c 7000 0000000000000062"],
    ["reset", "1e04 81 03"],
    ["unknown", "1e04 f0 07"],
  ])("reads %s and gives its bytes back", (name, hex) => {
    const bytes = withOptions(hex.replaceAll(" ", ""));
    const layer = dissector.dissect(bytes, tcp).bottom;
    expect(dissector.dissect(bytes, tcp).require(tcp).options[0]?.is).toBe(name);
    expect(assemble([{ schema: layer.schema, values: valuesOf(layer) }]).bytes).toEqual(bytes);
  });

  it("takes the numbers of a data sequence signal by its flags", () => {
    expect(
      optionsOf("1e1a 200f 0000000000000001 0000000000000002 00000003 0004 0000")[0],
    ).toMatchObject({
      dataAck: undefined,
      dataAck8: 1n,
      dataSeq8: 2n,
      subflowSeq: 3,
      dataLength: 4,
      checksum: undefined,
    });
    expect(optionsOf("1e14 2005 00000001 00000002 00000003 0004 abcd")[0]).toMatchObject({
      dataAck: 1,
      dataSeq: 2,
      checksum: 0xabcd,
    });
  });
});
