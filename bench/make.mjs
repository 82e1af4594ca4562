// Writes the captures that the benchmarks read into bench/data/ (never committed).
//
//   node bench/make.mjs [--only tcp-small,dns] [--count N]
//
// The same seed gives the same bytes every time. Beside each capture lies NAME.json with the sums that a correct program
// finds in it: they are counted while the frames are made, so no dissector, ours or another, decides what is right.
// NAME.N.pcap are the first N packets of a capture, for those who are too slow for all of it.
import {
  closeSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  addWords,
  CaptureWriter,
  CHUNK,
  checksum,
  ETHERNET,
  IPV4,
  noiseOf,
  seeded,
  TCP,
} from "./frames.mjs";
import { captureFile, dataFolder, isMain, readManifest } from "./lib.mjs";

/** Raise it when the bytes of any capture change: captures of another version are made anew. */
const VERSION = 2;

const UDP = 8;
const FLOWS = 1000;
/** After how many packets the manifest has a checkpoint, besides those after the first and the last. */
const CHECKPOINT = 10_000;

/** Ports of well-known services: frames without payload, so nobody parses anything above TCP whatever the port. */
const SERVICE_PORTS = [
  21, 22, 25, 53, 80, 110, 143, 389, 443, 445, 993, 1883, 3306, 3389, 5060, 5432, 6379, 8080,
];
/** Ports that belong to no protocol of ours or the peers: the payload below is random and must stay opaque to all. */
const OPAQUE_PORTS = Array.from({ length: 100 }, (_, i) => 21_500 + i);

/** Both ends of one conversation; `next` and `seq` run on from packet to packet. */
function makeFlows(random, serverPorts) {
  return Array.from({ length: FLOWS }, () => {
    const mac = () => Buffer.from([0x02, 0, random(256), random(256), random(256), random(256)]);
    const client = {
      mac: mac(),
      address: Buffer.from([10, random(256), random(256), 1 + random(254)]),
    };
    const server = {
      mac: mac(),
      address: Buffer.from([198, 18 + random(2), random(256), 1 + random(254)]),
    };
    const clientPort = 32_768 + random(28_000);
    const serverPort = serverPorts[random(serverPorts.length)];
    const seq = () => random(0x10000) * 0x10000 + random(0x10000);
    return {
      ends: [
        { ...client, port: clientPort, seq: seq() },
        { ...server, port: serverPort, seq: seq() },
      ],
    };
  });
}

/** Ethernet and IPv4 headers for `length` bytes above them; gives the offset of those and what the pseudo-header adds. */
function writeLower(out, at, from, to, protocol, length, id) {
  to.mac.copy(out, at);
  from.mac.copy(out, at + 6);
  out.writeUInt16BE(0x0800, at + 12);
  const ip = at + ETHERNET;
  out.writeUInt16BE(0x4500, ip);
  out.writeUInt16BE(IPV4 + length, ip + 2);
  out.writeUInt16BE(id & 0xffff, ip + 4);
  out.writeUInt16BE(0x4000, ip + 6); // do not fragment
  out[ip + 8] = 64;
  out[ip + 9] = protocol;
  out.writeUInt16BE(0, ip + 10);
  from.address.copy(out, ip + 12);
  to.address.copy(out, ip + 16);
  out.writeUInt16BE(checksum(addWords(out, ip, ip + IPV4, 0)), ip + 10);
  return { start: ip + IPV4, pseudo: addWords(out, ip + 12, ip + IPV4, protocol + length) };
}

/** TCP segments of `payload` bytes each; `sum` is that of the destination ports. */
function tcpFrames(seed, payload, serverPorts) {
  const random = seeded(seed);
  const flows = makeFlows(random, serverPorts);
  const noise = noiseOf(random);
  let made = 0;
  const frames = {
    sum: 0,
    largest: ETHERNET + IPV4 + TCP + payload,
    write(out, at) {
      const side = random(2);
      const { ends } = flows[random(FLOWS)];
      const from = ends[side];
      const to = ends[1 - side];
      const { start, pseudo } = writeLower(out, at, from, to, 6, TCP + payload, made++);
      const end = start + TCP + payload;
      out.writeUInt16BE(from.port, start);
      out.writeUInt16BE(to.port, start + 2);
      out.writeUInt32BE(from.seq, start + 4);
      out.writeUInt32BE(to.seq, start + 8);
      out.writeUInt16BE(payload > 0 ? 0x5018 : 0x5010, start + 12); // 20 bytes, ACK, with data also PSH
      out.writeUInt16BE(1024 + random(60_000), start + 14);
      out.writeUInt32BE(0, start + 16);
      const pick = random(noise.length - payload);
      noise.copy(out, start + TCP, pick, pick + payload);
      out.writeUInt16BE(checksum(addWords(out, start, end, pseudo)), start + 16);
      from.seq = (from.seq + payload) >>> 0;
      frames.sum += to.port;
      return end - at;
    },
  };
  return frames;
}

/** Writes a domain name label by label without its end; gives the offset after it. */
function writeLabels(out, at, labels) {
  for (const label of labels) {
    out[at++] = label.length;
    at += out.write(label, at, "latin1");
  }
  return at;
}

/** Answers with one question, a CNAME, an A and an AAAA record; `sum` is that of the lengths of all names, as text. */
function dnsFrames(seed) {
  const random = seeded(seed);
  const flows = makeFlows(random, [53]);
  const word = (least, most) =>
    Array.from({ length: least + random(most - least + 1) }, () =>
      String.fromCharCode(97 + random(26)),
    ).join("");
  const hosts = Array.from({ length: 2000 }, () => ({
    host: [word(1, 12)],
    domain: [word(3, 14), ["com", "net", "org", "example"][random(4)]],
    alias: [word(4, 20), word(2, 6)],
  }));
  const lengthOf = (labels) => labels.join(".").length;
  let made = 0;
  const frames = {
    sum: 0,
    largest: 300,
    write(out, at) {
      const { host, domain, alias } = hosts[random(hosts.length)];
      const [client, server] = flows[random(FLOWS)].ends;
      const message = at + ETHERNET + IPV4 + UDP;
      out.writeUInt16BE(random(0x10000), message);
      out.writeUInt16BE(0x8180, message + 2); // answer, recursion asked and available
      out.writeUInt16BE(1, message + 4);
      out.writeUInt16BE(3, message + 6);
      out.writeUInt32BE(0, message + 8);

      const domainAt = writeLabels(out, message + 12, host);
      let end = writeLabels(out, domainAt, domain);
      out[end++] = 0;
      end = out.writeUInt32BE(0x0001_0001, end); // A, IN
      // Each name after the question is a pointer, or labels and a pointer, as servers write them.
      const record = (ownerAt, type, dataLength) => {
        end = out.writeUInt16BE(0xc000 | (ownerAt - message), end);
        end = out.writeUInt16BE(type, end);
        end = out.writeUInt16BE(1, end);
        end = out.writeUInt32BE(60 + random(3600), end);
        end = out.writeUInt16BE(dataLength, end);
      };
      record(message + 12, 5, lengthOf(alias) + 1 + 2);
      const aliasAt = end;
      end = writeLabels(out, end, alias);
      end = out.writeUInt16BE(0xc000 | (domainAt - message), end);
      record(aliasAt, 1, 4);
      for (let i = 0; i < 4; i++) out[end++] = 1 + random(254);
      record(aliasAt, 28, 16);
      end = out.writeUInt32BE(0x2001_0db8, end);
      for (let i = 0; i < 6; i++) end = out.writeUInt16BE(random(0x10000), end);

      const length = end - message + UDP;
      const { start, pseudo } = writeLower(out, at, server, client, 17, length, made++);
      out.writeUInt16BE(server.port, start);
      out.writeUInt16BE(client.port, start + 2);
      out.writeUInt16BE(length, start + 4);
      out.writeUInt16BE(0, start + 6);
      out.writeUInt16BE(checksum(addWords(out, start, end, pseudo)) || 0xffff, start + 6);

      const asked = lengthOf([...host, ...domain]);
      const aliased = lengthOf([...alias, ...domain]);
      frames.sum += asked + (asked + aliased) + aliased + aliased;
      return end - at;
    },
  };
  return frames;
}

/** What is made: name, number of packets, and its frames. */
const captures = {
  "tcp-small": { count: 1_000_000, frames: () => tcpFrames(1, 0, SERVICE_PORTS) },
  "tcp-large": { count: 500_000, frames: () => tcpFrames(2, 742, OPAQUE_PORTS) },
  dns: { count: 500_000, frames: () => dnsFrames(3) },
};

/** Streams `count` frames into the capture called `name`; memory does not grow with the count. */
function writeCapture(name, count, frames) {
  const file = captureFile(name);
  const partial = `${file}.partial`;
  const writer = new CaptureWriter(partial, { gap: 10, largest: frames.largest });
  /** By number of packets: where they end in the file, and their sum. */
  const checkpoints = {};
  for (let packets = 1; packets <= count; packets++) {
    const at = writer.place();
    writer.add(frames.write(writer.out, at));
    if (packets % CHECKPOINT === 0 || packets === 1 || packets === count)
      checkpoints[packets] = { bytes: writer.bytes, sum: frames.sum };
  }
  writer.close();
  const { bytes } = writer;
  const manifest = { version: VERSION, packets: count, bytes, checkpoints };
  writeFileSync(`${dataFolder}/${name}.json`, JSON.stringify(manifest));
  renameSync(partial, file);
  return manifest;
}

const sizeOf = (file) => statSync(file, { throwIfNoEntry: false })?.size;

/** True when the capture is there, whole, of this version and of `count` packets. */
function isPresent(name, count) {
  const manifest = readManifest(name);
  return (
    manifest?.version === VERSION &&
    manifest.packets === count &&
    sizeOf(captureFile(name)) === manifest.bytes
  );
}

/**
 * The first packets of a capture that was made: all of them, or a number of them that has a checkpoint. Gives the file, the
 * number of packets in it, and the sum that a correct program finds.
 */
export function firstPackets(name, limit = Infinity) {
  const manifest = readManifest(name);
  const packets = Math.min(limit, manifest.packets);
  const { bytes, sum } = manifest.checkpoints[packets];
  if (packets === manifest.packets) return { file: captureFile(name), packets, sum };
  const file = captureFile(`${name}.${packets}`);
  const made = statSync(file, { throwIfNoEntry: false });
  if (made?.size !== bytes || made.mtimeMs < statSync(captureFile(name)).mtimeMs)
    copyStart(captureFile(name), file, bytes);
  return { file, packets, sum };
}

/** Copies the first `bytes` bytes of a file. */
function copyStart(from, to, bytes) {
  const source = openSync(from, "r");
  const target = openSync(to, "w");
  const chunk = Buffer.alloc(CHUNK);
  for (let left = bytes; left > 0; ) {
    const have = readSync(source, chunk, 0, Math.min(left, CHUNK));
    if (have === 0) throw new Error(`${from} ends early`);
    writeSync(target, chunk, 0, have);
    left -= have;
  }
  closeSync(source);
  closeSync(target);
}

/**
 * Makes those of the captures `names` that are not there, each of `count` packets or its usual number.
 */
export function makeCaptures(names = Object.keys(captures), count = undefined) {
  mkdirSync(dataFolder, { recursive: true });
  for (const name of names) {
    const capture = captures[name];
    if (capture === undefined) {
      throw new RangeError(
        `no capture called ${name}; there are ${Object.keys(captures).join(", ")}`,
      );
    }
    const packets = count ?? capture.count;
    if (isPresent(name, packets)) continue;
    const { bytes } = writeCapture(name, packets, capture.frames());
    console.log(`made ${join("bench/data", `${name}.pcap`)}: ${packets} packets, ${bytes} bytes`);
  }
}

if (isMain(import.meta.url)) {
  const { values } = parseArgs({
    options: { only: { type: "string" }, count: { type: "string" } },
  });
  makeCaptures(
    values.only?.split(","),
    values.count === undefined ? undefined : Number(values.count),
  );
}
