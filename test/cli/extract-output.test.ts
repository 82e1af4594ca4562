import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pcapOf, recordStart, session } from "../extract/captures.ts";
import { framesOf } from "../extract/extracting.ts";
import { bash, built, run } from "./command.ts";

const IN = resolve("examples/session.pcap");
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-extract-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const textOf = (name: string): string => readFileSync(at(name), "utf8");

/** Runs `extract` to a bad end: the exit code, and the one line that it says. */
function bad(...args: string[]): { status: number | null; line: string; out: string } {
  const { status, out, err } = run(["extract", ...args], { cwd: folder });
  expect(err).toMatch(/^wirecraft: [^\n]+\n(\(wirecraft --help[^\n]+\n)?$/);
  return { status, line: err.trimEnd(), out };
}

const frameCount = (json: string): number => Object.keys(framesOf(json)).length;

describe.skipIf(!built)("the output of extract", () => {
  it("may be closed by its reader: exit code 0, and nothing is said", () => {
    writeFileSync(at("many.pcap"), pcapOf(20_000));
    for (const line of [
      "$wirecraft extract many.pcap -t | head -1",
      "$wirecraft extract many.pcap -j --workers 2 | head -1",
      "$wirecraft extract many.pcap -v -f null -o many.null | head -1",
      "$wirecraft extract many.pcap -v -j 2>&1 >/dev/null | head -1",
    ]) {
      const { status, out, err } = bash(line, { cwd: folder });
      expect([line, status, err]).toEqual([line, 0, ""]);
      expect(out.split("\n")).toHaveLength(2);
    }
  });

  it("is never the input: not by a link, not by redirection", () => {
    copyFileSync(IN, at("self.pcap"));
    symlinkSync(at("self.pcap"), at("link.pcap"));
    linkSync(at("self.pcap"), at("hard.pcap"));
    for (const output of ["self.pcap", "./self.pcap", "link.pcap", "hard.pcap"])
      expect(bad("self.pcap", "-o", output).line).toMatch(/is the capture that is read/);
    for (const line of [
      "$wirecraft extract - -o self.pcap < self.pcap",
      "$wirecraft extract self.pcap -f pcap >> self.pcap",
    ]) {
      const { status, err } = bash(line, { cwd: folder });
      expect([line, status]).toEqual([line, 2]);
      expect(err).toMatch(/is the capture that is read\n$/);
    }
    expect(readFileSync(at("self.pcap")).equals(session)).toBe(true);
  });

  it("that cannot be written is one line, exit code 1", () => {
    mkdirSync(at("a-folder"));
    for (const output of ["/proc/none.json", "a-folder", "many.pcap/x.json"]) {
      const { status, line, out } = bad(IN, "-j", "-o", output);
      expect([status, out]).toEqual([1, ""]);
      expect(line).toContain("cannot write");
    }
  });

  it("a full device is one line, exit code 1", () => {
    const { status, line } = bad(IN, "-j", "-o", "/dev/full");
    expect(status).toBe(1);
    expect(line).toBe("wirecraft: cannot write /dev/full: there is no room left on the device");
    for (const args of ["-j", "-j --workers 2", "-j -v"]) {
      const full = bash(`$wirecraft extract ${IN} ${args} > /dev/full 2>err.txt`, { cwd: folder });
      expect([args, full.status]).toEqual([args, 1]);
      const lines = textOf("err.txt")
        .split("\n")
        .filter((one) => one.startsWith("wirecraft"));
      expect(lines).toEqual([
        "wirecraft: cannot write standard output: there is no room left on the device",
      ]);
    }
  });

  it("a fault of the input leaves a whole report, exit code 1", () => {
    writeFileSync(at("cut.pcap"), session.subarray(0, recordStart(session, 20) + 3));
    for (const args of [[], ["-E", "server", "--workers", "2"], ["--keep-valid"]]) {
      const { status, line } = bad("cut.pcap", "-o", "cut.json", ...args);
      expect(status).toBe(1);
      expect(line).toContain(String(recordStart(session, 20)));
      expect(frameCount(textOf("cut.json"))).toBe(20);
    }
  });
});

/** Whether a small file system can be made here: a real disk that gets full. */
function smallDisk(): string | null {
  const path = mkdtempSync(join(tmpdir(), "wirecraft-disk-"));
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", path]);
  if (status === 0) return path;
  rmSync(path, { recursive: true });
  console.log("skipped: a disk that gets full (it takes root to mount one)");
  return null;
}

describe.skipIf(!built)("a disk that gets full", () => {
  let disk: string | null = null;
  beforeAll(() => {
    disk = smallDisk();
  });
  afterAll(() => {
    if (disk === null) return;
    spawnSync("umount", [disk]);
    rmSync(disk, { recursive: true });
  });

  it.each([
    ["json", []],
    ["pcap", []],
    ["json", ["--workers", "2"]],
    ["json", ["-F"]],
  ])("in the middle of %s %j: one line, and nothing under the final name", (format, args) => {
    if (disk === null) return;
    writeFileSync(at("large.pcap"), pcapOf(2000));
    const output = join(disk, args[0] === "-F" ? "folder" : `full.${format}`);
    const { status, line } = bad("large.pcap", "-f", format, "-o", output, ...args);
    expect(status).toBe(1);
    expect(line).toMatch(/cannot write .*: there is no room left on the device$/);
    if (args[0] !== "-F") expect(readdirSync(disk)).toEqual([]);
    else
      for (const name of readdirSync(output))
        expect(statSync(join(output, name)).size).toBeGreaterThan(0);
    rmSync(join(disk, "folder"), { recursive: true, force: true });
  });

  it("with --keep-valid what is there is whole", () => {
    if (disk === null) return;
    const output = join(disk, "full.json");
    const { status, line } = bad("large.pcap", "-o", output, "--keep-valid");
    expect(status).toBe(1);
    expect(line).toMatch(/there is no room left on the device$/);
    expect(frameCount(readFileSync(output, "utf8"))).toBeGreaterThan(10);
    rmSync(output);
  });

  it("of the kept input leaves neither that nor the report", () => {
    if (disk === null) return;
    const { status, line } = bad(
      "large.pcap",
      "-B",
      "-O",
      join(disk, "in.pcap"),
      "-o",
      "kept.json",
    );
    expect(status).toBe(1);
    expect(line).toMatch(/cannot write .*in\.pcap: there is no room/);
    expect(readdirSync(disk)).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith("kept.json"))).toEqual([]);
  });
});
