import type { ScapyList, ScapyRecord } from "./scapy-compare.ts";

const unknown = "Scapy does not know the message";
const elsewhere = "only messages have it that Scapy does not know";
const bytesAlone = "Scapy has the bytes of the option alone";

const of = (layer: string, fields: Readonly<Record<string, string>> = {}): ScapyRecord => ({
  layer,
  fields,
});
const address = (ours: string, theirs: string): ScapyList => ({
  ours,
  theirs,
  item: { fields: { address: "value" } },
});

const linkLayer = (layer: string): ScapyRecord => ({
  layer,
  fields: { address: "lladdr" },
  left: { addressBytes: "Scapy knows addresses of Ethernet alone" },
});
const listed = (layer: string): ScapyRecord => ({
  layer,
  fields: { reserved: "res" },
  lists: [address("addresses", "addrlist")],
});

const ndOption: ScapyRecord = {
  fields: { type: "type", length: "len" },
  cases: {
    sourceLinkLayerAddress: linkLayer("ICMPv6NDOptSrcLLAddr"),
    targetLinkLayerAddress: linkLayer("ICMPv6NDOptDstLLAddr"),
    prefixInformation: of("ICMPv6NDOptPrefixInfo", {
      prefixLength: "prefixlen",
      "flags.l": "L",
      "flags.a": "A",
      "flags.r": "R",
      "flags.reserved": "res1",
      validLifetime: "validlifetime",
      preferredLifetime: "preferredlifetime",
      reserved: "res2",
      prefix: "prefix",
    }),
    redirectedHeader: {
      layer: "ICMPv6NDOptRedirectedHdr",
      fields: { reserved: "res" },
      left: { packet: "Scapy takes the packet apart, ours has its bytes" },
    },
    mtu: of("ICMPv6NDOptMTU", { reserved: "res", mtu: "mtu" }),
    nbmaShortcutLimit: of("ICMPv6NDOptShortcutLimit", {
      limit: "shortcutlim",
      reserved: "res1",
      reserved2: "res2",
    }),
    advertisementInterval: of("ICMPv6NDOptAdvInterval", { reserved: "res", interval: "advint" }),
    homeAgentInformation: of("ICMPv6NDOptHAInfo", {
      reserved: "res",
      preference: "pref",
      lifetime: "lifetime",
    }),
    sourceAddressList: listed("ICMPv6NDOptSrcAddrList"),
    targetAddressList: listed("ICMPv6NDOptTgtAddrList"),
    ipAddressPrefix: elsewhere,
    newRouterPrefix: elsewhere,
    linkLayerAddress: elsewhere,
    map: of("ICMPv6NDOptMAP", {
      distance: "dist",
      preference: "pref",
      "flags.r": "R",
      "flags.reserved": "res",
      lifetime: "validlifetime",
      address: "addr",
    }),
    routeInformation: {
      layer: "ICMPv6NDOptRouteInfo",
      fields: {
        prefixLength: "plen",
        "flags.reserved": "res1",
        "flags.preference": "prf",
        "flags.reserved2": "res2",
        lifetime: "rtlifetime",
      },
      left: { prefix: "Scapy has an address of it, ours its bytes" },
    },
    rdnss: {
      layer: "ICMPv6NDOptRDNSS",
      fields: { reserved: "res", lifetime: "lifetime" },
      lists: [address("servers", "dns")],
    },
    flagsExtension: {
      layer: "ICMPv6NDOptEFA",
      left: { flags: "Scapy has one number of all 48 bits", reserved: "as flags" },
    },
    dnssl: {
      layer: "ICMPv6NDOptDNSSL",
      fields: { reserved: "res", lifetime: "lifetime" },
      lists: [{ ours: "names", theirs: "searchlist", item: { fields: { name: "value" } } }],
    },
    ...Object.fromEntries(
      [
        "nonce",
        "experiment",
        "cga",
        "rsaSignature",
        "timestamp",
        "trustAnchor",
        "certificate",
        "neighborAdvertisementAck",
        "pvdId",
        "handoverKeyRequest",
        "handoverKeyReply",
        "handoverAssist",
        "mobileNodeIdentifier",
        "proxySignature",
        "addressRegistration",
        "sixLowpanContext",
        "authoritativeBorderRouter",
        "sixLowpanCapability",
        "captivePortal",
        "pref64",
        "encryptedDns",
      ].map((name) => [name, bytesAlone]),
    ),
  },
};
const options: ScapyList = { ours: "options", theirs: null, item: ndOption };

const base = { type: "type", checksum: "cksum" };
const message = (layer: string, fields: Readonly<Record<string, string>> = {}): ScapyRecord => ({
  layer,
  fields: { code: "code", ...fields },
});
const withOptions = (layer: string, fields: Readonly<Record<string, string>>): ScapyRecord => ({
  ...message(layer, fields),
  lists: [options],
});
const group = { maxResponse: "mrd", reserved: "reserved", group: "mladdr" };
const discovery = (layer: string, code: string, fields = {}): ScapyRecord => ({
  layer,
  fields: { code, ...fields },
});

const multicastRecord: ScapyRecord = {
  layer: "ICMPv6MLDMultAddrRec",
  fields: {
    type: "rtype",
    auxLength: "auxdata_len",
    sourceCount: "sources_number",
    group: "dst",
    auxiliary: "auxdata",
  },
  lists: [address("sources", "sources")],
};

/** ICMPv6 as Scapy 2.5 knows it: a class for each message, and the options behind as layers of their own. */
export const scapyIcmpv6: Readonly<Record<string, ScapyRecord>> = {
  icmpv6: {
    fields: base,
    cases: {
      destinationUnreachable: message("ICMPv6DestUnreach", { length: "length", unused: "unused" }),
      packetTooBig: message("ICMPv6PacketTooBig", { mtu: "mtu" }),
      timeExceeded: message("ICMPv6TimeExceeded", { length: "length", unused: "unused" }),
      parameterProblem: message("ICMPv6ParamProblem", { pointer: "ptr" }),
      echoRequest: message("ICMPv6EchoRequest", { id: "id", seq: "seq" }),
      echoReply: message("ICMPv6EchoReply", { id: "id", seq: "seq" }),
      routerSolicitation: withOptions("ICMPv6ND_RS", { reserved: "res" }),
      routerAdvertisement: withOptions("ICMPv6ND_RA", {
        hopLimit: "chlim",
        "flags.m": "M",
        "flags.o": "O",
        "flags.h": "H",
        "flags.preference": "prf",
        "flags.p": "P",
        "flags.reserved": "res",
        lifetime: "routerlifetime",
        reachableTime: "reachabletime",
        retransTimer: "retranstimer",
      }),
      neighborSolicitation: withOptions("ICMPv6ND_NS", { reserved: "res", target: "tgt" }),
      neighborAdvertisement: withOptions("ICMPv6ND_NA", {
        "flags.r": "R",
        "flags.s": "S",
        "flags.o": "O",
        "flags.reserved": "res",
        target: "tgt",
      }),
      redirect: withOptions("ICMPv6ND_Redirect", {
        reserved: "res",
        target: "tgt",
        destination: "dst",
      }),
      inverseSolicitation: withOptions("ICMPv6ND_INDSol", { reserved: "reserved" }),
      inverseAdvertisement: withOptions("ICMPv6ND_INDAdv", { reserved: "reserved" }),
      listenerQuery: {
        layer: ["ICMPv6MLQuery", "ICMPv6MLQuery2"],
        fields: {
          code: "code",
          ...group,
          "flags.reserved": "Resv",
          "flags.s": "S",
          "flags.qrv": "QRV",
          qqic: "QQIC",
          sourceCount: "sources_number",
        },
        lists: [address("sources", "sources")],
      },
      listenerReport: message("ICMPv6MLReport", group),
      listenerDone: message("ICMPv6MLDone", group),
      listenerReportV2: {
        layer: "ICMPv6MLReport2",
        fields: { code: "res", reserved: "reserved", count: "records_number" },
        lists: [{ ours: "records", theirs: "records", item: multicastRecord }],
      },
      multicastRouterAdvertisement: discovery("ICMPv6MRD_Advertisement", "advinter", {
        queryInterval: "queryint",
        robustness: "robustness",
      }),
      multicastRouterSolicitation: discovery("ICMPv6MRD_Solicitation", "res"),
      multicastRouterTermination: discovery("ICMPv6MRD_Termination", "res"),
      nodeInformationQuery: {
        layer: ["ICMPv6NIQueryNOOP", "ICMPv6NIQueryName", "ICMPv6NIQueryIPv6", "ICMPv6NIQueryIPv4"],
        fields: { code: "code", qtype: "qtype" },
        left: {
          flags: "Scapy has the bits in two fields",
          nonce: "Scapy has a nonce of two halves",
          subject: "Scapy reads the data by its own idea of what they are",
          subjectNames: "as the subject",
          subjectIpv4: "as the subject",
        },
      },
      nodeInformationReply: {
        layer: [
          "ICMPv6NIReplyNOOP",
          "ICMPv6NIReplyName",
          "ICMPv6NIReplyIPv6",
          "ICMPv6NIReplyIPv4",
          "ICMPv6NIReplyRefuse",
          "ICMPv6NIReplyUnknown",
        ],
        fields: { code: "code", qtype: "qtype" },
        left: {
          flags: "Scapy has the bits in two fields",
          nonce: "Scapy has a nonce of two halves",
          ttl: "Scapy reads the data by its own idea of what they are",
          names: "as the time to live",
          addresses: "as the time to live",
          ipv4Addresses: "as the time to live",
        },
      },
      homeAgentRequest: {
        ...message("ICMPv6HAADRequest", { id: "id" }),
        left: { reserved: "Scapy has a flag in it, of RFC 3963" },
      },
      homeAgentReply: {
        ...message("ICMPv6HAADReply", { id: "id" }),
        lists: [address("homeAgents", "addresses")],
        left: { reserved: "Scapy has a flag in it, of RFC 3963" },
      },
      mobilePrefixSolicitation: withOptions("ICMPv6MPSol", { id: "id", reserved: "res" }),
      mobilePrefixAdvertisement: {
        ...withOptions("ICMPv6MPAdv", { id: "id" }),
        left: { flags: "Scapy has the two flags as one number" },
      },
      ...Object.fromEntries(
        [
          "extendedEchoRequest",
          "extendedEchoReply",
          "locatorUpdate",
          "duplicateAddressRequest",
          "duplicateAddressConfirmation",
          "mplControl",
          "routerRenumbering",
          "certificationPathSolicitation",
          "certificationPathAdvertisement",
          "experimentalMobility",
          "fmipv6",
          "rplControl",
        ].map((name) => [name, unknown]),
      ),
    },
  },
};
