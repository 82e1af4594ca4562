import { readUint, readUintLe } from "../../bytes/numbers.ts";
import { octets, u16, u16le, u32, u32le } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { protocol } from "../../schema/protocol.ts";
import type { AnySchema, Lookup } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { etherTypeNames } from "../iana/ethertypes.ts";
import { bsdAddressFamilyNames } from "../iana/link.ts";
import { etherTypes, linkTypes } from "./ethernet.ts";
import { keyAbove } from "./keys.ts";

/** Address families, whose numbers differ from system to system. */
export const addressFamilies = table("null.family", bsdAddressFamilyNames);

type Placed = { readonly layer: Layer };

const PPP = 9;
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
/** IPv6 on NetBSD, FreeBSD and macOS, whose number is the most common and the one that is built. */
const INET6: readonly number[] = [24, 28, 30];
/** IPv6 on Linux and Windows; on BSD the second of them is IPX. */
const INET6_ELSEWHERE: readonly number[] = [10, 23];
const INET = 2;
const INET6_DARWIN = 30;

function byFamily(family: number, { layer }: Placed, lookup: Lookup): AnySchema | undefined {
  if (INET6_ELSEWHERE.includes(family) && layer.bytes[layer.headerEnd]! >> 4 === 6)
    return lookup(etherTypes, IPV6);
  const known = lookup(addressFamilies, family);
  if (known !== undefined) return known;
  if (family === INET) return lookup(etherTypes, IPV4);
  return INET6.includes(family) ? lookup(etherTypes, IPV6) : undefined;
}

function computedFamily(layer: Layer): number {
  const key = keyAbove(layer, addressFamilies);
  if (key !== undefined) return key;
  return keyAbove(layer, etherTypes) === IPV6 ? INET6_DARWIN : INET;
}

const SIZE = 4;
/** Families are small numbers; larger ones are EtherTypes. */
const isFamily = (n: number): boolean => n <= 1500;

/** What the first bytes are: two ways to read a family or an EtherType, or the first header of PPP's framing. */
function reading({ layer }: Placed): "little" | "littleType" | "big" | "bigType" | "ppp" {
  const { bytes, start, end } = layer;
  if (start + SIZE > end) return "little";
  if (bytes[start] === 0xff && bytes[start + 1] === 0x03) return "ppp";
  const little = readUintLe(bytes, start, SIZE);
  if (little <= 0xffff) return isFamily(little) ? "little" : "littleType";
  return isFamily(readUint(bytes, start, SIZE)) ? "big" : "bigType";
}

/**
 * BSD loopback: an address family in the byte order of the machine that captured, `family` or `bigFamily`. Some write an
 * EtherType there, `type` or `bigType`.
 */
export const bsdNull = protocol({
  name: "bsdNull",
  label: "NULL",
  title: "BSD Loopback",
  spec: "tcpdump.org LINKTYPE_NULL",
  filter: "null",
  also: ["null"],
  over: [linkTypes.at(0)],
})
  .when((h) => reading(h) === "big", {
    bigFamily: u32("Address Family", { filter: "family", names: bsdAddressFamilyNames }),
  })
  .when((h) => reading(h) === "bigType", {
    unused: octets(2, "Unused", { filter: null }),
    bigType: u16("EtherType", { filter: "type", base: "hex", names: etherTypeNames }),
  })
  .when((h) => reading(h) === "littleType", {
    type: u16le("EtherType", { base: "hex", names: etherTypeNames }),
    unusedAfter: octets(2, "Unused", { filter: null }),
  })
  .when((h) => reading(h) === "little", {
    family: u32le("Address Family", { names: bsdAddressFamilyNames, computed: computedFamily }),
  })
  .payload({
    next: (h, lookup) => {
      if (reading(h) === "ppp") return lookup(linkTypes, PPP);
      const type = h.type ?? h.bigType;
      if (type !== undefined) return lookup(etherTypes, type);
      return byFamily(h.family ?? h.bigFamily ?? 0, h, lookup);
    },
  });

/** OpenBSD loopback: an address family in network byte order. */
export const bsdLoop = protocol({
  name: "bsdLoop",
  label: "LOOP",
  title: "OpenBSD Loopback",
  spec: "tcpdump.org LINKTYPE_LOOP",
  filter: "null",
  over: [linkTypes.at(108)],
})
  .fields({
    family: u32("Address Family", { names: bsdAddressFamilyNames, computed: computedFamily }),
  })
  .payload({ next: (h, lookup) => byFamily(h.family, h, lookup) });
