/** Cells of the synthetic captures in which tshark 4.0 is not followed, and why. */
export interface KnownDifference {
  readonly capture: string;
  /** Names of fields; `tcp.*` stands for all that begin so. */
  readonly fields: readonly string[];
  readonly reason: string;
}

/** Captures of packets that are wrong on purpose. */
export const wrongOnPurpose: readonly string[] = ["odd-frames", "odd-lengths"];

/** Captures of fragments. */
export const inFragments: readonly string[] = ["ipv4-fragments", "ipv6-fragments"];

/** The test fails where one of these is not needed any more. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    capture: "ftp",
    fields: ["_ws.malformed"],
    reason: "Wireshark says malformed of addresses and folders that are not as they should be",
  },
  {
    capture: "mail",
    fields: ["_ws.malformed"],
    reason: "Wireshark says malformed of a response to RETR that does not begin with a size",
  },
  {
    capture: "http-contents",
    fields: ["_ws.malformed"],
    reason: "Wireshark says malformed of contents that are not of the type that the message says",
  },
  {
    capture: "http-odd-headers",
    fields: ["_ws.malformed"],
    reason: "Wireshark says malformed of messages with a content's length and a transfer coding",
  },
  {
    capture: "frame-relay",
    fields: ["udp.stream"],
    reason: "Wireshark counts the number of a frame relay link as a part of the conversation",
  },
  {
    capture: "frame-relay",
    fields: ["frame.protocols"],
    reason: "OSI's network layer has no declaration",
  },
  {
    capture: "chdlc",
    fields: ["frame.protocols"],
    reason: "OSI's network layer has no declaration",
  },
  {
    capture: "lcp-odd",
    fields: ["lcp.opt.reporting_period", "lcp.opt.data", "_ws.malformed"],
    reason: "tshark 4.0 takes prefixes, and quality protocols with data, for malformed",
  },
  {
    capture: "slow-unknown",
    fields: [
      "marker.requesterPad",
      "marker.requesterPort",
      "marker.requesterSystem",
      "marker.requesterTransId",
      "marker.reserved",
      "_ws.malformed",
    ],
    reason: "Wireshark reads the first TLV of a marker as marker information, whatever its type",
  },
  {
    capture: "ipv4-options",
    fields: ["udp.stream"],
    reason: "Wireshark takes the end of a source route for an end of the conversation",
  },
  {
    capture: "icmp-errors",
    fields: ["frame.protocols", "udp.payload"],
    reason: "Wireshark does not show the payload of the datagram that a redirect quotes",
  },
  {
    capture: "icmp-questions",
    fields: ["icmp.mip.content"],
    reason: "tshark 4.0 has lost the content of an agent extension that it does not know",
  },
  {
    capture: "igmp",
    fields: [
      "igmp.data",
      "mrdisc.adv_int",
      "mrdisc.checksum",
      "mrdisc.query_int",
      "mrdisc.rob_var",
    ],
    reason: "tshark 4.0 knows multicast router discovery only by the numbers of an early draft",
  },
  {
    capture: "ipv6-options",
    fields: ["udp.stream"],
    reason: "Wireshark takes a home address for an end of the conversation",
  },
  {
    capture: "ipv6-options",
    fields: [
      "ipv6.opt.rpl.flag",
      "ipv6.opt.rpl.flag.f",
      "ipv6.opt.rpl.flag.o",
      "ipv6.opt.rpl.flag.r",
      "ipv6.opt.rpl.flag.rsv",
      "ipv6.opt.rpl.instance_id",
      "ipv6.opt.rpl.sender_rank",
      "ipv6.opt.unknown",
    ],
    reason: "tshark 4.0 knows the RPL option only by its old number (RFC 9008 §4.1.2)",
  },
  {
    capture: "ipv6-routes",
    fields: ["udp.stream"],
    reason: "Wireshark takes the end of a route for an end of the conversation",
  },
  {
    capture: "ipv6-compact",
    fields: ["_ws.malformed"],
    reason: "tshark 4.0 reads past the end of every compact route",
  },
  {
    capture: "nd-redirect",
    fields: [
      "frame.protocols",
      "ip.version",
      "ipv6.addr",
      "ipv6.dst",
      "ipv6.flow",
      "ipv6.hlim",
      "ipv6.nxt",
      "ipv6.plen",
      "ipv6.src",
      "ipv6.tclass",
      "ipv6.tclass.dscp",
      "ipv6.tclass.ecn",
      "ipv6.version",
    ],
    reason: "the packet that an option quotes is bytes here, and packets do not nest in records",
  },
  {
    capture: "nd-options-odd",
    fields: [
      "icmpv6.opt.naack.supplied_ncoa",
      "icmpv6.opt.name_type",
      "icmpv6.opt.padding",
      "icmpv6.opt.reserved",
      "_ws.malformed",
    ],
    reason: "tshark 4.0 reads parts of these options from the wrong place",
  },
  {
    capture: "nd-secure",
    fields: ["icmpv6.opt.name_type.fqdn", "frame.protocols"],
    reason: "tshark 4.0 shows a name's bytes as text; X.501 names have no declaration",
  },
  {
    capture: "rpl-metric-unknown",
    fields: [
      "icmpv6.rpl.opt.metric.flag.a",
      "icmpv6.rpl.opt.metric.flag.c",
      "icmpv6.rpl.opt.metric.flag.o",
      "icmpv6.rpl.opt.metric.flag.p",
      "icmpv6.rpl.opt.metric.flag.r",
      "icmpv6.rpl.opt.metric.flags",
      "icmpv6.rpl.opt.metric.length",
      "icmpv6.rpl.opt.metric.prec",
      "icmpv6.rpl.opt.metric.reserved",
      "icmpv6.rpl.opt.metric.type",
      "_ws.malformed",
    ],
    reason: "tshark 4.0 takes the content of an unknown metric for the next one",
  },
  {
    capture: "mipv6-odd",
    fields: ["mip6.*", "_ws.malformed"],
    reason:
      "tshark 4.0 reads localized routing from the wrong place, and unknown revocations not at all",
  },
  {
    capture: "mipv6-options-cut",
    fields: ["mip6.*"],
    reason: "tshark 4.0 leaves out the last two bytes of these options",
  },
  {
    capture: "mipv6-options-recent",
    fields: ["mip6.mobility_opt.len"],
    reason: "of an option that it does not know, tshark 4.0 shows the header's length",
  },
  {
    capture: "hip-2",
    fields: ["hip.tlv.*", "_ws.malformed"],
    reason: "tshark 4.0 knows these parameters as they were in version 1 (RFC 5201)",
  },
  {
    capture: "shim6",
    fields: ["shim6.*", "_ws.malformed"],
    reason: "tshark 4.0 reads everything behind the type from one byte too early",
  },
  {
    capture: "tcp-options",
    fields: ["tcp.options.mptcp.checksum"],
    reason: "Wireshark expects a checksum only where it saw the connection ask for them",
  },
  {
    capture: "tcp-options-odd",
    fields: ["tcp.*", "_ws.malformed"],
    reason:
      "tshark 4.0 does not read negative acknowledgments, bindings, and addresses of odd lengths",
  },
  {
    capture: "tcp-analysis",
    fields: ["frame.protocols", "tcp.segment_data"],
    reason:
      "Wireshark shows the data of probes again, and hides those that came out of order or were acknowledged",
  },
  {
    capture: "sctp-association",
    fields: ["frame.protocols"],
    reason: "user data are a part of their chunk here, not a layer of their own",
  },
  {
    capture: "sctp",
    fields: ["frame.protocols"],
    reason: "user data are a part of their chunk here, not a layer of their own",
  },
  {
    capture: "pseudowire",
    fields: [
      "frame.protocols",
      "pweth.cw.sequence_number",
      "pwmcw.flags",
      "pwmcw.length",
      "pwmcw.sequence_number",
      "_ws.malformed",
    ],
    reason: "nothing tells what a pseudowire carries, and tshark takes everything for Ethernet",
  },
  {
    capture: "l2tp-proxy",
    fields: ["frame.protocols", "lcp.*"],
    reason: "the options of LCP that are quoted are bytes here",
  },
  {
    capture: "dns-push",
    fields: ["dns.*"],
    reason: "tshark 4.0 does not know push notifications (RFC 8765)",
  },
  {
    capture: "odd-frames",
    fields: ["_ws.malformed"],
    reason: "these frames are wrong on purpose",
  },
  {
    capture: "odd-lengths",
    fields: ["_ws.malformed"],
    reason: "these packets are wrong on purpose",
  },
  {
    capture: "odd-arp",
    fields: ["frame.protocols"],
    reason: "tshark 4.0 names the protocol twice where the addresses are of AX.25",
  },
  {
    capture: "ipcp-odd",
    fields: ["ipcp.opt.rohc.*", "ipcp.opt.iphc.*"],
    reason: "of a sub-option that it does not know, Wireshark shows no field",
  },
  {
    capture: "pppoe",
    fields: ["pppoed.tag.unknown_data"],
    reason: "tshark 4.0 shows the data of an unknown tag from two bytes before it on",
  },
];

const SSH_DECIPHERED = "tshark takes such messages apart only where it deciphered them";

/** Field names that no synthetic capture can show, and why. */
export const namesNeverShown: Readonly<Record<string, string>> = {
  "frame.comment": "a pcap file has no comments",
  "frame.interface_description": "a pcap file describes no interfaces",
  "frame.interface_id": "a pcap file numbers no interfaces",
  "frame.interface_name": "a pcap file names no interfaces",
  "frame.section_number": "a pcap file has no sections",
  "ipv6.plen_zero":
    "only a packet with a wrong length shows it, and tshark takes the rest for a trailer",
  "ssh.debug_always_display": SSH_DECIPHERED,
  "ssh.debug_name": SSH_DECIPHERED,
  "ssh.debug_name_length": SSH_DECIPHERED,
  "ssh.disconnect_description": SSH_DECIPHERED,
  "ssh.disconnect_description_length": SSH_DECIPHERED,
  "ssh.disconnect_reason": SSH_DECIPHERED,
  "ssh.ignore_data": SSH_DECIPHERED,
  "ssh.ignore_data_length": SSH_DECIPHERED,
  "ssh.lang_tag": SSH_DECIPHERED,
  "ssh.lang_tag_length": SSH_DECIPHERED,
  "ssh.service_name": SSH_DECIPHERED,
  "ssh.service_name_length": SSH_DECIPHERED,
};

/** Cases that no packet is dissected as, and why. */
export const casesNeverShown: Readonly<Record<string, string>> = {
  "erspan unknown": "other versions are not taken for ERSPAN",
  "ssl2 unknown": "other messages are encrypted, and not taken for SSL 2.0 by themselves",
  "tls unknown": "records of other types are not taken for TLS",
};

const isOf = (pattern: string, field: string): boolean =>
  pattern.endsWith("*") ? field.startsWith(pattern.slice(0, -1)) : pattern === field;

/** The difference that a field of a capture is expected to have, as `capture pattern`. */
export function knownDifference(capture: string, field: string): string | undefined {
  for (const one of knownDifferences)
    if (one.capture === capture)
      for (const pattern of one.fields) if (isOf(pattern, field)) return `${capture} ${pattern}`;
  return undefined;
}
