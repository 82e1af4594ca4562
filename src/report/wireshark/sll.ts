import { formatHex } from "../../bytes/hex.ts";
import { readU16 } from "../../bytes/numbers.ts";
import type { Layer } from "../../schema/layer.ts";
import { hexCell } from "./cell.ts";
import type { Extra, Override } from "./context.ts";
import { emitBadPadding } from "./ethernet.ts";

/** Linux hardware types whose protocol is another number than an EtherType. */
const GRE = 778;
const NETLINK = 824;
/** Below are Linux's own numbers for protocols. */
const FIRST_ETHERTYPE = 0x600;
/** Octets of the field that has the sender's address. */
const ADDRESS = 8;

/** What stands at different places in the two versions. */
function parts({ bytes, start, schema }: Layer) {
  if (schema.root.name === "sll2")
    return {
      hardware: readU16(bytes, start + 8),
      addressLength: bytes[start + 11]!,
      address: start + 12,
      protocol: readU16(bytes, start),
    };
  return {
    hardware: readU16(bytes, start + 2),
    addressLength: readU16(bytes, start + 4),
    address: start + 6,
    protocol: readU16(bytes, start + 14),
  };
}

/** The name under which Wireshark shows the protocol; null where it does not. */
export function sllProtocolName(layer: Layer): "etype" | "ltype" | "gretype" | null {
  const { hardware, protocol } = parts(layer);
  if (hardware === NETLINK) return null;
  if (hardware === GRE) return "gretype";
  return protocol < FIRST_ETHERTYPE ? "ltype" : "etype";
}

/** Sizes of addresses that are declared as such. */
const isDeclared = (length: number): boolean => length === 0 || length === 4 || length === 6;

const extra = (protocol: string): Extra => ({
  protocol,
  names: ["sll.ltype", "sll.gretype", "sll.unused", "eth.padding_bad"],
  cells(layer, emit) {
    const { addressLength, address, protocol: number } = parts(layer);
    const name = sllProtocolName(layer);
    if (name === "ltype" || name === "gretype") emit(`sll.${name}`, hexCell(number, 4));
    if (!isDeclared(addressLength) && addressLength < ADDRESS)
      emit("sll.unused", formatHex(layer.bytes, address + addressLength, address + ADDRESS));
    emitBadPadding(layer, emit);
  },
});

/** Protocols that are no EtherTypes, and what an address leaves of its field. */
export const sllExtras: readonly Extra[] = [extra("sll"), extra("sll2")];

export const sllOverrides: readonly Override[] = [
  {
    name: "sll.etype",
    cell: (value, layer) =>
      sllProtocolName(layer) === "etype" ? hexCell(value as number, 4) : null,
  },
  {
    name: "sll.src.other",
    cell: (value, layer) =>
      formatHex((value as Uint8Array).subarray(0, parts(layer).addressLength)),
  },
];
