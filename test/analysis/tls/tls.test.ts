import { describe, expect, it } from "vitest";
import type { AnalysisEvent } from "../../../src/analysis/events.ts";
import { tlsApplication } from "../../../src/analysis/tls/tls.ts";
import { joined } from "../../support/bytes.ts";
import { everyCut, inBytes } from "../cuts.ts";
import { client, gap, type Piece, readHostile, readPieces, server } from "../hostile.ts";
import {
  certificates,
  clientHello,
  ecCertificate,
  extension,
  message,
  numbers,
  record,
  rsaCertificate,
  serverFlight,
  serverHello,
  vector16,
} from "./samples.ts";

const options = { applications: [tlsApplication], port: 443 };
const read = (pieces: readonly Piece[], more = {}): AnalysisEvent[] =>
  readPieces(pieces, { ...options, ...more }).events;
const types = (events: readonly AnalysisEvent[]): string[] =>
  events.map((one) => {
    if (one.type === "note") return `note ${one.kind}`;
    return one.type === "tls.handshake" ? `handshake ${one.messageType}` : one.type.slice(4);
  });
/** Without the packets, which depend on how a conversation is cut. */
const said = (events: readonly AnalysisEvent[]): unknown[] =>
  events.map(({ place: { side, offset, length }, ...one }) => ({ ...one, side, offset, length }));
/** Those of each side as text, since only their order among themselves says anything. */
const bySide = (events: readonly AnalysisEvent[]): string[] =>
  [0, 1].map((side) =>
    JSON.stringify(said(events.filter(({ place }) => place.side === side)), (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value,
    ),
  );

const change = record(20, Uint8Array.of(1));
const finished = record(
  22,
  Uint8Array.from({ length: 40 }, (_, i) => (i * 37) & 255),
);
const data = record(
  23,
  Uint8Array.from({ length: 60 }, (_, i) => (i * 91) & 255),
);

/** A handshake of TLS 1.2: the server's messages lie over records that end anywhere. */
const tls12: readonly Piece[] = [
  client(record(22, clientHello, 0x0301)),
  server(
    joined(
      record(22, serverFlight.subarray(0, 90)),
      record(22, serverFlight.subarray(90, 93)),
      record(22, serverFlight.subarray(93)),
    ),
  ),
  client(joined(record(22, message(16, Uint8Array.of(1, 4))), change, finished)),
  server(joined(change, finished)),
  client(data),
  server(data),
  client(
    record(
      21,
      Uint8Array.from({ length: 26 }, () => 9),
    ),
  ),
];
const eventsOf12 = [
  "clientHello",
  "serverHello",
  "certificate",
  "handshake 12",
  "handshake 14",
  "handshake 16",
  "changeCipherSpec",
  "handshake null",
  "changeCipherSpec",
  "handshake null",
  "applicationData",
  "applicationData",
  "alert",
];

const retry = Uint8Array.from(
  "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c".match(/../g) ?? [],
  (pair) => Number.parseInt(pair, 16),
);
const version13 = extension(43, numbers(0x0304));
/** A handshake of TLS 1.3 in which the server asks for another hello. */
const tls13: readonly Piece[] = [
  client(record(22, clientHello, 0x0301)),
  server(record(22, serverHello(0x1301, joined(version13, extension(51, numbers(23))), retry))),
  client(joined(change, record(22, clientHello))),
  server(joined(record(22, serverHello(0x1301, version13)), change, data)),
  client(data),
];

describe("TLS over streams", () => {
  it("tells of a handshake of TLS 1.2, messages over several records and several in one", () => {
    const events = read(tls12);
    expect(types(events)).toEqual(eventsOf12);
    const found = events.find((one) => one.type === "tls.certificate");
    expect(found?.certificates.map(({ bytes }) => bytes)).toEqual([ecCertificate, rsaCertificate]);
    expect(found?.place).toMatchObject({ side: 1, offset: 62, packets: [2] });
    expect(events.at(-1)).toMatchObject({ level: null, description: null });
  });

  it("tells what a client offers", () => {
    expect(read(tls12)[0]).toMatchObject({
      type: "tls.clientHello",
      version: 0x0303,
      versions: [0x5a5a, 0x0304],
      cipherSuites: [0x2a2a, 0x1301, 0xc02b, 0x002f],
      compressionMethods: [0],
      extensions: [0x3a3a, 0, 10, 11, 13, 16, 43, 51],
      sni: "example.com",
      alpn: ["h2", "http/1.1"],
      groups: [0x4a4a, 29, 23],
      pointFormats: [0],
      signatureAlgorithms: [0x0403, 0x0804],
      keyShares: [29],
      sessionId: Uint8Array.of(1, 2, 3, 4),
      ja3: "771,4865-49195-47,0-10-11-13-16-43-51,29-23,0",
      ja4: "t13d0307h2_58a34ed92d94_078775ef5e04",
    });
  });

  it("tells what a server chose, and that it goes on with a session", () => {
    const hello = read(tls12).find((one) => one.type === "tls.serverHello");
    expect(hello).toMatchObject({
      version: 0x0303,
      cipherSuite: 0xc02b,
      alpn: "h2",
      isRetry: false,
      isResumed: true,
      ja3s: "771,49195,16",
    });
  });

  it("knows that in TLS 1.3 handshake messages stay readable behind ChangeCipherSpec", () => {
    const events = read(tls13);
    expect(types(events)).toEqual([
      "clientHello",
      "serverHello",
      "changeCipherSpec",
      "clientHello",
      "serverHello",
      "changeCipherSpec",
      "applicationData",
      "applicationData",
    ]);
    expect(events[1]).toMatchObject({ isRetry: true, version: 0x0304, keyShare: 23 });
    expect(events[4]).toMatchObject({ isRetry: false, isResumed: false });
  });

  it.each([
    ["TLS 1.2", tls12],
    ["TLS 1.3", tls13],
  ])("tells the same of %s wherever it is cut", (_, pieces) => {
    const whole = bySide(read(pieces));
    let count = 0;
    for (const cut of everyCut(pieces)) {
      expect(bySide(read(cut))).toEqual(whole);
      count++;
    }
    expect(count).toBeGreaterThan(300);
    expect(bySide(read(inBytes(pieces)))).toEqual(whole);
  });

  it("takes a ClientHello of several segments, as those with keys of lattices are", () => {
    const padded = joined(
      clientHello.subarray(4, 4 + 51),
      vector16(
        extension(0, vector16(0, vector16("pq.example"))),
        extension(51, vector16(numbers(0x11ec), vector16(new Uint8Array(1216)))),
        extension(21, new Uint8Array(900)),
      ),
    );
    const bytes = record(22, message(1, padded));
    const events = read([client(bytes.subarray(0, 1400)), client(bytes.subarray(1400))]);
    expect(events[0]).toMatchObject({ sni: "pq.example", keyShares: [0x11ec] });
    expect(events[0]?.place.packets).toEqual([1, 2]);
  });

  it("reads one side where the other is missing", () => {
    expect(types(read(tls12.filter(({ side }) => side === 0)))).toEqual([
      "clientHello",
      "handshake 16",
      "changeCipherSpec",
      "handshake null",
      "applicationData",
      "alert",
    ]);
    expect(types(read(tls13.filter(({ side }) => side === 0)))).toEqual([
      "clientHello",
      "changeCipherSpec",
      "clientHello",
      "applicationData",
    ]);
  });

  it("goes on at the next record behind a gap, and says what it lost", () => {
    const events = read([
      client(record(22, clientHello)),
      server(record(22, serverFlight).subarray(0, 300)),
      gap(1, 500),
      server(joined(new Uint8Array(50), change, finished, data)),
    ]);
    expect(types(events)).toEqual([
      "clientHello",
      "note incomplete",
      "note gap",
      "note garbage",
      "changeCipherSpec",
      "handshake null",
      "applicationData",
    ]);
  });

  it("leaves out garbage between records", () => {
    const noise = Uint8Array.from({ length: 300 }, (_, i) => (i % 19) + 1);
    const events = read([client(joined(record(22, clientHello), noise, data, data))]);
    expect(types(events)).toEqual([
      "clientHello",
      "note garbage",
      "applicationData",
      "applicationData",
    ]);
    expect(events[1]?.place).toMatchObject({ length: 300 });
  });

  it("does not keep a message that is longer than the limit", () => {
    const long = certificates(new Uint8Array(40_000));
    const records: Uint8Array[] = [];
    for (let at = 0; at < long.length; at += 16_000)
      records.push(record(22, long.subarray(at, at + 16_000)));
    let most = 0;
    const events = read(
      [...records, record(22, message(14, new Uint8Array(0)))].map((one) => server(one)),
      {
        inputLimit: 20_000,
        onPiece: ({ held }: { held: number }) => {
          most = Math.max(most, held);
        },
      },
    );
    expect(types(events)).toEqual(["note limit", "handshake 14"]);
    expect(most).toBeLessThan(60_000);
  });

  it("says of a message that does not have its parts that it is malformed", () => {
    const events = read([
      client(record(22, clientHello)),
      server(record(22, message(2, numbers(7)))),
    ]);
    expect(types(events)).toEqual(["clientHello", "handshake 2", "note malformed"]);
  });

  it("knows heartbeats that claim more than they have", () => {
    const beat = (length: number) => record(24, joined(1, numbers(length), new Uint8Array(20)));
    const events = read([client(joined(record(22, clientHello), beat(4), beat(16_384)))]);
    expect(events.slice(1)).toMatchObject([
      { type: "tls.heartbeat", messageType: 1, payloadLength: 4, isOverlong: false },
      { type: "tls.heartbeat", messageType: 1, payloadLength: 16_384, isOverlong: true },
    ]);
  });

  it("tells of alerts that can be read", () => {
    const events = read([
      client(record(22, clientHello)),
      server(record(21, Uint8Array.of(2, 40))),
    ]);
    expect(events[1]).toMatchObject({ type: "tls.alert", level: 2, description: 40 });
  });

  it("takes a hello in the form of SSL 2.0, before a session of either kind", () => {
    const hello = (version: number) => {
      const content = joined(
        1,
        numbers(version, 6, 0, 16),
        Uint8Array.of(0, 0, 0x2f, 7, 0, 0xc0),
        Uint8Array.from({ length: 16 }, (_, i) => i),
      );
      return joined(numbers(0x8000 | content.length), content);
    };
    const later = read([client(hello(0x0301)), server(record(22, serverFlight)), client(change)]);
    expect(types(later)).toEqual([
      "clientHello",
      "serverHello",
      "certificate",
      "handshake 12",
      "handshake 14",
      "changeCipherSpec",
    ]);
    expect(later[0]).toMatchObject({ version: 0x0301, cipherSuites: [0x2f], ja3: "769,47,,," });
    const encrypted = joined(numbers(0x8003), 1, 2, 3);
    const old = read([client(hello(2)), client(encrypted), client(encrypted)]);
    expect(types(old)).toEqual(["clientHello", "handshake 1", "applicationData"]);
  });

  it("is found on any port by its first bytes, and is not found where they are not its own", () => {
    const found = (piece: Piece): string | undefined =>
      readPieces([piece], { port: 9999 }).reader.application?.name;
    expect(found(client(record(22, clientHello)))).toBe("tls");
    expect(found(server(record(22, serverFlight)))).toBe("tls");
    expect(found(client("GET / HTTP/1.1\r\n\r\n"))).not.toBe("tls");
    expect(found(client(joined(22, "\x03\x01 something else that is long enough")))).not.toBe(
      "tls",
    );
  });

  it("shows each record once, and messages of several records with the last", () => {
    const shown: string[] = [];
    read(tls12, {
      onMessage: (names: readonly string[], from: number, to: number) =>
        shown.push(`${from}-${to} ${names.join(" ")}`),
    });
    expect(shown.slice(0, 4)).toEqual([
      `0-${clientHello.length + 5} tls`,
      "0-95 tls",
      "95-103 tls",
      `103-${serverFlight.length + 15} tls tls.handshake tls.handshake tls.handshake`,
    ]);
    expect(shown).toHaveLength(12);
  });

  it("survives whatever is made of it", () => {
    const result = readHostile(tlsApplication, [tls12, tls13], { port: 443, rounds: 2500 });
    expect(result.events).toBeGreaterThan(10_000);
    expect(result.notes).toBeGreaterThan(1000);
  }, 60_000);
});
