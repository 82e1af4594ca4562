import { ipv4Address, ipv6Address, u8, u16 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { at, variants } from "../../../schema/variants.ts";
import { dnsSvcParamNames } from "../../iana/dns.ts";
import { echConfig } from "./ech-config.ts";
import { plainString } from "./parts.ts";

const parameter = record("dns.serviceParameter", "Service Parameter", { spec: "RFC 9460 §2.2" })
  .fields({
    key: u16("Key", { filter: "svcb.svcparam.key", names: dnsSvcParamNames }),
    length: u16("Length", { filter: "svcb.svcparam.value.length" }),
  })
  .header({ field: "length", plus: 4 });

const mandatoryKey = record("dns.mandatoryKey", "Mandatory Key").fields({
  key: u16("Key", { filter: "svcb.svcparam.mandatory.key", names: dnsSvcParamNames }),
});
const alpnId = record("dns.alpnId", "ALPN Identifier")
  .fields({ length: u8("Length", { filter: "svcb.svcparam.alpn.length" }) })
  .text("id", "Identifier", { field: "length" }, { filter: "svcb.svcparam.alpn" });
const ipv4Hint = record("dns.ipv4Hint", "IPv4 Hint").fields({
  address: ipv4Address("Address", { filter: "svcb.svcparam.ipv4hint.ip" }),
});
const ipv6Hint = record("dns.ipv6Hint", "IPv6 Hint").fields({
  address: ipv6Address("Address", { filter: "svcb.svcparam.ipv6hint.ip" }),
});
const group = record("dns.tlsGroup", "Group").fields({ group: u16("Group", { filter: null }) });

const made = variants(
  parameter,
  "key",
  {
    mandatory: at(0, parameter.list("keys", "Keys", mandatoryKey)),
    alpn: at(1, parameter.list("ids", "Identifiers", alpnId)),
    noDefaultAlpn: at(2, parameter),
    port: at(3, parameter.fields({ port: u16("Port", { filter: "svcb.svcparam.port" }) })),
    ipv4Hint: at(4, parameter.list("addresses", "Addresses", ipv4Hint)),
    ech: at(
      5,
      parameter
        .fields({ configsLength: u16("Length of Configurations", { filter: null }) })
        .list("configs", "Configurations", echConfig, { size: { field: "configsLength" } }),
    ),
    ipv6Hint: at(6, parameter.list("addresses", "Addresses", ipv6Hint)),
    dohPath: at(7, parameter.text("path", "URI Template", "rest", { filter: null })),
    ohttp: at(8, parameter),
    tlsSupportedGroups: at(9, parameter.list("groups", "Groups", group)),
    docPath: at(10, parameter.list("segments", "Path Segments", plainString)),
    odoh: at(
      32769,
      parameter.bytes("config", "Oblivious DoH Configuration", "rest", {
        filter: "svcb.svcparam.odohconfig",
      }),
    ),
  },
  parameter.bytes("value", "Value", "rest", { filter: "svcb.svcparam.value" }),
);

type Made = typeof made;
/** The declaration of {@link serviceParameter}; a name that types can be read by. */
export interface ServiceParameter extends Made {}
/** Parameters of SVCB and HTTPS records, by key (RFC 9460 §7, RFC 9461, RFC 9540). */
export const serviceParameter: ServiceParameter = made;
