// Servers of an EtherType: one that answers, one that counts, one that works on many packets at a time: node examples/echo-server.mjs
import { RawRequestHandler, RawServer, RawSocket, SimulatedLink } from "wirecraft/live";

const link = new SimulatedLink({ delay: 1 });
const socket = (name, etherType) =>
  new RawSocket(link.attach(name), { etherType, timeout: Number.POSITIVE_INFINITY });
const [ECHO, COUNT, SLOW] = [0x88b5, 0x88b6, 0x88b7];

/** Sends back what it gets; each packet has a handler of its own. */
class Echo extends RawRequestHandler {
  setup() {
    console.log(`echo: ${this.packet.summary}`);
  }
  handle() {
    if (this.packet.text === "") throw new Error("there is nothing to send back");
    this.reply(this.packet.data);
  }
  finish() {
    console.log("echo: done");
  }
}
const echo = new RawServer(socket("echo", ECHO), Echo, {
  onError: (error) => console.log(`echo: ${error.message}`),
});

/** A callback decides which steps are run, and keeps what lasts longer than a packet. */
let count = 0;
const counter = new RawServer(
  socket("counter", COUNT),
  { handle: ({ reply, packet }) => reply(`${count}: ${packet.text}`) },
  { callback: (handler, _server, request) => ++count % 2 && handler.handle(request) },
);

/** Four packets at a time, two more may wait; what comes beyond is refused. */
const slow = new RawServer(
  socket("slow", SLOW),
  { handle: () => new Promise((done) => setTimeout(done, 100)) },
  { concurrency: 4, queue: 2 },
);

const until = async (isTrue) => {
  while (!isTrue()) await new Promise((done) => setTimeout(done, 2));
};
const servers = [echo, counter, slow];
const spinning = Promise.all(servers.map((server) => server.spin()));
const client = socket("client", ECHO);
for (const text of ["hello", "", "world"]) client.send(text);
await until(() => echo.handled === 3);
for (let i = 0; i < 2; i++) console.log(`client: ${(await client.receive()).text}`);
const asker = socket("asker", COUNT);
for (const text of ["a", "b", "c"]) asker.send(text);
for (let i = 0; i < 2; i++) console.log(`asker: ${(await asker.receive()).text}`);

for (let i = 0; i < 9; i++) client.send([i], { etherType: SLOW });
await until(() => slow.refused > 2);
for (const server of servers) server.stop();
await spinning;
console.log(`slow: ${slow.handled} handled, ${slow.refused} refused`);
for (const one of [...servers.map((server) => server.socket), client, asker]) one.close();
