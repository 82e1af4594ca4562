// Takes one hop from IPv4 packets, as a router does, and shows what changed: node examples/hops.mjs CAPTURE
import { ipv4, openCapture } from "wirecraft";

const [path = "examples/session.pcap"] = process.argv.slice(2);

for await (const packet of openCapture(path)) {
  if (packet.number > 10) break;
  // A packet of a capture lies in the same array as its neighbours: change a copy.
  const copy = packet.copy();
  const ip = copy.get(ipv4);
  if (!ip) continue;
  const before = ip.checksum;
  ip.ttl = Math.max(0, ip.ttl - 1);
  copy.bytes(); // brings the checksum up to date
  console.log(`${packet.number}: ttl ${ip.ttl}, checksum ${hex(before)} -> ${hex(ip.checksum)}`);
}

function hex(number) {
  return number.toString(16).padStart(4, "0");
}
