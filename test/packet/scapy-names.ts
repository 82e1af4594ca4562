import type { ScapyRecord } from "./scapy-compare.ts";
import { scapyDns } from "./scapy-dns.ts";
import { scapyIcmp } from "./scapy-icmp.ts";
import { scapyIcmpv6 } from "./scapy-icmpv6.ts";
import { scapyInternet } from "./scapy-internet.ts";
import { scapyLink } from "./scapy-link.ts";
import { scapyMobility } from "./scapy-mobility.ts";
import { scapyPpp } from "./scapy-ppp.ts";
import { scapySctp } from "./scapy-sctp.ts";
import { scapyTunnel } from "./scapy-tunnel.ts";

/** The protocols that Scapy 2.5 knows too, by our names. */
export const scapyNames: Readonly<Record<string, ScapyRecord>> = {
  ...scapyLink,
  ...scapyPpp,
  ...scapyInternet,
  ...scapyIcmp,
  ...scapyIcmpv6,
  ...scapyMobility,
  ...scapySctp,
  ...scapyTunnel,
  ...scapyDns,
};

const noClass = "Scapy has no class for it";
const noHeader = "it has no header of its own";

/** The others, and why nothing is compared. */
export const scapyUnknown: Readonly<Record<string, string>> = {
  bsdLoop: "Scapy reads the octets of its number in the order of the other link type",
  dnsTcp: "Scapy has the length in the message itself",
  bsdNull: "Scapy reads the number in the order of little machines, random packets have the other",
  rawIp: noHeader,
  ppp: "Scapy has the address and control as a layer of their own, or none",
  ...Object.fromEntries(
    ["tls", "ssl2", "http2", "http2Preface", "websocket", "ssh", "sshEncrypted"].map((name) => [
      name,
      "what its bytes are depends on the connection before them: compared with tshark, over streams",
    ]),
  ),
  ...Object.fromEntries(
    [
      ...["ftp", "ftpData", "smtp", "pop", "imap", "telnet"],
      "ipv6cp",
      "multilink",
      "ipcomp",
      "hip",
      "shim6",
      "dccp",
      "udpLite",
      "vxlanGpe",
      "backboneTag",
      "pwControlWord",
      "pwAssociatedChannel",
      "ayiya",
      "teredo",
      "arcnet",
      "arcnetLinux",
      "arista",
      "fabricPath",
      "frameRelay",
      "ipoib",
      "vntag",
      "gtpV0",
      "gtpPrime",
      "ssdp",
    ].map((name) => [name, noClass]),
  ),
};
