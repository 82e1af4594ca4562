import { flags, ipv6Address, octets, part, u8, u16, u32 } from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import { rplModeNames } from "../iana/icmpv6.ts";
import { message } from "./icmpv6-base.ts";
import { rplOption } from "./rpl-options.ts";

/** RPL Control Message (RFC 6550 §6), as the ICMPv6 message that it is; its code is the kind of object. */
const base = message(155);

const instance = (kind: string) => u8("RPLInstanceID", { filter: `rpl.${kind}.instance` });
const dodag = (kind: string) => ipv6Address("DODAGID", { filter: `rpl.${kind}.dodagid` });

const securitySource = record("icmpv6.rplSecurity", "Security Section", {
  filter: "icmpv6.rpl.secure",
  spec: "RFC 6550 §6.1",
}).fields({
  flags: flags(
    8,
    { t: "Counter is Time", reserved: part(7, "Reserved", { filter: "rsv" }) },
    "Flags",
    {
      filter: "flag",
      base: "hex",
    },
  ),
  algorithm: u8("Algorithm"),
  keyAndLevel: flags(
    8,
    {
      mode: part(2, "Key Identifier Mode", { filter: ".icmpv6.rpl.secure.kim" }),
      reserved: part(3, "Reserved", { filter: ".icmpv6.rpl.secure.rsv" }),
      level: part(3, "Security Level", { filter: ".icmpv6.rpl.secure.lvl" }),
    },
    "Key Identifier Mode and Security Level",
    { filter: "flag", base: "hex" },
  ),
  flags2: u8("Flags", { filter: "flag", base: "hex" }),
  counter: u32("Counter"),
});
interface KeyIdentified {
  readonly keyAndLevel: { readonly mode: number; readonly level: number };
}
/**
 * RFC 6550 §6.1: the mode says what there is of the key identifier. A key of a pair needs none; a signature (mode 3) has
 * one where the level says that the message is encrypted too.
 */
const isEncrypted = ({ level }: { readonly level: number }): boolean => (level & 1) === 1;
const hasKeySource = ({ keyAndLevel: k }: KeyIdentified): boolean =>
  k.mode === 2 || (k.mode === 3 && isEncrypted(k));
const hasKeyIndex = (s: KeyIdentified): boolean => s.keyAndLevel.mode === 0 || hasKeySource(s);
const security = securitySource
  .bytes("keySource", "Key Source", (s) => (hasKeySource(s) ? 8 : 0), { filter: "key.source" })
  .when(hasKeyIndex, { keyIndex: u8("Key Index", { filter: "key.index" }) });

const secured = base.record("security", "Security", security);

const dis = {
  flags: u8("Flags", { filter: "rpl.dis.flags" }),
  reserved: octets(1, "Reserved", { filter: "reserved" }),
};

const dio = {
  instance: instance("dio"),
  version: u8("Version Number", { filter: "rpl.dio.version" }),
  rank: u16("Rank", { filter: "rpl.dio.rank" }),
  flags: flags(
    8,
    {
      g: "Grounded",
      zero: part(1, "Zero", { filter: "0" }),
      mode: part(3, "Mode of Operation", { filter: "mop", base: "hex", names: rplModeNames }),
      preference: part(3, "DODAGPreference"),
    },
    "Flags",
    { filter: "rpl.dio.flag", base: "hex" },
  ),
  dtsn: u8("Destination Advertisement Trigger Sequence Number", { filter: "rpl.dio.dtsn" }),
  flags2: u8("Flags", { filter: "rpl.dio.flag", base: "hex" }),
  reserved: octets(1, "Reserved", { filter: "reserved" }),
  dodag: ipv6Address("DODAGID", { filter: "rpl.dio.dagid" }),
};

const dao = {
  instance: instance("dao"),
  flags: flags(
    8,
    {
      k: "Acknowledgment expected",
      d: "DODAGID present",
      reserved: part(6, "Reserved", { filter: "rsv" }),
    },
    "Flags",
    { filter: "rpl.dao.flag", base: "hex" },
  ),
  reserved: octets(1, "Reserved", { filter: "reserved" }),
  sequence: u8("DAOSequence", { filter: "rpl.dao.sequence" }),
};

const daoAck = {
  instance: instance("daoack"),
  flags: flags(
    8,
    { d: "DODAGID present", reserved: part(7, "Reserved", { filter: "rsv" }) },
    "Flags",
    { filter: "rpl.daoack.flag", base: "hex" },
  ),
  sequence: u8("DAOSequence", { filter: "rpl.daoack.sequence" }),
  status: u8("Status", { filter: "rpl.daoack.status" }),
};

/** RFC 6997 §8. */
const dro = {
  instance: u8("RPLInstanceID", { filter: "rpl.p2p.dro.instance" }),
  version: u8("Version", { filter: "rpl.p2p.dro.version" }),
  flags: flags(
    16,
    {
      stop: "Stop",
      ack: "Acknowledgment wanted",
      seq: part(2, "Sequence"),
      reserved: part(12, "Reserved"),
    },
    "Flags",
    { filter: "rpl.p2p.dro.flag", base: "hex" },
  ),
  dodag: ipv6Address("DODAGID", { filter: "rpl.p2p.dro.dagid" }),
};
const droAck = {
  instance: u8("RPLInstanceID", { filter: "rpl.p2p.dro.instance" }),
  version: u8("Version", { filter: "rpl.p2p.dro.version" }),
  flags: flags(16, { seq: part(2, "Sequence"), reserved: part(14, "Reserved") }, "Flags", {
    filter: "rpl.p2p.droack.flag",
    base: "hex",
  }),
  dodag: ipv6Address("DODAGID", { filter: "rpl.p2p.dro.dagid" }),
};

/** RFC 6550 §6.6. */
const consistencyCheck = secured.fields({
  instance: instance("cc"),
  flags: flags(8, { r: "Response", reserved: part(7, "Reserved", { filter: "rsv" }) }, "Flags", {
    filter: "rpl.cc.flag",
    base: "hex",
  }),
  nonce: u16("CC Nonce", { filter: "rpl.cc.nonce", base: "hex" }),
  dodag: dodag("cc"),
  destinationCounter: u32("Destination Counter", { filter: "rpl.cc.destination_counter" }),
});

/** Which options the messages may have: RFC 6550 §6.2.3, §6.3.3 and §6.4.3. */
const disRule = { only: ["pad1", "padN", "solicitedInformation"] } as const;
const dioRule = {
  only: [
    "pad1",
    "padN",
    "metricContainer",
    "routeInformation",
    "configuration",
    "prefixInformation",
    "routeDiscovery",
  ],
} as const;
const daoRule = {
  needs: ["target", "transitInformation"],
  only: ["pad1", "padN"],
} as const;

const rplControlCases = variants(
  base,
  "code",
  {
    dis: at(0, base.fields(dis).list("options", "Options", rplOption, { valid: disRule })),
    dio: at(1, base.fields(dio).list("options", "Options", rplOption, { valid: dioRule })),
    dao: at(
      2,
      base
        .fields(dao)
        .when("flags.d", { dodag: dodag("dao") })
        .list("options", "Options", rplOption, { valid: daoRule }),
    ),
    daoAck: at(
      3,
      base
        .fields(daoAck)
        .when("flags.d", { dodag: dodag("daoack") })
        .list("options", "Options", rplOption),
    ),
    dro: at(4, base.fields(dro).list("options", "Options", rplOption)),
    droAck: at(5, base.fields(droAck)),
    secureDis: at(
      128,
      secured.fields(dis).list("options", "Options", rplOption, { valid: disRule }),
    ),
    secureDio: at(
      129,
      secured.fields(dio).list("options", "Options", rplOption, { valid: dioRule }),
    ),
    secureDao: at(
      130,
      secured
        .fields(dao)
        .when("flags.d", { dodag: dodag("dao") })
        .list("options", "Options", rplOption, { valid: daoRule }),
    ),
    secureDaoAck: at(
      131,
      secured
        .fields(daoAck)
        .when("flags.d", { dodag: dodag("daoack") })
        .list("options", "Options", rplOption),
    ),
    secureDro: at(132, secured.fields(dro).list("options", "Options", rplOption)),
    secureDroAck: at(133, secured.fields(droAck)),
    consistencyCheck: at(138, consistencyCheck.list("options", "Options", rplOption)),
  },
  base,
);
type RplControlCases = typeof rplControlCases;
/** The declaration of {@link rplControl}. */
export interface RplControl extends RplControlCases {}
/** The objects by code; from 128 on they have a Security section. */
export const rplControl: RplControl = rplControlCases;
