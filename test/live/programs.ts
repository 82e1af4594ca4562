/** Programs that tests run in network namespaces; each prints `ready` when it listens, and what it found as JSON. */

/** Captures and prints a line a packet, then the statistics. Arguments: device, options as JSON. */
export const capturing = `
import { capture } from "wirecraft/live";
const [device, options] = process.argv.slice(1);
const live = await capture(device, JSON.parse(options));
console.log("ready");
try {
  for await (const batch of live.batches())
    for (const packet of batch) {
      const hex = Buffer.from(packet.bytes()).toString("hex");
      const { originalLength, seconds } = packet;
      console.log(JSON.stringify({ hex, originalLength, seconds, kind: batch.kindOf(packet) }));
    }
} catch (error) {
  console.log(JSON.stringify({ error: error.code, message: error.message }));
}
console.log(JSON.stringify({ stats: live.stats(), backend: live.backend, reason: live.reason }));
live.close();
`;

/** Sends frames given as lines of hexadecimal digits on standard input, until it ends. Argument: device. */
export const sending = `
import { createInterface } from "node:readline";
import { SocketSource } from "wirecraft/live";
const source = new SocketSource(process.argv[1], { etherType: 0 });
console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  source.inject(Buffer.from(line, "hex"));
  console.log("sent");
}
source.close();
`;

/** Sends many frames of one length, numbered in their last four bytes. Arguments: device, count, length. */
export const flooding = `
import { SocketSource } from "wirecraft/live";
const [device, count, length] = process.argv.slice(1);
const source = new SocketSource(device, { etherType: 0 });
let sent = 0;
while (sent < Number(count)) {
  const frames = Array.from({ length: Math.min(512, count - sent) }, (_, i) => {
    const frame = Buffer.alloc(Number(length), 0x55);
    Buffer.from("02770000000202770000000188b5", "hex").copy(frame);
    frame.writeUInt32BE(sent + i, frame.length - 4);
    return frame;
  });
  sent += source.sendBatch(frames);
}
console.log(sent);
source.close();
`;
