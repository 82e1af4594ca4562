import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PcapWriter } from "../../src/files/pcap-writer.ts";

const main = "dist/cli/main.js";
const built = existsSync(main);
if (!built) console.log("skipped: the command line (npm run build makes dist/)");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]): { status: number | null; out: string; err: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: "utf8",
  });
  return { status, out: stdout, err: stderr };
};

/** Two Ethernet frames in a capture of 24 + 2 * (16 + 60) bytes. */
function capture(): Uint8Array {
  const writer = new PcapWriter({ linkType: 1 });
  const frame = new Uint8Array(60);
  writer.write(frame, 0, 60, 60, 1, 0);
  writer.write(frame, 0, 60, 60, 2, 0);
  return writer.take();
}

const file = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

describe.skipIf(!built)("input that is not what it should be", () => {
  const oneLine = (err: string): void => {
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(err).toMatch(/^wirecraft: /);
  };

  it("says that a file is missing", () => {
    const { status, err } = run("extract", join(folder, "none.pcap"));
    expect(status).toBe(1);
    oneLine(err);
    expect(err).toContain("none.pcap");
  });

  it("says that a directory is one", () => {
    mkdirSync(join(folder, "sub"));
    const { status, err } = run("extract", join(folder, "sub"));
    expect(status).toBe(1);
    oneLine(err);
    expect(err).toContain("directory");
  });

  it.each([
    ["empty", ""],
    ["text", "this is no capture, only some text that somebody wrote\n"],
  ])("says what is wrong with an %s file", (name, content) => {
    const { status, err } = run("fields", file(name, content), "-e", "frame.number");
    expect(status).toBe(1);
    oneLine(err);
  });

  it("gives the good packets of a capture that is cut off, and the place", () => {
    const bytes = capture();
    const path = file("cut.pcap", bytes.subarray(0, bytes.length - 10));
    const { status, out, err } = run("extract", path, "--format", "json");
    expect(status).toBe(1);
    oneLine(err);
    expect(err).toContain("100");
    expect(Object.keys(JSON.parse(out))).toContain("Frame 1");
  });

  it("gives the good packets before a record of 4 GiB, and the place", () => {
    const bytes = capture();
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(24 + 76 + 8, 0xffffffff, true);
    const path = file("huge.pcap", bytes);
    const report = join(folder, "huge.ndjson");
    const { status, err } = run("extract", path, "-o", report);
    expect(status).toBe(1);
    oneLine(err);
    expect(err).toContain("100");
    const lines = readFileSync(report, "utf8").trim().split("\n");
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ number: 1, len: 60 });
    expect(existsSync(`${report}.partial`)).toBe(false);
  });

  it("leaves nothing under the output's name when there is no place for it", () => {
    const { status, err } = run(
      "extract",
      file("good.pcap", capture()),
      "-o",
      join(folder, "good.pcap", "x.json"),
    );
    expect(status).toBe(1);
    oneLine(err);
  });

  it.each([
    [["extract"]],
    [["nonsense"]],
    [["extract", "x.pcap", "--format", "docx"]],
    [["fields", "x.pcap"]],
    [["list", "x.pcap", "--count", "many"]],
    [["list", "x.pcap", "--decode-as", "tcp.port=80"]],
  ])("calls %j wrong usage", (args) => {
    const { status, err } = run(...args);
    expect(status).toBe(2);
    expect(err).toMatch(/^wirecraft: /);
  });

  it("ends quietly when the reader of its output goes away", () => {
    const path = file("many.pcap", capture());
    const { status, stderr } = spawnSync(
      "sh",
      ["-c", `${process.execPath} ${main} show ${path} | head -c 1; exit 0`],
      {
        encoding: "utf8",
      },
    );
    expect(status).toBe(0);
    expect(stderr).toBe("");
  });

  it("reads a capture from standard input", () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [main, "fields", "-", "-e", "frame.number"],
      {
        input: capture(),
        encoding: "utf8",
      },
    );
    expect(status).toBe(0);
    expect(stdout).toBe("1\n2\n");
  });
});
