import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENGINES, FORMATS } from "../../src/cli/program.ts";
import { nodeEngines } from "../../src/extract/node/engines.ts";
import { reports } from "../../src/report/reports.ts";
import { pcapOf, recordStart, SESSION_FRAMES, session, spoiled } from "../extract/captures.ts";
import { framesOf } from "../extract/extracting.ts";
import { bash, built, main, run } from "./command.ts";

const IN = resolve("examples/session.pcap");
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-extract-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const textOf = (name: string): string => readFileSync(at(name), "utf8");

/** What was printed before: reports that are compared with others are made once. */
const printed = new Map<string, string>();

/** Runs `extract` to a good end, in the folder; what it printed. */
function good(...args: string[]): string {
  const key = args.join(" ");
  const known = printed.get(key);
  if (known !== undefined) return known;
  const { status, out, err } = run(["extract", ...args], { cwd: folder });
  expect([status, err]).toEqual([0, ""]);
  if (!args.includes("-o") && !args.includes("--output")) printed.set(key, out);
  return out;
}

/** Runs `extract` to a bad end: the exit code, and the one line that it says. */
function bad(...args: string[]): { status: number | null; line: string; out: string } {
  const { status, out, err } = run(["extract", ...args], { cwd: folder });
  expect(err).toMatch(/^wirecraft: [^\n]+\n(\(wirecraft --help[^\n]+\n)?$/);
  return { status, line: err.trimEnd(), out };
}

const frameCount = (json: string): number => Object.keys(framesOf(json)).length;

describe.skipIf(!built)("flags of extract", () => {
  it("input: a path, without which there is none", () => {
    expect(frameCount(good(IN))).toBe(SESSION_FRAMES);
    expect(run(["extract"]).status).toBe(2);
    expect(bad("none.pcap")).toMatchObject({ status: 1, out: "" });
  });

  it("input -: standard input", () => {
    for (const input of [session, gzipSync(session)]) {
      const { status, out, err } = run(["extract", "-"], { input });
      expect([status, err]).toEqual([0, ""]);
      expect(frameCount(out)).toBe(SESSION_FRAMES);
    }
    const { status, err } = run(["extract", "-"], { input: "" });
    expect([status, err.split("\n").length]).toEqual([1, 2]);
  });

  it("-V, --version", () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    for (const flag of ["-V", "--version"]) expect(run([flag]).out).toBe(`${version}\n`);
  });

  it("-o, --output: a file; standard output where it is left out or -", () => {
    const printed = good(IN, "-j");
    expect(good(IN, "-j", "-o", "-")).toBe(printed);
    expect(good(IN, "-o", "o.json") + good(IN, "--output", "output.json")).toBe("");
    expect(textOf("o.json")).toBe(printed);
    expect(textOf("output.json")).toBe(printed);
  });

  it.each([...reports.keys()].filter((name) => name !== "parquet"))("-f %s", (format) => {
    good(IN, "-f", format, "-o", `formatted.${format}`);
    const bytes = readFileSync(at(`formatted.${format}`));
    const { name } = reports.get(format)!;
    const start = {
      ...{ json: "{", ndjson: '{"', tree: "", plist: "<?xml", html: "<!", csv: "frame.number" },
      ...{ pcap: "\xd4\xc3\xb2\xa1", pcapng: "\n\r\r\n", null: "" },
    }[name];
    expect(bytes.toString("latin1").startsWith(start!)).toBe(true);
    expect(bytes.length > 1000).toBe(name !== "null");
  });

  it("-f: a name that is not known is wrong usage and names those that are", () => {
    const { status, line } = bad(IN, "-f", "docx");
    expect(status).toBe(2);
    expect(line).toMatch(/'docx'.*json.*parquet/);
    expect(bad(IN, "-o", "no-ending")).toMatchObject({ status: 2 });
  });

  it.each([
    ["-j, --json", "json"],
    ["-p, --plist", "plist"],
    ["-t, --tree", "tree"],
  ])("%s", (flags, format) => {
    const wanted = good(IN, "-f", format);
    for (const flag of flags.split(", ")) expect(good(IN, flag)).toBe(wanted);
    good(IN, flags.slice(0, 2), "-o", `short-${format}.pcap`);
    expect(textOf(`short-${format}.pcap`)).toBe(wanted);
  });

  it("-f comes before -j, that before -p, and that before -t", () => {
    const [json, plist, tree] = ["-j", "-p", "-t"].map((flag) => good(IN, flag));
    expect(good(IN, "-t", "-p", "-j", "-f", "tree")).toBe(tree);
    expect(good(IN, "-t", "-p", "-j")).toBe(json);
    expect(good(IN, "-t", "-p")).toBe(plist);
  });

  it("-a, --auto-extension: .pcap for the input, the format's for the output", () => {
    copyFileSync(IN, at("auto.pcap"));
    good("auto", "-a", "-p", "-o", "auto");
    expect(textOf("auto.plist")).toContain("<plist");
    good("auto.pcap", "--auto-extension", "-j", "-o", "auto.json");
    expect(readdirSync(folder).filter((name) => name.startsWith("auto"))).toEqual([
      ...["auto.json", "auto.pcap", "auto.plist"],
    ]);
    expect(bad("auto", "-p", "-o", "auto2").status).toBe(1);
  });

  it.each([
    ["C.UTF-8", "🚨", "🍺"],
    ["C", "[*]", "[*]"],
  ])("-v, --verbose: what it does, with the signs that %s has", (LC_ALL, first, last) => {
    for (const flag of ["-v", "--verbose"]) {
      const env = { ...process.env, LC_ALL };
      const { status, out, err } = run(["extract", IN, flag, "-o", at("verbose.json")], { env });
      expect([status, err]).toEqual([0, ""]);
      const lines = out.trimEnd().split("\n");
      expect(lines).toHaveLength(SESSION_FRAMES + 2);
      expect(lines[0]).toBe(`${first} Loading file '${IN}'`);
      expect(lines[1]).toBe(" - Frame   1: Ethernet:ARP");
      expect(lines.at(-1)).toBe(`${last} Report file stored in '${at("verbose.json")}'`);
    }
  });

  it("-v: its lines are on standard error where the report is printed", () => {
    const { status, out, err } = run(["extract", IN, "-v", "-j"]);
    expect(status).toBe(0);
    expect(out).toBe(good(IN, "-j"));
    expect(err.split("\n")[1]).toBe(" - Frame   1: Ethernet:ARP");
  });

  it("-F, --files: a file for each block, told in the plural", () => {
    const { out } = run(["extract", IN, "-F", "-j", "-v", "-o", at("each")]);
    expect(out).toContain(`Report files stored in '${at("each")}'`);
    expect(readdirSync(at("each"))).toHaveLength(SESSION_FRAMES + 1);
    good(IN, "--files", "-t", "-o", "each-tree");
    expect(textOf("each-tree/Frame 34.txt")).toContain("Frame 34");
    expect(bad(IN, "-F", "-j").line).toMatch(/--output/);
  });

  it("-E, --engine", () => {
    const wanted = good(IN, "-j");
    for (const engine of ["native", "default", "pcapkit", "server", "pipeline"])
      expect(good(IN, "-j", "-E", engine)).toBe(wanted);
    expect(good(IN, "-j", "--engine", "Native")).toBe(wanted);
    expect(bad(IN, "-E", "warp")).toMatchObject({ status: 2 });
  });

  it("-P, --protocol: one, several with commas, or repeated", () => {
    const chains = (...args: string[]): string[] =>
      Object.values(framesOf(good(IN, "-j", ...args))).map((one) => String(one["protocols"]));
    for (const args of [
      ["-P", "tcp,dns"],
      ["-P", "TCP", "-P", "dns"],
      ["--protocol", "tcp dns"],
    ]) {
      const all = chains(...args);
      expect(all).toContain("Ethernet:IPv4:UDP:DNS");
      expect(all.filter((one) => one.includes("HTTP"))).toEqual([]);
    }
    expect(chains("-P", "null")).toEqual(chains());
    expect(bad(IN, "-P", "pigeon")).toMatchObject({ status: 2 });
  });

  it("-L, --layer", () => {
    expect(good(IN, "-j", "-L", "internet")).toContain("Ethernet:IPv4");
    expect(good(IN, "-j", "-L", "Internet")).not.toContain("IPv4:TCP");
    expect(good(IN, "-j", "--layer", "none")).toBe(good(IN, "-j"));
    expect(bad(IN, "-L", "session")).toMatchObject({ status: 2 });
  });

  it("-B, --buffer-save: keeps standard input in buffer.pcap", () => {
    for (const flag of ["-B", "--buffer-save"]) {
      rmSync(at("buffer.pcap"), { force: true });
      const { status } = run(["extract", "-", flag, "-o", "b.json"], {
        cwd: folder,
        input: session,
      });
      expect(status).toBe(0);
      expect(readFileSync(at("buffer.pcap")).equals(session)).toBe(true);
    }
  });

  it("-O, --buffer-path: or where it is told, never over the input", () => {
    for (const flag of ["-O", "--buffer-path"]) {
      const name = `kept${flag}.pcap`;
      const args = ["extract", "-", "-B", flag, name, "-f", "null"];
      expect(run(args, { cwd: folder, input: session }).status).toBe(0);
      expect(readFileSync(at(name)).equals(session)).toBe(true);
    }
    copyFileSync(IN, at("precious.pcap"));
    expect(bad("precious.pcap", "-B", "-O", "precious.pcap", "-c", "1").status).toBe(2);
    const line = "$wirecraft extract - -B -O precious.pcap -c 1 -f null < precious.pcap";
    expect(bash(line, { cwd: folder }).status).toBe(2);
    expect(readFileSync(at("precious.pcap")).equals(session)).toBe(true);
    expect(bad(IN, "-O", "x.pcap")).toMatchObject({ status: 2 });
  });

  it("-c, --count", () => {
    for (const flag of ["-c", "--count"]) expect(frameCount(good(IN, flag, "5"))).toBe(5);
    expect(frameCount(good(IN, "-c", "0"))).toBe(0);
    for (const wrong of ["-1", "x", "1.5"]) expect(bad(IN, "-c", wrong).status).toBe(2);
  });

  it("-e, --field", () => {
    const lines = good(IN, "-f", "csv", "-e", "frame.number", "--field", "ip.src").split(/\r?\n/);
    expect([lines[0], lines[11]]).toEqual(["frame.number,ip.src", "11,192.0.2.10"]);
    const { line } = bad(IN, "-f", "csv", "-e", "ip.sorce");
    expect(line).toContain("ip.sorce");
  });

  it("--workers: several threads, the same bytes", () => {
    const wanted = good(IN, "-j");
    for (const workers of ["1", "2", "3"])
      expect(good(IN, "-j", "--workers", workers)).toBe(wanted);
    const { out } = run(["extract", "-", "-j", "--workers", "2"], { input: session });
    expect(out).toBe(wanted.replaceAll(IN, "standard input"));
    for (const wrong of ["0", "65", "many"])
      expect(bad(IN, "-o", "w.json", "--workers", wrong).status).toBe(2);
    expect(existsSync(at("w.json.partial"))).toBe(false);
  });

  it("--keep-valid: under the final name from the first", () => {
    good(IN, "--keep-valid", "-o", "valid.json");
    expect(textOf("valid.json")).toBe(good(IN, "-j"));
    expect(bad(IN, "--keep-valid", "-o", "valid.pcap").status).toBe(2);
    expect(bad(IN, "--keep-valid", "-j").status).toBe(2);
    const { status, err } = run([
      "extract",
      IN,
      "--keep-valid",
      "--workers",
      "2",
      "-o",
      at("v2.json"),
    ]);
    expect([status, textOf("v2.json")]).toEqual([0, textOf("valid.json")]);
    expect(err).toMatch(/^wirecraft: warning: .*one thread\n$/);
  });

  it("--growing, --growing-timeout: waits for more at the end", async () => {
    writeFileSync(at("grows.pcap"), session.subarray(0, 1000));
    const args = ["extract", at("grows.pcap"), "--growing", "--growing-timeout", "1.5"];
    const child = spawn(process.execPath, [main, ...args, "-o", at("grows.json")]);
    const ended = new Promise((done) => child.on("close", done));
    for (const [from, to] of [
      [1000, 2500],
      [2500, session.length],
    ] as const) {
      await new Promise((done) => setTimeout(done, 700));
      writeFileSync(at("grows.pcap"), session.subarray(from, to), { flag: "a" });
    }
    expect(await ended).toBe(0);
    expect(frameCount(textOf("grows.json"))).toBe(SESSION_FRAMES);
    for (const wrong of ["0", "-1", "soon"])
      expect(bad(IN, "--growing-timeout", wrong).status).toBe(2);
  });

  it("-: Ctrl-C ends it with a whole report, though nothing more comes", async () => {
    const child = spawn(process.execPath, [main, "extract", "-", "-o", at("quiet.json")]);
    let err = "";
    child.stderr.on("data", (piece: Buffer) => {
      err += piece;
    });
    const ended = new Promise((done) => child.on("close", (...how) => done(how)));
    child.stdin.on("error", () => {});
    child.stdin.write(session.subarray(0, recordStart(session, 7)));
    while (!existsSync(at("quiet.json.partial")) || statSync(at("quiet.json.partial")).size === 0)
      await new Promise((done) => setTimeout(done, 20));
    child.kill("SIGINT");
    expect([await ended, err]).toEqual([[0, null], ""]);
    expect(frameCount(textOf("quiet.json"))).toBe(7);
  }, 20_000);

  it("--growing: Ctrl-C ends it with a whole report", async () => {
    const args = ["extract", IN, "--growing", "-f", "ndjson"];
    const child = spawn(process.execPath, [main, ...args]);
    let out = "";
    const ended = new Promise((done) => child.on("close", done));
    await new Promise<void>((seen) => {
      child.stdout.on("data", (piece: Buffer) => {
        out += piece;
        if (out.split("\n").length > SESSION_FRAMES) seen();
      });
    });
    child.kill("SIGINT");
    expect(await ended).toBe(0);
    expect(out.trimEnd().split("\n")).toHaveLength(SESSION_FRAMES);
  });

  it("--lenient: passes over what is damaged and says how much", () => {
    writeFileSync(at("spoiled.pcap"), spoiled(pcapOf(50), [10, 30]));
    const { status, out, err } = run(["extract", at("spoiled.pcap"), "--lenient"]);
    expect([status, frameCount(out)]).toEqual([0, 50]);
    expect(err).toBe("wirecraft: 74 bytes in 2 places were no records and were passed over\n");
    const strict = bad("spoiled.pcap");
    expect([strict.status, frameCount(strict.out)]).toEqual([1, 10]);
  });

  it("--decode-as", () => {
    writeFileSync(at("nine.pcap"), pcapOf(3));
    expect(good("nine.pcap", "-j", "--decode-as", "udp.port==9,dns")).toContain("IPv4:UDP:DNS");
    expect(bad("nine.pcap", "--decode-as", "udp.port=9,dns").status).toBe(2);
  });

  it("--fallback: only warns of an engine that is not installed", () => {
    const env = { ...process.env, PATH: "/nowhere" };
    const args = ["extract", IN, "-j", "-E", "tshark"];
    const { status, out, err } = run([...args, "--fallback"], { env });
    expect([status, out]).toEqual([0, good(IN, "-j")]);
    expect(err).toMatch(/^wirecraft: warning: .*tshark.*\n$/);
    const without = run(args, { env });
    expect([without.status, without.out]).toEqual([1, ""]);
    expect(without.err).toMatch(/^wirecraft: .*apt install tshark\n$/);
  });

  it("formats and engines that a shell is told are the real ones", () => {
    expect([...FORMATS].sort()).toEqual([...reports.keys()].sort());
    expect([...ENGINES].sort()).toEqual([...nodeEngines.keys()].sort());
  });
});
