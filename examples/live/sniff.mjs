// Prints what comes over an interface: node examples/live/sniff.mjs INTERFACE [COUNT [FILTER]]
import { tcp } from "wirecraft";
import { capture } from "wirecraft/live";

const [device, count = "10", filter = ""] = process.argv.slice(2);

const live = await capture(device, { count: Number(count), filter, duration: 10_000 });
console.log(`listening on ${live.name} by ${live.backend}`);
for await (const packet of live) {
  const segment = packet.get(tcp);
  const ports = segment ? ` ${segment.srcPort} -> ${segment.dstPort}` : "";
  console.log(`${packet.number} ${packet.chain} ${packet.length} bytes${ports}`);
}
console.log(live.stats());
live.close();
