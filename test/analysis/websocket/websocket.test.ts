import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { AnalysisEvent } from "../../../src/analysis/events.ts";
import { httpApplication } from "../../../src/analysis/http/http.ts";
import { permessageDeflate } from "../../../src/analysis/websocket/extensions.ts";
import { MessageInflater } from "../../../src/analysis/websocket/inflate.ts";
import { websocketApplication } from "../../../src/analysis/websocket/websocket.ts";
import { parseHex } from "../../../src/bytes/hex.ts";
import { joined, latin1Bytes } from "../../support/bytes.ts";
import { expectSameOfCuts } from "../cuts.ts";
import {
  client,
  gap,
  type Piece,
  type ReadOptions,
  readHostile,
  readPieces,
  server,
} from "../hostile.ts";

const applications = [httpApplication, websocketApplication];

const KEY = [0x37, 0xfa, 0x21, 0x3d];
const FIN = 0x80;
const TEXT = 1;

/** A frame by hand: the first byte, the payload, and whether it is under a mask. */
function frame(first: number, payload: string | Uint8Array, isMasked = false): Uint8Array {
  const bytes = typeof payload === "string" ? latin1Bytes(payload) : payload;
  const { length } = bytes;
  const size =
    length < 126
      ? [length]
      : length < 65_536
        ? [126, length >> 8, length & 255]
        : [127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 255, length & 255];
  if (!isMasked) return joined([first], size, bytes);
  size[0]! |= 0x80;
  return joined(
    [first],
    size,
    KEY,
    bytes.map((byte, i) => byte ^ KEY[i & 3]!),
  );
}
const masked = (first: number, payload: string | Uint8Array): Uint8Array =>
  frame(first, payload, true);

const upgrade = (extensions = ""): Piece[] => [
  client(
    `GET /chat HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat\r\n\r\n`,
  ),
  server(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: chat\r\n${extensions}\r\n`,
  ),
];
const deflate = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

/** What was told of WebSocket, as short lines. */
function told(pieces: readonly Piece[], options: ReadOptions = {}): string[] {
  const lines: string[] = [];
  const add = (event: AnalysisEvent): void => {
    switch (event.type) {
      case "websocket.open":
        lines.push(`open ${event.protocol} ${event.deflate === null ? "plain" : "deflate"}`);
        break;
      case "websocket.message":
        lines.push(
          `${event.place.side} ${event.kind} "${event.text ?? String.fromCharCode(...event.bytes)}" in ${event.frames}${event.complete ? "" : " incomplete"}`,
        );
        break;
      case "websocket.ping":
      case "websocket.pong":
        lines.push(`${event.place.side} ${event.type} ${String.fromCharCode(...event.bytes)}`);
        break;
      case "websocket.close":
        lines.push(`${event.place.side} close ${event.code} ${event.reason}`);
        break;
      case "note":
        lines.push(`${event.kind}: ${event.text}`);
    }
  };
  readPieces(pieces, { applications, ...options, onEvent: add });
  return lines;
}

const conversation = (): Piece[] => [
  ...upgrade(),
  client(parseHex("818537fa213d7f9f4d5158")), // RFC 6455 §5.7: a masked "Hello"
  server(parseHex("810548656c6c6f")),
  server(joined(parseHex("010348656c"), parseHex("890548656c6c6f"), parseHex("80026c6f"))),
  client(parseHex("8a8537fa213d7f9f4d5158")),
  client(masked(FIN | 2, new Uint8Array(300).fill(0x41))),
  server(frame(FIN | TEXT, "h\xc3\xa9")),
  client(masked(FIN | 8, "\x03\xe9bye")),
  server(frame(FIN | 8, "\x03\xe9")),
];
const conversationTold = [
  "open chat plain",
  '0 text "Hello" in 1',
  '1 text "Hello" in 1',
  "1 websocket.ping Hello",
  '1 text "Hello" in 2',
  "0 websocket.pong Hello",
  `0 binary "${"A".repeat(300)}" in 1`,
  '1 text "h\u00e9" in 1',
  "0 close 1001 bye",
  "1 close 1001 ",
];

describe("WebSocket over streams", () => {
  it("tells messages, pings and closes, without masks and fragments", () => {
    expect(told(conversation())).toEqual(conversationTold);
  });

  it("tells the same, wherever the streams are cut", () => {
    const frames = conversation();
    expectSameOfCuts(frames, told, conversationTold);
  });

  it("tells frames, and where a message lies", () => {
    const { events } = readPieces(conversation(), { applications });
    const frames = events.flatMap((one) => (one.type === "websocket.frame" ? [one] : []));
    expect(frames.map(({ opcode }) => opcode)).toEqual([1, 1, 1, 9, 0, 10, 2, 1, 8, 8]);
    expect(frames[0]).toMatchObject({ fin: true, rsv: 0, masked: true, length: 5 });
    const messages = events.flatMap((one) => (one.type === "websocket.message" ? [one] : []));
    expect(messages[2]!.place).toMatchObject({ side: 1, length: 16, packets: [5] });
    expect(messages[2]).toMatchObject({ frames: 2, length: 5, complete: true });
  });

  it("shows each frame once", () => {
    const shown: string[] = [];
    readPieces(conversation(), {
      applications,
      onMessage: (names) => shown.push(names.join()),
    });
    expect(shown.filter((name) => name === "websocket")).toHaveLength(10);
  });

  it("reads lengths of three sizes", () => {
    const sizes = [125, 126, 65_535, 65_536];
    const pieces = [
      ...upgrade(),
      ...sizes.map((size) => server(frame(FIN | 2, new Uint8Array(size)))),
    ];
    const { events } = readPieces(pieces, { applications });
    const lengths = events.flatMap((one) =>
      one.type === "websocket.message" ? [one.bytes.length] : [],
    );
    expect(lengths).toEqual(sizes);
  });

  it("is not looked for without an upgrade, but read where a port is bound to it", () => {
    const pieces = conversation().slice(2);
    expect(told(pieces, { applications: [websocketApplication] })).toEqual([]);
    const bound = [{ ...websocketApplication, ports: [80] }];
    expect(told(pieces, { applications: bound })).toEqual(conversationTold.slice(1));
  });
});

describe("what is wrong", () => {
  const behind = (bytes: Uint8Array, ...more: Piece[]): string[] =>
    told([...upgrade(), server(bytes), ...more]).slice(1);

  it("text that is not UTF-8", () => {
    expect(behind(frame(FIN | TEXT, "\xc3"))).toEqual([
      "malformed: a text that is not UTF-8",
      '1 text "\xc3" in 1',
    ]);
  });
  it("a continuation of nothing", () => {
    expect(behind(frame(FIN, "x"))[0]).toBe("malformed: a continuation of nothing");
  });
  it("a message inside another", () => {
    expect(behind(joined(frame(TEXT, "a"), frame(FIN | TEXT, "b")))).toEqual([
      "incomplete: a message that another interrupts",
      '1 text "a" in 1 incomplete',
      '1 text "b" in 1',
    ]);
  });
  it("a reserved opcode, whose frame is passed over", () => {
    expect(behind(joined(frame(FIN | 3, "abc"), frame(FIN | TEXT, "b")))).toEqual([
      "malformed: the opcode 3 is reserved",
      '1 text "b" in 1',
    ]);
  });
  it("a close with half a code, or one that nobody may send", () => {
    expect(behind(frame(FIN | 8, "\x03"))).toEqual([
      "malformed: the reason of a close",
      "1 close 1005 ",
    ]);
    expect(behind(frame(FIN | 8, "\x03\xed"))[0]).toBe("malformed: the reason of a close");
  });
  it("garbage: a length that cannot be; reading goes on at a segment that begins with a frame", () => {
    const lines = behind(
      joined([0x89, 126, 0, 200], new Uint8Array(20)),
      server(latin1Bytes("still garbage")),
      server(frame(FIN | TEXT, "again")),
    );
    expect(lines).toEqual([
      "garbage: a control frame of more than 125 bytes",
      '1 text "again" in 1',
    ]);
  });
  it("a stream that ends in a frame", () => {
    expect(behind(frame(FIN | TEXT, "Hello").subarray(0, 5))).toEqual([
      "incomplete: the stream ends in a frame",
      "incomplete: the stream ends in a message",
      '1 text "Hel" in 1 incomplete',
    ]);
  });
});

describe("gaps", () => {
  it("inside a payload cost only that message, and the mask goes on behind them", () => {
    const bytes = masked(FIN | TEXT, "0123456789");
    const lines = told([
      ...upgrade(),
      client(bytes.subarray(0, 9)),
      gap(0, 4),
      client(joined(bytes.subarray(13), masked(FIN | TEXT, "next"))),
    ]).slice(1);
    expect(lines).toEqual([
      "gap: 4 bytes are missing in a frame",
      '0 text "012789" in 1 incomplete',
      '0 text "next" in 1',
    ]);
  });
  it("beyond a frame are followed by a segment that begins with one", () => {
    const lines = told([
      ...upgrade(),
      client(masked(FIN | TEXT, "0123456789").subarray(0, 9)),
      gap(0, 400),
      client("tail of a frame"),
      client(joined(masked(FIN | TEXT, "next"), masked(FIN | 9, "p"))),
    ]).slice(1);
    expect(lines).toEqual([
      "gap: 400 bytes are missing in a frame",
      "incomplete: a message that breaks off",
      '0 text "012" in 1 incomplete',
      '0 text "next" in 1',
      "0 websocket.ping p",
    ]);
  });
});

/** What a sender of RFC 7692 does: flush, and leave the end out. */
function compressed(text: string, dictionary?: Uint8Array): Uint8Array {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, ...(dictionary && { dictionary }) };
  const bytes = deflateRawSync(latin1Bytes(text), options);
  return Uint8Array.from(bytes.subarray(0, -4));
}

describe("compressed messages", () => {
  it("of RFC 7692 §7.2.3 are decompressed: with and without the window, stored, in fragments, in two blocks", () => {
    const lines = told([
      ...upgrade(deflate),
      server(parseHex("c107f248cdc9c90700")),
      server(parseHex("c105f200110000")), // the same again, out of the window
      server(parseHex("c10b000500faff48656c6c6f00")),
      server(joined(parseHex("4103f248cd"), parseHex("8004c9c90700"))),
      server(parseHex("c10df248050000 00ffffcac9c90700".replace(" ", ""))),
    ]);
    expect(lines).toEqual([
      "open chat deflate",
      ...[1, 1, 1, 2, 1].map((n) => `1 text "Hello" in ${n}`),
    ]);
  });

  it("of one side alone have a window of their own", () => {
    const text = "a message that repeats itself, a message that repeats itself";
    const first = compressed(text);
    const again = compressed(text, latin1Bytes(text));
    expect(again.length).toBeLessThan(first.length);
    const lines = told([
      ...upgrade(deflate),
      client(masked(0xc1, first)),
      server(frame(0xc1, first)),
      client(masked(0xc1, again)),
      server(frame(FIN | TEXT, "plain")),
      server(frame(0xc1, again)),
    ]).slice(1);
    expect(lines).toEqual(
      [0, 1, 0, "plain", 1].map((side) =>
        side === "plain" ? '1 text "plain" in 1' : `${side} text "${text}" in 1`,
      ),
    );
  });

  it("begin anew where that was agreed on", () => {
    const extension =
      "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n";
    const first = compressed("hello hello hello");
    const lines = told([
      ...upgrade(extension),
      server(frame(0xc1, parseHex("ffff"))),
      server(frame(0xc1, first)),
      server(frame(0xc1, first)),
    ]).slice(1);
    expect(lines[0]).toMatch(/^malformed: a compressed message/);
    expect(lines.slice(2)).toEqual([
      '1 text "hello hello hello" in 1',
      '1 text "hello hello hello" in 1',
    ]);
  });

  it("behind one that is damaged or missing are not guessed", () => {
    const first = compressed("hello hello hello");
    const lines = told([
      ...upgrade(deflate),
      server(frame(0xc1, parseHex("ffff"))),
      server(frame(0xc1, first)),
    ]).slice(1);
    expect(lines[2]).toBe(
      "malformed: a compressed message: earlier messages that it refers to are missing",
    );
    expect(lines[3]).toMatch(/incomplete$/);
  });

  it("are bytes where nobody knows what was agreed on", () => {
    const bound = [{ ...websocketApplication, ports: [80] }];
    const { events } = readPieces([server(parseHex("c107f248cdc9c90700"))], {
      applications: bound,
    });
    expect(events.find(({ type }) => type === "websocket.message")).toMatchObject({
      compressed: true,
      inflated: false,
      complete: false,
      bytes: parseHex("f248cdc9c90700"),
    });
  });

  it("that would become too much are left", () => {
    const bomb = compressed("\0".repeat(1_000_000));
    const inflater = new MessageInflater(true, 100_000);
    expect(inflater.inflate(bomb)).toEqual({ bytes: null, fault: "more than 100000 bytes" });
    expect(inflater.inflate(bomb).fault).toMatch(/missing/);
  });

  it("of many sizes come back, one after the other", () => {
    const inflater = new MessageInflater(true, 1 << 20);
    let before = "";
    for (let size = 0; size < 60_000; size = size * 3 + 1) {
      const text = Array.from({ length: size }, (_, i) =>
        String.fromCharCode(97 + ((i * i) % 23)),
      ).join("");
      const { bytes } = inflater.inflate(
        before === "" ? compressed(text) : compressed(text, latin1Bytes(before).slice(-32_768)),
      );
      expect(bytes?.length).toBe(size);
      before = (before + text).slice(-32_768);
    }
  });
});

describe("what an extension says", () => {
  it("is read with its parameters", () => {
    expect(
      permessageDeflate(
        "x-other, permessage-deflate; server_max_window_bits=10; Client_No_Context_Takeover",
      ),
    ).toEqual({
      serverNoContextTakeover: false,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 10,
      clientMaxWindowBits: 15,
    });
    expect(permessageDeflate("")).toBeNull();
    expect(
      permessageDeflate('permessage-deflate; client_max_window_bits="9"')?.clientMaxWindowBits,
    ).toBe(9);
    expect(
      permessageDeflate("permessage-deflate; server_max_window_bits=99")?.serverMaxWindowBits,
    ).toBe(15);
  });
});

describe("limits", () => {
  it("keep no more of a message than may wait, and say how much there was", () => {
    const pieces = [
      ...upgrade(),
      server(frame(FIN | 2, new Uint8Array(40_000))),
      server(frame(FIN | TEXT, "x")),
    ];
    const lines = told(pieces, { inputLimit: 4096 });
    expect(lines[1]).toBe("limit: a message of 40000 bytes");
    expect(lines[2]).toMatch(/incomplete$/);
    expect(lines[3]).toBe('1 text "x" in 1');
  });
});

describe("hostile streams", () => {
  it("are read to their end within bounds", () => {
    const first = compressed("hello hello hello");
    const zipped = [
      ...upgrade(deflate),
      client(masked(0xc1, first)),
      server(frame(0xc2, first)),
      client(masked(0x41, first.subarray(0, 3))),
      client(masked(0x80, first.subarray(3))),
    ];
    const { events, notes } = readHostile(websocketApplication, [conversation(), zipped], {
      applications,
      rounds: 2500,
      seed: 6455,
    });
    expect(events).toBeGreaterThan(5000);
    expect(notes).toBeGreaterThan(500);
  });
});
