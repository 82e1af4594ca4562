import type { Codec } from "../../../schema/codec.ts";
import { bits, flag, flags, part, u8, u16, u32 } from "../../../schema/field.ts";
import type { Buildable } from "../../../schema/protocol.ts";
import type { Recipe } from "../../../schema/recipe.ts";
import { at, variants } from "../../../schema/variants.ts";
import { dnsClassNames } from "../../iana/dns.ts";
import { domainName, wholeDomainName } from "./name.ts";
import { dnsOption } from "./option.ts";
import { type Ordinary, ordinary, resource } from "./parts.ts";
import { addressCases } from "./rdata-address.ts";
import { hostCases } from "./rdata-host.ts";
import { keyCases, zoneCases } from "./rdata-security.ts";
import { serviceCases } from "./rdata-service.ts";

/** The cases over a head; `names` is the form of names that only mDNS compresses (RFC 6762 §18.14, RFC 3597 §4). */
const cases = (rr: Ordinary, names: Codec<string>) => ({
  ...hostCases(rr),
  ...addressCases(rr),
  ...serviceCases(rr, names),
  ...zoneCases(rr, names),
  ...keyCases(rr),
});

const unknown = (rr: Ordinary) =>
  rr.bytes("data", "Data", "rest", { when: "rdlength", filter: "data" });

/** What follows the payload size in an OPT record, where others have class and time to live (RFC 6891 §6.1.2). */
const edns = {
  extendedRcode: u8("Extended Response Code", { filter: "resp.ext_rcode", base: "hex" }),
  version: u8("EDNS Version", { filter: "resp.edns0_version" }),
  flags: flags(
    16,
    { do: "DNSSEC Answer OK", reserved: part(15, "Reserved", { base: "hex" }) },
    "Flags",
    { filter: "resp.z", base: "hex" },
  ),
  rdlength: u16("Data Length", { filter: "resp.len" }),
} as const;

const payloadSize = { filter: "rr.udp_payload_size", default: 1232 } as const;

const made = variants(
  resource,
  "type",
  {
    ...cases(ordinary, wholeDomainName),
    opt: at(
      41,
      resource
        .fields({ udpPayloadSize: u16("UDP Payload Size", payloadSize), ...edns })
        .header({ field: "rdlength", after: true })
        .list("options", "Options", dnsOption),
    ),
  },
  unknown(ordinary),
);

type Made = typeof made;
/** The declaration of {@link dnsRecord}; a name that types can be read by. */
export interface DnsRecord extends Made {}
/**
 * A resource record: its data by type, flattened (`answer.is === "a" && answer.address`). One whose data is shorter than its
 * type needs, as in updates (RFC 2136 §2.4), is `unknown`.
 */
export const dnsRecord: DnsRecord = made;

/** The same head with mDNS's highest bit of the class (RFC 6762 §10.2). */
const multicast = resource
  .fields({
    cacheFlush: flag("Cache Flush", { filter: "resp.cache_flush" }),
    class: bits(15, "Class", {
      filter: "resp.class",
      base: "hex",
      names: dnsClassNames,
      default: 1,
    }),
    ttl: u32("Time to Live", { filter: "resp.ttl" }),
    rdlength: u16("Data Length", { filter: "resp.len" }),
  })
  .header({ field: "rdlength", after: true }) as unknown as Ordinary;

type Flushing<D> =
  D extends Buildable<infer V, infer I>
    ? Buildable<Shown<V>, Given<I>> &
        ((values?: Given<I>) => Recipe<Shown<V>>) & {
          readonly [K in Exclude<keyof D, keyof Buildable<V, I>>]: D[K] extends Buildable<
            infer CV,
            infer CI
          >
            ? Buildable<Shown<CV>, Given<CI>> & ((values?: Given<CI>) => Recipe<Shown<CV>>)
            : never;
        }
    : never;
type Shown<V> = V extends unknown ? V & { cacheFlush: boolean } : never;
type Given<I> = I extends unknown ? I & { readonly cacheFlush?: boolean } : never;

type Multicast = Flushing<Made>;
/** The declaration of {@link mdnsRecord}; a name that types can be read by. */
export interface MdnsRecord extends Multicast {}
/** A resource record of multicast DNS: as {@link dnsRecord}, and whether it replaces what others said before. */
export const mdnsRecord: MdnsRecord = variants(
  resource,
  "type",
  {
    ...cases(multicast, domainName),
    opt: at(
      41,
      resource
        .fields({
          cacheFlush: flag("Cache Flush", { filter: "resp.cache_flush" }),
          udpPayloadSize: bits(15, "UDP Payload Size", { ...payloadSize, base: "hex" }),
          ...edns,
        })
        .header({ field: "rdlength", after: true })
        .list("options", "Options", dnsOption),
    ),
  },
  unknown(multicast),
) as unknown as MdnsRecord;
