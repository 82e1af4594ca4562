/** What a value of ours is called in Scapy: a path of ours, `flags.syn`, to the name of a field there. */
export interface ScapyLayer {
  /** The name of Scapy's class. */
  readonly layer: string;
  readonly fields: Readonly<Record<string, string>>;
  /** A list of ours, the field that has it there, and what its items are called there. */
  readonly list?: {
    readonly ours: string;
    readonly theirs: string;
    readonly item: Readonly<Record<string, string>>;
  };
  /** What it is otherwise: frames with a length instead of a type. */
  readonly or?: ScapyLayer;
  /** Fields that are several of ours. */
  readonly made?: Readonly<Record<string, (of: (path: string) => number) => number>>;
}

const control = { code: "code", id: "id", length: "len" };
const tag = { priority: "prio", dei: "id", id: "vlan", type: "type" };
const session = {
  version: "version",
  type: "type",
  code: "code",
  sessionId: "sessionid",
  length: "len",
};
const extension = { nextHeader: "nh", len: "len" };
const trafficClass = (of: (path: string) => number): number => of("dscp") * 4 + of("ecn");

const internet: ScapyLayer = {
  layer: "IP",
  fields: {
    version: "version",
    ihl: "ihl",
    len: "len",
    id: "id",
    "flags.value": "flags",
    fragmentOffset: "frag",
    ttl: "ttl",
    protocol: "proto",
    checksum: "chksum",
    src: "src",
    dst: "dst",
  },
  made: { tos: trafficClass },
  list: {
    ours: "options",
    theirs: "options",
    item: { "type.copy": "copy_flag", "type.class": "optclass", "type.number": "option" },
  },
};

/** The headers that Scapy 2.5 knows too, by our names. A path that a packet does not have is left out. */
export const scapyNames: Readonly<Record<string, ScapyLayer>> = {
  ethernet: {
    layer: "Ether",
    fields: { dst: "dst", src: "src", type: "type" },
    or: { layer: "Dot3", fields: { dst: "dst", src: "src", type: "len" } },
  },
  vlan: { layer: "Dot1Q", fields: tag },
  serviceVlan: { layer: "Dot1AD", fields: tag },
  llc: { layer: "LLC", fields: { "dsap.value": "dsap", "ssap.value": "ssap" } },
  snap: { layer: "SNAP", fields: { oui: "OUI", pid: "code" } },
  arp: {
    layer: "ARP",
    fields: {
      hwType: "hwtype",
      protoType: "ptype",
      hwSize: "hwlen",
      protoSize: "plen",
      opcode: "op",
      sha: "hwsrc",
      spa: "psrc",
      tha: "hwdst",
      tpa: "pdst",
    },
  },
  sll: {
    layer: "CookedLinux",
    fields: {
      packetType: "pkttype",
      hwType: "lladdrtype",
      addressLength: "lladdrlen",
      protocol: "proto",
    },
  },
  lcp: { layer: "PPP_LCP", fields: control },
  ipcp: { layer: "PPP_IPCP", fields: control },
  pap: { layer: "PPP_PAP", fields: control },
  chap: { layer: "PPP_CHAP", fields: control },
  pppoe: { layer: "PPPoE", fields: session },
  pppoeDiscovery: { layer: "PPPoED", fields: session },
  stp: {
    layer: "STP",
    fields: {
      protocol: "proto",
      version: "version",
      type: "bpdutype",
      "flags.value": "bpduflags",
      root: "rootmac",
      rootCost: "pathcost",
      bridge: "bridgemac",
      port: "portid",
    },
  },
  slow: { layer: "SlowProtocol", fields: { subtype: "subtype" } },
  lacp: { layer: "LACP", fields: { version: "version" } },
  ipv4: { ...internet, or: { ...internet, layer: "IPerror" } },
  ipv6: {
    layer: "IPv6",
    fields: {
      version: "version",
      flowLabel: "fl",
      len: "plen",
      nextHeader: "nh",
      hopLimit: "hlim",
      src: "src",
      dst: "dst",
    },
    made: { tc: trafficClass },
  },
  hopByHop: { layer: "IPv6ExtHdrHopByHop", fields: extension },
  destinationOptions: { layer: "IPv6ExtHdrDestOpt", fields: extension },
  ipv6Fragment: {
    layer: "IPv6ExtHdrFragment",
    fields: {
      nextHeader: "nh",
      reserved: "res1",
      offset: "offset",
      reservedBits: "res2",
      more: "m",
      id: "id",
    },
  },
  ah: {
    layer: "AH",
    fields: { nextHeader: "nh", len: "payloadlen", spi: "spi", seq: "seq", icv: "icv" },
  },
  esp: { layer: "ESP", fields: { spi: "spi", seq: "seq" } },
  icmp: {
    layer: "ICMP",
    fields: { type: "type", code: "code", checksum: "chksum" },
  },
  tcp: {
    layer: "TCP",
    fields: {
      srcPort: "sport",
      dstPort: "dport",
      seq: "seq",
      ack: "ack",
      dataOffset: "dataofs",
      "flags.reserved": "reserved",
      window: "window",
      checksum: "chksum",
      urgentPointer: "urgptr",
    },
    made: { flags: (of) => of("flags.value") & 0x1ff },
  },
  udp: {
    layer: "UDP",
    fields: { srcPort: "sport", dstPort: "dport", len: "len", checksum: "chksum" },
  },
  sctp: {
    layer: "SCTP",
    fields: { srcPort: "sport", dstPort: "dport", verificationTag: "tag", checksum: "chksum" },
  },
  gre: {
    layer: "GRE",
    fields: {
      "flags.checksum": "chksum_present",
      "flags.routing": "routing_present",
      "flags.key": "key_present",
      "flags.sequence": "seqnum_present",
      "flags.strictSourceRoute": "strict_route_source",
      "flags.recursion": "recursion_control",
      "flags.version": "version",
      protocol: "proto",
      checksum: "chksum",
      offset: "offset",
      key: "key",
      seq: "sequence_number",
    },
  },
  vxlan: {
    layer: "VXLAN",
    fields: { vni: "vni" },
    // The other octet of the flags has a name of its own.
    made: { flags: (of) => of("flags.value") >> 8 },
  },
  geneve: {
    layer: "GENEVE",
    fields: {
      version: "version",
      optionsLength: "optionlen",
      "flags.oam": "oam",
      "flags.critical": "critical",
      protocol: "proto",
      vni: "vni",
    },
  },
  mpls: { layer: "MPLS", fields: { label: "label", trafficClass: "cos", bottom: "s", ttl: "ttl" } },
  dns: {
    layer: "DNS",
    fields: {
      id: "id",
      "flags.qr": "qr",
      "flags.opcode": "opcode",
      "flags.aa": "aa",
      "flags.tc": "tc",
      "flags.rd": "rd",
      "flags.ra": "ra",
      "flags.z": "z",
      "flags.ad": "ad",
      "flags.cd": "cd",
      "flags.rcode": "rcode",
      qdcount: "qdcount",
      ancount: "ancount",
      nscount: "nscount",
      arcount: "arcount",
    },
    list: {
      ours: "questions",
      theirs: "qd",
      item: { name: "qname", type: "qtype", class: "qclass" },
    },
  },
  gtp: {
    layer: "GTP_U_Header",
    fields: {
      "flags.version": "version",
      "flags.protocolType": "PT",
      "flags.extension": "E",
      "flags.sequence": "S",
      "flags.npdu": "PN",
      message: "gtp_type",
      length: "length",
      teid: "teid",
      seq: "seq",
      npdu: "npdu",
      nextExtension: "next_ex",
    },
  },
  macsec: {
    layer: "MACsec",
    fields: {
      "tci.version": "Ver",
      "tci.endStation": "ES",
      "tci.sci": "SC",
      "tci.singleCopy": "SCB",
      "tci.encrypted": "E",
      "tci.changed": "C",
      an: "AN",
      reserved: "reserved",
      shortLength: "SL",
      pn: "PN",
    },
  },
  nsh: {
    layer: "NSH",
    fields: {
      version: "ver",
      oam: "oam",
      ttl: "ttl",
      length: "length",
      mdType: "mdtype",
      nextProtocol: "nextproto",
      spi: "spi",
      si: "si",
    },
  },
};
