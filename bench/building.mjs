// Compares making packets with libtins and Scapy, and changing one with making it, in one run, as ratios.
//
//   npm run bench:build -- [--rounds N] [--dist DIR]
//
// One packet is Ethernet, IPv4 and TCP with 64 bytes of payload, all values given as a program would (addresses as text),
// both checksums computed; the sums of the checksums must be the same for all.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { builtTins, scapyPython } from "./entrants.mjs";
import {
  benchFolder,
  distFolder,
  finish,
  formatRatio,
  measure,
  opening,
  RATIOS,
  ratio,
  report,
  run,
  table,
} from "./lib.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    dist: { type: "string", default: distFolder },
  },
});
const COUNT = 1_000_000;
const FEW = 10_000;
const WARM_PASSES = 3;
const peer = (name) => join(benchFolder, "peers", name);

const ours = (name, job, passes, packets, sum) => ({
  kind: "program",
  name,
  packets,
  sum,
  lastPass: passes > 1,
  argv: [
    process.execPath,
    peer("building.mjs"),
    job,
    String(packets),
    "--dist",
    values.dist,
    "--passes",
    String(passes),
  ],
});

/** What a program finds, so that the others can be held to it: the peer, where it is there. */
const sumOf = (argv) => Number(run(argv).stdout?.split(" ")[1]);

const tins = builtTins();
const python = scapyPython();
const sum = tins === null ? undefined : sumOf([tins, "build", String(COUNT)]);
const few =
  python === null ? undefined : sumOf([python, "-B", peer("build_scapy.py"), String(FEW)]);
const entrants = [
  ours("wirecraft", "build", 1, COUNT, sum),
  ours("wirecraft, warm", "build", WARM_PASSES, COUNT, sum),
  ours("wirecraft, one address changed", "edit", WARM_PASSES, COUNT),
  ...(tins === null
    ? []
    : [
        {
          kind: "program",
          name: "libtins",
          packets: COUNT,
          sum,
          argv: [tins, "build", String(COUNT)],
        },
      ]),
  ...(python === null
    ? []
    : [
        ours("wirecraft, few", "build", 1, FEW, few),
        {
          kind: "program",
          name: "scapy",
          packets: FEW,
          sum: few,
          argv: [python, "-B", peer("build_scapy.py"), String(FEW)],
        },
      ]),
];

console.log(opening(values.rounds));
const measured = measure(entrants, Number(values.rounds));
console.log(`${report(measured)}\n\n${RATIOS}\n`);
const named = (name) => measured.find((m) => m.entrant.name === name);
const rows = [
  ["wirecraft, warm", "libtins"],
  ["wirecraft", "libtins"],
  ["wirecraft, one address changed", "wirecraft, warm"],
  ["wirecraft, few", "scapy"],
]
  .map(([a, b]) => [named(a), named(b)])
  .filter(([a, b]) => a?.fault === null && b?.fault === null)
  .map(([a, b]) => [`${a.entrant.name} / ${b.entrant.name}`, formatRatio(ratio(a, b, "loop"))]);
console.log(`${table(["", "work"], rows)}\n`);
finish(measured.filter((m) => m.fault !== null).length);
