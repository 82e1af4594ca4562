// Two computers on a link: one turns round what it gets and sends it back, the other asks: node examples/resend.mjs
import { build, ethernet, icmp, ipv4, tcp } from "wirecraft";
import { PacketSocket, SimulatedLink } from "wirecraft/live";

const link = new SimulatedLink({ delay: [1, 5], loss: 0.2, seed: 9 });
const client = new PacketSocket(link.attach("client"), { timeout: 50 });
const server = new PacketSocket(link.attach("server"), { timeout: Number.POSITIVE_INFINITY });

/** Answers pings, and refuses connections. */
async function serve() {
  for await (const packet of server) {
    console.log(`server: ${packet.chain}, ${packet.conversation}`);
    packet.reverse();
    const segment = packet.get(tcp);
    if (segment) packet.set(tcp, { flags: { rst: true, ack: true }, ack: segment.seq + 1, seq: 0 });
    else packet.set(icmp, { type: 0 });
    server.send(packet);
  }
}

const ends = [ethernet({ src: "02:00:00:00:00:01", dst: "02:00:00:00:00:02" })];
const addresses = ipv4({ src: "192.0.2.1", dst: "192.0.2.2" });
const requests = [
  build(...ends, addresses, icmp.echo({ id: 1, seq: 1 }), "anyone?"),
  build(...ends, addresses, icmp.echo({ id: 1, seq: 2 }), "anyone?"),
  build(...ends, addresses, icmp.echo({ id: 1, seq: 3 }), "anyone?"),
  build(...ends, addresses, tcp({ srcPort: 50000, dstPort: 80, seq: 1000, flags: { syn: true } })),
];

const serving = serve();
for (const request of requests) {
  const { packets, timedOut } = await client.sendReceive(request);
  if (timedOut) console.log("client: no answer");
  for (const answer of packets) {
    const { is, seq } = answer.get("icmp") ?? {};
    console.log(`client: ${is ? `${is} ${seq}` : `ack ${answer.require(tcp).ack}, refused`}`);
  }
}
server.close();
client.close();
await serving;
