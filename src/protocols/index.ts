/** The declarations: protocols, the tables that they sit in, and the options, chunks and records that they hold. */
export { all } from "./all.ts";
export { addressPrefix as dnsAddressPrefix } from "./application/dns/apl.ts";
export { dns, llmnr, mdns } from "./application/dns/dns.ts";
export { echConfig } from "./application/dns/ech-config.ts";
export { domainName, wholeDomainName } from "./application/dns/name.ts";
export {
  domainNameFromBytes,
  domainNameToBytes,
  type FoundName,
} from "./application/dns/name-bytes.ts";
export { type DnsOption, dnsOption } from "./application/dns/option.ts";
export { dnsQuestion, mdnsQuestion } from "./application/dns/question.ts";
export {
  type DnsRecord,
  dnsRecord,
  type MdnsRecord,
  mdnsRecord,
} from "./application/dns/record.ts";
export { type ServiceParameter, serviceParameter } from "./application/dns/service-parameter.ts";
export { dsoTlv } from "./application/dns/stateful.ts";
export { dnsTcp } from "./application/dns/tcp.ts";
export { ftpData } from "./application/ftp/data.ts";
export { ftp, ftpCommand, ftpReply } from "./application/ftp/ftp.ts";
export { headerField, http, requestLine, ssdp, statusLine } from "./application/http/http.ts";
export { http2 } from "./application/http2/http2.ts";
export { http2Preface } from "./application/http2/preface.ts";
export { http2Setting } from "./application/http2/setting.ts";
export { imap, imapCommand, imapResponse } from "./application/imap/imap.ts";
export { mail, mailField } from "./application/mail/mail.ts";
export { pop, popCommand, popResponse } from "./application/pop/pop.ts";
export { smtp, smtpCommand, smtpData, smtpReply } from "./application/smtp/smtp.ts";
export { sshHostKey } from "./application/ssh/host-key.ts";
export { sshReply } from "./application/ssh/key-exchange.ts";
export { type SshMessage, sshMessage } from "./application/ssh/message.ts";
export { sshSignature } from "./application/ssh/signature.ts";
export { ssh, sshEncrypted, sshIdentification, sshPacket } from "./application/ssh/ssh.ts";
export { telnet, telnetItem } from "./application/telnet/telnet.ts";
export { tlsClientExtension } from "./application/tls/client-extension.ts";
export { tlsHandshake } from "./application/tls/handshake.ts";
export { tlsServerExtension } from "./application/tls/server-extension.ts";
export { ssl2 } from "./application/tls/ssl2.ts";
export { tls } from "./application/tls/tls.ts";
export { websocket } from "./application/websocket/websocket.ts";
export { loadVendors, type Vendors } from "./iana/vendors.ts";
export { arcnet, arcnetLinux, arcnetProtocols } from "./link/arcnet.ts";
export { arista } from "./link/arista.ts";
export { arp } from "./link/arp.ts";
export { chdlc, chdlcProtocols, slarp } from "./link/chdlc.ts";
export { ethernet, etherTypes, lengthPayloads, linkTypes } from "./link/ethernet.ts";
export { fabricPath } from "./link/fabric-path.ts";
export { frameRelay, frameRelayProtocols } from "./link/frame-relay.ts";
export { ipoib } from "./link/ipoib.ts";
export { llc, llcSaps, snap, snapProtocols } from "./link/llc.ts";
export { addressFamilies, bsdLoop, bsdNull } from "./link/loopback.ts";
export { macsec } from "./link/macsec.ts";
export { chap, pap } from "./link/ppp/authentication.ts";
export { ipcp, ipcpOption, ipv6cp, ipv6cpOption } from "./link/ppp/ipcp.ts";
export { lcp } from "./link/ppp/lcp.ts";
export { lcpOption } from "./link/ppp/lcp-options.ts";
export { multilink } from "./link/ppp/multilink.ts";
export { ppp, pppProtocols } from "./link/ppp/ppp.ts";
export { pppoe, pppoeCodes } from "./link/pppoe.ts";
export { pppoeDiscovery, pppoeLineTag, pppoeTag } from "./link/pppoe-discovery.ts";
export { rawIp } from "./link/raw-ip.ts";
export { sll, sll2, sllProtocols } from "./link/sll.ts";
export { lacp, lacpTlv, marker, slow, slowProtocols } from "./link/slow.ts";
export { stp, stpTlv } from "./link/stp.ts";
export { backboneTag, serviceVlan, vlan } from "./link/vlan.ts";
export { vntag } from "./link/vntag.ts";
export { type CipsoTag, cipsoTag } from "./network/cipso.ts";
export { hip } from "./network/hip.ts";
export { hostId as hipHostId } from "./network/hip-host-id.ts";
export { type HipParameter, hipParameter } from "./network/hip-parameters.ts";
export { type Icmp, icmp } from "./network/icmp.ts";
export {
  type IcmpExtensionObject,
  icmpExtension,
  icmpExtensionObject,
} from "./network/icmp-extensions.ts";
export { agentExtension } from "./network/icmp-mobile.ts";
export { icmpv6 } from "./network/icmpv6.ts";
export { type Igmp, igmp } from "./network/igmp.ts";
export { ah, esp, ipcomp } from "./network/ipsec.ts";
export { ipProtocols, ipv4 } from "./network/ipv4.ts";
export { type Ipv4Option, ipv4Option } from "./network/ipv4-options.ts";
export { ipv6 } from "./network/ipv6.ts";
export { destinationOptions, hopByHop, ipv6Fragment } from "./network/ipv6-extensions.ts";
export { ioamTrace } from "./network/ipv6-ioam.ts";
export { type Ipv6Option, ipv6Option } from "./network/ipv6-options.ts";
export {
  type Ipv6Routing,
  ipv6Routing,
  type SegmentRoutingTlv,
  segmentRoutingTlv,
} from "./network/ipv6-routing.ts";
export { type Mipv6, mipv6 } from "./network/mipv6.ts";
export { type Mipv6Option, mipv6Option } from "./network/mipv6-options.ts";
export { type NdOption, ndOption } from "./network/nd-options.ts";
export { type RplControl, rplControl } from "./network/rpl.ts";
export { metric as rplMetric, type RplMetric } from "./network/rpl-metrics.ts";
export { type RplOption, rplOption } from "./network/rpl-options.ts";
export { type Shim6, shim6 } from "./network/shim6.ts";
export { shim6Option } from "./network/shim6-options.ts";
export { dccp, dccpPorts } from "./transport/dccp.ts";
export { type DccpOption, dccpOption } from "./transport/dccp-options.ts";
export { mptcpOption } from "./transport/mptcp.ts";
export { type SctpCause, sctpCause } from "./transport/sctp/causes.ts";
export { type SctpChunk, sctpChunk } from "./transport/sctp/chunks.ts";
export { type SctpParameter, sctpParameter } from "./transport/sctp/parameters.ts";
export { address as sctpAddress, type SctpAddress } from "./transport/sctp/plain-parameters.ts";
export { sctp, sctpPayloads, sctpPorts } from "./transport/sctp/sctp.ts";
export { tcp, tcpPorts } from "./transport/tcp.ts";
export { enoSuboption, sackBlock, type TcpOption, tcpOption } from "./transport/tcp-options.ts";
export { udp, udpPorts } from "./transport/udp.ts";
export { udpLite } from "./transport/udp-lite.ts";
export { ayiya } from "./tunnel/ayiya.ts";
export { erspan } from "./tunnel/erspan.ts";
export { type GeneveOption, geneve, geneveOption } from "./tunnel/geneve.ts";
export { gre, pptpGre } from "./tunnel/gre.ts";
export { gtp, gtpPrime, gtpV0 } from "./tunnel/gtp.ts";
export { type GtpElement, gtpElement } from "./tunnel/gtp-elements.ts";
export { l2tp } from "./tunnel/l2tp.ts";
export { type L2tpAvp, l2tpAvp } from "./tunnel/l2tp-avps.ts";
export {
  associatedChannels,
  mpls,
  mplsLabels,
  pwAssociatedChannel,
  pwControlWord,
  pwEthernet,
} from "./tunnel/mpls.ts";
export { nsh } from "./tunnel/nsh.ts";
export { teredo } from "./tunnel/teredo.ts";
export { vxlan, vxlanGpe, vxlanGpeProtocols } from "./tunnel/vxlan.ts";
