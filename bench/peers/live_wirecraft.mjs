// Live capture with Wirecraft: node live_wirecraft.mjs JOB DEVICE [OPTIONS] --dist DIR.
//   receive --backend NAME [--thread] [--block MS]   until SIGINT; prints `ready`, at the end `delivered sum received dropped`.
//                                                    Half a second after the first packet the thread is busy for MS
//   send --count N --warm-up N                       prints `sent wall-ns cpu-ns`
//   request --count N --warm-up N [--sync]           prints `answers p50-ns p99-ns cpu-ns`
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { distFolder } from "../lib.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: "string" },
    thread: { type: "boolean", default: false },
    block: { type: "string" },
    count: { type: "string" },
    "warm-up": { type: "string", default: "0" },
    sync: { type: "boolean" },
    dist: { type: "string", default: distFolder },
  },
});
const [job, device] = positionals;
const { capture, PacketSocket, SocketSource } = await import(
  pathToFileURL(resolve(values.dist, "live/index.js")).href
);

const HEADER = 14;
const ETHER_TYPE = 0x88b5;
/** When the thread gets busy, in milliseconds after the first packet. */
const BLOCK_AFTER = 500;
/** Frames handed to one call of sendBatch. */
const AT_ONCE = 1000;
const count = Number(values.count);
const warmUp = Number(values["warm-up"]);

/** A frame of 64 bytes with a number in it. */
function frame(number) {
  const bytes = Buffer.alloc(64);
  bytes.set([2, 0, 0, 0, 0, 0x0b, 2, 0, 0, 0, 0, 0x0a, ETHER_TYPE >> 8, ETHER_TYPE & 255]);
  bytes.writeUInt32LE(number, HEADER);
  return bytes;
}

const now = () => Number(process.hrtime.bigint());
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
};

function beBusy(milliseconds) {
  for (const end = performance.now() + milliseconds; performance.now() < end; );
}

async function receive() {
  const live = await capture(device, { backend: values.backend, thread: values.thread });
  process.on("SIGINT", () => live.breakLoop());
  let blocked = values.block === undefined;
  let sum = 0;
  console.log("ready");
  for await (const batch of live.batches()) {
    if (!blocked) {
      blocked = true;
      setTimeout(beBusy, BLOCK_AFTER, Number(values.block));
    }
    for (const packet of batch) sum += packet.length + packet.data[packet.start + HEADER];
  }
  live.close();
  const { delivered, received, dropped } = live.stats();
  console.log(delivered, sum, received, dropped);
}

function send() {
  const source = new SocketSource(device, { etherType: 0 });
  const frames = Array.from({ length: AT_ONCE }, (_, i) => frame(i));
  const sendAll = (n) => {
    let sent = 0;
    while (sent < n) sent += source.sendBatch(frames.slice(0, n - sent));
    return sent;
  };
  sendAll(warmUp);
  const [from, used] = [now(), cpu()];
  const sent = sendAll(count);
  console.log(sent, now() - from, cpu() - used);
  source.close();
}

/** A sink that keeps the number in the last packet, modulo 256. */
class NumberSink {
  number = -1;
  packet(bytes, start) {
    this.number = bytes[start + HEADER];
  }
}

async function request() {
  const source = new SocketSource(device, { etherType: ETHER_TYPE });
  const socket = new PacketSocket(source);
  const sink = new NumberSink();
  const roundTrip = async (number) => {
    socket.send(frame(number));
    const answer = await socket.receive();
    return answer?.data[answer.start + HEADER];
  };
  const roundTripSync = (number) => {
    source.inject(frame(number));
    while (source.read(sink, 1) === 0) source.wait(3000);
    return sink.number;
  };
  const times = [];
  let used = 0;
  for (let i = -warmUp; i < count; i++) {
    if (i === 0) used = cpu();
    const number = i + warmUp;
    const from = process.hrtime.bigint();
    const answer = values.sync ? roundTripSync(number) : await roundTrip(number);
    if (i >= 0) times.push(Number(process.hrtime.bigint() - from));
    if (answer !== (number & 255)) throw new Error(`${number} was answered by ${answer}`);
  }
  used = cpu() - used;
  times.sort((a, b) => a - b);
  console.log(count, times[count >> 1], times[Math.floor(count * 0.99)], used);
  socket.close();
}

await { receive, send, request }[job]();
