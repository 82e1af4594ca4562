import type { ScapyRecord } from "./scapy-compare.ts";

/** Why some parts of ours stand in no table. */
const noField = "Scapy has no field for it";
const session = {
  version: "version",
  type: "type",
  code: "code",
  sessionId: "sessionid",
  length: "len",
};
const tagValue: ScapyRecord = { fields: { value: "tag_value" } };
const discoveryTag: ScapyRecord = {
  layer: "PPPoETag",
  fields: { type: "tag_type", length: "tag_len" },
  cases: {
    ...Object.fromEntries(
      [
        "serviceName",
        "acName",
        "hostUniq",
        "acCookie",
        "relaySessionId",
        "hurl",
        "motm",
        "maxPayload",
        "ipRouteAdd",
        "serviceNameError",
        "acSystemError",
        "genericError",
      ].map((name) => [name, tagValue]),
    ),
    endOfList: {},
    vendorSpecific: "Scapy has the bytes of the tag alone",
    credits: "Scapy has the bytes of the tag alone",
    metrics: "Scapy has the bytes of the tag alone",
    sequenceNumber: { fields: { seq: "tag_value" } },
    creditScale: { fields: { scale: "tag_value" } },
  },
};

const control = { code: "code", identifier: "id", length: "len" };
const message: ScapyRecord = { fields: { data: "data" } };

const lcpOption: ScapyRecord = {
  layer: ["PPP_LCP", "PPP_LCP_Option"],
  fields: { type: "type", length: "len" },
  cases: {
    vendorSpecific: { made: { data: { from: ["oui", "kind", "data"], make: ouiKindData } } },
    maximumReceiveUnit: { fields: { mru: "max_recv_unit" } },
    asyncControlCharacterMap: { fields: { "map.value": "accm" } },
    authenticationProtocol: {
      fields: { protocol: "auth_protocol", algorithm: "algorithm" },
      left: { data: "Scapy names what follows a protocol only where it is one of three" },
    },
    qualityProtocol: {
      fields: { protocol: "quality_protocol" },
      made: { data: { from: ["reportingPeriod", "data"], make: periodOrData } },
    },
    magicNumber: { fields: { magic: "magic_number" } },
    protocolFieldCompression: {},
    addressAndControlFieldCompression: {},
    fcsAlternatives: { fields: { "fcs.value": "data" } },
    selfDescribingPad: { fields: { maximum: "data" } },
    numberedMode: { left: { window: noField, address: noField } },
    callback: { fields: { operation: "operation", message: "message" } },
    compoundFrames: {},
    multilinkMrru: { fields: { mrru: "data" } },
    shortSequenceNumbers: {},
    endpointDiscriminator: { left: { discriminator: noField } },
    dceIdentifier: { fields: { mode: "data" } },
    multiLinkPlus: { fields: { unused: "data" } },
    linkDiscriminator: { fields: { discriminator: "data" } },
    byteStuffing: { fields: { "flags.value": "data" } },
    prefixElision: { left: { class: noField, prefixes: noField } },
    multilinkHeaderFormat: { left: { format: noField, maxClasses: noField } },
    internationalization: { left: { charset: noField, language: noField } },
    simpleDataLink: {},
  },
};

function ouiKindData(oui: number, kind: number, data: Uint8Array): Uint8Array {
  return Uint8Array.of(oui >> 16, oui >> 8, oui, kind, ...data);
}
function periodOrData(period: number | undefined, data: Uint8Array | undefined): Uint8Array {
  const head = period === undefined ? [] : [period >>> 24, period >>> 16, period >>> 8, period];
  return Uint8Array.of(...head, ...(data ?? []));
}

const lcpConfigure: ScapyRecord = {
  lists: [{ ours: "options", theirs: "options", item: lcpOption }],
};
const echo: ScapyRecord = { fields: { magic: "magic_number", data: "data" } };

const addressOption: ScapyRecord = { fields: { address: "data" } };
const ipcpConfigure: ScapyRecord = {
  lists: [
    {
      ours: "options",
      theirs: "options",
      item: {
        layer: "PPP_IPCP_Option",
        fields: { type: "type", length: "len" },
        cases: {
          ipAddresses: { left: { src: noField, dst: noField } },
          compressionProtocol: { left: { compression: noField } },
          ipAddress: addressOption,
          mobileIpv4: { left: { address: noField } },
          primaryDns: addressOption,
          primaryNbns: addressOption,
          secondaryDns: addressOption,
          secondaryNbns: addressOption,
        },
      },
    },
  ],
};

const chapValue: ScapyRecord = {
  fields: { valueSize: "value_size", value: "value", name: "optional_name" },
};

/** PPP and PPPoE as Scapy 2.5 knows them: some messages and options have classes of their own. */
export const scapyPpp: Readonly<Record<string, ScapyRecord>> = {
  lcp: {
    layer: "PPP_LCP",
    fields: control,
    cases: {
      vendorSpecific: { left: { magic: noField, oui: noField, kind: noField, data: noField } },
      configureRequest: lcpConfigure,
      configureAck: lcpConfigure,
      configureNak: lcpConfigure,
      configureReject: lcpConfigure,
      terminateRequest: message,
      terminateAck: message,
      codeReject: { left: { rejected: "Scapy takes the packet apart, ours has its bytes" } },
      protocolReject: { fields: { protocol: "rejected_protocol" } },
      echoRequest: echo,
      echoReply: echo,
      discardRequest: echo,
      identification: { left: { magic: noField, message: noField } },
      timeRemaining: { left: { magic: noField, seconds: noField, message: noField } },
    },
  },
  ipcp: {
    layer: "PPP_IPCP",
    fields: control,
    cases: {
      configureRequest: ipcpConfigure,
      configureAck: ipcpConfigure,
      configureNak: ipcpConfigure,
      configureReject: ipcpConfigure,
      terminateRequest: { left: { data: "Scapy takes options for it" } },
      terminateAck: { left: { data: "Scapy takes options for it" } },
      codeReject: { left: { data: "Scapy takes options for it" } },
    },
  },
  pap: {
    layer: "PPP_PAP",
    fields: control,
    cases: {
      request: {
        fields: {
          peerIdLength: "username_len",
          peerId: "username",
          passwordLength: "passwd_len",
          password: "password",
        },
      },
      ack: { fields: { messageLength: "msg_len", message: "message" } },
      nak: { fields: { messageLength: "msg_len", message: "message" } },
    },
  },
  chap: {
    layer: "PPP_CHAP",
    fields: control,
    cases: {
      challenge: chapValue,
      response: chapValue,
      success: { fields: { message: "data" } },
      failure: { fields: { message: "data" } },
    },
  },
  pppoe: { layer: "PPPoE", fields: session },
  pppoeDiscovery: {
    layer: "PPPoED",
    fields: session,
    with: ["PPPoED_Tags"],
    lists: [{ ours: "tags", theirs: "tag_list", item: discoveryTag }],
  },
};
