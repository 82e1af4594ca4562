import { erspan, gtp, gtpElement, stp } from "../../src/index.ts";
import { bytes } from "../support/packets.ts";
import type { Table } from "./making-rows.ts";

const mac = "02:00:5e:10:00:0a";
const m = "02005e10000a";
const digest = "000102030405060708090a0b0c0d0e0f";
const long = `${digest}10111213`;
const name = "region";
const spelled = `726567696f6e${"00".repeat(26)}`;
const bridge = { rootPriority: 8, root: mac, bridgePriority: 8, bridge: mac };
const vector = `8000 ${m} 00000000 8000 ${m} 0000 0000 1400 0200 0f00`;

/** Information elements of GTP (3GPP TS 29.060 §7.7), in a message of signalling. */
export const gtpElements: Table = {
  carrier: {
    protocol: gtp,
    list: "elements",
    values: { flags: { version: 1, protocolType: true, sequence: true }, message: 16 },
    words: 1,
  },
  rows: [
    ["GTP Cause", gtpElement.cause({ cause: 128 }), "01 80"],
    ["GTP IMSI", gtpElement.imsi({ data: bytes("0910101032547698") }), "02 0910101032547698"],
    [
      "GTP Routeing Area",
      gtpElement.routeingArea({ data: bytes("00f110000102") }),
      "03 00f110000102",
    ],
    ["GTP TLLI", gtpElement.tlli({ tlli: 0x01020304 }), "04 01020304"],
    ["GTP P-TMSI", gtpElement.ptmsi({ ptmsi: 0x01020304 }), "05 01020304"],
    ["GTP Reordering Required", gtpElement.reorderingRequired({ required: true }), "08 ff"],
    [
      "GTP Authentication Triplet",
      gtpElement.authenticationTriplet({
        rand: bytes(digest),
        sres: bytes("a0a1a2a3"),
        kc: bytes("b0b1b2b3b4b5b6b7"),
      }),
      `09 ${digest} a0a1a2a3 b0b1b2b3b4b5b6b7`,
    ],
    ["GTP MAP Cause", gtpElement.oneOctet({ data: bytes("07") }), "0b 07"],
    ["GTP P-TMSI Signature", gtpElement.ptmsiSignature({ signature: 0x010203 }), "0c 010203"],
    ["GTP Recovery", gtpElement.recovery({ restartCounter: 7 }), "0e 07"],
    ["GTP Selection Mode", gtpElement.selectionMode({ mode: 2 }), "0f fe"],
    ["GTP TEID of data", gtpElement.teidData({ teid: 0x01020304 }), "10 01020304"],
    ["GTP TEID of control", gtpElement.teidControl({ teid: 0x01020304 }), "11 01020304"],
    ["GTP second TEID of data", gtpElement.teidData2({ nsapi: 5, teid: 1 }), "12 05 00000001"],
    ["GTP NSAPI", gtpElement.nsapi({ nsapi: 5 }), "14 05"],
    [
      "GTP RAB Context",
      gtpElement.rabContext({ nsapi: 5, gtpDown: 1, gtpUp: 2, pdcpDown: 3, pdcpUp: 4 }),
      "16 05 0001 0002 0003 0004",
    ],
    ["GTP Radio Priority LCS", gtpElement.twoOctets({ data: bytes("0102") }), "19 0102"],
    [
      "GTP Charging Characteristics",
      gtpElement.chargingCharacteristics({ characteristics: 0x0800 }),
      "1a 0800",
    ],
    ["GTP Charging ID", gtpElement.chargingId({ chargingId: 0x01020304 }), "7f 01020304"],
    ["GTP GSN Address", gtpElement.gsnAddress({ ipv4: "192.0.2.1" }), "85 0004 c0000201"],
    [
      "GTP Extension Header Type List",
      gtpElement.extensionTypes({ types: [{ type: 0xc0 }, { type: 0x40 }] }),
      "8d 02 c040",
    ],
    ["GTP End User Address", gtpElement.sized({ data: bytes("f121") }), "80 0002 f121"],
    ["a GTP element of an unassigned type", gtpElement({ type: 90 }), "5a"],
  ],
};

/** Headers of tunnels and bridges that captures seldom show. */
export const rareHeaders: Table = {
  rows: [
    [
      "GTP with an extension header (3GPP TS 29.281 §5.2)",
      gtp({
        flags: { version: 1, protocolType: true, extension: true, sequence: true },
        message: 16,
        teid: 0x01020304,
        seq: 0x0506,
        nextExtension: 0x40,
        extensions: [{ udpPort: 0x0869, next: 0 }],
      }),
      "36 10 0008 01020304 0506 00 40 01 0869 00",
    ],
    ["ERSPAN of an unassigned version", erspan({ version: 5, vlan: 0x123 }), "5123"],
    [
      "MSTP with an instance (IEEE 802.1Q §14.4)",
      stp.rapid({
        version: 3,
        ...bridge,
        multiple: {
          name,
          revision: 1,
          digest: bytes(digest),
          rootCost: 2,
          bridgePriority: 8,
          bridge: mac,
          remainingHops: 20,
          instances: [
            {
              flags: { forwarding: true },
              priority: 8,
              instance: 5,
              root: mac,
              rootCost: 3,
              bridgePriority: 4,
              portPriority: 8,
              remainingHops: 19,
            },
          ],
        },
      }),
      `0000 03 02 00 ${vector} 00 0050
       00 ${spelled} 0001 ${digest} 00000002 8000 ${m} 14
       20 8005 ${m} 00000003 40 80 13`,
    ],
    [
      "SPT BPDU with its agreement (IEEE 802.1Q §14.4)",
      stp.rapid({
        version: 4,
        ...bridge,
        multiple: { name, digest: bytes(digest), bridge: mac },
        shortestPath: {
          name,
          revision: 1,
          digest: bytes(digest),
          agreement: { restrictedRole: true, number: 3 },
          digestFormat: 1,
          convention: 2,
          edgeCount: 3,
          agreementDigest: bytes(long),
        },
      }),
      `0000 04 02 00 ${vector} 00 0040
       00 ${spelled} 0000 ${digest} 00000000 8000 ${m} 14
       0055 00 ${spelled} 0001 ${digest} 23 00 10 20 0003 0000000000000000 ${long}`,
    ],
  ],
};
