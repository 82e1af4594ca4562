import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { captures } from "../../../scripts/synthetic/index.mjs";
import { openCapture } from "../../../src/capture/index.ts";
import { build } from "../../../src/packet/index.ts";
import type { Packet } from "../../../src/packet/packet.ts";
import { all, dns, ethernet, ipv4, ipv6, tcp, udp } from "../../../src/protocols/index.ts";
import { Columns, fieldNames } from "../../../src/report/wireshark/columns.ts";
import { captureOf } from "../../packet/random-captures.ts";
import { hasTshark, tsharkCells } from "../../support/tshark.ts";

const folder = mkdtempSync(join(tmpdir(), "wirecraft-streams-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What both print of packets. */
function compare(packets: readonly Packet[], names: readonly string[]) {
  const file = captureOf(
    1,
    packets.map((packet) => packet.bytes()),
  );
  const path = join(folder, "packets.pcap");
  writeFileSync(path, file);
  const columns = new Columns(names);
  const ours: string[][] = [];
  for (const packet of openCapture(file)) ours.push(columns.cells(packet));
  return { ours, theirs: tsharkCells(path, names).frames };
}

const ask = (name: string, id: number) =>
  build(dns({ id, questions: [{ name, type: 16 }] })).bytes();

/** A message as it stands in a stream: its length before it. */
function framed(...messages: readonly Uint8Array[]): Uint8Array {
  const parts = messages.flatMap((one) => [one.length >> 8, one.length & 255, ...one]);
  return Uint8Array.from(parts);
}

/** Segments of one side, from a sequence number on; `flags` of the first. */
function segment(seq: number, bytes: Uint8Array, flags: object = { ack: true }) {
  return build(
    ethernet({ src: "02:00:00:00:00:01", dst: "02:00:00:00:00:02" }),
    ipv4({ src: "192.0.2.1", dst: "192.0.2.2" }),
    tcp({ srcPort: 40_000, dstPort: 53, seq, flags }),
    bytes,
  );
}

/** As {@link segment}, from the server. */
function answer(seq: number, bytes: Uint8Array, flags: object = { ack: true }) {
  return build(
    ethernet({ src: "02:00:00:00:00:02", dst: "02:00:00:00:00:01" }),
    ipv4({ src: "192.0.2.2", dst: "192.0.2.1" }),
    tcp({ srcPort: 53, dstPort: 40_000, seq, ack: 7000, flags }),
    bytes,
  );
}

const stream = [
  ...["frame.protocols", "tcp.len", "tcp.payload", "tcp.segment_data", "tcp.segments"],
  ...["tcp.segment", "tcp.segment.count", "tcp.reassembled.length", "tcp.reassembled.data"],
  ...["dns.length", "dns.id", "dns.qry.name"],
];

describe.skipIf(!hasTshark)("messages in streams, beside tshark", () => {
  const three = framed(ask("a.example", 1), ask("bb.example", 2), ask("ccc.example", 3));
  const syn = segment(99, new Uint8Array(0), { syn: true });

  it("are shown with the segment that completes them, wherever the stream is cut", () => {
    for (const cuts of [[40], [1], [28, 29, 30], [10, 50], [60, 61], [5, 15, 25, 35, 45, 55]]) {
      const ends = [0, ...cuts, three.length];
      const packets = ends
        .slice(1)
        .map((end, i) => segment(100 + ends[i]!, three.subarray(ends[i], end)));
      const { ours, theirs } = compare([syn, ...packets], stream);
      expect(ours, `cut at ${cuts}`).toEqual(theirs);
    }
  });

  it("are not shown again with segments that are sent again", () => {
    const parts = [segment(100, three.subarray(0, 40)), segment(140, three.subarray(40))];
    const { ours, theirs } = compare([syn, parts[0]!, parts[0]!, parts[1]!, parts[1]!], stream);
    expect(ours).toEqual(theirs);
  });

  it("of a connection have no part in the next one on the same ports", () => {
    const begun = answer(5000, three.subarray(0, 40));
    const next = answer(4000, new Uint8Array(0), { syn: true, ack: true });
    const rest = [answer(4001, three.subarray(0, 50)), answer(4051, three.subarray(50))];
    // Of the first connection only the server was seen, which tells where its client stood; its numbers were higher.
    const { ours, theirs } = compare([begun, syn, next, ...rest], ["tcp.stream", ...stream]);
    expect(ours).toEqual(theirs);
    expect(ours.map(([index]) => index)).toEqual(["0", "1", "1", "1", "1"]);
    expect(ours.at(-1)!.at(-1)).toBe("bb.example,ccc.example");
  });
});

it("messages wait for a segment that comes late", () => {
  const three = framed(ask("a.example", 1), ask("bb.example", 2), ask("ccc.example", 3));
  const ends = [0, 20, 25, 29, three.length];
  const parts = ends
    .slice(1)
    .map((end, i) => segment(100 + ends[i]!, three.subarray(ends[i], end)));
  const [first, second, third, fourth] = parts as [Packet, Packet, Packet, Packet];
  const columns = new Columns(["dns.id", "tcp.segment"]);
  const file = captureOf(
    1,
    [first, third, second, fourth].map((packet) => packet.bytes()),
  );
  const shown = [...openCapture(file)].map((packet) => columns.cells(packet));
  // Wireshark shows the first message with no frame.
  expect(shown).toEqual([
    ["", ""],
    ["", ""],
    ["0x0001", "1,2,3"],
    ["0x0002,0x0003", ""],
  ]);
});

describe.skipIf(!hasTshark)("datagrams in fragments, beside tshark", () => {
  const names = [
    ...["frame.protocols", "ip.fragments", "ip.fragment", "ip.fragment.count"],
    ...["ip.reassembled.length", "ip.reassembled.data", "ipv6.fragments", "ipv6.fragment"],
    ...["ipv6.fragment.count", "ipv6.reassembled.length", "ipv6.reassembled.data"],
    ...["udp.srcport", "udp.length", "udp.payload", "dns.id", "dns.qry.name"],
  ];
  const question = dns({ id: 7, questions: [{ name: "a-name-of-some-length.example", type: 1 }] });
  const link = ethernet({ src: "02:00:00:00:00:01", dst: "02:00:00:00:00:02" });
  const four = build(
    link,
    ipv4({ src: "192.0.2.1", dst: "192.0.2.2" }),
    udp({ srcPort: 1, dstPort: 53 }),
    question,
  );
  const six = build(
    link,
    ipv6({ src: "2001:db8::1", dst: "2001:db8::2" }),
    udp({ srcPort: 1, dstPort: 53 }),
    question,
  );

  it.each([
    ["IPv4", four, 44],
    ["IPv6", six, 72],
  ] as const)("are shown with the last fragment, also in another order: %s", (_, packet, size) => {
    const parts = packet.fragment({ size });
    expect(parts.length).toBeGreaterThan(2);
    for (const order of [parts, [...parts].reverse()]) {
      const { ours, theirs } = compare(order, names);
      expect(ours).toEqual(theirs);
    }
  });
});

describe("a field of a message that is asked for alone", () => {
  const wanted = /^(tls|ssh|http2|http-|ftp|mail|websocket)/;
  const names = fieldNames(all);

  it.each(captures.filter(({ name }) => wanted.test(name)))(
    "is as among others: $name",
    ({ linkType, packets }) => {
      const file = captureOf(
        linkType,
        packets().map((packet) => packet.bytes()),
      );
      const read = [...openCapture(file)];
      const together = new Columns(names);
      const rows = read.map((packet) => together.cells(packet));
      for (const [at, name] of names.entries()) {
        if (rows.every((row) => row[at] === "")) continue;
        const alone = new Columns([name]);
        expect(
          read.map((packet) => alone.cells(packet)[0]),
          name,
        ).toEqual(rows.map((row) => row[at]));
      }
    },
  );
});
