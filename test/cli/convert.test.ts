import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { convert } from "../../src/cli/convert.ts";
import { PcapngWriter } from "../../src/files/pcapng-writer.ts";
import { inputAsOutput, sameFile } from "../../src/node/same-file.ts";
import { readAll } from "../files/samples.ts";

const main = "dist/cli/main.js";
const built = existsSync(main);
if (!built) console.log("skipped: the command line (npm run build makes dist/)");

const capture = "examples/session.pcap";
const bytes: Uint8Array = readFileSync(capture);

let root = "";
let folder = "";
let count = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "wirecraft-convert-"));
});
beforeEach(() => {
  folder = mkdtempSync(join(root, `${count++}-`));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

/** The file that the command writes. */
async function written(name: string, options: object = {}, input = capture): Promise<Uint8Array> {
  await convert(input, { output: at(name), ...options });
  return readFileSync(at(name));
}

const rows = (file: Uint8Array) => readAll(file).rows;

/** What the program says, with the standard input given as bytes. */
function run(args: readonly string[], input: Uint8Array = new Uint8Array(0)) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { input });
  return { status, out: stdout, err: stderr.toString() };
}

describe("wirecraft convert", () => {
  it("gives the same bytes where nothing is asked for, of compressed files the ones inside", async () => {
    expect(await written("same.pcap")).toEqual(bytes);
    expect(await written("no-ending")).toEqual(bytes);
    writeFileSync(at("in.gz"), gzipSync(bytes));
    expect(await written("out.cap", {}, at("in.gz"))).toEqual(bytes);
  });

  it("takes the format from the name, or as it is told", async () => {
    const there = await written("a.PCAPNG");
    expect(readAll(there).interfaces).toMatchObject([{ format: "pcapng" }]);
    expect(rows(there)).toEqual(rows(bytes));
    expect(await written("b.pcap", { format: "pcapng" })).toEqual(there);
    expect(await written("c.pcap", {}, at("a.PCAPNG"))).toEqual(bytes);
  });

  it("chooses packets by number, time and count, and cuts them", async () => {
    const all = rows(bytes);
    const packets = ["2-3,30-", "5"];
    expect(rows(await written("a", { packets }))).toEqual(
      [1, 2, 4, 29, 30, 31, 32, 33].map((i) => all[i]),
    );
    const some = await written("b", {
      ...{ after: "2026-03-02T07:30:00.009962Z", before: "1772436602.038193", count: "3" },
      snaplen: "20",
    });
    expect(rows(some)).toEqual(
      all.slice(4, 7).map((row) => ({ ...row, bytes: row.bytes.slice(0, 20) })),
    );
  });

  it.each([
    [{ format: "docx" }, "--format: 'docx' is none of pcap, pcapng"],
    [{ snaplen: "0" }, "--snaplen"],
    [{ snaplen: "-1" }, "--snaplen"],
    [{ snaplen: "4294967296" }, "--snaplen"],
    [{ snaplen: "12a" }, "--snaplen"],
    [{ packets: ["0"] }, "--packets: '0': packets are counted from 1"],
    [{ packets: ["1-3", "9-3"] }, "--packets"],
    [{ packets: ["../x"] }, "--packets: '../x' is no number"],
    [{ after: "yesterday" }, "--after: 'yesterday' is no time"],
    [{ before: "2026-02-30T00:00:00Z" }, "--before"],
    [{ count: "1.5" }, "--count"],
  ])("refuses %j before anything is written", async (options, message) => {
    await expect(written("out.pcap", options)).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("does not write what its name would not say", async () => {
    await expect(written("a.pcap.gz")).rejects.toThrow("compressed files are not written");
  });

  it("leaves nothing of what pcap cannot hold", async () => {
    const writer = new PcapngWriter();
    const numbers = [1, 101].map((linkType) => writer.interface({ linkType }));
    for (const number of numbers) writer.write(Uint8Array.of(1), 0, 1, 1, 1, 0, number);
    writeFileSync(at("two"), writer.take());
    await expect(written("out.pcap", {}, at("two"))).rejects.toThrow("choose pcapng");
    expect(readdirSync(folder)).toEqual(["two"]);
  });

  it("keeps the good packets of a broken file, and says where it ends", async () => {
    writeFileSync(at("cut"), bytes.subarray(0, 700));
    await expect(written("out.pcap", {}, at("cut"))).rejects.toThrow("offset 620");
    expect(readFileSync(at("out.pcap"))).toEqual(bytes.subarray(0, 620));
    expect(existsSync(at("out.pcap.partial"))).toBe(false);
  });

  it("makes no file of what is no capture, and keeps the one that is there", async () => {
    writeFileSync(at("text"), "this is no capture\n");
    writeFileSync(at("out.pcap"), "precious");
    await expect(written("out.pcap", {}, at("text"))).rejects.toThrow("no capture file");
    await expect(written("out.pcap", {}, at("nowhere"))).rejects.toThrow("no such file");
    expect(readFileSync(at("out.pcap"), "utf8")).toBe("precious");
  });
});

describe("an output that is the input", () => {
  it("is refused, through links and under the name of an unfinished file too", async () => {
    const input = at("in.pcap");
    writeFileSync(input, bytes);
    symlinkSync("in.pcap", at("link"));
    linkSync(input, at("hard"));
    writeFileSync(at("x.partial"), bytes);
    for (const [from, to] of [
      ["in.pcap", "in.pcap"],
      ["link", "in.pcap"],
      ["in.pcap", "link"],
      ["in.pcap", "hard"],
      ["x.partial", "x"],
    ] as const) {
      const done = convert(at(from), { output: at(to), snaplen: "10" });
      await expect(done).rejects.toThrow(`would destroy the input ${at(from)}`);
      await expect(done).rejects.toMatchObject({ name: "UsageError" });
    }
    expect(readFileSync(input)).toEqual(bytes);
    expect(readFileSync(at("x.partial"))).toEqual(bytes);
  });

  it("is told from others", () => {
    for (const name of ["a", "b"]) writeFileSync(at(name), "x");
    expect(sameFile(at("a"), at("a"))).toBe(true);
    expect(sameFile(at("a"), join(folder, ".", "a"))).toBe(true);
    expect(sameFile(at("a"), at("b"))).toBe(false);
    expect(sameFile(at("a"), at("none"))).toBe(false);
    expect(sameFile(at("none"), at("none"))).toBe(false);
    // Nothing is lost where a device is written to, or a folder is meant.
    expect(sameFile("/dev/null", "/dev/null")).toBe(false);
    expect(sameFile(folder, folder)).toBe(false);
    expect(inputAsOutput([at("b"), at("a")], at("a"))).toBe(at("a"));
    expect(inputAsOutput([at("b")], at("a"))).toBeUndefined();
  });
});

describe.skipIf(!built)("the program", () => {
  it("reads standard input and writes standard output", () => {
    const { status, out, err } = run(["convert", "-", "-o", "-", "--packets", "-2"], bytes);
    expect(err).toBe("");
    expect(status).toBe(0);
    expect(rows(out)).toEqual(rows(bytes).slice(0, 2));
    const there = run(["convert", "-", "-o", "-", "-f", "pcapng"], gzipSync(bytes));
    expect(rows(there.out)).toEqual(rows(bytes));
  });

  it("gives exit code 1 and one line for a broken input, with the good packets", () => {
    const { status, out, err } = run(["convert", "-", "-o", "-"], bytes.subarray(0, 700));
    expect(status).toBe(1);
    expect(err.trim().split("\n")).toEqual([expect.stringMatching(/^wirecraft: .*offset 620/)]);
    expect(out).toEqual(bytes.subarray(0, 620));
  });

  it.each([
    [["convert"]],
    [["convert", capture]],
    [["convert", capture, "-o"]],
    [["convert", capture, "-o", "-", "-f", "docx"]],
    [["convert", capture, "-o", "-", "--packets", ""]],
    [["convert", capture, capture, "-o", "-"]],
  ])("calls %j wrong usage", (args) => {
    const { status, out, err } = run(args);
    expect(status).toBe(2);
    expect(err).toMatch(/^wirecraft: /);
    expect(out).toHaveLength(0);
  });

  it("does not feed on its own output", () => {
    const file = at("growing.pcap");
    writeFileSync(file, bytes);
    const { status, stderr } = spawnSync(process.execPath, [main, "convert", file, "-o", "-"], {
      stdio: ["ignore", openSync(file, "a"), "pipe"],
    });
    expect(status).toBe(2);
    expect(stderr.toString()).toContain("would destroy the input");
    expect(readFileSync(file)).toEqual(bytes);
    const reading = spawnSync(process.execPath, [main, "convert", "-", "-o", file], {
      stdio: [openSync(file, "r"), "ignore", "pipe"],
    });
    expect(reading.status).toBe(2);
    expect(readFileSync(file)).toEqual(bytes);
  });

  it("reads a file that grows up to where it stands", () => {
    const file = at("growing.pcap");
    writeFileSync(file, bytes);
    appendFileSync(file, bytes.subarray(24, 60));
    const { status } = run(["convert", file, "-o", at("out.pcap")]);
    expect(status).toBe(1);
    expect(readFileSync(at("out.pcap"))).toEqual(bytes);
  });
});
