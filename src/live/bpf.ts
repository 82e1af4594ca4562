import { CompiledFilter } from "../filter/capture/compiled.ts";
import { BpfProgram } from "../filter/capture/program.ts";
import { pinned, viewOf } from "./native/ffi.ts";
import { BPF_PROGRAM, type Handle, libpcap, NETMASK_UNKNOWN } from "./native/libpcap.ts";

/** Numbers of link types under the names that libpcap gives them (`DLT_`); the few that differ by system are Linux's. */
export const dataLinks = {
  NULL: 0,
  EN10MB: 1,
  EN3MB: 2,
  AX25: 3,
  PRONET: 4,
  CHAOS: 5,
  IEEE802: 6,
  ARCNET: 7,
  SLIP: 8,
  PPP: 9,
  FDDI: 10,
  RAW: 12,
  LOOP: 108,
  LINUX_SLL: 113,
  PFLOG: 117,
  PFSYNC: 18,
} as const;

/** Bytes before the network layer, by the number of the link type. */
export const networkOffsets: ReadonlyMap<number, number> = new Map([
  [dataLinks.NULL, 4],
  [dataLinks.EN10MB, 14],
  [dataLinks.IEEE802, 22],
  [dataLinks.ARCNET, 6],
  [dataLinks.SLIP, 16],
  [dataLinks.PPP, 4],
  [dataLinks.FDDI, 21],
  [dataLinks.PFLOG, 48],
  [dataLinks.PFSYNC, 4],
  [dataLinks.LOOP, 4],
  [dataLinks.RAW, 0],
  [101, 0],
  [dataLinks.LINUX_SLL, 16],
]);

/** A compiled filter that knows the words it was made of. */
export class ExpressionFilter extends CompiledFilter {
  readonly expression: string;

  constructor(expression: string, program: BpfProgram, linkType: number) {
    super(program, linkType);
    this.expression = expression;
  }
}

/** How a filter is compiled. */
export interface BpfOptions {
  /** Whether libpcap makes the program shorter; it does unless told. */
  readonly optimize?: boolean;
  /** Bytes kept of a packet that is wanted; 262144 unless told. */
  readonly snaplen?: number;
}

/**
 * Compiles an expression of pcap-filter(7) for packets of a link type (Ethernet unless told). libpcap does it; the result
 * runs without it, also over packets from files.
 *
 * @throws TypeError with libpcap's words for what is no filter. DeviceError when libpcap is not installed.
 * @example bpf("tcp port 80").filter(packet.bytes())
 */
export function bpf(
  expression: string,
  linkType: number = dataLinks.EN10MB,
  options: BpfOptions = {},
): ExpressionFilter {
  const l = libpcap();
  const { optimize = true, snaplen = 262_144 } = options;
  const handle = l.openDead(linkType === 101 ? dataLinks.RAW : linkType, snaplen);
  if (handle === null) throw new TypeError(`bpf: link type ${linkType} is not known to libpcap`);
  try {
    return new ExpressionFilter(expression, programOf(handle, expression, optimize), linkType);
  } finally {
    l.close(handle);
  }
}

/** The program that libpcap makes for a handle. */
function programOf(handle: Handle, expression: string, optimize: boolean): BpfProgram {
  const l = libpcap();
  const memory = pinned(BPF_PROGRAM);
  if (l.compile(handle, memory, expression, optimize ? 1 : 0, NETMASK_UNKNOWN) < 0)
    throw new TypeError(`filter '${expression}': ${l.geterr(handle)}`);
  try {
    const length = memory.readUInt32LE(0) * 8;
    const bytes = new Uint8Array(viewOf(memory.readBigUInt64LE(8), length)).slice();
    return BpfProgram.fromBytes(bytes);
  } finally {
    l.freecode(memory);
  }
}
