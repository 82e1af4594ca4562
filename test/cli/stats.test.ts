import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { stats } from "../../src/cli/stats.ts";
import { NOTES_LIMIT } from "../../src/cli/stats-notes.ts";
import { PcapWriter } from "../../src/files/pcap-writer.ts";
import { build } from "../../src/packet/build.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-stats-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function written(options: object, path = "examples/session.pcap"): Promise<string> {
  const output = join(folder, "stats");
  await stats(path, { output, ...options });
  return readFileSync(output, "utf8");
}
const json = async (options: object, path?: string) =>
  JSON.parse(await written({ ...options, format: "json" }, path)).statistics;

/** A segment that is sent again, so many times, each half a second later. */
function again(times = 1): string {
  const writer = new PcapWriter();
  const made = build(
    ethernet(),
    ipv4({ src: "192.0.2.1", dst: "192.0.2.2" }),
    tcp({ srcPort: 1, dstPort: 2, seq: 9, flags: { ack: true } }),
    "hello",
  ).bytes();
  for (let i = 0; i <= times; i++)
    writer.write(made, 0, made.length, made.length, 1 + (i >> 1), (i & 1) * 500_000_000);
  const path = join(folder, "again.pcap");
  writeFileSync(path, writer.take());
  return path;
}

/** Attempts from so many ports, each sent three times. */
function flood(ports: number): string {
  const writer = new PcapWriter();
  for (let i = 0; i < 3 * ports; i++) {
    const made = build(
      ethernet(),
      ipv4({ src: "192.0.2.1", dst: "192.0.2.2" }),
      tcp({ srcPort: 1000 + (i % ports), dstPort: 2, seq: 9, flags: { syn: true } }),
    ).bytes();
    writer.write(made, 0, made.length, made.length, 1, i);
  }
  const path = join(folder, "flood.pcap");
  writeFileSync(path, writer.take());
  return path;
}

/** What a command says on standard error. */
async function complaints(command: () => Promise<unknown>): Promise<string> {
  const spy = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  try {
    await command();
    return spy.mock.calls.map(([text]) => String(text)).join("");
  } finally {
    spy.mockRestore();
  }
}

describe("wirecraft stats", () => {
  it("shows protocols when nothing else is asked for", async () => {
    const lines = (await written({})).split("\n");
    expect(lines[0]).toBe("Protocols: 34 frames, 4586 bytes");
    expect(lines[2]).toMatch(/^eth +34 +4586 +0 +0$/);
    expect(lines[3]).toMatch(/^ {2}arp +2 +120 +2 +120$/);
  });

  it("shows conversations, ends and packets over time, one after the other", async () => {
    const text = await written({ conversations: ["tcp"], endpoints: ["ip"], io: "1" });
    const parts = text.split("\n\n");
    expect(parts.map((part) => part.split("\n")[0])).toEqual([
      "Conversations, tcp: 2",
      "Endpoints, ip: 4",
      "Over time, in intervals of 1 s",
    ]);
    expect(parts[0]).toMatch(
      /^0 +192.0.2.10:50342 +198.51.100.80:80 +6 +483 +5 +2002 +11 +2485 +2.038193000 +0.039094000$/m,
    );
    expect(parts[0]).toContain("[2001:db8:0:1::a]:50344");
    expect(parts[2]).toMatch(/^2.000000000 +3.000000000 +26 +3938$/m);
  });

  it("gives JSON", async () => {
    const [hierarchy, conversations, ends, io] = await json({
      ...{ hierarchy: true, conversations: ["udp"], endpoints: ["udp"], io: "1" },
    });
    expect(hierarchy).toMatchObject({ statistic: "hierarchy", frames: 34, bytes: 4586 });
    expect(conversations).toMatchObject({ statistic: "conversations", kind: "udp" });
    expect(conversations.conversations[0]).toMatchObject({
      ...{ stream: 0, a: { address: "192.0.2.10", port: 49512 }, frames: 2 },
      ...{ first: "1772436600.001562000", duration: "0.008304000" },
    });
    expect(ends.endpoints.length).toBeGreaterThan(4);
    expect(io).toEqual({
      ...{ statistic: "io", interval: 1, start: "1772436600.000000000" },
      intervals: [
        { index: 0, frames: 6, bytes: 500 },
        { index: 1, frames: 2, bytes: 148 },
        { index: 2, frames: 26, bytes: 3938 },
      ],
    });
  });

  it("writes JSON piece by piece as if it were made at once", async () => {
    const options = {
      hierarchy: true,
      conversations: ["tcp", "sctp"],
      endpoints: ["eth"],
      io: "1",
    };
    const text = await written({ ...options, format: "json" });
    expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 1)}\n`);
    expect(JSON.parse(text).statistics[2]).toMatchObject({ kind: "sctp", conversations: [] });
  });

  it("says how many frames were beyond the limit, and the option for more", async () => {
    const path = flood(50);
    let text = "";
    const options = { conversations: ["tcp"], endpoints: ["tcp"], limit: "8" };
    const said = await complaints(async () => {
      text = await written(options, path);
    });
    expect(said).toBe(
      "wirecraft: tcp: 126 frames belong to conversations beyond the limit, and are only counted together; --limit tells more apart\n",
    );
    const [conversations, ends] = text.split("\n\n");
    expect(conversations).toMatch(/^Conversations, tcp: 8\n/);
    expect(conversations).toMatch(/^and 126 frames, \d+ bytes of others$/m);
    expect(ends).toMatch(/^Endpoints, tcp: 9\n/);
    expect(await complaints(() => written({ ...options, limit: "50" }, path))).toBe("");
  });

  it("lists notes with the packets that they rest on", async () => {
    const path = again();
    expect(await written({ notes: true }, path)).toMatch(/^2 +0 +retransmission +1 +sent again$/m);
    const [{ counts, notes }] = await json({ notes: true }, path);
    expect(counts.retransmission).toBe(1);
    expect(notes).toEqual([
      { kind: "retransmission", number: 2, stream: 0, evidence: [1], text: "sent again" },
    ]);
    expect(await written({ notes: true })).toMatch(/^Notes on TCP: 0\n/);
    const text = await written({ notes: true, format: "json" }, path);
    expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 1)}\n`);
    expect(await complaints(() => written({ notes: true }, path))).toBe("");
  });

  it("lists no more notes than the limit, counts all, and says how many it left out", async () => {
    const path = again(NOTES_LIMIT + 7);
    let text = "";
    const said = await complaints(async () => {
      text = await written({ notes: true }, path);
    });
    expect(said).toBe("wirecraft: notes: the first 100000 are listed; 7 more are only counted\n");
    const lines = text.trimEnd().split("\n");
    expect(lines[0]).toBe("Notes on TCP: 100007");
    expect(lines[2]).toMatch(/^retransmission +100007$/);
    expect(lines.at(-2)).toMatch(/^100001 +0 +retransmission +\d+ +sent again$/);
    expect(lines.at(-1)).toBe("and 7 notes on later packets");
    let result: { counts?: object; omitted?: number; notes?: object[] } = {};
    await complaints(async () => {
      [result] = await json({ notes: true }, path);
    });
    expect(result).toMatchObject({ omitted: 7, counts: { retransmission: 100_007 } });
    expect(result.notes!.length).toBe(NOTES_LIMIT);
    expect(result.notes!.at(-1)).toMatchObject({ number: NOTES_LIMIT + 1 });
  });

  it("takes no more packets than it is told", async () => {
    const [{ frames }] = await json({ count: "5" });
    expect(frames).toBe(5);
  });

  it("gives what came before a fault of the capture, and then the fault", async () => {
    const path = join(folder, "cut.pcap");
    writeFileSync(path, readFileSync("examples/session.pcap").subarray(0, 1000));
    const output = join(folder, "cut.json");
    await expect(stats(path, { output, format: "json" })).rejects.toThrow(/./);
    const { statistics } = JSON.parse(readFileSync(output, "utf8"));
    expect(statistics[0].frames).toBeGreaterThan(3);
  });

  it.each([
    [{ format: "xml" }, "--format: 'xml' is none of text, json"],
    [{ conversations: ["ipx"] }, "--conversations: 'ipx' is none of eth"],
    [{ endpoints: ["ipx"] }, "--endpoints: 'ipx' is none of eth"],
    [{ conversations: ["tcp"], limit: "0" }, "--limit: a whole number of at least 1"],
    [{ io: "0" }, "--io: seconds from 0.000001"],
  ])("refuses %o", async (options, message) => {
    await expect(stats("examples/session.pcap", options)).rejects.toThrow(message);
  });
});
