import { formatIpv4 } from "../../bytes/address.ts";
import { formatHex } from "../../bytes/hex.ts";
import { type Layer, viewOf } from "../../schema/layer.ts";
import { hexCell } from "./cell.ts";
import type { Extra, Override } from "./context.ts";

interface Teredo {
  readonly clientIdLength: number | undefined;
  readonly obfuscatedPort: number | undefined;
}

/** The headers before IPv6 as such, and the origin as it is behind the inversion (RFC 4380 §5.1.1). */
const teredoExtra: Extra = {
  protocol: "teredo",
  names: ["teredo.auth", "teredo.orig", "teredo.orig.port", "teredo.orig.addr"],
  cells(layer, emit) {
    const header = viewOf(layer) as unknown as Teredo;
    if (header.clientIdLength !== undefined) emit("teredo.auth", "1");
    if (header.obfuscatedPort === undefined) return;
    emit("teredo.orig", "1");
    emit("teredo.orig.port", String(header.obfuscatedPort ^ 0xffff));
    const at = layer.headerEnd - 4;
    const address = layer.bytes.slice(at, at + 4).map((octet) => octet ^ 0xff);
    emit("teredo.orig.addr", formatIpv4(address, 0));
  },
};

/** Octets of the parts of the first metadata type. */
const CONTEXT = 4;

/** The flags of GTP that say which of the last four bytes of its header mean something. */
const EXTENSION = 4;
const NPDU = 1;
const optional = (name: string, flag: number): Override => ({
  name: `gtp.${name}`,
  cell: (value, layer) =>
    layer.schema.root.name === "gtp" && (layer.bytes[layer.start]! & flag) === 0
      ? null
      : hexCell(value as number, 2),
});

/** Decimal digits, two an octet, the low half octet first (3GPP TS 29.060 §6). */
function digitsOf({ bytes, start }: Layer): string {
  let digits = "";
  for (let at = start + TUNNEL; at < start + TUNNEL + 8; at++)
    digits += `${bytes[at]! & 15}${bytes[at]! >> 4}`;
  return digits;
}
/** Where a header of version 0 has its tunnel identifier. */
const TUNNEL = 12;

const tunnelExtra: Extra = {
  protocol: "gtpV0",
  names: ["gtp.tid"],
  cells(layer, emit) {
    emit("gtp.tid", digitsOf(layer));
  },
};

export const tunnelExtras: readonly Extra[] = [teredoExtra, tunnelExtra];

export const tunnelOverrides: readonly Override[] = [
  {
    name: "nsh.contextheader",
    cell(value) {
      const context = value as Uint8Array;
      const parts: string[] = [];
      for (let at = 0; at < context.length; at += CONTEXT)
        parts.push(formatHex(context.subarray(at, at + CONTEXT)));
      return parts.join(",");
    },
  },
  optional("ext_hdr.next", EXTENSION),
  optional("npdu_number", NPDU),
];
