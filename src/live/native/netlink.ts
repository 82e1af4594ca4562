import { DeviceError, type DeviceErrorCode } from "../errors.ts";
import { errno, type Native, pinned } from "./ffi.ts";
import { Errno, int, libc, processLibrary } from "./libc.ts";
import {
  acknowledgementOf,
  attributesOf,
  Flag,
  MessageWriter,
  messagesOf,
  type NetlinkMessage,
  Type,
} from "./netlink-message.ts";

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_FLAGS = 0x80800; // non-blocking, not inherited
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;
const SOL_NETLINK = 270;
const CAP_ACK = 10;
const EXT_ACK = 11;
const POLLIN = 1;
const MSG_TRUNC = 0x20;
/** Room for what is read at once: a packet of 64 KiB with all that is said of it. */
const ROOM = 1 << 17;
/** How long an answer is waited for, in milliseconds. The kernel answers while the request is sent. */
const PATIENCE = 5000;

/** What a netlink socket is for. */
export const Protocol = { ROUTE: 0, NETFILTER: 12, GENERIC: 16 } as const;

const ENOENT = 2;
const EPROTONOSUPPORT = 93;
const EOPNOTSUPP = 95;
const codes = new Map<number, DeviceErrorCode>([
  [Errno.EPERM, "ERR_DEVICE_PERMISSION"],
  [Errno.EACCES, "ERR_DEVICE_PERMISSION"],
  [Errno.ENODEV, "ERR_DEVICE_MISSING"],
  [Errno.ENETDOWN, "ERR_DEVICE_DOWN"],
  [EPROTONOSUPPORT, "ERR_DEVICE_SUPPORT"],
  [EOPNOTSUPP, "ERR_DEVICE_SUPPORT"],
]);

/** What helps somebody who may not change the network. */
export const ADMIN_HELP =
  "run as root, or with the capability CAP_NET_ADMIN (setpriv --ambient-caps +net_admin --inh-caps +net_admin, or systemd's AmbientCapabilities)";

/** An error of netlink: the system's number, and what the kernel said in words. */
export class NetlinkError extends DeviceError {
  readonly number: number;

  constructor(device: string, what: string, number: number, text = "") {
    const code = codes.get(number) ?? "ERR_DEVICE_FAILED";
    const name = device === "" ? "" : `${device}: `;
    const said = text === "" ? "" : ` (${text})`;
    const help = code === "ERR_DEVICE_PERMISSION" ? `; ${ADMIN_HELP}` : "";
    super(code, device, `${name}${what}: ${libc().strerror(number)}${said}${help}`);
    this.number = number;
  }
}

interface Calls {
  readonly connect: Native<[fd: number, address: Buffer, length: number], number>;
  readonly recv: Native<[fd: number, into: Buffer, length: number, flags: number], number>;
}
let known: Calls | null = null;
function calls(): Calls {
  if (known !== null) return known;
  const library = processLibrary();
  known = {
    connect: library.func("int connect(int fd, const void *address, uint32_t length)"),
    recv: library.func("long recv(int fd, void *into, size_t n, int flags)"),
  };
  return known;
}

/** What is asked for; the device and the words are for errors. */
export interface Request {
  readonly type: number;
  /** Beside those that every request has. */
  readonly flags?: number;
  readonly device: string;
  /** What it is for, in words. */
  readonly what: string;
  /** Writes what follows the header. */
  readonly body: (writer: MessageWriter) => void;
}

/**
 * A netlink socket to the kernel (netlink(7)). It is connected to the kernel, so that no other process can send it anything.
 * Requests are answered while they are sent, so they do not wait.
 */
export class NetlinkSocket {
  fd: number;
  private readonly memory: Buffer;
  private sequence: number;

  constructor(protocol: number) {
    if (process.platform !== "linux")
      throw new DeviceError("ERR_DEVICE_SUPPORT", "", "netlink is there on Linux only");
    this.fd = libc().socket(AF_NETLINK, SOCK_RAW | SOCK_FLAGS, protocol);
    if (this.fd < 0) throw new NetlinkError("", `netlink socket ${protocol}`, errno());
    this.memory = pinned(ROOM);
    this.sequence = 0;
    // Kernels before 4.12 and 4.3 do not know them: then errors have no words, and repeat the request.
    libc().setsockopt(this.fd, SOL_NETLINK, EXT_ACK, int(1), 4);
    libc().setsockopt(this.fd, SOL_NETLINK, CAP_ACK, int(1), 4);
    const kernel = pinned(12);
    kernel.writeUInt16LE(AF_NETLINK, 0);
    if (calls().connect(this.fd, kernel, kernel.length) === 0) return;
    const number = errno();
    this.close();
    throw new NetlinkError("", "netlink", number);
  }

  /** Bytes that wait at most: more than the system's limit only with CAP_NET_ADMIN. */
  setBuffer(bytes: number): void {
    if (libc().setsockopt(this.fd, SOL_SOCKET, SO_RCVBUFFORCE, int(bytes), 4) < 0)
      libc().setsockopt(this.fd, SOL_SOCKET, SO_RCVBUF, int(bytes), 4);
  }

  /** Hands messages to the kernel; 0, or the number of the error. */
  send(messages: Buffer): number {
    for (;;) {
      if (libc().send(this.fd, messages, messages.length, 0) >= 0) return 0;
      const number = errno();
      if (number !== Errno.EINTR) return number;
    }
  }

  /**
   * What is there to be read; a number of the system's error otherwise, `EAGAIN` for nothing. The bytes are good until the next
   * call.
   */
  receive(): Buffer | number {
    const { memory } = this;
    for (;;) {
      const length = calls().recv(this.fd, memory, memory.length, MSG_TRUNC);
      if (length >= 0) return length <= memory.length ? memory.subarray(0, length) : Errno.EMSGSIZE;
      const number = errno();
      if (number !== Errno.EINTR) return number;
    }
  }

  /**
   * Asks, and gives the answers, copied, when the kernel has acknowledged them or ended the dump. Throws what the kernel says is
   * wrong. Messages that answer something else go to `other`, and are good only while it runs.
   */
  request(request: Request, other?: (message: NetlinkMessage) => void): NetlinkMessage[] {
    const { type, flags = 0, device, what, body } = request;
    this.sequence = (this.sequence + 1) >>> 0 || 1;
    const isDump = (flags & Flag.DUMP) === Flag.DUMP;
    const all = flags | Flag.REQUEST | (isDump ? 0 : Flag.ACK);
    const writer = new MessageWriter().begin(type, all, this.sequence);
    body(writer);
    const failed = this.send(writer.end().written());
    if (failed !== 0) throw new NetlinkError(device, what, failed);
    const answers: NetlinkMessage[] = [];
    for (const end = performance.now() + PATIENCE; ; ) {
      const bytes = this.receive();
      if (bytes === Errno.EAGAIN && this.wait(end - performance.now())) continue;
      if (bytes === Errno.ENOBUFS && other !== undefined) continue;
      if (typeof bytes === "number") throw new NetlinkError(device, what, bytes);
      for (const message of messagesOf(bytes)) {
        if (message.sequence !== this.sequence) other?.(message);
        else if (this.answer(message, answers, request)) return answers;
      }
    }
  }

  /** Takes an answer; true when it was the last. */
  private answer(message: NetlinkMessage, into: NetlinkMessage[], request: Request): boolean {
    const { type, flags, body } = message;
    const { device, what } = request;
    if ((flags & Flag.DUMP_INTERRUPTED) !== 0)
      throw new DeviceError(
        "ERR_DEVICE_FAILED",
        device,
        `${what}: it changed meanwhile, ask again`,
      );
    if (type === Type.ERROR || type === Type.DONE) {
      const { number, text } = acknowledgementOf(message);
      if (number !== 0) throw new NetlinkError(device, what, number, text);
      return true;
    }
    if (type === Type.OVERRUN)
      throw new DeviceError("ERR_DEVICE_FAILED", device, `${what}: answers were lost`);
    if (type !== Type.NOOP) into.push({ ...message, body: Buffer.from(body) });
    return false;
  }

  private wait(milliseconds: number): boolean {
    if (milliseconds <= 0) return false;
    const descriptor = pinned(8);
    descriptor.writeInt32LE(this.fd, 0);
    descriptor.writeInt16LE(POLLIN, 4);
    libc().poll(descriptor, 1, Math.ceil(milliseconds));
    return true;
  }

  close(): void {
    if (this.fd < 0) return;
    libc().close(this.fd);
    this.fd = -1;
  }
}

/** Opens a socket for as long as something is done with it. */
export function withNetlink<T>(protocol: number, use: (socket: NetlinkSocket) => T): T {
  const socket = new NetlinkSocket(protocol);
  try {
    return use(socket);
  } finally {
    socket.close();
  }
}

const GENL_ID_CTRL = 16;
const CTRL_CMD_GETFAMILY = 3;
const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_FAMILY_NAME = 2;

/** `struct genlmsghdr`: what stands before the attributes of a message of generic netlink. */
export const genericHeader = (command: number, version = 1): number[] => [command, version, 0, 0];
export const GENERIC_HEADER = 4;

/** The number that a family of generic netlink (`nl80211`) has on this computer; `null` where the kernel has none. */
export function familyOf(socket: NetlinkSocket, name: string): number | null {
  try {
    const [answer] = socket.request({
      type: GENL_ID_CTRL,
      device: "",
      what: `generic netlink family ${name}`,
      body: (writer) =>
        writer.bytes(genericHeader(CTRL_CMD_GETFAMILY)).text(CTRL_ATTR_FAMILY_NAME, name),
    });
    if (answer === undefined) return null;
    const id = attributesOf(answer.body, GENERIC_HEADER).get(CTRL_ATTR_FAMILY_ID);
    return id !== undefined && id.length >= 2 ? id.readUInt16LE(0) : null;
  } catch (error) {
    if (error instanceof NetlinkError && error.number === ENOENT) return null;
    throw error;
  }
}
