// The calls of libpcap, one after another: node examples/live/libpcap.mjs INTERFACE
import { bpf, capture, dataLinks, interfaces, lookupNet, networkOffsets } from "wirecraft/live";

const [device] = process.argv.slice(2);
console.log(
  interfaces()
    .map(({ name }) => name)
    .includes(device),
  lookupNet(device).network,
);

const live = await capture(device, {
  backend: "pcap",
  filter: "udp",
  timeout: 2000,
  immediate: true,
});
console.log(live.linkType === dataLinks.EN10MB, networkOffsets.get(live.linkType), live.filter);

// Not waiting: there may be nothing yet.
live.blocking = false;
console.log("now:", live.next());
live.blocking = true;
console.log("listening");

// One packet, and one more.
const packet = live.next();
const { time, length, originalLength } = packet;
console.log("next:", typeof time, length, originalLength, live.next() !== null);

// Some packets, then a number of them whatever the time.
const each = (one) => console.log("call:", one.length);
console.log("dispatch:", live.dispatch(2, each));
console.log("loop:", live.loop(2, each));

// A filter over bytes that come from anywhere.
console.log(
  "bpf:",
  bpf("udp dst port 9").filter(packet.bytes()),
  bpf("tcp").filter(packet.bytes()),
);
console.log("stats:", live.stats().dropped);
live.close();
