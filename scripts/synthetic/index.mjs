// The synthetic captures: what few real captures show, built so that every field has a value of its own. They import the
// package by its name, which is dist/ for scripts/synthetic.mjs and src/ for the test that compares them with tshark.
import { bridges } from "./bridges.mjs";
import { names } from "./dns.mjs";
import { nameOptions } from "./dns-options.mjs";
import { fragments } from "./fragments.mjs";
import { mobileTunnels } from "./gtp.mjs";
import { texts } from "./http.mjs";
import { httpContents } from "./http-contents.mjs";
import { multiplexed } from "./http2.mjs";
import { control4 } from "./icmp.mjs";
import { control6 } from "./icmpv6.mjs";
import { identity } from "./identity.mjs";
import { internet4 } from "./ipv4.mjs";
import { internet6 } from "./ipv6.mjs";
import { link } from "./link.mjs";
import { conversations } from "./mail.mjs";
import { mobility } from "./mobility.mjs";
import { neighbors } from "./neighbors.mjs";
import { oddities } from "./oddities.mjs";
import { pointToPoint } from "./ppp.mjs";
import { rpl } from "./rpl.mjs";
import { associations } from "./sctp.mjs";
import { shells } from "./ssh.mjs";
import { streams } from "./tcp.mjs";
import { troubles } from "./tcp-analysis.mjs";
import { secured } from "./tls.mjs";
import { tunnels } from "./tunnels.mjs";

export const captures = [
  ...link,
  ...bridges,
  ...pointToPoint,
  ...internet4,
  ...internet6,
  ...fragments,
  ...control4,
  ...control6,
  ...neighbors,
  ...rpl,
  ...mobility,
  ...identity,
  ...streams,
  ...troubles,
  ...associations,
  ...tunnels,
  ...mobileTunnels,
  ...names,
  ...nameOptions,
  ...texts,
  ...httpContents,
  ...conversations,
  ...multiplexed,
  ...shells,
  ...secured,
  ...oddities,
];
