import type { ScapyList, ScapyMade, ScapyRecord } from "./scapy-compare.ts";

const unknown = "Scapy does not know it";

const plainFlags = { "flags.value": "flags", length: "len" };
const dataFlags = {
  "flags.immediate": "delay_sack",
  "flags.unordered": "unordered",
  "flags.beginning": "beginning",
  "flags.ending": "ending",
  length: "len",
};
const reflected = { "flags.reflected": "TCB", length: "len" };
/** Values of one field each, as a list of Scapy's has them. */
const values = (ours: string, theirs: string, field: string): ScapyList => ({
  ours,
  theirs,
  item: { fields: { [field]: "value" } },
});

interface Address {
  readonly type: { readonly value: number };
  readonly length: number;
  readonly address?: string;
}
const part = (make: (address: Address) => unknown): ScapyMade => ({ from: ["address"], make });
const request: ScapyRecord = {
  fields: { correlationId: "correlation_id" },
  made: {
    addr_type: part(({ type }) => type.value),
    addr_len: part(({ length }) => length),
    addr: part(({ address }) => address),
  },
};

const parameter: ScapyRecord = {
  fields: { "type.value": "type", length: "len" },
  cases: {
    heartbeatInfo: { layer: "SCTPChunkParamHeartbeatInfo", fields: { info: "data" } },
    ipv4Address: { layer: "SCTPChunkParamIPv4Addr", fields: { address: "addr" } },
    ipv6Address: { layer: "SCTPChunkParamIPv6Addr", fields: { address: "addr" } },
    stateCookie: { layer: "SCTPChunkParamStateCookie", fields: { cookie: "cookie" } },
    cookiePreservative: {
      layer: "SCTPChunkParamCookiePreservative",
      fields: { increment: "sug_cookie_inc" },
    },
    hostName: { layer: "SCTPChunkParamHostname", fields: { name: "hostname" } },
    supportedAddressTypes: {
      layer: "SCTPChunkParamSupportedAddrTypes",
      lists: [values("types", "addr_type_list", "type")],
    },
    unrecognizedParameters: {
      layer: "SCTPChunkParamUnrocognizedParam",
      left: { parameters: "Scapy has their bytes" },
    },
    ecnCapable: { layer: "SCTPChunkParamECNCapable" },
    random: { layer: "SCTPChunkParamRandom", fields: { random: "random" } },
    chunkList: {
      layer: "SCTPChunkParamChunkList",
      lists: [values("chunks", "chunk_list", "type")],
    },
    requestedHmac: {
      layer: "SCTPChunkParamRequestedHMACFunctions",
      lists: [values("hmacs", "HMAC_functions_list", "id")],
    },
    supportedExtensions: {
      layer: "SCTPChunkParamSupportedExtensions",
      lists: [values("chunks", "supported_extensions", "type")],
    },
    forwardTsnSupported: { layer: "SCTPChunkParamFwdTSN" },
    addAddress: { ...request, layer: "SCTPChunkParamAddIPAddr" },
    deleteAddress: { ...request, layer: "SCTPChunkParamDelIPAddr" },
    setPrimaryAddress: { ...request, layer: "SCTPChunkParamSetPrimaryAddr" },
    errorCauseIndication: {
      layer: "SCTPChunkParamErrorIndication",
      fields: { correlationId: "correlation_id" },
      left: { causes: "Scapy has their bytes" },
    },
    successIndication: {
      layer: "SCTPChunkParamSuccessIndication",
      fields: { correlationId: "correlation_id" },
    },
    adaptationLayer: {
      layer: "SCTPChunkParamAdaptationLayer",
      fields: { indication: "indication" },
    },
    ...Object.fromEntries(
      [
        "outgoingReset",
        "incomingReset",
        "tsnReset",
        "reconfigurationResponse",
        "addOutgoingStreams",
        "addIncomingStreams",
        "zeroChecksumAcceptable",
        "padding",
      ].map((name) => [name, unknown]),
    ),
  },
};
const parameters: ScapyList = { ours: "parameters", theirs: "params", item: parameter };

const initiation: ScapyRecord = {
  fields: {
    ...plainFlags,
    initiateTag: "init_tag",
    receiverWindow: "a_rwnd",
    outboundStreams: "n_out_streams",
    inboundStreams: "n_in_streams",
    initialTsn: "init_tsn",
  },
  lists: [parameters],
};
const configuration: ScapyRecord = { fields: { ...plainFlags, seq: "seq" }, lists: [parameters] };
const causes = { causes: "Scapy has their bytes" };

const chunk: ScapyRecord = {
  fields: { "type.value": "type" },
  cases: {
    data: {
      layer: "SCTPChunkData",
      fields: {
        ...dataFlags,
        tsn: "tsn",
        sid: "stream_id",
        ssn: "stream_seq",
        ppid: "proto_id",
        data: "data",
      },
    },
    init: { ...initiation, layer: "SCTPChunkInit" },
    initAck: { ...initiation, layer: "SCTPChunkInitAck" },
    sack: {
      layer: "SCTPChunkSACK",
      fields: {
        ...plainFlags,
        cumulativeTsn: "cumul_tsn_ack",
        receiverWindow: "a_rwnd",
        gapCount: "n_gap_ack",
        duplicateCount: "n_dup_tsn",
      },
      made: {
        gap_ack_list: {
          from: ["gaps"],
          make: (gaps: readonly { readonly start: number; readonly end: number }[]) =>
            gaps.map(({ start, end }) => `${start}:${end}`),
        },
      },
      lists: [values("duplicates", "dup_tsn_list", "tsn")],
    },
    heartbeat: { layer: "SCTPChunkHeartbeatReq", fields: plainFlags, lists: [parameters] },
    heartbeatAck: { layer: "SCTPChunkHeartbeatAck", fields: plainFlags, lists: [parameters] },
    abort: { layer: "SCTPChunkAbort", fields: reflected, left: causes },
    shutdown: {
      layer: "SCTPChunkShutdown",
      fields: { ...plainFlags, cumulativeTsn: "cumul_tsn_ack" },
    },
    shutdownAck: { layer: "SCTPChunkShutdownAck", fields: plainFlags },
    error: { layer: "SCTPChunkError", fields: plainFlags, left: causes },
    cookieEcho: { layer: "SCTPChunkCookieEcho", fields: { ...plainFlags, cookie: "cookie" } },
    cookieAck: { layer: "SCTPChunkCookieAck", fields: plainFlags },
    shutdownComplete: { layer: "SCTPChunkShutdownComplete", fields: reflected },
    authentication: {
      layer: "SCTPChunkAuthentication",
      fields: {
        ...plainFlags,
        sharedKeyId: "shared_key_id",
        hmacId: "HMAC_function",
        hmac: "HMAC",
      },
    },
    addressConfigurationAck: { ...configuration, layer: "SCTPChunkAddressConfAck" },
    addressConfiguration: { ...configuration, layer: "SCTPChunkAddressConf" },
    ...Object.fromEntries(
      [
        "ecnEcho",
        "congestionWindowReduced",
        "nrSack",
        "interleavedData",
        "packetDrop",
        "reconfiguration",
        "padding",
        "forwardTsn",
        "interleavedForwardTsn",
      ].map((name) => [name, unknown]),
    ),
  },
};

/** SCTP as Scapy 2.5 knows it: its chunks are layers one behind the other. */
export const scapySctp: Readonly<Record<string, ScapyRecord>> = {
  sctp: {
    layer: "SCTP",
    fields: { srcPort: "sport", dstPort: "dport", verificationTag: "tag", checksum: "chksum" },
    lists: [{ ours: "chunks", theirs: null, item: chunk }],
  },
};
