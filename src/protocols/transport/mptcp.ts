import {
  bits,
  flag,
  flags,
  ipv4Address,
  ipv6Address,
  octets,
  part,
  u8,
  u16,
  u32,
  u64,
} from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import { mptcpResetReasonNames, mptcpSubtypeNames } from "../iana/tcp.ts";
import { tcpOptionBase } from "./tcp-option-base.ts";

/** The first half byte after the length says which of the Multipath TCP options it is (RFC 8684 §3). */
const base = tcpOptionBase.fields({
  subtype: bits(4, "Subtype", { filter: "options.mptcp.subtype", names: mptcpSubtypeNames }),
});

/**
 * Keys come in the handshake's second and third segment; the third may bring data with it, then with its length and
 * checksum (RFC 8684 §3.1). In version 0 the first segment has a key already (RFC 6824 §3.1). Which of them are there,
 * only the option's length says.
 */
const capable = base
  .fields({
    version: bits(4, "Version", { filter: "options.mptcp.version", default: 1 }),
    flags: flags(
      8,
      {
        checksumRequired: part(1, "Checksum required (A)", {
          filter: ".tcp.options.mptcp.checksumreq.flags",
        }),
        extensibility: part(1, "Extensibility (B)", {
          filter: ".tcp.options.mptcp.extensibility.flag",
        }),
        noMoreSubflows: part(1, "No more subflows to this address (C)", {
          filter: ".tcp.options.mptcp.nomoresubflows.flag",
        }),
        reserved: part(4, "Reserved (D to G)", { filter: null }),
        hmacSha256: part(1, "HMAC-SHA256 (H)", { filter: ".tcp.options.mptcp.sha256.flag" }),
      },
      "Flags",
      { filter: "options.mptcp.flags", base: "hex", default: 1 },
    ),
  })
  .when((o) => o.length >= 12, {
    senderKey: u64("Sender's Key", { filter: "options.mptcp.sendkey" }),
  })
  .when((o) => o.length >= 20, {
    receiverKey: u64("Receiver's Key", { filter: "options.mptcp.recvkey" }),
  })
  .when((o) => o.length >= 22, {
    dataLength: u16("Data-Level Length", { filter: "options.mptcp.datalvllen" }),
  })
  .when((o) => o.length >= 24, {
    checksum: u16("Checksum", { filter: "options.mptcp.checksum", base: "hex" }),
  });

const joinBase = base.fields({
  reserved: bits(3, "Reserved", { filter: null }),
  backup: flag("Backup (B)", { filter: "options.mptcp.backup.flag" }),
  addressId: u8("Address ID", { filter: "options.mptcp.addrid" }),
});

/** The three segments of a joining handshake, told apart by their lengths (RFC 8684 §3.2). */
const join = variants(
  base,
  "length",
  {
    joinSyn: at(
      12,
      joinBase.fields({
        receiverToken: u32("Receiver's Token", { filter: "options.mptcp.recvtok" }),
        senderRandom: u32("Sender's Random Number", { filter: "options.mptcp.sendrand" }),
      }),
    ),
    joinSynAck: at(
      16,
      joinBase.fields({
        senderHmac: u64("Sender's Truncated HMAC", { filter: "options.mptcp.sendtrunchmac" }),
        senderRandom: u32("Sender's Random Number", { filter: "options.mptcp.sendrand" }),
      }),
    ),
    joinAck: at(
      24,
      base.fields({
        reserved: bits(12, "Reserved", {
          filter: "options.mptcp.reserved",
          base: "hex",
          digits: 4,
        }),
        senderHmac: octets(20, "Sender's HMAC", { filter: "options.mptcp.sendhmac" }),
      }),
    ),
  },
  base
    .fields({ reserved: bits(4, "Reserved", { filter: null }) })
    .bytes("data", "Data", "rest", { filter: null }),
);

/**
 * Data sequence signal (RFC 8684 §3.3): flags say which numbers are there and whether they have four or eight bytes. When
 * building, give the flags with the numbers.
 */
const dataSequence = base
  .fields({
    reserved: bits(4, "Reserved", { filter: null }),
    flags: flags(
      8,
      {
        reserved: part(3, "Reserved", { filter: null }),
        dataFin: part(1, "Data FIN (F)", { filter: ".tcp.options.mptcp.datafin.flag" }),
        longDataSeq: part(1, "Data sequence number has 8 bytes (m)", {
          filter: ".tcp.options.mptcp.dseqn8.flag",
        }),
        mapping: part(1, "Mapping is present (M)", {
          filter: ".tcp.options.mptcp.dseqnpresent.flag",
        }),
        longDataAck: part(1, "Data ACK has 8 bytes (a)", {
          filter: ".tcp.options.mptcp.dataack8.flag",
        }),
        hasDataAck: part(1, "Data ACK is present (A)", {
          filter: ".tcp.options.mptcp.dataackpresent.flag",
        }),
      },
      "Flags",
      { filter: "options.mptcp.flags", base: "hex" },
    ),
  })
  .when((o) => o.flags.hasDataAck && !o.flags.longDataAck, {
    dataAck: u32("Data ACK", { filter: "options.mptcp.rawdataack" }),
  })
  .when((o) => o.flags.hasDataAck && o.flags.longDataAck, {
    dataAck8: u64("Data ACK", { filter: "options.mptcp.rawdataack" }),
  })
  .when((o) => o.flags.mapping && !o.flags.longDataSeq, {
    dataSeq: u32("Data Sequence Number", { filter: "options.mptcp.rawdataseqno" }),
  })
  .when((o) => o.flags.mapping && o.flags.longDataSeq, {
    dataSeq8: u64("Data Sequence Number", { filter: "options.mptcp.rawdataseqno" }),
  })
  .when("flags.mapping", {
    subflowSeq: u32("Subflow Sequence Number", { filter: "options.mptcp.subflowseqno" }),
    dataLength: u16("Data-Level Length", { filter: "options.mptcp.datalvllen" }),
  })
  // The checksum is there when both ends asked for it: what is left of the length tells.
  .when((o) => o.flags.mapping && o.length >= signalLength(o.flags.value) + 2, {
    checksum: u16("Checksum", { filter: "options.mptcp.checksum", base: "hex" }),
  });

/** Bytes of a data sequence signal with these flags, up to the checksum. */
function signalLength(flagBits: number): number {
  const ack = (flagBits & 1) === 0 ? 0 : (flagBits & 2) === 0 ? 4 : 8;
  const mapping = (flagBits & 4) === 0 ? 0 : (flagBits & 8) === 0 ? 10 : 14;
  return 4 + ack + mapping;
}

/** In version 0 the half byte that holds `echo` was the IP version, 4 or 6 (RFC 6824 §3.4.1): `flags.value`. */
const addressBase = base.fields({
  reserved: bits(3, "Reserved", { filter: null }),
  echo: flag("Echo (E)", { filter: "options.mptcp.echo" }),
  addressId: u8("Address ID", { filter: "options.mptcp.addrid" }),
});

/**
 * Port and HMAC are each there or not: the four lengths of each address family tell (RFC 8684 §3.4.1). When building, those
 * are there that are given: an echo has no HMAC.
 */
const addAddress = variants(
  base,
  "length",
  {
    addIpv4Address: at(
      [8, 16, 10, 18],
      addressBase
        .fields({ address: ipv4Address("Address", { filter: "options.mptcp.ipv4" }) })
        .when((o) => o.length === 10 || o.length === 18, {
          port: u16("Port", { filter: "options.mptcp.port" }),
        })
        .when((o) => o.length >= 16, {
          hmac: u64("Truncated HMAC", { filter: "options.mptcp.addaddrtrunchmac" }),
        }),
    ),
    addIpv6Address: at(
      [20, 28, 22, 30],
      addressBase
        .fields({ address: ipv6Address("Address", { filter: "options.mptcp.ipv6" }) })
        .when((o) => o.length === 22 || o.length === 30, {
          port: u16("Port", { filter: "options.mptcp.port" }),
        })
        .when((o) => o.length >= 28, {
          hmac: u64("Truncated HMAC", { filter: "options.mptcp.addaddrtrunchmac" }),
        }),
    ),
  },
  base
    .fields({ reserved: bits(4, "Reserved", { filter: null }) })
    .bytes("data", "Data", "rest", { filter: null }),
);

const addressId = record("tcp.mptcpAddressId", "Address ID").fields({
  id: u8("Address ID", { filter: "options.mptcp.addrid" }),
});

/** Multipath TCP (kind 30): RFC 8684, and where lengths and flags tell it apart, version 0 of RFC 6824. */
export const mptcpOption = variants(
  base,
  "subtype",
  {
    capable: at(0, capable),
    join: at(1, join),
    dataSequence: at(2, dataSequence),
    addAddress: at(3, addAddress),
    removeAddress: at(
      4,
      base
        .fields({ reserved: bits(4, "Reserved", { filter: null }) })
        .list("addressIds", "Address IDs", addressId),
    ),
    priority: at(
      5,
      base
        .fields({
          reserved: bits(3, "Reserved", { filter: null }),
          backup: flag("Backup (B)", { filter: "options.mptcp.backup.flag" }),
        })
        // Version 0 could change the priority of another subflow than that of the segment (RFC 6824 §3.3.8).
        .when((o) => o.length >= 4, {
          addressId: u8("Address ID", { filter: "options.mptcp.addrid" }),
        }),
    ),
    fail: at(
      6,
      base.fields({
        reserved: bits(12, "Reserved", {
          filter: "options.mptcp.reserved",
          base: "hex",
          digits: 4,
        }),
        dataSeq: u64("Data Sequence Number", { filter: "options.mptcp.rawdataseqno" }),
      }),
    ),
    fastClose: at(
      7,
      base.fields({
        reserved: bits(12, "Reserved", {
          filter: "options.mptcp.reserved",
          base: "hex",
          digits: 4,
        }),
        receiverKey: u64("Receiver's Key", { filter: "options.mptcp.recvkey" }),
      }),
    ),
    reset: at(
      8,
      base.fields({
        u: flag("Unassigned (U)", { filter: "options.mptcp.flag_U.flag" }),
        v: flag("Unassigned (V)", { filter: "options.mptcp.flag_V.flag" }),
        w: flag("Unassigned (W)", { filter: "options.mptcp.flag_W.flag" }),
        transient: flag("Transient (T)", { filter: "options.mptcp.flag_T.flag" }),
        reason: u8("Reason", {
          filter: "options.mptcp.rst_reason",
          base: "hex",
          names: mptcpResetReasonNames,
        }),
      }),
    ),
  },
  base
    .fields({ reserved: bits(4, "Reserved", { filter: null }) })
    .bytes("data", "Data", "rest", { filter: null }),
);
