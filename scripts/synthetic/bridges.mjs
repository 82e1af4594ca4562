// What bridges and links talk among themselves: spanning trees and link aggregation.
import { build, ethernet, lacp, llc, marker, slow, snap, stp } from "wirecraft";
import { counting, hex, MAC_A, MAC_B } from "./common.mjs";

const toBridges = () => ethernet({ dst: "01:80:c2:00:00:00", src: MAC_A });
const toSlow = () => ethernet({ dst: "01:80:c2:00:00:02", src: MAC_A });

const vector = {
  rootPriority: 3,
  rootExtension: 0x123,
  root: "00:00:5e:00:53:11",
  rootCost: 20_004,
  bridgePriority: 7,
  bridgeExtension: 0x456,
  bridge: "00:00:5e:00:53:12",
  port: 0x8019,
  messageAge: 256,
  maxAge: 24 * 256,
  helloTime: 3 * 256,
  forwardDelay: 18 * 256,
};
const rapidFlags = { agreement: 1, forwarding: 1, portRole: 2, proposal: 1, topologyChange: 1 };
const instance = {
  flags: { ...rapidFlags, learning: 1, topologyChangeAck: 1 },
  priority: 9,
  instance: 0x321,
  root: "00:00:5e:00:53:13",
  rootCost: 0x01020304,
  bridgePriority: 5,
  portPriority: 6,
  remainingHops: 18,
};
const multiple = {
  format: 0,
  name: "region",
  revision: 0x0102,
  digest: counting(16, 33),
  rootCost: 0x02030405,
  bridgePriority: 11,
  bridgeExtension: 0x789,
  bridge: "00:00:5e:00:53:14",
  remainingHops: 19,
  instances: [instance, { ...instance, instance: 0x322, remainingHops: 17 }],
};
const shortestPath = {
  format: 0,
  name: "region",
  revision: 0x0304,
  digest: counting(16, 60),
  agreement: { restrictedRole: 1, valid: 1, disagreementNumber: 2, number: 3 },
  digestFormat: 1,
  digestCapabilities: 2,
  convention: 3,
  conventionCapabilities: 4,
  edgeCount: 0x0506,
  agreementDigest: counting(20, 80),
};
const vlanTlv = { is: "originatingVlan", vlan: 0x0123 };

const trees = () => [
  build(
    toBridges(),
    llc(),
    stp({ is: "configuration", flags: { topologyChangeAck: 1, topologyChange: 1 }, ...vector }),
  ),
  build(toBridges(), llc(), stp({ is: "rapid", version: 2, flags: rapidFlags, ...vector })),
  build(
    toBridges(),
    llc(),
    stp({ is: "rapid", version: 3, flags: rapidFlags, ...vector, multiple }),
  ),
  build(
    toBridges(),
    llc(),
    stp({ is: "rapid", version: 4, flags: rapidFlags, ...vector, multiple, shortestPath }),
  ),
  build(toBridges(), llc(), stp({ is: "topologyChange" })),
  build(
    ethernet({ dst: "01:00:0c:cc:cc:cd", src: MAC_A }),
    llc(),
    snap({ oui: 0x00000c }),
    stp({
      is: "configuration",
      flags: { topologyChange: 1 },
      ...vector,
      padding: 0,
      tlvs: [vlanTlv],
    }),
  ),
  build(
    ethernet({ dst: "01:00:0c:cc:cc:cd", src: MAC_A }),
    llc(),
    snap({ oui: 0x00000c }),
    stp({ is: "rapid", version: 2, flags: rapidFlags, ...vector, tlvs: [vlanTlv] }),
  ),
];
const unknownTree = () => [build(toBridges(), llc(), stp({ is: "unknown", type: 5 }), counting(8))];

const port = (system) => ({
  systemPriority: 0x8001,
  system,
  key: 0x1234,
  portPriority: 0x7002,
  port: 0x0003,
  reserved: hex("000000"),
});

const aggregation = () => [
  build(
    toSlow(),
    slow(),
    lacp({
      version: 1,
      tlvs: [
        {
          is: "actor",
          ...port(MAC_A),
          state: { activity: true, aggregation: true, synchronization: true },
        },
        {
          is: "partner",
          ...port(MAC_B),
          state: { timeout: true, collecting: true, distributing: true },
        },
        { is: "collector", maxDelay: 0x8000, reserved: new Uint8Array(12) },
        { is: "terminator", length: 0 },
      ],
      padding: new Uint8Array(50),
    }),
  ),
  build(
    toSlow(),
    slow(),
    marker({
      version: 1,
      tlvs: [
        { is: "information", port: 0x0102, system: MAC_A, transaction: 0x03040506, padding: 0 },
        { is: "terminator", length: 0 },
      ],
      reserved: new Uint8Array(90),
    }),
  ),
  build(
    toSlow(),
    slow(),
    marker({
      version: 1,
      tlvs: [
        { is: "response", port: 0x0102, system: MAC_A, transaction: 0x03040506, padding: 0 },
        { is: "terminator", length: 0 },
      ],
      reserved: new Uint8Array(90),
    }),
  ),
];
const oddAggregation = () => [
  build(
    toSlow(),
    slow(),
    lacp({
      version: 2,
      tlvs: [
        { is: "actor", ...port(MAC_A), state: { expired: true, defaulted: true } },
        { is: "partner", ...port(MAC_B), state: { aggregation: true } },
        { is: "collector", maxDelay: 0x8000, reserved: new Uint8Array(12) },
        { is: "unknown", type: 9, value: counting(6) },
        { is: "terminator", length: 0 },
      ],
      padding: new Uint8Array(42),
    }),
  ),
  build(
    toSlow(),
    slow(),
    marker({
      version: 1,
      tlvs: [
        { is: "unknown", type: 9, value: counting(6) },
        { is: "terminator", length: 0 },
      ],
      reserved: new Uint8Array(90),
    }),
  ),
];

export const bridges = [
  { name: "stp", linkType: 1, packets: trees },
  { name: "stp-unknown", linkType: 1, packets: unknownTree },
  { name: "slow", linkType: 1, packets: aggregation },
  { name: "slow-unknown", linkType: 1, packets: oddAggregation },
];
