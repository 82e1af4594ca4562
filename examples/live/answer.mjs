// Answers frames of an EtherType: node examples/live/answer.mjs INTERFACE
// Every packet has a handler of its own; a callback decides what is called of it, and remembers.
import { RawRequestHandler, RawServer, RawSocket, SocketSource } from "wirecraft/live";

const [device] = process.argv.slice(2);
const etherType = 0x88b5;

class Greeting extends RawRequestHandler {
  setup() {
    console.log(`begin ${this.packet.from}`);
  }
  handle() {
    this.reply(`hello ${this.packet.text.replace(/\0+$/, "")}`);
  }
  finish() {
    console.log("end");
  }
}

const guests = new Set();
const socket = new RawSocket(new SocketSource(device, { etherType }), { etherType, padding: true });
const server = new RawServer(socket, Greeting, {
  callback(handler, { handled }, { packet }) {
    guests.add(packet.text);
    handler.setup();
    handler.handle();
    handler.finish();
    if (handled >= 2) console.log(`${guests.size} guests`);
  },
});
process.on("SIGTERM", () => server.stop());
console.log(`serving on ${socket}`);
await server.spin();
socket.close();
