// TCP streams, flows and conversations of 2,000,000 packets in 50,000 connections, beside gopacket and tshark, and what a flood
// of attempts costs. In one run, as ratios.
//
//   npm run bench:streams -- [--rounds N] [--only reassembly,flows,conversations,flood] [--dist DIR]
//
// bench/README.md says what is measured and how to read it.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { compileGo } from "./entrants.mjs";
import {
  benchFolder,
  buildFolder,
  distFolder,
  finish,
  formatMegabytes,
  formatRatio,
  measure,
  opening,
  RATIOS,
  ratio,
  report,
  table,
  which,
} from "./lib.mjs";
import { makeStreams } from "./streams-make.mjs";

/** Resident memory that nothing here may take, in bytes. */
const MOST_MEMORY = 300e6;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    only: { type: "string" },
    dist: { type: "string", default: distFolder },
  },
});
const dist = resolve(values.dist);
const [streams, flood] = makeStreams();

/** A job with Wirecraft's library; `sum` is what it has to find. */
const library = (job, { file, packets }, sum) => ({
  name: `wirecraft ${job}`,
  kind: "program",
  packets,
  sum,
  argv: [process.execPath, join(benchFolder, "peers/streams.mjs"), job, file, "--dist", dist],
});

const command = (name, argv, { packets }) => ({ name, kind: "command", packets, argv });
const wirecraft = (capture, ...args) =>
  command(
    `wirecraft ${args.join(" ")}`,
    [process.execPath, join(dist, "cli/main.js"), ...args, capture.file],
    capture,
  );

/** gopacket's reassembly, built; null where it cannot be. */
function gopacket() {
  mkdirSync(buildFolder, { recursive: true });
  const made = join(buildFolder, "streams");
  const fault = compileGo("streams.go", made);
  if (fault !== null) {
    console.log(
      `MISSING gopacket: ${fault}\n  sudo apt-get install golang-go golang-github-google-gopacket-dev\n`,
    );
    return [];
  }
  return [
    {
      name: "gopacket reassembly",
      kind: "program",
      packets: streams.packets,
      sum: streams.captured,
      argv: [made, streams.file],
      note: "DecodingLayerParser and records that are not copied; streams that only count their bytes",
    },
  ];
}

function tshark() {
  if (which("tshark") === null) {
    console.log("MISSING tshark\n  sudo apt-get install tshark\n");
    return [];
  }
  const argv = ["tshark", "-n", "-q", "-z", "conv,tcp", "-r", streams.file];
  return [command("tshark -q -z conv,tcp", argv, streams)];
}

/** What is measured: ours, who it is compared with, and what the ratio should be at most. */
const parts = {
  reassembly: () => ({
    ours: [library("reassembly", streams, streams.captured)],
    peers: gopacket(),
    what: "loop",
    most: 2,
  }),
  flows: () => ({
    ours: [library("flows", streams, streams.payload)],
    peers: gopacket(),
    what: "loop",
    most: 1,
  }),
  conversations: () => ({
    ours: [wirecraft(streams, "stats", "--conversations", "tcp")],
    peers: tshark(),
    what: "whole",
    most: 0.1,
  }),
  flood: () => ({
    ours: [
      library("reassembly", flood, 0),
      library("flows", flood, 0),
      wirecraft(flood, "flows"),
      wirecraft(flood, "stats", "--conversations", "tcp"),
    ],
    peers: [],
    what: "whole",
    most: null,
  }),
};

/** `yes` or `NO`, of what is known. */
const verdict = (isGood) => (isGood ? "yes" : "NO");

let faults = 0;
console.log(opening(values.rounds));
for (const name of values.only?.split(",") ?? Object.keys(parts)) {
  const { ours, peers, what, most } = parts[name]();
  const measured = measure([...ours, ...peers], Number(values.rounds));
  faults += measured.filter((m) => m.fault !== null).length;
  console.log(`## ${name}\n\n${report(measured)}\n`);
  const mine = measured.slice(0, ours.length).filter((m) => m.fault === null);
  for (const peer of measured.slice(ours.length)) {
    if (peer.fault !== null || mine.length === 0) continue;
    const found = ratio(mine[0], peer, what);
    const rows = [
      [
        `${mine[0].entrant.name} / ${peer.entrant.name}`,
        formatRatio(found),
        `${most}`,
        verdict(found.median <= most),
      ],
    ];
    console.log(
      `${RATIOS}\n\n${table(["", what === "loop" ? "work" : "whole process", "wanted", "holds"], rows)}\n`,
    );
  }
  const memory = mine.map(({ entrant, peak }) => {
    const largest = Math.max(...peak);
    return [
      entrant.name,
      formatMegabytes(largest),
      formatMegabytes(MOST_MEMORY),
      verdict(largest < MOST_MEMORY),
    ];
  });
  console.log(`${table(["", "most memory MB", "wanted below", "holds"], memory)}\n`);
}
finish(faults);
