import { ipv4Address, mac, u8, u16 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import type { View } from "../../schema/protocol.ts";
import { protocol } from "../../schema/protocol.ts";
import { arpHardwareNames, arpOperationNames } from "../iana/arp.ts";
import { etherTypeNames } from "../iana/ethertypes.ts";
import { isArpReply } from "./arp-answers.ts";
import { etherTypes } from "./ethernet.ts";

interface Sizes {
  readonly hwType: number;
  readonly hwSize: number;
  readonly protoType: number;
  readonly protoSize: number;
}

/** Hardware types whose addresses of six bytes are MAC addresses: Ethernet and IEEE 802. */
const MAC_TYPES: readonly number[] = [1, 6];
const isMac = (h: Sizes): boolean => h.hwSize === 6 && MAC_TYPES.includes(h.hwType);
const isIpv4 = (h: Sizes): boolean => h.protoSize === 4 && h.protoType === 0x0800;
const isOtherHardware = (h: Sizes): boolean => h.hwSize > 0 && !isMac(h);
const isOtherProtocol = (h: Sizes): boolean => h.protoSize > 0 && !isIpv4(h);

/** Bytes of the fixed part. */
const HEAD = 8;

/**
 * Address Resolution Protocol for any hardware and protocol: RARP, InARP and DRARP have the same form. MAC and IPv4
 * addresses are `sha`, `spa`, `tha` and `tpa`, as RFC 826 calls them; those of other kinds are bytes under longer names.
 */
export const arp = protocol({
  name: "arp",
  title: "Address Resolution Protocol",
  spec: "RFC 826, RFC 903, RFC 1931, RFC 2390",
  also: ["rarp"],
  over: [etherTypes.at(0x0806, 0x8035)],
})
  .fields({
    hwType: u16("Hardware Type", {
      filter: "hw.type",
      names: arpHardwareNames,
      default: 1,
      // Beyond these some networks have a form of their own (ATM, RFC 2225).
      valid: [1, 15],
    }),
    protoType: u16("Protocol Type", {
      filter: "proto.type",
      base: "hex",
      names: etherTypeNames,
      default: 0x0800,
    }),
    hwSize: u8("Hardware Address Length", { filter: "hw.size", default: 6 }),
    protoSize: u8("Protocol Address Length", { filter: "proto.size", default: 4 }),
    opcode: u16("Operation", { names: arpOperationNames, default: 1 }),
  })
  .when(isMac, { sha: mac("Sender Hardware Address", { filter: "src.hw_mac" }) })
  .bytes(
    "senderHardware",
    "Sender Hardware Address",
    { field: "hwSize" },
    {
      when: isOtherHardware,
      filter: "src.hw",
    },
  )
  .when(isIpv4, { spa: ipv4Address("Sender Protocol Address", { filter: "src.proto_ipv4" }) })
  .bytes(
    "senderProtocol",
    "Sender Protocol Address",
    { field: "protoSize" },
    {
      when: isOtherProtocol,
      filter: "src.proto",
    },
  )
  .when(isMac, { tha: mac("Target Hardware Address", { filter: "dst.hw_mac" }) })
  .bytes(
    "targetHardware",
    "Target Hardware Address",
    { field: "hwSize" },
    {
      when: isOtherHardware,
      filter: "dst.hw",
    },
  )
  .when(isIpv4, { tpa: ipv4Address("Target Protocol Address", { filter: "dst.proto_ipv4" }) })
  .bytes(
    "targetProtocol",
    "Target Protocol Address",
    { field: "protoSize" },
    {
      when: isOtherProtocol,
      filter: "dst.proto",
    },
  )
  .endpoints(
    ["sha", "tha"],
    ["spa", "tpa"],
    ["senderHardware", "targetHardware"],
    ["senderProtocol", "targetProtocol"],
  )
  .answers(isArpReply)
  // What follows is padding of the frame.
  .payload({
    whole: (h: View<Sizes> & { readonly layer: Layer }) => HEAD + 2 * (h.hwSize + h.protoSize),
  });
