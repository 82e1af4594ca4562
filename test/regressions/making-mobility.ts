import { mipv6, mipv6Option } from "../../src/index.ts";
import { bytes } from "../support/packets.ts";
import type { Table } from "./making-rows.ts";

const cookie = 0x0102030405060708n;
const token = 0x1112131415161718n;

/** Every message of the Mobility Header (RFC 6275 §6.1), by keyword. No IPv6 header below: the checksum stays zero. */
export const mobilityMessages: Table = {
  rows: [
    [
      "an unassigned mobility message",
      mipv6({ type: 200, data: bytes("0102") }),
      "3b00c800 00000102",
    ],
    ["Binding Refresh Request", mipv6.bindingRefreshRequest(), "3b00000000000000"],
    [
      "Binding Refresh Request with an option, filled up to 8 bytes",
      mipv6.bindingRefreshRequest({
        options: [mipv6Option.bindingRefreshAdvice({ interval: 300 })],
      }),
      "3b01000000000000 0202012c 00000000",
    ],
    ["Home Test Init", mipv6.homeTestInit({ cookie }), "3b01010000000000 0102030405060708"],
    ["Care-of Test Init", mipv6.careOfTestInit({ cookie }), "3b01020000000000 0102030405060708"],
    [
      "Home Test",
      mipv6.homeTest({ nonceIndex: 5, cookie, token }),
      "3b02030000000005 0102030405060708 1112131415161718",
    ],
    [
      "Care-of Test",
      mipv6.careOfTest({ nonceIndex: 6, cookie, token }),
      "3b02040000000006 0102030405060708 1112131415161718",
    ],
    [
      "Binding Update with its flags",
      mipv6.bindingUpdate({ seq: 0x0102, a: true, l: true, k: true, lifetime: 4 }),
      "3b01050000000102 b0000004 00000000",
    ],
    [
      "Binding Update with home registration only",
      mipv6.bindingUpdate({ seq: 1, h: true, lifetime: 0xffff }),
      "3b01050000000001 4000ffff 00000000",
    ],
    [
      "Binding Acknowledgement",
      mipv6.bindingAcknowledgement({ status: 129, k: true, seq: 0x0102, lifetime: 4 }),
      "3b01060000008180 01020004 00000000",
    ],
    [
      "Binding Error",
      mipv6.bindingError({ status: 1, home: "2001:db8::9" }),
      "3b02070000000100 20010db8000000000000000000000009",
    ],
    [
      "a mobility message with another next header",
      mipv6.homeTestInit({ payloadProtocol: 17, cookie }),
      "1101010000000000 0102030405060708",
    ],
  ],
};

/** Every option of mobility messages (RFC 6275 §6.2 and those named), by keyword. */
export const mobilityOptions: Table = {
  carrier: {
    protocol: mipv6,
    list: "options",
    values: { type: 0 },
    words: 8,
  },
  rows: [
    ["an unassigned mobility option", mipv6Option({ type: 200, data: bytes("aabb") }), "c802aabb"],
    ["mobility Pad1", mipv6Option.pad1(), "00"],
    ["mobility PadN", mipv6Option.padN({ padding: bytes("0000") }), "01020000"],
    [
      "mobility Binding Refresh Advice",
      mipv6Option.bindingRefreshAdvice({ interval: 0x0102 }),
      "02020102",
    ],
    [
      "mobility Alternate Care-of Address",
      mipv6Option.alternateCareOf({ address: "2001:db8::7" }),
      "031020010db8000000000000000000000007",
    ],
    ["mobility Nonce Indices", mipv6Option.nonceIndices({ home: 1, careOf: 2 }), "040400010002"],
    [
      "mobility Binding Authorization Data",
      mipv6Option.authorizationData({ authenticator: bytes("a0a1a2a3a4a5a6a7a8a9aaab") }),
      "050ca0a1a2a3a4a5a6a7a8a9aaab",
    ],
    [
      "mobility Mobile Network Prefix (RFC 3963 §4.3)",
      mipv6Option.mobileNetworkPrefix({ prefixLength: 48, prefix: "2001:db8:5::" }),
      "0612003020010db8000500000000000000000000",
    ],
    [
      "mobility Link-Layer Address (RFC 5568 §6.4.4)",
      mipv6Option.linkLayerAddress({ code: 2, address: bytes("02005e10000a") }),
      "07070202005e10000a",
    ],
    [
      "mobility Mobile Node Identifier (RFC 4283 §3)",
      mipv6Option.mobileNodeIdentifier({ subtype: 1, identifier: "a@b.example" }),
      "080c01 6140622e6578616d706c65",
    ],
    [
      "mobility Authentication (RFC 4285 §5)",
      mipv6Option.authentication({ subtype: 2, spi: 0x01020304, data: bytes("aabbcc") }),
      "09080201020304aabbcc",
    ],
    [
      "mobility Message Identification (RFC 4285 §6)",
      mipv6Option.messageIdentification({ timestamp: 0xe0000001_80000000n }),
      "0a08e000000180000000",
    ],
    ["mobility CGA Parameters Request (RFC 4866 §5.2)", mipv6Option.cgaParametersRequest(), "0b00"],
    [
      "mobility CGA Parameters (RFC 4866 §5.1)",
      mipv6Option.cgaParameters({ data: bytes("0102030405") }),
      "0c050102030405",
    ],
    [
      "mobility CGA Parameters with an extension of an unknown type (RFC 4581)",
      mipv6Option.cgaParameters({ data: bytes("fffd0002cafe") }),
      "0c06fffd0002cafe",
    ],
    [
      "mobility CGA Parameters with the Multi-Prefix extension (RFC 5535 §4)",
      mipv6Option.cgaParameters({ data: bytes("0012000c8000000020010db800000001") }),
      "0c100012000c8000000020010db800000001",
    ],
    [
      "mobility Signature (RFC 4866 §5.3)",
      mipv6Option.signature({ data: bytes("0102030405") }),
      "0d050102030405",
    ],
    [
      "mobility Permanent Home Keygen Token (RFC 4866 §5.4)",
      mipv6Option.permanentHomeKeygenToken({ data: bytes("1112131415161718") }),
      "0e081112131415161718",
    ],
    ["mobility Care-of Test Init (RFC 4866 §5.5)", mipv6Option.careOfTestInit(), "0f00"],
    [
      "mobility Care-of Test (RFC 4866 §5.6)",
      mipv6Option.careOfTest({ data: bytes("1112131415161718") }),
      "10081112131415161718",
    ],
  ],
};
