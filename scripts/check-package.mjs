// Checks the package as a user gets it: packs it, installs the tarball in an empty project, imports every entry point, checks
// its types, runs the command, and asks publint. Run `npm run build` first.
//
//   node scripts/check-package.mjs
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath, exit, stdout } from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const facts = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const place = mkdtempSync(join(tmpdir(), "wirecraft-package-"));

/** Runs a program and gives what it printed. */
function run(program, given, cwd = place) {
  const done = spawnSync(program, given, { cwd, encoding: "utf8" });
  if (done.status !== 0)
    throw new Error(
      `${program} ${given.join(" ")}\n${done.stdout}${done.stderr}${done.error ?? ""}`,
    );
  return done.stdout;
}

function assert(holds, message) {
  if (!holds) throw new Error(message);
}

const steps = {
  "pack it"() {
    const [packed] = JSON.parse(
      run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", place], root),
    );
    const files = packed.files.map((file) => file.path);
    for (const wanted of ["package.json", "README.md", "LICENSE", "dist/cli/main.js", ...targets()])
      assert(files.includes(wanted), `the tarball lacks ${wanted}`);
    const others = files.filter(
      (file) => !/^(dist|src)\/|^[A-Z]+(\.md)?$|^package\.json$/.test(file),
    );
    assert(others.length === 0, `the tarball holds ${others.join(", ")}`);
    this.tarball = join(place, packed.filename);
    return `${files.length} files, ${Math.round(packed.size / 1024)} KiB packed`;
  },
  "publint finds nothing"() {
    return run(execPath, [
      join(root, "node_modules/publint/src/cli.js"),
      "run",
      this.tarball,
      "--strict",
    ])
      .trim()
      .split("\n")
      .at(-1);
  },
  "install it in an empty project"() {
    writeFileSync(
      join(place, "package.json"),
      '{ "name": "empty", "private": true, "type": "module" }\n',
    );
    run("npm", [
      "install",
      "--no-audit",
      "--no-fund",
      "--prefer-offline",
      "--ignore-scripts",
      this.tarball,
    ]);
  },
  "import every entry point"() {
    const said = entries().map(([name, variable]) => `import * as ${variable} from "${name}";`);
    const names = entries().map(
      ([name, variable]) => `["${name}", Object.keys(${variable}).length]`,
    );
    writeFileSync(
      join(place, "all.mjs"),
      `${said.join("\n")}\nconsole.log(JSON.stringify([${names.join(", ")}]));\n`,
    );
    const counts = JSON.parse(run(execPath, ["all.mjs"]));
    for (const [name, count] of counts) assert(count > 0, `${name} exports nothing`);
    return counts.map(([name, count]) => `${name} (${count})`).join(", ");
  },
  "read a capture with it"() {
    const capture = join(root, "examples/session.pcap");
    writeFileSync(
      join(place, "read.mjs"),
      `import { openCapture, tcp } from "wirecraft";
let segments = 0;
for await (const packet of openCapture(${JSON.stringify(capture)})) if (packet.get(tcp)) segments++;
console.log(segments);\n`,
    );
    const segments = Number(run(execPath, ["read.mjs"]));
    assert(segments === 17, `17 TCP segments are in examples/session.pcap, ${segments} were found`);
  },
  "name a vendor with it"() {
    writeFileSync(
      join(place, "vendor.mjs"),
      `import { vendorOf } from "wirecraft/vendors";\nconsole.log(await vendorOf("00:00:0c:12:34:56"));\n`,
    );
    const vendor = run(execPath, ["vendor.mjs"]).trim();
    assert(vendor === "Cisco Systems, Inc", `00:00:0c is ${vendor}`);
    return vendor;
  },
  "call the system's libraries with it, installed without any script"() {
    writeFileSync(
      join(place, "live.mjs"),
      `import { interfaces, permissions } from "wirecraft/live";
const { koffi } = permissions();
console.log(JSON.stringify([koffi, interfaces().length]));\n`,
    );
    const [koffi, count] = JSON.parse(run(execPath, ["live.mjs"]));
    assert(koffi.usable, `koffi cannot be used: ${koffi.detail}`);
    assert(count > 0, "no interface was found");
    return `${count} interfaces`;
  },
  "check its types, libraries included"() {
    const portable = entries().filter(([name]) => name !== "wirecraft/live");
    const lines = portable.map(([name, variable]) => `import * as ${variable} from "${name}";`);
    const uses = portable.map(([, variable]) => `void ${variable};`);
    writeFileSync(
      join(place, "types.ts"),
      `${lines.join("\n")}\n${uses.join("\n")}
import { build, ethernet, ipv4, openCapture, udp } from "wirecraft";
import { formatMac } from "wirecraft/bytes";
import { type Capture, openCapture as openBytes } from "wirecraft/capture";
import { type Block, CaptureError } from "wirecraft/files";
import { CompiledFilter, parseProgram } from "wirecraft/filter";
import { ConversationTable } from "wirecraft/flow";
import { createDissector, type Packet } from "wirecraft/packet";
import { all, tcpOption } from "wirecraft/protocols";
import { type Datagram, IpReassembly } from "wirecraft/reassembly";
import { type Report, reports } from "wirecraft/report";
import { protocol, u16, type ViewOf } from "wirecraft/schema";
const mine = protocol({ name: "mine", title: "Mine" }).fields({ port: u16("Port") });
const packet: Packet = createDissector([...all, mine]).dissect(new Uint8Array(2), mine);
packet.require(mine).port satisfies number;
({}) as ViewOf<typeof mine> satisfies { port: number };
// @ts-expect-error the room's own door takes no paths
openBytes("some.pcap");
const capture: Capture = openBytes(new Uint8Array(24), { onBlock: (block: Block) => void block.kind });
const report: Report | undefined = reports.get("json")?.create();
new CompiledFilter(parseProgram("1\\n6 0 0 0")).filter(new Uint8Array(2)) satisfies boolean;
new ConversationTable(() => 0).count satisfies number;
const datagram: Datagram | null = new IpReassembly({ overlap: "linux" }).add(packet);
tcpOption.maximumSegmentSize({ mss: 1460 });
// @ts-expect-error no such option
tcpOption.minimumSegmentSize({ mss: 1460 });
void [capture, datagram, report, CaptureError, formatMac(new Uint8Array(6), 0) satisfies string];
const port: number | undefined = build(ethernet(), ipv4(), udp({ dstPort: 53 })).get(udp)?.dstPort;
// @ts-expect-error a port is a number
build(udp({ dstPort: "53" }));
// @ts-expect-error no such field
build(udp({ port: 53 }));
for await (const packet of openCapture("some.pcap")) void (packet.get(ipv4)?.src satisfies string | undefined);
void port;\n`,
    );
    compile("types.ts", []);
  },
  "check the types of its live room, which are Node's"() {
    writeFileSync(
      join(place, "live.ts"),
      `import { build, ethernet, icmp, ipv4 } from "wirecraft";
import { capture, PacketSocket, type PacketKind, RawSocket, SimulatedLink } from "wirecraft/live";
const link = new SimulatedLink({ loss: 0.1 });
const socket = new PacketSocket(link.attach("one"));
const { packets, timedOut } = await socket.sendReceive(build(ethernet(), ipv4(), icmp.echo()));
timedOut satisfies boolean;
packets[0]?.get(ipv4)?.src satisfies string | undefined;
const live = await capture(link.attach("two"), { count: 1, filter: "udp" });
for await (const batch of live.batches())
  for (const packet of batch) batch.kindOf(packet) satisfies PacketKind | undefined;
// @ts-expect-error no such backend
await capture("eth0", { backend: "magic" });
// @ts-expect-error a socket wants its EtherType
new RawSocket(link.attach("three"), {});\n`,
    );
    compile("live.ts", ["node"]);
  },
  "run its command"() {
    const bin = join(place, "node_modules/.bin/wirecraft");
    assert(existsSync(bin), "no command wirecraft was installed");
    const version = run(bin, ["--version"]).trim();
    assert(
      version === facts.version,
      `wirecraft --version says ${version}, the package is ${facts.version}`,
    );
    return version;
  },
};

/** Compiles a program of a user, with the types of these packages; the libraries are checked with it. */
function compile(file, types) {
  const compilerOptions = {
    module: "nodenext",
    target: "es2022",
    lib: ["es2023", "dom"],
    types,
    typeRoots: [join(root, "node_modules/@types")],
    strict: true,
    noEmit: true,
  };
  writeFileSync(join(place, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
  run(execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", place]);
}

/** Every file that an entry point names. */
const targets = (given = facts.exports) =>
  Object.values(given).flatMap((one) =>
    typeof one === "string" ? one.replace(/^\.\//, "") : targets(one),
  );

/** The entry points and a variable for each. */
const entries = () =>
  Object.keys(facts.exports)
    .filter((name) => !name.endsWith(".json"))
    .map((name, i) => [name.replace(/^\./, "wirecraft"), `entry${i}`]);

let failed = 0;
const state = {};
for (const [name, step] of Object.entries(steps)) {
  try {
    const said = step.call(state);
    stdout.write(`ok      ${name}${said ? `: ${said}` : ""}\n`);
  } catch (error) {
    failed++;
    stdout.write(`FAILED  ${name}: ${error.message}\n`);
  }
}
rmSync(place, { recursive: true, force: true });
exit(failed > 0 ? 1 : 0);
