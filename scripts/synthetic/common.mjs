// What the synthetic stacks share: addresses of documentation (RFC 7042, RFC 5737, RFC 3849), and the layers below.
import { ethernet, ipv4, ipv6, udp } from "wirecraft";

export const MAC_A = "00:00:5e:00:53:0a";
export const MAC_B = "00:00:5e:00:53:0b";
export const IP_A = "192.0.2.10";
export const IP_B = "198.51.100.20";
export const IP6_A = "2001:db8:a::10";
export const IP6_B = "2001:db8:b::20";

/** Bytes written as hex digits; spaces are for the eye. */
export const hex = (text) =>
  Uint8Array.from(text.replaceAll(" ", "").match(/../g) ?? [], (two) => Number.parseInt(two, 16));

/** Bytes that count up, none of them zero, so that a field that is read from the wrong place shows it. */
export const counting = (length, first = 1) =>
  Uint8Array.from({ length }, (_, i) => ((first + i - 1) % 255) + 1);

export const frame = (given = {}) => ethernet({ dst: MAC_B, src: MAC_A, ...given });
export const packet4 = (given = {}) =>
  ipv4({ src: IP_A, dst: IP_B, id: 0x1234, ttl: 61, ...given });
export const packet6 = (given = {}) => ipv6({ src: IP6_A, dst: IP6_B, hopLimit: 61, ...given });

/** Ethernet and IP, to build upon. */
export const over4 = (given) => [frame(), packet4(given)];
export const over6 = (given) => [frame(), packet6(given)];
/** Ethernet, IPv4 and UDP from a port of nobody's. */
export const overUdp = (dstPort, srcPort = 49_321) => [...over4(), udp({ srcPort, dstPort })];
/** A datagram of nobody's protocol, as what a tunnel carries. */
export const inner = (...below) => [
  ...below,
  packet4({ id: 0x4321, ttl: 9 }),
  udp({ srcPort: 49_400, dstPort: 49_500 }),
  counting(40),
];
