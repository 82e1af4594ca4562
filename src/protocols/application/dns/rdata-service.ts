import type { Codec } from "../../../schema/codec.ts";
import { coded, flags, ipv4Address, ipv6Address, part, u8, u16 } from "../../../schema/field.ts";
import { at } from "../../../schema/variants.ts";
import {
  afsdbSubtypeNames,
  amtRelayNames,
  dnsTypeNames,
  dsyncSchemeNames,
} from "../../iana/dns.ts";
import { addressPrefix } from "./apl.ts";
import { wholeDomainName } from "./name.ts";
import type { Ordinary } from "./parts.ts";
import { suffixIpv6 } from "./prefix.ts";
import { serviceParameter } from "./service-parameter.ts";

const name = (title: string, filter: string | null) => coded(wholeDomainName, title, { filter });

/**
 * Records that say where services, networks and people are found. `names` is the form of those names in them that mDNS
 * compresses and DNS does not.
 */
export const serviceCases = (rr: Ordinary, names: Codec<string>) => {
  const shared = (title: string, filter: string) => coded(names, title, { filter });
  return {
    rp: at(
      17,
      rr.fields({
        mailbox: shared("Mailbox", "rp.mailbox"),
        txtName: shared("TXT Name", "rp.txt_rr"),
      }),
    ),
    afsdb: at(
      18,
      rr.fields({
        subtype: u16("Subtype", { filter: "afsdb.subtype", names: afsdbSubtypeNames }),
        host: shared("Host", "afsdb.hostname"),
      }),
    ),
    rt: at(
      21,
      rr.fields({
        preference: u16("Preference", { filter: "rt.subtype" }),
        host: shared("Intermediate Host", "rt.intermediate_host"),
      }),
    ),
    px: at(
      26,
      rr.fields({
        preference: u16("Preference", { filter: "px.preference" }),
        map822: shared("RFC 822 Domain", "px.map822"),
        mapx400: shared("X.400 Domain", "px.map400"),
      }),
    ),
    srv: at(
      33,
      rr.fields({
        priority: u16("Priority", { filter: "srv.priority" }),
        weight: u16("Weight", { filter: "srv.weight" }),
        port: u16("Port", { filter: "srv.port" }),
        target: shared("Target", "srv.target"),
      }),
    ),
    naptr: at(
      35,
      rr
        .fields({
          order: u16("Order", { filter: "naptr.order" }),
          preference: u16("Preference", { filter: "naptr.preference" }),
          flagsLength: u8("Flags Length", { filter: "naptr.flags_length" }),
        })
        .text("flags", "Flags", { field: "flagsLength" }, { filter: "naptr.flags" })
        .fields({ serviceLength: u8("Services Length", { filter: "naptr.service_length" }) })
        .text("services", "Services", { field: "serviceLength" }, { filter: "naptr.service" })
        .fields({ regexpLength: u8("Regular Expression Length", { filter: "naptr.regex_length" }) })
        .text("regexp", "Regular Expression", { field: "regexpLength" }, { filter: "naptr.regex" })
        .fields({ replacement: name("Replacement", "naptr.replacement") }),
    ),
    kx: at(
      36,
      rr.fields({
        preference: u16("Preference", { filter: "kx.preference" }),
        exchanger: shared("Key Exchanger", "kx.key_exchange"),
      }),
    ),
    a6: at(
      38,
      rr
        .fields({
          prefixLength: u8("Prefix Length", { filter: "a6.prefix_len", valid: [0, 128] }),
          suffix: coded(suffixIpv6, "Address Suffix", { filter: "a6.address_suffix" }),
        })
        .when("prefixLength", { prefixName: name("Prefix Name", "a6.prefix_name") }),
    ),
    dname: at(39, rr.fields({ target: shared("Target", "dname") })),
    apl: at(42, rr.list("items", "Prefixes", addressPrefix)),
    talink: at(
      58,
      rr.fields({ previous: name("Previous Name", null), next: name("Next Name", null) }),
    ),
    svcb: at(64, service(rr)),
    https: at(65, service(rr)),
    dsync: at(
      66,
      rr.fields({
        rrtype: u16("Type", { filter: null, names: dnsTypeNames }),
        scheme: u8("Scheme", { filter: null, names: dsyncSchemeNames }),
        port: u16("Port", { filter: null }),
        target: name("Target", null),
      }),
    ),
    uri: at(
      256,
      rr
        .fields({
          priority: u16("Priority", { filter: null }),
          weight: u16("Weight", { filter: null }),
        })
        .text("target", "Target", "rest", { filter: null }),
    ),
    amtrelay: at(
      260,
      rr
        .fields({
          precedence: u8("Precedence", { filter: null }),
          relay: flags(
            8,
            {
              discoveryOptional: part(1, "Discovery Optional", { filter: null }),
              type: part(7, "Relay Type", { filter: null, names: amtRelayNames }),
            },
            "Relay",
            { filter: null },
          ),
        })
        .when({ field: "relay.type", is: 1 }, { relayIpv4: ipv4Address("Relay", { filter: null }) })
        .when({ field: "relay.type", is: 2 }, { relayIpv6: ipv6Address("Relay", { filter: null }) })
        .when({ field: "relay.type", is: 3 }, { relayName: name("Relay", null) }),
    ),
  };
};

/** Service bindings (RFC 9460 §2.2): priority 0 makes the record an alias. */
const service = (rr: Ordinary) =>
  rr
    .fields({
      priority: u16("Priority", { filter: "svcb.svcpriority" }),
      target: name("Target Name", "svcb.targetname"),
    })
    .list("params", "Service Parameters", serviceParameter);
