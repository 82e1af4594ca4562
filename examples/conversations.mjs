// Adds up what each TCP connection carried: node examples/conversations.mjs CAPTURE
import { openCapture, tcp } from "wirecraft";

const [path = "examples/session.pcap"] = process.argv.slice(2);

/** Both directions of a connection, under one key. */
const connections = new Map();
for await (const packet of openCapture(path)) {
  const segment = packet.get(tcp);
  const ip = packet.get("ip");
  if (!segment || !ip) continue;
  const from = `${ip.src} ${segment.srcPort}`;
  const to = `${ip.dst} ${segment.dstPort}`;
  const key = [from, to].sort().join(" - ");
  if (!connections.has(key)) connections.set(key, { opener: from, to, sent: 0, received: 0 });
  const connection = connections.get(key);
  // What lies between the header and the end of the layer is the segment's data.
  const size = segment.layer.end - segment.layer.headerEnd;
  connection[from === connection.opener ? "sent" : "received"] += size;
}

for (const { opener, to, sent, received } of connections.values())
  console.log(`${opener} -> ${to}: ${sent} bytes sent, ${received} received`);
