import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PcapWriter } from "../../src/files/pcap-writer.ts";
import { TcpReassembly } from "../../src/reassembly/tcp.ts";
import {
  FollowCollector,
  type FollowOptions,
  followLine,
} from "../../src/reassembly/tcp-follow.ts";
import { hasTshark } from "../support/tshark.ts";
import { seeded } from "./random.ts";
import { captured } from "./samples.ts";
import { golden } from "./tcp-golden.ts";
import { handshake, type Sent, segment, segmentBytes } from "./tcp-samples.ts";

const RAW_IP = 101;

/** Each stream's lines, by number. */
function follow(
  sent: readonly Sent[],
  options: Partial<FollowOptions> = {},
): Map<number, string[]> {
  const found = new Map<number, string[]>();
  const consumer = new FollowCollector({
    ...options,
    onStream: ({ stream, chunks }) => found.set(stream.index, chunks.map(followLine)),
  });
  const reassembly = new TcpReassembly({ consumer });
  for (const [i, one] of sent.entries()) reassembly.add(segment({ number: i + 1, ...one }));
  reassembly.flush();
  return found;
}

const text = (lines: readonly string[] | undefined): string[] =>
  (lines ?? []).map((line) => {
    const bytes = Buffer.from(line.trim(), "hex").toString("latin1");
    return `${line.startsWith("\t") ? "> " : ""}${bytes.replace("\0", "")}`;
  });

const client = (seq: number, data: string, more: Partial<Sent> = {}): Sent => ({
  ...{ seq, data, ack: 5000 },
  ...more,
});
const server = (seq: number, data: string, more: Partial<Sent> = {}): Sent => ({
  ...{ by: 1, seq, data, ack: 1000 },
  ...more,
});

describe("a followed stream", () => {
  it("has a chunk for each packet, both sides in order", () => {
    const sent = [client(1000, "one"), server(5000, "yes"), client(1003, "two")];
    expect(text(follow([...handshake, ...sent]).get(0))).toEqual(["one", "> yes", "two"]);
  });

  it("has the second node behind a tab: that of who did not send the first packet", () => {
    const sent = [...handshake.slice(1), client(1000, "one"), server(5000, "yes")];
    expect(text(follow(sent).get(0))).toEqual(["> one", "yes"]);
  });

  it("says what is missing where something lies behind it", () => {
    const sent = [server(5000, "ab"), server(5006, "gh"), client(1000, "x", { ack: 5008 })];
    const lines = ["> ab", "> [4 bytes missing in capture file]", "> gh", "x"];
    expect(text(follow([...handshake, ...sent]).get(0))).toEqual(lines);
    const end = [server(5000, "ab"), client(1000, "x", { ack: 5008 })];
    expect(text(follow([...handshake, ...end]).get(0))).toEqual(["> ab", "x"]);
  });

  it("leaves out what waited in vain, unless that is asked for", () => {
    const sent = [...handshake, server(5000, "ab"), server(5006, "gh")];
    expect(text(follow(sent).get(0))).toEqual(["> ab"]);
    expect(text(follow(sent, { showUnacknowledged: true }).get(0))).toEqual([
      ...["> ab", "> [4 bytes missing in capture file]", "> gh"],
    ]);
  });

  it("has what comes behind the end too", () => {
    const sent = [
      client(1000, "a", { flags: "F" }),
      client(1001, "more"),
      client(1001, "x", { flags: "R" }),
    ];
    expect(text(follow([...handshake, ...sent]).get(0))).toEqual(["a", "more", "x"]);
  });

  it("comes chunk by chunk, and keeps as much as it may", () => {
    const sent = [...handshake, client(1000, "one"), server(5000, "yes"), client(1003, "two")];
    const chunks: string[] = [];
    follow(sent, { onChunk: (_, chunk) => chunks.push(followLine(chunk)), maxBytes: 4 });
    expect(text(chunks)).toEqual(["one", "> yes", "two"]);
    expect(text(follow(sent, { maxBytes: 7 }).get(0))).toEqual(["one", "> yes"]);
  });

  it("is one of those that were asked for", () => {
    const sent = [1, 2, 3].map((port) => client(1, String(port), { port }));
    expect([...follow(sent, { streams: new Set([1]) })]).toEqual([[1, ["32"]]]);
  });
});

type Random = ReturnType<typeof seeded>;

/** Connections that overlap in time, with segments in disorder, repeated and lost. */
function connections(random: Random, count: number): Sent[] {
  const each = Array.from({ length: count }, (_, port) => connection(random, 1 + port));
  const sent: Sent[] = [];
  while (each.length > 0) {
    const one = random(each.length);
    const next = each[one]!.shift();
    if (next === undefined) each.splice(one, 1);
    else sent.push(next);
  }
  return sent;
}

function connection(random: Random, port: number): Sent[] {
  const begins = [random(2 ** 32), 2 ** 32 - random(300)];
  const at = [0, 0];
  const parts: Sent[] = [];
  for (let n = 2 + random(12); n > 0; n--) {
    const by = random(2) as 0 | 1;
    const data = Uint8Array.from({ length: 1 + random(40) }, () => random(256));
    const seq = (begins[by]! + at[by]!) % 2 ** 32;
    at[by]! += data.length;
    parts.push({ port, by, seq, ack: (begins[1 - by]! + at[1 - by]!) % 2 ** 32, data });
  }
  const repeated = parts[random(parts.length)]!;
  parts.splice(random(parts.length), 0, repeated);
  for (let i = parts.length - 1; i > 0; i--) {
    const j = Math.max(0, i - random(random(2) === 0 ? 1 : 3));
    [parts[i], parts[j]] = [parts[j]!, parts[i]!];
  }
  if (random(2) === 0) parts.splice(random(parts.length), 1);
  // One that is acknowledged as if nothing was lost.
  const by = random(2) as 0 | 1;
  const ack = (begins[1 - by]! + at[1 - by]!) % 2 ** 32;
  parts.push({
    port,
    by,
    seq: (begins[by]! + at[by]!) % 2 ** 32,
    ack,
    flags: random(2) === 0 ? "F" : "",
  });
  const syns: Sent[] = [
    { port, seq: (begins[0]! + 2 ** 32 - 1) % 2 ** 32, flags: "S" },
    { port, by: 1, seq: (begins[1]! + 2 ** 32 - 1) % 2 ** 32, ack: begins[0]!, flags: "S" },
  ];
  return [...syns, ...parts];
}

function writeCapture(path: string, sent: readonly Sent[]): void {
  const writer = new PcapWriter({ linkType: RAW_IP });
  for (const [i, one] of sent.entries()) {
    const bytes = segmentBytes(one);
    writer.write(bytes, 0, bytes.length, bytes.length, 1 + i, 0);
  }
  writeFileSync(path, writer.take());
}

if (!hasTshark) console.log("skipped: streams as tshark follows them (tshark is not installed)");

describe.skipIf(!hasTshark)("streams made at random", () => {
  it("are followed as tshark follows them, line by line", () => {
    const folder = mkdtempSync(join(tmpdir(), "wirecraft-follow-"));
    try {
      const sent = connections(seeded(3), 150);
      const path = join(folder, "streams.pcap");
      writeCapture(path, sent);
      const found = follow(sent);
      const { followed, segments } = golden(path, [...found.keys()]);
      expect(segments.length).toBe(sent.length);
      expect(followed.length).toBe(150);
      const missing = followed.filter(({ lines }) =>
        lines.some((line) => text([line])[0]!.includes("bytes missing")),
      );
      expect(missing.length).toBeGreaterThan(20);
      for (const { index, lines } of followed)
        expect([index, found.get(index)]).toEqual([index, lines]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("have the numbers that tshark gives them", () => {
    const folder = mkdtempSync(join(tmpdir(), "wirecraft-follow-"));
    try {
      const random = seeded(4);
      // Few ports, used again and again with and without a SYN, by both ends.
      const sent = Array.from({ length: 2000 }, (): Sent => {
        const flags = ["", "", "S", "R", "F"][random(5)]!;
        const seq = random(4) === 0 ? random(2 ** 32) : 100 * random(5);
        const ack = random(2) === 0 ? {} : { ack: 100 * random(5) };
        return { port: 1 + random(6), by: random(2) as 0 | 1, seq, flags, ...ack };
      });
      const path = join(folder, "numbers.pcap");
      writeCapture(path, sent);
      const wanted = golden(path, []).segments.map(({ stream }) => stream);
      expect(Math.max(...wanted)).toBeGreaterThan(100);
      expect(numbersOf(sent)).toEqual(wanted);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** The number of the stream that each segment is of, as its data says. */
function numbersOf(sent: readonly Sent[]): number[] {
  const latest = new Map<string, number>();
  const reassembly = new TcpReassembly({
    consumer: { open: (one) => void latest.set(`${one.portOf(0)} ${one.portOf(1)}`, one.index) },
  });
  return sent.map((one, i) => {
    reassembly.add(captured(segmentBytes(one), i + 1));
    const port = one.port!;
    return Math.max(latest.get(`${port} 80`) ?? -1, latest.get(`80 ${port}`) ?? -1);
  });
}
