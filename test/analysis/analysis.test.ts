import { describe, expect, it } from "vitest";
import { analyse, StreamAnalysis } from "../../src/analysis/analysis.ts";
import { applications } from "../../src/analysis/applications.ts";
import type { AnalysisEvent } from "../../src/analysis/events.ts";
import { defaultDissector } from "../../src/capture/index.ts";
import { build } from "../../src/packet/index.ts";
import { Packet } from "../../src/packet/packet.ts";
import { ipv4, tcp } from "../../src/protocols/index.ts";

const encoder = new TextEncoder();
const none = new Uint8Array(0);

/** A packet of a client's or a server's; numbers are given when it is added. */
function packet(
  from: "client" | "server",
  seq: number,
  ack: number,
  content: string | Uint8Array,
  flags: object = { ack: true },
  port = 4000,
): Packet {
  const isClient = from === "client";
  const [src, dst] = isClient ? ["192.0.2.1", "192.0.2.2"] : ["192.0.2.2", "192.0.2.1"];
  const [srcPort, dstPort] = isClient ? [port, 80] : [80, port];
  const bytes = typeof content === "string" ? encoder.encode(content) : content;
  return build(ipv4({ src, dst }), tcp({ srcPort, dstPort, seq, ack, flags }), bytes);
}

/** A packet with a number, as a capture gives it. */
function numbered(made: Packet, number: number): Packet {
  const bytes = made.bytes();
  const origin = { entry: defaultDissector().entry(ipv4), linkType: -1, interfaceIndex: -1 };
  return new Packet(bytes, 0, bytes.length, bytes.length, 0, -1, number, origin, null);
}

function eventsOf(packets: readonly Packet[], options: object = {}): AnalysisEvent[] {
  const events: AnalysisEvent[] = [];
  const analysis = new StreamAnalysis({ ...options, onEvent: (event) => events.push(event) });
  packets.forEach((one, i) => {
    analysis.add(numbered(one, i + 1));
  });
  analysis.flush();
  return events;
}

const request = "GET /a HTTP/1.0\r\n\r\n";
const conversation = (...last: Packet[]): Packet[] => [
  packet("client", 9, 0, none, { syn: true }),
  packet("server", 99, 10, none, { syn: true, ack: true }),
  packet("client", 10, 100, request.slice(0, 7)),
  packet("client", 17, 100, request.slice(7)),
  packet("server", 100, 10 + request.length, "HTTP/1.0 200 OK\r\n\r\nbody"),
  ...last,
];

describe("StreamAnalysis", () => {
  it("tells messages with the packets that brought them", () => {
    const events = eventsOf(conversation());
    const asked = events.find((event) => event.type === "http.request");
    expect(asked).toMatchObject({
      ...{ method: "GET", target: "/a" },
      connection: { index: 0, src: "192.0.2.1", srcPort: 4000, dst: "192.0.2.2", dstPort: 80 },
      place: { side: 0, offset: 0, length: request.length, packets: [3, 4] },
    });
  });

  it("tells the end of a connection from the end of the capture", () => {
    const end = (packets: readonly Packet[]) =>
      eventsOf(packets).findLast((event) => event.type === "http.end");
    expect(end(conversation())).toMatchObject({ framing: "close", complete: false });
    const fin = packet("server", 123, 10 + request.length, none, { fin: true, ack: true });
    expect(end(conversation(fin))).toMatchObject({ framing: "close", complete: true });
    const rst = packet("server", 123, 10 + request.length, none, { rst: true, ack: true });
    expect(end(conversation(rst))).toMatchObject({ framing: "close", complete: false });
  });

  it("gives up who keeps most for longest when all keep too much", () => {
    const events: AnalysisEvent[] = [];
    const analysis = new StreamAnalysis({ maxBytes: 4096, onEvent: (event) => events.push(event) });
    for (let port = 1; port <= 20; port++)
      analysis.add(packet("client", 9, 0, `GET /${"x".repeat(900)}`, { ack: true }, port));
    analysis.flush();
    expect(analysis.stats.givenUp).toBeGreaterThan(10);
    expect(events.some((event) => event.type === "note" && event.kind === "limit")).toBe(true);
    const { http = 0, "": unknown = 0 } = analysis.stats.connections;
    expect(http + unknown).toBe(20);
  });

  it("counts what it read, and says what is wrong with an option", () => {
    const analysis = new StreamAnalysis({ onEvent: () => {}, applications: [] });
    for (const one of conversation()) analysis.add(one);
    analysis.flush();
    expect(analysis.stats).toEqual({ connections: { "": 1 }, events: 0, notes: 0, givenUp: 0 });
    for (const name of ["maxMessage", "maxBytes"])
      expect(() => new StreamAnalysis({ onEvent: () => {}, [name]: 0 })).toThrow(
        new RangeError(`${name}: 0 is not a whole number above 0`),
      );
  });

  it("finds applications by content only where that is wanted", () => {
    const other = conversation().map((one) => {
      const moved = one.copy();
      const layer = moved.require(tcp);
      if (layer.dstPort === 80) layer.dstPort = 8;
      else layer.srcPort = 8;
      return moved;
    });
    expect(eventsOf(other).map((event) => event.type)).toContain("http.response");
    expect(eventsOf(other, { byContent: false })).toEqual([]);
  });
});

describe("analyse", () => {
  it.each([
    ["http", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["http", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"],
    ["http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"],
    ["ssh", "SSH-2.0-OpenSSH_9.6\r\n"],
    ["smtp", "220 mail.example ESMTP ready\r\n"],
    ["ftp", "220 ftp.example FTP server ready\r\n"],
    ["pop", "+OK POP3 server ready\r\n"],
    ["imap", "* OK IMAP4rev1 ready\r\n"],
  ])("guesses %s", (name, text) => {
    expect(analyse(Uint8Array.from(text, (c) => c.charCodeAt(0))).application).toBe(name);
  });

  it("takes what it is told of the port, and says where nobody is known", () => {
    expect(analyse(encoder.encode("what is this?")).application).toBeNull();
    expect(analyse(none)).toEqual({ application: null, events: [] });
    const login = encoder.encode("USER anonymous\r\n");
    expect(analyse(login, { port: 110 }).application).toBe("pop");
    expect(analyse(login, { port: 21 }).application).toBe("ftp");
  });

  it("asks applications in the order that is given", () => {
    const names = applications.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const http = applications.filter(({ name }) => name === "http");
    expect(analyse(encoder.encode("SSH-2.0-x\r\n"), { applications: http }).application).toBeNull();
  });
});
