// Writes the captures of the streams benchmark into bench/data/ (never committed): TCP connections, and a flood.
//
//   node bench/streams-make.mjs [--only streams,flood]
//
// The same seed gives the same bytes every time. What is right (flows, bytes of payload) is counted while the frames are made,
// and lies in NAME.json beside each capture.
import { mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  addWords,
  CaptureWriter,
  checksum,
  ETHERNET,
  IPV4,
  noiseOf,
  seeded,
  TCP,
} from "./frames.mjs";
import { captureFile, dataFolder, isMain, readManifest } from "./lib.mjs";
import { makeConnection } from "./streams-script.mjs";

/** Raise it when the bytes of any capture change: captures of another version are made anew. */
const VERSION = 2;

/** Bytes of a frame: with all options, and as much above them as a segment carries. */
const LARGEST = ETHERNET + IPV4 + 60 + 1460;

/** Two ends that no other connection has: the number is spread over the client's address and port. */
function endsOf(number, random) {
  const client = Buffer.from([10, (number >>> 16) & 255, (number >>> 8) & 255, number & 255]);
  const server = Buffer.from([198, 18 + random(2), random(4), 1 + random(254)]);
  const isn = () => random(0x10000) * 0x10000 + random(0x10000);
  return [
    { address: client, mac: 1, port: 32_768 + random(28_000), isn: isn() },
    // Ports that belong to no protocol: what is above TCP is random bytes.
    { address: server, mac: 2, port: 21_500 + random(100), isn: isn() },
  ];
}

/** Writes one segment as a frame; `options` are bytes behind the fixed TCP header. */
function writeSegment(writer, from, to, segment, noise, id) {
  const { out } = writer;
  const at = writer.place();
  const { flags, length, pick } = segment;
  const header = TCP + (segment.options?.length ?? 0);
  out.writeUIntBE(0x020000000000 + to.mac, at, 6);
  out.writeUIntBE(0x020000000000 + from.mac, at + 6, 6);
  out.writeUInt16BE(0x0800, at + 12);
  const ip = at + ETHERNET;
  out.writeUInt32BE(0x45000000 + IPV4 + header + length, ip);
  out.writeUInt32BE(((id & 0xffff) * 0x10000 + 0x4000) >>> 0, ip + 4); // do not fragment
  out.writeUInt32BE(0x40060000, ip + 8);
  from.address.copy(out, ip + 12);
  to.address.copy(out, ip + 16);
  out.writeUInt16BE(checksum(addWords(out, ip, ip + IPV4, 0)), ip + 10);
  const tcp = ip + IPV4;
  const end = tcp + header + length;
  out.writeUInt16BE(from.port, tcp);
  out.writeUInt16BE(to.port, tcp + 2);
  out.writeUInt32BE((from.isn + segment.seq) >>> 0, tcp + 4);
  out.writeUInt32BE(segment.ack < 0 ? 0 : (to.isn + segment.ack) >>> 0, tcp + 8);
  out.writeUInt16BE(((header >> 2) << 12) | flags, tcp + 12);
  out.writeUInt16BE(64_240, tcp + 14);
  out.writeUInt32BE(0, tcp + 16);
  segment.options?.copy(out, tcp + TCP);
  noise.copy(out, tcp + header, pick, pick + length);
  const pseudo = addWords(out, ip + 12, tcp, 6 + header + length);
  out.writeUInt16BE(checksum(addWords(out, tcp, end, pseudo)), tcp + 16);
  writer.add(end - at);
}

/** How many packets each connection has: most few, some many, `packets` in all. */
function budgets(flows, packets, random) {
  const least = 12;
  const each = Array.from({ length: flows }, () => {
    const kind = random(100);
    if (kind < 80) return least + random(16);
    return kind < 98 ? 24 + random(96) : 200 + random(1000);
  });
  let rest = packets - each.reduce((a, b) => a + b, 0);
  for (let i = 0; rest !== 0; i = (i + 1) % flows) {
    const step = Math.sign(rest);
    if (each[i] + step < least) continue;
    each[i] += step;
    rest -= step;
  }
  return each;
}

/**
 * Connections from their first packet to their last, `ACTIVE` of them at a time: the next packet is that of any of them. 50 µs
 * lie between two packets, so a connection of 40 packets takes 10 s.
 */
const ACTIVE = 5000;
function writeStreams(file, { seed, flows, packets }) {
  const random = seeded(seed);
  const noise = noiseOf(random);
  const each = budgets(flows, packets, random);
  const writer = new CaptureWriter(file, { gap: 50, largest: LARGEST });
  let next = 0;
  let payload = 0;
  let captured = 0;
  const start = () => {
    const made = makeConnection(each[next], random, noise.length);
    payload += made.payload;
    captured += made.captured;
    return { ends: endsOf(next++, random), segments: made.segments, at: 0 };
  };
  const active = Array.from({ length: Math.min(ACTIVE, flows) }, start);
  while (active.length > 0) {
    const place = random(active.length);
    const one = active[place];
    const segment = one.segments[one.at++];
    writeSegment(
      writer,
      one.ends[segment.side],
      one.ends[1 - segment.side],
      segment,
      noise,
      writer.packets,
    );
    if (one.at < one.segments.length) continue;
    if (next < flows) active[place] = start();
    else {
      const last = active.pop();
      if (place < active.length) active[place] = last;
    }
  }
  writer.close();
  return { packets: writer.packets, bytes: writer.bytes, flows, payload, captured };
}

/** Attempts that nobody answers, each from ends of its own, 10 µs apart. */
function writeFlood(file, { seed, flows }) {
  const random = seeded(seed);
  const noise = Buffer.alloc(0);
  const writer = new CaptureWriter(file, { gap: 10, largest: LARGEST });
  const segment = { side: 0, seq: 0, ack: -1, flags: 2, length: 0, pick: 0 };
  for (let i = 0; i < flows; i++) {
    const [from, to] = endsOf(i, random);
    writeSegment(writer, from, to, segment, noise, i);
  }
  writer.close();
  return { packets: writer.packets, bytes: writer.bytes, flows, payload: 0, captured: 0 };
}

/** What is made, by name. */
const captures = {
  streams: { write: writeStreams, seed: 11, flows: 50_000, packets: 2_000_000 },
  flood: { write: writeFlood, seed: 12, flows: 1_000_000, packets: 1_000_000 },
};

/**
 * Makes those of the captures that are not there, and says what each has: packets, flows, `payload` bytes as they were
 * captured, with what was sent twice, and `captured`, each byte counted once.
 */
export function makeStreams(names = Object.keys(captures)) {
  mkdirSync(dataFolder, { recursive: true });
  return names.map((name) => {
    if (captures[name] === undefined)
      throw new RangeError(
        `no capture called ${name}; there are ${Object.keys(captures).join(", ")}`,
      );
    const { write, ...wanted } = captures[name];
    const file = captureFile(name);
    const known = readManifest(name);
    if (
      known?.version === VERSION &&
      statSync(file, { throwIfNoEntry: false })?.size === known.bytes
    )
      return { file, ...known };
    const made = { version: VERSION, ...write(`${file}.partial`, wanted) };
    writeFileSync(`${dataFolder}/${name}.json`, JSON.stringify(made));
    renameSync(`${file}.partial`, file);
    console.log(`made bench/data/${name}.pcap: ${JSON.stringify(made)}`);
    return { file, ...made };
  });
}

if (isMain(import.meta.url)) {
  const { values } = parseArgs({ options: { only: { type: "string" } } });
  makeStreams(values.only?.split(","));
}
