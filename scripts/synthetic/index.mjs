// The synthetic captures: what few real captures show, built so that every field has a value of its own. They import the
// package by its name, which is dist/ for scripts/synthetic.mjs and src/ for the test that compares them with tshark.
import { bridges } from "./bridges.mjs";
import { names } from "./dns.mjs";
import { nameOptions } from "./dns-options.mjs";
import { mobileTunnels } from "./gtp.mjs";
import { texts } from "./http.mjs";
import { control4 } from "./icmp.mjs";
import { control6 } from "./icmpv6.mjs";
import { identity } from "./identity.mjs";
import { internet4 } from "./ipv4.mjs";
import { internet6 } from "./ipv6.mjs";
import { link } from "./link.mjs";
import { mobility } from "./mobility.mjs";
import { neighbors } from "./neighbors.mjs";
import { oddities } from "./oddities.mjs";
import { pointToPoint } from "./ppp.mjs";
import { rpl } from "./rpl.mjs";
import { associations } from "./sctp.mjs";
import { streams } from "./tcp.mjs";
import { tunnels } from "./tunnels.mjs";

export const captures = [
  ...link,
  ...bridges,
  ...pointToPoint,
  ...internet4,
  ...internet6,
  ...control4,
  ...control6,
  ...neighbors,
  ...rpl,
  ...mobility,
  ...identity,
  ...streams,
  ...associations,
  ...tunnels,
  ...mobileTunnels,
  ...names,
  ...nameOptions,
  ...texts,
  ...oddities,
];
