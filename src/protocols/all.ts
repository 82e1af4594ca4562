import type { AnyProtocol } from "../schema/protocol.ts";
import { dns, llmnr, mdns } from "./application/dns/dns.ts";
import { dnsTcp } from "./application/dns/tcp.ts";
import { ftpData } from "./application/ftp/data.ts";
import { ftp } from "./application/ftp/ftp.ts";
import { http, ssdp } from "./application/http/http.ts";
import { http2 } from "./application/http2/http2.ts";
import { http2Preface } from "./application/http2/preface.ts";
import { imap } from "./application/imap/imap.ts";
import { pop } from "./application/pop/pop.ts";
import { smtp } from "./application/smtp/smtp.ts";
import { ssh, sshEncrypted } from "./application/ssh/ssh.ts";
import { telnet } from "./application/telnet/telnet.ts";
import { ssl2 } from "./application/tls/ssl2.ts";
import { tls } from "./application/tls/tls.ts";
import { websocket } from "./application/websocket/websocket.ts";
import { arcnet, arcnetLinux } from "./link/arcnet.ts";
import { arista } from "./link/arista.ts";
import { arp } from "./link/arp.ts";
import { chdlc, slarp } from "./link/chdlc.ts";
import { ethernet } from "./link/ethernet.ts";
import { fabricPath } from "./link/fabric-path.ts";
import { frameRelay } from "./link/frame-relay.ts";
import { ipoib } from "./link/ipoib.ts";
import { llc, snap } from "./link/llc.ts";
import { bsdLoop, bsdNull } from "./link/loopback.ts";
import { macsec } from "./link/macsec.ts";
import { chap, pap } from "./link/ppp/authentication.ts";
import { ipcp, ipv6cp } from "./link/ppp/ipcp.ts";
import { lcp } from "./link/ppp/lcp.ts";
import { multilink } from "./link/ppp/multilink.ts";
import { ppp } from "./link/ppp/ppp.ts";
import { pppoe } from "./link/pppoe.ts";
import { pppoeDiscovery } from "./link/pppoe-discovery.ts";
import { rawIp } from "./link/raw-ip.ts";
import { sll, sll2 } from "./link/sll.ts";
import { lacp, marker, slow } from "./link/slow.ts";
import { stp } from "./link/stp.ts";
import { backboneTag, serviceVlan, vlan } from "./link/vlan.ts";
import { vntag } from "./link/vntag.ts";
import { hip } from "./network/hip.ts";
import { icmp } from "./network/icmp.ts";
import { icmpv6 } from "./network/icmpv6.ts";
import { igmp } from "./network/igmp.ts";
import { ah, esp, ipcomp } from "./network/ipsec.ts";
import { ipv4 } from "./network/ipv4.ts";
import { ipv6 } from "./network/ipv6.ts";
import { destinationOptions, hopByHop, ipv6Fragment } from "./network/ipv6-extensions.ts";
import { ipv6Routing } from "./network/ipv6-routing.ts";
import { mipv6 } from "./network/mipv6.ts";
import { shim6 } from "./network/shim6.ts";
import { dccp } from "./transport/dccp.ts";
import { sctp } from "./transport/sctp/sctp.ts";
import { tcp } from "./transport/tcp.ts";
import { udp } from "./transport/udp.ts";
import { udpLite } from "./transport/udp-lite.ts";
import { ayiya } from "./tunnel/ayiya.ts";
import { erspan } from "./tunnel/erspan.ts";
import { geneve } from "./tunnel/geneve.ts";
import { gre, pptpGre } from "./tunnel/gre.ts";
import { gtp, gtpPrime, gtpV0 } from "./tunnel/gtp.ts";
import { l2tp } from "./tunnel/l2tp.ts";
import { mpls, pwAssociatedChannel, pwControlWord, pwEthernet } from "./tunnel/mpls.ts";
import { nsh } from "./tunnel/nsh.ts";
import { teredo } from "./tunnel/teredo.ts";
import { vxlan, vxlanGpe } from "./tunnel/vxlan.ts";

/** Every protocol of this package. Nothing registers itself by being imported: what takes part is what is passed on. */
export const all: readonly AnyProtocol[] = [
  ethernet,
  vlan,
  serviceVlan,
  backboneTag,
  llc,
  snap,
  arp,
  sll,
  sll2,
  bsdNull,
  bsdLoop,
  rawIp,
  ppp,
  lcp,
  ipcp,
  ipv6cp,
  pap,
  chap,
  multilink,
  pppoe,
  pppoeDiscovery,
  chdlc,
  slarp,
  stp,
  slow,
  lacp,
  marker,
  ipv4,
  ipv6,
  hopByHop,
  destinationOptions,
  ipv6Routing,
  ipv6Fragment,
  ah,
  esp,
  ipcomp,
  icmp,
  icmpv6,
  igmp,
  mipv6,
  hip,
  shim6,
  tcp,
  udp,
  udpLite,
  sctp,
  dccp,
  gre,
  pptpGre,
  erspan,
  vxlan,
  vxlanGpe,
  geneve,
  mpls,
  pwEthernet,
  pwControlWord,
  pwAssociatedChannel,
  dns,
  mdns,
  llmnr,
  dnsTcp,
  http,
  tls,
  ssl2,
  ssdp,
  http2,
  http2Preface,
  websocket,
  ssh,
  sshEncrypted,
  ftp,
  ftpData,
  smtp,
  pop,
  imap,
  telnet,
  gtp,
  gtpV0,
  gtpPrime,
  frameRelay,
  ipoib,
  fabricPath,
  arcnet,
  arcnetLinux,
  vntag,
  arista,
  teredo,
  nsh,
  ayiya,
  macsec,
  l2tp,
];
