import { u8, u16 } from "../../../schema/field.ts";
import type { Layer } from "../../../schema/layer.ts";
import { protocol } from "../../../schema/protocol.ts";
import type { AnySchema, Lookup } from "../../../schema/schema.ts";
import { table } from "../../../schema/table.ts";
import { pppProtocolNames } from "../../iana/ppp.ts";
import { etherTypes, linkTypes } from "../ethernet.ts";
import { byteAt, keyAbove } from "../keys.ts";
import { llcSaps } from "../llc.ts";
import { pppoeCodes } from "../pppoe.ts";
import { etherTypeOf, pppNumberOf } from "./network.ts";

/** PPP data link layer protocol numbers. */
export const pppProtocols = table("ppp.protocol", pppProtocolNames);

/** RFC 1662 §3.1: "all stations", the only address in use. */
const ALL_STATIONS = 0xff;
const UNNUMBERED_INFORMATION = 0x03;
/** What Cisco's framing has in the place of the address: unicast, and multicast. */
const CISCO: readonly (number | undefined)[] = [0x0f, 0x8f];
const C_HDLC = 104;

type Placed = { readonly layer: Layer };
const isFramed = ({ layer }: Placed): boolean => byteAt(layer, 0) === ALL_STATIONS;
const isCisco = ({ layer }: Placed): boolean =>
  layer.lower === null && CISCO.includes(byteAt(layer, 0));
/** The first byte of the protocol; its lowest bit says whether it is the last one (RFC 1661 §2). */
const firstOf = (h: Placed): number => byteAt(h.layer, isFramed(h) ? 2 : 0) ?? 0;
const isCompressed = (h: Placed): boolean => !isCisco(h) && (firstOf(h) & 1) === 1;
const isWhole = (h: Placed): boolean => !isCisco(h) && (firstOf(h) & 1) === 0;

const number = { filter: "protocol", base: "hex", digits: 4, names: pppProtocolNames } as const;
/** OSI's network layer: the same as over LLC. */
const OSI = 0x0023;
const OSI_SAP = 0xfe;

/** What PPP carries under a number. */
export function pppPayload(n: number, lookup: Lookup): AnySchema | undefined {
  const known = lookup(pppProtocols, n);
  if (known !== undefined) return known;
  const etherType = etherTypeOf(n);
  if (etherType !== undefined) return lookup(etherTypes, etherType);
  return n === OSI ? lookup(llcSaps, OSI_SAP) : undefined;
}

function computedProtocol(layer: Layer): number {
  const own = keyAbove(layer, pppProtocols);
  if (own !== undefined) return own;
  const etherType = keyAbove(layer, etherTypes);
  if (etherType !== undefined) return pppNumberOf(etherType) ?? 0;
  return keyAbove(layer, llcSaps) === OSI_SAP ? OSI : 0;
}

/**
 * Point-to-Point Protocol, with or without the address and control fields of HDLC framing. `protocol` is the number of two
 * bytes, `compressedProtocol` the one byte that lines with protocol field compression send instead.
 */
export const ppp = protocol({
  name: "ppp",
  title: "Point-to-Point Protocol",
  spec: "RFC 1661 §2, RFC 1662 §3.1",
  over: [linkTypes.at(9, 50), etherTypes.at(0x880b), pppoeCodes.at(0)],
})
  .when(isFramed, {
    address: u8("Address", { base: "hex", default: ALL_STATIONS }),
    control: u8("Control", { base: "hex", default: UNNUMBERED_INFORMATION }),
  })
  .when(isCompressed, { compressedProtocol: u8("Compressed Protocol", number) })
  .when(isWhole, { protocol: u16("Protocol", { ...number, computed: computedProtocol }) })
  .payload({
    next: (h, lookup) => {
      if (isCisco(h)) return lookup(linkTypes, C_HDLC);
      const n = h.protocol ?? h.compressedProtocol;
      return n === undefined ? undefined : pppPayload(n, lookup);
    },
  });
