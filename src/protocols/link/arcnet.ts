import { octets, u8, u16 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { names } from "../../schema/names.ts";
import { protocol } from "../../schema/protocol.ts";
import type { AnySchema, Lookup } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { etherTypes, lengthPayloads, linkTypes } from "./ethernet.ts";
import { byteAt, keyAbove } from "./keys.ts";

const protocolNames = /* @__PURE__ */ names(`196=IPv6
205=BACnet
212=IP (RFC 1201)
213=ARP (RFC 1201)
214=RARP (RFC 1201)
221=AppleTalk
236=Novell
240=IP (RFC 1051)
241=ARP (RFC 1051)
247=Banyan VINES
250=IPX`);

/** ARCnet's protocol ids ("system codes") for protocols that have no EtherType. */
export const arcnetProtocols = table("arcnet.protocol_id", protocolNames);

/** The EtherTypes of the protocol ids that stand for one; the first of two for the same is the newer. */
const etherTypeOfId: ReadonlyMap<number, number> = new Map([
  [0xd4, 0x0800],
  [0xd5, 0x0806],
  [0xd6, 0x8035],
  [0xc4, 0x86dd],
  [0xdd, 0x809b],
  [0xfa, 0x8137],
  [0xf0, 0x0800],
  [0xf1, 0x0806],
]);
/** Protocols whose packets may be split (RFC 1201 §2.1); those of RFC 1051 are not. */
const split = new Set([0xc4, 0xd4, 0xd5, 0xd6, 0xdd, 0xfa]);
/** The split flag of an exception packet, which is padded with four bytes (RFC 1201 §2.1). */
const EXCEPTION = 0xff;
const BACNET = 0xcd;

function computedId(layer: Layer): number {
  const own = keyAbove(layer, arcnetProtocols);
  if (own !== undefined) return own;
  const type = keyAbove(layer, etherTypes);
  for (const [id, etherType] of etherTypeOfId) if (etherType === type) return id;
  return keyAbove(layer, lengthPayloads) === 0 ? BACNET : 0;
}

function payloadOf(id: number, lookup: Lookup): AnySchema | undefined {
  const own = lookup(arcnetProtocols, id);
  if (own !== undefined) return own;
  if (id === BACNET) return lookup(lengthPayloads, 0);
  const type = etherTypeOfId.get(id);
  return type === undefined ? undefined : lookup(etherTypes, type);
}

const addresses = {
  src: u8("Source", { base: "hex" }),
  dst: u8("Destination", { base: "hex" }),
};
interface Addresses {
  readonly src: number;
  readonly dst: number;
}
/** Address 0 is that of all stations (RFC 1201 §2.1). */
const goesBack = (own: Addresses, request: Addresses): boolean =>
  own.dst === request.src && (request.dst === 0 || own.src === request.dst);

const protocolId = u8("Protocol ID", {
  filter: "protID",
  base: "hex",
  names: protocolNames,
  computed: computedId,
});
const isSplit = (h: { readonly protocolId: number }): boolean => split.has(h.protocolId);
/** Where the split flag lies: behind the protocol id. */
const SPLIT_FLAG = 3;
const isException = (h: { readonly layer: Layer; readonly protocolId: number }): boolean =>
  split.has(h.protocolId) && byteAt(h.layer, SPLIT_FLAG) === EXCEPTION;

const exception = {
  exceptionFlag: u8("Exception Flag", { base: "hex", default: EXCEPTION }),
  padding: u16("Padding", { base: "hex", default: 0xffff }),
  protocolId2: u8("Protocol ID, repeated", { filter: "protID", base: "hex", names: protocolNames }),
};
const fragment = {
  splitFlag: u8("Split Flag"),
  sequence: u16("Sequence Number"),
};

/** ARCnet as BSD systems capture it: addresses and protocol. */
export const arcnet = protocol({
  name: "arcnet",
  label: "ARCnet",
  title: "ARCnet",
  spec: "RFC 1201, RFC 1051",
  over: [linkTypes.at(7)],
})
  .fields({ ...addresses, protocolId })
  .endpoints(["src", "dst"])
  .answers(goesBack)
  .when(isException, exception)
  .when(isSplit, fragment)
  .payload({ next: (h, lookup) => payloadOf(h.protocolId, lookup) });

/**
 * ARCnet as Linux captures it: with the two bytes that say where the packet lies in the card's buffer, and without the
 * padding of exception packets.
 */
export const arcnetLinux = protocol({
  name: "arcnetLinux",
  label: "ARCnet",
  title: "ARCnet, Linux",
  spec: "RFC 1201, RFC 1051, tcpdump.org LINKTYPE_ARCNET_LINUX",
  filter: "arcnet",
  over: [linkTypes.at(129)],
})
  .fields({ ...addresses, offset: octets(2, "Offset"), protocolId })
  .endpoints(["src", "dst"])
  .answers(goesBack)
  .when(isSplit, fragment)
  .payload({ next: (h, lookup) => payloadOf(h.protocolId, lookup) });
