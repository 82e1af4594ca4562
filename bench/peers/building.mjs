// Packets made, or changed and emitted again, with Wirecraft: node building.mjs build|edit COUNT --dist DIR [--passes N].
// Prints `packets sum milliseconds` for every pass; the sum is that of both checksums of every packet.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { distFolder } from "../lib.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { passes: { type: "string" }, dist: { type: "string" } },
});
const [job, count] = positionals;
const { build, ethernet, ipv4, tcp } = await import(
  pathToFileURL(resolve(values.dist ?? distFolder, "node/index.js")).href
);
const payload = new Uint8Array(64).fill(0x41);

const packet = (i) =>
  build(
    ethernet({ dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01" }),
    ipv4({ src: "10.0.0.1", dst: "192.0.2.1", id: i & 0xffff, ttl: 64 }),
    tcp({
      srcPort: 1024 + (i % 50000),
      dstPort: 80,
      seq: i,
      ack: 1,
      flags: { ack: true },
      window: 65535,
    }),
    payload,
  );
const checksums = (b) => (b[24] << 8) + b[25] + (b[50] << 8) + b[51];

const jobs = {
  build: (i) => checksums(packet(i).bytes()),
  edit: (i) => {
    address.src = `10.0.${i & 255}.1`;
    return checksums(edited.bytes());
  },
};
const edited = packet(0);
const address = edited.get(ipv4);

for (let pass = 0; pass < Number(values.passes ?? 1); pass++) {
  const started = performance.now();
  let sum = 0;
  for (let i = 0; i < Number(count); i++) sum += jobs[job](i);
  console.log(Number(count), sum, performance.now() - started);
}
