// Counts packets by the protocols that they are made of: node examples/protocols.mjs CAPTURE
import { openCapture } from "wirecraft";

const [path = "examples/session.pcap"] = process.argv.slice(2);

/** Packets by chain, in which every beginning of a chain is counted too. */
const counts = new Map();
for await (const packet of openCapture(path)) {
  for (let length = 1; length <= packet.chain.length; length++) {
    const chain = String(packet.chain.slice(0, length));
    counts.set(chain, (counts.get(chain) ?? 0) + 1);
  }
}

for (const [chain, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const names = chain.split(":");
  console.log(`${String(count).padStart(6)} ${"  ".repeat(names.length - 1)}${names.at(-1)}`);
}
