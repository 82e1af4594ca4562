import { transportChecksum } from "../../schema/checksum.ts";
import { u16 } from "../../schema/field.ts";
import { protocol } from "../../schema/protocol.ts";
import { table } from "../../schema/table.ts";
import { udpServiceNames } from "../iana/services.ts";
import { ipProtocols } from "../network/ipv4.ts";

/** IANA service names: UDP ports. */
export const udpPorts = table("udp.port", udpServiceNames);

/** User Datagram Protocol. */
export const udp = protocol({
  name: "udp",
  title: "User Datagram Protocol",
  spec: "RFC 768",
  over: [ipProtocols.at(17)],
})
  .fields({
    srcPort: u16("Source Port", { filter: "srcport", also: ["udp.port"], names: udpServiceNames }),
    dstPort: u16("Destination Port", {
      filter: "dstport",
      also: ["udp.port"],
      names: udpServiceNames,
    }),
    // Zero stands for a payload of more than 65,527 bytes (RFC 2675 §4).
    len: u16("Length", { filter: "length" }),
    checksum: u16("Checksum", {
      base: "hex",
      checksum: transportChecksum(17, { zeroIsNone: true }),
    }),
  })
  .endpoints("srcPort", "dstPort")
  .payload({
    whole: { field: "len", zero: "rest" },
    next: { table: udpPorts, by: ["dstPort", "srcPort"], lowest: true },
  });
