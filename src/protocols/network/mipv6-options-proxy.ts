import { bits, flag, ipv4Address, ipv6Address, u8, u16, u32 } from "../../schema/field.ts";
import { names } from "../../schema/names.ts";
import { record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import { option } from "./mipv6-option-base.ts";

/** Options between the mobile access gateway and the local mobility anchor of Proxy Mobile IPv6 (RFC 5213 and later). */

/** Local Mobility Anchor Address option (RFC 5949 §6.2.2). */
export const localMobilityAnchor = option
  .fields({
    code: u8("Option-Code", { filter: "lmaa.opt_code" }),
    reserved: u8("Reserved", { filter: "lmaa.reserved" }),
  })
  .when({ field: "length", is: 6 }, { ipv4: ipv4Address("IPv4 Address", { filter: "lmaa.ipv4" }) })
  .when(
    { field: "length", is: 18 },
    { ipv6: ipv6Address("IPv6 Address", { filter: "lmaa.ipv6" }) },
  );

/** Redirect mobility option (RFC 6463 §4.2). */
export const redirect = option
  .fields({
    k: flag("IPv6 address included", { filter: "redir.k" }),
    n: flag("IPv4 address included", { filter: "redir.n" }),
    reserved: bits(14, "Reserved", { filter: "redir.reserved", base: "hex" }),
  })
  .when("k", { ipv6: ipv6Address("r2LMA IPv6 Address", { filter: "redir.addr_r2lma_ipv6" }) })
  .when("n", { ipv4: ipv4Address("r2LMA IPv4 Address", { filter: "redir.addr_r2lma_ipv4" }) });

/** Load Information option (RFC 6463 §4.3). */
export const loadInformation = option.fields({
  priority: u16("Priority", { filter: "load_inf.priority" }),
  sessionsInUse: u32("Sessions in Use", { filter: "load_inf.sessions_in_use" }),
  maximumSessions: u32("Maximum Sessions", { filter: "load_inf.maximum_sessions" }),
  usedCapacity: u32("Used Capacity", { filter: "load_inf.used_capacity" }),
  maximumCapacity: u32("Maximum Capacity", { filter: "load_inf.maximum_capacity" }),
});

/** Mobile Node Group Identifier option (RFC 6602 §4.1). */
export const nodeGroup = option.fields({
  subtype: u8("Subtype", { filter: "mng.sub_type" }),
  reserved: u8("Reserved", { filter: "mng.reserved" }),
  id: u32("Mobile Node Group Identifier", { filter: "mng.mng_id" }),
});

/** MAG IPv6 Address option (RFC 6705 §9.3). */
export const accessGatewayAddress = option.fields({
  reserved: u8("Reserved", { filter: "mag_ipv6.reserved", base: "hex" }),
  addressLength: u8("Address Length", { filter: "mag_ipv6.address_length" }),
  address: ipv6Address("MAG IPv6 Address", { filter: "mag_ipv6.address" }),
});

const aniNames = /* @__PURE__ */ names(`
1=Network-Identifier
2=Geo-Location
3=Operator-Identifier
4=Civic-Location
5=MAG-Group-Identifier
6=ANI Update-Timer`);
const aniType = record("mipv6.accessNetworkOption", "ANI Sub-option", {
  filter: "mip6.acc_net_id",
}).fields({ type: u8("ANI Type", { filter: "ani", names: aniNames }) });
const ani = aniType
  .fields({ length: u8("ANI Length", { filter: "sub_opt_len" }) })
  .header({ field: "length", plus: 2 });
/** RFC 6757 §3.1. */
const aniOption = variants(
  aniType,
  "type",
  {
    network: at(
      1,
      ani
        .fields({
          e: flag("UTF-8 names", { filter: "e_bit" }),
          reserved: bits(7, "Reserved", { filter: null }),
          nameLength: u8("Net-Name Len", { filter: "net_name_len" }),
        })
        .text("name", "Network Name", { field: "nameLength" }, { filter: "net_name" })
        .fields({ accessPointLength: u8("AP-Name Len", { filter: "ap_name_len" }) })
        .text(
          "accessPoint",
          "Access-Point Name",
          { field: "accessPointLength" },
          { filter: "ap_name" },
        ),
    ),
    location: at(
      2,
      ani.fields({
        latitude: bits(24, "Latitude Degrees", {
          filter: "geo.latitude_degrees",
          note: "In two's complement, with 15 bits after the point.",
        }),
        longitude: bits(24, "Longitude Degrees", { filter: "geo.longitude_degrees" }),
      }),
    ),
    operator: at(
      3,
      ani
        .fields({ idType: u8("Op-ID Type", { filter: "op_id.type" }) })
        .bytes("id", "Operator Identifier", "rest", { filter: "op_id" }),
    ),
  },
  ani.bytes("data", "Data", "rest", { filter: null }),
);

/** Access Network Identifier option (RFC 6757 §3). */
export const accessNetwork = option.list("identifiers", "ANI Sub-options", aniOption);

/** Delegated Mobile Network Prefix option (RFC 7148 §4.1.1). */
export const delegatedPrefix = option
  .fields({
    v: flag("IPv4 prefix", { filter: "dmnp.v_flag" }),
    reserved: bits(7, "Reserved", { filter: "dmnp.reserved" }),
    prefixLength: u8("Prefix Length", { filter: "dmnp.prefix_len" }),
  })
  .when("v", { ipv4: ipv4Address("IPv4 Prefix", { filter: "dmnp.dmnp_ipv4" }) })
  .when((o) => !o.v, { ipv6: ipv6Address("IPv6 Prefix", { filter: "dmnp.dmnp_ipv6" }) });

const attribute = record("mipv6.qosAttribute", "QoS Attribute", { filter: "mip6" })
  .fields({ type: u8("Type", { filter: null }), length: u8("Length", { filter: null }) })
  .bytes("value", "Value", { field: "length" }, { filter: null });
/** Quality-of-Service option (RFC 7222 §4.1). */
export const qualityOfService = option
  .fields({
    requestId: u8("SR-ID", { filter: null }),
    trafficClass: u8("TC", { filter: null }),
    operation: u8("OC", { filter: null }),
    reserved: u8("Reserved", { filter: null }),
  })
  .list("attributes", "QoS Attributes", attribute);

/** LMA User-Plane Address option (RFC 7389 §4.1). */
export const userPlaneAddress = option
  .fields({ reserved: u16("Reserved", { filter: null }) })
  .when({ field: "length", is: 6 }, { ipv4: ipv4Address("IPv4 Address", { filter: null }) })
  .when({ field: "length", is: 18 }, { ipv6: ipv6Address("IPv6 Address", { filter: null }) });
