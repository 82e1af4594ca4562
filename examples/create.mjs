// Makes packets, looks at them, and changes them: node examples/create.mjs
import { all, build, createDissector, ethernet, icmp, ipv4, tcp } from "wirecraft";

// By name: what is not given is a default, or computed.
const echo = build(
  ipv4({ src: "127.0.0.1", dst: "192.168.0.1" }),
  icmp.echo({ id: 1, seq: 1 }),
  "hello",
);
console.log(String(echo));
console.log(echo.hexdump());

// From bytes, which stay as they are.
const dissector = createDissector(all);
const packet = dissector.dissect(echo.bytes().slice(), ipv4);
console.log(String(packet.chain), packet.require(ipv4).dst);

// A layer by its declaration, by name, or by the exact way to it.
console.log(packet.get(tcp), packet.get("icmp")?.is, packet.get(ipv4, icmp.echo)?.seq);

// Changed: lengths and checksums follow.
packet.require(ipv4).src = "192.168.0.1";
packet.replaceRaw("hello, world").insert(ipv4, ethernet({ dst: "02:00:00:00:00:01" }));
console.log(String(packet));

// With all layers at once, and options as records.
const syn = build(
  ethernet(),
  ipv4({ src: "192.168.0.2", dst: "192.168.0.1" }),
  tcp({ dstPort: 80, flags: { syn: true }, options: [{ is: "maximumSegmentSize", mss: 1460 }] }),
);
console.log(syn.toCode());
