import { describe, expect, it } from "vitest";
import { build } from "../../src/packet/build.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { vlan } from "../../src/protocols/link/vlan.ts";
import { icmp } from "../../src/protocols/network/icmp.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { gre } from "../../src/protocols/tunnel/gre.ts";
import { TcpReassembly } from "../../src/reassembly/tcp.ts";
import { captured } from "./samples.ts";
import {
  feed,
  handshake,
  linesOf,
  Recorder,
  type Sent,
  segment,
  segmentBytes,
} from "./tcp-samples.ts";

const client = (seq: number, data: string, flags = ""): Sent => ({ seq, data, ack: 5000, flags });
const server = (seq: number, data: string, flags = "", ack = 1000): Sent => ({
  ...{ by: 1, seq, data, ack, flags },
});

describe("the end of a side", () => {
  it("FIN with data", () => {
    expect(linesOf([...handshake, client(1000, "bye", "F")])).toEqual(["0 0 bye", "0 3 end fin"]);
  });

  it("FIN from each side closes the stream", () => {
    const sent = [client(1000, "", "F"), server(5000, "last words", "F", 1001)];
    expect(linesOf([...handshake, ...sent])).toEqual([
      ...["0 0 end fin", "1 0 last words", "1 10 end fin", "close 0 fin"],
    ]);
  });

  it("a side that ended takes what the other one still says", () => {
    const sent = [client(1000, "all", "F"), server(5000, "one"), server(5003, "two")];
    expect(linesOf([...handshake, ...sent])).toEqual([
      ...["0 0 all", "0 3 end fin", "1 0 one", "1 3 two"],
    ]);
  });

  it("FIN that came before data which it stands behind", () => {
    const sent = [client(1003, "def", "F"), client(1000, "abc")];
    expect(linesOf([...handshake, ...sent])).toEqual(["0 0 abc", "0 3 def", "0 6 end fin"]);
  });

  it("FIN behind a hole: lost when the FIN is acknowledged", () => {
    const sent = [
      client(1000, "abc"),
      client(1006, "", "F"),
      { by: 1, seq: 5000, ack: 1007 } as const,
    ];
    expect(linesOf([...handshake, ...sent])).toEqual([
      ...["0 0 abc", "0 3 gap 3 acknowledged", "0 6 end fin"],
    ]);
  });

  it("FINs with a hole before one of them end after a while", () => {
    const sent = [client(1000, "", "F"), server(5003, "def", "F", 1001)];
    const { recorder, reassembly } = feed([...handshake, ...sent]);
    expect(recorder.take()).toEqual(["0 0 end fin"]);
    reassembly.add(segment({ seq: 1, port: 9, seconds: 20 }));
    expect(recorder.take()).toEqual([]);
    reassembly.add(segment({ seq: 1, port: 9, seconds: 31 }));
    expect(recorder.take()).toEqual([
      ...["1 0 gap 3 ended", "1 3 def", "1 6 end fin", "close 0 fin"],
    ]);
  });

  it("FIN again, and data again, change nothing", () => {
    const sent = [client(1000, "bye", "F"), client(1000, "bye", "F"), client(1003, "", "F")];
    expect(linesOf([...handshake, ...sent])).toEqual(["0 0 bye", "0 3 end fin"]);
  });

  it("data behind a FIN is an anomaly, whether it came before or behind", () => {
    const behind = [client(1000, "bye", "F"), client(1003, "more"), client(1001, "yes")];
    expect(linesOf([...handshake, ...behind])).toEqual([
      ...["0 0 bye", "0 3 end fin", "0 3 after-fin more", "0 3 after-fin s"],
    ]);
    const before = [client(1003, "more"), client(1000, "bye", "F")];
    const { recorder, reassembly } = feed([...handshake, ...before]);
    expect(recorder.lines).toEqual(["0 0 bye", "0 3 after-fin more", "0 3 end fin"]);
    expect([reassembly.stats.anomalies["after-fin"], reassembly.bytes]).toEqual([1, 0]);
  });

  it("data that waits on both sides of a FIN is parted there", () => {
    const sent = [client(1002, "cdef"), client(1000, "abCD", "F")];
    expect(linesOf([...handshake, ...sent])).toEqual([
      "0 2 cd of 4, CD of 5: old",
      "0 0 ab again",
      "0 4 after-fin ef",
      "0 2 cd",
      "0 4 end fin",
    ]);
    const hole = [client(1002, "cdef"), client(1004, "", "F"), client(1000, "ab")];
    expect(linesOf([...handshake, ...hole])).toEqual([
      ...["0 0 ab", "0 4 after-fin ef", "0 2 cd", "0 4 end fin"],
    ]);
  });

  it("a keep-alive behind a FIN is none", () => {
    const { recorder, reassembly } = feed([
      ...handshake,
      client(1000, "bye", "F"),
      client(1003, "x"),
    ]);
    expect(recorder.lines).toEqual(["0 0 bye", "0 3 end fin"]);
    expect(reassembly.stats.keepAlives).toBe(1);
  });

  it("a SYN with a FIN does not end what it begins", () => {
    const sent = [{ seq: 999, flags: "SF", data: "a" }, client(1001, "b")];
    expect(linesOf(sent)).toEqual(["0 0 a", "0 1 b"]);
  });
});

describe("a reset", () => {
  it("RST ends its side; what the other one had on its way is there", () => {
    const sent = [client(1000, "abc"), client(1003, "", "R"), server(5000, "late", "", 1003)];
    const { recorder, reassembly } = feed([...handshake, ...sent]);
    expect(recorder.take()).toEqual(["0 0 abc", "0 3 end rst", "1 0 late"]);
    reassembly.add(segment({ seq: 1, port: 9, seconds: 40 }));
    expect(recorder.lines).toEqual(["1 4 end rst", "close 0 rst"]);
    expect(reassembly.stats.closed).toMatchObject({ rst: 1, idle: 0 });
  });

  it("gives out what waits, with the gaps", () => {
    const sent = [client(1003, "def"), client(1008, "x"), client(1009, "", "R")];
    expect(linesOf([...handshake, ...sent])).toEqual([
      ...["0 0 gap 3 ended", "0 3 def", "0 6 gap 2 ended", "0 8 x", "0 9 end rst"],
    ]);
  });

  it("RST with data: what it carries is no part of the stream", () => {
    expect(linesOf([...handshake, client(1000, "why", "R")])).toEqual([
      ...["0 0 in-rst why", "0 0 end rst"],
    ]);
  });

  it("data of the side that reset is an anomaly", () => {
    const sent = [client(1000, "a"), client(1001, "", "R"), client(1001, "zombie")];
    expect(linesOf([...handshake, ...sent])).toEqual([
      ...["0 0 a", "0 1 end rst", "0 1 after-rst zombie"],
    ]);
  });

  it("from outside of the window does nothing", () => {
    const sent = [client(1000, "abc"), { by: 1, seq: 5000, ack: 1003 } as const];
    for (const seq of [900, 1000 + 2 ** 31 - 1]) {
      const { recorder, reassembly } = feed([
        ...handshake,
        ...sent,
        client(seq, "", "R"),
        client(1003, "d"),
      ]);
      expect(recorder.lines).toEqual(["0 0 abc", "0 3 d"]);
      expect(reassembly.stats.outOfWindow).toBe(1);
    }
  });

  it("of a connection that was refused", () => {
    const sent: Sent[] = [
      { seq: 999, flags: "S" },
      { by: 1, seq: 0, ack: 1000, flags: "R" },
    ];
    const { recorder, reassembly } = feed(sent);
    reassembly.flush();
    expect(recorder.lines).toEqual(["1 0 end rst", "0 0 end rst", "close 0 rst"]);
  });
});

describe("streams", () => {
  it("port reuse with a new ISN", () => {
    const sent: Sent[] = [
      ...handshake,
      ...[client(1000, "one"), client(1007, "hole")],
      ...[{ seq: 77_777, flags: "S" }, client(77_778, "two")],
    ];
    const { recorder } = feed(sent);
    expect(recorder.lines).toEqual([
      ...["0 0 one", "0 3 gap 4 ended", "0 7 hole", "0 11 end reused", "1 0 end reused"],
      ...["close 0 reused", "0 0 two"],
    ]);
    expect(recorder.streams.map(({ index }) => index)).toEqual([0, 1]);
  });

  it("SYN retransmission", () => {
    const [syn, answer, ack] = handshake as [Sent, Sent, Sent];
    const sent = [syn, syn, answer, syn, answer, ack, client(1000, "one"), syn];
    const { recorder } = feed(sent);
    expect(recorder.lines).toEqual(["0 0 one"]);
    expect(recorder.streams.length).toBe(1);
  });

  it("an answer with another number begins its side anew, as long as that said nothing", () => {
    const answer: Sent = { by: 1, seq: 8999, ack: 1000, flags: "S" };
    expect(linesOf([...handshake, answer, server(9000, "data")])).toEqual(["1 0 data"]);
    expect(linesOf([...handshake, server(5000, "old"), answer])).toEqual(["1 0 old"]);
  });

  it("the client is the sender of the SYN; else not of the answer to it; else of the first packet", () => {
    const ends = (sent: readonly Sent[]): unknown[] => {
      const [stream] = feed(sent).recorder.streams;
      const { src, srcPort, dst, dstPort, first } = stream!;
      return [src, srcPort, dst, dstPort, first];
    };
    const usual = ["10.0.0.1", 1000, "10.0.0.200", 80];
    expect(ends(handshake)).toEqual([...usual, 0]);
    expect(ends(handshake.slice(1))).toEqual([...usual, 1]);
    expect(ends(handshake.slice(2))).toEqual([...usual, 0]);
    expect(ends([server(1, "x")])).toEqual(["10.0.0.200", 80, "10.0.0.1", 1000, 0]);
  });

  it("are numbered by their first packets, whatever these hold", () => {
    const quoted = segmentBytes({ seq: 1, port: 3 });
    const outer = build(ipv4({ protocol: 1 }), icmp.destinationUnreachable(), quoted);
    const recorder = new Recorder();
    const reassembly = new TcpReassembly({ consumer: recorder });
    reassembly.add(segment({ seq: 1, port: 2 }));
    reassembly.add(captured(outer.bytes(), 2));
    reassembly.add(segment({ seq: 1, port: 2 }));
    reassembly.add(segment({ seq: 1, port: 4 }));
    expect(recorder.streams.map(({ index, srcPort }) => [index, srcPort])).toEqual([
      ...[
        [0, 2],
        [1, 3],
        [2, 4],
      ],
    ]);
    expect(reassembly.stats).toMatchObject({ packets: 4, quoted: 1 });
  });

  it("what an error message quotes brings no data", () => {
    const quoted = segmentBytes({ seq: 1000, ack: 5000, data: "quoted" });
    const outer = build(ipv4({ protocol: 1 }), icmp.destinationUnreachable(), quoted);
    const { recorder, reassembly } = feed(handshake);
    reassembly.add(captured(outer.bytes(), 4));
    expect(recorder.lines).toEqual([]);
    expect(reassembly.stats.quoted).toBe(1);
  });

  it("over IPv6, and in tunnels", () => {
    const inner = [
      ...[ipv6({ src: "2001:db8::1", dst: "2001:db8::2" })],
      ...[tcp({ srcPort: 1, dstPort: 2, seq: 5, flags: { ack: true } }), "six"],
    ] as const;
    const packet = build(ethernet(), ipv4({ src: "10.9.9.1", dst: "10.9.9.2" }), gre(), ...inner);
    const found = (level: "innermost" | "outermost"): unknown => {
      const recorder = new Recorder();
      const reassembly = new TcpReassembly({ consumer: recorder, level });
      reassembly.add(captured(packet.bytes(), 1, 0, ethernet));
      expect(recorder.lines).toEqual(["0 0 six"]);
      const { src, dst, srcPort, dstPort } = recorder.streams[0]!;
      return [src, dst, srcPort, dstPort];
    };
    expect(found("innermost")).toEqual(["2001:db8::1", "2001:db8::2", 1, 2]);
    expect(found("outermost")).toEqual(["10.9.9.1", "10.9.9.2", 1, 2]);
  });

  it("of equal addresses in two networks are told apart on request", () => {
    const inVlan = (id: number, data: string): Uint8Array =>
      build(
        ...[ethernet(), vlan({ id }), ipv4({ src: "10.0.0.1", dst: "10.0.0.2" })],
        ...[tcp({ srcPort: 1, dstPort: 2, seq: 5, flags: { ack: true } }), data],
      ).bytes();
    for (const tags of [false, true]) {
      const recorder = new Recorder();
      const reassembly = new TcpReassembly({ consumer: recorder, tags });
      for (const [i, id] of [7, 8].entries())
        reassembly.add(captured(inVlan(id, `vlan ${id}`), i, 0, ethernet));
      expect(recorder.streams.length).toBe(tags ? 2 : 1);
      expect(recorder.lines.length).toBe(tags ? 2 : 1);
      expect([recorder.streams[0]!.src, recorder.streams[0]!.dst]).toEqual([
        "10.0.0.1",
        "10.0.0.2",
      ]);
    }
  });

  it("in fragments of IP", () => {
    const whole = build(
      ipv4({ src: "10.0.0.1", dst: "10.0.0.2", id: 5 }),
      tcp({ srcPort: 1, dstPort: 2, seq: 5, flags: { ack: true } }),
      "a segment in several fragments",
    );
    const pieces = whole.fragment({ size: 36 }).map((one, i) => captured(one.bytes(), i + 1));
    expect(pieces.length).toBeGreaterThan(2);
    for (const datagrams of [true, false]) {
      const recorder = new Recorder();
      const reassembly = new TcpReassembly({ consumer: recorder, datagrams });
      for (const piece of pieces.toReversed()) reassembly.add(piece);
      expect(recorder.lines).toEqual(datagrams ? ["0 0 a segment in several fragments"] : []);
      if (datagrams) expect(recorder.events[0]).toMatchObject({ packet: 1, packetOffset: -1 });
    }
  });

  it("with a wrong checksum are left out on request", () => {
    const good = build(
      ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }),
      tcp({ srcPort: 1, dstPort: 2, seq: 5, flags: { ack: true } }),
      "sound",
    ).bytes();
    const bad = good.slice();
    bad[bad.length - 1]! ^= 1;
    const recorder = new Recorder();
    const reassembly = new TcpReassembly({ consumer: recorder, verifyChecksums: true });
    for (const one of [bad, good]) reassembly.add(captured(one, 1));
    expect(recorder.lines).toEqual(["0 0 sound"]);
    expect(reassembly.stats.badChecksums).toBe(1);
  });
});
