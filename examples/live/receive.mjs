// Waits for packets that are wanted, and shows them from a layer on: node examples/live/receive.mjs INTERFACE PORT
import { udp } from "wirecraft";
import { PacketSocket, SocketSource } from "wirecraft/live";

const [device, port] = process.argv.slice(2);
const socket = new PacketSocket(new SocketSource(device), { timeout: 5000 });
console.log("listening");

const { packets, timedOut } = await socket.receivePackets(
  (packet) => packet.require(udp).dstPort === Number(port),
  { lowestLayer: udp, max: 2 },
);
for (const packet of packets)
  console.log(String(packet.chain), new TextDecoder().decode(packet.raw));
if (timedOut) console.log("no more in time");
socket.close();
