import { flags, ipv4Address, part, u8, u16 } from "../../schema/field.ts";
import { names } from "../../schema/names.ts";
import { record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";

/** RFC 5944 §2.1, RFC 4721 §2. */
const extensionNames = /* @__PURE__ */ names(`
0=One-byte Padding
16=Mobility Agent Advertisement
19=Prefix-Lengths
24=Challenge`);

const type = record("icmp.agentExtension", "Agent Advertisement Extension", {
  filter: "icmp.mip",
}).fields({ type: u8("Type", { names: extensionNames }) });
const extension = type.fields({ length: u8("Length") }).header({ field: "length", plus: 2 });

const careOfAddress = record("icmp.careOfAddress", "Care-of Address", {
  filter: "icmp.mip",
}).fields({ address: ipv4Address("Care-of Address", { filter: "coa" }) });

const prefixLength = record("icmp.prefixLength", "Prefix Length", { filter: "icmp.mip" }).fields({
  length: u8("Prefix Length", { filter: "prefixlength" }),
});

const mobilityAgent = extension
  .fields({
    seq: u16("Sequence Number"),
    lifetime: u16("Registration Lifetime", { filter: "life" }),
    flags: flags(
      16,
      {
        r: bit("Registration required", "r"),
        b: bit("Busy", "b"),
        h: bit("Home agent", "h"),
        f: bit("Foreign agent", "f"),
        m: bit("Minimal encapsulation", "m"),
        g: bit("GRE encapsulation", "g"),
        v: bit("Reserved, was Van Jacobson header compression", "v"),
        t: bit("Reverse tunneling", "rt"),
        u: bit("UDP tunneling", "u"),
        x: bit("Registration revocation", "x"),
        reserved: part(6, "Reserved", { filter: ".icmp.mip.reserved", base: "hex" }),
      },
      "Flags",
      { base: "hex" },
    ),
  })
  .list("careOfAddresses", "Care-of Addresses", careOfAddress);

function bit(title: string, name: string) {
  return part(1, title, { filter: `.icmp.mip.${name}` });
}

/** What a mobility agent adds to an ICMP Router Advertisement. */
export const agentExtension = variants(
  type,
  "type",
  {
    padding: at(0, type),
    mobilityAgent: at(16, mobilityAgent),
    prefixLengths: at(19, extension.list("lengths", "Prefix Lengths", prefixLength)),
    challenge: at(24, extension.bytes("challenge", "Challenge")),
  },
  extension.bytes("content", "Content"),
);
