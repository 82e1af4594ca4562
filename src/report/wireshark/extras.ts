import { aristaExtra, aristaOverrides } from "./arista.ts";
import { arpExtra, arpOverrides } from "./arp.ts";
import type { Extra, Override } from "./context.ts";
import { dccpExtra } from "./dccp.ts";
import { dnsExtras, dnsOverrides } from "./dns.ts";
import { ethernetExtra, ethernetOverrides } from "./ethernet.ts";
import { fabricPathExtra } from "./fabric-path.ts";
import { fragmentExtras } from "./fragments.ts";
import { frameExtra } from "./frame.ts";
import { frameRelayExtra, frameRelayOverrides } from "./frame-relay.ts";
import { ftpExtra, ftpOverrides } from "./ftp.ts";
import { ftpDataExtras } from "./ftp-data.ts";
import { geneveExtra } from "./geneve.ts";
import { greExtra } from "./gre.ts";
import { httpExtra, httpTunnelExtra, ssdpExtra } from "./http.ts";
import { http2Extras, http2Overrides } from "./http2.ts";
import { icmpExtras, icmpOverrides } from "./icmp.ts";
import { icmpv6Extras, icmpv6Overrides } from "./icmpv6.ts";
import { icmpv6OptionExtras, icmpv6OptionOverrides } from "./icmpv6-options.ts";
import { icmpv6SecureExtra } from "./icmpv6-secure.ts";
import { identityExtras, identityOverrides } from "./identity.ts";
import { igmpExtra, igmpOverrides } from "./igmp.ts";
import { imapExtra, imapOverrides } from "./imap.ts";
import { ipv4Extra, ipv4OptionExtra, ipv4Overrides } from "./ipv4.ts";
import { ipv4OptionExtras, ipv4OptionOverrides } from "./ipv4-options.ts";
import { ipv6Extras, ipv6Overrides } from "./ipv6.ts";
import { ipv6OptionExtras, ipv6OptionOverrides } from "./ipv6-options.ts";
import { llcExtra, llcOverrides, snapExtra } from "./llc.ts";
import { mptcpExtra } from "./mptcp.ts";
import { popExtra, popOverrides } from "./pop.ts";
import { pppExtras } from "./ppp.ts";
import { pppOptionExtras, pppOverrides } from "./ppp-options.ts";
import { sctpExtra, sctpOverrides } from "./sctp.ts";
import { sllExtras, sllOverrides } from "./sll.ts";
import { lacpExtra } from "./slow.ts";
import { smtpExtras, smtpOverrides } from "./smtp.ts";
import { sshExtras, sshOverrides } from "./ssh.ts";
import { tcpExtra, tcpOverrides } from "./tcp.ts";
import { tcpAnalysisExtra } from "./tcp-analysis.ts";
import { tcpOptionExtras, tcpOptionOverrides } from "./tcp-option-extras.ts";
import { tcpSegmentsExtra } from "./tcp-segments.ts";
import { telnetExtra, telnetOverrides } from "./telnet.ts";
import { tlsExtras, tlsOverrides } from "./tls.ts";
import { tunnelExtras, tunnelOverrides } from "./tunnels.ts";
import { udpExtra, udpLiteExtra, udpOverrides } from "./udp.ts";
import { serviceVlanExtra, vlanExtra, vlanOverrides } from "./vlan.ts";
import { vxlanExtra, vxlanGpeExtra } from "./vxlan.ts";
import { websocketExtra } from "./websocket.ts";

/** Everything that only Wireshark prints, by protocol. */
export const extras: readonly Extra[] = [
  frameExtra,
  ethernetExtra,
  vlanExtra,
  serviceVlanExtra,
  aristaExtra,
  llcExtra,
  snapExtra,
  ...sllExtras,
  arpExtra,
  ...pppExtras,
  ...pppOptionExtras,
  lacpExtra,
  fabricPathExtra,
  frameRelayExtra,
  ipv4Extra,
  ipv4OptionExtra,
  ...ipv4OptionExtras,
  ...fragmentExtras,
  ...ipv6Extras,
  ...ipv6OptionExtras,
  ...icmpExtras,
  ...icmpv6Extras,
  ...icmpv6OptionExtras,
  icmpv6SecureExtra,
  igmpExtra,
  ...identityExtras,
  tcpExtra,
  tcpAnalysisExtra,
  tcpSegmentsExtra,
  ...tcpOptionExtras,
  mptcpExtra,
  udpExtra,
  udpLiteExtra,
  sctpExtra,
  dccpExtra,
  greExtra,
  vxlanExtra,
  vxlanGpeExtra,
  geneveExtra,
  ...tunnelExtras,
  ...dnsExtras,
  httpExtra,
  httpTunnelExtra,
  ...http2Extras,
  websocketExtra,
  ssdpExtra,
  ...sshExtras,
  ...tlsExtras,
  ftpExtra,
  ...ftpDataExtras,
  ...smtpExtras,
  popExtra,
  imapExtra,
  telnetExtra,
];

/** Declared fields that Wireshark prints in its own way. */
export const overrides: readonly Override[] = [
  ...ethernetOverrides,
  ...vlanOverrides,
  ...aristaOverrides,
  ...llcOverrides,
  ...sllOverrides,
  ...arpOverrides,
  ...pppOverrides,
  ...frameRelayOverrides,
  ...ipv4Overrides,
  ...ipv4OptionOverrides,
  ...ipv6Overrides,
  ...ipv6OptionOverrides,
  ...icmpOverrides,
  ...icmpv6Overrides,
  ...icmpv6OptionOverrides,
  ...igmpOverrides,
  ...identityOverrides,
  ...dnsOverrides,
  ...http2Overrides,
  ...tlsOverrides,
  ...tcpOverrides,
  ...udpOverrides,
  ...tcpOptionOverrides,
  ...sctpOverrides,
  ...tunnelOverrides,
  ...sshOverrides,
  ...ftpOverrides,
  ...smtpOverrides,
  ...popOverrides,
  ...imapOverrides,
  ...telnetOverrides,
];
