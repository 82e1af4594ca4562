import { arpExtra, arpOverrides } from "./arp.ts";
import type { Extra, Override } from "./context.ts";
import { dccpExtra } from "./dccp.ts";
import { dnsExtras, dnsOverrides } from "./dns.ts";
import { ethernetExtra, ethernetOverrides } from "./ethernet.ts";
import { frameExtra } from "./frame.ts";
import { geneveExtra } from "./geneve.ts";
import { greExtra } from "./gre.ts";
import { httpExtra, ssdpExtra } from "./http.ts";
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
  llcExtra,
  snapExtra,
  ...sllExtras,
  arpExtra,
  ...pppExtras,
  lacpExtra,
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
  ...llcOverrides,
  ...sllOverrides,
  ...arpOverrides,
  ...dnsOverrides,
  ...tcpOverrides,
];
