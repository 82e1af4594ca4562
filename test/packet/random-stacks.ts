import type { RandomPart } from "../../src/packet/random.ts";
import { all } from "../../src/protocols/all.ts";
import { http2Preface } from "../../src/protocols/application/http2/preface.ts";
import { chdlc } from "../../src/protocols/link/chdlc.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { llc, snap } from "../../src/protocols/link/llc.ts";
import { ppp } from "../../src/protocols/link/ppp/ppp.ts";
import { pppoe } from "../../src/protocols/link/pppoe.ts";
import { slow } from "../../src/protocols/link/slow.ts";
import { icmpv6 } from "../../src/protocols/network/icmpv6.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { mipv6 } from "../../src/protocols/network/mipv6.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { gre } from "../../src/protocols/tunnel/gre.ts";
import { mpls } from "../../src/protocols/tunnel/mpls.ts";
import type { AnyProtocol } from "../../src/schema/protocol.ts";

/** A protocol with what carries it, as a capture of a link type has it. */
export interface Carried {
  readonly name: string;
  readonly protocol: AnyProtocol;
  readonly linkType: number;
  readonly stack: readonly RandomPart[];
}

/** Slow protocols have an address of their own (IEEE 802.3 annex 57A). */
const slowly = ethernet({ dst: "01:80:c2:00:00:02" });

/** What carries the protocols of a dispatch table, and the link type of the lowest. */
const carriers: Readonly<Record<string, readonly [number, ...RandomPart[]]>> = {
  ethertype: [1, ethernet],
  "eth.len": [1, ethernet],
  "ip.proto": [1, ethernet, ipv4],
  "udp.port": [1, ethernet, ipv4, udp],
  "tcp.port": [1, ethernet, ipv4, tcp],
  "llc.dsap": [1, ethernet, llc],
  "llc.pid": [1, ethernet, llc, snap],
  "ppp.protocol": [9, ppp],
  "pppoe.code": [1, ethernet, pppoe],
  "slow.subtype": [1, slowly, slow],
  "chdlc.protocol": [104, chdlc],
};

/** What stands above protocols that always carry it, and have no number that says so. */
const above: Readonly<Record<string, readonly RandomPart[]>> = {
  rawIp: [ipv4],
  teredo: [ipv6],
  arcnet: [ipv4],
  arcnetLinux: [ipv4],
  chdlc: [ipv4],
  pppoe: [ppp],
  pptpGre: [ppp],
};

/** Stacks that the tables do not tell: above IPv6 only, or chosen by what no table has. */
const own: Readonly<Record<string, readonly [number, ...RandomPart[]]>> = {
  ...Object.fromEntries(
    [
      "hopByHop",
      "destinationOptions",
      "ipv6Routing",
      "ipv6Fragment",
      "icmpv6",
      "mipv6",
      "shim6",
      "hip",
    ].map((name) => [name, [1, ethernet, ipv6]]),
  ),
  // Messages to a group never leave the link (RFC 2236 §2).
  igmp: [1, ethernet, ipv4({ ttl: 1 })],
  // Without sequence number it is the first version, which has no header.
  slow: [1, slowly],
  erspan: [1, ethernet, ipv4, gre({ flags: { sequence: true } })],
  // Known by the preface, which others look for where HTTP is; WebSocket by the upgrade that leads to it.
  http2: [1, ethernet, ipv4, tcp({ dstPort: 80 }), http2Preface],
  http2Preface: [1, ethernet, ipv4, tcp({ dstPort: 80 })],
  websocket: [1, ethernet, ipv4, tcp],
  // Nothing in it says what it is.
  ssl2: [1, ethernet, ipv4, tcp({ dstPort: 443 })],
  sshEncrypted: [1, ethernet, ipv4, tcp({ dstPort: 22 })],
  pwEthernet: [1, ethernet, mpls({ bottom: true })],
  pwControlWord: [1, ethernet, mpls({ bottom: true })],
  pwAssociatedChannel: [1, ethernet, mpls({ bottom: true })],
};

const LINK_TYPES = "wtap_encap";

/** Messages that have options which others do not: among random ones of their protocol there are few. */
const messages: readonly Carried[] = [
  icmpv6.routerAdvertisement,
  icmpv6.inverseSolicitation,
  icmpv6.redirect,
  mipv6.bindingUpdate,
].map((protocol) => {
  const { schema } = protocol;
  const stack = [ethernet, ipv6, protocol];
  return { name: `${schema.name}.${schema.caseName}`, protocol, linkType: 1, stack };
});

/** Every protocol of the package where a capture would have it, and some messages of which there are to be many. */
export const carried: readonly Carried[] = [...all.map(carriedOf), ...messages];

function carriedOf(protocol: AnyProtocol): Carried {
  const { name, about } = protocol.schema;
  const [linkType, ...below] = own[name] ?? guess();
  return {
    name,
    protocol,
    linkType,
    stack: [...below, protocol, ...(above[name] ?? [])],
  };

  function guess(): readonly [number, ...RandomPart[]] {
    for (const { table, keys } of about.over) {
      if (table.name === LINK_TYPES && typeof keys[0] === "number") return [keys[0]];
      const carrier = carriers[table.name];
      if (carrier !== undefined && keys.length > 0) return carrier;
    }
    throw new Error(`no stack is known that carries ${name}`);
  }
}
