import { afterEach, describe, expect, it } from "vitest";
import { arp, build, ethernet, icmp, ipv4, type Packet, tcp, udp } from "../../src/index.ts";
import {
  DeviceError,
  type LinkOptions,
  PacketSocket,
  SimulatedLink,
} from "../../src/live/index.ts";

const open: PacketSocket[] = [];
/** Sockets at so many ends of a link. */
function socketsOf(count: number, options: LinkOptions = {}): PacketSocket[] {
  const link = new SimulatedLink(options);
  const sockets = Array.from(
    { length: count },
    (_, i) => new PacketSocket(link.attach(`end${i}`), { timeout: 200 }),
  );
  open.push(...sockets);
  return sockets;
}
afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

const ping = (seq: number, text = "hello"): Packet =>
  build(
    ethernet({ dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01" }),
    ipv4({ src: "192.0.2.1", dst: "192.0.2.2" }),
    icmp.echo({ id: 7, seq }),
    text,
  );

/** Answers echo requests until its socket is closed. */
async function answerPings(socket: PacketSocket): Promise<void> {
  for await (const packet of socket) {
    const echo = packet.get(icmp.echo);
    if (echo === undefined) continue;
    packet.reverse();
    socket.send(packet.set(icmp, { type: 0 }));
  }
}

describe("a simulated link", () => {
  it("carries frames of any length whole, to all other ends", async () => {
    const [a, b, c] = socketsOf(3);
    for (const size of [0, 14, 60, 1500, 9000, 65535]) {
      const frame = new Uint8Array(size).fill(size & 255);
      a!.send(frame);
      for (const end of [b!, c!]) {
        const packet = await end.receive();
        expect(packet?.bytes()).toEqual(frame);
        expect(packet?.originalLength).toBe(size);
      }
      expect(await a!.receive({ timeout: 0 })).toBeNull();
    }
    expect(() => a!.send(new Uint8Array(65536))).toThrow(RangeError);
  });

  it("says how a packet came", async () => {
    const link = new SimulatedLink();
    const a = new PacketSocket(link.attach("a", { mac: "02:00:00:00:00:0a" }), { own: true });
    const b = new PacketSocket(link.attach("b", { mac: "02:00:00:00:00:0b" }));
    const kinds: unknown[] = [];
    for (const dst of [
      "02:00:00:00:00:0b",
      "ff:ff:ff:ff:ff:ff",
      "01:00:5e:00:00:01",
      "02:00:00:00:00:0c",
    ]) {
      a.send(build(ethernet({ dst, src: "02:00:00:00:00:0a" }), arp()));
      await b.receive();
      await a.receive();
      kinds.push([b.kind, a.kind]);
    }
    expect(kinds).toEqual([
      ["host", "outgoing"],
      ["broadcast", "outgoing"],
      ["multicast", "outgoing"],
      ["other", "outgoing"],
    ]);
  });

  it("gives the same fate by the same seed", async () => {
    const fates = async (seed: number): Promise<number[]> => {
      const [a, b] = socketsOf(2, { seed, loss: 0.3, duplication: 0.2, reordering: 0.2 });
      for (let i = 0; i < 100; i++) a!.send(Uint8Array.of(i));
      await new Promise((done) => setTimeout(done, 5));
      const got: number[] = [];
      for (let one = b!.poll(); one !== null; one = b!.poll()) got.push(one.bytes()[0]!);
      return got;
    };
    const first = await fates(1);
    expect(await fates(1)).toEqual(first);
    expect(await fates(2)).not.toEqual(first);
    expect(new Set(first).size).toBeGreaterThan(50);
    expect(new Set(first).size).toBeLessThan(90);
    expect(first.length).toBeGreaterThan(new Set(first).size);
    expect(first).not.toEqual([...first].sort((x, y) => x - y));
  });

  it("holds frames up for as long as it was told", async () => {
    const [a, b] = socketsOf(2, { delay: 30 });
    const sent = performance.now();
    a!.send(ping(1));
    expect(b!.poll()).toBeNull();
    const packet = await b!.receive();
    expect(packet?.require(icmp.echo).seq).toBe(1);
    expect(performance.now() - sent).toBeGreaterThan(29);
  });

  it("drops and counts what nobody reads", () => {
    const link = new SimulatedLink();
    const a = link.attach("a");
    const b = link.attach("b", { bufferSize: 1000 });
    a.setDirection("in");
    for (let i = 0; i < 25; i++) a.inject(new Uint8Array(100));
    expect(b.stats()).toEqual({ received: 25, dropped: 15, interfaceDropped: 0 });
    expect(a.stats().received).toBe(0);
  });

  it("keeps to filter and direction", async () => {
    const [a, b] = socketsOf(2);
    b!.setFilter({ filter: (bytes) => bytes[0] === 2 });
    a!.send(Uint8Array.of(1));
    a!.send(Uint8Array.of(2));
    expect((await b!.receive())?.bytes()).toEqual(Uint8Array.of(2));
    b!.setFilter(null);
    b!.source.setDirection("out");
    a!.send(Uint8Array.of(3));
    expect(await b!.receive({ timeout: 0 })).toBeNull();
  });

  it("refuses what is no option", () => {
    expect(() => new SimulatedLink({ loss: 2 })).toThrow(/loss: 2/);
    expect(() => new SimulatedLink({ delay: [5, 1] })).toThrow(/delay/);
    expect(() => new SimulatedLink().attach("a", { mac: "x" })).toThrow(/MAC/);
  });
});

describe("a packet socket", () => {
  it("gets the answer to a request", async () => {
    const [client, server] = socketsOf(2, { delay: 1 });
    void answerPings(server!);
    for (let seq = 0; seq < 3; seq++) {
      const { packets, timedOut } = await client!.sendReceive(ping(seq));
      expect(timedOut).toBe(false);
      expect(packets[0]?.require(icmp.echoReply).seq).toBe(seq);
      expect(packets[0]?.require(ipv4)).toMatchObject({ src: "192.0.2.2", dst: "192.0.2.1" });
      expect(new TextDecoder().decode(packets[0]?.raw)).toBe("hello");
    }
  });

  it("says when nothing came in time, and gives what did", async () => {
    const [client, server] = socketsOf(2);
    expect(await client!.sendReceive(ping(1), { timeout: 20 })).toEqual({
      packets: [],
      timedOut: true,
    });
    void answerPings(server!);
    const { packets, timedOut } = await client!.sendReceive(ping(2), { timeout: 50, max: 3 });
    expect([packets.length, timedOut]).toEqual([1, true]);
  });

  it("shows packets from a layer on, takes those that are wanted, and stops when told", async () => {
    const [a, b] = socketsOf(2);
    for (let port = 1; port <= 9; port++)
      a!.send(build(ethernet(), ipv4(), port === 5 ? tcp() : udp({ dstPort: port }), "x"));
    const { packets, timedOut } = await b!.receivePackets(
      (packet) => {
        const { dstPort } = packet.require(udp);
        return dstPort === 8 ? "stop" : dstPort % 2 === 1;
      },
      { lowestLayer: udp, max: 9 },
    );
    expect(packets.map((p) => p.require(udp).dstPort)).toEqual([1, 3, 7]);
    expect(packets.map((p) => String(p.chain))).toEqual(["UDP", "UDP", "UDP"]);
    expect(timedOut).toBe(false);
    expect((await b!.receive())?.require(udp).dstPort).toBe(9);
  });

  it("gives packets of their own, to keep and to change", async () => {
    const [a, b] = socketsOf(2);
    const sent = ping(1);
    a!.send(sent);
    const got = (await b!.receive())!;
    got.require(ipv4).ttl = 1;
    expect(sent.require(ipv4).ttl).toBe(64);
    expect(got.time).toBeTypeOf("bigint");
    expect(got.number).toBe(1);
  });

  it("ends waiting when it is closed or told to", async () => {
    const [a, b] = socketsOf(2);
    const closed = a!.receive({ timeout: Number.POSITIVE_INFINITY });
    setTimeout(() => a!.close(), 5);
    expect(await closed).toBeNull();
    const aborter = new AbortController();
    setTimeout(() => aborter.abort(), 5);
    const { packets, timedOut } = await b!.receivePackets(() => true, {
      timeout: Number.POSITIVE_INFINITY,
      signal: aborter.signal,
    });
    expect([packets, timedOut]).toEqual([[], false]);
    expect(() => a!.send(ping(1))).toThrow(DeviceError);
    a!.close();
    await expect(b!.receive({ timeout: -1 })).rejects.toThrow(RangeError);
  });
});
