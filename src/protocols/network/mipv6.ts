import { transportChecksum } from "../../schema/checksum.ts";
import { bits, flag, ipv6Address, octets, u8, u16, u32, u64 } from "../../schema/field.ts";
import { protocol, record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import { ipProtocolNames } from "../iana/ip-protocols.ts";
import {
  bindingErrorNames,
  bindingRevocationNames,
  bindingStatusNames,
  fastBindingStatusNames,
  mobilityHeaderNames,
} from "../iana/mobility.ts";
import { ipProtocols } from "./ipv4.ts";
import { mipv6Option } from "./mipv6-options.ts";

const base = protocol({
  name: "mipv6",
  label: "MIPv6",
  title: "Mobile IPv6 Mobility Header",
  spec: "RFC 6275 §6.1",
  filter: "mip6",
  also: ["mh"],
  over: [ipProtocols.at(135)],
})
  .fields({
    payloadProtocol: u8("Payload Proto", { filter: "proto", names: ipProtocolNames, default: 59 }),
    len: u8("Header Len", { filter: "hlen", note: "In words of 8 bytes, the first not counted." }),
    type: u8("MH Type", { filter: "mhtype", names: mobilityHeaderNames }),
    reserved: u8("Reserved", { base: "hex" }),
    checksum: u16("Checksum", { filter: "csum", base: "hex", checksum: transportChecksum(135) }),
  })
  .header({ field: "len", unit: 8, plus: 8 })
  .payload({ next: { table: ipProtocols, by: "payloadProtocol" } });

const cookie = (filter: string) => u64("Init Cookie", { filter, base: "hex" });
const lifetime = (filter: string) => u16("Lifetime", { filter, note: "In units of four seconds." });
const seq = (filter: string) => u16("Sequence #", { filter });

/** RFC 6275 §6.1.7, with the flags that RFC 4140, 3963, 5213, 5555, 5845 and 6602 add. */
const bindingUpdate = base.fields({
  seq: seq("bu.seqnr"),
  a: flag("Acknowledge", { filter: "bu.a_flag" }),
  h: flag("Home Registration", { filter: "bu.h_flag" }),
  l: flag("Link-Local Address Compatibility", { filter: "bu.l_flag" }),
  k: flag("Key Management Mobility Capability", { filter: "bu.k_flag" }),
  m: flag("MAP Registration", { filter: "bu.m_flag" }),
  r: flag("Mobile Router", { filter: "nemo.bu.r_flag" }),
  p: flag("Proxy Registration", { filter: "bu.p_flag" }),
  f: flag("Forcing UDP encapsulation", { filter: "bu.f_flag" }),
  t: flag("TLV-header format", { filter: "bu.t_flag" }),
  b: flag("Bulk-Binding-Update", { filter: "bu.b_flag" }),
  reserved2: bits(6, "Reserved", { filter: null }),
  lifetime: lifetime("bu.lifetime"),
});

const bindingAcknowledgement = base.fields({
  status: u8("Status", { filter: "ba.status", names: bindingStatusNames }),
  k: flag("Key Management Mobility Capability", { filter: "ba.k_flag" }),
  r: flag("Mobile Router", { filter: "nemo.ba.r_flag" }),
  p: flag("Proxy Registration", { filter: "ba.p_flag" }),
  t: flag("TLV-header format", { filter: "ba.t_flag" }),
  b: flag("Bulk-Binding-Update", { filter: "ba.b_flag" }),
  reserved2: bits(3, "Reserved", { filter: null }),
  seq: seq("ba.seqnr"),
  lifetime: lifetime("ba.lifetime"),
});

const agent = record("mipv6.homeAgent", "Home Agent Address", { filter: "mip6.has" }).fields({
  address: ipv6Address("Home Agent Address", { filter: "address" }),
});

const revocation = base.fields({
  revocation: u8("B.R. Type", { filter: "bri_br.type", names: bindingRevocationNames }),
});
const revocationFlags = (kind: "i" | "a") => ({
  seq: seq("bri_seqnr"),
  p: flag("Proxy Binding", { filter: `bri_${kind}p` }),
  v: flag("IPv4 HoA Binding Only", { filter: `bri_${kind}v` }),
  g: flag("Global", { filter: `bri_${kind}g` }),
  reserved2: bits(13, "Reserved", { filter: "bri_res", base: "hex" }),
});
/** RFC 5846 §5. */
const bindingRevocation = variants(
  revocation,
  "revocation",
  {
    revocationIndication: at(
      1,
      revocation
        .fields({ trigger: u8("R. Trigger", { filter: "bri_r.trigger" }), ...revocationFlags("i") })
        .list("options", "Mobility Options", mipv6Option),
    ),
    revocationAcknowledgement: at(
      2,
      revocation
        .fields({ status: u8("Status", { filter: "bri_status" }), ...revocationFlags("a") })
        .list("options", "Mobility Options", mipv6Option),
    ),
  },
  revocation.bytes("data", "Message Data", "rest", { filter: "unknown_type_data" }),
);

const made = variants(
  base,
  "type",
  {
    bindingRefreshRequest: at(
      0,
      base
        .fields({ reserved2: octets(2, "Reserved", { filter: "binding_refresh_request" }) })
        .list("options", "Mobility Options", mipv6Option),
    ),
    homeTestInit: at(
      1,
      base
        .fields({ reserved2: u16("Reserved", { filter: null }), cookie: cookie("hoti.cookie") })
        .list("options", "Mobility Options", mipv6Option),
    ),
    careOfTestInit: at(
      2,
      base
        .fields({ reserved2: u16("Reserved", { filter: null }), cookie: cookie("coti.cookie") })
        .list("options", "Mobility Options", mipv6Option),
    ),
    homeTest: at(
      3,
      base
        .fields({
          nonceIndex: u16("Home Nonce Index", { filter: "hot.nindex" }),
          cookie: cookie("hot.cookie"),
          token: u64("Home Keygen Token", { filter: "hot.token", base: "hex" }),
        })
        .list("options", "Mobility Options", mipv6Option),
    ),
    careOfTest: at(
      4,
      base
        .fields({
          nonceIndex: u16("Care-of Nonce Index", { filter: "cot.nindex" }),
          cookie: cookie("cot.cookie"),
          token: u64("Care-of Keygen Token", { filter: "hot.token", base: "hex" }),
        })
        .list("options", "Mobility Options", mipv6Option),
    ),
    bindingUpdate: at(5, bindingUpdate.list("options", "Mobility Options", mipv6Option)),
    bindingAcknowledgement: at(
      6,
      bindingAcknowledgement.list("options", "Mobility Options", mipv6Option),
    ),
    bindingError: at(
      7,
      base
        .fields({
          status: u8("Status", { filter: "be.status", names: bindingErrorNames }),
          reserved2: u8("Reserved", { filter: null }),
          home: ipv6Address("Home Address", { filter: "be.haddr" }),
        })
        .list("options", "Mobility Options", mipv6Option),
    ),
    fastBindingUpdate: at(
      8,
      base
        .fields({
          seq: seq("fbu.seqnr"),
          a: flag("Acknowledge", { filter: "fbu.a_flag" }),
          h: flag("Home Registration", { filter: "fbu.h_flag" }),
          l: flag("Link-Local Address Compatibility", { filter: "fbu.l_flag" }),
          k: flag("Key Management Mobility Capability", { filter: "fbu.k_flag" }),
          reserved2: bits(12, "Reserved", { filter: null }),
          lifetime: lifetime("fbu.lifetime"),
        })
        .list("options", "Mobility Options", mipv6Option),
    ),
    fastBindingAcknowledgment: at(
      9,
      base
        .fields({
          status: u8("Status", { filter: "fback.status", names: fastBindingStatusNames }),
          k: flag("Key Management Mobility Capability", { filter: "fback.k_flag" }),
          reserved2: bits(7, "Reserved", { filter: null }),
          seq: seq("fback.seqnr"),
          lifetime: lifetime("fback.lifetime"),
        })
        .list("options", "Mobility Options", mipv6Option),
    ),
    fastNeighborAdvertisement: at(
      10,
      base
        .fields({ reserved2: octets(2, "Reserved", { filter: "fast_neighbor_advertisement" }) })
        .list("options", "Mobility Options", mipv6Option),
    ),
    homeAgentSwitch: at(
      12,
      base
        .fields({
          count: u8("# of Addresses", { filter: "has.num_addrs" }),
          reserved2: u8("Reserved", { filter: "has.reserved", base: "hex" }),
        })
        .list("homeAgents", "Home Agent Addresses", agent, { count: { field: "count" } })
        .list("options", "Mobility Options", mipv6Option),
    ),
    heartbeat: at(
      13,
      base
        .fields({
          reserved2: bits(14, "Reserved", { filter: null }),
          u: flag("Unsolicited Heartbeat Response", { filter: "hb.u_flag" }),
          r: flag("Response", { filter: "hb.r_flag" }),
          seq: u32("Sequence Number", { filter: "hb.seqnr" }),
        })
        .list("options", "Mobility Options", mipv6Option),
    ),
    handoverInitiate: at(
      14,
      base
        .fields({
          seq: seq("hi.seqnr"),
          s: flag("Assigned Address Configuration", { filter: "hi.s_flag" }),
          u: flag("Buffer", { filter: "hi.u_flag" }),
          p: flag("Proxy", { filter: null }),
          f: flag("Forwarding", { filter: null }),
          reserved2: bits(4, "Reserved", { filter: null }),
          code: u8("Code", { filter: "hi.code" }),
        })
        .list("options", "Mobility Options", mipv6Option),
    ),
    handoverAcknowledge: at(
      15,
      base
        .fields({
          seq: seq("hack.seqnr"),
          u: flag("Buffer", { filter: null }),
          p: flag("Proxy", { filter: null }),
          f: flag("Forwarding", { filter: null }),
          reserved2: bits(5, "Reserved", { filter: null }),
          code: u8("Code", { filter: "hack.code" }),
        })
        .list("options", "Mobility Options", mipv6Option),
    ),
    bindingRevocation: at(16, bindingRevocation),
    localizedRoutingInitiation: at(
      17,
      base
        .fields({
          seq: seq("lri.sequence"),
          reserved2: u16("Reserved", { filter: "lri.reserved", base: "hex" }),
          lifetime: u16("Lifetime", { filter: "lri.lifetime", base: "hex" }),
        })
        .list("options", "Mobility Options", mipv6Option),
    ),
    localizedRoutingAcknowledgment: at(
      18,
      base
        .fields({
          seq: seq("lra.sequence"),
          u: flag("Unsolicited", { filter: "lri.unsolicited" }),
          reserved2: bits(7, "Reserved", { filter: "lra.reserved", base: "hex" }),
          status: u8("Status", { filter: "lra.status" }),
          lifetime: u16("Lifetime", { filter: "lra.lifetime", base: "hex" }),
        })
        .list("options", "Mobility Options", mipv6Option),
    ),
    updateNotification: at(
      19,
      base
        .fields({
          seq: u16("Sequence #", { filter: null }),
          reason: u16("Notification Reason", { filter: null }),
          a: flag("Acknowledgement requested", { filter: null }),
          d: flag("Retransmitted", { filter: null }),
          reserved2: bits(14, "Reserved", { filter: null }),
        })
        .list("options", "Mobility Options", mipv6Option),
    ),
    updateNotificationAcknowledgement: at(
      20,
      base
        .fields({
          seq: u16("Sequence #", { filter: null }),
          status: u8("Status Code", { filter: null }),
          reserved2: bits(24, "Reserved", { filter: null }),
        })
        .list("options", "Mobility Options", mipv6Option),
    ),
  },
  base.bytes("data", "Message Data", "rest", { filter: "unknown_type_data" }),
);
type Made = typeof made;
/** The declaration of {@link mipv6}. */
export interface Mipv6 extends Made {}
/** Mobility Header, by message type. */
export const mipv6: Mipv6 = made;
