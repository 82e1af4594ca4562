// Our own suite: the library's jobs, the commands, start-up and memory, beside a peer where one does the same.
//
//   npm run bench -- [--rounds N] [--only library,commands,startup,memory] [--dist DIR]
//
// bench/README.md says what is measured and how to read it.
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  commandEntrant,
  peerEntrants,
  portColumns,
  portOfLine,
  tcpdump,
  tshark,
  wirecraftCommand,
  wirecraftEntrant,
} from "./entrants.mjs";
import { libraryCases } from "./jobs.mjs";
import {
  distFolder,
  finish,
  formatMegabytes,
  formatMs,
  formatRatio,
  measure,
  opening,
  RATIOS,
  ratio,
  report,
  run,
  table,
  which,
} from "./lib.mjs";
import { firstPackets, makeCaptures } from "./make.mjs";

/** Packets that tshark is given where it prints whole packets. */
const TSHARK_LIMIT = 50_000;

const extract = (format) => (file) => ["extract", file, "--format", format, "-o", "/dev/null"];

/** Commands of ours, and the command of a peer that prints the same kind of thing. */
const commands = [
  {
    name: "fields",
    argv: (file) => ["fields", ...portColumns, file],
    linesPerPacket: 1,
    lineSum: portOfLine,
    peer: { name: "tshark -T fields", argv: tshark("-T", "fields", ...portColumns) },
  },
  {
    name: "extract ndjson",
    argv: extract("ndjson"),
    peer: { name: "tshark -T ek", argv: tshark("-T", "ek") },
  },
  {
    name: "extract json",
    argv: extract("json"),
    peer: { name: "tshark -T json", argv: tshark("-T", "json") },
  },
  {
    name: "extract tree",
    argv: extract("tree"),
    peer: { name: "tshark -V", argv: tshark("-V") },
  },
];

/** Measures pairs of ours and a peer (or nobody), all in turn, and prints them with the ratios of `what`. */
function comparePairs(title, pairs, rounds, what) {
  const measured = measure(pairs.flat(), rounds);
  console.log(`## ${title}\n\n${report(measured)}\n`);
  const find = (entrant) => measured.find((m) => m.entrant === entrant);
  const rows = pairs
    .filter(([, peer]) => peer !== undefined)
    .map(([ours, peer]) => [
      `${ours.name} / ${peer.name}`,
      ...what.map((w) => formatRatio(ratio(find(ours), find(peer), w))),
    ]);
  if (rows.length > 0)
    console.log(`${RATIOS}\n\n${table(["", ...what.map((w) => headings[w])], rows)}\n`);
  return measured.filter((m) => m.fault !== null).length;
}

const headings = { whole: "whole process", loop: "work" };

/** The peer of a library job: for reading alone, tcpdump counting what libpcap reads; else libtins. */
function libraryPeer({ job, capture }) {
  if (job === "read") {
    if (which("tcpdump") === null) return [];
    const name = `tcpdump --count ${capture}`;
    return [commandEntrant({ name, capture, argv: tcpdump("--count") })];
  }
  if (job === "dissect") return [];
  return peerEntrants({ job, capture, names: ["libtins"] }).map((peer) => ({
    ...peer,
    name: `${peer.name} ${job} ${capture}`,
  }));
}

const parts = {
  library(dist, rounds) {
    const pairs = libraryCases.map((one) => [
      wirecraftEntrant({ ...one, dist, name: `${one.job} ${one.capture}` }),
      ...libraryPeer(one),
    ]);
    return comparePairs("Library", pairs, rounds, ["whole", "loop"]);
  },

  commands(dist, rounds) {
    const capture = "tcp-small";
    const pairs = commands.map(({ peer, ...ours }) => [
      wirecraftCommand({ ...ours, dist, capture }),
      ...(which("tshark") === null
        ? []
        : [commandEntrant({ ...peer, capture, limit: TSHARK_LIMIT })]),
    ]);
    return comparePairs(
      `Commands (${capture}.pcap; tshark the first ${TSHARK_LIMIT} packets)`,
      pairs,
      rounds,
      ["loop"],
    );
  },

  startup(dist, rounds) {
    const node = (name, ...args) => ({
      kind: "command",
      name,
      packets: 1,
      argv: [process.execPath, ...args],
    });
    const pair = [
      node("wirecraft --version", join(dist, "cli/main.js"), "--version"),
      node("node -e 0", "-e", "0"),
    ];
    return comparePairs("Start-up", [pair], rounds * 4, ["whole"]);
  },

  memory(dist) {
    const { file, packets } = firstPackets("tcp-large");
    const rows = [];
    let faults = 0;
    const add = (name, argv) => {
      const { wall, peak, fault } = run(argv, { output: "discard" });
      if (fault !== null) faults++;
      rows.push(
        fault === null ? [name, formatMs(wall), formatMegabytes(peak)] : [name, fault, "-"],
      );
    };
    for (const { name, argv } of commands) {
      add(name, [process.execPath, join(dist, "cli/main.js"), ...argv(file)]);
    }
    if (which("tshark") !== null) add(commands[0].peer.name, commands[0].peer.argv(file));
    console.log(`## Memory (tcp-large.pcap, all ${packets} packets, one run each)\n`);
    console.log(`${table(["", "process ms", "peak MB"], rows)}\n`);
    return faults;
  },
};

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    only: { type: "string" },
    dist: { type: "string", default: distFolder },
  },
});
makeCaptures();
console.log(opening(values.rounds));
let faults = 0;
for (const part of values.only?.split(",") ?? Object.keys(parts)) {
  faults += parts[part](resolve(values.dist), Number(values.rounds));
}
finish(faults);
