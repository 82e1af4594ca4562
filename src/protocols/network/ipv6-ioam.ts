import { readUint } from "../../bytes/numbers.ts";
import { bits, flags, part, u8, u16, u24, u32, u64 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { record } from "../../schema/protocol.ts";

/** The trace type of the option that a node's data is in: which parts each node has written (RFC 9197 §4.4.1). */
const traceType = (node: { readonly layer: Layer }): number => {
  const trace = node.layer.lower;
  return trace === null ? 0 : readUint(trace.bytes, trace.start + 4, 3);
};
const writes = (bit: number) => (node: { readonly layer: Layer }) =>
  ((traceType(node) >>> (23 - bit)) & 1) === 1;

/** Each undefined bit that is set stands for four bytes that are not understood. */
function undefinedBytes(node: { readonly layer: Layer }): number {
  let n = 0;
  for (let rest = (traceType(node) >>> 2) & 0x3ff; rest > 0; rest >>>= 1) n += (rest & 1) * 4;
  return n;
}

const snapshot = record("ipv6.ioam.snapshot", "Opaque State Snapshot", {
  filter: "ipv6.opt.ioam.trace.node.oss",
})
  .fields({
    length: u8("Length", { filter: "len" }),
    schemaId: u24("Schema ID", { filter: "scid", base: "hex" }),
  })
  .bytes("data", "Opaque data", { field: "length", unit: 4 });

const hex = (filter: string) => ({ filter, base: "hex" as const });

/** What one node has written: the parts that the trace type names, in its order. */
const node = record("ipv6.ioam.node", "Node data", {
  filter: "ipv6.opt.ioam.trace.node",
  spec: "RFC 9197 §4.4.2",
})
  .when(writes(0), {
    hopLimit: u8("Hop_Lim", { filter: "hlim" }),
    id: u24("node_id", hex("id")),
  })
  .when(writes(1), {
    ingress: u16("ingress_if_id", hex("iif")),
    egress: u16("egress_if_id", hex("eif")),
  })
  .when(writes(2), { seconds: u32("timestamp seconds", hex("tss")) })
  .when(writes(3), { fraction: u32("timestamp fraction", hex("tsf")) })
  .when(writes(4), { transitDelay: u32("transit delay", hex("trdelay")) })
  .when(writes(5), { namespaceData: u32("namespace-specific data", hex("nsdata")) })
  .when(writes(6), { queueDepth: u32("queue depth", hex("qdepth")) })
  .when(writes(7), { checksumComplement: u32("Checksum Complement", hex("csum")) })
  .when(writes(8), {
    hopLimitWide: u8("Hop_Lim", { filter: "hlim" }),
    // Its 56 bits are more than a number holds.
    idWideHigh: u24("node_id, high-order bits", { filter: null }),
    idWideLow: u32("node_id, low-order bits", { filter: null }),
  })
  .when(writes(9), {
    ingressWide: u32("ingress_if_id", hex("iif_wide")),
    egressWide: u32("egress_if_id", hex("eif_wide")),
  })
  .when(writes(10), {
    namespaceDataWide: u64("namespace-specific data", { filter: "nsdata_wide", base: "hex" }),
  })
  .when(writes(11), { bufferOccupancy: u32("buffer occupancy", hex("bufoccup")) })
  .bytes("undefined", "Undefined", undefinedBytes)
  .record("snapshot", "Opaque State Snapshot", snapshot, { when: writes(22) });

/** The IOAM trace options, pre-allocated and incremental (RFC 9197 §4.4.1). */
export const ioamTrace = record("ipv6.ioam.trace", "IOAM Trace", { filter: "ipv6.opt.ioam.trace" })
  .fields({
    namespace: u16("Namespace-ID", { filter: "ns" }),
    nodeLength: bits(5, "NodeLen", { filter: "nodelen", note: "In words of 4 bytes." }),
    flags: flags(
      4,
      {
        o: part(1, "Overflow", { filter: ".ipv6.opt.ioam.trace.flag.o" }),
        l: part(1, "Loopback", { filter: ".ipv6.opt.ioam.trace.flag.l" }),
        a: part(1, "Active", { filter: ".ipv6.opt.ioam.trace.flag.a" }),
        reserved: part(1, "Reserved", { filter: ".ipv6.opt.ioam.trace.flag.rsv" }),
      },
      "Flags",
      { base: "hex", digits: 4 },
    ),
    remaining: bits(7, "RemainingLen", { filter: "remlen", note: "In words of 4 bytes." }),
    type: flags(
      24,
      {
        bit0: "Hop_Lim and node_id",
        bit1: "ingress_if_id and egress_if_id",
        bit2: "timestamp seconds",
        bit3: "timestamp fraction",
        bit4: "transit delay",
        bit5: "namespace-specific data",
        bit6: "queue depth",
        bit7: "Checksum Complement",
        bit8: "Hop_Lim and node_id, wide",
        bit9: "ingress_if_id and egress_if_id, wide",
        bit10: "namespace-specific data, wide",
        bit11: "buffer occupancy",
        undefined: part(10, "Undefined", { filter: "undef" }),
        bit22: "variable-length Opaque State Snapshot",
        reserved: part(1, "Reserved", { filter: "rsv" }),
      },
      "IOAM-Trace-Type",
      { base: "hex" },
    ),
    reserved: u8("Reserved", { filter: "rsv" }),
  })
  .bytes("freeSpace", "Free space", { field: "remaining", unit: 4 }, { filter: "free_space" })
  .list("nodes", "Node data list", node);
