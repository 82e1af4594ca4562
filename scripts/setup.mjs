// Installs the programs that tests call, from Debian's packages, where that is allowed; names those that are missing where
// it is not. The tests that want a missing program are skipped, and say so.
//
//   node scripts/setup.mjs
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { argv, env, getuid, stdout } from "node:process";
import { pathToFileURL } from "node:url";

/** Programs that tests call, and the packages that bring them. */
const programs = [
  {
    program: "tshark",
    package: "tshark",
    what: "compares what it prints of packets with what we print",
  },
  {
    program: "scapy3",
    package: "python3-scapy",
    what: "compares what it reads in random packets with what we put there",
  },
  {
    program: "tcpdump",
    package: "tcpdump",
    what: "captures beside us, and its filters are compared with ours",
  },
  {
    program: "plistutil",
    package: "libplist-utils",
    what: "reads the property lists that we write",
  },
  { program: "ip", package: "iproute2", what: "makes the networks that live tests run in" },
  { program: "iptables", package: "iptables", what: "hands packets to the tests of interception" },
  {
    program: "libpcap.so.0.8",
    package: "libpcap0.8",
    what: "is the library behind one of the ways to capture",
  },
];

/** Where programs lie, also those of the system, and libraries. */
const folders = [
  ...(env.PATH ?? "").split(delimiter),
  ...["/usr/sbin", "/sbin", "/usr/lib", "/lib", "/usr/lib64"],
  ...["x86_64", "aarch64", "arm", "i386"].map((one) => `/usr/lib/${one}-linux-gnu`),
];
const isHere = (program) => folders.some((folder) => existsSync(join(folder, program)));
const missing = () => programs.filter(({ program }) => !isHere(program));

/** Brings what is missing, if it can. Never fails: what stays missing is named. */
export function setup() {
  const wanted = missing().map((one) => one.package);
  if (wanted.length > 0 && getuid?.() === 0 && isHere("apt-get")) {
    stdout.write(`setup: installing ${wanted.join(", ")} with apt-get\n`);
    const options = {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...env, DEBIAN_FRONTEND: "noninteractive" },
    };
    const install = () =>
      spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...wanted], options)
        .status === 0;
    // The list of packages of a fresh machine is empty or old.
    if (spawnSync("apt-get", ["update", "-qq"], options).status !== 0 || !install())
      stdout.write("setup: apt-get failed\n");
  }
  for (const one of missing()) {
    stdout.write(
      `setup: MISSING ${one.program} (${one.what}): the tests that want it are skipped.\n`,
    );
    stdout.write(`       sudo apt-get install ${one.package}\n`);
  }
  if (missing().length === 0)
    stdout.write(`setup: ${programs.map((one) => one.program).join(", ")}: here\n`);
}

if (import.meta.url === pathToFileURL(argv[1] ?? "").href) setup();
