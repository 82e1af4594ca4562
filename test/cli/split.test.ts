import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { convert } from "../../src/cli/convert.ts";
import { split } from "../../src/cli/split.ts";
import { PcapWriter } from "../../src/files/pcap-writer.ts";
import { PcapngWriter } from "../../src/files/pcapng-writer.ts";
import { NO_TIME } from "../../src/files/record.ts";
import { readAll } from "../files/samples.ts";

const main = "dist/cli/main.js";
const built = existsSync(main);
if (!built) console.log("skipped: the command line (npm run build makes dist/)");
const hasEditcap = spawnSync("editcap", ["--version"]).status === 0;
if (!hasEditcap) console.log("skipped: splitting as editcap does, which is not installed");

const capture = "examples/session.pcap";
const rows = (path: string) => readAll(readFileSync(path)).rows;

let root = "";
let folder = "";
let count = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "wirecraft-split-"));
});
beforeEach(() => {
  folder = mkdtempSync(join(root, `${count++}-`));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

/** The names and the numbers of packets of the files that the command makes. */
async function made(options: object, input = capture): Promise<Record<string, number>> {
  const output = at("parts");
  await split(input, { output, ...options });
  return Object.fromEntries(
    readdirSync(output).map((name) => [name, rows(join(output, name)).length]),
  );
}

describe("wirecraft split", () => {
  it("makes whole files, named by number and time", async () => {
    expect(await made({ count: "15" })).toEqual({
      "session_00001_20260302073000.pcap": 15,
      "session_00002_20260302073002.pcap": 15,
      "session_00003_20260302073002.pcap": 4,
    });
    const parts = readdirSync(at("parts")).sort();
    expect(parts.flatMap((name) => rows(join(at("parts"), name)))).toEqual(rows(capture));
  });

  it("goes by time and by size", async () => {
    expect(Object.values(await made({ seconds: "1" }))).toEqual([6, 2, 26]);
    rmSync(at("parts"), { recursive: true });
    const sizes = Object.keys(await made({ bytes: "1000" })).map(
      (name) => readFileSync(join(at("parts"), name)).length,
    );
    // One packet is longer than this.
    expect(sizes.filter((size) => size > 1000)).toHaveLength(1);
  });

  it("makes the folder, and those that it lies in", async () => {
    await split(capture, { output: at("a/b/c"), count: "100" });
    expect(readdirSync(at("a/b/c"))).toEqual(["session_00001_20260302073000.pcap"]);
  });

  it.each([
    ["day.pcapng.gz", "day"],
    [".pcap", "capture"],
    ["no ending; $(x)", "no ending; $(x)"],
    ["a.b.cap", "a.b"],
  ])("names the parts of %s after it", async (name, base) => {
    await convert(capture, { output: at("in"), format: "pcapng" });
    const path = at(name);
    writeFileSync(path, readFileSync(at("in")));
    expect(Object.keys(await made({ count: "34" }, path))).toEqual([
      `${base}_00001_20260302073000.pcapng`,
    ]);
  });

  it("leaves out a time that is none, or that no year has", async () => {
    const writer = new PcapngWriter({ resolution: { base: 10, exponent: 0 } });
    writer.write(Uint8Array.of(1), 0, 1, 1, 0, NO_TIME);
    writer.write(Uint8Array.of(1), 0, 1, 1, 2 ** 50, 0);
    writer.write(Uint8Array.of(1), 0, 1, 1, 0, 0);
    writeFileSync(at("odd"), writer.take());
    expect(Object.keys(await made({ count: "1" }, at("odd")))).toEqual([
      ...["odd_00001.pcapng", "odd_00002.pcapng", "odd_00003_19700101000000.pcapng"],
    ]);
  });

  it("gives one file of a capture without packets", async () => {
    writeFileSync(at("none.pcap"), new PcapWriter().take());
    expect(await made({ count: "5" }, at("none.pcap"))).toEqual({ "none_00001.pcap": 0 });
  });

  it("keeps the good packets of a broken file, and says where it ends", async () => {
    writeFileSync(at("cut.pcap"), readFileSync(capture).subarray(0, 700));
    await expect(made({ count: "4" }, at("cut.pcap"))).rejects.toThrow("offset 620");
    const names = readdirSync(at("parts")).sort();
    expect(names.map((name) => rows(join(at("parts"), name)).length)).toEqual([4, 2]);
    expect(names.every((name) => name.endsWith(".pcap"))).toBe(true);
  });

  it("makes no folder of what is no capture", async () => {
    writeFileSync(at("text"), "this is no capture\n");
    await expect(made({ count: "4" }, at("text"))).rejects.toThrow("no capture file");
    expect(existsSync(at("parts"))).toBe(false);
  });

  it("does not write over its input, even through a link", async () => {
    await made({ count: "20" });
    const target = join(at("parts"), "session_00002_20260302073002.pcap");
    const link = at("session.pcap");
    writeFileSync(target, readFileSync(capture));
    symlinkSync(target, link);
    await expect(made({ count: "20" }, link)).rejects.toThrow("would destroy the input");
    expect(readFileSync(target)).toEqual(readFileSync(capture));
    expect(readdirSync(at("parts")).some((name) => name.endsWith(".partial"))).toBe(false);
  });

  it.each([
    [{}, "one of --count, --seconds and --bytes"],
    [{ count: "0" }, "--count"],
    [{ seconds: "0" }, "--seconds"],
    [{ seconds: "0.0" }, "--seconds"],
    [{ seconds: "-1" }, "--seconds"],
    [{ seconds: "2026-03-02T07:30:00Z" }, "--seconds"],
    [{ seconds: "0.0000000001" }, "--seconds"],
    [{ bytes: "1k" }, "--bytes"],
  ])("refuses %j before anything is written", async (options, message) => {
    await expect(made(options)).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe.skipIf(!hasEditcap)("what editcap does", () => {
  it.each([
    [["-c", "7"], { count: "7" }],
    [["-i", "1"], { seconds: "1" }],
    [["-i", "0.3"], { seconds: "0.3" }],
  ])("%j gives the same files, but for those without packets", async (args, options) => {
    spawnSync("editcap", [...args, capture, at("theirs.pcap")], {
      env: { ...process.env, TZ: "UTC" },
    });
    const theirs = readdirSync(folder)
      .sort()
      .map((name) => ({ name, packets: rows(at(name)) }))
      .filter(({ packets }) => packets.length > 0);
    await made(options);
    const ours = readdirSync(at("parts"))
      .sort()
      .map((name) => ({ name, packets: rows(join(at("parts"), name)) }));
    expect(theirs.length).toBeGreaterThan(1);
    expect(ours.map(({ packets }) => packets)).toEqual(theirs.map(({ packets }) => packets));
  });
});

describe.skipIf(!built)("the program", () => {
  it("splits standard input", () => {
    const args = [main, "split", "-", "--count", "20", "-o", at("parts")];
    const { status, stderr } = spawnSync(process.execPath, args, { input: readFileSync(capture) });
    expect(stderr.toString()).toBe("");
    expect(status).toBe(0);
    expect(readdirSync(at("parts")).sort()).toEqual([
      ...["stdin_00001_20260302073000.pcap", "stdin_00002_20260302073002.pcap"],
    ]);
  });

  it("calls it wrong usage to give no limit or no folder", () => {
    for (const args of [
      ["-o", at("parts")],
      ["--count", "2"],
    ]) {
      const { status, stderr } = spawnSync(process.execPath, [main, "split", capture, ...args]);
      expect(status).toBe(2);
      expect(stderr.toString()).toMatch(/^wirecraft: /);
    }
  });
});
