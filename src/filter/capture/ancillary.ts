/**
 * What Linux lets a program load beside the bytes of a packet: loads from offsets that no packet has (`SKF_AD_OFF`, `SKF_NET_OFF`
 * and `SKF_LL_OFF` of linux/filter.h).
 */

/**
 * What is known of a packet beside its bytes. A program that asks for something that is not given rejects the packet.
 *
 * Numbers are those of Linux, without sign.
 */
export interface Ancillary {
  /** EtherType, as the network layer was recognised by. */
  readonly protocol?: number;
  /** How it came, as in packet(7): 0 to this computer, 1 to all, 2 to many, 3 to another, 4 sent from here. */
  readonly packetType?: number;
  /** Number of the interface. */
  readonly interfaceIndex?: number;
  /** The mark that the firewall put on it. */
  readonly mark?: number;
  /** The queue of the card. */
  readonly queue?: number;
  /** Kind of the interface (`ARPHRD_`). */
  readonly hardwareType?: number;
  /** The hash of its flow that the card computed. */
  readonly hash?: number;
  /** The processor that works on it. */
  readonly cpu?: number;
  /** The tag that the card took off: priority and VLAN. */
  readonly vlanTag?: number;
  /** Whether there was one: 1 or 0. */
  readonly vlanTagPresent?: number;
  /** EtherType of that tag. */
  readonly vlanProtocol?: number;
  /** Where the data of the transport layer begins. */
  readonly payloadOffset?: number;
  /** A random number. */
  readonly random?: number;
  /** Where the network layer begins, which loads by `SKF_NET_OFF` start from. */
  readonly networkOffset?: number;
}

/** One thing that can be loaded. */
interface AncillaryLoad {
  /** As tcpdump prints it. */
  readonly name: string;
  /** The value; `null` where it is none that could be given. */
  readonly value: keyof Ancillary | null;
}

/** From here on offsets mean something about the packet, four apart. */
export const SKF_AD_OFF = 0xffff_f000;
/** From here on offsets count from the network layer. */
export const SKF_NET_OFF = 0xfff0_0000;
/** From here on offsets count from the link layer: the start of the packet. */
export const SKF_LL_OFF = 0xffe0_0000;

/** Number of the load that computes A xor X, left over from when there was no instruction for it. */
export const XOR_X = 10;

/** What can be loaded; the number of each times four is its offset. */
const loads: readonly AncillaryLoad[] = [
  { name: "proto", value: "protocol" },
  { name: "type", value: "packetType" },
  { name: "ifidx", value: "interfaceIndex" },
  // Attributes of netlink messages, which are no packets.
  { name: "nla", value: null },
  { name: "nlan", value: null },
  { name: "mark", value: "mark" },
  { name: "queue", value: "queue" },
  { name: "hatype", value: "hardwareType" },
  { name: "rxhash", value: "hash" },
  { name: "cpu", value: "cpu" },
  { name: "xor_x", value: null },
  { name: "vlan_tci", value: "vlanTag" },
  { name: "vlanp", value: "vlanTagPresent" },
  { name: "poff", value: "payloadOffset" },
  { name: "random", value: "random" },
  { name: "vlan_tpid", value: "vlanProtocol" },
];

/** Which of the loads an offset stands for; -1 for none. */
export function ancillaryNumber(k: number): number {
  const number = (k - SKF_AD_OFF) / 4;
  return number in loads ? number : -1;
}

/** How tcpdump writes an offset that stands for something about the packet; `undefined` for other offsets. */
export const ancillaryName = (k: number): string | undefined => loads[ancillaryNumber(k)]?.name;

/** The value of a load by its number; -1 where it is not known. */
export function ancillaryValue(number: number, of: Ancillary): number {
  const name = loads[number]!.value;
  const value = name === null ? undefined : of[name];
  return value === undefined ? -1 : value >>> 0;
}
