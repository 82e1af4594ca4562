// Writes the synthetic captures into a folder: one small pcap file for each family of packets that few real captures show.
//
//   node scripts/synthetic.mjs FOLDER      (needs npm run build)
//
// The packets are in scripts/synthetic/; test/report/wireshark/synthetic.test.ts compares them with tshark, field by field.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv, exit, stderr, stdout } from "node:process";
import { PcapWriter } from "wirecraft";
import { captures } from "./synthetic/index.mjs";

const folder = argv[2];
if (folder === undefined) {
  stderr.write("synthetic: name the folder to write to\n");
  exit(2);
}
mkdirSync(folder, { recursive: true });
let count = 0;
for (const { name, linkType, packets, times } of captures) {
  const writer = new PcapWriter({ linkType });
  for (const [i, packet] of packets().entries()) {
    const bytes = packet.bytes();
    const time = times?.[i] ?? i * 1000;
    const [seconds, nanoseconds] = [Math.floor(time / 1000), (time % 1000) * 1_000_000];
    writer.write(bytes, 0, bytes.length, bytes.length, seconds, nanoseconds);
    count++;
  }
  writeFileSync(join(folder, `${name}.pcap`), writer.take());
}
stdout.write(`${captures.length} captures, ${count} packets in ${folder}\n`);
