import { arpExtra, arpOverrides } from "./arp.ts";
import type { Extra, Override } from "./context.ts";
import { ethernetExtra, ethernetOverrides } from "./ethernet.ts";
import { frameExtra } from "./frame.ts";
import { llcExtra, llcOverrides, snapExtra } from "./llc.ts";
import { pppExtras } from "./ppp.ts";
import { sllExtras, sllOverrides } from "./sll.ts";
import { lacpExtra } from "./slow.ts";
import { tcpExtra } from "./tcp.ts";
import { udpExtra } from "./udp.ts";
import { serviceVlanExtra, vlanExtra, vlanOverrides } from "./vlan.ts";

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
  udpExtra,
];

/** Declared fields that Wireshark prints in its own way. */
export const overrides: readonly Override[] = [
  ...ethernetOverrides,
  ...vlanOverrides,
  ...llcOverrides,
  ...sllOverrides,
  ...arpOverrides,
];
