/** Everything that runs in every runtime. The Node entry point adds paths and standard input. */
export {
  Capture,
  type CaptureInput,
  type CaptureOptions,
  defaultDissector,
  openCapture,
} from "./capture/open.ts";
export { CaptureError, type CaptureErrorCode } from "./files/errors.ts";
export { PcapWriter } from "./files/pcap-writer.ts";
export type { CaptureInterface } from "./files/record.ts";
export { build, type Stackable } from "./packet/build.ts";
export { ProtoChain } from "./packet/chain.ts";
export { type DescribedNode, describe, describePacket } from "./packet/describe.ts";
export { createDissector, type Dissector, type DissectorOptions } from "./packet/dissector.ts";
export { type AnyView, type Origin, Packet } from "./packet/packet.ts";
export { type PlainValues, valuesOf } from "./packet/values.ts";
export { type ChecksumVerdict, verifyChecksums, verifyPacket } from "./packet/verify.ts";
export { all } from "./protocols/all.ts";
export { dns, llmnr, mdns } from "./protocols/application/dns/dns.ts";
export { dnsOption } from "./protocols/application/dns/option.ts";
export { dnsQuestion } from "./protocols/application/dns/question.ts";
export { dnsRecord } from "./protocols/application/dns/record.ts";
export { dnsTcp } from "./protocols/application/dns/tcp.ts";
export {
  headerField,
  http,
  requestLine,
  ssdp,
  statusLine,
} from "./protocols/application/http/http.ts";
export { arcnet, arcnetLinux } from "./protocols/link/arcnet.ts";
export { arista } from "./protocols/link/arista.ts";
export { arp } from "./protocols/link/arp.ts";
export { chdlc, slarp } from "./protocols/link/chdlc.ts";
export { ethernet, etherTypes, linkTypes } from "./protocols/link/ethernet.ts";
export { fabricPath } from "./protocols/link/fabric-path.ts";
export { frameRelay } from "./protocols/link/frame-relay.ts";
export { ipoib } from "./protocols/link/ipoib.ts";
export { llc, llcSaps, snap, snapProtocols } from "./protocols/link/llc.ts";
export { bsdLoop, bsdNull } from "./protocols/link/loopback.ts";
export { macsec } from "./protocols/link/macsec.ts";
export { chap, pap } from "./protocols/link/ppp/authentication.ts";
export { ipcp, ipv6cp } from "./protocols/link/ppp/ipcp.ts";
export { lcp } from "./protocols/link/ppp/lcp.ts";
export { multilink } from "./protocols/link/ppp/multilink.ts";
export { ppp, pppProtocols } from "./protocols/link/ppp/ppp.ts";
export { pppoe } from "./protocols/link/pppoe.ts";
export { pppoeDiscovery } from "./protocols/link/pppoe-discovery.ts";
export { raw } from "./protocols/link/raw.ts";
export { sll, sll2 } from "./protocols/link/sll.ts";
export { lacp, marker, slow } from "./protocols/link/slow.ts";
export { stp } from "./protocols/link/stp.ts";
export { backboneTag, serviceVlan, vlan } from "./protocols/link/vlan.ts";
export { vntag } from "./protocols/link/vntag.ts";
export { hip } from "./protocols/network/hip.ts";
export { icmp } from "./protocols/network/icmp.ts";
export { icmpv6 } from "./protocols/network/icmpv6.ts";
export { igmp } from "./protocols/network/igmp.ts";
export { ah, esp, ipcomp } from "./protocols/network/ipsec.ts";
export { ipProtocols, ipv4 } from "./protocols/network/ipv4.ts";
export { ipv4Option } from "./protocols/network/ipv4-options.ts";
export { ipv6 } from "./protocols/network/ipv6.ts";
export { destinationOptions, hopByHop, ipv6Fragment } from "./protocols/network/ipv6-extensions.ts";
export { ipv6Option } from "./protocols/network/ipv6-options.ts";
export { ipv6Routing } from "./protocols/network/ipv6-routing.ts";
export { mipv6 } from "./protocols/network/mipv6.ts";
export { ndOption } from "./protocols/network/nd-options.ts";
export { shim6 } from "./protocols/network/shim6.ts";
export { dccp } from "./protocols/transport/dccp.ts";
export { sctpCause } from "./protocols/transport/sctp/causes.ts";
export { sctpChunk } from "./protocols/transport/sctp/chunks.ts";
export { sctpParameter } from "./protocols/transport/sctp/parameters.ts";
export { sctp, sctpPayloads, sctpPorts } from "./protocols/transport/sctp/sctp.ts";
export { tcp, tcpPorts } from "./protocols/transport/tcp.ts";
export { tcpOption } from "./protocols/transport/tcp-options.ts";
export { udp, udpPorts } from "./protocols/transport/udp.ts";
export { udpLite } from "./protocols/transport/udp-lite.ts";
export { ayiya } from "./protocols/tunnel/ayiya.ts";
export { erspan } from "./protocols/tunnel/erspan.ts";
export { geneve, geneveOption } from "./protocols/tunnel/geneve.ts";
export { gre, pptpGre } from "./protocols/tunnel/gre.ts";
export { gtp, gtpPrime, gtpV0 } from "./protocols/tunnel/gtp.ts";
export { l2tp } from "./protocols/tunnel/l2tp.ts";
export { mpls, pwAssociatedChannel, pwControlWord, pwEthernet } from "./protocols/tunnel/mpls.ts";
export { nsh } from "./protocols/tunnel/nsh.ts";
export { teredo } from "./protocols/tunnel/teredo.ts";
export { vxlan, vxlanGpe } from "./protocols/tunnel/vxlan.ts";
export type { Report, ReportFactory, ReportOptions } from "./report/report.ts";
export { reports } from "./report/reports.ts";
export { headerChecksum, layerChecksum, transportChecksum } from "./schema/checksum.ts";
export type { Codec } from "./schema/codec.ts";
export { formatPacketError, type PacketError, type PacketErrorKind } from "./schema/error.ts";
export {
  bits,
  type Checksum,
  chars,
  coded,
  eui64,
  type Field,
  type FieldOptions,
  type Flags,
  type FlagsInput,
  flag,
  flags,
  int,
  ipv4Address,
  ipv6Address,
  mac,
  octets,
  part,
  u8,
  u16,
  u16le,
  u24,
  u32,
  u32le,
  u48,
  u64,
  u64le,
  u128,
} from "./schema/field.ts";
export { Layer } from "./schema/layer.ts";
export { type Names, names } from "./schema/names.ts";
export {
  type AnyProtocol,
  type InputFor,
  type Protocol,
  protocol,
  record,
  type View,
  type Viewable,
  type ViewOf,
} from "./schema/protocol.ts";
export type { AnyRecipe, Recipe } from "./schema/recipe.ts";
export { type Binding, type Key, type Table, table } from "./schema/table.ts";
export { at, type Variants, variants } from "./schema/variants.ts";
export type { Writer } from "./schema/writer.ts";
