// Who takes part in the comparisons: Wirecraft in its variants, and its peers with how they are built and called.
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { benchFolder, buildFolder, distFolder, run, which } from "./lib.mjs";
import { firstPackets } from "./make.mjs";

/** Packets of the run, not timed, that proves that a printing command does the work. */
const CHECKED = 10_000;
const WARM_PASSES = 5;
const PYTHON = "/usr/bin/python3"; // Debian's, which has Debian's packages
const GOPATH = "/usr/share/gocode";

const program = (name) => join(benchFolder, "peers", name);

/**
 * A program that prints `packets sum milliseconds`.
 * @param {{ name: string, capture: string, limit?: number, sum?: number, argv: (file: string) => string[] }} options
 * @returns {import("./lib.mjs").Entrant}
 */
function programEntrant({ capture, limit, argv, ...rest }) {
  const { file, packets, sum } = firstPackets(capture, limit);
  return { kind: "program", packets, sum, argv: argv(file), ...rest };
}

/**
 * A command that prints something for every packet. `lineSum` is what a line of its output adds to the sum of the job; without
 * it only the number of lines is checked, and without `linesPerPacket` nothing but the exit code.
 * @returns {import("./lib.mjs").Entrant}
 */
export function commandEntrant({ capture, limit, argv, lineSum, linesPerPacket, ...rest }) {
  const { file, packets } = firstPackets(capture, limit);
  const checked = firstPackets(capture, CHECKED);
  const check = () => {
    if (linesPerPacket === undefined) return null;
    const { fault, stdout } = run(argv(checked.file));
    if (fault !== null) return fault;
    const lines = stdout.split("\n").slice(0, -1);
    if (lines.length !== checked.packets * linesPerPacket) {
      return `printed ${lines.length} lines for ${checked.packets} packets`;
    }
    if (lineSum === undefined) return null;
    const sum = lines.reduce((before, line) => before + lineSum(line), 0);
    return sum === checked.sum
      ? null
      : `sum ${sum} of the first ${checked.packets} packets; right is ${checked.sum}`;
  };
  const startup = argv(firstPackets(capture, 1).file);
  return { kind: "command", packets, argv: argv(file), startup, check, ...rest };
}

/** Wirecraft's library at a job. `dist` is where it was built. */
export function wirecraftEntrant({
  job,
  name = "wirecraft",
  dist = distFolder,
  options = [],
  ...rest
}) {
  const argv = (file) => [
    process.execPath,
    program("wirecraft.mjs"),
    job,
    file,
    "--dist",
    dist,
    ...options,
  ];
  return programEntrant({ name, argv, ...rest });
}

/** The last of several passes in one process, when all is compiled: what a long-running program sees. */
export const warmEntrant = ({ options = [], ...rest }) =>
  wirecraftEntrant({
    name: "wirecraft, warm",
    note: `pass ${WARM_PASSES} in one process`,
    ...rest,
    options: ["--passes", String(WARM_PASSES), ...options],
    lastPass: true,
  });

/** The same after other protocols were used in the process. */
export const pollutedEntrant = (options) =>
  warmEntrant({
    name: "wirecraft, polluted",
    note: `pass ${WARM_PASSES} in one process that has used every other protocol before`,
    ...options,
    options: ["--polluted"],
  });

/** Wirecraft's command line. `argv` is what follows `wirecraft`, for a file. */
export const wirecraftCommand = ({ argv, dist = distFolder, ...rest }) =>
  commandEntrant({
    argv: (file) => [process.execPath, join(dist, "cli/main.js"), ...argv(file)],
    ...rest,
  });

/** Builds a program unless that was done and the source is older; gives the complaint or null. */
export function compile(source, made, argv, env) {
  const isFresh = existsSync(made) && statSync(made).mtimeMs >= statSync(source).mtimeMs;
  return isFresh ? null : run(argv, { env }).fault;
}

const tins = join(buildFolder, "tins");
const gopacket = join(buildFolder, "gopacket");

/**
 * pcapgo also has a live capture for Linux, which needs packages that gopacket's own does not bring. Only the file reader is
 * wanted here (and no cgo), so the Go compiler is told to overlook that file.
 */
function goOverlay() {
  const file = join(buildFolder, "overlay.json");
  const live = join(GOPATH, "src/github.com/google/gopacket/pcapgo/capture.go");
  writeFileSync(file, JSON.stringify({ Replace: { [live]: "" } }));
  return file;
}

const compileTins = () => {
  const source = program("tins.cpp");
  return compile(source, tins, ["g++", "-O2", "-o", tins, source, "-ltins"]);
};

/** Builds a program in Go that uses gopacket, one of those in `peers/`; gives the complaint or null. */
export const compileGo = (name, made) => {
  const source = program(name);
  const argv = ["go", "build", "-overlay", goOverlay(), "-o", made, source];
  return compile(source, made, argv, { GOPATH, GO111MODULE: "off", CGO_ENABLED: "0" });
};
const compileGopacket = () => compileGo("gopacket.go", gopacket);

const hasCommand = (name) => (which(name) === null ? `no ${name} on PATH` : null);
const hasModule = (name) => run([PYTHON, "-c", `import ${name}`]).fault;

/** Reads a file with tshark, printing as `options` say. */
export const tshark =
  (...options) =>
  (file) => ["tshark", "-n", "-r", file, ...options];

/** Reads a file with tcpdump, printing as `options` say. */
export const tcpdump =
  (...options) =>
  (file) => ["tcpdump", "-n", "-r", file, ...options];

export const portColumns = ["-e", "ip.src", "-e", "tcp.dstport"];
export const portOfLine = (line) => Number(line.split("\t")[1]);
const nameColumns = ["-e", "dns.qry.name", "-e", "dns.resp.name", "-e", "dns.cname"];
const namesOfLine = (line) => line.replaceAll(/[\t,]/g, "").length;

const inCpp = (job) => (file) => [tins, job, file];
const inGo = (job) => (file) => [gopacket, job, file];
const inPython = (script) => (job) => (file) => [PYTHON, "-B", program(script), job, file];

/** The same program for both jobs. */
const programs = (argv) => ({ tcp: { argv: argv("tcp") }, dns: { argv: argv("dns") } });
/** The same command line for both jobs. */
const commands = (command) => ({ tcp: command, dns: command });

/**
 * The peers: `prepare` gives what is missing or null, `apt` are the packages that bring it, `limit` is the number of packets
 * that a slow one is given. A job with `linesPerPacket` is a command that prints, any other a program.
 */
const peers = [
  {
    name: "libtins",
    apt: "g++ libtins-dev",
    prepare: compileTins,
    jobs: programs(inCpp),
  },
  {
    name: "gopacket",
    apt: "golang-go golang-github-google-gopacket-dev",
    prepare: compileGopacket,
    jobs: programs(inGo),
    note: "NewPacket, Lazy and NoCopy",
  },
  {
    name: "gopacket, parser",
    apt: "golang-go golang-github-google-gopacket-dev",
    prepare: compileGopacket,
    jobs: programs((job) => inGo(`${job}-parser`)),
    note: "DecodingLayerParser: layers chosen beforehand, structs used again",
  },
  {
    name: "dpkt",
    apt: "python3-dpkt",
    prepare: () => hasModule("dpkt"),
    limit: 100_000,
    jobs: programs(inPython("use_dpkt.py")),
  },
  {
    name: "scapy",
    apt: "python3-scapy",
    prepare: () => hasModule("scapy.packet"),
    limit: 20_000,
    jobs: programs(inPython("use_scapy.py")),
  },
  {
    name: "tcpdump",
    apt: "tcpdump",
    prepare: () => hasCommand("tcpdump"),
    jobs: commands({ argv: tcpdump(), linesPerPacket: 1 }),
    note: "prints a line a packet; checked by number of lines",
  },
  {
    name: "tshark fields",
    apt: "tshark",
    prepare: () => hasCommand("tshark"),
    limit: 100_000,
    jobs: {
      tcp: {
        argv: tshark("-T", "fields", ...portColumns),
        linesPerPacket: 1,
        lineSum: portOfLine,
      },
      dns: {
        argv: tshark("-T", "fields", ...nameColumns),
        linesPerPacket: 1,
        lineSum: namesOfLine,
      },
    },
    note: "prints the columns",
  },
  {
    name: "tshark ek",
    apt: "tshark",
    prepare: () => hasCommand("tshark"),
    limit: 50_000,
    jobs: commands({ argv: tshark("-T", "ek"), linesPerPacket: 2 }),
    note: "prints every field of every packet; checked by number of lines",
  },
];

const faults = new Map();

/** True when a peer is installed and built; says once what is missing and how to get it. */
function isReady({ name, prepare, apt }) {
  if (!faults.has(name)) {
    mkdirSync(buildFolder, { recursive: true });
    faults.set(name, prepare());
    if (faults.get(name) !== null) {
      console.log(`MISSING ${name}: ${faults.get(name)}\n  sudo apt-get install ${apt}\n`);
    }
  }
  return faults.get(name) === null;
}

/** The program with libtins, or null where it cannot be had. */
export const builtTins = () =>
  isReady(peers.find((peer) => peer.name === "libtins")) ? tins : null;

/** The Python that has Scapy, or null. */
export const scapyPython = () =>
  isReady(peers.find((peer) => peer.name === "scapy")) ? PYTHON : null;

/** The peers at a job, all of them or those called `names`. */
export function peerEntrants({ job, capture, names = undefined }) {
  return peers
    .filter((peer) => (names === undefined || names.includes(peer.name)) && isReady(peer))
    .map(({ name, limit, note, jobs }) => {
      const options = { name, capture, limit, note, ...jobs[job] };
      return options.linesPerPacket === undefined
        ? programEntrant(options)
        : commandEntrant(options);
    });
}
