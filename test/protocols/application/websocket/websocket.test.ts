import { describe, expect, it } from "vitest";
import { formatHex, parseHex } from "../../../../src/bytes/hex.ts";
import { build } from "../../../../src/packet/build.ts";
import { createDissector } from "../../../../src/packet/dissector.ts";
import {
  frameExtent,
  isWebsocketFrame,
  unmask,
} from "../../../../src/protocols/application/websocket/frame.ts";
import { websocket } from "../../../../src/protocols/application/websocket/websocket.ts";
import { tcp, tcpPorts } from "../../../../src/protocols/transport/tcp.ts";

const dissector = createDissector([tcp, websocket], { bind: [tcpPorts.at(8765, websocket)] });
const dissect = (hex: string) => dissector.dissect(parseHex(hex), websocket);

describe("frames of WebSocket", () => {
  it("are read as RFC 6455 §5.7 shows them", () => {
    const plain = dissect("810548656c6c6f").require(websocket);
    expect(plain).toMatchObject({ fin: true, rsv: 0, opcode: 1, masked: false, payloadLength: 5 });
    expect(String.fromCharCode(...plain.payload!)).toBe("Hello");
    const masked = dissect("818537fa213d7f9f4d5158").require(websocket);
    expect(masked.masked).toBe(true);
    expect(formatHex(masked.maskingKey!)).toBe("37fa213d");
    expect(formatHex(unmask(masked.payload!.slice(), 0x37fa213d))).toBe("48656c6c6f");
  });

  it("have lengths of three sizes", () => {
    expect(dissect(`827e0100${"00".repeat(256)}`).require(websocket)).toMatchObject({
      payloadLength: 126,
      length16: 256,
    });
    const big = dissect(`827f0000000000010000${"00".repeat(65_536)}`).require(websocket);
    expect(big.length64).toBe(65_536n);
    expect(big.payload).toHaveLength(65_536);
  });

  it("follow one another in a segment, where a port is bound", () => {
    const bytes = build(tcp({ dstPort: 8765 }), parseHex("010348656c890080026c6f88")).bytes();
    const packet = dissector.dissect(bytes.slice(), tcp);
    expect(packet.layers.map(({ schema }) => schema.name)).toEqual([
      "tcp",
      "websocket",
      "websocket",
      "websocket",
    ]);
    expect(formatHex(packet.raw)).toBe("88");
  });

  it("cut off are faults", () => {
    expect(dissect("81054865").error).toMatchObject({ kind: "truncated" });
    expect(dissect("827e01").error).not.toBeNull();
  });

  it("are built with their lengths", () => {
    const payload = parseHex("4142");
    expect(formatHex(build(websocket({ opcode: 1, payload })).bytes())).toBe("81024142");
    expect(formatHex(build(websocket({ maskingKey: parseHex("01020304"), payload })).bytes())).toBe(
      "8282010203044142",
    );
    const long = build(websocket({ payloadLength: 126, payload: new Uint8Array(200) })).bytes();
    expect(formatHex(long.subarray(0, 4))).toBe("827e00c8");
    const longest = build(
      websocket({ payloadLength: 127, payload: new Uint8Array(70_000) }),
    ).bytes();
    expect(formatHex(longest.subarray(0, 10))).toBe("827f0000000000011170");
    expect(() => build(websocket({ payload: new Uint8Array(200) }))).toThrow(RangeError);
  });

  it("are told from other bytes", () => {
    const is = (hex: string) => isWebsocketFrame(parseHex(hex), 0, hex.length / 2);
    expect(is("8900")).toBe(true);
    for (const bad of ["8300", "b100", "0900", "897e0001", "817e000548656c6c6f", "8105", "81"])
      expect(is(bad)).toBe(false);
    expect(frameExtent(parseHex("817f0000000100000002"), 0, 10)).toEqual({
      header: 10,
      payload: 2 ** 32 + 2,
    });
  });
});
