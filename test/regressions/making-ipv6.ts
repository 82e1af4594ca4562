import { destinationOptions, hopByHop, ipv6Option } from "../../src/index.ts";
import { bytes } from "../support/packets.ts";
import type { Table } from "./making-rows.ts";

/** Every option of the Hop-by-Hop and Destination Options headers (RFC 8200 §4.2 and those named), by keyword. */
export const ipv6Options: Table = {
  carrier: { protocol: hopByHop, list: "options", words: 8 },
  rows: [
    ["an unassigned IPv6 option", ipv6Option({ type: 0x1f, data: bytes("aabb") }), "1f02aabb"],
    ["IPv6 Pad1", ipv6Option.pad1(), "00"],
    ["IPv6 PadN", ipv6Option.padN({ padding: bytes("000000") }), "0103000000"],
    [
      "IPv6 Tunnel Encapsulation Limit (RFC 2473 §4.1.1)",
      ipv6Option.tunnelEncapsulationLimit({ limit: 4 }),
      "040104",
    ],
    ["IPv6 Router Alert (RFC 2711)", ipv6Option.routerAlert({ value: 2 }), "05020002"],
    [
      "IPv6 CALIPSO with compartments (RFC 5570 §5.1)",
      ipv6Option.calipso({
        domain: 0x01020304,
        level: 7,
        checksum: 0xbeef,
        compartments: bytes("8000000000000001"),
      }),
      "0710010203040207beef8000000000000001",
    ],
    [
      "IPv6 CALIPSO without compartments (RFC 5570 §5.1)",
      ipv6Option.calipso({ domain: 1, level: 7, checksum: 0xbeef }),
      "0708000000010007beef",
    ],
    [
      "IPv6 SMF_DPD by identifier, without tagger (RFC 6621 §6.1.1)",
      ipv6Option.smfDpd({ identifier: bytes("cafe") }),
      "080300cafe",
    ],
    [
      "IPv6 SMF_DPD by identifier, with an IPv4 address as tagger (RFC 6621 §6.1.1)",
      ipv6Option.smfDpd({
        taggerType: 2,
        taggerLength: 3,
        tagger: bytes("c0000201"),
        identifier: bytes("cafe"),
      }),
      "080723c0000201cafe",
    ],
    [
      "IPv6 SMF_DPD by hash (RFC 6621 §6.1.2)",
      ipv6Option.smfDpd({
        hash: true,
        taggerType: 1,
        taggerLength: 2,
        hashAssist: bytes("a5a5a5"),
      }),
      "080492a5a5a5",
    ],
    [
      "IPv6 Performance and Diagnostic Metrics (RFC 8250 §3.2)",
      ipv6Option.pdm({
        scaleLastReceived: 1,
        scaleLastSent: 2,
        packetNumber: 0x0304,
        lastReceived: 0x0506,
        deltaLastReceived: 0x0708,
        deltaLastSent: 0x090a,
      }),
      "0f0a01020304 05060708090a",
    ],
    [
      "IPv6 Quick-Start, a rate request (RFC 4782 §3.2)",
      ipv6Option.quickStart({ function: 0, rate: 10, ttl: 77, nonce: 0x2aaaaaaa }),
      "26060a4daaaaaaa8",
    ],
    [
      "IPv6 Quick-Start, a report of the approved rate (RFC 4782 §3.2)",
      ipv6Option.quickStart({ function: 8, rate: 5, nonce: 1 }),
      "2606850000000004",
    ],
    [
      "IPv6 RPL of the old number (RFC 6553 §3)",
      ipv6Option.rplDeprecated({ flags: { o: true, f: true }, instance: 0x1e, senderRank: 0x0100 }),
      "6304a01e0100",
    ],
    [
      "IPv6 RPL of the new number (RFC 9008 §6)",
      ipv6Option.rpl({ flags: { r: true }, instance: 0x1e, senderRank: 0x0100 }),
      "2304401e0100",
    ],
    [
      "IPv6 MPL with a seed of two bytes (RFC 7731 §6.1)",
      ipv6Option.mpl({ flags: { s: 1, m: true }, sequence: 9, seed: bytes("0a0b") }),
      "6d0460090a0b",
    ],
    [
      "IPv6 MPL without seed (RFC 7731 §6.1)",
      ipv6Option.mpl({ flags: { v: true }, sequence: 9 }),
      "6d021009",
    ],
    [
      "IPv6 ILNP Nonce (RFC 6744 §2)",
      ipv6Option.ilnpNonce({ nonce: bytes("0102030405060708") }),
      "8b080102030405060708",
    ],
    [
      "IPv6 Line-Identification (RFC 6788 §4)",
      ipv6Option.lineIdentification({ lineId: "eth 0/1" }),
      "8c0807 65746820302f31",
    ],
    [
      "IPv6 Jumbo Payload (RFC 2675 §2)",
      ipv6Option.jumboPayload({ jumboLength: 70_000 }),
      "c20400011170",
    ],
    [
      "IPv6 Home Address (RFC 6275 §6.3)",
      ipv6Option.homeAddress({ home: "2001:db8::1" }),
      "c91020010db8000000000000000000000001",
    ],
    [
      "IPv6 IP_DFF (RFC 6971 §14)",
      ipv6Option.ipDff({ flags: { version: 0, dup: true, ret: true }, sequence: 0x0102 }),
      "ee03300102",
    ],
  ],
};

/** The same in a Destination Options header. */
export const destinationOptionRows: Table = {
  carrier: { protocol: destinationOptions, list: "options", words: 8 },
  rows: ipv6Options.rows.map(([title, made, bytes]) => [
    `${title}, in Destination Options`,
    made,
    bytes,
  ]),
};
