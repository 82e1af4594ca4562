import { cipsoTag, ipv4, ipv4Option } from "../../src/index.ts";
import { bytes } from "../support/packets.ts";
import type { Table } from "./making-rows.ts";

const route = [{ address: "192.0.2.1" }, { address: "192.0.2.2" }];

/** Every option of IPv4 (RFC 791 §3.1 and those named), by keyword. */
export const ipv4Options: Table = {
  carrier: { protocol: ipv4, list: "options", words: 4 },
  rows: [
    ["an unassigned IPv4 option", ipv4Option({ type: 0xde, data: bytes("aabb") }), "de04aabb"],
    ["IPv4 End of Options List", ipv4Option.endOfOptionsList(), "00"],
    ["IPv4 No Operation", ipv4Option.noOperation(), "01"],
    [
      "IPv4 Basic Security with its level and authorities (RFC 1108 §2)",
      ipv4Option.security({
        level: 0xab,
        authorities: [{ flags: { genser: true, more: true } }, { flags: { siopEsi: true } }],
      }),
      "8205ab8140",
    ],
    [
      "IPv4 Security as it was first (RFC 791)",
      ipv4Option.security({
        length: 11,
        security: 0xf135,
        compartments: 1,
        restrictions: 0x4142,
        controlCode: 0x434445,
      }),
      "820bf13500014142434445",
    ],
    [
      "IPv4 Loose Source Route with its addresses",
      ipv4Option.looseSourceRoute({ route }),
      "830b04c0000201c0000202",
    ],
    [
      "IPv4 Timestamp of times only, with hops that had no room",
      ipv4Option.timestamp({ overflow: 2, flag: 0, timestamps: [{ time: 1000 }, { time: 0 }] }),
      "440c0520000003e800000000",
    ],
    [
      "IPv4 Timestamp with addresses",
      ipv4Option.timestamp({
        pointer: 13,
        flag: 1,
        entries: [{ address: "192.0.2.1", time: 0x01020304 }],
      }),
      "440c0d01c000020101020304",
    ],
    [
      "IPv4 Timestamp with addresses asked for",
      ipv4Option.timestamp({ flag: 3, entries: [{ address: "192.0.2.9", time: 0 }] }),
      "440c0503c000020900000000",
    ],
    [
      "IPv4 Extended Security (RFC 1108 §3)",
      ipv4Option.extendedSecurity({ format: 7, information: bytes("010203") }),
      "850607010203",
    ],
    [
      "IPv4 Record Route with room for one address",
      ipv4Option.recordRoute({ pointer: 8, route: [{ address: "192.0.2.1" }, {}] }),
      "070b08c000020100000000",
    ],
    ["IPv4 Stream Identifier", ipv4Option.streamId({ id: 0x1234 }), "88041234"],
    [
      "IPv4 Strict Source Route with its addresses",
      ipv4Option.strictSourceRoute({ route }),
      "890b04c0000201c0000202",
    ],
    ["IPv4 MTU Probe (RFC 1063)", ipv4Option.mtuProbe({ mtu: 1500 }), "0b0405dc"],
    ["IPv4 MTU Reply (RFC 1063)", ipv4Option.mtuReply({ mtu: 576 }), "0c040240"],
    [
      "IPv4 Traceroute (RFC 1393)",
      ipv4Option.traceroute({
        id: 0x0102,
        outboundHops: 3,
        returnHops: 0xffff,
        originator: "192.0.2.7",
      }),
      "520c01020003ffffc0000207",
    ],
    ["IPv4 Router Alert (RFC 2113)", ipv4Option.routerAlert({ value: 1 }), "94040001"],
    [
      "IPv4 Quick-Start, a rate request (RFC 4782 §3.1)",
      ipv4Option.quickStart({ function: 0, rate: 10, ttl: 77, nonce: 0x2aaaaaaa }),
      "19080a4daaaaaaa8",
    ],
    [
      "IPv4 Quick-Start, a report of the approved rate (RFC 4782 §3.1)",
      ipv4Option.quickStart({ function: 8, rate: 5, nonce: 1 }),
      "1908850000000004",
    ],
    [
      "IPv4 Commercial Security with a tag (FIPS 188)",
      ipv4Option.cipso({
        domain: 3,
        tags: [cipsoTag.bitmap({ level: 2, categories: bytes("8001") })],
      }),
      "860c000000030106000280 01",
    ],
    [
      "IPv4 Selective Directed Broadcast (RFC 1770)",
      ipv4Option.selectiveDirectedBroadcast({ addresses: [{ address: "192.0.2.255" }] }),
      "9506c00002ff",
    ],
  ],
};
