import type { ScapyList, ScapyRecord } from "./scapy-compare.ts";

/** A list of addresses of ours, and the field that has them as a list of values. */
export const addressList = (ours: string, theirs: string): ScapyList => ({
  ours,
  theirs,
  item: { fields: { address: "value" } },
});

const identified = { id: "id", seq: "seq" };
const code = { type: "type", code: "code", checksum: "chksum" };
const stamps = { originate: "ts_ori", receive: "ts_rx", transmit: "ts_tx" };
const later = "Scapy does not know the message beyond its first four octets";
const leftOf = (...names: readonly string[]): ScapyRecord => ({
  left: Object.fromEntries(names.map((name) => [name, later])),
});

const icmp: ScapyRecord = {
  layer: ["ICMP", "ICMPerror"],
  fields: code,
  cases: {
    echoReply: { fields: identified },
    destinationUnreachable: {
      fields: { length: "length", mtu: "nexthopmtu" },
      left: { unused: "Scapy has a field for all that is unused", unused2: "as unused" },
    },
    sourceQuench: { fields: { unused: "unused" } },
    redirect: { fields: { gateway: "gw" } },
    alternateHostAddress: {},
    echo: { fields: identified },
    routerAdvertisement: leftOf("count", "entrySize", "lifetime", "addresses", "extensions"),
    routerSolicitation: leftOf("reserved"),
    timeExceeded: {
      fields: { length: "length" },
      left: { unused: "Scapy has a field for all that is unused", unused2: "as unused" },
    },
    parameterProblem: {
      fields: { pointer: "ptr", length: "length" },
      left: { unused: "Scapy has a field for all that is unused" },
    },
    timestamp: { fields: { ...identified, ...stamps } },
    timestampReply: { fields: { ...identified, ...stamps } },
    informationRequest: { fields: identified },
    informationReply: { fields: identified },
    addressMaskRequest: { fields: { ...identified, mask: "addr_mask" } },
    addressMaskReply: { fields: { ...identified, mask: "addr_mask" } },
    traceroute: leftOf("id", "unused", "outboundHops", "returnHops", "speed", "mtu"),
    datagramConversionError: leftOf("pointer"),
    domainNameRequest: leftOf("id", "seq"),
    domainNameReply: leftOf("id", "seq", "ttl", "names"),
    photuris: leftOf("reserved", "pointer"),
    experimentalMobility: leftOf("subtype", "reserved", "options"),
    extendedEchoRequest: leftOf("id", "seq", "reserved", "local", "extension"),
    extendedEchoReply: leftOf("id", "seq", "state", "reserved", "active", "ipv4", "ipv6"),
  },
};

const membership = { type: "type", checksum: "chksum" };
/** Versions 1 and 2 of IGMP; version 3 is another class of Scapy's, with one for each message behind it. */
const older: ScapyRecord = {
  layer: "IGMP",
  fields: { ...membership, maxResponse: "mrcode", group: "gaddr" },
};
const notIgmp = "Scapy knows version 3 alone under this type";
const sources = addressList("sources", "srcaddrs");
const groupRecord: ScapyRecord = {
  layer: "IGMPv3gr",
  fields: { type: "rtype", auxLength: "auxdlen", sourceCount: "numsrc", group: "maddr" },
  lists: [sources],
  left: { auxiliary: "Scapy takes it for the next record" },
};
const igmp: ScapyRecord = {
  cases: {
    query: {
      layer: ["IGMP", "IGMPv3"],
      with: ["IGMPv3mq"],
      fields: {
        ...membership,
        maxResponse: "mrcode",
        group: "gaddr",
        reserved: "resv",
        s: "s",
        qrv: "qrv",
        qqic: "qqic",
        sourceCount: "numsrc",
      },
      lists: [sources],
    },
    reportV1: { ...older, fields: { ...older.fields, reserved: "mrcode" } },
    reportV2: older,
    leave: older,
    reportV3: {
      layer: "IGMPv3",
      with: ["IGMPv3mr"],
      fields: { ...membership, reserved: "mrcode", reserved2: "res2", count: "numgrp" },
      lists: [{ ours: "records", theirs: "records", item: groupRecord }],
    },
    ...Object.fromEntries(
      [
        "createGroupRequest",
        "createGroupReply",
        "joinGroupRequest",
        "joinGroupReply",
        "leaveGroupRequest",
        "leaveGroupReply",
        "confirmGroupRequest",
        "confirmGroupReply",
        "traceResponse",
        "trace",
        "multicastRouterAdvertisement",
        "multicastRouterSolicitation",
        "multicastRouterTermination",
      ].map((name) => [name, notIgmp]),
    ),
  },
};

/** The messages of IPv4 that Scapy 2.5 knows too. */
export const scapyIcmp: Readonly<Record<string, ScapyRecord>> = { icmp, igmp };
