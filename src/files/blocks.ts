/** What a capture file holds besides packets. */

import type { BlockOption } from "./options.ts";
import type { CaptureInterface } from "./record.ts";

/** Block type numbers of pcapng (draft-ietf-opsawg-pcapng §11.1). */
export const blockTypes = {
  sectionHeader: 0x0a0d0d0a,
  interfaceDescription: 1,
  packet: 2,
  simplePacket: 3,
  nameResolution: 4,
  interfaceStatistics: 5,
  enhancedPacket: 6,
  journal: 9,
  decryptionSecrets: 10,
  custom: 0x00000bad,
  customNotCopied: 0x40000bad,
} as const;

/** What all blocks have. */
export interface BlockBase {
  /** The block type number in the file; 0 for the header of a pcap file. */
  readonly type: number;
  /** The number of its section, from 1. */
  readonly section: number;
  /** Where it begins: bytes from the start of the (decompressed) file. */
  readonly offset: number;
  /** Whether the numbers in it have their low byte first. */
  readonly littleEndian: boolean;
  /** The whole block as it stands in the file, lengths included; a copy that may be kept. */
  readonly raw: Uint8Array;
}

/** The global header of a pcap file. */
export interface PcapHeaderBlock extends BlockBase {
  readonly kind: "pcapHeader";
  /** The magic number in the file's byte order. */
  readonly magic: number;
  /** Whether time stamps count nanoseconds instead of microseconds. */
  readonly nanoseconds: boolean;
  /** Whether records have the longer headers of Alexey Kuznetzov's patched libpcap. */
  readonly modified: boolean;
  readonly majorVersion: number;
  readonly minorVersion: number;
  /** Seconds the times are east of UTC; always 0 in practice and never applied. */
  readonly thisZone: number;
  /** Accuracy of the time stamps; always 0 in practice. */
  readonly sigFigs: number;
  readonly snaplen: number;
  readonly linkType: number;
  /** Bytes of frame check sequence the frames end with, or -1 when the header does not say. */
  readonly fcsLength: number;
  /** The ten reserved bits above the link type; other values than 0 are refused. */
  readonly reserved: number;
}

/** Begins a section: what follows has its byte order and its own interfaces. */
export interface SectionHeaderBlock extends BlockBase {
  readonly kind: "sectionHeader";
  readonly majorVersion: number;
  readonly minorVersion: number;
  /** Bytes of the section without this block, or -1 when the writer did not know. */
  readonly sectionLength: number;
  readonly options: readonly BlockOption[];
}

/** Describes an interface; the sink's `interface` gets the same description just before. */
export interface InterfaceDescriptionBlock extends BlockBase {
  readonly kind: "interfaceDescription";
  readonly interface: CaptureInterface;
  readonly options: readonly BlockOption[];
}

/** One address with its names (types 1..4), or an unknown record kept as it is. */
export interface NameRecord {
  /** 1 IPv4, 2 IPv6, 3 EUI-48, 4 EUI-64. */
  readonly type: number;
  /** The address as text; empty for an unknown type. */
  readonly address: string;
  readonly names: readonly string[];
  /** The whole value of the record. */
  readonly value: Uint8Array;
}

/** Names of addresses, as they were when the capture was made. */
export interface NameResolutionBlock extends BlockBase {
  readonly kind: "nameResolution";
  readonly records: readonly NameRecord[];
  /** The server that gave the names (ns_dnsname), when the file has it. */
  readonly dnsName?: string;
  /** Its IPv4 address (ns_dnsIP4addr). */
  readonly dnsIpv4?: string;
  /** Its IPv6 address (ns_dnsIP6addr). */
  readonly dnsIpv6?: string;
  readonly options: readonly BlockOption[];
}

/** A time as a sink gets it: whole seconds since 1970 and 0..999999999 nanoseconds. */
export interface RecordTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** What an interface counted. */
export interface InterfaceStatisticsBlock extends BlockBase {
  readonly kind: "interfaceStatistics";
  readonly interfaceIndex: number;
  /** When the numbers were taken. */
  readonly time: RecordTime;
  /** When the capture began and ended (isb_starttime, isb_endtime). */
  readonly startTime?: RecordTime;
  readonly endTime?: RecordTime;
  /** Packets received (isb_ifrecv), and dropped by the interface (isb_ifdrop). */
  readonly received?: bigint;
  readonly dropped?: bigint;
  /** Packets the filter accepted (isb_filteraccept). */
  readonly accepted?: bigint;
  /** Packets dropped by the operating system (isb_osdrop), and delivered (isb_usrdeliv). */
  readonly systemDropped?: bigint;
  readonly delivered?: bigint;
  readonly options: readonly BlockOption[];
}

/** Secret types of a {@link DecryptionSecretsBlock} (draft-ietf-opsawg-pcapng §4.7). */
export const secretsTypes = {
  tlsKeyLog: 0x544c534b,
  sshKeyLog: 0x5353484b,
  wireguardKeyLog: 0x57474b4c,
  zigbeeNwkKey: 0x5a4e574b,
  zigbeeApsKey: 0x5a415053,
} as const;

/** The kinds of secrets that are known by name. */
export type SecretsKind = keyof typeof secretsTypes | "unknown";

/** Keys that packets of the section were encrypted with. */
export interface DecryptionSecretsBlock extends BlockBase {
  readonly kind: "decryptionSecrets";
  readonly secretsType: number;
  readonly secrets: SecretsKind;
  /** The secrets as they stand in the block; key logs are ASCII text. */
  readonly data: Uint8Array;
  readonly options: readonly BlockOption[];
}

/** One entry of the systemd journal; `parseJournalEntry` takes its fields apart. */
export interface JournalBlock extends BlockBase {
  readonly kind: "journal";
  readonly data: Uint8Array;
}

/** A block of somebody's own. */
export interface CustomBlock extends BlockBase {
  readonly kind: "custom";
  /** Private enterprise number of who defined it. */
  readonly pen: number;
  /** Whether programs that change the file may copy the block. */
  readonly copyable: boolean;
  /** Everything after the number; only its owner knows where data end and options begin. */
  readonly data: Uint8Array;
}

/** A block of a type that is not known. */
export interface UnknownBlock extends BlockBase {
  readonly kind: "unknown";
  /** What stands between the two lengths. */
  readonly body: Uint8Array;
}

/**
 * Anything in a capture file that is not a packet, told apart by `kind`. `raw` is always the exact
 * bytes, so that a file can be written again without loss.
 */
export type Block =
  | PcapHeaderBlock
  | SectionHeaderBlock
  | InterfaceDescriptionBlock
  | NameResolutionBlock
  | InterfaceStatisticsBlock
  | DecryptionSecretsBlock
  | JournalBlock
  | CustomBlock
  | UnknownBlock;
