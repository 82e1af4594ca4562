import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from "../bytes/address.ts";
import { closedError } from "./errors.ts";
import { errno, pinned } from "./native/ffi.ts";
import { Errno, int, libc, systemError } from "./native/libc.ts";
import { type SocketOptions, SocketSource } from "./socket-source.ts";

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_DGRAM = 2;
const SOCK_RAW = 3;
const SOCK_FLAGS = 0x80800;
const IPPROTO_RAW = 255;
const IPPROTO_IPV6 = 41;
const IPV6_HDRINCL = 36;
const SOL_SOCKET = 1;
const SO_BINDTODEVICE = 25;
const SO_BROADCAST = 6;
/** `struct sockaddr_in` and `sockaddr_in6`, and where the address lies in each. */
const SOCKADDR_IN = 16;
const SOCKADDR_IN6 = 28;
const AT_IN = 4;
const AT_IN6 = 8;

/** How a socket of the network layer is opened. */
export type IpOptions = Omit<SocketOptions, "etherType" | "cooked">;

/**
 * Whole IP packets, of both versions, without the link layer: what is sent finds its way by the routes of this computer, and
 * what comes over the interface is received without its Ethernet header. The header is sent as it is, but for what the kernel
 * always writes into one of IPv4: its checksum and total length, and source and identification where these are zero
 * (raw(7)). Linux only; needs CAP_NET_RAW.
 *
 * @example
 * const socket = new PacketSocket(new IpSource("eth0"));
 * const src = localAddress("192.0.2.1");
 * await socket.sendReceive(build(ipv4({ src, dst: "192.0.2.1" }), icmp.echo({ id: 1 })));
 */
export class IpSource extends SocketSource {
  private v4: number;
  private v6: number;

  constructor(device: string, options: IpOptions = {}) {
    super(device, { ...options, cooked: true });
    this.v4 = this.v6 = -1;
  }

  /** The socket that sends packets of a version; opened when it is first needed. */
  private senderOf(version: 4 | 6): number {
    const known = version === 4 ? this.v4 : this.v6;
    if (known >= 0) return known;
    const { name } = this;
    const fd = libc().socket(
      version === 4 ? AF_INET : AF_INET6,
      SOCK_RAW | SOCK_FLAGS,
      IPPROTO_RAW,
    );
    if (fd < 0) throw systemError(name, `raw socket of IPv${version}`);
    if (version === 4) this.v4 = fd;
    else this.v6 = fd;
    const device = Buffer.from(`${name}\0`);
    if (libc().setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, device.length) < 0)
      throw systemError(name, "binding to the interface");
    // With IPv4 the protocol number says that headers come with the packets.
    if (version === 4) libc().setsockopt(fd, SOL_SOCKET, SO_BROADCAST, int(1), 4);
    else if (libc().setsockopt(fd, IPPROTO_IPV6, IPV6_HDRINCL, int(1), 4) < 0)
      throw systemError(name, "IPv6 with its header");
    return fd;
  }

  override inject(packet: Uint8Array): void {
    if (this.isClosed) throw closedError(this.name);
    const version = packet.length === 0 ? 0 : packet[0]! >> 4;
    if (version !== 4 && version !== 6)
      throw new TypeError(`inject: an IP packet is wanted, not one of version ${version}`);
    if (packet.length < (version === 4 ? 20 : 40))
      throw new TypeError(`inject: ${packet.length} bytes are no IPv${version} header`);
    const to = version === 4 ? ipv4Address(packet, 16) : ipv6Address(packet, 24);
    if (libc().sendto(this.senderOf(version), packet, packet.length, 0, to, to.length) >= 0) return;
    const number = errno();
    if (number === Errno.EMSGSIZE)
      throw new RangeError(`inject: ${packet.length} bytes, ${this.name} carries ${this.mtu}`);
    throw systemError(this.name, "sending", number);
  }

  override sendBatch(packets: readonly Uint8Array[]): number {
    for (const packet of packets) this.inject(packet);
    return packets.length;
  }

  override close(): void {
    super.close();
    for (const fd of [this.v4, this.v6]) if (fd >= 0) libc().close(fd);
    this.v4 = this.v6 = -1;
  }
}

/** `struct sockaddr_in` of the address at `at`. */
function ipv4Address(bytes: Uint8Array, at: number, port = 0): Buffer {
  const address = pinned(SOCKADDR_IN);
  address.writeUInt16LE(AF_INET, 0);
  address.writeUInt16BE(port, 2);
  address.set(bytes.subarray(at, at + 4), AT_IN);
  return address;
}

/** `struct sockaddr_in6` of the address at `at`. */
function ipv6Address(bytes: Uint8Array, at: number, port = 0): Buffer {
  const address = pinned(SOCKADDR_IN6);
  address.writeUInt16LE(AF_INET6, 0);
  address.writeUInt16BE(port, 2);
  address.set(bytes.subarray(at, at + 16), AT_IN6);
  return address;
}

/**
 * The address of this computer that packets to another one come from, by its routes; nothing is sent to find out.
 *
 * @throws TypeError for what is no address; DeviceError where there is no route.
 */
export function localAddress(to: string): string {
  const isV6 = to.includes(":");
  const bytes = isV6 ? parseIpv6(to) : parseIpv4(to);
  // The port does not matter; the one for discarding is as good as any.
  const address = isV6 ? ipv6Address(bytes, 0, 9) : ipv4Address(bytes, 0, 9);
  const fd = libc().socket(isV6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_FLAGS, 0);
  if (fd < 0) throw systemError("", "socket");
  try {
    if (libc().connect(fd, address, address.length) < 0) throw systemError("", `a route to ${to}`);
    if (libc().getsockname(fd, address, int(address.length)) < 0)
      throw systemError("", `the address towards ${to}`);
    return isV6 ? formatIpv6(address, AT_IN6) : formatIpv4(address, AT_IN);
  } finally {
    libc().close(fd);
  }
}
