import { formatMac, parseMac } from "../bytes/address.ts";
import { build } from "../packet/build.ts";
import type { Dissector } from "../packet/dissector.ts";
import { Packet } from "../packet/packet.ts";
import type { Stackable } from "../packet/structure.ts";
import { type AnyRecipe, isRecipe } from "../schema/recipe.ts";
import { closedError, DeviceError } from "./errors.ts";
import { HEADER, RawPacket, TAG, typeOffset } from "./raw-packet.ts";
import { type Listener, SharedSource, turn } from "./raw-share.ts";
import { kinds, type PacketSource, type SourceStats } from "./source.ts";
import { type ByteData, checkEtherType, type TextEncoding, toBytes } from "./to-bytes.ts";

/** How long a socket waits for a packet unless told, in milliseconds. */
const PATIENCE = 3000;
/** Frames that wait for a socket at most while others read the same source. */
const MOST_WAITING = 1024;
/** Packets given without a pause after which other work of the program has a turn. */
const STRETCH = 256;
/** The shortest Ethernet frame, its check sequence left out (IEEE 802.3 §3.2.8). */
const SHORTEST = 60;
const ETHERNET_LINK = 1;
const VLAN = 0x8100;
const HOST = 0;
const BROADCAST = 1;
const MULTICAST = 2;
const OTHER = 3;
const OUTGOING = 4;

/** An Ethernet address: as text in any of the usual forms, or its six bytes. */
export type MacAddress = string | Uint8Array;

/** What a frame can carry: anything that {@link toBytes} takes, a packet, or layers with bytes behind them, as for `build`. */
export type RawData = ByteData | Packet | AnyRecipe | readonly (ByteData | AnyRecipe)[];

/** Which frames a {@link RawSocket} sends and receives, and what it does with them. */
export interface RawSocketOptions {
  /** The EtherType that is sent and received, 0 to 0xffff. 0x88b5 and 0x88b6 are for experiments (IEEE 802 §9.2.4). */
  readonly etherType: number;
  /** The address that frames come from; the interface's own unless told. */
  readonly mac?: MacAddress;
  /** Whether short frames are filled up to 60 bytes with zeros; no unless told. */
  readonly padding?: boolean;
  /** False for a socket that only sends; it receives unless told. */
  readonly receive?: boolean;
  /** Whether frames to other computers are received too; the source must be promiscuous to see them. */
  readonly promiscuous?: boolean;
  /**
   * Whether frames that this computer sent are received too, as far as the source shows them (Linux shows a source what other
   * programs sent); their kind is `"outgoing"`.
   */
  readonly own?: boolean;
  /** Whether frames of the EtherType behind VLAN tags are received too. */
  readonly tagged?: boolean;
  /** Milliseconds that {@link RawSocket.receive} waits at most; 3000 unless told, `Infinity` for ever. */
  readonly timeout?: number;
  /** Which protocols `RawPacket.packet()` knows; all of this package unless told. */
  readonly dissector?: Dissector;
}

/** What one {@link RawSocket.send} does otherwise than the socket would. */
export interface RawSendOptions {
  /** Where it goes; to all (ff:ff:ff:ff:ff:ff) unless told. */
  readonly to?: MacAddress;
  /** The EtherType of this frame; that of the socket unless told. */
  readonly etherType?: number;
  /** Identifier of a VLAN, 0 to 4095: the frame has a tag (IEEE 802.1Q). */
  readonly vlan?: number;
  /** How text becomes bytes; a byte a character unless told. */
  readonly encoding?: TextEncoding;
}

/** How long one {@link RawSocket.receive} waits. */
export interface RawReceiveOptions {
  /** Milliseconds to wait at most; that of the socket unless told. */
  readonly timeout?: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

/**
 * Talks over Ethernet by an EtherType of one's own, without IP: data goes out in a frame, and frames of that type come in.
 * Any number of sockets may share a source; each gets all frames that it wants, and the last one closes it.
 *
 * @example
 * const socket = new RawSocket(link.attach("eth0"), { etherType: 0x88b5 });
 * socket.send("hello", { to: "02:00:00:00:00:02" });
 * const answer = await socket.receive({ timeout: 500 });
 */
export class RawSocket implements AsyncIterable<RawPacket> {
  /** The address of all computers. */
  static readonly broadcast = "ff:ff:ff:ff:ff:ff";

  readonly source: PacketSource;
  /** The EtherType that is sent and received. */
  readonly etherType: number;
  private readonly options: RawSocketOptions;
  private readonly timeout: number;
  private readonly mailbox: Mailbox;
  private readonly shared: SharedSource;
  private stretch: number;
  private closed: boolean;

  /** @throws TypeError or RangeError that names the option; DeviceError where the source is no Ethernet. */
  constructor(source: PacketSource, options: RawSocketOptions) {
    checkEtherType("etherType", options.etherType);
    if (source.linkType !== ETHERNET_LINK)
      throw new DeviceError(
        "ERR_DEVICE_SUPPORT",
        source.name,
        `${source.name} is no Ethernet (link type ${source.linkType}); PacketSocket sends and receives on any`,
      );
    const mac = options.mac ?? source.mac;
    if (mac === undefined)
      throw new TypeError(`mac: one is needed, ${source.name} does not tell its own`);
    this.source = source;
    this.etherType = options.etherType;
    this.options = options;
    this.timeout = checkedTimeout(options.timeout) ?? PATIENCE;
    this.mailbox = new Mailbox(options, macBytes("mac", mac));
    this.stretch = 0;
    this.closed = false;
    // The last step: a socket that could not be made must not keep the source open.
    this.shared = SharedSource.join(source, this.mailbox);
  }

  /** The interface. */
  get name(): string {
    return this.source.name;
  }

  /** The address that frames come from. Setting another one is allowed: frames to that one are received too. */
  get mac(): string {
    return formatMac(this.mailbox.mac, 0);
  }

  set mac(address: MacAddress) {
    this.mailbox.mac = macBytes("mac", address);
  }

  /** Whether it was closed. */
  get isClosed(): boolean {
    return this.closed;
  }

  /**
   * Sends data in a frame. It is what lies behind the Ethernet header: for whole frames there is `PacketSocket`.
   *
   * @throws TypeError or RangeError for what cannot be sent, also where it is more than the interface carries; DeviceError
   *   where the socket is closed or the interface fails.
   */
  send(data: RawData, options: RawSendOptions = {}): void {
    const { name, source } = this;
    if (this.closed) throw new DeviceError("ERR_DEVICE_CLOSED", name, `${name} is closed`);
    const { to = RawSocket.broadcast, etherType = this.etherType, vlan, encoding } = options;
    checkEtherType("etherType", etherType);
    const payload = payloadOf(data, encoding ?? "latin1");
    if (source.mtu !== undefined && payload.length > source.mtu)
      throw new RangeError(`data: ${payload.length} bytes, ${name} carries ${source.mtu}`);
    const header = HEADER + (vlan === undefined ? 0 : TAG);
    const least = this.options.padding === true ? SHORTEST : 0;
    const frame = new Uint8Array(Math.max(header + payload.length, least));
    frame.set(macBytes("to", to), 0);
    frame.set(this.mailbox.mac, 6);
    if (vlan !== undefined) {
      put16(frame, 12, VLAN);
      put16(frame, 14, checkedVlan(vlan));
    }
    put16(frame, header - 2, etherType);
    frame.set(payload, header);
    source.inject(frame);
  }

  /** The next packet; `null` when none came in time, the signal came, or the socket was closed. */
  async receive({ timeout, signal }: RawReceiveOptions = {}): Promise<RawPacket | null> {
    const end = performance.now() + (checkedTimeout(timeout) ?? this.timeout);
    for (;;) {
      if (this.closed || signal?.aborted) return null;
      const packet = this.poll();
      if (packet !== null) {
        if (++this.stretch % STRETCH === 0) await turn();
        return packet;
      }
      const left = end - performance.now();
      if (left <= 0) return null;
      await this.shared.wait(this.mailbox, left, signal);
    }
  }

  /** The next packet that is there already; `null` for none. */
  poll(): RawPacket | null {
    if (this.options.receive === false)
      throw new TypeError("receive: this socket was made with { receive: false }, only to send");
    if (this.closed) return null;
    const { mailbox, shared } = this;
    if (!mailbox.hasMail()) shared.poll();
    return mailbox.take();
  }

  /** Packets until none comes in time, the signal comes, or the socket is closed. */
  async *packets(options: RawReceiveOptions = {}): AsyncGenerator<RawPacket, void, undefined> {
    for (;;) {
      const packet = await this.receive(options);
      if (packet === null) return;
      yield packet;
    }
  }

  /** Packets until none comes within the time of the socket, or it is closed. */
  [Symbol.asyncIterator](): AsyncGenerator<RawPacket, void, undefined> {
    return this.packets();
  }

  /** Another socket on the same source with the same options and address, which gets all packets too. Either is closed by itself. */
  dup(): RawSocket {
    if (this.closed) throw closedError(this.name);
    return new RawSocket(this.source, { ...this.options, mac: this.mailbox.mac });
  }

  /** What the source counted; frames that found no room here while other sockets read are among the dropped. */
  stats(): SourceStats {
    const stats = this.source.stats();
    return { ...stats, dropped: stats.dropped + this.mailbox.dropped };
  }

  /** Closes the socket, and the source where no other socket uses it. Whoever waits gets `null`. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.shared.leave(this.mailbox);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The name of the interface. */
  toString(): string {
    return this.name;
  }
}

/** Takes from a shared source what one socket wants. */
class Mailbox implements Listener {
  mac: Uint8Array;
  dropped: number;
  private readonly options: RawSocketOptions;
  private readonly waiting: RawPacket[];

  constructor(options: RawSocketOptions, mac: Uint8Array) {
    this.mac = mac;
    this.dropped = 0;
    this.options = options;
    this.waiting = [];
  }

  hasMail(): boolean {
    return this.waiting.length > 0;
  }

  take(): RawPacket | null {
    return this.waiting.shift() ?? null;
  }

  packet(
    bytes: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    told: number,
  ): void {
    const { options, waiting } = this;
    const { tagged = false, dissector } = options;
    if (options.receive === false || end - start < HEADER) return;
    const at = tagged ? typeOffset(bytes, start, end) : start + 12;
    if (((bytes[at]! << 8) | bytes[at + 1]!) !== options.etherType) return;
    const kind = told >= 0 ? told : this.kindOf(bytes, start);
    if (!this.isFor(bytes, start, kind)) return;
    if (waiting.length >= MOST_WAITING) {
      this.dropped++;
      return;
    }
    const beside = { kind: kinds[kind]!, originalLength, seconds, nanoseconds, tagged };
    waiting.push(
      new RawPacket(
        // Not `slice`: that of a Buffer would keep the bytes that are only lent.
        new Uint8Array(bytes.subarray(start, end)),
        dissector === undefined ? beside : { ...beside, dissector },
      ),
    );
  }

  private isFor(bytes: Uint8Array, start: number, kind: number): boolean {
    if (kind === OUTGOING) return this.options.own === true;
    return kind !== OTHER || this.options.promiscuous === true || this.isMac(bytes, start);
  }

  /** How a frame came, by its addresses, where the source does not say. */
  private kindOf(bytes: Uint8Array, start: number): number {
    // Addresses of the loopback interface are zeros on both sides, and say nothing.
    if (this.mac.some((byte) => byte !== 0) && this.isMac(bytes, start + 6)) return OUTGOING;
    if (this.isMac(bytes, start)) return HOST;
    if ((bytes[start]! & 1) === 0) return OTHER;
    return bytes.subarray(start, start + 6).every((byte) => byte === 0xff) ? BROADCAST : MULTICAST;
  }

  private isMac(bytes: Uint8Array, at: number): boolean {
    return this.mac.every((byte, i) => byte === bytes[at + i]);
  }
}

/** The bytes of what is sent. Text among layers follows the same rule as elsewhere in a frame of this kind. */
function payloadOf(data: RawData, encoding: TextEncoding): Uint8Array {
  if (data instanceof Packet) return data.bytes();
  const stack: readonly unknown[] = Array.isArray(data) ? data : [data];
  if (!stack.some(isRecipe)) return toBytes(data as ByteData, { encoding });
  const layers = stack.map(
    (one): Stackable => (isRecipe(one) ? one : toBytes(one as ByteData, { encoding })),
  );
  return build(...layers).bytes();
}

function macBytes(name: string, address: MacAddress): Uint8Array {
  if (typeof address === "string") return parseMac(address);
  if (address instanceof Uint8Array && address.length === 6) return new Uint8Array(address);
  throw new RangeError(`${name}: an address has 6 bytes, not ${address.length}`);
}

function checkedVlan(vlan: number): number {
  if (Number.isInteger(vlan) && vlan >= 0 && vlan <= 0xfff) return vlan;
  throw new RangeError(`vlan: ${vlan} is no identifier from 0 to 4095`);
}

function put16(into: Uint8Array, at: number, value: number): void {
  into[at] = value >> 8;
  into[at + 1] = value;
}

function checkedTimeout(timeout: number | undefined): number | undefined {
  if (timeout === undefined || timeout >= 0) return timeout;
  throw new RangeError(`timeout: ${timeout} is no number of milliseconds`);
}
