import { formatMac, parseMac } from "../bytes/address.ts";
import { DeviceError } from "./errors.ts";
import { NetlinkError, type NetlinkSocket, Protocol, withNetlink } from "./native/netlink.ts";
import {
  attributesOf,
  type MessageWriter,
  type NetlinkMessage,
  textOf,
  u32Of,
} from "./native/netlink-message.ts";
import { checkRange } from "./range.ts";

/** Numbers of rtnetlink(7), linux/if_link.h and linux/if.h. */
const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const IFINFOMSG = 16;
const IFLA_ADDRESS = 1;
const IFLA_NAME = 3;
const IFLA_MTU = 4;
const IFLA_QUEUE_LENGTH = 13;
const IFLA_STATE = 16;
const IFLA_LINKINFO = 18;
const IFLA_MASK = 29;
const IFLA_PROMISCUITY = 30;
const IFLA_LEAST_MTU = 50;
const IFLA_MOST_MTU = 51;
const IFLA_PERMANENT_ADDRESS = 54;
const INFO_KIND = 1;
const SKIP_STATISTICS = 8;
const IFF_UP = 1;
const IFF_RUNNING = 0x40;
const EBUSY = 16;
/** Bytes of an interface's name. */
const MOST_NAME = 15;

/** States of an interface (RFC 2863), at their numbers in the kernel. */
const states = [
  "unknown",
  "not present",
  "down",
  "lower layer down",
  "testing",
  "dormant",
  "up",
] as const;
export type OperationalState = (typeof states)[number];

/** How an interface is set, as the kernel says. */
export interface InterfaceSettings {
  readonly name: string;
  readonly index: number;
  /** Whether it is switched on. */
  readonly up: boolean;
  /** Whether packets can pass: switched on, and the cable or network is there. */
  readonly running: boolean;
  readonly state: OperationalState;
  readonly mtu: number;
  /** The MTUs that it can have; 0 for no limit, `undefined` where the kernel does not say. */
  readonly leastMtu: number | undefined;
  readonly mostMtu: number | undefined;
  /** Ethernet address; `null` for an interface that has none. */
  readonly mac: string | null;
  /** The address that the hardware was made with; `null` where the kernel does not say. */
  readonly permanentMac: string | null;
  /** Whether it takes all packets, for whatever computer: somebody captures. */
  readonly promiscuous: boolean;
  /** Packets that wait to be sent at most. */
  readonly queueLength: number | undefined;
  /** What kind of virtual interface it is (`veth`, `bridge`, `vlan` ...); `null` for hardware. */
  readonly kind: string | null;
}

/** What is to be changed; what is left out stays. */
export interface InterfaceChange {
  readonly up?: boolean;
  readonly mtu?: number;
  /** Ethernet address, such as `02:00:00:00:00:01`. */
  readonly mac?: string;
}

/** How an interface is set. Needs no rights; Linux only. */
export function interfaceSettings(name: string): InterfaceSettings {
  checkName(name);
  return withNetlink(Protocol.ROUTE, (socket) => read(socket, name));
}

/**
 * Switches an interface on or off, sets its MTU and its Ethernet address, and gives how it is set then. Needs CAP_NET_ADMIN; Linux
 * only. The kernel changes one after the other (address, MTU, on or off) and stops at the first that cannot be. Many drivers
 * change the address only while the interface is off.
 *
 * @example
 * setInterface("eth1", { up: false });
 * setInterface("eth1", { mac: "02:00:00:00:00:01", mtu: 9000, up: true });
 */
export function setInterface(name: string, change: InterfaceChange): InterfaceSettings {
  checkName(name);
  if (change.mtu !== undefined) checkRange("mtu", change.mtu, 0x7fffffff);
  const mac = change.mac === undefined ? undefined : parseMac(change.mac);
  return withNetlink(Protocol.ROUTE, (socket) => {
    const { index, up } = read(socket, name);
    try {
      socket.request({
        type: RTM_NEWLINK,
        device: name,
        what: `setting ${Object.keys(change).join(", ")}`,
        body: (writer) => writeChange(writer, index, { ...change, mac }),
      });
    } catch (error) {
      throw mac !== undefined && up ? busyFault(error, name) : error;
    }
    return read(socket, name);
  });
}

/** Writes a change as the kernel wants it (RTM_NEWLINK): `struct ifinfomsg`, which says whether it is on, and attributes. */
export function writeChange(
  writer: MessageWriter,
  index: number,
  {
    up,
    mtu,
    mac,
  }: { up?: boolean | undefined; mtu?: number | undefined; mac?: Uint8Array | undefined },
): void {
  const fixed = Buffer.alloc(IFINFOMSG);
  fixed.writeInt32LE(index, 4);
  if (up !== undefined) {
    fixed.writeUInt32LE(up ? IFF_UP : 0, 8);
    fixed.writeUInt32LE(IFF_UP, 12);
  }
  writer.bytes(fixed);
  if (mac !== undefined) writer.attribute(IFLA_ADDRESS, mac);
  if (mtu !== undefined) writer.u32(IFLA_MTU, mtu);
}

function read(socket: NetlinkSocket, name: string): InterfaceSettings {
  const [answer] = socket.request({
    type: RTM_GETLINK,
    device: name,
    what: "its settings",
    body: (writer) =>
      writer.bytes(Buffer.alloc(IFINFOMSG)).text(IFLA_NAME, name).u32(IFLA_MASK, SKIP_STATISTICS),
  });
  const settings = answer === undefined ? null : settingsOf(answer);
  if (settings === null)
    throw new DeviceError("ERR_DEVICE_FAILED", name, `${name}: the kernel gave no settings`);
  return settings;
}

/** The settings out of an answer (RTM_NEWLINK); `null` where it is none. */
export function settingsOf({ type, body }: NetlinkMessage): InterfaceSettings | null {
  if (type !== RTM_NEWLINK || body.length < IFINFOMSG) return null;
  const values = attributesOf(body, IFINFOMSG);
  const flags = body.readUInt32LE(8);
  const kind = values.get(IFLA_LINKINFO);
  return {
    name: textOf(values.get(IFLA_NAME)) ?? "",
    index: body.readInt32LE(4),
    up: (flags & IFF_UP) !== 0,
    running: (flags & IFF_RUNNING) !== 0,
    state: states[values.get(IFLA_STATE)?.[0] ?? 0] ?? "unknown",
    mtu: u32Of(values.get(IFLA_MTU)) ?? 0,
    leastMtu: u32Of(values.get(IFLA_LEAST_MTU)),
    mostMtu: u32Of(values.get(IFLA_MOST_MTU)),
    mac: macOf(values.get(IFLA_ADDRESS)),
    permanentMac: macOf(values.get(IFLA_PERMANENT_ADDRESS)),
    promiscuous: (u32Of(values.get(IFLA_PROMISCUITY)) ?? 0) > 0,
    queueLength: u32Of(values.get(IFLA_QUEUE_LENGTH)),
    kind: kind === undefined ? null : (textOf(attributesOf(kind, 0).get(INFO_KIND)) ?? null),
  };
}

const macOf = (value: Buffer | undefined): string | null =>
  value?.length === 6 ? formatMac(value, 0) : null;

/** Throws where nothing can have that name; the kernel would not find it, or cut it. */
export function checkName(name: string): void {
  if (typeof name === "string" && name !== "" && Buffer.byteLength(name) <= MOST_NAME) return;
  throw new DeviceError("ERR_DEVICE_MISSING", String(name), `${name}: no such interface`);
}

function busyFault(error: unknown, name: string): unknown {
  if (!(error instanceof NetlinkError && error.number === EBUSY)) return error;
  const help = `its driver changes the address only while it is off: setInterface("${name}", { up: false }) before`;
  return new DeviceError("ERR_DEVICE_FAILED", name, `${error.message}; ${help}`, { cause: error });
}
