import type { Packet } from "../../src/packet/packet.ts";
import { sctp } from "../../src/protocols/transport/sctp/sctp.ts";
import { casesShown } from "../support/cases.ts";

/** Where Scapy 2.5 reads valid packets otherwise than they are meant. */
export interface ScapyFault {
  readonly reason: string;
  /** What the comparison says of it. */
  readonly says: RegExp;
  /** The packets that it concerns. */
  readonly applies: (packet: Packet) => boolean;
}

const has =
  (cases: RegExp) =>
  (packet: Packet): boolean =>
    [...casesShown(packet)].some((name) => cases.test(name));

/** Unnumbered information, the one format of the control field that Scapy looks behind. */
const UI = 3;

/** What is known. An entry that no packet meets any more fails the test. */
export const scapyFaults: readonly ScapyFault[] = [
  {
    reason: "Scapy's LLC has a control field of one octet",
    says: /^(snap|stp|ipv4): Scapy has no/,
    applies: (packet) => {
      const control = packet.get("llc")?.["control"];
      return packet.get("llc") !== undefined && (control as { value: number })?.value !== UI;
    },
  },
  {
    reason: "Scapy does not look into what these messages quote",
    says: /^(ipv4|udp|tcp): Scapy has no/,
    applies: has(/^icmp (datagramConversionError|photuris)$/),
  },
  {
    reason: "Scapy reads one entry of the timestamp option, and the others as options",
    says: /^ipv4\.options/,
    applies: has(/^ipv4.option timestamp$/),
  },
  {
    reason: "Scapy takes eleven octets for any security option, as RFC 791 had it",
    says: /^ipv4\.options/,
    applies: has(/^ipv4.option security$/),
  },
  {
    reason: "Scapy fails on a rejected packet that is shorter than its header",
    says: /^lcp: Scapy has no/,
    applies: has(/^lcp codeReject$/),
  },
  {
    reason: "Scapy does not take apart NSH with metadata of variable length",
    says: /^nsh: Scapy has no NSH/,
    applies: (packet) => packet.get("nsh")?.["mdType"] === 2,
  },
  {
    reason: "Scapy tells the versions of ERSPAN by the type in GRE alone, not by their own number",
    says: /^(erspan|ethernet)/,
    applies: has(/^erspan typeThree$/),
  },
  {
    reason: "Scapy takes the options of Geneve behind the first one for its payload",
    says: /^geneve\.options\[[1-9]\].*no more$/,
    applies: (packet) => (packet.get("geneve")?.["options"] as unknown[])?.length > 1,
  },
  {
    reason: "Scapy takes four octets too many for the causes in a parameter",
    says: /^sctp\.chunks.*parameters/,
    applies: has(/^sctp.parameter errorCauseIndication$/),
  },
  {
    reason: "Scapy has a length of its own for these options, and reads on in the middle of them",
    says: /^mipv6\.options/,
    applies: has(/^mipv6.option (linkLayerAddress|authorizationData)$/),
  },
  {
    reason: "Scapy counts the octets of auxiliary data, not its words",
    says: /^(icmpv6|igmp)\.records/,
    applies: (packet) =>
      ["icmpv6", "igmp"].some((name) =>
        (packet.get(name)?.["records"] as { readonly auxLength: number }[] | undefined)?.some(
          ({ auxLength }) => auxLength > 0,
        ),
      ),
  },
  {
    reason: "Scapy forgets the length of data whose name was compressed",
    says: /\.rdlength: \d+, Scapy has null$/,
    applies: (packet) => ["dns", "mdns", "llmnr"].some((name) => packet.get(name) !== undefined),
  },
  {
    reason:
      "Scapy takes the padding of the last parameter, which no length counts, for the next chunk",
    says: /^sctp\.chunks\[\d\]/,
    applies: (packet) =>
      packet.get(sctp)?.chunks.some((one) => "parameters" in one && one.length % 4 !== 0) === true,
  },
];
