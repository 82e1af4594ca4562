import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder whose `dist` the programs in the namespaces import: they cannot be run from the sources. The variable names another
 * one, for trying something out without building here.
 */
export const home =
  process.env.WIRECRAFT_BUILT ?? fileURLToPath(new URL("../../", import.meta.url)).slice(0, -1);

/** Why programs cannot be run in namespaces here; `null` where they can. */
export const noLab = ((): string | null => {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  if (process.getuid?.() !== 0) return "making network namespaces wants root";
  if (spawnSync("ip", ["netns", "list"]).status !== 0) return "there is no command ip";
  if (!existsSync(join(home, "dist/live/index.js"))) return "nothing is built: npm run build";
  if (spawnSync("unshare", ["-n", "true"]).status !== 0) return "no namespaces may be made";
  return null;
})();
if (noLab !== null) console.log(`skipped: tests in network namespaces (${noLab})`);

/** A program that runs in a namespace. */
export interface Child {
  readonly process: ChildProcess;
  /** Everything it has written until now. */
  readonly out: () => string;
  readonly err: () => string;
  /** The next line that it prints, without its end. Rejects when it ends before, or none comes in time (10 s). */
  line(milliseconds?: number): Promise<string>;
  /** Writes to its standard input. */
  write(text: string): void;
  /** Its exit code; -1 where a signal ended it. */
  readonly done: Promise<number>;
}

/** One of the two ends of a lab: a network namespace with one interface, and the loopback. */
export interface Namespace {
  readonly name: string;
  readonly device: string;
  readonly mac: string;
  readonly ipv4: string;
  readonly ipv6: string;
  /** Runs a command to its end and gives what it printed; throws where it fails. */
  exec(argv: readonly string[], input?: string): string;
  /** Starts a command. */
  spawn(argv: readonly string[]): Child;
  /**
   * Starts Node with a program given as the text of a module. It may import `wirecraft` and its rooms, which are what is built;
   * its arguments are `process.argv.slice(1)`. `before` is what runs Node, such as `setpriv` with its arguments.
   */
  spawnNode(program: string, args?: readonly string[], before?: readonly string[]): Child;
}

/** Two namespaces joined by a cable (veth), with nothing on it but what tests send. */
export interface Lab {
  readonly left: Namespace;
  readonly right: Namespace;
  /** Ends what runs in them and removes them. Twice is once. */
  close(): Promise<void>;
}

/** As much of a test's context as the lab wants. */
export interface Finishing {
  onTestFinished(task: () => Promise<void>): void;
}

let made = 0;
const open = new Set<LabOf>();
process.on("exit", () => {
  for (const one of open) one.remove();
});

/**
 * Makes two joined namespaces: left has 10.77.0.1, fd77::1 and 02:77:00:00:00:01, right the same with 2. The neighbours are known,
 * so that no ARP and no neighbour discovery pass. Given a test, they go when it ends, however it does; else the caller closes.
 */
export async function lab(test?: Finishing): Promise<Lab> {
  const one = new LabOf(`wl${process.pid}n${++made}`);
  test?.onTestFinished(() => one.close());
  await one.settle();
  return one;
}

function run(argv: readonly string[], input?: string): string {
  const [file, ...args] = argv;
  const { status, error, stdout, stderr } = spawnSync(file!, args, { encoding: "utf8", input });
  if (status === 0) return stdout;
  throw new Error(`${argv.join(" ")}: ${error?.message ?? stderr}`, { cause: { stdout } });
}

class LabOf implements Lab {
  readonly left: NamespaceOf;
  readonly right: NamespaceOf;

  constructor(name: string) {
    open.add(this);
    this.left = new NamespaceOf(`${name}a`, 1);
    this.right = new NamespaceOf(`${name}b`, 2);
    const { left, right } = this;
    try {
      for (const { name } of [left, right]) run(["ip", "netns", "add", name]);
      const cable = `ip -n ${left.name} link add left0 address ${left.mac} type veth`;
      const peer = `peer name right0 netns ${right.name} address ${right.mac}`;
      run(`${cable} ${peer}`.split(" "));
      left.setUp(right);
      right.setUp(left);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** Waits until the cable is connected and the kernel has said what it says of its own accord. */
  async settle(): Promise<void> {
    for (let quiet = 0, last = ""; quiet < 3; ) {
      const now = [this.left, this.right].map((one) => one.counters()).join();
      quiet = now === last ? quiet + 1 : 0;
      last = now;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  remove(): void {
    if (!open.delete(this)) return;
    for (const one of [this.left, this.right]) {
      for (const child of one.children) child.process.kill("SIGKILL");
      spawnSync("ip", ["netns", "del", one.name]);
    }
  }

  async close(): Promise<void> {
    this.remove();
    await Promise.all([...this.left.children, ...this.right.children].map(({ done }) => done));
  }
}

class NamespaceOf implements Namespace {
  readonly name: string;
  readonly device: string;
  readonly mac: string;
  readonly ipv4: string;
  readonly ipv6: string;
  readonly children: Child[];

  constructor(name: string, number: 1 | 2) {
    this.name = name;
    this.device = number === 1 ? "left0" : "right0";
    this.mac = `02:77:00:00:00:0${number}`;
    this.ipv4 = `10.77.0.${number}`;
    this.ipv6 = `fd77::${number}`;
    this.children = [];
  }

  /** Addresses; nothing of IPv6's own talk: no link-local address, no router asked for, reports of groups at once. */
  setUp(other: Namespace): void {
    const { device } = this;
    const all = "/proc/sys/net/ipv6/conf/all";
    const own = `/proc/sys/net/ipv6/conf/${device}`;
    const settings = [
      ...[all, own].flatMap((at) => [`echo 0 > ${at}/accept_dad`, `echo 0 > ${at}/accept_ra`]),
      `echo 0 > ${own}/router_solicitations`,
      `echo 1 > ${own}/addr_gen_mode`,
      `echo 1 > ${own}/mldv2_unsolicited_report_interval`,
      "ip link set lo up",
      `ip link set ${device} up`,
      `ip addr add ${this.ipv4}/24 dev ${device}`,
      `ip addr add ${this.ipv6}/64 dev ${device} nodad`,
      `ip neigh replace ${other.ipv4} lladdr ${other.mac} dev ${device} nud permanent`,
      `ip neigh replace ${other.ipv6} lladdr ${other.mac} dev ${device} nud permanent`,
    ];
    this.exec(["sh", "-ec", settings.join("\n")]);
  }

  counters(): string {
    const at = `/sys/class/net/${this.device}`;
    return this.exec(["cat", `${at}/operstate`, `${at}/statistics/tx_packets`]);
  }

  exec(argv: readonly string[], input?: string): string {
    return run(["ip", "netns", "exec", this.name, ...argv], input);
  }

  spawn(argv: readonly string[]): Child {
    const child = new ChildOf(spawn("ip", ["netns", "exec", this.name, ...argv], { cwd: home }));
    this.children.push(child);
    return child;
  }

  spawnNode(program: string, args: readonly string[] = [], before: readonly string[] = []): Child {
    const node = [process.execPath, "--input-type=module", "-e", program, "--", ...args];
    return this.spawn([...before, ...node]);
  }
}

class ChildOf implements Child {
  readonly process: ChildProcess;
  readonly done: Promise<number>;
  private readonly written: { out: string; err: string };
  /** How much of the output was given as lines. */
  private taken: number;

  constructor(child: ChildProcess) {
    this.process = child;
    this.written = { out: "", err: "" };
    this.taken = 0;
    for (const [stream, of] of [[child.stdout!, "out"] as const, [child.stderr!, "err"] as const]) {
      stream.setEncoding("utf8");
      stream.on("data", (text: string) => (this.written[of] += text));
    }
    // A program that ended does not read any more.
    child.stdin!.on("error", () => {});
    this.done = new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve(code ?? -1));
    });
  }

  out(): string {
    return this.written.out;
  }

  err(): string {
    return this.written.err;
  }

  async line(milliseconds = 10_000): Promise<string> {
    const end = performance.now() + milliseconds;
    let isOver = false;
    this.done.finally(() => (isOver = true));
    for (;;) {
      const newline = this.written.out.indexOf("\n", this.taken);
      if (newline >= 0) {
        const line = this.written.out.slice(this.taken, newline);
        this.taken = newline + 1;
        return line;
      }
      if (isOver || performance.now() > end)
        throw new Error(`${isOver ? "it ended" : "no line came"}: ${this.written.err}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  write(text: string): void {
    this.process.stdin!.write(text);
  }
}
