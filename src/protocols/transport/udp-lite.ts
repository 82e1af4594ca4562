import { readU16 } from "../../bytes/numbers.ts";
import { transportChecksum } from "../../schema/checksum.ts";
import { u16 } from "../../schema/field.ts";
import { protocol } from "../../schema/protocol.ts";
import { udpServiceNames } from "../iana/services.ts";
import { ipProtocols } from "../network/ipv4.ts";
import { udpPorts } from "./udp.ts";

/** Lightweight User Datagram Protocol (RFC 3828): UDP whose checksum may cover a part only. It shares UDP's ports. */
export const udpLite = protocol({
  name: "udpLite",
  label: "UDP-Lite",
  title: "Lightweight User Datagram Protocol",
  spec: "RFC 3828",
  filter: "udplite",
  over: [ipProtocols.at(136)],
})
  .fields({
    srcPort: u16("Source Port", {
      filter: ".udp.srcport",
      also: ["udp.port"],
      names: udpServiceNames,
    }),
    dstPort: u16("Destination Port", {
      filter: ".udp.dstport",
      also: ["udp.port"],
      names: udpServiceNames,
    }),
    coverage: u16("Checksum Coverage", {
      filter: ".udp.checksum_coverage",
      note: "Bytes from the header's first on; zero means all.",
      valid: (random) => random.pick([0, 8]),
    }),
    checksum: u16("Checksum", {
      filter: ".udp.checksum",
      base: "hex",
      checksum: transportChecksum(136, {
        coverage: (layer) => {
          const covered = readU16(layer.bytes, layer.start + 4);
          if (covered === 0) return layer.end - layer.start;
          // The header is always covered: less is an error, and nothing can be said of the checksum.
          return covered < 8 ? -1 : covered;
        },
      }),
    }),
  })
  .endpoints("srcPort", "dstPort")
  .payload({ next: { table: udpPorts, by: ["dstPort", "srcPort"], lowest: true } });
