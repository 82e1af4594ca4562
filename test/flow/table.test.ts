import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { communityId } from "../../src/flow/community-id.ts";
import type { Flow } from "../../src/flow/flow.ts";
import { flowFormats, flowLog } from "../../src/flow/log.ts";
import { FlowTable, type FlowTableOptions } from "../../src/flow/table.ts";
import { build } from "../../src/packet/build.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import { Packet } from "../../src/packet/packet.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { icmp } from "../../src/protocols/network/icmp.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { udp } from "../../src/protocols/transport/udp.ts";

const [A, B] = ["10.0.0.9", "10.0.0.1"];

const entry = createDissector([ethernet, ipv4, icmp, tcp, udp]).entry(ethernet);
const origin = { entry, linkType: 1, interfaceIndex: 0 };

/** A packet at a time, in seconds. */
const at = (packet: Packet, time: number): Packet => {
  const nanoseconds = Math.round((time % 1) * 1e9);
  const { data, start, end, originalLength } = packet;
  return new Packet(
    data,
    start,
    end,
    originalLength,
    Math.floor(time),
    nanoseconds,
    0,
    origin,
    null,
  );
};

/** A segment as `> S` (of who began) or `< SA` (of the other), with text behind it. */
function segment(text: string, srcPort = 40000): Packet {
  const [arrow, letters = "", payload = ""] = text.split(" ");
  const flags = {
    syn: letters.includes("S"),
    ack: letters.includes("A"),
    fin: letters.includes("F"),
    rst: letters.includes("R"),
  };
  const there = arrow === ">";
  return build(
    ethernet(),
    ipv4(there ? { src: A, dst: B } : { src: B, dst: A }),
    tcp({ flags, ...(there ? { srcPort, dstPort: 80 } : { srcPort: 80, dstPort: srcPort }) }),
    payload,
  );
}

const datagram = (src: string, dst: string, srcPort: number, dstPort: number, text = "x"): Packet =>
  build(ethernet(), ipv4({ src, dst }), udp({ srcPort, dstPort }), text);

/** The flows of segments one second apart. */
function flowsOf(segments: readonly string[], options: FlowTableOptions = {}): Flow[] {
  const flows: Flow[] = [];
  const table = new FlowTable({ ...options, onEnd: (flow) => flows.push(flow) });
  segments.forEach((one, i) => {
    table.add(at(segment(one), 1000 + i));
  });
  table.flush();
  return flows;
}

const handshake = ["> S", "< SA", "> A"];

describe("the state of a connection", () => {
  it.each([
    ["S0", "S", ["> S", "> S"]],
    ["S1", "ShADd", [...handshake, "> A ask", "< A answer"]],
    ["SF", "ShADadFf", [...handshake, "> A ask", "< A", "< A answer", "> FA", "< FA", "> A"]],
    ["REJ", "Sr", ["> S", "< RA"]],
    ["S2", "ShAFa", [...handshake, "> FA", "< A"]],
    ["S3", "ShAf", [...handshake, "< FA", "> A"]],
    ["RSTO", "ShAR", [...handshake, "> R"]],
    ["RSTR", "ShADr", [...handshake, "> A ask", "< R"]],
    ["RSTOS0", "SR", ["> S", "> R"]],
    ["RSTRH", "^hr", ["< SA", "< R"]],
    ["SH", "SF", ["> S", "> FA"]],
    ["SHR", "^hf", ["< SA", "< FA"]],
    ["OTH", "DaF", ["> A ask", "< A", "> FA"]],
  ])("is %s, with the history %s", (state, history, segments) => {
    const [flow, ...more] = flowsOf(segments, { newTimeout: 1000 });
    expect(more).toEqual([]);
    expect([flow!.state, flow!.connection!.history]).toEqual([state, history]);
    expect([flow!.src, flow!.srcPort, flow!.dstPort]).toEqual([A, 40000, 80]);
  });

  it("tells who took part where there are no connections", () => {
    const flows: Flow[] = [];
    const table = new FlowTable({ onEnd: (flow) => flows.push(flow) });
    table.add(datagram(A, B, 1, 2));
    table.add(datagram(A, B, 3, 4));
    table.add(datagram(B, A, 4, 3));
    table.add(build(ipv4({ src: A, dst: B }), icmp.echo({ id: 1 })));
    table.add(build(ethernet(), "no addresses"));
    table.flush();
    expect(flows.map((f) => `${f.protocolName} ${f.state}`)).toEqual([
      "udp S0",
      "udp SF",
      "icmp OTH",
    ]);
    expect([table.packets, table.skipped, table.size, table.peak]).toEqual([5, 1, 0, 3]);
  });
});

describe("a table of flows", () => {
  it("counts each direction: packets, bytes, payload and times", () => {
    const [flow] = flowsOf([...handshake, "> A ask", "< A answer"]);
    const { originator, responder } = flow!;
    expect(originator).toMatchObject({
      packets: 3,
      bytes: 3 * 54 + 3,
      networkBytes: 3 * 40 + 3,
      payload: 3,
    });
    expect(responder).toMatchObject({ packets: 2, bytes: 2 * 54 + 6, payload: 6 });
    expect([originator.first, originator.last]).toEqual([1_000_000_000_000n, 1_003_000_000_000n]);
    expect([flow!.first, flow!.last, flow!.duration]).toEqual([
      1_000_000_000_000n,
      1_004_000_000_000n,
      4_000_000_000n,
    ]);
    expect(flow!.communityId()).toBe(communityId(segment("< A")));
  });

  it("counts the payload that the capture cut off, and no padding", () => {
    const whole = datagram(A, B, 1, 2, "x".repeat(100));
    const data = whole.bytes().slice();
    const table = new FlowTable();
    const cut = table.add(new Packet(data, 0, 60, data.length, 0, 0, 1, origin, null))!;
    expect(cut.originator).toMatchObject({ bytes: 142, networkBytes: 128, payload: 100 });
    const padded = Uint8Array.of(...datagram(A, B, 3, 4).bytes(), ...new Uint8Array(17));
    const small = table.add(new Packet(padded, 0, 60, 60, 0, 0, 2, origin, null))!;
    expect(small.originator).toMatchObject({ bytes: 60, networkBytes: 29, payload: 1 });
  });

  it("ends what was quiet for long, and begins anew", () => {
    const ended: string[] = [];
    const table = new FlowTable({
      idleTimeout: 10,
      onEnd: (f) => ended.push(`${f.index} ${f.reason}`),
    });
    table.add(at(datagram(A, B, 1, 2), 0));
    table.add(at(datagram(B, A, 2, 1), 10));
    expect(ended).toEqual([]);
    table.add(at(datagram(A, B, 1, 2), 20.5));
    expect(ended).toEqual(["0 idle"]);
    table.flush();
    expect(ended).toEqual(["0 idle", "1 flushed"]);
  });

  it("has other times for connections that nobody answered, and for those that are over", () => {
    const ended: string[] = [];
    const table = new FlowTable({
      onEnd: (f) => ended.push(`${f.srcPort} ${f.reason} ${f.state}`),
    });
    table.add(at(segment("> S", 1), 0));
    for (const one of handshake) table.add(at(segment(one, 2), 0));
    for (const one of ["> S", "< RA"]) table.add(at(segment(one, 3), 0));
    const times = [5, 6, 60, 61, 300, 301];
    const seen = times.map((time) => {
      table.add(at(build(ethernet(), "tick"), time));
      return ended.length;
    });
    expect(seen).toEqual([0, 1, 1, 2, 2, 3]);
    expect(ended).toEqual(["3 closed REJ", "1 idle S0", "2 idle S1"]);
  });

  it("keeps the side that began, and the state, from part to part of a long flow", () => {
    const flows = flowsOf([...handshake, "< A data", "< A data", "< FA"], { activeTimeout: 3 });
    expect(flows.map((f) => [f.part, f.reason, f.src, f.state])).toEqual([
      [0, "active", A, "S1"],
      [1, "flushed", A, "S3"],
    ]);
    expect(flows.map((f) => f.originator.packets + f.responder.packets)).toEqual([4, 2]);
  });

  it("takes an attempt between ends whose connection is over for another flow", () => {
    const flows = flowsOf(["> S", "< RA", "> S", "< SA"]);
    expect(flows.map((f) => `${f.reason} ${f.state}`)).toEqual(["reused REJ", "flushed S1"]);
  });

  it("gives the same flows whatever the order of two directions' first packets is", () => {
    const keys = [
      ["< SA", "> A"],
      ["> A", "< SA"],
    ].map((order) => flowsOf(order)[0]!.communityId());
    expect(keys[0]).toBe(keys[1]);
  });

  it("stays under its limit in a flood, and counts what it dropped", () => {
    const [limit, attempts] = [5000, 200_000];
    let evicted = 0;
    let most = 0;
    const table = new FlowTable({
      limit,
      onEnd: (f) => (evicted += f.reason === "evicted" ? 1 : 0),
    });
    const old = segment("> S", 7);
    const template = segment("> S").bytes();
    for (let i = 0; i < attempts; i++) {
      const bytes = template.slice();
      // Another source address each time.
      bytes[27] = i >> 16;
      bytes[28] = i >> 8;
      bytes[29] = i;
      table.add(new Packet(bytes, 0, bytes.length, bytes.length, 0, 0, i, origin, null));
      // One that is in use stays.
      if (i % 1000 === 0) table.add(at(old, 0));
      most = Math.max(most, table.size);
    }
    expect(most).toBe(limit);
    expect(table.peak).toBe(limit);
    expect(table.count).toBe(attempts + 1);
    expect(table.ended.evicted).toBe(attempts + 1 - limit);
    expect(evicted).toBe(table.ended.evicted);
    expect(table.add(at(old, 0))!.originator.packets).toBe(201);
  });

  it("takes any bytes, and counts each packet once", () => {
    const sources = [segment("> S"), datagram(A, B, 1, 2), build(ethernet(), ipv4(), icmp.echo())];
    const change = fc.tuple(fc.nat(), fc.nat(255));
    fc.assert(
      fc.property(
        fc.constantFrom(...sources),
        fc.array(change),
        fc.nat(60),
        (source, changes, cut) => {
          const bytes = source.bytes().slice();
          for (const [place, value] of changes) bytes[place % bytes.length] = value;
          const end = Math.max(0, bytes.length - cut);
          const flows: Flow[] = [];
          const table = new FlowTable({ tags: true, onEnd: (flow) => flows.push(flow) });
          table.add(new Packet(bytes, 0, end, bytes.length, 1, 0, 1, origin, null));
          table.flush();
          const counted = flows.map((f) => f.originator.packets + f.responder.packets);
          expect([...counted, table.skipped].reduce((a, b) => a + b)).toBe(1);
          for (const format of flowFormats)
            for (const flow of flows)
              expect(flowLog(format).flow(flow)).not.toMatch(/undefined|NaN/);
        },
      ),
    );
  });

  it("refuses settings that make no sense", () => {
    expect(() => new FlowTable({ limit: 0 })).toThrow(RangeError);
    expect(() => new FlowTable({ idleTimeout: Number.NaN })).toThrow(RangeError);
  });
});
