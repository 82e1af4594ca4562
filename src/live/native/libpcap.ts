import { DeviceError, type DeviceErrorCode } from "../errors.ts";
import { type Library, loadLibrary, type Memory, type Native } from "./ffi.ts";
import { PERMISSION_HELP, processLibrary } from "./libc.ts";

/** An open `pcap_t`. */
export type Handle = bigint;

/** The calls of libpcap that are used; arguments as in pcap(3PCAP). */
export interface Libpcap {
  /** Version and features as the library tells them. */
  readonly version: string;
  readonly create: Native<[device: string, error: Memory], Handle | null>;
  readonly setSnaplen: Native<[handle: Handle, bytes: number], number>;
  readonly setPromisc: Native<[handle: Handle, on: number], number>;
  readonly setRfmon: Native<[handle: Handle, on: number], number>;
  readonly setTimeout: Native<[handle: Handle, ms: number], number>;
  readonly setImmediate: Native<[handle: Handle, on: number], number>;
  readonly setBufferSize: Native<[handle: Handle, bytes: number], number>;
  readonly setPrecision: Native<[handle: Handle, precision: number], number>;
  readonly activate: Native<[handle: Handle], number>;
  readonly close: Native<[handle: Handle], void>;
  readonly geterr: Native<[handle: Handle], string>;
  readonly statustostr: Native<[status: number], string>;
  readonly openDead: Native<[linkType: number, snaplen: number], Handle | null>;
  readonly compile: Native<
    [handle: Handle, program: Memory, text: string, optimize: number, mask: number],
    number
  >;
  readonly freecode: Native<[program: Memory], void>;
  readonly setfilter: Native<[handle: Handle, program: Memory], number>;
  readonly setdirection: Native<[handle: Handle, direction: number], number>;
  readonly setnonblock: Native<[handle: Handle, on: number, error: Memory], number>;
  readonly selectableFd: Native<[handle: Handle], number>;
  readonly stats: Native<[handle: Handle, stats: Memory], number>;
  readonly dispatch: Native<[handle: Handle, count: number, call: bigint, user: bigint], number>;
  readonly inject: Native<[handle: Handle, bytes: Memory, length: number], number>;
  readonly datalink: Native<[handle: Handle], number>;
  readonly setDatalink: Native<[handle: Handle, linkType: number], number>;
  readonly listDatalinks: Native<[handle: Handle, into: Memory], number>;
  readonly freeDatalinks: Native<[list: bigint], void>;
  readonly findalldevs: Native<[into: Memory, error: Memory], number>;
  readonly freealldevs: Native<[list: bigint], void>;
  readonly dumpFopen: Native<[handle: Handle, file: bigint], bigint | null>;
  readonly dumpClose: Native<[dumper: bigint], void>;
  /** The address of `pcap_dump`: with it as callback no JavaScript runs for a packet. */
  readonly dump: bigint;
}

/** Where libpcap lies, by its names of the run-time packages: the bare name comes only with the development ones. */
const NAMES =
  process.platform === "darwin"
    ? ["/usr/lib/libpcap.A.dylib", "libpcap.A.dylib", "/opt/homebrew/opt/libpcap/lib/libpcap.dylib"]
    : ["libpcap.so.0.8", "libpcap.so.1", "libpcap.so"];

const MISSING =
  'libpcap is not installed: on Debian and Ubuntu "apt install libpcap0.8", on Fedora "dnf install libpcap", on Alpine "apk add libpcap"';

export const PCAP_ERRBUF_SIZE = 256;
/** `struct bpf_program`: a count, and the address of the instructions. */
export const BPF_PROGRAM = 16;
export const NETMASK_UNKNOWN = 0xffffffff;

let known: Libpcap | null = null;

/** libpcap, loaded when first needed; `WIRECRAFT_LIBPCAP` names another one. */
export function libpcap(): Libpcap {
  if (known !== null) return known;
  const own = process.env["WIRECRAFT_LIBPCAP"];
  known = bindings(loadLibrary(own === undefined ? NAMES : [own], MISSING));
  return known;
}

function bindings(l: Library): Libpcap {
  const of = <A extends readonly unknown[], R>(prototype: string): Native<A, R> =>
    l.func<A, R>(prototype);
  return {
    version: of<[], string>("const char *pcap_lib_version()")(),
    create: of("void *pcap_create(const char *device, void *error)"),
    setSnaplen: of("int pcap_set_snaplen(void *p, int bytes)"),
    setPromisc: of("int pcap_set_promisc(void *p, int on)"),
    setRfmon: of("int pcap_set_rfmon(void *p, int on)"),
    setTimeout: of("int pcap_set_timeout(void *p, int ms)"),
    setImmediate: of("int pcap_set_immediate_mode(void *p, int on)"),
    setBufferSize: of("int pcap_set_buffer_size(void *p, int bytes)"),
    setPrecision: of("int pcap_set_tstamp_precision(void *p, int precision)"),
    activate: of("int pcap_activate(void *p)"),
    close: of("void pcap_close(void *p)"),
    geterr: of("const char *pcap_geterr(void *p)"),
    statustostr: of("const char *pcap_statustostr(int status)"),
    openDead: of("void *pcap_open_dead(int linkType, int snaplen)"),
    compile: of("int pcap_compile(void *p, void *program, const char *s, int o, uint32_t mask)"),
    freecode: of("void pcap_freecode(void *program)"),
    setfilter: of("int pcap_setfilter(void *p, void *program)"),
    setdirection: of("int pcap_setdirection(void *p, int direction)"),
    setnonblock: of("int pcap_setnonblock(void *p, int on, void *error)"),
    selectableFd: of("int pcap_get_selectable_fd(void *p)"),
    stats: of("int pcap_stats(void *p, void *stats)"),
    dispatch: of("int pcap_dispatch(void *p, int count, void *call, void *user)"),
    inject: of("int pcap_inject(void *p, const void *bytes, size_t length)"),
    datalink: of("int pcap_datalink(void *p)"),
    setDatalink: of("int pcap_set_datalink(void *p, int linkType)"),
    listDatalinks: of("int pcap_list_datalinks(void *p, void *into)"),
    freeDatalinks: of("void pcap_free_datalinks(void *list)"),
    findalldevs: of("int pcap_findalldevs(void *into, void *error)"),
    freealldevs: of("void pcap_freealldevs(void *list)"),
    dumpFopen: of("void *pcap_dump_fopen(void *p, void *file)"),
    dumpClose: of("void pcap_dump_close(void *dumper)"),
    dump: l.symbol("pcap_dump"),
  };
}

const codes = new Map<number, DeviceErrorCode>([
  [-5, "ERR_DEVICE_MISSING"],
  [-6, "ERR_DEVICE_SUPPORT"],
  [-8, "ERR_DEVICE_PERMISSION"],
  [-9, "ERR_DEVICE_DOWN"],
  [-11, "ERR_DEVICE_PERMISSION"],
  [-12, "ERR_DEVICE_SUPPORT"],
]);

/** The error of a call that gave `status`, with what libpcap says of it. */
export function pcapError(device: string, what: string, status: number, said: string): DeviceError {
  const code = /disappeared|No such device/i.test(said)
    ? "ERR_DEVICE_MISSING"
    : (codes.get(status) ?? "ERR_DEVICE_FAILED");
  const own = status < -1 ? libpcap().statustostr(status) : "";
  const text = [own, said].filter((one) => one !== "").join(": ");
  const help = code === "ERR_DEVICE_PERMISSION" ? `; ${PERMISSION_HELP}` : "";
  return new DeviceError(code, device, `${device}: ${what}: ${text || status}${help}`);
}

/** The text that a call left in its buffer for errors. */
export function textIn(buffer: Buffer): string {
  const end = buffer.indexOf(0);
  return buffer.toString("utf8", 0, end < 0 ? buffer.length : end);
}

/**
 * A stdio stream into memory of ours (`fmemopen`), which `pcap_dump` writes records to: what a batch of packets is read from,
 * without a call into JavaScript a packet. The memory stays where it is, whatever is written.
 */
export class MemoryStream {
  readonly file: bigint;
  readonly bytes: Buffer;
  /** The same memory as packets are taken out of it. */
  readonly view: Uint8Array;
  private readonly fseek: Native<[file: bigint, offset: number, whence: number], number>;
  private readonly ftell: Native<[file: bigint], number>;
  private readonly fflush: Native<[file: bigint], number>;

  constructor(size: number) {
    const library = processLibrary();
    // Pages that are never written to take no memory.
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.view = new Uint8Array(this.bytes.buffer, this.bytes.byteOffset, size);
    const open = library.func<[memory: Buffer, size: number, mode: string], bigint | null>(
      "void *fmemopen(void *memory, size_t size, const char *mode)",
    );
    const file = open(this.bytes, size, "w");
    if (file === null) throw new DeviceError("ERR_DEVICE_FAILED", "", "fmemopen: no memory");
    this.file = file;
    this.fseek = library.func("int fseek(void *file, long offset, int whence)");
    this.ftell = library.func("long ftell(void *file)");
    this.fflush = library.func("int fflush(void *file)");
  }

  /** Writes from the start again. */
  rewind(): void {
    this.fseek(this.file, 0, 0);
  }

  /** How many bytes are written; they are in place now. */
  flush(): number {
    this.fflush(this.file);
    return this.ftell(this.file);
  }
}
