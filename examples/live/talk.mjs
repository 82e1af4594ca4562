// Talks to the computer that runs answer.mjs, by an EtherType and without IP: node examples/live/talk.mjs INTERFACE
import { RawSocket, SocketSource } from "wirecraft/live";

const [device] = process.argv.slice(2);
const etherType = 0x88b5;
const socket = new RawSocket(new SocketSource(device, { etherType }), { etherType, padding: true });

socket.send("everybody");
const first = await socket.receive();
console.log(first?.summary, first?.text.replace(/\0+$/, ""));

socket.send("you", { to: first.from });
const second = await socket.receive();
console.log(second?.text.replace(/\0+$/, ""));

// As somebody else: the answer goes there, and comes here where the network card lets it through.
socket.mac = "02:00:00:00:00:cc";
socket.send("spoofed", { to: first.from });
console.log((await socket.receive({ timeout: 500 }))?.to);
socket.close();
