import { bits, flags, ipv6Address, octets, part, u8, u16, u32 } from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import {
  hipCertificateNames,
  hipCipherNames,
  hipEspTransformNames,
  hipGroupNames,
  hipHitSuiteNames,
  hipNatTraversalNames,
  hipNotifyNames,
  hipParameterNames,
  hipRegistrationFailureNames,
  hipRegistrationNames,
  hipTransformNames,
  hipTransportModeNames,
} from "../iana/hip.ts";
import { ipProtocolNames } from "../iana/ip-protocols.ts";
import { hostId } from "./hip-host-id.ts";
import { parameter, type } from "./hip-parameter-base.ts";

const hex = (filter: string | null) => ({ filter, base: "hex" as const });

/** RFC 7401 §5.2.4: the random number is as long as the hash of the responder's HIT suite. */
const puzzle = parameter
  .fields({
    k: u8("#K", { filter: "tlv_puzzle_k" }),
    lifetime: u8("Lifetime", { filter: "tlv_puzzle_lifetime" }),
    opaque: u16("Opaque", hex("tlv_puzzle_opaque")),
  })
  .bytes("i", "Random #I", "rest", { filter: "tlv.puzzle_random_i" });

/** RFC 7401 §5.2.5: two numbers of the same length. */
const solution = parameter
  .fields({
    k: u8("#K", { filter: "tlv_solution_k" }),
    lifetime: u8("Lifetime", { filter: "tlv_solution_reserved" }),
    opaque: u16("Opaque", hex("tlv_solution_opaque")),
  })
  .bytes("i", "Random #I", (p) => Math.max(0, p.length - 4) >> 1, {
    filter: "tlv.solution_random_i",
  })
  .bytes("j", "Puzzle solution #J", "rest", { filter: "tlv_solution_j" });

const updateId = record("hip.updateId", "Update ID", { filter: "hip" }).fields({
  id: u32("peer Update ID", hex("tlv_ack_updid")),
});
const sequence = record("hip.sequence", "Sequence number", { filter: "hip" }).fields({
  number: u32("Sequence number", { filter: null }),
});
const group = record("hip.group", "DH Group ID", { filter: "hip" }).fields({
  id: u8("DH Group ID", { filter: null, names: hipGroupNames }),
});
const transform = record("hip.transform", "Suite ID", { filter: "hip" }).fields({
  id: u16("Suite ID", { filter: "tlv.trans_id", names: hipTransformNames }),
});
const cipher = record("hip.cipher", "Cipher ID", { filter: "hip" }).fields({
  id: u16("Cipher ID", { filter: "tlv.cipher_id", names: hipCipherNames }),
});
const espTransform = record("hip.espTransform", "Suite ID", { filter: "hip" }).fields({
  id: u16("Suite ID", { filter: "tlv.trans_id", names: hipEspTransformNames }),
});
const natMode = record("hip.natMode", "Mode ID", { filter: "hip" }).fields({
  id: u16("Mode ID", { ...hex("tlv.nat_traversal_mode_id"), names: hipNatTraversalNames }),
});
const hitSuite = record("hip.hitSuite", "HIT Suite ID", { filter: "hip" }).fields({
  id: bits(4, "HIT Suite ID", { filter: "tlv.hit_suite_id", names: hipHitSuiteNames }),
  reserved: bits(4, "Reserved", { filter: null }),
});
const registration = record("hip.registration", "Reg Type", { filter: "hip" }).fields({
  type: u8("Reg Type", { filter: "tlv.reg_type", names: hipRegistrationNames }),
});
const transportMode = record("hip.transportMode", "Mode ID", { filter: "hip" }).fields({
  id: u16("Mode ID", { filter: null, names: hipTransportModeNames }),
});
const format = record("hip.transportFormat", "TF type", { filter: "hip" }).fields({
  type: u16("TF type", { filter: null, names: hipParameterNames }),
});
const hit = record("hip.hit", "HIT", { filter: "hip" }).fields({
  hit: ipv6Address("HIT", { filter: null }),
});
const server = record("hip.rendezvousServer", "Address", { filter: "hip" }).fields({
  address: ipv6Address("Address", { filter: "tlv_rvs_address" }),
});

/** RFC 8046 §4; RFC 5770 §5.7 adds what ICE needs to locators of type 2. */
const locator = record("hip.locator", "Locator", { filter: "hip.tlv" })
  .fields({
    trafficType: u8("Traffic Type", { filter: "locator_traffic_type" }),
    type: u8("Locator Type", { filter: "locator_type", valid: [0, 1] }),
    length: u8("Locator Length", { filter: "locator_len", note: "In words of 4 bytes." }),
    reserved: bits(7, "Reserved", { filter: null }),
    preferred: bits(1, "Preferred", { filter: null }),
    lifetime: u32("Locator Lifetime", { filter: "locator_lifetime" }),
  })
  .when(
    { field: "type", is: 2 },
    {
      port: u16("Transport Port", { filter: "locator_port" }),
      protocol: u8("Transport Protocol", {
        filter: "locator_transport_protocol",
        names: ipProtocolNames,
      }),
      kind: u8("Kind", { filter: "locator_kind", base: "hex" }),
      priority: u32("Priority", { filter: "locator_priority", base: "hex" }),
    },
  )
  .when({ field: "type", is: [1, 2] }, { spi: u32("SPI", { filter: "locator_spi", base: "hex" }) })
  .when(
    { field: "type", is: [0, 1, 2] },
    {
      address: ipv6Address("Address", { filter: "locator_address" }),
    },
  )
  .bytes("other", "Locator of another type", "rest", {
    filter: null,
    valid: () => new Uint8Array(),
  })
  .composite("flags", "Reserved and Preferred", ["reserved", "preferred"], {
    filter: "locator_reserved",
    base: "hex",
  })
  .header({ field: "length", unit: 4, plus: 8 });

const relay = (name: "from" | "to" | "reg") => {
  const prefix = name === "reg" ? "reg_from" : `relay_${name}`;
  return parameter.fields({
    port: u16("Port", { filter: `tlv.${prefix}_port` }),
    protocol: u8("Protocol", { filter: `tlv_${prefix}_protocol`, names: ipProtocolNames }),
    reserved: u8("Reserved", hex(`tlv_${prefix}_reserved`)),
    address: ipv6Address("Address", { filter: `tlv_${prefix}_address` }),
  });
};

const opaque = parameter.bytes("data", "Opaque Data", "rest", { filter: "tlv.opaque_data" });
const mac = parameter.bytes("mac", "MAC", "rest", { filter: "tlv.hmac" });
const signature = parameter
  .fields({ algorithm: u16("SIG alg", { filter: "tlv.sig_alg" }) })
  .bytes("signature", "Signature", "rest", { filter: "tlv.sig" });
/** RFC 6028 §4: the route back is to be the same, and the route is to be followed. */
const routed = parameter
  .fields({
    flags: flags(
      16,
      {
        symmetric: part(1, "SYMMETRIC", { filter: null }),
        mustFollow: part(1, "MUST_FOLLOW", { filter: null }),
        reserved: part(14, "Reserved", { filter: null }),
      },
      "Flags",
      hex(null),
    ),
    reserved: u16("Reserved", { filter: null }),
  })
  .list("hits", "HITs", hit);

const made = variants(
  type,
  "type",
  {
    espInfo: at(
      65,
      parameter.fields({
        reserved: u16("Reserved", hex("tlv_esp_info_reserved")),
        keymatIndex: u16("KEYMAT Index", hex("tlv_esp_info_key_index")),
        oldSpi: u32("OLD SPI", hex("tlv_esp_info_old_spi")),
        newSpi: u32("NEW SPI", hex("tlv_esp_info_new_spi")),
      }),
    ),
    r1Counter: at(
      [129, 128],
      parameter.fields({
        reserved: u32("Reserved", hex("tlv.r1_reserved")),
        counter: octets(8, "R1 generation counter", { filter: "tlv.r1_counter" }),
      }),
    ),
    locatorSet: at(193, parameter.list("locators", "Locators", locator)),
    puzzle: at(257, puzzle),
    solution: at(321, solution),
    seq: at(385, parameter.fields({ id: u32("Update ID", hex("tlv_seq_update_id")) })),
    ack: at(449, parameter.list("ids", "peer Update IDs", updateId)),
    dhGroupList: at(511, parameter.list("groups", "DH Group IDs", group)),
    diffieHellman: at(
      513,
      parameter
        .fields({
          group: u8("Group ID", { filter: "tlv.dh_group_id", names: hipGroupNames }),
          valueLength: u16("Public Value Length", { filter: "tlv.dh_pv_length" }),
        })
        .bytes("value", "Public Value", { field: "valueLength" }, { filter: "tlv.dh_public_value" })
        .bytes("more", "Second public value, of version 1", "rest", { filter: null }),
    ),
    hipTransform: at(577, parameter.list("suites", "Suite IDs", transform)),
    hipCipher: at(579, parameter.list("ciphers", "Cipher IDs", cipher)),
    natTraversalMode: at(
      608,
      parameter
        .fields({ reserved: u16("Reserved", hex("tlv.esp_trans_res")) })
        .list("modes", "Mode IDs", natMode),
    ),
    transactionPacing: at(
      610,
      parameter.fields({ minimum: u32("Min Ta", { filter: "tlv_transaction_minta" }) }),
    ),
    encrypted: at(
      641,
      parameter
        .fields({ reserved: u32("Reserved", hex("tlv.enc_reserved")) })
        .bytes("data", "IV and encrypted data", "rest", { filter: "encrypted_parameter_data" }),
    ),
    hostId: at(705, hostId),
    hitSuiteList: at(715, parameter.list("suites", "HIT Suites", hitSuite)),
    cert: at(
      768,
      parameter
        .fields({
          group: u8("CERT group", { filter: "tlv.cert_group" }),
          count: u8("CERT count", { filter: "tlv.cert_count" }),
          id: u8("CERT ID", { filter: "tlv.cert_id" }),
          certType: u8("CERT type", { filter: "tlv.cert_type", names: hipCertificateNames }),
        })
        .bytes("certificate", "Certificate", "rest", { filter: "tlv.certificate" }),
    ),
    notification: at(
      832,
      parameter
        .fields({
          reserved: u16("Reserved", hex("tlv.notification_res")),
          message: u16("Notify Message Type", {
            filter: "tlv.notification_type",
            names: hipNotifyNames,
          }),
        })
        .bytes("data", "Notification Data", "rest", { filter: "tlv.notification_data" }),
    ),
    echoRequestSigned: at(897, opaque),
    regInfo: at(
      930,
      parameter
        .fields({
          minimum: u8("Min Lifetime", { filter: "tlv.reg_ltmin" }),
          maximum: u8("Max Lifetime", { filter: "tlv.reg_ltmax" }),
        })
        .list("types", "Reg Types", registration),
    ),
    regRequest: at(
      932,
      parameter
        .fields({ lifetime: u8("Lifetime", { filter: "tlv.reg_lt" }) })
        .list("types", "Reg Types", registration),
    ),
    regResponse: at(
      934,
      parameter
        .fields({ lifetime: u8("Lifetime", { filter: "tlv.reg_lt" }) })
        .list("types", "Reg Types", registration),
    ),
    regFailed: at(
      936,
      parameter
        .fields({
          failure: u8("Failure Type", {
            filter: "tlv.reg_failtype",
            names: hipRegistrationFailureNames,
          }),
        })
        .list("types", "Reg Types", registration),
    ),
    regFrom: at(950, relay("reg")),
    echoResponseSigned: at(961, opaque),
    transportFormatList: at(2049, parameter.list("formats", "TF types", format)),
    espTransform: at(
      4095,
      parameter
        .fields({ reserved: u16("Reserved", hex("tlv.esp_trans_res")) })
        .list("suites", "Suite IDs", espTransform),
    ),
    seqData: at(4481, parameter.fields({ number: u32("Sequence number", { filter: null }) })),
    ackData: at(4545, parameter.list("numbers", "Acked sequence numbers", sequence)),
    payloadMic: at(
      4577,
      parameter
        .fields({
          nextHeader: u8("Next Header", { filter: null, names: ipProtocolNames }),
          reserved: bits(24, "Reserved", { filter: null }),
          payloadData: u32("Payload Data", { filter: null }),
        })
        .bytes("mic", "MIC Value", "rest", { filter: null }),
    ),
    transactionId: at(4580, parameter.bytes("id", "Identifier", "rest", { filter: null })),
    overlayId: at(4592, parameter.bytes("id", "Identifier", "rest", { filter: null })),
    routeDst: at(4601, routed),
    hipTransportMode: at(
      7680,
      parameter
        .fields({ port: u16("Port", { filter: null }) })
        .list("modes", "Mode IDs", transportMode),
    ),
    hipMac: at(61505, mac),
    hipMac2: at(61569, mac),
    hipSignature2: at(61633, signature),
    hipSignature: at(61697, signature),
    echoResponseUnsigned: at(63425, opaque),
    echoRequestUnsigned: at(63661, opaque),
    relayFrom: at(63998, relay("from")),
    relayTo: at(64002, relay("to")),
    overlayTtl: at(
      64011,
      parameter.fields({
        ttl: u16("TTL", { filter: null }),
        reserved: u16("Reserved", { filter: null }),
      }),
    ),
    routeVia: at(64017, routed),
    from: at(
      65498,
      parameter.fields({ address: ipv6Address("Address", { filter: "tlv_from_address" }) }),
    ),
    rvsHmac: at(65500, mac),
    viaRvs: at(65502, parameter.list("servers", "Addresses", server)),
    relayHmac: at(65520, mac),
  },
  parameter.bytes("data", "Contents", "rest", { filter: null }),
);
type Made = typeof made;
/** The declaration of {@link hipParameter}. */
export interface HipParameter extends Made {}
/** A parameter of a HIP packet; in packets each starts at a multiple of 8 bytes. */
export const hipParameter: HipParameter = made;
