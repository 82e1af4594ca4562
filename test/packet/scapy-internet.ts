import type { ScapyMade, ScapyRecord } from "./scapy-compare.ts";
import { addressList } from "./scapy-icmp.ts";

const unknown = "Scapy has the option's bytes alone";

const trafficClass: ScapyMade = {
  from: ["dscp", "ecn"],
  make: (dscp: number, ecn: number) => dscp * 4 + ecn,
};
const route: ScapyRecord = {
  fields: { length: "length", pointer: "pointer" },
  lists: [addressList("route", "routers")],
};
const mtu: ScapyRecord = { fields: { length: "length", mtu: "mtu" } };
const ipv4Option: ScapyRecord = {
  layer: "IPOption",
  fields: { "type.copy": "copy_flag", "type.class": "optclass", "type.number": "option" },
  cases: {
    endOfOptionsList: {},
    noOperation: {},
    recordRoute: route,
    mtuProbe: mtu,
    mtuReply: mtu,
    quickStart: unknown,
    timestamp: {
      fields: { pointer: "pointer", overflow: "oflw", flag: "flg" },
      left: {
        length: "Scapy counts the one entry that it reads",
        timestamps: "Scapy reads one entry",
        entries: "Scapy reads one entry",
      },
    },
    traceroute: {
      fields: {
        length: "length",
        id: "id",
        outboundHops: "outbound_hops",
        returnHops: "return_hops",
        originator: "originator_ip",
      },
    },
    security: {
      fields: {
        security: "security",
        compartments: "compartment",
        restrictions: "handling_restrictions",
      },
      left: {
        length: "Scapy has eleven octets of it, as RFC 791 had",
        controlCode: "Scapy has its bytes",
        level: "RFC 1108 is not known to Scapy",
        authorities: "RFC 1108 is not known to Scapy",
      },
    },
    looseSourceRoute: route,
    extendedSecurity: unknown,
    cipso: unknown,
    streamId: { fields: { length: "length", id: "security" } },
    strictSourceRoute: route,
    routerAlert: { fields: { length: "length", value: "alert" } },
    selectiveDirectedBroadcast: {
      fields: { length: "length" },
      lists: [addressList("addresses", "addresses")],
    },
  },
};

const internet: ScapyRecord = {
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
  lists: [{ ours: "options", theirs: "options", item: ipv4Option }],
};

const ipv6Option: ScapyRecord = {
  fields: { "type.value": "otype" },
  cases: {
    pad1: { layer: "Pad1" },
    padN: { layer: "PadN", fields: { length: "optlen", padding: "optdata" } },
    routerAlert: { layer: "RouterAlert", fields: { length: "optlen", value: "value" } },
    jumboPayload: { layer: "Jumbo", fields: { length: "optlen", jumboLength: "jumboplen" } },
    homeAddress: { layer: "HAO", fields: { length: "optlen", home: "hoa" } },
    endpointIdentification: {
      layer: "HBHOptUnknown",
      fields: { length: "optlen", endpoint: "optdata" },
    },
    ilnpNonce: { layer: "HBHOptUnknown", fields: { length: "optlen", nonce: "optdata" } },
    experiment: { layer: "HBHOptUnknown", fields: { length: "optlen", data: "optdata" } },
    ...Object.fromEntries(
      [
        "tunnelEncapsulationLimit",
        "calipso",
        "smfDpd",
        "pdm",
        "ioamDestination",
        "altMarkDestination",
        "rpl",
        "quickStart",
        "minimumPathMtu",
        "ioamHopByHop",
        "altMarkHopByHop",
        "rplDeprecated",
        "mpl",
        "lineIdentification",
        "ipDff",
      ].map((name) => [name, unknown]),
    ),
  },
};
const extension: ScapyRecord = {
  fields: { nextHeader: "nh", len: "len" },
  lists: [{ ours: "options", theirs: "options", item: ipv6Option }],
};

/** Scapy's table says of an option how its bytes are read; those of other lengths stay bytes. */
const number = "value";
const tcpOption: ScapyRecord = {
  left: { kind: "the name of Scapy's tuple", length: "Scapy computes it" },
  cases: {
    endOfOptionList: { layer: "EOL" },
    noOperation: { layer: "NOP" },
    maximumSegmentSize: { layer: "MSS", fields: { mss: number } },
    windowScale: { layer: "WScale", fields: { shift: number } },
    sackPermitted: { layer: "SAckOK" },
    sack: {
      layer: "SAck",
      made: {
        value: {
          from: ["blocks"],
          make: (blocks: readonly { readonly left: number; readonly right: number }[]) =>
            blocks.length === 0 ? [] : blocks.flatMap(({ left, right }) => [left, right]),
        },
      },
    },
    echo: { layer: "6", made: { value: { from: ["info"], make: word } } },
    echoReply: { layer: "7", made: { value: { from: ["info"], make: word } } },
    timestamps: { layer: "Timestamp", fields: { value: "0", echoReply: "1" } },
    partialOrderPermitted: { layer: "9" },
    partialOrderProfile: unknown,
    connectionCount: { layer: "11", made: { value: { from: ["count"], make: word } } },
    connectionCountNew: { layer: "12", made: { value: { from: ["count"], make: word } } },
    connectionCountEcho: { layer: "13", made: { value: { from: ["count"], make: word } } },
    alternateChecksumRequest: {
      layer: "AltChkSum",
      left: {
        algorithm: "Scapy wants a checksum behind it, which RFC 1146 has in an option of its own",
      },
    },
    alternateChecksumData: { layer: "AltChkSumOpt", fields: { data: number } },
    md5Signature: { layer: "MD5", fields: { digest: number } },
    scpsCapabilities: unknown,
    selectiveNegativeAck: unknown,
    quickStartResponse: unknown,
    userTimeout: {
      layer: "UTO",
      made: {
        value: {
          from: ["minutes", "timeout"],
          make: (minutes: boolean, timeout: number) => (minutes ? 0x8000 : 0) + timeout,
        },
      },
    },
    authentication: {
      layer: ["AO", "TCPAOValue"],
      fields: { keyId: "keyid", nextKeyId: "rnextkeyid", mac: "mac" },
    },
    multipath: unknown,
    fastOpen: {
      layer: "TFO",
      left: { cookie: "Scapy has two numbers for a cookie of eight bytes, and bytes for others" },
    },
    encryptionNegotiation: unknown,
    accurateEcn0: unknown,
    accurateEcn1: unknown,
    experiment1: unknown,
    experiment2: unknown,
  },
};
function word(n: number): Uint8Array {
  return Uint8Array.of(n >>> 24, n >>> 16, n >>> 8, n);
}

const transport: ScapyRecord = {
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
  made: { flags: { from: ["flags.value"], make: (value: number) => value & 0x1ff } },
  lists: [{ ours: "options", theirs: "options", item: tcpOption }],
};

const routing = { nextHeader: "nh", len: "len", type: "type", segmentsLeft: "segleft" };

/** The headers from IP up to the transports that Scapy 2.5 knows too. */
export const scapyInternet: Readonly<Record<string, ScapyRecord>> = {
  ipv4: { ...internet, or: { layer: "IPerror" } },
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
    or: { layer: "IPerror6" },
  },
  hopByHop: { ...extension, layer: "IPv6ExtHdrHopByHop" },
  destinationOptions: { ...extension, layer: "IPv6ExtHdrDestOpt" },
  ipv6Routing: {
    layer: ["IPv6ExtHdrRouting", "IPv6ExtHdrSegmentRouting"],
    fields: routing,
    cases: {
      sourceRoute: {
        fields: { reserved: "reserved" },
        lists: [addressList("addresses", "addresses")],
      },
      type2: {
        fields: { reserved: "reserved" },
        made: { addresses: { from: ["home"], make: (home: string) => [home] } },
      },
      rpl: "Scapy takes the compressed addresses for whole ones",
      segmentRouting: {
        fields: { lastEntry: "lastentry", tag: "tag" },
        made: {
          protected: { from: ["flags"], make: (flags: number) => (flags >> 6) & 1 },
          oam: { from: ["flags"], make: (flags: number) => (flags >> 5) & 1 },
          alert: { from: ["flags"], make: (flags: number) => (flags >> 4) & 1 },
          hmac: { from: ["flags"], make: (flags: number) => (flags >> 3) & 1 },
        },
        lists: [addressList("segments", "addresses")],
        left: {
          tlvs: "Scapy has the length of one without its first two octets, and reads on in the middle",
        },
      },
      crh16: "Scapy takes it for a header of whole addresses",
      crh32: "Scapy takes it for a header of whole addresses",
    },
  },
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
    fields: {
      nextHeader: "nh",
      len: "payloadlen",
      reserved: "reserved",
      spi: "spi",
      seq: "seq",
      icv: "icv",
    },
  },
  esp: { layer: "ESP", fields: { spi: "spi", seq: "seq" } },
  tcp: transport,
  http: {
    layer: ["HTTPRequest", "HTTPResponse"],
    fields: {
      "request.method": "Method",
      "request.uri": "Path",
      "request.version": "Http_Version",
      "response.version": "Http_Version",
      "response.phrase": "Reason_Phrase",
    },
    made: { Status_Code: { from: ["response.code"], make: (code: number) => String(code) } },
    left: {
      headers: "Scapy has a field for each name that it knows, in no order",
      blankLine: "Scapy has no field for it",
    },
  },
  udp: {
    layer: "UDP",
    fields: { srcPort: "sport", dstPort: "dport", len: "len", checksum: "chksum" },
  },
};
