// Builds the probes of a traceroute, each with one hop more: node examples/traceroute.mjs ADDRESS HOPS
import { build, ethernet, ipv4, udp } from "wirecraft";

const [dst = "198.51.100.80", hops = "3"] = process.argv.slice(2);

for (let ttl = 1; ttl <= Number(hops); ttl++) {
  const probe = build(
    ethernet({ src: "02:00:5e:10:00:0a", dst: "02:00:5e:10:00:01" }),
    ipv4({ src: "192.0.2.10", dst, ttl, id: ttl }),
    // The port tells the answers apart.
    udp({ srcPort: 50111, dstPort: 33434 + ttl }),
    "anyone?",
  );
  console.log(Buffer.from(probe.bytes()).toString("hex"));
}
