import type { Packet } from "../../src/packet/packet.ts";
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
];
