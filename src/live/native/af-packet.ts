import { formatMac } from "../../bytes/address.ts";
import { DeviceError } from "../errors.ts";
import { addressOf, type Memory, pinned } from "./ffi.ts";
import { Errno, int, libc, systemError } from "./libc.ts";

/** Numbers of packet(7), netdevice(7) and if_arp.h. */
const AF_INET = 2;
const AF_PACKET = 17;
const SOCK_DGRAM = 2;
const SOCK_RAW = 3;
const SOCK_FLAGS = 0x80800; // non-blocking, not inherited
const SOL_SOCKET = 1;
export const SOL_PACKET = 263;
const PACKET_ADD_MEMBERSHIP = 1;
const PACKET_STATISTICS = 6;
const PACKET_IGNORE_OUTGOING = 23;
const PACKET_MR_PROMISC = 1;
const SO_ATTACH_FILTER = 26;
const SO_DETACH_FILTER = 27;
const SO_LOCK_FILTER = 44;
const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;
const SO_ERROR = 4;
const SIOCGIFFLAGS = 0x8913;
const SIOCGIFMTU = 0x8921;
const SIOCGIFHWADDR = 0x8927;
const IFF_UP = 1;
const IFREQ = 40;
const SOCKADDR_LL = 20;

export const ARPHRD_LOOPBACK = 772;
/** Link types of capture files by the hardware type of an interface, for those whose packets come as they are in files. */
const linkTypes = new Map<number, number>([
  [1, 1], // Ethernet
  [ARPHRD_LOOPBACK, 1],
  [801, 105], // IEEE 802.11
  [803, 127], // IEEE 802.11 with radiotap
]);
/** Of interfaces without link-layer header (tun, IP over nothing): raw IP. */
const bare = new Set([512, 519, 768, 769, 776, 778, 823, 65534]);
const RAW_IP = 101;

/** All types; in the byte order of the network. */
export const ETH_P_ALL = 3;
const htons = (n: number): number => ((n & 255) << 8) | ((n >> 8) & 255);

/** What the kernel says of an interface. */
export interface InterfaceFacts {
  readonly index: number;
  /** ARPHRD_ number. */
  readonly hardware: number;
  readonly mac: Uint8Array;
  readonly mtu: number;
  readonly isUp: boolean;
}

/** `struct ifreq` with the name of an interface. */
function request(device: string): Buffer {
  const memory = pinned(IFREQ);
  if (Buffer.byteLength(device) > 15 || device === "")
    throw new DeviceError("ERR_DEVICE_MISSING", device, `${device}: no such interface`);
  memory.write(device, 0, "utf8");
  return memory;
}

/** Asks the kernel about an interface. Needs no rights. */
export function interfaceFacts(device: string): InterfaceFacts {
  const fd = libc().socket(AF_INET, SOCK_DGRAM | SOCK_FLAGS, 0);
  if (fd < 0) throw systemError(device, "socket");
  try {
    const ask = (what: number, name: string): Buffer => {
      const memory = request(device);
      if (libc().ioctl(fd, what, memory) < 0) throw systemError(device, name);
      return memory;
    };
    const hardware = ask(SIOCGIFHWADDR, "its address");
    const index = libc().ifNameToIndex(device);
    if (index === 0) throw systemError(device, "its index");
    return {
      index,
      hardware: hardware.readUInt16LE(16),
      mac: new Uint8Array(hardware.subarray(18, 24)),
      mtu: ask(SIOCGIFMTU, "its MTU").readInt32LE(16),
      isUp: (ask(SIOCGIFFLAGS, "its flags").readUInt16LE(16) & IFF_UP) !== 0,
    };
  } finally {
    libc().close(fd);
  }
}

/** Number in capture files of the link type of a kind of interface (`ARPHRD_`); `undefined` where packet sockets cannot tell it. */
export const linkTypeOfHardware = (hardware: number): number | undefined =>
  linkTypes.get(hardware) ?? (bare.has(hardware) ? RAW_IP : undefined);

/** Why this process cannot open a packet socket; `null` where it can. */
export function packetSocketFault(): DeviceError | null {
  const fd = libc().socket(AF_PACKET, SOCK_RAW | SOCK_FLAGS, 0);
  if (fd < 0) return systemError("", "packet socket");
  libc().close(fd);
  return null;
}

/** Number in capture files of the link type of an interface. */
export function linkTypeOf(device: string, { hardware } = interfaceFacts(device)): number {
  const linkType = linkTypeOfHardware(hardware);
  if (linkType !== undefined) return linkType;
  throw new DeviceError(
    "ERR_DEVICE_SUPPORT",
    device,
    `${device}: packets of hardware type ${hardware} cannot be read without libpcap`,
  );
}

/** Address and MTU of an interface, as far as the system tells them; nothing is thrown for what is no real one. */
export function knownFacts(device: string): { readonly mac?: string; readonly mtu?: number } {
  if (process.platform !== "linux") return {};
  try {
    const { mac, mtu } = interfaceFacts(device);
    return { mac: formatMac(mac, 0), mtu };
  } catch {
    return {};
  }
}

/** How a packet socket is opened. */
export interface AfPacketOptions {
  /** EtherType that is received; all unless told, 0 for none. */
  readonly etherType?: number;
  readonly promiscuous?: boolean;
  /** Without the link-layer header: packets begin with the network layer. */
  readonly cooked?: boolean;
  /** A packet socket that somebody else opened, bound and filtered, to be taken over as it is. */
  readonly fd?: number;
}

/** A packet socket (packet(7)): what rings, plain sockets and senders share. It receives nothing before {@link bind}. */
export class AfPacket {
  readonly device: string;
  readonly facts: InterfaceFacts;
  readonly linkType: number;
  fd: number;
  /** Whether it was opened by somebody else: it is bound then, and its filter may be locked. */
  readonly isTakenOver: boolean;
  private readonly etherType: number;
  private received: number;
  private dropped: number;

  constructor(device: string, options: AfPacketOptions = {}) {
    this.device = device;
    this.facts = interfaceFacts(device);
    const isBare = bare.has(this.facts.hardware);
    const linkType = linkTypeOf(device, this.facts);
    this.linkType = options.cooked ? RAW_IP : linkType;
    this.etherType = options.etherType ?? ETH_P_ALL;
    this.received = 0;
    this.dropped = 0;
    this.isTakenOver = options.fd !== undefined;
    if (options.fd !== undefined) {
      this.fd = options.fd;
      return;
    }
    const type = options.cooked || isBare ? SOCK_DGRAM : SOCK_RAW;
    this.fd = libc().socket(AF_PACKET, type | SOCK_FLAGS, 0);
    if (this.fd < 0) throw systemError(device, "packet socket");
    try {
      if (options.promiscuous) this.setPromiscuous();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  set(level: number, name: number, value: Memory, length: number, what: string): void {
    if (libc().setsockopt(this.fd, level, name, value, length) < 0)
      throw systemError(this.device, what);
  }

  private setPromiscuous(): void {
    const request = pinned(16);
    request.writeInt32LE(this.facts.index, 0);
    request.writeUInt16LE(PACKET_MR_PROMISC, 4);
    this.set(SOL_PACKET, PACKET_ADD_MEMBERSHIP, request, 16, "promiscuous mode");
  }

  /** Bytes that the kernel keeps until they are read: more than the system's limit only with CAP_NET_ADMIN. */
  setBuffer(bytes: number): void {
    if (libc().setsockopt(this.fd, SOL_SOCKET, SO_RCVBUFFORCE, int(bytes), 4) < 0)
      this.set(SOL_SOCKET, SO_RCVBUF, int(bytes), 4, "buffer size");
  }

  /** Lets the kernel run a program of classic BPF over every packet; `null` takes it away. */
  setProgram(instructions: Uint8Array | null): void {
    if (instructions === null) {
      libc().setsockopt(this.fd, SOL_SOCKET, SO_DETACH_FILTER, int(0), 4);
      return;
    }
    const code = pinned(instructions.length);
    code.set(instructions);
    const program = pinned(16);
    program.writeUInt16LE(instructions.length / 8, 0);
    program.writeBigUInt64LE(addressOf(code), 8);
    this.set(SOL_SOCKET, SO_ATTACH_FILTER, program, 16, "filter");
    // The kernel has copied it by now; until here it had to stay.
    code.fill(0);
  }

  /** From now on nobody can change the filter, whoever gets the socket. */
  lockProgram(): void {
    this.set(SOL_SOCKET, SO_LOCK_FILTER, int(1), 4, "locking the filter");
  }

  /** Packets sent from here are not even queued. Kernels before 4.20 do not know it; then they are sorted out later. */
  ignoreOutgoing(on: boolean): void {
    libc().setsockopt(this.fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, int(on ? 1 : 0), 4);
  }

  /** Starts receiving. */
  bind(): void {
    const address = this.address();
    if (libc().bind(this.fd, address, SOCKADDR_LL) < 0) throw systemError(this.device, "bind");
  }

  /** `struct sockaddr_ll` of the interface. */
  private address(): Buffer {
    const address = pinned(SOCKADDR_LL);
    address.writeUInt16LE(AF_PACKET, 0);
    address.writeUInt16LE(htons(this.etherType), 2);
    address.writeInt32LE(this.facts.index, 4);
    return address;
  }

  /** What was received and dropped since it was opened: reading sets the kernel's own counters back. */
  stats(): { received: number; dropped: number } {
    if (this.fd >= 0) {
      const memory = pinned(12);
      if (libc().getsockopt(this.fd, SOL_PACKET, PACKET_STATISTICS, memory, int(12)) === 0) {
        this.received += memory.readUInt32LE(0);
        this.dropped += memory.readUInt32LE(4);
      }
    }
    return { received: this.received, dropped: this.dropped };
  }

  /** The error that waits at the socket, and is taken from it; `null` for none. Where the interface is gone it says so. */
  pendingError(): DeviceError | null {
    const memory = pinned(4);
    if (libc().getsockopt(this.fd, SOL_SOCKET, SO_ERROR, memory, int(4)) < 0) return null;
    const number = memory.readInt32LE(0);
    return number === 0 ? null : this.errorOf(number, "receiving");
  }

  /** Whether the interface still exists, up or down. */
  get isThere(): boolean {
    return libc().ifNameToIndex(this.device) === this.facts.index;
  }

  errorOf(number: number, what: string): DeviceError {
    if (
      !this.isThere &&
      (number === Errno.ENETDOWN || number === Errno.ENODEV || number === Errno.ENXIO)
    )
      return new DeviceError("ERR_DEVICE_MISSING", this.device, `${this.device} has gone`);
    return systemError(this.device, what, number);
  }

  close(): void {
    if (this.fd < 0) return;
    this.stats();
    libc().close(this.fd);
    this.fd = -1;
  }
}
