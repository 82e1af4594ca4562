import type { ScapyList, ScapyMade, ScapyRecord } from "./scapy-compare.ts";

const unknown = "Scapy has the bytes of the message alone";
const bytesAlone = "Scapy has the bytes of the option alone";

const of = (layer: string, fields: Readonly<Record<string, string>> = {}): ScapyRecord => ({
  layer,
  fields: { length: "olen", ...fields },
});

const option: ScapyRecord = {
  fields: { type: "otype" },
  left: { "*": bytesAlone },
  cases: {
    pad1: { layer: "Pad1" },
    padN: { layer: "PadN", fields: { length: "optlen", padding: "optdata" } },
    bindingRefreshAdvice: of("MIP6OptBRAdvice", { interval: "rinter" }),
    alternateCareOf: of("MIP6OptAltCoA", { address: "acoa" }),
    nonceIndices: of("MIP6OptNonceIndices", { home: "hni", careOf: "coni" }),
    mobileNetworkPrefix: of("MIP6OptMobNetPrefix", {
      reserved: "reserved",
      prefixLength: "plen",
      prefix: "prefix",
    }),
    mobileNodeIdentifier: {
      ...of("MIP6OptMNID", { subtype: "subtype", identifier: "id" }),
      left: { address: "Scapy has it as text", data: "Scapy has it as text" },
    },
    authentication: of("MIP6OptMsgAuth", { subtype: "subtype", spi: "mspi", data: "authdata" }),
    cgaParametersRequest: of("MIP6OptCGAParamsReq"),
    cgaParameters: of("MIP6OptCGAParams", { data: "cgaparams" }),
    signature: of("MIP6OptSignature", { data: "sig" }),
    permanentHomeKeygenToken: of("MIP6OptHomeKeygenToken", { data: "hkt" }),
    careOfTestInit: of("MIP6OptCareOfTestInit"),
    careOfTest: of("MIP6OptCareOfTest", { data: "cokt" }),
    authorizationData: "Scapy has twelve octets of it, whatever its length",
    linkLayerAddress: "Scapy has six octets of it, whatever its length",
    messageIdentification: {
      ...of("MIP6OptReplayProtection"),
      left: { timestamp: "Scapy makes a date of it" },
    },
    ...Object.fromEntries(
      [
        "dnsUpdate",
        "experimental",
        "vendorSpecific",
        "serviceSelection",
        "fastAuthorizationData",
        "homeNetworkPrefix",
        "handoffIndicator",
        "accessTechnology",
        "linkLayerIdentifier",
        "linkLocalAddress",
        "timestamp",
        "restartCounter",
        "ipv4HomeAddress",
        "ipv4AddressAck",
        "natDetection",
        "ipv4CareOf",
        "greKey",
        "addressPrefix",
        "bindingIdentifier",
        "ipv4HomeAddressRequest",
        "ipv4HomeAddressReply",
        "ipv4DefaultRouter",
        "dhcpSupportMode",
        "contextRequest",
        "localMobilityAnchor",
        "linkLocalInterface",
        "transientBinding",
        "flowSummary",
        "flowIdentification",
        "redirectCapability",
        "redirect",
        "loadInformation",
        "alternateIpv4CareOf",
        "nodeGroup",
        "accessGatewayAddress",
        "accessNetwork",
        "delegatedPrefix",
        "qualityOfService",
        "userPlaneAddress",
      ].map((name) => [name, bytesAlone]),
    ),
  },
};
const options: ScapyList = { ours: "options", theirs: "options", item: option };

const message = (layer: string, fields: Readonly<Record<string, string>>): ScapyRecord => ({
  layer,
  fields,
  lists: [options],
});
/** The ten flags of a binding update as one number; the lowest bits are reserved. */
const bits = (...names: readonly string[]): ScapyMade => ({
  from: names,
  make: (...set: readonly boolean[]) => set.reduce((made, one) => made * 2 + Number(one), 0),
});

/** Mobile IPv6 as Scapy 2.5 knows it: a class for each message. */
export const scapyMobility: Readonly<Record<string, ScapyRecord>> = {
  mipv6: {
    fields: {
      payloadProtocol: "nh",
      len: "len",
      type: "mhtype",
      reserved: "res",
      checksum: "cksum",
    },
    cases: {
      bindingRefreshRequest: message("MIP6MH_BRR", { reserved2: "res2" }),
      homeTestInit: message("MIP6MH_HoTI", { reserved2: "reserved", cookie: "cookie" }),
      careOfTestInit: message("MIP6MH_CoTI", { reserved2: "reserved", cookie: "cookie" }),
      homeTest: message("MIP6MH_HoT", { nonceIndex: "index", cookie: "cookie", token: "token" }),
      careOfTest: message("MIP6MH_CoT", { nonceIndex: "index", cookie: "cookie", token: "token" }),
      bindingUpdate: {
        ...message("MIP6MH_BU", { seq: "seq", lifetime: "mhtime" }),
        made: { flags: bits("a", "h", "l", "k", "m", "r", "p") },
        left: {
          f: "Scapy has only the older seven flags",
          t: "as f",
          b: "as f",
          reserved2: "as f",
        },
      },
      bindingAcknowledgement: {
        ...message("MIP6MH_BA", { status: "status", seq: "seq", lifetime: "mhtime" }),
        made: { flags: bits("k", "r", "p") },
        left: { t: "Scapy has only the older three flags", b: "as t", reserved2: "as t" },
      },
      bindingError: message("MIP6MH_BE", { status: "status", reserved2: "reserved", home: "ha" }),
      ...Object.fromEntries(
        [
          "fastBindingUpdate",
          "fastBindingAcknowledgment",
          "fastNeighborAdvertisement",
          "homeAgentSwitch",
          "heartbeat",
          "handoverInitiate",
          "handoverAcknowledge",
          "bindingRevocation",
          "localizedRoutingInitiation",
          "localizedRoutingAcknowledgment",
          "updateNotification",
          "updateNotificationAcknowledgement",
        ].map((name) => [name, unknown]),
      ),
    },
  },
};
