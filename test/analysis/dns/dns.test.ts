import { describe, expect, it } from "vitest";
import { dnsApplication } from "../../../src/analysis/dns/dns.ts";
import type { AnalysisEvent } from "../../../src/analysis/events.ts";
import { assemble } from "../../../src/packet/assemble.ts";
import { dns } from "../../../src/protocols/application/dns/dns.ts";
import { joined } from "../../support/bytes.ts";
import { expectSameOfCuts, inBytes } from "../cuts.ts";
import {
  client,
  gap,
  type Piece,
  type ReadOptions,
  readHostile,
  readPieces,
  server,
} from "../hostile.ts";

/** A message with its length before it (RFC 1035 §4.2.2). */
function message(id: number, name: string, isAnswer = false): Uint8Array {
  const questions = [{ name, type: 1 }];
  const flags = isAnswer ? 0x8000 : 0;
  const { bytes } = assemble([{ schema: dns.schema, values: { id, flags, questions } }]);
  return Uint8Array.of(bytes.length >> 8, bytes.length & 255, ...bytes);
}

const A = message(1, "a.example");
const B = message(2, "bb.example");
const C = message(3, "c.example", true);
const SIZE = A.length;

function line(event: AnalysisEvent): string {
  const { side, offset, length } = event.place;
  const where = `${side} ${offset}+${length}`;
  if (event.type === "note") return `${where} ${event.kind}: ${event.text}`;
  if (event.type !== "dns.message") return event.type;
  return `${where} ${event.message.id} ${event.message.questions[0]?.name}`;
}
const only: ReadOptions = { applications: [dnsApplication], port: 53 };
const told = (pieces: readonly Piece[], options: ReadOptions = {}): string[] =>
  readPieces(pieces, { ...only, ...options }).events.map(line);

describe("DNS over TCP", () => {
  const pieces = [client(joined(A, B)), server(C)];
  const expected = [
    `0 0+${SIZE} 1 a.example`,
    `0 ${SIZE}+${B.length} 2 bb.example`,
    `1 0+${C.length} 3 c.example`,
  ];

  it("tells each message with its place", () => {
    expect(told(pieces)).toEqual(expected);
    const [first, , third] = readPieces(pieces, only).events;
    expect(first?.place).toMatchObject({ packets: [1], seconds: 0, retransmitted: false });
    expect(third?.place).toMatchObject({ packets: [2], seconds: 1 });
  });

  it("tells the same wherever it is cut", () => {
    expectSameOfCuts(pieces, told, expected);
  });

  it("names the packets that brought a message, and no others", () => {
    const cut = [A.subarray(0, 1), A.subarray(1, 9), joined(A.subarray(9), B), A].map(client);
    const places = readPieces(cut, only).events.map(({ place }) => [place.packets, place.seconds]);
    expect(places).toEqual([
      [[1, 2, 3], 2],
      [[3], 2],
      [[4], 3],
    ]);
  });

  it("lasts longer than the bytes that it was read from", () => {
    const { events } = readPieces(pieces, only);
    expect(events.map(line)).toEqual(expected);
  });

  it("is shown as the layers of whole messages", () => {
    const shown: string[] = [];
    readPieces(pieces, {
      ...only,
      onMessage: (names, from, to) => shown.push(`${names} ${from}-${to}`),
    });
    expect(shown).toEqual([
      `dnsTcp 0-${SIZE}`,
      `dnsTcp ${SIZE}-${SIZE + B.length}`,
      `dnsTcp 0-${C.length}`,
    ]);
  });

  it("is told of one side alone", () => {
    expect(told([client(joined(A, B))])).toEqual(expected.slice(0, 2));
    expect(told([server(C)])).toEqual(expected.slice(2));
  });

  it("is found on another port by whole messages of the right side", () => {
    expect(told(pieces, { port: 5353 })).toEqual(expected);
    expect(told(inBytes(pieces), { port: 5353 })).toEqual(expected);
    expect(told([client(C)], { port: 5353 })).toEqual([]);
    expect(told([client(A.subarray(0, 20))], { port: 5353 })).toEqual([]);
  });
});

describe("faults of DNS over TCP", () => {
  it("are messages that are too short to be one", () => {
    const short = Uint8Array.of(0, 3, 1, 2, 3);
    expect(told([client(joined(A, short, B))])).toEqual([
      `0 0+${SIZE} 1 a.example`,
      `0 ${SIZE}+5 garbage: a message of 3 bytes`,
      `0 ${SIZE + 5}+${B.length} 2 bb.example`,
    ]);
  });

  it("are messages that end before they are whole", () => {
    expect(told([client(joined(A, B.subarray(0, 7)))])).toEqual([
      `0 0+${SIZE} 1 a.example`,
      `0 ${SIZE}+7 incomplete: a message was cut off`,
    ]);
    expect(told([client(joined(A, B.subarray(0, 1)))]).at(-1)).toBe(
      `0 ${SIZE}+1 incomplete: a message was cut off`,
    );
  });

  it("are gaps, behind which reading goes on with a message", () => {
    const cut = [client(joined(A, B.subarray(0, 20))), gap(0, 100), client(B), client(A)];
    const behind = SIZE + 120;
    const expected = [
      `0 0+${SIZE} 1 a.example`,
      `0 ${SIZE}+20 incomplete: a message was cut off`,
      `0 ${SIZE}+20 gap: 100 bytes are missing`,
      `0 ${behind}+${B.length} 2 bb.example`,
      `0 ${behind + B.length}+${SIZE} 1 a.example`,
    ];
    expect(told(cut)).toEqual(expected);
    expect(told(inBytes(cut))).toEqual(expected);
  });

  it("are bytes behind a gap that are no message, up to a segment that begins with one", () => {
    const cut = [client(A), gap(0, 9), client(new Uint8Array(40).fill(0xff)), client(B)];
    expect(told(cut)).toEqual([
      `0 0+${SIZE} 1 a.example`,
      `0 ${SIZE}+0 gap: 9 bytes are missing`,
      `0 ${SIZE + 49}+${B.length} 2 bb.example`,
    ]);
  });

  it("are lengths that are more than may be kept", () => {
    const big = joined(Uint8Array.of(0xff, 0xff), new Uint8Array(65_535));
    const { events } = readPieces([client(A), client(big), client(B)], {
      ...only,
      inputLimit: 4096,
    });
    const lines = events.map(line);
    expect(lines[0]).toBe(`0 0+${SIZE} 1 a.example`);
    expect(lines.at(-1)).toBe(`0 ${SIZE + big.length}+${B.length} 2 bb.example`);
    expect(lines[1]).toMatch(/^0 \d+\+0 limit: a message of 65535 bytes/);
  });

  it("are never an exception, nor more than is kept, nor without end", () => {
    const samples = [
      [client(joined(A, B)), server(C)],
      [client(A), client(B), client(A)],
    ];
    const { events, notes } = readHostile(dnsApplication, samples, { port: 53, seed: 2 });
    expect(events).toBeGreaterThan(2000);
    expect(notes).toBeGreaterThan(200);
  });
});
