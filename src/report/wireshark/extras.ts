import { aristaExtra, aristaOverrides } from "./arista.ts";
import { arpExtra, arpOverrides } from "./arp.ts";
import type { Extra, Override } from "./context.ts";
import { dccpExtra } from "./dccp.ts";
import { dnsExtras, dnsOverrides } from "./dns.ts";
import { ethernetExtra, ethernetOverrides } from "./ethernet.ts";
import { frameExtra } from "./frame.ts";
import { geneveExtra } from "./geneve.ts";
import { greExtra } from "./gre.ts";
import { httpExtra, ssdpExtra } from "./http.ts";
import { icmpExtras, icmpOverrides } from "./icmp.ts";
import { icmpv6Extras, icmpv6Overrides } from "./icmpv6.ts";
import { igmpExtra, igmpOverrides } from "./igmp.ts";
import { ipv4Extra, ipv4OptionExtra, ipv4Overrides } from "./ipv4.ts";
import { ipv6Extras, ipv6Overrides } from "./ipv6.ts";
import { llcExtra, llcOverrides, snapExtra } from "./llc.ts";
import { mptcpExtra } from "./mptcp.ts";
import { pppExtras } from "./ppp.ts";
import { sctpExtra } from "./sctp.ts";
import { sllExtras, sllOverrides } from "./sll.ts";
import { lacpExtra } from "./slow.ts";
import { tcpExtra, tcpOverrides } from "./tcp.ts";
import { udpExtra, udpLiteExtra } from "./udp.ts";
import { serviceVlanExtra, vlanExtra, vlanOverrides } from "./vlan.ts";
import { vxlanExtra, vxlanGpeExtra } from "./vxlan.ts";

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
  lacpExtra,
  ipv4Extra,
  ipv4OptionExtra,
  ...ipv6Extras,
  ...icmpExtras,
  ...icmpv6Extras,
  igmpExtra,
  tcpExtra,
  mptcpExtra,
  udpExtra,
  udpLiteExtra,
  sctpExtra,
  dccpExtra,
  greExtra,
  vxlanExtra,
  vxlanGpeExtra,
  geneveExtra,
  ...dnsExtras,
  httpExtra,
  ssdpExtra,
];

/** Declared fields that Wireshark prints in its own way. */
export const overrides: readonly Override[] = [
  ...ethernetOverrides,
  ...vlanOverrides,
  ...aristaOverrides,
  ...llcOverrides,
  ...sllOverrides,
  ...arpOverrides,
  ...ipv4Overrides,
  ...ipv6Overrides,
  ...icmpOverrides,
  ...icmpv6Overrides,
  ...igmpOverrides,
  ...dnsOverrides,
  ...tcpOverrides,
];
