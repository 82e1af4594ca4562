// Compares Wirecraft with its peers, in one run, as ratios.
//
//   npm run bench:peers -- [--rounds N] [--only tcp-small,dns] [--peers libtins,gopacket] [--dist DIR]
//
// bench/README.md says what is measured and how to read it.
import { parseArgs } from "node:util";
import { peerEntrants, pollutedEntrant, warmEntrant, wirecraftEntrant } from "./entrants.mjs";
import { finish, formatRatio, measure, opening, RATIOS, ratio, report, table } from "./lib.mjs";
import { makeCaptures } from "./make.mjs";

/** Which job is done with which capture. */
const comparisons = {
  "tcp-small": { job: "tcp", title: "TCP destination port, frames of 54 bytes" },
  "tcp-large": { job: "tcp", title: "TCP destination port, frames of 796 bytes" },
  dns: { job: "dns", title: "all names of DNS answers" },
};

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    only: { type: "string" },
    peers: { type: "string" },
    dist: { type: "string" },
  },
});
const names = values.only?.split(",") ?? Object.keys(comparisons);
makeCaptures(names);

console.log(opening(values.rounds));
let faults = 0;
for (const capture of names) {
  const { job, title } = comparisons[capture];
  const ours = { job, capture, ...(values.dist === undefined ? {} : { dist: values.dist }) };
  const peers = peerEntrants({ job, capture, names: values.peers?.split(",") });
  const measured = measure(
    [wirecraftEntrant(ours), warmEntrant(ours), pollutedEntrant(ours), ...peers],
    Number(values.rounds),
  );
  const [first, warm, polluted, ...others] = measured;
  faults += measured.filter((m) => m.fault !== null).length;
  console.log(`## ${title} (${capture}.pcap)\n`);
  console.log(`${report(measured)}\n`);
  if (measured.slice(0, 3).every((m) => m.fault !== null)) continue;
  console.log(`${RATIOS}\n`);
  const rows = others
    .filter((peer) => peer.fault === null)
    .map((peer) => [
      peer.entrant.name,
      // With another number of packets, start-up has another share in the whole.
      peer.entrant.packets === first.entrant.packets
        ? formatRatio(ratio(first, peer, "whole"))
        : "-",
      formatRatio(ratio(first, peer, "loop")),
      formatRatio(ratio(warm, peer, "loop")),
      formatRatio(ratio(polluted, peer, "loop")),
    ]);
  console.log(
    `${table(["peer", "whole process", "work", "work, warm", "work, polluted"], rows)}\n`,
  );
}
finish(faults);
