import { tcp, tcpOption } from "../../src/index.ts";
import { bytes } from "../support/packets.ts";
import type { Table } from "./making-rows.ts";

const key = 0x0102030405060708n;
const other = 0x1112131415161718n;
const twenty = "000102030405060708090a0b0c0d0e0f10111213";

/** Every option of TCP (RFC 9293 §3.1 and those named), by keyword. */
export const tcpOptions: Table = {
  carrier: { protocol: tcp, list: "options", words: 4 },
  rows: [
    ["an unassigned TCP option", tcpOption({ kind: 200, data: bytes("aabb") }), "c804aabb"],
    ["TCP End of Option List", tcpOption.endOfOptionList(), "00"],
    ["TCP No-Operation", tcpOption.noOperation(), "01"],
    ["TCP Maximum Segment Size", tcpOption.maximumSegmentSize({ mss: 1460 }), "020405b4"],
    ["TCP Window Scale (RFC 7323 §2.2)", tcpOption.windowScale({ shift: 7 }), "030307"],
    ["TCP SACK Permitted (RFC 2018 §2)", tcpOption.sackPermitted(), "0402"],
    [
      "TCP SACK with two blocks (RFC 2018 §3)",
      tcpOption.sack({
        blocks: [
          { left: 1000, right: 2000 },
          { left: 0xfffffff0, right: 4 },
        ],
      }),
      "0512000003e8000007d0fffffff000000004",
    ],
    ["TCP Echo (RFC 1072 §3)", tcpOption.echo({ info: 0x01020304 }), "060601020304"],
    ["TCP Echo Reply (RFC 1072 §3)", tcpOption.echoReply({ info: 0x01020304 }), "070601020304"],
    [
      "TCP Timestamps (RFC 7323 §3.2)",
      tcpOption.timestamps({ value: 0x01020304, echoReply: 0xfffffffe }),
      "080a01020304fffffffe",
    ],
    ["TCP Partial Order Permitted (RFC 1693)", tcpOption.partialOrderPermitted(), "0902"],
    [
      "TCP Partial Order Service Profile (RFC 1693)",
      tcpOption.partialOrderProfile({ startFlag: true, endFlag: false }),
      "0a0380",
    ],
    ["TCP Connection Count (RFC 1644)", tcpOption.connectionCount({ count: 7 }), "0b0600000007"],
    ["TCP Connection Count, new", tcpOption.connectionCountNew({ count: 8 }), "0c0600000008"],
    ["TCP Connection Count, echoed", tcpOption.connectionCountEcho({ count: 9 }), "0d0600000009"],
    [
      "TCP Alternate Checksum Request (RFC 1146)",
      tcpOption.alternateChecksumRequest({ algorithm: 2 }),
      "0e0302",
    ],
    [
      "TCP Alternate Checksum Data (RFC 1146)",
      tcpOption.alternateChecksumData({ data: bytes("0102030405") }),
      "0f070102030405",
    ],
    [
      "TCP MD5 Signature (RFC 2385 §3)",
      tcpOption.md5Signature({ digest: bytes("00112233445566778899aabbccddeeff") }),
      "131200112233445566778899aabbccddeeff",
    ],
    [
      "TCP Quick-Start Response (RFC 4782 §4.2)",
      tcpOption.quickStartResponse({ rate: 9, ttlDifference: 200, nonce: 3 }),
      "1b0809c80000000c",
    ],
    [
      "TCP User Timeout in minutes (RFC 5482 §3.1)",
      tcpOption.userTimeout({ minutes: true, timeout: 2 }),
      "1c048002",
    ],
    [
      "TCP Authentication (RFC 5925 §2.2)",
      tcpOption.authentication({ keyId: 1, nextKeyId: 2, mac: bytes("a0a1a2a3a4a5a6a7a8a9aaab") }),
      "1d100102a0a1a2a3a4a5a6a7a8a9aaab",
    ],
    [
      "a Multipath TCP option of an unassigned subtype",
      tcpOption.multipath({ subtype: 10, reserved: 1, data: bytes("aabb") }),
      "1e05a1aabb",
    ],
    [
      "MP_CAPABLE of a first segment of version 0 (RFC 6824 §3.1)",
      tcpOption.multipath({
        is: "capable",
        version: 0,
        flags: { checksumRequired: true, hmacSha256: true },
        senderKey: key,
      }),
      "1e0c00810102030405060708",
    ],
    [
      "MP_CAPABLE with both keys (RFC 8684 §3.1)",
      tcpOption.multipath({
        is: "capable",
        version: 1,
        flags: { extensibility: true, hmacSha256: true },
        senderKey: key,
        receiverKey: other,
      }),
      "1e14014101020304050607081112131415161718",
    ],
    [
      "MP_JOIN of a SYN (RFC 8684 §3.2)",
      tcpOption.multipath({
        is: "joinSyn",
        backup: true,
        addressId: 2,
        receiverToken: 0xa1a2a3a4,
        senderRandom: 5,
      }),
      "1e0c1102a1a2a3a400000005",
    ],
    [
      "MP_JOIN of a SYN/ACK (RFC 8684 §3.2)",
      tcpOption.multipath({ is: "joinSynAck", addressId: 3, senderHmac: key, senderRandom: 6 }),
      "1e101003010203040506070800000006",
    ],
    [
      "MP_JOIN of an ACK (RFC 8684 §3.2)",
      tcpOption.multipath({ is: "joinAck", senderHmac: bytes(twenty) }),
      `1e181000${twenty}`,
    ],
    [
      "DSS with numbers of four bytes and a checksum (RFC 8684 §3.3)",
      tcpOption.multipath({
        is: "dataSequence",
        flags: { mapping: true, hasDataAck: true },
        dataAck: 1,
        dataSeq: 2,
        subflowSeq: 3,
        dataLength: 4,
        checksum: 0xbeef,
      }),
      "1e1420050000000100000002000000030004beef",
    ],
    [
      "DSS with numbers of eight bytes, and the end of data (RFC 8684 §3.3)",
      tcpOption.multipath({
        is: "dataSequence",
        flags: {
          dataFin: true,
          longDataSeq: true,
          mapping: true,
          longDataAck: true,
          hasDataAck: true,
        },
        dataAck8: key,
        dataSeq8: other,
        subflowSeq: 0,
        dataLength: 1,
      }),
      "1e1a201f01020304050607081112131415161718000000000001",
    ],
    [
      "ADD_ADDR of version 0, whose half byte is that of IP (RFC 6824 §3.4.1)",
      tcpOption.multipath({
        is: "addIpv4Address",
        reserved: 2,
        addressId: 4,
        address: "192.0.2.4",
        port: 443,
      }),
      "1e0a3404c000020401bb",
    ],
    [
      "ADD_ADDR with a sum of keys (RFC 8684 §3.4.1)",
      tcpOption.multipath({
        is: "addIpv4Address",
        addressId: 4,
        address: "192.0.2.4",
        hmac: key,
      }),
      "1e103004c00002040102030405060708",
    ],
    [
      "ADD_ADDR of IPv6, echoed (RFC 8684 §3.4.1)",
      tcpOption.multipath({
        is: "addIpv6Address",
        echo: true,
        addressId: 4,
        address: "2001:db8::4",
      }),
      "1e14310420010db8000000000000000000000004",
    ],
    [
      "REMOVE_ADDR of two addresses (RFC 8684 §3.4.2)",
      tcpOption.multipath({ is: "removeAddress", addressIds: [{ id: 4 }, { id: 5 }] }),
      "1e05400405",
    ],
    [
      "MP_PRIO of the path that it is sent on (RFC 8684 §3.3.8)",
      tcpOption.multipath({ is: "priority", backup: true }),
      "1e0351",
    ],
    [
      "MP_PRIO of another path (RFC 6824 §3.3.8)",
      tcpOption.multipath({ is: "priority", backup: false, addressId: 9 }),
      "1e045009",
    ],
    [
      "MP_FAIL (RFC 8684 §3.7)",
      tcpOption.multipath({ is: "fail", dataSeq: key }),
      "1e0c60000102030405060708",
    ],
    [
      "MP_FASTCLOSE (RFC 8684 §3.5)",
      tcpOption.multipath({ is: "fastClose", receiverKey: key }),
      "1e0c70000102030405060708",
    ],
    [
      "MP_TCPRST (RFC 8684 §3.6)",
      tcpOption.multipath({ is: "reset", transient: true, reason: 2 }),
      "1e048102",
    ],
    [
      "TCP Fast Open with a cookie (RFC 7413 §4.1.1)",
      tcpOption.fastOpen({ cookie: bytes("0102030405060708") }),
      "220a0102030405060708",
    ],
    ["TCP Fast Open that asks for a cookie (RFC 7413 §4.1.1)", tcpOption.fastOpen(), "2202"],
  ],
};
