// GTP of both versions and for charging, with extension headers and information elements.
import { build, gtp, gtpPrime, gtpV0 } from "wirecraft";
import { counting, hex, IP_A, IP6_A, inner, overUdp } from "./common.mjs";

const small = () => inner();

const extensions = [
  { length: 1, udpPort: 0x1234, next: 0xc0 },
  { length: 1, pdcpSn: 0x0102, next: 0x85 },
  { length: 1, pduType: 0, ppp: false, rqi: true, qfi: 9, next: 0 },
];
const elements = [
  { is: "cause", cause: 128 },
  { is: "imsi", data: hex("00010121436587f9") },
  { is: "routeingArea", data: hex("00f110010203") },
  { is: "tlli", tlli: 0x01020304 },
  { is: "ptmsi", ptmsi: 0xc1020304 },
  { is: "reorderingRequired", required: true },
  { is: "recovery", restartCounter: 7 },
  { is: "selectionMode", mode: 2 },
  { is: "teidData", teid: 0x01020304 },
  { is: "teidControl", teid: 0x05060708 },
  { is: "nsapi", nsapi: 5 },
  { is: "chargingCharacteristics", characteristics: 0x0800 },
  { is: "chargingId", chargingId: 0x01020304 },
  { is: "gsnAddress", ipv4: IP_A },
  { is: "gsnAddress", ipv6: IP6_A },
];
const others = [
  { is: "authenticationTriplet", rand: counting(16), sres: counting(4, 20), kc: counting(8, 30) },
  { is: "ptmsiSignature", signature: 0x010203 },
  { is: "teidData2", nsapi: 5, teid: 0x01020304 },
  { is: "oneOctet", type: 24, data: hex("07") },
  { is: "rabContext", nsapi: 5, gtpDown: 1001, gtpUp: 1002, pdcpDown: 1003, pdcpUp: 1004 },
  { is: "twoOctets", type: 27, data: hex("0102") },
  { is: "sized", type: 255, data: counting(4) },
];
const ask = (message, list) =>
  build(
    ...overUdp(2123, 2123),
    gtp({
      flags: { version: 1, protocolType: 1, sequence: 1 },
      message,
      teid: 0x01020304,
      seq: 0x0506,
      elements: list,
    }),
  );
const mobile = () => [
  build(...overUdp(2152, 2152), gtp({ teid: 0x01020304 }), ...small()),
  build(
    ...overUdp(2152, 2152),
    gtp({
      flags: { version: 1, protocolType: 1, extension: 1, sequence: 1, npdu: 1 },
      teid: 0x01020304,
      seq: 0x0506,
      npdu: 7,
      nextExtension: 0x40,
      extensions,
    }),
    ...small(),
  ),
  ask(16, elements),
  ask(2, [{ is: "recovery", restartCounter: 7 }]),
  ask(31, [{ is: "extensionTypes", types: [{ type: 0xc0 }, { type: 0x40 }] }]),
];
const mobileOthers = () => others.map((one) => ask(50, [one]));
const unknownElement = () => [ask(50, [{ is: "unknown", type: 99, data: counting(4) }])];
const older = () => [
  build(
    ...overUdp(3386, 3386),
    gtpV0({ seq: 0x0102, flowLabel: 0x0304, tid: hex("2143658709214365") }),
    ...small(),
  ),
  build(
    ...overUdp(3386, 3386),
    gtpV0({
      message: 1,
      seq: 0x0103,
      flowLabel: 0,
      tid: new Uint8Array(8),
      signalling: new Uint8Array(0),
    }),
  ),
  build(...overUdp(3386, 3386), gtpPrime({ message: 1, seq: 0x0104 })),
];

export const mobileTunnels = [
  { name: "gtp", linkType: 1, packets: mobile },
  { name: "gtp-elements", linkType: 1, packets: mobileOthers },
  { name: "gtp-unknown", linkType: 1, packets: unknownElement },
  { name: "gtp-0", linkType: 1, packets: older },
];
