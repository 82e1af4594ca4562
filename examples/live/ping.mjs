// Asks a computer whether it is there, over the network layer: node examples/live/ping.mjs INTERFACE ADDRESS [COUNT]
import { build, icmp, icmpv6, ipv4, ipv6 } from "wirecraft";
import { IpSource, localAddress, PacketSocket } from "wirecraft/live";

const [device, dst, count = "3"] = process.argv.slice(2);
const socket = new PacketSocket(new IpSource(device), { timeout: 1000 });
const src = localAddress(dst);

for (let seq = 1; seq <= Number(count); seq++) {
  const request = dst.includes(":")
    ? build(ipv6({ src, dst }), icmpv6.echoRequest({ id: process.pid & 0xffff, seq }), "anyone?")
    : build(ipv4({ src, dst }), icmp.echo({ id: process.pid & 0xffff, seq }), "anyone?");
  const sent = performance.now();
  const { packets, timedOut } = await socket.sendReceive(request);
  const time = (performance.now() - sent).toFixed(1);
  console.log(timedOut ? `${seq}: no answer` : `${seq}: ${packets[0].get("ip").src} in ${time} ms`);
}
socket.close();
