import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { arp, build, ethernet, icmp, ipv4, udp } from "../../src/index.ts";
import {
  DeviceError,
  type PacketSource,
  RawPacket,
  RawRequestHandler,
  RawServer,
  RawSocket,
  type RawSocketOptions,
} from "../../src/live/index.ts";

/** An EtherType for local experiments, so that nothing else on a real link has it. */
const TYPE = 0x88b5;
const OTHER_TYPE = 0x88b6;
const STRANGER = "02:00:00:00:0e:0e";

/** Two sources whose frames reach each other. */
export type OpenPair = () =>
  | Promise<readonly [PacketSource, PacketSource]>
  | readonly [PacketSource, PacketSource];

export interface SuiteOptions {
  /** Whether a source shows what was sent through itself; yes unless told. Linux shows only what was sent through others. */
  readonly showsOwn?: boolean;
}

/** What sockets and servers of one EtherType do, over whichever sources: the same for a simulated link and for interfaces. */
export function suite(
  name: string,
  openPair: OpenPair,
  { showsOwn = true }: SuiteOptions = {},
): void {
  describe(`raw sockets over ${name}`, () => {
    let sources: readonly [PacketSource, PacketSource];
    const open: RawSocket[] = [];
    beforeEach(async () => {
      sources = await openPair();
    });
    afterEach(() => {
      for (const socket of open.splice(0)) socket.close();
      for (const source of sources) source.close();
    });
    const socketAt = (end: 0 | 1, options: Partial<RawSocketOptions> = {}): RawSocket => {
      const socket = new RawSocket(sources[end], { etherType: TYPE, timeout: 1000, ...options });
      open.push(socket);
      return socket;
    };

    sockets(socketAt, () => sources);
    addresses(socketAt, () => sources);
    ownFrames(socketAt, showsOwn);
    servers(socketAt);
  });
}

type SocketAt = (end: 0 | 1, options?: Partial<RawSocketOptions>) => RawSocket;
type Sources = () => readonly [PacketSource, PacketSource];

function sockets(socketAt: SocketAt, sources: Sources): void {
  it("RawSocket(interface, protocol): any EtherType from 0 to 0xffff, and no other number", () => {
    for (const etherType of [0, TYPE, 0xffff])
      expect(socketAt(0, { etherType }).etherType).toBe(etherType);
    for (const etherType of [-1, 0x10000, 1.5, Number.NaN])
      expect(() => socketAt(0, { etherType })).toThrow(RangeError);
  });

  it("send(msg), recv(): to all, with the own address and EtherType", async () => {
    const [a, b] = [socketAt(0), socketAt(1)];
    a.send("some data");
    const packet = await b.receive();
    expect(packet).toBeInstanceOf(RawPacket);
    expect(packet!.to).toBe(RawSocket.broadcast);
    expect(packet!.from).toBe(a.mac);
    expect(packet!.etherType).toBe(TYPE);
    expect(packet!.text).toBe("some data");
    expect(packet!.kind).toBe("broadcast");
    expect(packet!.isWhole).toBe(true);
    expect(packet!.time).toBeTypeOf("bigint");
  });

  it("send(msg, dest, ethertype): to one, of another type", async () => {
    const [a, b] = [socketAt(0), socketAt(1, { etherType: OTHER_TYPE })];
    a.send([0x01, "\xff", [2, Uint8Array.of(3)]], { to: b.mac, etherType: OTHER_TYPE });
    const packet = (await b.receive())!;
    expect([packet.to, packet.kind, packet.etherType]).toEqual([b.mac, "host", OTHER_TYPE]);
    expect(packet.data).toEqual(Uint8Array.of(1, 255, 2, 3));
    expect(() => a.send("x", { to: "nobody" })).toThrow(TypeError);
    expect(() => a.send("x", { to: Uint8Array.of(1) })).toThrow(/to: .* 6 bytes/);
    expect(() => a.send("x", { etherType: 0x10000 })).toThrow(RangeError);
    expect(() => a.send(256)).toThrow(RangeError);
  });

  it("sends layers and packets behind its header", async () => {
    const [a, b] = [socketAt(0), socketAt(1)];
    const layers = [ipv4({ src: "192.0.2.1", dst: "192.0.2.2" }), udp({ dstPort: 9 })] as const;
    a.send([...layers, [1, "\xfe"]], { to: b.mac });
    expect((await b.receive())!.data).toEqual(build(...layers, Uint8Array.of(1, 0xfe)).bytes());
    a.send(build(...layers, "hi"), { to: b.mac });
    expect((await b.receive())!.data).toEqual(build(...layers, "hi").bytes());
    a.send(arp({ tpa: "192.0.2.1" }), { to: b.mac });
    expect((await b.receive())!.data.length).toBe(28);
    // A header of one's own below the layers.
    a.send([Uint8Array.of(1), icmp.echo()], { to: b.mac });
    const { data } = (await b.receive())!;
    expect(data).toEqual(Uint8Array.of(1, ...build(icmp.echo()).bytes()));
  });

  it("recv() gives frames whole, as long as the interface carries them", async () => {
    const [a, b] = [socketAt(0), socketAt(1)];
    const { mtu = 1500 } = sources()[0];
    for (const size of [0, 1, 1011, 1500, Math.min(mtu, 9000)]) {
      const data = Uint8Array.from({ length: size }, (_, i) => i * 7);
      a.send(data, { to: b.mac });
      expect((await b.receive())!.data.subarray(0, size)).toEqual(data);
    }
    expect(() => a.send(new Uint8Array(mtu + 1))).toThrow(RangeError);
  });

  it("fills short frames up to 60 bytes when told", async () => {
    const [a, b] = [socketAt(0, { padding: true }), socketAt(1)];
    a.send([1, 2, 3]);
    const { frame, data } = (await b.receive())!;
    expect(frame.length).toBe(60);
    expect(data).toEqual(Uint8Array.of(1, 2, 3, ...new Uint8Array(43)));
  });

  it("sees only its EtherType, behind VLAN tags on request", async () => {
    const [a, b, tagged] = [socketAt(0), socketAt(1), socketAt(1, { tagged: true })];
    a.send("other", { etherType: OTHER_TYPE });
    a.send("tagged", { vlan: 7 });
    a.send("plain");
    expect((await b.receive())!.text).toBe("plain");
    const first = (await tagged.receive())!;
    expect([first.text, first.etherType, first.vlans]).toEqual(["tagged", TYPE, [7]]);
    const second = (await tagged.receive())!;
    expect([second.text, second.vlans]).toEqual(["plain", []]);
    expect(() => a.send("x", { vlan: 4096 })).toThrow(/vlan: 4096/);
  });

  it("no_recv_protocol: a socket that only sends", async () => {
    const [a, b] = [socketAt(0, { receive: false }), socketAt(1)];
    a.send("x");
    expect((await b.receive())!.text).toBe("x");
    await expect(a.receive()).rejects.toThrow(/only to send/);
  });

  it("settimeout(): null when none comes in time, or when the signal comes", async () => {
    const socket = socketAt(0, { timeout: 20 });
    const begin = performance.now();
    expect(await socket.receive()).toBeNull();
    expect(await socket.receive({ timeout: 30 })).toBeNull();
    expect(performance.now() - begin).toBeGreaterThan(45);
    const signal = AbortSignal.timeout(10);
    expect(await socket.receive({ timeout: Number.POSITIVE_INFINITY, signal })).toBeNull();
    await expect(socket.receive({ timeout: -1 })).rejects.toThrow(RangeError);
    expect(() => socketAt(0, { timeout: Number.NaN })).toThrow(RangeError);
  });

  it("gives packets one after another until none comes in time", async () => {
    const [a, b] = [socketAt(0), socketAt(1, { timeout: 50 })];
    for (let i = 0; i < 5; i++) a.send([i]);
    const got: number[] = [];
    for await (const packet of b) got.push(packet.data[0]!);
    expect(got).toEqual([0, 1, 2, 3, 4]);
    expect(b.poll()).toBeNull();
  });

  it("dup(): either gets all packets, and is closed by itself", async () => {
    const [a, b] = [socketAt(0), socketAt(1)];
    const twin = b.dup();
    expect([twin.mac, twin.etherType]).toEqual([b.mac, b.etherType]);
    const waiting = [b.receive(), twin.receive()];
    a.send("both");
    for (const packet of await Promise.all(waiting)) expect(packet!.text).toBe("both");
    b.close();
    a.send("one");
    expect(await b.receive()).toBeNull();
    expect((await twin.receive())!.text).toBe("one");
    twin.close();
    // The source went with the last of them.
    expect(() => sources()[1].inject(new Uint8Array(60))).toThrow(DeviceError);
    expect(() => twin.dup()).toThrow(DeviceError);
  });

  it("close(): who waits gets null, who sends an error", async () => {
    const [a, b] = [socketAt(0), socketAt(1)];
    const waiting = b.receive({ timeout: Number.POSITIVE_INFINITY });
    setTimeout(() => b.close(), 5);
    expect(await waiting).toBeNull();
    expect(b.isClosed).toBe(true);
    expect(() => b.send("x")).toThrow(expect.objectContaining({ code: "ERR_DEVICE_CLOSED" }));
    b.close();
    a[Symbol.dispose]();
    expect(a.isClosed).toBe(true);
  });

  it("str(sock), interface, protocol, BROADCAST", () => {
    const socket = socketAt(0);
    expect([String(socket), socket.name]).toEqual([sources()[0].name, sources()[0].name]);
    expect(RawSocket.broadcast).toBe("ff:ff:ff:ff:ff:ff");
  });
}

function addresses(socketAt: SocketAt, sources: Sources): void {
  it("get_hw(ifname), mac: the address of the interface, or another one, changed when wanted", async () => {
    const [a, b] = [socketAt(0), socketAt(1)];
    expect(a.mac).toBe(sources()[0].mac);
    a.mac = Uint8Array.of(2, 0, 0, 0, 14, 14);
    a.send("who?", { to: b.mac });
    expect((await b.receive())!.from).toBe(STRANGER);
    b.send("you", { to: STRANGER });
    expect((await a.receive())!.text).toBe("you");
    const spoofed = socketAt(0, { mac: "02-00-00-00-00-AA" });
    expect(spoofed.mac).toBe("02:00:00:00:00:aa");
    expect(() => {
      a.mac = "nobody";
    }).toThrow(TypeError);
    expect(a.mac).toBe(STRANGER);
  });

  it("frames to others are for the promiscuous", async () => {
    const [a, b, all] = [socketAt(0), socketAt(1), socketAt(1, { promiscuous: true })];
    a.send("stranger", { to: STRANGER });
    a.send("many", { to: "01:00:5e:00:00:01" });
    const first = (await all.receive())!;
    expect([first.text, first.kind]).toEqual(["stranger", "other"]);
    const seen = (await b.receive())!;
    expect([seen.text, seen.kind]).toEqual(["many", "multicast"]);
  });

  it("many sockets of several types share a source", async () => {
    const a = socketAt(0);
    const ones = [socketAt(1), socketAt(1, { etherType: OTHER_TYPE })] as const;
    const waiting = ones.map((socket) => socket.receive());
    a.send("first");
    a.send("second", { etherType: OTHER_TYPE });
    expect((await Promise.all(waiting)).map((packet) => packet!.text)).toEqual(["first", "second"]);
    expect(ones[0].stats().dropped).toBe(0);
  });

  it("packets are one's own to keep and to change", async () => {
    const [a, b] = [socketAt(0), socketAt(1)];
    const bytes = Buffer.from("abc");
    a.send(bytes);
    bytes.fill(0);
    const first = (await b.receive())!;
    for (let i = 0; i < 40; i++) a.send(`later ${i}`);
    while (b.poll() !== null);
    expect(first.text.slice(0, 3)).toBe("abc");
    expect(String(first.packet().chain)).toBe("Ethernet");
    first.packet().require(ethernet).dst = STRANGER;
    expect(first.to).toBe(STRANGER);
  });
}

function ownFrames(socketAt: SocketAt, showsOwn: boolean): void {
  it("own frames only when told, and marked as such", async () => {
    const [a, own, b] = [socketAt(0), socketAt(0, { own: true }), socketAt(1)];
    a.send("mine");
    b.send("yours");
    if (showsOwn) {
      const first = (await own.receive())!;
      expect([first.text, first.kind]).toEqual(["mine", "outgoing"]);
    }
    expect((await own.receive())!.text).toBe("yours");
    expect((await a.receive())!.text).toBe("yours");
  });
}

function servers(socketAt: SocketAt): void {
  it("RawServer: handles what comes, until it is stopped", async () => {
    class Echo extends RawRequestHandler {
      override handle(): void {
        this.reply([...this.packet.data].reverse());
      }
    }
    const [a, b] = [socketAt(0), socketAt(1)];
    const server = new RawServer(b, Echo);
    const done = server.spin();
    for (const text of ["abc", "defg"]) {
      a.send(text);
      const answer = (await a.receive())!;
      expect([answer.from, answer.to, answer.kind]).toEqual([b.mac, a.mac, "host"]);
      expect(answer.text.replaceAll("\0", "")).toBe([...text].reverse().join(""));
    }
    expect(server.running).toBe(true);
    await server.stop();
    await done;
    expect([server.running, server.handled, server.refused]).toEqual([false, 2, 0]);
    expect(b.isClosed).toBe(false);
  });
}
