import { DeviceError, type DeviceErrorCode } from "../errors.ts";
import { errno, type Library, loadLibrary, type Memory, type Native, pinned } from "./ffi.ts";

/** The calls of the C library that sockets, rings and waiting need. All sizes and offsets here are those of 64-bit systems. */
export interface Libc {
  readonly socket: Native<[domain: number, type: number, protocol: number], number>;
  readonly close: Native<[fd: number], number>;
  readonly bind: Native<[fd: number, address: Memory, length: number], number>;
  readonly setsockopt: Native<
    [fd: number, level: number, name: number, value: Memory, length: number],
    number
  >;
  readonly getsockopt: Native<
    [fd: number, level: number, name: number, value: Memory, length: Memory],
    number
  >;
  readonly ioctl: Native<[fd: number, request: number, argument: Memory], number>;
  readonly ifNameToIndex: Native<[name: string], number>;
  readonly mmap: Native<
    [at: null, length: number, protection: number, flags: number, fd: number, offset: number],
    bigint
  >;
  readonly munmap: Native<[at: bigint, length: number], number>;
  readonly recvmmsg: Native<
    [fd: number, messages: Memory, count: number, flags: number, timeout: null],
    number
  >;
  readonly sendmmsg: Native<[fd: number, messages: Memory, count: number, flags: number], number>;
  readonly send: Native<[fd: number, bytes: Memory, length: number, flags: number], number>;
  readonly sendto: Native<
    [fd: number, bytes: Memory, length: number, flags: number, to: Memory, toLength: number],
    number
  >;
  readonly connect: Native<[fd: number, address: Memory, length: number], number>;
  readonly getsockname: Native<[fd: number, address: Memory, length: Memory], number>;
  readonly read: Native<[fd: number, into: Memory, length: number], number>;
  readonly write: Native<[fd: number, from: Memory, length: number], number>;
  readonly poll: Native<[descriptors: Memory, count: number, timeout: number], number>;
  readonly strerror: Native<[code: number], string>;
}

let known: Libc | null = null;

/** The C library of the process. */
export function libc(): Libc {
  if (known !== null) return known;
  const library = processLibrary();
  known = {
    socket: library.func("int socket(int domain, int type, int protocol)"),
    close: library.func("int close(int fd)"),
    bind: library.func("int bind(int fd, const void *address, uint32_t length)"),
    setsockopt: library.func(
      "int setsockopt(int fd, int level, int name, const void *v, uint32_t n)",
    ),
    getsockopt: library.func("int getsockopt(int fd, int level, int name, void *v, void *n)"),
    ioctl: library.func("int ioctl(int fd, ulong request, void *argument)"),
    ifNameToIndex: library.func("uint if_nametoindex(const char *name)"),
    mmap: library.func("void *mmap(void *at, size_t n, int prot, int flags, int fd, long offset)"),
    munmap: library.func("int munmap(void *at, size_t n)"),
    recvmmsg: library.func("int recvmmsg(int fd, void *v, uint n, int flags, void *timeout)"),
    sendmmsg: library.func("int sendmmsg(int fd, void *v, uint n, int flags)"),
    send: library.func("long send(int fd, const void *bytes, size_t n, int flags)"),
    sendto: library.func(
      "long sendto(int fd, const void *bytes, size_t n, int flags, const void *to, uint32_t tn)",
    ),
    connect: library.func("int connect(int fd, const void *address, uint32_t length)"),
    getsockname: library.func("int getsockname(int fd, void *address, void *length)"),
    read: library.func("long read(int fd, void *into, size_t n)"),
    write: library.func("long write(int fd, const void *from, size_t n)"),
    poll: library.func("int poll(void *descriptors, ulong n, int timeout)"),
    strerror: library.func("const char *strerror(int code)"),
  };
  return known;
}

/** What is loaded already. */
export const processLibrary = (): Library =>
  loadLibrary([null], "the C library of this process cannot be called");

/** Error numbers that mean the same on Linux and macOS are equal there; those that differ are chosen here. */
const isMac = process.platform === "darwin";
export const Errno = {
  EPERM: 1,
  EINTR: 4,
  ENXIO: 6,
  EACCES: 13,
  ENODEV: 19,
  EINVAL: 22,
  EAGAIN: isMac ? 35 : 11,
  ENOBUFS: isMac ? 55 : 105,
  ENETDOWN: isMac ? 50 : 100,
  EMSGSIZE: isMac ? 40 : 90,
} as const;

const codes = new Map<number, DeviceErrorCode>([
  [Errno.EPERM, "ERR_DEVICE_PERMISSION"],
  [Errno.EACCES, "ERR_DEVICE_PERMISSION"],
  [Errno.ENODEV, "ERR_DEVICE_MISSING"],
  [Errno.ENXIO, "ERR_DEVICE_MISSING"],
  [Errno.ENETDOWN, "ERR_DEVICE_DOWN"],
]);

/** What helps somebody who may not open an interface. */
export const PERMISSION_HELP =
  "run as root, or with the capability CAP_NET_RAW (setpriv --ambient-caps +net_raw --inh-caps +net_raw, or systemd's AmbientCapabilities)";

/** The error that the call before this one left in `errno`. */
export function systemError(device: string, what: string, number = errno()): DeviceError {
  const code = codes.get(number) ?? "ERR_DEVICE_FAILED";
  const help = code === "ERR_DEVICE_PERMISSION" ? `; ${PERMISSION_HELP}` : "";
  const name = device === "" ? "" : `${device}: `;
  return new DeviceError(code, device, `${name}${what}: ${libc().strerror(number)}${help}`);
}

/** A C `int` in memory. */
export function int(value: number): Buffer {
  const memory = pinned(4);
  memory.writeInt32LE(value, 0);
  return memory;
}
