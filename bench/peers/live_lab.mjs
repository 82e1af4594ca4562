// Where live capture is measured: two network namespaces joined by a cable (veth), and programs that run in them.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "../entrants.mjs";
import { buildFolder, which } from "../lib.mjs";

/** How long a program may take, in milliseconds: a cable that lost a frame must not hold everything up. */
const PATIENCE = 120_000;

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The first and the last processor that this process may use; the same number where there is but one. */
export function processors() {
  const status = readFileSync("/proc/self/status", "utf8");
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)[1];
  return [Number(/^\d+/.exec(list)[0]), Number(/\d+$/.exec(list)[0])];
}

/** A program in C, built if need be; `program` is null where it cannot be had. */
export function compileC(name, libraries = []) {
  const source = new URL(`${name}.c`, import.meta.url).pathname;
  const program = join(buildFolder, name);
  mkdirSync(buildFolder, { recursive: true });
  const fault = compile(source, program, [
    "gcc",
    "-O2",
    "-Wall",
    "-o",
    program,
    source,
    ...libraries,
  ]);
  return { program: fault === null ? program : null, fault };
}

/** Why nothing can be measured here; null where it can. */
export function noLab() {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  if (process.getuid() !== 0) return "making network namespaces wants root";
  for (const command of ["ip", "taskset"])
    if (which(command) === null)
      return `there is no ${command}: sudo apt-get install iproute2 util-linux`;
  if (spawnSync("unshare", ["-n", "true"]).status !== 0) return "no namespaces may be made here";
  return null;
}

function ip(...argv) {
  const { status, stderr, stdout } = spawnSync("ip", argv, { encoding: "utf8" });
  if (status !== 0) throw new Error(`ip ${argv.join(" ")}: ${stderr.trim()}`);
  return stdout;
}

/** A program in a namespace: what it printed, and what it used. */
class Program {
  constructor(argv) {
    this.name = argv.join(" ");
    this.out = "";
    this.complaints = "";
    this.child = spawn(argv[0], argv.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
    this.child.stdout.on("data", (text) => {
      this.out += text;
    });
    this.child.stderr.on("data", (text) => {
      this.complaints += text;
    });
    this.done = new Promise((resolve) => {
      this.child.on("error", (error) => resolve(error.message));
      this.child.on("close", (code, signal) =>
        resolve(code === 0 ? null : `exit ${code ?? signal}`),
      );
    });
  }

  /** Waits until it says that it captures. */
  async ready() {
    const end = performance.now() + PATIENCE;
    while (!/^ready|listening on/m.test(this.out + this.complaints)) {
      if (this.child.exitCode !== null || performance.now() > end) await this.fail("is not ready");
      await sleep(10);
    }
  }

  /** What it printed last, as numbers, once it has ended. */
  async numbers() {
    const late = setTimeout(() => this.child.kill("SIGKILL"), PATIENCE);
    const fault = await this.done;
    clearTimeout(late);
    if (fault !== null) await this.fail(fault);
    return this.out.trim().split("\n").at(-1).split(" ").map(Number);
  }

  async fail(what) {
    this.child.kill("SIGKILL");
    throw new Error(`${this.name}: ${what}: ${this.complaints.trim().split("\n").at(-1)}`);
  }

  /** Nanoseconds of processor time that all its threads have used. */
  cpu() {
    let sum = 0;
    for (const task of readdirSync(this.file("task")))
      sum += Number(readFileSync(this.file(`task/${task}/schedstat`), "utf8").split(" ")[0]);
    return sum;
  }

  /** A size of its memory in bytes: `VmRSS` now, `VmHWM` at most. */
  memory(what) {
    const status = readFileSync(this.file("status"), "utf8");
    return Number(new RegExp(`^${what}:\\s*(\\d+)`, "m").exec(status)[1]) * 1024;
  }

  /** What the kernel tells of it, as long as it runs. */
  file(name) {
    const { pid, exitCode, signalCode } = this.child;
    if (exitCode !== null || signalCode !== null)
      throw new Error(`${this.name} has ended: ${this.complaints.trim().split("\n").at(-1)}`);
    return `/proc/${pid}/${name}`;
  }

  /** Waits until it has nothing left to do: no more than a tenth of the time passed was used. */
  async idle(milliseconds) {
    for (let round = 0; round < 20; round++) {
      const before = this.cpu();
      await sleep(milliseconds);
      if (this.cpu() - before < milliseconds * 1e5) return;
    }
  }

  interrupt() {
    this.child.kill("SIGINT");
  }
}

/** Two namespaces, named by the number of this process: frames go from `near` to `far`. */
export class Lab {
  constructor() {
    this.names = { near: `wcl${process.pid}a`, far: `wcl${process.pid}b` };
    this.devices = { near: "near0", far: "far0" };
    const [near, far] = processors();
    this.processors = { near, far };
    this.programs = new Set();
    process.on("exit", () => this.close());
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));
    this.open();
  }

  open() {
    const { names, devices } = this;
    for (const name of Object.values(names)) ip("netns", "add", name);
    const peer = ["peer", "name", devices.far, "netns", names.far];
    ip("-n", names.near, "link", "add", devices.near, "type", "veth", ...peer);
    const macs = { near: "02:00:00:00:00:0a", far: "02:00:00:00:00:0b" };
    for (const end of ["near", "far"]) {
      const quiet = ["all", "default"].map((one) => `net.ipv6.conf.${one}.disable_ipv6=1`);
      ip("netns", "exec", names[end], "sysctl", "-qw", ...quiet);
      ip("-n", names[end], "link", "set", devices[end], "address", macs[end], "up");
    }
  }

  /** Starts a program at an end, pinned to that end's processor. */
  start(end, argv) {
    const pin = ["taskset", "-c", String(this.processors[end])];
    const program = new Program(["ip", "netns", "exec", this.names[end], ...pin, ...argv]);
    this.programs.add(program);
    program.done.then(() => this.programs.delete(program));
    return program;
  }

  /** Frames that have arrived at the far end. */
  arrived() {
    const [{ stats64 }] = JSON.parse(
      ip("-n", this.names.far, "-j", "-s", "link", "show", this.devices.far),
    );
    return stats64.rx.packets;
  }

  /** Ends what still runs, and removes the namespaces and with them the cable. */
  close() {
    for (const { child } of this.programs) child.kill("SIGKILL");
    for (const name of Object.values(this.names)) spawnSync("ip", ["netns", "del", name]);
  }
}
