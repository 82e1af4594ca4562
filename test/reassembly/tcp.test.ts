import { describe, expect, it } from "vitest";
import { TcpReassembly } from "../../src/reassembly/tcp.ts";
import type { StreamData } from "../../src/reassembly/tcp-events.ts";
import { feed, handshake, linesOf, Recorder, type Sent, segment } from "./tcp-samples.ts";

const client = (seq: number, data: string, more: Partial<Sent> = {}): Sent => ({
  ...{ seq, data, ack: 5000 },
  ...more,
});
const server = (seq: number, data: string, more: Partial<Sent> = {}): Sent => ({
  ...{ by: 1, seq, data, ack: 1000 },
  ...more,
});
/** An acknowledgment of the server's, and of the client's. */
const ackOf0 = (ack: number): Sent => ({ by: 1, seq: 5000, ack });

describe("the bytes of a stream", () => {
  it("in order", () => {
    const sent = [...handshake, client(1000, "GET "), client(1004, "/"), server(5000, "200")];
    expect(linesOf(sent)).toEqual(["0 0 GET ", "0 4 /", "1 0 200"]);
  });

  it("reordered", () => {
    const sent = [client(1004, "o "), client(1002, "ll"), client(1000, "he"), client(1006, "all")];
    const { recorder } = feed([...handshake, ...sent]);
    expect(recorder.lines).toEqual(["0 0 he", "0 2 ll", "0 4 o ", "0 6 all"]);
    // Each has the packet that brought it, not the one that let it out.
    expect(recorder.events.map((one) => (one as StreamData).packet)).toEqual([6, 5, 4, 7]);
  });

  it("retransmission", () => {
    const { recorder, reassembly } = feed([
      ...handshake,
      ...[client(1000, "abcd"), client(1000, "abcd"), client(1000, "ab"), client(1002, "cd")],
    ]);
    expect(recorder.lines).toEqual(["0 0 abcd"]);
    expect(reassembly.stats).toMatchObject({ retransmitted: 3, retransmittedBytes: 8, bytes: 12 });
  });

  it("retransmission with new bytes behind the old ones", () => {
    const lines = linesOf([...handshake, client(1000, "abcd"), client(1002, "cdef")]);
    expect(lines).toEqual(["0 0 abcd", "0 4 ef again"]);
  });

  it("overlap with the same bytes", () => {
    const sent = [client(1004, "efgh"), client(1002, "cdefg"), client(1000, "ab")];
    const { recorder, reassembly } = feed([...handshake, ...sent]);
    expect(recorder.textOf(0)).toBe("abcdefgh");
    expect(reassembly.stats).toMatchObject({ conflicts: 0, overlaps: 1 });
  });

  it("overlap with different bytes: the first write wins, and both versions are told", () => {
    const sent = [client(1004, "EFGH"), client(1002, "cdXfYh"), client(1000, "ab")];
    expect(linesOf([...handshake, ...sent])).toEqual([
      "0 4 EFGH of 4, XfYh of 5: old",
      "0 0 ab",
      "0 2 cd again",
      "0 4 EFGH",
    ]);
    const last = feed([...handshake, ...sent], { overlap: "last" });
    expect(last.recorder.textOf(0)).toBe("abcdXfYh");
    expect(last.recorder.lines[0]).toBe("0 4 EFGH of 4, XfYh of 5: fresh");
  });

  it("retransmission with different bytes, where what was delivered is kept", () => {
    const sent = [...handshake, client(1000, "abcdef"), client(1001, "bXXeXgh")];
    expect(linesOf(sent, { history: 100, provenance: true })).toEqual([
      "0 0 abcdef",
      "0 2 cdef of 4, XXeX of 5: old",
      "0 6 gh again",
    ]);
    expect(linesOf(sent)).toEqual(["0 0 abcdef", "0 6 gh again"]);
  });

  it("lost middle segment: incomplete, with the position of the gap", () => {
    const sent = [...handshake, client(1000, "abc"), client(1006, "ghi")];
    const { recorder, reassembly } = feed(sent);
    expect(recorder.take()).toEqual(["0 0 abc"]);
    reassembly.flush();
    expect(recorder.lines).toEqual([
      ...["0 3 gap 3 ended", "0 6 ghi", "0 9 end flushed", "1 0 end flushed"],
      "close 0 flushed",
    ]);
  });

  it("a hole is lost when the other side acknowledges bytes behind it, and not before", () => {
    const sent = [...handshake, client(1000, "abc"), client(1006, "ghi")];
    expect(linesOf([...sent, ackOf0(1003), ackOf0(1006)])).toEqual(["0 0 abc"]);
    expect(linesOf([...sent, ackOf0(1009)])).toEqual([
      "0 0 abc",
      "0 3 gap 3 acknowledged",
      "0 6 ghi",
    ]);
  });

  it("an acknowledgment that was captured before its data loses nothing", () => {
    const sent = [...handshake, ackOf0(1006), client(1003, "def"), client(1000, "abc")];
    expect(linesOf(sent)).toEqual(["0 0 abc", "0 3 def"]);
  });

  it("an acknowledgment of what nobody saw is told at the end, without the byte that may have been a FIN", () => {
    const { recorder, reassembly } = feed([...handshake, client(1000, "abc"), ackOf0(1010)]);
    reassembly.flush();
    expect(recorder.lines).toContain("0 3 gap 6 acknowledged");
  });

  it("sequence wrap", () => {
    const sent: Sent[] = [
      { seq: 0xffffffee, flags: "S" },
      client(0xffffffef, "x"),
      client(0x4, "behind"),
      client(0xfffffff0, "twenty bytes in all."),
    ];
    expect(linesOf(sent)).toEqual(["0 0 x", "0 1 twenty bytes in all.", "0 21 behind"]);
    const two = [client(0xfffffff0, "x".repeat(12)), client(4, "data")];
    // Twelve bytes, four that are missing, four: and not four gigabytes.
    const { recorder, reassembly } = feed(two);
    expect(reassembly.bytes).toBeGreaterThan(0);
    expect(reassembly.bytes).toBeLessThan(1000);
    reassembly.flush();
    expect(recorder.lines.slice(0, 3)).toEqual([
      `0 0 ${"x".repeat(12)}`,
      "0 12 gap 8 ended",
      "0 20 data",
    ]);
  });

  it("offsets go on past four gigabytes", () => {
    const recorder = new Recorder();
    const reassembly = new TcpReassembly({ consumer: recorder });
    reassembly.add(segment({ seq: 0, data: "a" }));
    let at = 1;
    for (let n = 1; n <= 9; n++) {
      at += 2 ** 30 - 1;
      // The receiver has all of it, the capture one byte of each gigabyte.
      reassembly.add(segment({ by: 1, seq: 0, ack: at % 2 ** 32 }));
      reassembly.add(segment({ seq: at % 2 ** 32, data: "b" }));
      at++;
      reassembly.add(segment({ by: 1, seq: 0, ack: at % 2 ** 32 }));
    }
    expect(recorder.lines.at(-1)).toBe(`0 ${9 * 2 ** 30} b`);
    expect(recorder.textOf(0)).toBe("abbbbbbbbb");
  });

  it("a segment 50 MB ahead of the stream is a gap, and costs its own bytes", () => {
    const { recorder, reassembly } = feed([
      ...handshake,
      ...[client(1000, "near"), client(50_001_004, "far")],
    ]);
    expect(reassembly.bytes).toBeLessThan(500);
    reassembly.flush();
    expect(recorder.lines.slice(0, 3)).toEqual([
      "0 0 near",
      "0 4 gap 50000000 ended",
      "0 50000004 far",
    ]);
  });

  it("what no window reaches is not used", () => {
    const { recorder, reassembly } = feed([...handshake, client(1000 + 2 ** 30 + 1, "x")]);
    expect(recorder.lines).toEqual([]);
    expect([reassembly.stats.outOfWindow, reassembly.bytes]).toEqual([1, 0]);
  });

  it("keep-alive", () => {
    const sent = [...handshake, client(1000, "abc")];
    const probes = [{ seq: 1002, ack: 5000 }, client(1002, "\0")];
    const { recorder, reassembly } = feed([...sent, ...probes, client(1003, "def")], {
      history: 10,
    });
    expect(recorder.lines).toEqual(["0 0 abc", "0 3 def"]);
    expect(reassembly.stats).toMatchObject({ keepAlives: 1, conflicts: 0, retransmitted: 0 });
  });

  it("probe of a window of zero: its byte is there once", () => {
    const sent = [client(1000, "abc"), client(1003, "d"), client(1003, "d"), client(1003, "def")];
    expect(linesOf([...handshake, ...sent])).toEqual(["0 0 abc", "0 3 d", "0 4 ef again"]);
  });

  it("SYN with data", () => {
    const sent: Sent[] = [
      { seq: 999, flags: "S", data: "early" },
      { by: 1, seq: 4999, ack: 1005, flags: "S", data: "too" },
      client(1005, " bird"),
    ];
    expect(linesOf(sent)).toEqual(["0 0 early", "1 0 too", "0 5  bird"]);
    // A server that did not take the data has it sent again.
    const again = [
      sent[0]!,
      { by: 1, seq: 4999, ack: 1000, flags: "S" } as const,
      client(1000, "early bird"),
    ];
    expect(linesOf(again)).toEqual(["0 0 early", "0 5  bird again"]);
  });

  it("start in mid-stream: at once, without a SYN", () => {
    expect(linesOf([server(7000, "mid"), client(300, "dle"), server(7003, "!")])).toEqual([
      ...["0 0 mid", "1 0 dle", "0 3 !"],
    ]);
  });

  it("start in mid-stream with a keep-alive", () => {
    const sent = [{ seq: 299, ack: 7000 }, client(300, "data")];
    expect(linesOf(sent)).toEqual(["0 0 data"]);
  });

  it("start in mid-stream with an acknowledgment, and a first segment that is missing", () => {
    const sent = [{ seq: 300, ack: 7000 }, client(304, "data"), client(300, "more")];
    expect(linesOf(sent)).toEqual(["0 0 more", "0 4 data"]);
  });

  it("one-sided capture: nobody acknowledges, and a hole ends at the limit", () => {
    const many = Array.from({ length: 9 }, (_, n) => client(1010 + n, String(n)));
    const sent = [{ seq: 999, flags: "S" }, client(1000, "abc"), ...many];
    expect(linesOf(sent)).toEqual(["0 0 abc"]);
    const { recorder } = feed(sent, { maxSideSegments: 4 });
    expect(recorder.lines.slice(0, 3)).toEqual(["0 0 abc", "0 3 gap 7 limit", "0 10 0"]);
    expect(recorder.textOf(0)).toBe("abc012345678");
  });

  it("a changing acknowledgment number does not split a message", () => {
    const parts = ["one ", "mes", "sage"].map((data, i) =>
      client(1000 + [0, 4, 7][i]!, data, { ack: 5000 + i * 10 }),
    );
    const { recorder } = feed([...handshake, ...parts]);
    expect(recorder.textOf(0)).toBe("one message");
    expect(recorder.streams.length).toBe(1);
  });

  it("frames cut by the capture: what is missing of them is a gap", () => {
    const sent = [
      ...handshake,
      ...[
        client(1000, "abcdef", { snap: 43 }),
        client(1010, "kl"),
        client(1006, "ghij", { snap: 42 }),
      ],
    ];
    expect(linesOf(sent)).toEqual([
      ...["0 0 abc", "0 3 gap 3 cut", "0 6 gh", "0 8 gap 2 cut", "0 10 kl"],
    ]);
  });

  it("frames cut by the capture that had to wait, and bytes of them that come again", () => {
    const late = client(1003, "defghi", { snap: 42 });
    expect(linesOf([...handshake, late, client(1000, "abc")])).toEqual([
      ...["0 0 abc", "0 3 de", "0 5 gap 4 cut"],
    ]);
    const again = [late, client(1004, "efgh"), client(1000, "abc")];
    expect(linesOf([...handshake, ...again])).toEqual([
      ...["0 0 abc", "0 3 de", "0 5 fgh again", "0 8 gap 1 cut"],
    ]);
  });

  it("urgent data stays in its place", () => {
    const bytes = segment(client(1000, "a!b"));
    bytes.data[33]! |= 0x20;
    bytes.data[39] = 2;
    const recorder = new Recorder();
    const reassembly = new TcpReassembly({ consumer: recorder });
    reassembly.add(bytes);
    expect(recorder.lines).toEqual(["0 0 a!b"]);
  });
});

describe("what is delivered", () => {
  it("is a view of the packet where it came in order, and a copy where it waited", () => {
    const [late, early] = [segment(client(1003, "def")), segment(client(1000, "abc"))];
    const recorder = new Recorder();
    const reassembly = new TcpReassembly({ consumer: recorder });
    for (const one of handshake) reassembly.add(segment(one));
    reassembly.add(late);
    late.data.fill(0);
    reassembly.add(early);
    const [first, second] = recorder.events as StreamData[];
    expect(first!.source).toBe(early.data);
    expect([first!.packetOffset, second!.packetOffset]).toEqual([40, 40]);
    expect(recorder.textOf(0)).toBe("abcdef");
    expect(second!.source.buffer.byteLength).toBe(3);
  });

  it("goes on behind a consumer that throws", () => {
    const recorder = new Recorder();
    const reassembly = new TcpReassembly({
      consumer: {
        data(one) {
          recorder.data(one);
          if (one.offset === 3) throw new Error("full");
        },
      },
    });
    for (const one of [...handshake, client(1003, "def"), client(1006, "ghi")])
      reassembly.add(segment(one));
    expect(() => reassembly.add(segment(client(1000, "abc")))).toThrow("full");
    for (const one of [client(1009, "jkl"), client(1012, "mno", { flags: "F" })])
      reassembly.add(segment(one));
    reassembly.flush();
    expect(recorder.textOf(0)).toBe("abcdefghijklmno");
    expect(reassembly.bytes).toBe(0);
  });

  it("has the time of the packet that brought it", () => {
    const sent = [client(1003, "def", { seconds: 7 }), client(1000, "abc", { seconds: 9 })];
    const { recorder } = feed([...handshake, ...sent]);
    const times = recorder.events.map((one) => (one as StreamData).time);
    expect(times).toEqual([9_000_000_000n, 7_000_000_000n]);
  });

  it("is known by its packets", () => {
    const sent = [client(1004, "efg"), client(1000, "abcd"), client(1005, "fghi")];
    const { recorder } = feed([...handshake, ...sent], { provenance: true });
    const [stream] = recorder.streams;
    expect([0, 3, 4, 6, 7, 8, 9].map((at) => stream!.provenance(0, at))).toEqual([
      { packet: 5, packetOffset: 40, retransmitted: false },
      { packet: 5, packetOffset: 43, retransmitted: false },
      { packet: 4, packetOffset: 40, retransmitted: false },
      { packet: 4, packetOffset: 42, retransmitted: false },
      { packet: 6, packetOffset: 42, retransmitted: true },
      { packet: 6, packetOffset: 43, retransmitted: true },
      undefined,
    ]);
    expect(stream!.provenance(1, 0)).toBeUndefined();
  });

  it("is known by its packets as far as was asked for", () => {
    const sent = Array.from({ length: 100 }, (_, n) => client(1000 + n, "x"));
    const { recorder } = feed([...handshake, ...sent], { provenance: 40 });
    const known = sent.map((_, n) => recorder.streams[0]!.provenance(0, n)?.packet);
    expect(known).toEqual(sent.map((_, n) => (n < 60 ? undefined : n + 4)));
  });
});
