import { describe, expect, it } from "vitest";
import { parseHex } from "../../../src/bytes/hex.ts";
import { assemble } from "../../../src/packet/assemble.ts";
import { build } from "../../../src/packet/build.ts";
import { createDissector } from "../../../src/packet/dissector.ts";
import { valuesOf } from "../../../src/packet/values.ts";
import { sctpCause } from "../../../src/protocols/transport/sctp/causes.ts";
import { sctpChecksum } from "../../../src/protocols/transport/sctp/checksum.ts";
import { sctpChunk } from "../../../src/protocols/transport/sctp/chunks.ts";
import { sctpParameter } from "../../../src/protocols/transport/sctp/parameters.ts";
import { sctp } from "../../../src/protocols/transport/sctp/sctp.ts";

const dissector = createDissector([sctp]);
const header = "d055 1a30 00000000 08a80613";
/** An INIT with three parameters, the first of which is padded. */
const init = `${header} 01000024 ae7164fc 0000e000 0001 0001 5952071e 000c0006 0005 0000 80000004 c0000004`;
const chunksOf = (hex: string) =>
  dissector.dissect(parseHex(header + hex), sctp).require(sctp).chunks;
const rewritten = (bytes: Uint8Array): Uint8Array => {
  const layer = dissector.dissect(bytes, sctp).bottom;
  return assemble([{ schema: layer.schema, values: valuesOf(layer) }]).bytes;
};

describe("SCTP", () => {
  it("reads an INIT, its parameters and the padding between them", () => {
    const packet = dissector.dissect(parseHex(init), sctp);
    const [chunk] = packet.require(sctp).chunks;
    expect(packet.error).toBeNull();
    if (chunk?.is !== "init") throw new Error("no INIT");
    expect(chunk).toMatchObject({
      length: 36,
      initiateTag: 0xae7164fc,
      receiverWindow: 57344,
      initialTsn: 0x5952071e,
    });
    expect(chunk.parameters.map((p) => p.is)).toEqual([
      "supportedAddressTypes",
      "ecnCapable",
      "forwardTsnSupported",
    ]);
    expect(chunk.parameters[2]?.type).toMatchObject({ value: 0xc000, skip: true, report: true });
    expect(rewritten(parseHex(init))).toEqual(parseHex(init));
  });

  it("has the checksum of RFC 9260, low byte first", () => {
    const packet = build(
      sctp({ srcPort: 1, dstPort: 2, verificationTag: 3, chunks: [sctpChunk.cookieAck()] }),
    );
    const real = dissector.dissect(parseHex(init), sctp);
    expect(sctpChecksum.compute(real.bottom)).toBe(real.require(sctp).checksum);
    expect(packet.require(sctp).checksum).toBe(0xc866090e);
  });

  it("pads chunks when building, and counts the padding in no length", () => {
    const packet = build(
      sctp({
        chunks: [
          sctpChunk.data({
            flags: { beginning: true, ending: true },
            tsn: 1,
            data: Uint8Array.of(1, 2, 3, 4, 5),
          }),
          sctpChunk.data({ tsn: 2, data: Uint8Array.of(1) }),
        ],
      }),
    );
    expect(packet.length).toBe(12 + 24 + 20);
    expect(packet.require(sctp).chunks.map((c) => c.length)).toEqual([21, 17]);
    expect(packet.require(sctp).chunks[0]?.type.value).toBe(0);
  });

  it("leaves the last parameter's padding to its chunk", () => {
    const { heartbeatInfo } = sctpParameter;
    const [first] = build(
      sctp({
        chunks: [sctpChunk.heartbeat({ parameters: [heartbeatInfo({ info: new Uint8Array(5) })] })],
      }),
    ).require(sctp).chunks;
    expect(first?.length).toBe(4 + 9);
  });

  it("keeps padding that is not zero or is missing", () => {
    const odd = parseHex(`${header} 00030011 00000001 0002 0003 00000000 aa bbccdd 0b000004`);
    expect(rewritten(odd)).toEqual(odd);
    const cut = parseHex(`${header} 00030011 00000001 0002 0003 00000000 aa`);
    expect(rewritten(cut)).toEqual(cut);
    expect(dissector.dissect(cut, sctp).error).toBeNull();
  });

  it("counts blocks when building and reads as many as are counted", () => {
    const sack = sctpChunk.sack({
      cumulativeTsn: 4,
      gaps: [{ start: 2, end: 3 }],
      duplicates: [{ tsn: 9 }, { tsn: 10 }],
    });
    const [chunk] = build(sctp({ chunks: [sack] })).require(sctp).chunks;
    expect(chunk).toMatchObject({ is: "sack", gapCount: 1, duplicateCount: 2, length: 28 });
  });

  it.each([
    ["heartbeat", "0400000c 00010008 01020304"],
    ["abort", "0601000c 00010008 0004 0000"],
    ["shutdown", "07000008 00000005"],
    ["error", "09000010 0002000a 00000001 0007 0000"],
    ["cookieEcho", "0a000006 aabb 0000"],
    ["ecnEcho", "0c000008 00000004"],
    ["shutdownComplete", "0e010004"],
    ["authentication", "0f00000a 0001 0003 aabb 0000"],
    ["nrSack", "10000020 00000001 00000002 0001 0001 0001 0000 0002 0003 0004 0005 00000006"],
    ["interleavedData", "40020018 00000001 0002 0000 00000003 00000004 aabbccdd"],
    ["addressConfigurationAck", "80000010 00000007 c0050008 00000005"],
    ["packetDrop", "81040014 00000001 00000002 0003 0000 aabbccdd"],
    ["reconfiguration", "82000018 000d0012 00000001 00000002 00000003 0004 0000"],
    ["padding", "84000006 0000 0000"],
    ["forwardTsn", "c000000c 00000005 0001 0002"],
    ["addressConfiguration", "c1000018 00000007 c0010010 00000001 00050008 0a000009"],
    ["interleavedForwardTsn", "c2000010 00000005 0003 0001 00000004"],
    ["unknown", "63000006 aabb 0000"],
  ])("reads %s and gives its bytes back", (name, hex) => {
    expect(chunksOf(hex).map((c) => c.is)).toEqual([name]);
    expect(rewritten(parseHex(header + hex))).toEqual(parseHex(header + hex));
  });

  it("builds causes with parameters and chunks inside", () => {
    const abort = sctpChunk.abort({
      causes: [
        sctpCause.missingParameter({ types: [{ type: 7 }, { type: 8 }, { type: 9 }] }),
        sctpCause.unresolvableAddress({
          parameters: [{ is: "ipv4Address", address: "192.0.2.1" }],
        }),
        sctpCause.unrecognizedChunk({ chunk: { type: 99, value: Uint8Array.of(1) } }),
      ],
    });
    const [chunk] = build(sctp({ chunks: [abort] })).require(sctp).chunks;
    if (chunk?.is !== "abort") throw new Error("no ABORT");
    expect(chunk.causes.map((c) => [c.is, c.length])).toEqual([
      ["missingParameter", 14],
      ["unresolvableAddress", 12],
      ["unrecognizedChunk", 9],
    ]);
    expect(chunk.causes[0]).toMatchObject({ count: 3 });
  });

  it("stops at a chunk that is cut or too short, without failing", () => {
    expect(chunksOf("0b000004 03000010 0000").map((c) => c.is)).toEqual(["cookieAck"]);
    expect(chunksOf("0b000004 03000003").map((c) => c.is)).toEqual(["cookieAck"]);
    expect(chunksOf("00030005 aa000000").map((c) => c.is)).toEqual(["unknown"]);
  });
});
