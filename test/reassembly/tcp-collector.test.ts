import { describe, expect, it } from "vitest";
import { TcpReassembly } from "../../src/reassembly/tcp.ts";
import {
  type CollectedStream,
  StreamCollector,
  streamsByPacket,
} from "../../src/reassembly/tcp-collector.ts";
import { reassembleTcp, reassembleTcpSync } from "../../src/reassembly/tcp-generators.ts";
import { handshake, type Sent, segment } from "./tcp-samples.ts";

const whole: readonly Sent[] = [
  ...handshake,
  { seq: 1000, data: "GET /", ack: 5000 },
  { by: 1, seq: 5000, data: "200 ", ack: 1005 },
  { by: 1, seq: 5004, data: "OK", ack: 1005, flags: "F" },
  { seq: 1005, ack: 5007, flags: "F" },
];
const open: readonly Sent[] = [
  { seq: 1, data: "abc", port: 7 },
  { seq: 10, data: "xyz", port: 7 },
];
const packets = (sent: readonly Sent[]) => sent.map((one, i) => segment({ number: i + 1, ...one }));

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("collected streams", () => {
  it("have all that both sides sent, and what was said in which order", () => {
    const [stream, ...others] = reassembleTcpSync(packets([...whole, ...open.slice(0, 0)]));
    expect(others).toEqual([]);
    const { client, server, pieces, completed, reason } = stream!;
    expect([completed, reason]).toEqual([true, "fin"]);
    expect([text(client.payload()), text(server.payload())]).toEqual(["GET /", "200 OK"]);
    expect(client.src).toEqual({ address: "10.0.0.1", port: 1000 });
    expect(client.dst).toEqual({ address: "10.0.0.200", port: 80 });
    expect(server.src).toEqual(client.dst);
    expect([client.index, server.index]).toEqual([[4], [5, 6]]);
    expect(pieces.map(({ side, offset, packet }) => [side, offset, packet])).toEqual([
      ...[
        [0, 0, 4],
        [1, 0, 5],
        [1, 4, 6],
      ],
    ]);
  });

  it("come when they close, those that are open at the end", () => {
    const reassembly: string[] = [];
    const sent = packets([...open.slice(0, 1), ...whole, ...open.slice(1)]);
    for (const { stream, reason } of reassembleTcpSync(sent))
      reassembly.push(`${stream.index} ${reason}`);
    expect(reassembly).toEqual(["1 fin", "0 flushed"]);
  });

  it("of which something is missing say so, or are left out", () => {
    const [stream] = reassembleTcpSync(packets(open));
    const { client, completed } = stream!;
    expect([completed, client.completed, client.size, client.missing]).toEqual([
      false,
      false,
      6,
      6,
    ]);
    expect(
      client.pieces.map(({ offset, length, bytes }) => [offset, length, bytes && text(bytes)]),
    ).toEqual([
      ...[
        [0, 3, "abc"],
        [3, 6, null],
        [9, 3, "xyz"],
      ],
    ]);
    expect(text(client.payload())).toBe("abcxyz");
    const complete = [
      ...reassembleTcpSync(packets([...open, ...whole]), { includeIncomplete: false }),
    ];
    expect(complete.map((one) => one.stream.index)).toEqual([1]);
  });

  it("come one by one while packets do", async () => {
    async function* slowly() {
      for (const one of packets([...whole, ...open])) yield one;
    }
    const found: CollectedStream[] = [];
    for await (const one of reassembleTcp(slowly())) found.push(one);
    expect(found.map(({ stream }) => stream.index)).toEqual([0, 1]);
  });

  it("are found by the numbers of packets", () => {
    const found = streamsByPacket(reassembleTcpSync(packets([...whole, ...open])));
    expect([4, 5, 8, 9, 1].map((n) => found.get(n)?.stream.index)).toEqual([0, 0, 1, 1, undefined]);
  });

  it("do not keep the packets", () => {
    const sent = packets(whole);
    const [stream] = reassembleTcpSync(sent);
    for (const { data } of sent) data.fill(0);
    expect(text(stream!.client.payload())).toBe("GET /");
  });

  it("keep as much as they may", () => {
    let found: CollectedStream | undefined;
    const consumer = new StreamCollector({ onStream: (one) => (found = one), maxStreamBytes: 8 });
    const reassembly = new TcpReassembly({ consumer });
    for (const one of packets(whole)) reassembly.add(one);
    expect([text(found!.client.payload()), text(found!.server.payload())]).toEqual(["GET /", "OK"]);
    expect([found!.completed, found!.server.missing]).toEqual([false, 4]);
  });
});
