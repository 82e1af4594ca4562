// The jobs of the streams benchmark with Wirecraft: node streams.mjs JOB FILE [--dist DIR].
// Prints `packets sum milliseconds`, as its peers do; on standard error, what the tables gave up.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { distFolder } from "../lib.mjs";

/** What takes a packet, by the job's name; `sum` is read when all were given. */
const jobs = {
  /** Flows, with the bytes of payload of both sides. */
  flows({ FlowTable }) {
    let sum = 0;
    const onEnd = ({ originator, responder }) => (sum += originator.payload + responder.payload);
    const table = new FlowTable({ onEnd });
    return {
      add: (packet) => table.add(packet),
      sum: () => sum,
      end() {
        table.flush();
        console.error(`${table.count} flows, most at once ${table.peak}`, table.ended);
      },
    };
  },
  /** Streams put together, for a consumer that only counts their bytes. */
  reassembly({ TcpReassembly }) {
    let sum = 0;
    const consumer = { data: ({ bytes }) => (sum += bytes.length) };
    const reassembly = new TcpReassembly({ consumer });
    return {
      add: (packet) => reassembly.add(packet),
      sum: () => sum,
      end() {
        reassembly.flush();
        console.error(reassembly.stats);
      },
    };
  },
  /** Conversations of one transport, as statistics count them. */
  conversations({ ConversationTable, tcp }) {
    let sum = 0;
    const table = new ConversationTable(() => ({ packets: 0, bytes: 0 }));
    return {
      add(packet) {
        const segment = packet.get(tcp);
        if (segment === undefined) return;
        const { state } = table.find(segment.layer);
        state.packets++;
        state.bytes += packet.originalLength;
        sum += packet.originalLength;
      },
      sum: () => sum,
      end: () => console.error(`${table.count} conversations, ${table.evicted} given up`),
    };
  },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { dist: { type: "string" } },
});
const [job, file] = positionals;
const load = (path) => import(pathToFileURL(resolve(values.dist ?? distFolder, path)).href);
const wirecraft = await load("node/index.js");
const rest = { ...(await load("flow/index.js")), ...(await load("reassembly/index.js")) };
const { add, sum, end } = jobs[job]({ ...wirecraft, ...rest });
const started = performance.now();
let packets = 0;
for await (const batch of wirecraft.openCapture(file).batches()) {
  for (let i = 0; i < batch.length; i++) add(batch[i]);
  packets += batch.length;
}
end();
console.log(packets, sum(), performance.now() - started);
