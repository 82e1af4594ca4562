// Datagrams in fragments: in order, in another one, and two whose fragments come mixed.
import { build, udp } from "wirecraft";
import { counting, frame, packet4, packet6 } from "./common.mjs";

const ports = { srcPort: 49_406, dstPort: 49_506 };
const datagram4 = (id, length) =>
  build(frame(), packet4({ id }), udp(ports), counting(length)).fragment({ size: 44 });
const datagram6 = (length) =>
  build(frame(), packet6(), udp(ports), counting(length)).fragment({ size: 80 });

/** Each from its last fragment to its first. */
const turned = (parts) => [...parts].reverse();
/** The second and third of them exchanged. */
const overtaken = ([first, second, third, ...rest]) => [first, third, second, ...rest];
/** Those of two datagrams, by turns. */
const mixed = (some, others) => some.flatMap((part, i) => [part, ...others.slice(i, i + 1)]);

export const fragments = [
  {
    name: "ipv4-fragments",
    linkType: 1,
    packets: () => [
      ...datagram4(1, 40),
      ...overtaken(datagram4(2, 90)),
      ...turned(datagram4(3, 60)),
      ...mixed(datagram4(4, 50), datagram4(5, 51)),
    ],
  },
  {
    name: "ipv6-fragments",
    linkType: 1,
    packets: () => [
      ...datagram6(70),
      ...overtaken(datagram6(130)),
      ...turned(datagram6(90)),
      ...mixed(datagram6(80), datagram6(81)),
    ],
  },
];
