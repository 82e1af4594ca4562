import { hip, hipParameter } from "../../src/index.ts";
import { bytes } from "../support/packets.ts";
import type { Table } from "./making-rows.ts";

const address = "2001:db8::7";
const written = "20010db8000000000000000000000007";
const hits = [{ hit: address }];
const mac = bytes("a0a1a2a3a4a5a6a7a8a9");
const spelled = "a0a1a2a3a4a5a6a7a8a9";

/**
 * Every parameter of HIP (RFC 7401 §5.2 and those named), by keyword. Their lengths leave out the padding behind them, which
 * fills the packet up to words of 8 bytes.
 */
export const hipParameters: Table = {
  carrier: { protocol: hip, list: "parameters", words: 8 },
  rows: [
    [
      "an unassigned HIP parameter",
      hipParameter({ type: 0x8000, data: bytes("aabb") }),
      "80000002aabb",
    ],
    [
      "HIP ESP_INFO (RFC 7402 §5.1.1)",
      hipParameter.espInfo({ keymatIndex: 1, oldSpi: 2, newSpi: 3 }),
      "0041000c 00000001 00000002 00000003",
    ],
    [
      "HIP R1_COUNTER",
      hipParameter.r1Counter({ counter: bytes("0000000000000102") }),
      "0081000c 00000000 0000000000000102",
    ],
    [
      "HIP LOCATOR_SET with a preferred address (RFC 8046 §4)",
      hipParameter.locatorSet({
        locators: [{ trafficType: 1, type: 0, preferred: 1, lifetime: 60, address }],
      }),
      `00c10018 01000401 0000003c ${written}`,
    ],
    [
      "HIP LOCATOR_SET with a parameter index (RFC 8046 §4)",
      hipParameter.locatorSet({
        locators: [{ trafficType: 2, type: 1, lifetime: 60, spi: 0x01020304, address }],
      }),
      `00c1001c 02010500 0000003c 01020304 ${written}`,
    ],
    [
      "HIP PUZZLE",
      hipParameter.puzzle({ k: 10, lifetime: 37, opaque: 0x0102, i: mac.subarray(0, 8) }),
      "0101000c 0a250102 a0a1a2a3a4a5a6a7",
    ],
    [
      "HIP SOLUTION",
      hipParameter.solution({
        k: 10,
        lifetime: 37,
        opaque: 0x0102,
        i: bytes("01020304"),
        j: bytes("05060708"),
      }),
      "0141000c 0a250102 01020304 05060708",
    ],
    ["HIP SEQ", hipParameter.seq({ id: 7 }), "01810004 00000007"],
    [
      "HIP ACK of two updates",
      hipParameter.ack({ ids: [{ id: 7 }, { id: 8 }] }),
      "01c10008 00000007 00000008",
    ],
    [
      "HIP DH_GROUP_LIST",
      hipParameter.dhGroupList({ groups: [{ id: 7 }, { id: 8 }, { id: 10 }] }),
      "01ff0003 07080a",
    ],
    [
      "HIP DIFFIE_HELLMAN",
      hipParameter.diffieHellman({ group: 7, value: bytes("0102030405") }),
      "02010008 07 0005 0102030405",
    ],
    [
      "HIP_TRANSFORM of version 1 (RFC 5201 §5.2.7)",
      hipParameter.hipTransform({ suites: [{ id: 1 }, { id: 2 }] }),
      "02410004 0001 0002",
    ],
    [
      "HIP_CIPHER",
      hipParameter.hipCipher({ ciphers: [{ id: 2 }, { id: 4 }] }),
      "02430004 0002 0004",
    ],
    [
      "HIP NAT_TRAVERSAL_MODE (RFC 5770 §5.4)",
      hipParameter.natTraversalMode({ modes: [{ id: 1 }, { id: 2 }] }),
      "02600006 0000 0001 0002",
    ],
    [
      "HIP TRANSACTION_PACING (RFC 5770 §5.5)",
      hipParameter.transactionPacing({ minimum: 500 }),
      "02620004 000001f4",
    ],
    ["HIP ENCRYPTED", hipParameter.encrypted({ data: mac }), `0281000e 00000000 ${spelled}`],
    [
      "HIP HOST_ID of an ECDSA key with a name",
      hipParameter.hostId({
        domainType: 1,
        algorithm: 7,
        identity: { curve: 1, key: bytes("04aabb") },
        domain: "h.example",
      }),
      "02c10014 0005 1009 0007 0001 04aabb 682e6578616d706c65",
    ],
    [
      "HIP HOST_ID of a low-power ECDSA key",
      hipParameter.hostId({ algorithm: 9, identity: { lowCurve: 1, key: bytes("aabb") } }),
      "02c1000a 0004 0000 0009 0001 aabb",
    ],
    [
      "HIP HOST_ID of an RSA key",
      hipParameter.hostId({
        algorithm: 5,
        identity: { exponentLength: 3, exponent: bytes("010001"), modulus: bytes("c1c2c3") },
      }),
      "02c1000d 0007 0000 0005 03 010001 c1c2c3",
    ],
    [
      "HIP HOST_ID of another algorithm",
      hipParameter.hostId({ algorithm: 13, identity: { key: bytes("0001cafe") } }),
      "02c1000a 0004 0000 000d 0001cafe",
    ],
    [
      "HIP HIT_SUITE_LIST",
      hipParameter.hitSuiteList({ suites: [{ id: 1 }, { id: 2 }] }),
      "02cb0002 10 20",
    ],
    [
      "HIP CERT (RFC 8002 §2)",
      hipParameter.cert({ group: 1, count: 2, id: 1, certType: 3, certificate: bytes("3082") }),
      "03000006 01020103 3082",
    ],
    [
      "HIP NOTIFICATION",
      hipParameter.notification({ message: 16384, data: bytes("aabb") }),
      "03400006 0000 4000 aabb",
    ],
    [
      "HIP ECHO_REQUEST_SIGNED",
      hipParameter.echoRequestSigned({ data: bytes("010203") }),
      "03810003 010203",
    ],
    [
      "HIP REG_INFO (RFC 8003 §4.2)",
      hipParameter.regInfo({ minimum: 1, maximum: 15, types: [{ type: 1 }, { type: 2 }] }),
      "03a20004 010f 0102",
    ],
    [
      "HIP REG_REQUEST (RFC 8003 §4.3)",
      hipParameter.regRequest({ lifetime: 9, types: [{ type: 1 }] }),
      "03a40002 09 01",
    ],
    [
      "HIP REG_RESPONSE (RFC 8003 §4.4)",
      hipParameter.regResponse({ lifetime: 9, types: [{ type: 1 }] }),
      "03a60002 09 01",
    ],
    [
      "HIP REG_FAILED (RFC 8003 §4.5)",
      hipParameter.regFailed({ failure: 1, types: [{ type: 2 }] }),
      "03a80002 01 02",
    ],
    [
      "HIP REG_FROM (RFC 5770 §5.6)",
      hipParameter.regFrom({ port: 10500, protocol: 17, address }),
      `03b60014 2904 11 00 ${written}`,
    ],
    [
      "HIP ECHO_RESPONSE_SIGNED",
      hipParameter.echoResponseSigned({ data: bytes("010203") }),
      "03c10003 010203",
    ],
    [
      "HIP TRANSPORT_FORMAT_LIST",
      hipParameter.transportFormatList({ formats: [{ type: 4095 }] }),
      "08010002 0fff",
    ],
    [
      "HIP ESP_TRANSFORM (RFC 7402 §5.1.2)",
      hipParameter.espTransform({ suites: [{ id: 8 }, { id: 9 }] }),
      "0fff0006 0000 0008 0009",
    ],
    ["HIP SEQ_DATA (RFC 6078 §3.1)", hipParameter.seqData({ number: 7 }), "11810004 00000007"],
    [
      "HIP ACK_DATA (RFC 6078 §3.2)",
      hipParameter.ackData({ numbers: [{ number: 7 }, { number: 8 }] }),
      "11c10008 00000007 00000008",
    ],
    [
      "HIP PAYLOAD_MIC (RFC 6078 §3.3)",
      hipParameter.payloadMic({ nextHeader: 17, payloadData: 0x01020304, mic: bytes("aabbcc") }),
      "11e1000b 11 000000 01020304 aabbcc",
    ],
    [
      "HIP TRANSACTION_ID (RFC 6078 §3.4)",
      hipParameter.transactionId({ id: bytes("0102") }),
      "11e40002 0102",
    ],
    [
      "HIP OVERLAY_ID (RFC 6079 §4.2.1)",
      hipParameter.overlayId({ id: bytes("0102") }),
      "11f00002 0102",
    ],
    [
      "HIP ROUTE_DST, symmetric and to be followed (RFC 6028 §4.1)",
      hipParameter.routeDst({ flags: 0xc000, hits }),
      `11f90014 c000 0000 ${written}`,
    ],
    [
      "HIP_TRANSPORT_MODE (RFC 6261 §3.1)",
      hipParameter.hipTransportMode({ port: 10500, modes: [{ id: 1 }, { id: 2 }] }),
      "1e000006 2904 0001 0002",
    ],
    ["HIP_MAC", hipParameter.hipMac({ mac }), `f041000a ${spelled}`],
    ["HIP_MAC_2", hipParameter.hipMac2({ mac }), `f081000a ${spelled}`],
    [
      "HIP_SIGNATURE_2",
      hipParameter.hipSignature2({ algorithm: 7, signature: bytes("aabb") }),
      "f0c10004 0007 aabb",
    ],
    [
      "HIP_SIGNATURE",
      hipParameter.hipSignature({ algorithm: 5, signature: bytes("aabb") }),
      "f1010004 0005 aabb",
    ],
    [
      "HIP ECHO_REQUEST_UNSIGNED",
      hipParameter.echoRequestUnsigned({ data: bytes("010203") }),
      "f8ad0003 010203",
    ],
    [
      "HIP ECHO_RESPONSE_UNSIGNED",
      hipParameter.echoResponseUnsigned({ data: bytes("010203") }),
      "f7c10003 010203",
    ],
    [
      "HIP RELAY_FROM (RFC 5770 §5.6)",
      hipParameter.relayFrom({ port: 10500, protocol: 17, address }),
      `f9fe0014 2904 11 00 ${written}`,
    ],
    [
      "HIP RELAY_TO (RFC 5770 §5.6)",
      hipParameter.relayTo({ port: 10500, protocol: 17, address }),
      `fa020014 2904 11 00 ${written}`,
    ],
    [
      "HIP OVERLAY_TTL (RFC 6079 §4.2.2)",
      hipParameter.overlayTtl({ ttl: 9 }),
      "fa0b0004 0009 0000",
    ],
    [
      "HIP ROUTE_VIA (RFC 6028 §4.2)",
      hipParameter.routeVia({ flags: 0x8000, hits }),
      `fa110014 8000 0000 ${written}`,
    ],
    ["HIP FROM (RFC 8004 §4.2.2)", hipParameter.from({ address }), `ffda0010 ${written}`],
    ["HIP RVS_HMAC (RFC 8004 §4.2.1)", hipParameter.rvsHmac({ mac }), `ffdc000a ${spelled}`],
    [
      "HIP VIA_RVS (RFC 8004 §4.2.3)",
      hipParameter.viaRvs({ servers: [{ address }] }),
      `ffde0010 ${written}`,
    ],
    ["HIP RELAY_HMAC (RFC 5770 §5.8)", hipParameter.relayHmac({ mac }), `fff0000a ${spelled}`],
  ],
};
