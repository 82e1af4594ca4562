import type { Packet } from "../../src/packet/packet.ts";
import { casesShown } from "../support/cases.ts";

/** A valid packet that tshark 4.0 takes for malformed. */
export interface TsharkFault {
  readonly name: string;
  /** Why, and who is at fault. */
  readonly reason: string;
  /** Whether it concerns a packet; `protocols` is what tshark names them, `eth:ethertype:ip`. */
  readonly applies: (packet: Packet, protocols: string) => boolean;
  /** A packet that shows it, so that an entry which is not needed any more is noticed. */
  readonly example: { readonly linkType: number; readonly hex: string };
}

const has =
  (cases: RegExp) =>
  (packet: Packet): boolean =>
    [...casesShown(packet)].some((name) => cases.test(name));
const guessed =
  (protocols: RegExp) =>
  (_: Packet, shown: string): boolean =>
    protocols.test(shown);
const carries =
  (name: string) =>
  (packet: Packet): boolean =>
    packet.get(name) !== undefined;

/** What is known. An entry that applies does not fail the test; one whose example is read well does. */
export const tsharkFaults: readonly TsharkFault[] = [
  {
    name: "NCS",
    reason: "IP protocol 224 is not assigned; tshark takes it for Novell Cluster Services",
    applies: guessed(/:ncs$/),
    example: {
      linkType: 7,
      hex: "0473d40200004641001dffff000045e03fdbac104bbccb007118000000005ae3e8646c",
    },
  },
  {
    name: "RTCP",
    reason: "random payload of a datagram begins as RTCP does, which tshark tries on any port",
    applies: guessed(/:rtcp$/),
    example: {
      linkType: 1,
      hex: "0a3a51abc79352dc3e9221b10800455b00380000400063881899c0000219cb007130c6c6e7b200085287b0c921efc36cce0653b8d139ead8b8beeb79c88652bc6040f164c74d",
    },
  },
  {
    name: "numbers without a name",
    reason: "tshark has protocols at ports and EtherTypes that the registries have no name for",
    applies: guessed(/:sctp:\w+$|:(?:avsp|nwp|exeh|bap|hcrt)$|^fr:lmi$/),
    example: {
      linkType: 1,
      hex: "0ae2eb80610be2a3d58fd72a08004673004c000000006784aafcc000029fc00002e88804993296168e480000000490af99aa0a03000cbd45e3a443301932000b0011000000040004f54600000000d10000000de70008ffffffff",
    },
  },
  {
    name: "fabricPath",
    reason:
      "tshark takes the last four bytes for a frame check sequence, whether they are one or not",
    applies: carries("fabricPath"),
    example: { linkType: 1, hex: "56844aa5e7bbaedbf08b6f7a89030060aeb1c1028c88ba0b0f014086e001d2" },
  },
  {
    name: "frame relay",
    reason:
      "what follows an address without a known control field, tshark takes for a bridged frame",
    applies: guessed(/^fr:eth/),
    example: {
      linkType: 107,
      hex: "0a192a11e4155caf036a24c16e14036f560cbe763f2843fc18f9a7654175f1c9d316ee94a454bf07fec20b4848219e5cbe38fa47243adc026c3ee5e29d94",
    },
  },
  {
    name: "pwControlWord",
    reason:
      "nothing says what a pseudowire carries; tshark guesses Ethernet even where there is no byte",
    applies: carries("pwControlWord"),
    example: {
      linkType: 1,
      hex: "faf37105fb5c2e51bd4d3bf7884765836b6607ef57f0",
    },
  },
  {
    name: "icmp alternate host address",
    reason:
      "its form was never published (RFC 6918 §2.2); tshark wants eight bytes of every message",
    applies: has(/^icmp alternateHostAddress$/),
    example: {
      linkType: 1,
      hex: "ce08e083b394cab2a6eb9f3f0800452200180002000066014ad2c0a89616ac1007200600f9ff",
    },
  },
  {
    name: "RPL security",
    reason:
      "tshark takes the key identifier mode from the two low bits of the octet: those of the level",
    applies: has(/^icmpv6 rplControl (secure|consistencyCheck)/),
    example: {
      linkType: 1,
      hex: "aa5dd56a8aa0c234e8c61a2b86dd6b10000400153a6720010db86188b96a0a95b9c97d95b7d820010db88224896f8c7074817246f8e39b80711c005903d000000002030500010400000000",
    },
  },
  {
    name: "handover options",
    reason: "tshark counts padding of these options twice, and calls what follows unknown data",
    applies: has(/^icmpv6.option (handover|mobileNodeIdentifier)/),
    example: {
      linkType: 1,
      hex: "fa57e9189001ae0f1dd5fdf786dd6610000200303a89fe80000000000000ee1b4f859f30202220010db815508b63c932764c00dd086c8e009d5c000000001d02a9099804a9547305dc90240000002303ffff347c403d20010db81c1883917dc8b20e53625e3a",
    },
  },
  {
    name: "NBMA shortcut limit",
    reason: "tshark finds an octet left where RFC 2491 §5.3.1 has reserved ones",
    applies: has(/^icmpv6.option nbmaShortcutLimit/),
    example: {
      linkType: 1,
      hex: "b69b741a5c3116ae9519266108004c89004d00004000f911f4fec00002cdc6336499441c0501cb0071964a13bedc0ad1c2575d91a11ecb0071fd00000002e5850868001d6eec30f0000d00000000ae000a72729f3ff626eb924e60",
    },
  },
  {
    name: "address registration",
    reason: "tshark 4.0 does not know the longer registration ownership verifier of RFC 8505 §4.1",
    applies: has(/^icmpv6.option addressRegistration/),
    example: {
      linkType: 1,
      hex: "36c6f89652394e6912738c6186dd641fec4200583ab4fe800000000000009216d8283fb8eedc20010db86f936a002fdba193c68430c68800a4eea000000020010db83c31bb5746d7313e1f3f80f82103051f00a0351f136114b58600c8173e80683d000000000d020000000000008f593a9ab28971651103d6350000000020010db8541cb4bba2e09d9da2861911",
    },
  },
  {
    name: "router renumbering",
    reason: "tshark reads one match prefix; further ones of a message it takes for use prefixes",
    applies: has(/^icmpv6 routerRenumbering/),
    example: {
      linkType: 1,
      hex: "66770f748a2ef2f76f62e23d86dd64291e5600e03ac0fe80000000000000bd601192d1e7456f20010db8fff99dab35585b0edf966c778a00a1cd2d699d460438ec1800000000010b0464db02000020010db8ba864456fbb174fc3f4a7cca8d03c0c05099822e000000028000000020010db882554284c34f7136f2a49abd330000c02db9354900000001c0000000fe80000000000000a8da2899631f34851f0f6c330501000020010db803331b5fe42c93f39a505f19bcff00c0ffffffff626383b10000000020010db87594c2a815e8b96e1274b273707d0000320d225fa58d485ac000000020010db8d0bfad5ca050644cf7a45dd60448c04000000003000000058000000020010db8a5a9ade70a4374917fc314ee",
    },
  },
  {
    name: "compact routing header",
    reason: "tshark reads identifiers beyond the end of the header",
    applies: has(/^ipv6Routing crh/),
    example: {
      linkType: 1,
      hex: "9a41c10751f71696d7d2554e86dd69a00004000c2b8d20010db8e958d3346f6ce78b2bd38a6c20010db8b04f225d6865ab3f9cb5dd31e60005000004484ee1c7afa8",
    },
  },
  {
    name: "LCP quality protocol",
    reason: "tshark reads the data of a protocol other than LQR beyond the end of the option",
    applies: has(/^lcp.option qualityProtocol/),
    example: { linkType: 9, hex: "c0210205000f040700577218d81704ffff" },
  },
  {
    name: "mobility messages",
    reason: "tshark reads the options of these messages from the start of the header",
    applies: has(/^mipv6 (localizedRouting|homeAgentSwitch)/),
    example: {
      linkType: 1,
      hex: "d278787f3022265a1672bcbe86dd66f000010023870820010db868be635ca292f9a5d7d4fc4420010db839030f12e9148fc01312a4eccf030c000f3200003312000520010db8f755a506b0e8f436bbf49b823b020000ba9015",
    },
  },
  {
    name: "local mobility anchor",
    reason: "tshark has another option under this number",
    applies: has(/^mipv6.option localMobilityAnchor/),
    example: {
      linkType: 1,
      hex: "d234347da45e46c31eb300df86dd69abc934005f875520010db800af563a9336cb6e216e0ed320010db875a4c889cb31373484470ae1f80501008df70000008d2a2b45c4c9813312007120010db89936027c50a3f58c88f8931b290201003104c000021100008f1977ea5a9604afe89b36065c0fa15631d01bfb5cd1101f6e4abc833d61e399dffb3ce308b82b9f2d0084d70cef18",
    },
  },
  {
    name: "shim6",
    reason: "tshark reads what follows the checksum one octet early",
    applies: carries("shim6"),
    example: {
      linkType: 1,
      hex: "ca2282c6b498bab07af7197686dd6a34ef27001b8c5120010db8f17f2181de6eb6e6b636f85020010db83c6069bbb31ec4cde57b483adc02040a1fdf00000000000100000001000e0004ffffffffad888b",
    },
  },
];
