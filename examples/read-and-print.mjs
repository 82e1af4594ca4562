// Prints the ends of the TCP segments of a capture and keeps those packets in another:
//   node examples/read-and-print.mjs CAPTURE [OUT]
import { writeFileSync } from "node:fs";
import { openCapture, tcp } from "wirecraft";
import { PcapWriter } from "wirecraft/files";

const [path = "examples/session.pcap", out] = process.argv.slice(2);
const writer = new PcapWriter({ nanoseconds: true });

for await (const packet of openCapture(path)) {
  const segment = packet.get(tcp);
  if (!segment) continue;
  const { src, dst } = packet.require("ip");
  const flags = Object.entries(segment.flags.toJSON()).filter(([, isSet]) => isSet === true);
  const time = (Number(packet.time) / 1e9).toFixed(6);
  console.log(
    `${packet.number} ${time} ${src}:${segment.srcPort} -> ${dst}:${segment.dstPort}`,
    flags.map(([name]) => name).join("+"),
  );
  const { data, start, end, originalLength, seconds, nanoseconds } = packet;
  writer.write(data, start, end, originalLength, seconds, nanoseconds);
}

if (out) writeFileSync(out, writer.take());
