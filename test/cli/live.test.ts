import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openCapture } from "../../src/node/index.ts";
import { type Child, home, lab, type Namespace, noLab } from "../live/lab.ts";

const main = join(home, "dist/cli/main.js");
const session = join(home, "examples/session.pcap");
const folder = (): string => mkdtempSync(join(tmpdir(), "wirecraft-live-"));
const bytesOf = (path: string): string[] =>
  [...openCapture(path)].map((packet) => Buffer.from(packet.bytes()).toString("hex"));

/** Starts the command in a namespace; a capture is waited for until it listens. */
async function start(end: Namespace, ...argv: string[]): Promise<Child> {
  const child = end.spawn([process.execPath, main, ...argv]);
  const listens = argv[0] === "capture" ? "link type" : argv[0] === "serve" ? "EtherType" : "";
  while (listens !== "" && !child.err().includes(listens)) {
    if (child.process.exitCode !== null) throw new Error(child.err());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return child;
}
async function good(end: Namespace, ...argv: string[]): Promise<Child> {
  const child = await start(end, ...argv);
  expect([await child.done, argv.join(" ")]).toEqual([0, argv.join(" ")]);
  return child;
}

describe.skipIf(noLab !== null)("the live commands", () => {
  test("replay sends a capture, and capture shows it or writes it", async (t) => {
    const { left, right } = await lab(t);
    const at = folder();
    const onScreen = await start(right, "capture", "-i", right.device, "-c", "34");
    const pcapng = join(at, "all.pcapng");
    const inFile = await start(right, "capture", "-i", right.device, "-o", pcapng, "-c", "34");
    const pcap = join(at, "dns.pcap");
    const dns = ["capture", "-i", right.device, "-o", pcap, "-f", "udp port 53", "-c", "4"];
    const filtered = await start(right, ...dns);
    const replay = await good(left, "replay", session, "-i", left.device, "--speed", "20");
    expect(replay.err()).toMatch(/^wirecraft: 34 packets sent over left0 in [\d.]+ s\n$/);
    for (const child of [onScreen, inFile, filtered]) expect(await child.done).toBe(0);
    const lines = onScreen.out().trimEnd().split("\n");
    expect(lines.length).toBe(34);
    expect(lines[2]).toMatch(/^ +3 .* 192\.0\.2\.10 +-> 192\.0\.2\.1 +DNS/);
    expect(onScreen.err()).toMatch(/34 packets captured, 34 received by the filter, 0 dropped/);
    expect(bytesOf(pcapng)).toEqual(bytesOf(session));
    expect(bytesOf(pcap)).toEqual(bytesOf(session).slice(2, 6));
    const { stdout } = spawnSync("capinfos", ["-c", pcapng], { encoding: "utf8" });
    if (stdout) expect(stdout).toMatch(/Number of packets: +34/);
    expect(readdirSync(at).sort()).toEqual(["all.pcapng", "dns.pcap"]);
  }, 30_000);

  test("Ctrl-C ends a capture with a whole file, and a pipe takes it as it comes", async (t) => {
    const { left, right } = await lab(t);
    const path = join(folder(), "some.pcapng");
    const inFile = await start(right, "capture", "-i", right.device, "-o", path, "--thread");
    const shell = `"${process.execPath}" "${main}" capture -i ${right.device} -o - --backend pcap -c 34 |
      "${process.execPath}" "${main}" list -`;
    const piped = right.spawn(["sh", "-c", shell]);
    while (!piped.err().includes("link type")) await new Promise((r) => setTimeout(r, 5));
    await good(left, "send", session, "-i", left.device);
    await new Promise((resolve) => setTimeout(resolve, 300));
    inFile.process.kill("SIGINT");
    expect(await inFile.done).toBe(0);
    expect(bytesOf(path)).toEqual(bytesOf(session));
    expect(await piped.done).toBe(0);
    expect(piped.out().trimEnd().split("\n").length).toBe(34);
  }, 30_000);

  test("files follow one another by packets and by size, and the oldest go", async (t) => {
    const { left, right } = await lab(t);
    const [byCount, bySize] = [folder(), folder()];
    const rows = [
      [byCount, "--rotate-count", "10", "--files", "3"],
      [bySize, "--rotate-size", "1"],
    ] as const;
    const captures = await Promise.all(
      rows.map(([at, ...how]) =>
        start(right, "capture", "-i", right.device, "-o", join(at, "x.pcapng"), "-c", "34", ...how),
      ),
    );
    await good(left, "send", session, "-i", left.device);
    for (const child of captures) expect(await child.done).toBe(0);
    const names = readdirSync(byCount).sort();
    expect(names.map((name) => name.replace(/_\d{14}/, ""))).toEqual([
      ...["x_00002.pcapng", "x_00003.pcapng", "x_00004.pcapng"],
    ]);
    expect(names.flatMap((name) => bytesOf(join(byCount, name)))).toEqual(
      bytesOf(session).slice(10),
    );
    expect(readdirSync(bySize).length).toBe(1);
  }, 30_000);

  test("send takes hexadecimal digits, and serve answers", async (t) => {
    const { left, right } = await lab(t);
    const server = await start(right, "serve", "echo", "-i", right.device);
    const capture = ["capture", "-i", left.device, "-c", "1", "--direction", "in", "-o"];
    const path = join(folder(), "answer.pcap");
    const answer = await start(left, ...capture, path);
    const frame = `${"02:77:00:00:00:02 02:77:00:00:00:01 88b5"} ${"68656c6c6f".padEnd(92, "0")}`;
    await good(left, "send", "--hex", frame, "-i", left.device);
    expect(await answer.done).toBe(0);
    const [hex] = bytesOf(path);
    expect(hex).toMatch(/^0277000000010277000000028{2}b568656c6c6f/);
    server.process.kill("SIGTERM");
    expect(await server.done).toBe(0);
    expect(server.out()).toContain("02:77:00:00:00:01 == 0x88b5 => 02:77:00:00:00:02");
    expect(server.err()).toContain("1 frames handled, 0 refused");
  }, 30_000);

  test("interfaces and doctor say what there is", async (t) => {
    const { right } = await lab(t);
    const json = JSON.parse((await good(right, "interfaces", "--json")).out());
    const own = json.find((one: { name: string }) => one.name === right.device);
    expect(own).toMatchObject({ mac: right.mac, mtu: 1500, flags: { up: true, loopback: false } });
    expect(own.addresses.map((a: { address: string }) => a.address)).toEqual(
      expect.arrayContaining([right.ipv4, right.ipv6]),
    );
    expect((await good(right, "interfaces")).out()).toContain(`MAC ${right.mac}, MTU 1500`);
    expect((await good(right, "doctor")).out()).toContain("can capture: yes");
    const found = JSON.parse((await good(right, "doctor", "--json")).out());
    expect(found).toMatchObject({ canCapture: true, koffi: { usable: true } });
  }, 30_000);

  test("say in a line what is wrong", async (t) => {
    const { right } = await lab(t);
    const wrong: [argv: string[], code: number, message: RegExp][] = [
      [["capture", "-i", "nosuch0"], 1, /nosuch0/],
      [["capture", "-i", right.device, "-f", "no filter"], 1, /filter 'no filter': .*syntax error/],
      [["capture", "-i", right.device, "--backend", "magic"], 2, /--backend: 'magic'/],
      [["capture", "-i", right.device, "--duration", "x"], 2, /--duration/],
      [["capture", "-i", right.device, "-Q", "sideways"], 2, /--direction/],
      [["capture", "-i", right.device, "--files", "2"], 2, /--files/],
      [["capture", "-i", right.device, "--format", "xml"], 2, /--format: 'xml'/],
      [["capture", "-i", right.device, "-o", "/proc/nosuch/x.pcap"], 1, /no such folder/],
      [["send", "-i", right.device], 2, /either a capture or --hex/],
      [["send", "-i", right.device, "--hex", "xyz"], 2, /--hex/],
      [["replay", session, "-i", right.device, "--rate", "0"], 2, /--rate/],
      [["serve", "nothing"], 2, /'nothing' is not known/],
      [["serve", "echo", "--ether-type", "70000"], 2, /--ether-type/],
    ];
    for (const [argv, code, message] of wrong) {
      const child = right.spawn([process.execPath, main, ...argv]);
      expect([argv, await child.done]).toEqual([argv, code]);
      const last = child.err().trimEnd().split("\n").at(-1);
      expect(last).toMatch(message);
      expect(last).toMatch(/^wirecraft: /);
    }
    const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    const refused = right.spawn([
      ...[...nobody, process.execPath, main, "capture", "-i", right.device],
    ]);
    expect(await refused.done).toBe(1);
    expect(refused.err()).toMatch(/^wirecraft: right0: .*CAP_NET_RAW.*\n$/);
  }, 60_000);
});
