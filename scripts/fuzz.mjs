// Dissects and describes mutated packets and says how long the slowest took and how much the largest allocated.
//
//   node scripts/fuzz.mjs [--count 200000] [--seed 1] [--corpus DIR]      (npm run fuzz; needs npm run build)
//
// Frames come from the captures in DIR (or $WIRECRAFT_CORPUS/captures, or examples/). Each is cut, has bits flipped,
// bytes overwritten, or pieces repeated, and starts at the protocol of its link type. Nothing may throw; whatever does is
// printed with the bytes and the seed, and the exit code is 1.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openCapture } from "../dist/node/open.js";
import { describePacket } from "../dist/packet/describe.js";
import { Packet } from "../dist/packet/packet.js";
import { valuesOf } from "../dist/packet/values.js";
import { verifyPacket } from "../dist/packet/verify.js";

const { values: given } = parseArgs({
  options: {
    count: { type: "string", default: "200000" },
    seed: { type: "string", default: "1" },
    corpus: { type: "string" },
  },
});
const count = Number(given.count);

/** Files below a folder. */
const walk = (folder) =>
  readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? walk(path) : [path];
    });

/** A small generator of random numbers that gives the same ones for the same seed (xorshift, 32 bits). */
function generator(seed) {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

/** At most 60 frames of each capture; what is damaged gives what is good of it. */
async function framesOf(files) {
  const frames = [];
  for (const file of files) {
    let n = 0;
    try {
      for await (const packet of openCapture(file)) {
        frames.push({
          bytes: packet.bytes({ update: false }).slice(0, 2048),
          origin: packet.origin,
        });
        if (++n === 60) break;
      }
    } catch (error) {
      if (error.code === undefined) throw error;
    }
  }
  return frames;
}

function mutate(bytes, random) {
  let made = bytes.slice();
  for (let k = random(4); k >= 0; k--) {
    if (made.length === 0) break;
    const at = random(made.length);
    switch (random(6)) {
      case 0:
        made = made.slice(0, at);
        break;
      case 1:
        made[at] ^= 1 << random(8);
        break;
      case 2:
        made[at] = random(256);
        break;
      case 3:
        made[at] = [0, 1, 0x7f, 0x80, 0xff][random(5)];
        break;
      case 4: {
        // A piece repeated: nested and endless structures.
        const piece = made.slice(at, at + 1 + random(40));
        const copies = 1 + random(40);
        const grown = new Uint8Array(made.length + piece.length * copies);
        grown.set(made.slice(0, at));
        for (let i = 0; i <= copies; i++)
          grown.set(piece.slice(0, grown.length - at - i * piece.length), at + i * piece.length);
        made = grown.slice(0, 9000);
        break;
      }
      default:
        made[at] = 0xff;
        if (at + 1 < made.length) made[at + 1] = 0xff;
    }
  }
  return made;
}

/** Everything that can be asked of a packet. */
function useAll(packet) {
  describePacket(packet);
  verifyPacket(packet);
  for (const layer of packet.layers) valuesOf(layer);
  return packet.error;
}

const corpus =
  given.corpus ?? (process.env.WIRECRAFT_CORPUS && join(process.env.WIRECRAFT_CORPUS, "captures"));
const folder = corpus && existsSync(corpus) ? corpus : "examples";
const frames = await framesOf(walk(folder).filter((f) => !/\.(m?[jt]s|md|json)$/.test(f)));
if (frames.length === 0) {
  console.error(`no frames in ${folder}`);
  process.exit(2);
}
const random = generator(Number(given.seed));
const times = new Float64Array(count);
let largest = 0;
let faults = 0;
let thrown = 0;
for (let i = 0; i < count; i++) {
  const { bytes, origin } = frames[random(frames.length)];
  const made = mutate(bytes, random);
  const packet = new Packet(made, 0, made.length, made.length, 0, 0, 0, origin, null);
  const before = i % 64 === 0 ? process.memoryUsage().heapUsed : -1;
  const start = performance.now();
  try {
    if (useAll(packet) !== null) faults++;
  } catch (error) {
    if (thrown++ < 10) {
      console.log(`seed ${given.seed}, packet ${i}: ${error.stack}`);
      console.log(`link type ${origin.linkType}: ${Buffer.from(made).toString("hex")}`);
    }
  }
  times[i] = performance.now() - start;
  if (before >= 0) largest = Math.max(largest, process.memoryUsage().heapUsed - before);
}
times.sort();
const at = (share) => times[Math.min(count - 1, Math.floor(count * share))].toFixed(3);
console.log(
  `${count} mutated packets from ${frames.length} frames of ${folder}, seed ${given.seed}`,
);
console.log(`with a fault: ${faults}; thrown: ${thrown}`);
console.log(
  `milliseconds: median ${at(0.5)}, p99 ${at(0.99)}, p99.9 ${at(0.999)}, slowest ${at(1)}`,
);
console.log(`largest allocation seen (every 64th packet): ${Math.round(largest / 1024)} KiB`);
process.exitCode = thrown > 0 ? 1 : 0;
