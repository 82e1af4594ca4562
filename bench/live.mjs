// Compares live capture, sending and round trips with programs in C, between two network namespaces, in one run, as ratios.
//
//   npm run bench:live -- [--rounds N] [--only capture,sending,roundtrip,blocked,memory] [--dist DIR]
//
// Wants root, and removes the namespaces at the end. bench/README.md says what is measured and how to read it.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchFolder, distFolder, finish, formatRatio, median, table, which } from "./lib.mjs";
import { compileC, Lab, noLab } from "./peers/live_lab.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    only: { type: "string" },
    dist: { type: "string", default: distFolder },
  },
});
const rounds = Number(values.rounds);

const WARM_UP = 30_000;
const FRAMES = 1_500_000;
const FRAME_LENGTH = 64;
const SENT = { warmUp: 20_000, frames: 300_000 };
const ROUND_TRIPS = { warmUp: 500, count: 1500 };
/** The main thread is busy for so long while frames come at a rate; half a second after the first. */
const BLOCKED = { milliseconds: 1000, rate: 200_000, frames: 400_000 };
const MEMORY = { before: 1_000_000, frames: 5_000_000 };
/** Growth over the run that is still called flat: the rest of warming up. */
const FLAT = 1.1;
/** Milliseconds in which what waits with the system is handed out; tcpdump's block may wait for a second. */
const SETTLE = { usual: 250, tcpdump: 1200 };

const wirecraft = (job, device, ...options) => [
  process.execPath,
  join(benchFolder, "peers", "live_wirecraft.mjs"),
  job,
  device,
  ...["--dist", values.dist],
  ...options,
];

/** Sum of the lengths of frames and of the byte that counts them, as receivers find it. */
function sumOf(frames) {
  const whole = Math.floor(frames / 256);
  const left = frames % 256;
  return frames * FRAME_LENGTH + whole * ((255 * 256) / 2) + (left * (left - 1)) / 2;
}

/** Runs each entrant in turn, A B C A B C; one that fails is left out from then on, with what it said. */
async function measure(entrants, run, times = rounds) {
  const measured = entrants.map((entrant) => ({ entrant, runs: [], fault: null }));
  for (let round = 1; round <= times; round++) {
    for (const one of measured) {
      if (one.fault !== null) continue;
      progress(`round ${round} of ${times}: ${one.entrant.name}`);
      try {
        one.runs.push(await run(one.entrant));
      } catch (error) {
        one.fault = error.message;
      }
    }
  }
  progress("");
  return measured;
}

/** Shows what is running, on a terminal only. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

const of = (one, what) => median(one.runs.map((run) => run[what]));
const named = (measured, name) =>
  measured.find(({ entrant, fault }) => entrant.name === name && fault === null);

/** Median, least and greatest of `a / b`, round by round. */
function ratio(a, b, what) {
  const ratios = a.runs.map((run, i) => run[what] / b.runs[i][what]);
  return { median: median(ratios), least: Math.min(...ratios), greatest: Math.max(...ratios) };
}

let faults = 0;
let missed = 0;

/** What could not be measured. */
function printFaults(measured) {
  for (const { entrant, fault } of measured) {
    if (fault === null) continue;
    faults++;
    console.log(`  NOT MEASURED ${entrant.name}: ${fault}`);
  }
}

function verdict(holds) {
  if (!holds) missed++;
  return holds ? "yes" : "NO";
}

/** Prints ratios to a peer beside what is wanted of them. A bar is `[ours, peer, what, wanted, holds]`. */
function printBars(measured, bars) {
  const rows = [];
  for (const [ours, peer, what, wanted, holds] of bars) {
    const [a, b] = [named(measured, ours), named(measured, peer)];
    if (a === undefined || b === undefined) continue;
    const r = ratio(a, b, what);
    rows.push([`${ours} / ${peer}`, formatRatio(r), wanted, verdict(holds(r.median))]);
  }
  if (rows.length > 0) console.log(`\n${table(["", "ratio", "wanted", "holds"], rows)}`);
}

const atMost = (bar) => [`at most ${bar}`, (r) => r <= bar];
const atLeast = (bar) => [`at least ${bar}`, (r) => r >= bar];

const send = (lab, frames, rate = 0) =>
  lab.start("near", [tools.send, lab.devices.near, String(frames), String(rate)]).numbers();

/** What a receiver delivered, with what it used for it, while frames came as fast as they could be sent. */
async function receive(lab, { argv, settle = SETTLE.usual, counts }) {
  const program = lab.start("far", argv);
  await program.ready();
  await send(lab, WARM_UP);
  await program.idle(settle);
  const before = program.cpu();
  const [sent, wall] = await send(lab, FRAMES);
  await program.idle(settle);
  const used = program.cpu() - before;
  const peak = program.memory("VmHWM");
  program.interrupt();
  const { delivered, sum, dropped } = counts(program, await program.numbers());
  const lost = sent + WARM_UP - delivered;
  if (lost !== dropped) throw new Error(`${lost} frames are missing, ${dropped} were told`);
  if (lost === 0 && sum !== undefined && sum !== sumOf(WARM_UP) + sumOf(FRAMES))
    throw new Error(`sum ${sum}; right is ${sumOf(WARM_UP) + sumOf(FRAMES)}`);
  const rate = sent / (wall / 1e6);
  return { cpu: used / (delivered - WARM_UP), loss: (100 * lost) / sent, peak, rate };
}

const printed = (_, [delivered, sum, , dropped]) => ({ delivered, sum, dropped });
const saidByTcpdump = ({ complaints }) => ({
  delivered: Number(/(\d+) packets captured/.exec(complaints)?.[1]),
  dropped: Number(/(\d+) packets dropped by kernel/.exec(complaints)?.[1]),
});

const OURS = [
  { name: "wirecraft, ring", options: ["--backend", "ring"] },
  { name: "wirecraft, pcap", options: ["--backend", "pcap"] },
  { name: "wirecraft, ring, thread", options: ["--backend", "ring", "--thread"] },
];

function receivers({ devices: { far } }) {
  const tcpdump = ["tcpdump", "-n", "-Z", "root", "-B", "16384", "-i", far, "-w", "/dev/null"];
  return [
    ...(tools.receive === null
      ? []
      : [{ name: "C, pcap_loop", argv: [tools.receive, far], counts: printed }]),
    ...(which("tcpdump") === null
      ? []
      : [{ name: "tcpdump", argv: tcpdump, settle: SETTLE.tcpdump, counts: saidByTcpdump }]),
    ...OURS.map(({ name, options }) => ({
      name,
      argv: wirecraft("receive", far, ...options),
      counts: printed,
    })),
  ];
}

async function capture(lab) {
  const measured = await measure(receivers(lab), (entrant) => receive(lab, entrant));
  const rows = measured
    .filter(({ fault }) => fault === null)
    .map((one) => [
      one.entrant.name,
      of(one, "cpu").toFixed(0),
      of(one, "loss").toFixed(2),
      Math.max(...one.runs.map(({ loss }) => loss)).toFixed(2),
      (of(one, "peak") / 1e6).toFixed(0),
      of(one, "rate").toFixed(0),
    ]);
  const head = ["", "cpu ns/packet", "lost %", "worst %", "peak MB", "sent k/s"];
  const count = FRAMES.toLocaleString("en");
  console.log(`## Capture, ${count} frames of ${FRAME_LENGTH} bytes as fast as they are sent\n`);
  console.log(table(head, rows));
  printFaults(measured);
  printBars(measured, [
    ["wirecraft, ring", "C, pcap_loop", "cpu", ...atMost(2.5)],
    ["wirecraft, pcap", "C, pcap_loop", "cpu", ...atMost(8)],
    ["wirecraft, ring, thread", "C, pcap_loop", "cpu", "-", () => true],
    ["wirecraft, ring", "tcpdump", "cpu", "-", () => true],
  ]);
  const tcpdump = named(measured, "tcpdump");
  for (const { name } of tcpdump === undefined ? [] : OURS) {
    const one = named(measured, name);
    if (one === undefined) continue;
    const holds = of(one, "loss") <= of(tcpdump, "loss");
    console.log(`${name} loses no more than tcpdump (medians): ${verdict(holds)}`);
  }
}

async function sending(lab) {
  const { near } = lab.devices;
  const { warmUp, frames } = SENT;
  const options = ["--count", String(frames), "--warm-up", String(warmUp)];
  const entrants = [
    { name: "C, sendmmsg", argv: [tools.send, near, String(frames), "0", String(warmUp)] },
    { name: "wirecraft, sendBatch", argv: wirecraft("send", near, ...options) },
  ];
  const measured = await measure(entrants, async ({ argv }) => {
    const before = lab.arrived();
    const [sent, wall, cpu] = await lab.start("near", argv).numbers();
    const arrived = lab.arrived() - before;
    if (arrived !== sent + warmUp) throw new Error(`${arrived} of ${sent + warmUp} frames arrived`);
    return { rate: sent / (wall / 1e6), cpu: cpu / sent };
  });
  const rows = measured
    .filter(({ fault }) => fault === null)
    .map((one) => [one.entrant.name, of(one, "rate").toFixed(0), of(one, "cpu").toFixed(0)]);
  console.log(`\n## Sending, ${frames.toLocaleString("en")} frames of ${FRAME_LENGTH} bytes\n`);
  console.log(table(["", "sent k/s", "cpu ns/packet"], rows));
  printFaults(measured);
  printBars(measured, [["wirecraft, sendBatch", "C, sendmmsg", "rate", ...atLeast(0.8)]]);
}

async function roundtrip(lab) {
  const { near, far } = lab.devices;
  const { warmUp, count } = ROUND_TRIPS;
  const options = ["--count", String(count), "--warm-up", String(warmUp)];
  const entrants = [
    {
      name: "C, send and recv",
      argv: [tools.echo, "request", near, String(warmUp), String(count)],
    },
    { name: "wirecraft, receive()", argv: wirecraft("request", near, ...options) },
    { name: "wirecraft, wait and read", argv: wirecraft("request", near, "--sync", ...options) },
  ];
  const responder = lab.start("far", [tools.echo, "respond", far]);
  await responder.ready();
  const measured = await measure(entrants, async ({ argv }) => {
    const [, p50, p99, cpu] = await lab.start("near", argv).numbers();
    return { p50: p50 / 1000, p99: p99 / 1000, cpu: cpu / count / 1000 };
  });
  responder.interrupt();
  const rows = measured
    .filter(({ fault }) => fault === null)
    .map((one) => [
      one.entrant.name,
      ...["p50", "p99", "cpu"].map((what) => of(one, what).toFixed(1)),
    ]);
  console.log(
    `\n## Round trip on layer 2, ${count} one after the other, the same responder in C\n`,
  );
  console.log(table(["", "p50 us", "p99 us", "cpu us"], rows));
  printFaults(measured);
  printBars(measured, [
    ["wirecraft, receive()", "C, send and recv", "p50", ...atMost(2)],
    ["wirecraft, wait and read", "C, send and recv", "p50", ...atMost(2)],
  ]);
}

async function blocked(lab) {
  const { milliseconds, rate, frames } = BLOCKED;
  const options = ["--block", String(milliseconds), "--backend", "ring"];
  const entrants = [
    { name: "wirecraft, ring, thread", options: [...options, "--thread"] },
    { name: "wirecraft, ring", options },
  ];
  const measured = await measure(entrants, async ({ options }) => {
    const program = lab.start("far", wirecraft("receive", lab.devices.far, ...options));
    await program.ready();
    const [sent, wall] = await send(lab, frames, rate);
    await program.idle(SETTLE.usual);
    program.interrupt();
    const [delivered, , , dropped] = await program.numbers();
    return { lost: sent - delivered, dropped, rate: sent / (wall / 1e6) };
  });
  const rows = measured
    .filter(({ fault }) => fault === null)
    .map((one) => [
      one.entrant.name,
      ...["rate", "lost", "dropped"].map((what) => of(one, what).toFixed(0)),
      Math.max(...one.runs.map(({ lost }) => lost)),
    ]);
  const what = `${milliseconds} ms of ${frames / rate} s`;
  console.log(`\n## Main thread busy for ${what}, ${rate.toLocaleString("en")} packets/s\n`);
  console.log(table(["", "sent k/s", "lost", "told as dropped", "worst lost"], rows));
  printFaults(measured);
  const thread = named(measured, entrants[0].name);
  if (thread !== undefined)
    console.log(`\nwith a thread nothing is lost (median): ${verdict(of(thread, "lost") === 0)}`);
}

async function memory(lab) {
  const half = MEMORY.frames / 2;
  const measured = await measure(
    OURS,
    async ({ options }) => {
      const program = lab.start("far", wirecraft("receive", lab.devices.far, ...options));
      await program.ready();
      const sizes = [];
      for (const frames of [MEMORY.before, half, half]) {
        await send(lab, frames);
        await program.idle(SETTLE.usual);
        sizes.push(program.memory("VmRSS"));
      }
      program.interrupt();
      const [delivered] = await program.numbers();
      return { sizes, delivered };
    },
    1,
  );
  const whole = measured.filter(({ fault }) => fault === null);
  const rows = whole.map(({ entrant, runs: [{ sizes, delivered }] }) => [
    entrant.name,
    ...sizes.map((size) => (size / 2 ** 20).toFixed(1)),
    delivered.toLocaleString("en"),
    verdict(sizes[2] <= sizes[0] * FLAT && sizes[2] <= sizes[1] * FLAT),
  ]);
  const count = MEMORY.frames.toLocaleString("en");
  const before = MEMORY.before.toLocaleString("en");
  console.log(`\n## Memory over ${count} frames, after the first ${before} (one run)\n`);
  console.log(table(["", "start MiB", "middle MiB", "end MiB", "delivered", "flat"], rows));
  printFaults(measured);
}

const parts = { capture, sending, roundtrip, blocked, memory };

/** Compiles the programs in C. Without the generator there is nothing to measure. */
function compileTools() {
  const found = {
    send: compileC("live_send"),
    echo: compileC("live_echo"),
    receive: compileC("live_receive", ["-lpcap"]),
  };
  for (const [name, { fault }] of Object.entries(found))
    if (fault !== null)
      console.log(`MISSING live_${name}: ${fault}\n  sudo apt-get install gcc libpcap-dev\n`);
  if (which("tcpdump") === null) console.log("MISSING tcpdump\n  sudo apt-get install tcpdump\n");
  return Object.fromEntries(Object.entries(found).map(([name, { program }]) => [name, program]));
}

async function main() {
  const reason = noLab();
  if (reason !== null) return console.log(`bench:live is skipped: ${reason}`);
  Object.assign(tools, compileTools());
  if (tools.send === null || tools.echo === null)
    return console.log("bench:live is skipped: there is no generator without a C compiler");
  const lab = new Lab();
  const { near, far } = lab.processors;
  console.log(`Node ${process.version}, ${rounds} rounds in turn, medians; senders pinned to processor ${near}, receivers to ${far}
Ratios Wirecraft / peer, in brackets the least and the greatest round.
`);
  for (const part of values.only?.split(",") ?? Object.keys(parts)) await parts[part](lab);
  if (missed > 0) console.log(`\n${missed} of what is wanted do not hold`);
  finish(faults);
}

const tools = {};
await main();
