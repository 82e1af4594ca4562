// What the programs of bench/ share: where things lie, how a process is timed, medians, tables.
import { spawnSync } from "node:child_process";
import { accessSync, constants, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const benchFolder = fileURLToPath(new URL(".", import.meta.url));
export const dataFolder = join(benchFolder, "data");
export const buildFolder = join(benchFolder, "build");
export const distFolder = join(benchFolder, "..", "dist");

export const captureFile = (name) => join(dataFolder, `${name}.pcap`);

/** What make.mjs knows of a capture it made, or null. */
export function readManifest(name) {
  try {
    return JSON.parse(readFileSync(join(dataFolder, `${name}.json`), "utf8"));
  } catch {
    return null;
  }
}

/** True when the module at `url` is the program that Node was asked to run. */
export const isMain = (url) =>
  process.argv[1] !== undefined && pathToFileURL(realpathSync(process.argv[1])).href === url;

const isExecutable = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The whole path of a program on PATH, or null. */
export function which(name) {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (folder !== "" && isExecutable(join(folder, name))) return join(folder, name);
  }
  return null;
}

/** Number of the last processor this process may use, or null where that is not known. */
function lastCore() {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(
      readFileSync("/proc/self/status", "utf8"),
    )?.[1];
    return list === undefined ? null : Number(/\d+$/.exec(list)[0]);
  } catch {
    return null;
  }
}

const taskset = which("taskset");
const time = isExecutable("/usr/bin/time") ? "/usr/bin/time" : null;
const core = lastCore();
const canPin = taskset !== null && core !== null;

/** What stands at the head of every report: the machine, and how processes are timed on it. */
export function opening(rounds) {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpu?.model.trim()} (${cpus().length} processors, ${memory} GiB), ${process.platform} ${process.arch}, Node ${process.version}
${rounds} rounds in turn, medians; ${canPin ? `each process pinned to processor ${core}` : "not pinned (no taskset)"}, ${
    time === null ? "no peak memory (no /usr/bin/time)" : "peak memory from /usr/bin/time"
  }
`;
}

export const RATIOS =
  "Ratios, Wirecraft / peer; below 1 Wirecraft is the faster. In brackets the least and the greatest round.";

/** Ends a report: what could not be measured makes the exit code 1. */
export function finish(faults) {
  if (faults === 0) return;
  console.log(`${faults} not measured, see above`);
  process.exitCode = 1;
}

/**
 * Runs a command to its end. `output` is "keep" (as text) or "discard" (to the null device, for commands that print a lot).
 * `wall` is milliseconds, `peak` bytes of resident memory or null, `fault` a sentence or null.
 */
export function run(argv, { output = "keep", env = undefined } = {}) {
  mkdirSync(buildFolder, { recursive: true });
  const peakFile = join(buildFolder, `peak.${process.pid}`);
  const pinned = canPin ? [taskset, "-c", String(core), ...argv] : argv;
  const [file, ...args] =
    time === null ? pinned : [time, "-q", "-f", "%M", "-o", peakFile, ...pinned];
  const started = performance.now();
  const child = spawnSync(file, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", output === "keep" ? "pipe" : "ignore", "pipe"],
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  const wall = performance.now() - started;
  const complaints = (child.stderr ?? "").trim().split("\n");
  const complaint =
    complaints.find((line) => /^\w*Error\b/.test(line)) ??
    complaints.find((line) => /error/i.test(line)) ??
    complaints.at(-1);
  const fault =
    child.error?.message ??
    (child.status === 0
      ? null
      : `exit ${child.status ?? child.signal}${complaint ? `: ${complaint}` : ""}`);
  const peak =
    time === null || fault !== null ? null : Number(readFileSync(peakFile, "utf8")) * 1024;
  return { wall, peak, fault, stdout: child.stdout ?? "" };
}

export function median(values) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * One who takes part in a comparison.
 * @typedef {object} Entrant
 * @property {string} name
 * @property {string[]} argv the command to time
 * @property {number} packets how many packets that command goes through
 * @property {"program" | "command"} kind a program prints `packets sum milliseconds`, once a pass; of a command only the
 *   whole process is known
 * @property {string[]} [startup] of a command: the same for one packet, so that start-up can be taken off
 * @property {number} [sum] of a program: what it has to find
 * @property {() => string | null} [check] of a command: looks once whether it does the work; gives the complaint
 * @property {boolean} [lastPass] of a program: the time of its last pass counts, not that of its first
 * @property {string} [note]
 * @property {Record<string, string>} [env]
 *
 * What was measured: milliseconds a round. `loop` is the work without start-up.
 * @typedef {{ entrant: Entrant, whole: number[], loop: number[], peak: number[], fault: string | null }} Measured
 */

/** Runs an entrant once. */
function once(entrant) {
  const output = entrant.kind === "program" ? "keep" : "discard";
  const { wall, peak, fault, stdout } = run(entrant.argv, { output, env: entrant.env });
  if (fault !== null) return { fault };
  if (entrant.kind === "command") {
    const startup =
      entrant.startup === undefined ? null : run(entrant.startup, { output, env: entrant.env });
    if (startup?.fault) return { fault: startup.fault };
    return {
      fault: null,
      whole: wall,
      loop: startup === null ? null : Math.max(wall - startup.wall, 0),
      peak,
    };
  }
  const passes = stdout.trim().split("\n");
  for (const pass of passes) {
    const [packets, sum, milliseconds] = pass.split(" ").map(Number);
    if (packets !== entrant.packets || (entrant.sum !== undefined && sum !== entrant.sum)) {
      return {
        fault: `found ${packets} packets, sum ${sum}; right are ${entrant.packets}, sum ${entrant.sum}`,
      };
    }
    if (!Number.isFinite(milliseconds)) return { fault: `printed ${JSON.stringify(pass)}` };
  }
  const counted = entrant.lastPass ? passes.at(-1) : passes[0];
  return {
    fault: null,
    whole: passes.length > 1 ? null : wall,
    loop: Number(counted.split(" ")[2]),
    peak,
  };
}

/**
 * Runs all entrants once uncounted (which fills the page cache and proves that all find the same), then in turn, A B C A B C,
 * so that a machine whose speed drifts is slow or fast for all of them alike.
 * @param {Entrant[]} entrants
 * @returns {Measured[]}
 */
export function measure(entrants, rounds) {
  const measured = entrants.map((entrant) => {
    progress(`checking ${entrant.name}`);
    const fault = entrant.check?.() ?? once(entrant).fault;
    return { entrant, whole: [], loop: [], peak: [], fault };
  });
  for (let round = 1; round <= rounds; round++) {
    for (const one of measured) {
      if (one.fault !== null) continue;
      progress(`round ${round} of ${rounds}: ${one.entrant.name}`);
      const { fault, whole, loop, peak } = once(one.entrant);
      one.fault = fault;
      if (fault !== null) continue;
      if (whole !== null) one.whole.push(whole);
      if (loop !== null) one.loop.push(loop);
      if (peak !== null) one.peak.push(peak);
    }
  }
  progress("");
  return measured;
}

/** Shows what is running, on a terminal only. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

/**
 * Median of the ratios `a / b`, round by round and per packet, with the least and the greatest; null where one is missing.
 * @param {"whole" | "loop"} what
 */
export function ratio(a, b, what) {
  if (!a || !b || a.fault !== null || b.fault !== null) return null;
  const ratios = a[what]
    .map((v, i) => v / a.entrant.packets / (b[what][i] / b.entrant.packets))
    .filter(Number.isFinite);
  if (ratios.length === 0) return null;
  return { median: median(ratios), least: Math.min(...ratios), greatest: Math.max(...ratios) };
}

const digits = (v) => (v >= 100 ? v.toFixed(0) : v >= 10 ? v.toFixed(1) : v.toPrecision(2));

export const formatRatio = (r) =>
  r === null ? "-" : `${digits(r.median)} (${digits(r.least)}..${digits(r.greatest)})`;
export const formatMs = (v) => (v === null ? "-" : v.toFixed(v < 100 ? 1 : 0));
export const formatMegabytes = (v) => (v === null ? "-" : (v / 1e6).toFixed(0));

/** Lines of a Markdown table; the first column is text, the others are numbers. */
export function table(head, rows) {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, i) => Math.max(3, ...cells.map((row) => row[i].length)));
  const line = (row) =>
    `| ${row.map((c, i) => (i === 0 ? c.padEnd(widths[i]) : c.padStart(widths[i]))).join(" | ")} |`;
  const rule = `| ${widths.map((w, i) => (i === 0 ? "-".repeat(w) : `${"-".repeat(w - 1)}:`)).join(" | ")} |`;
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join("\n");
}

/** The table of what was measured, with the notes and the faults below it. */
export function report(measured) {
  const rows = measured
    .filter((m) => m.fault === null)
    .map(({ entrant, whole, loop, peak }) => {
      const work = median(loop);
      return [
        entrant.name,
        entrant.packets.toLocaleString("en"),
        formatMs(median(whole)),
        formatMs(median(loop)),
        work === null ? "-" : ((work * 1e6) / entrant.packets).toFixed(0),
        formatMegabytes(median(peak)),
      ];
    });
  const lines = [
    table(["", "packets", "process ms", "work ms", "work ns/packet", "peak MB"], rows),
  ];
  for (const { entrant } of measured)
    if (entrant.note) lines.push(`  ${entrant.name}: ${entrant.note}`);
  for (const { entrant, fault } of measured)
    if (fault !== null) lines.push(`  NOT MEASURED ${entrant.name}: ${fault}`);
  return lines.join("\n");
}
