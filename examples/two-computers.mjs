// Two computers talk over Ethernet by an EtherType of their own, without IP: node examples/two-computers.mjs
import { icmp, ipv4 } from "wirecraft";
import { RawSocket, SimulatedLink, toText } from "wirecraft/live";

const EXPERIMENT = 0x88b5;
const link = new SimulatedLink({ mtu: 1500 });
const options = { etherType: EXPERIMENT, padding: true, timeout: 100 };
const one = new RawSocket(link.attach("one", { mac: "02:00:00:00:00:0a" }), options);
const two = new RawSocket(link.attach("two", { mac: "02:00:00:00:00:0b" }), options);

/** The data without the zeros that fill short frames. */
const textOf = (packet) => packet.text.replace(/\0+$/, "");

// To all, and to one.
one.send("some data");
one.send("personal data", { to: two.mac });
for await (const packet of two) {
  console.log(packet.summary);
  console.log(`  ${packet.kind}, ${packet.frame.length} bytes: ${textOf(packet)}`);
}

// Bytes, numbers, texts and lists, one after another; or layers.
one.send([0x01, "two", [3, [Uint8Array.of(4, 5)]]], { to: two.mac });
console.log(toText((await two.receive()).data.subarray(0, 7)));
one.send([ipv4({ dst: "192.0.2.2" }), icmp.echo({ seq: 7 })], { to: two.mac, etherType: 0x0800 });
console.log("IPv4 is for others:", await two.receive());

// From another address, and into a VLAN.
one.mac = "02:00:00:00:00:cc";
one.send("who am I?");
console.log("from", (await two.receive()).from);
const tagged = new RawSocket(two.source, { ...options, tagged: true });
one.send("in a VLAN", { vlan: 7 });
const packet = await tagged.receive();
console.log("VLAN", packet.vlans, textOf(packet));

try {
  one.send(new Uint8Array(1501));
} catch (error) {
  console.log(`${error.name}: ${error.message}`);
}
for (const socket of [one, two, tagged]) socket.close();
