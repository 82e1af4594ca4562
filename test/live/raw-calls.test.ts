import { afterEach, describe, expect, it } from "vitest";
import { build, ethernet, icmp, ipv4, type Packet, tcp, udp } from "../../src/index.ts";
import { type LinkOptions, PacketSocket, SimulatedLink } from "../../src/live/index.ts";

const open: PacketSocket[] = [];
function pair(options: LinkOptions = {}): [PacketSocket, PacketSocket] {
  const link = new SimulatedLink(options);
  const sockets = ["one", "two"].map(
    (name) => new PacketSocket(link.attach(name), { timeout: 50 }),
  );
  open.push(...sockets);
  return sockets as [PacketSocket, PacketSocket];
}
afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

const RAW_IP = 101;
const ip = ipv4({ src: "192.0.2.1", dst: "192.0.2.2" });
const datagram = (dstPort: number): Packet => build(ethernet(), ip, udp({ dstPort }), "x");

describe("SocketHndl(iface_name, mode, timeout)", () => {
  it("send(bytes), recv(): whole frames as they are", async () => {
    const [a, b] = pair();
    const frame = datagram(9).bytes();
    a.send(frame);
    expect((await b.receive())!.bytes()).toEqual(frame);
    expect(await b.receive()).toBeNull();
  });

  it("MODE_LAYER_3, send(bytes, dst): packets that begin with IP", async () => {
    const [a, b] = pair({ linkType: RAW_IP });
    a.send(build(ip, icmp.echo({ id: 1, seq: 2 })));
    const packet = (await b.receive())!;
    expect(String(packet.chain)).toBe("Raw:IPv4:ICMP");
    b.send(packet.reverse().set(icmp, { type: 0 }));
    expect((await a.receive())!.require(ipv4).dst).toBe("192.0.2.1");
  });

  it("iteration: until none comes in time", async () => {
    const [a, b] = pair();
    for (const port of [1, 2, 3]) a.send(datagram(port));
    const ports: number[] = [];
    for await (const packet of b) ports.push(packet.require(udp).dstPort);
    expect(ports).toEqual([1, 2, 3]);
  });

  it("recvp(filter_match_recv, lowest_layer, max_amount)", async () => {
    const [a, b] = pair();
    for (let port = 1; port <= 6; port++) a.send(datagram(port));
    const { packets, timedOut } = await b.receivePackets(
      (packet) => packet.require(udp).dstPort % 2 === 0,
      { max: 2, lowestLayer: ipv4 },
    );
    expect(packets.map((p) => [p.require(udp).dstPort, String(p.chain)])).toEqual([
      [2, "IPv4:UDP"],
      [4, "IPv4:UDP"],
    ]);
    expect(timedOut).toBe(false);
  });

  it("recvp: StopIteration and socket.timeout keep what came", async () => {
    const [a, b] = pair();
    for (const port of [1, 2, 3]) a.send(datagram(port));
    const stopped = await b.receivePackets(
      (packet) => (packet.require(udp).dstPort === 2 ? "stop" : true),
      { max: 9 },
    );
    expect([stopped.packets.length, stopped.timedOut]).toEqual([1, false]);
    const late = await b.receivePackets(() => true, { max: 9 });
    expect([late.packets.length, late.timedOut]).toEqual([1, true]);
  });

  it("sr(packet_send, max_packets_recv, pfilter)", async () => {
    const [a, b] = pair();
    const request = build(
      ethernet({ src: "02:00:00:00:00:01", dst: "02:00:00:00:00:02" }),
      ip,
      tcp({ srcPort: 5000, dstPort: 80, flags: { syn: true } }),
    );
    const answering = b.receive().then((packet) => {
      b.send(datagram(7));
      b.send(packet!.reverse().set(tcp, { ack: 1, flags: { ack: true, rst: true } }));
    });
    const { packets, timedOut } = await a.sendReceive(request);
    await answering;
    expect(packets.map((p) => p.require(tcp).dstPort)).toEqual([5000]);
    expect(timedOut).toBe(false);
  });

  it("close(), with: the interface is given back, and closing twice is no fault", async () => {
    const [a, b] = pair();
    a.close();
    a.close();
    b[Symbol.dispose]();
    expect(() => a.send(datagram(1))).toThrow(/one is closed/);
    expect(await b.receive()).toBeNull();
  });
});
