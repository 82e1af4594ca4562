/** A process that is killed in the middle of a report: what it leaves behind can be read. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCapture } from "../../src/capture/open.ts";
import { reports } from "../../src/report/reports.ts";
import { numbered, pcapOf, recordStart } from "../extract/captures.ts";
import { have, python } from "../report/python.ts";
import { hasTshark } from "../support/tshark.ts";
import { built, main, run } from "./command.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-kill-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const hasPython = have("python3", "whether what is left is whole to others");

/** Frames that reach the process before it is killed, and then a part of one more. */
const FED = 25;
const input = pcapOf(40);
const bytesOf = (path: string): Buffer => (existsSync(path) ? readFileSync(path) : Buffer.alloc(0));

/** Starts a report of standard input. */
const start = (output: string, ...args: string[]): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [main, "extract", "-", "-o", output, ...args]);

/** Ends it as nothing can be ended otherwise, and waits until it is gone. */
async function kill(child: ChildProcessWithoutNullStreams): Promise<void> {
  const gone = new Promise<unknown[]>((done) => child.on("close", (...how) => done(how)));
  child.stdin.on("error", () => {});
  child.kill("SIGKILL");
  expect(await gone).toEqual([null, "SIGKILL"]);
}

/** Waits until a file is as wanted; a report that never gets so far is a failure. */
async function until(path: string, isEnough: (bytes: Buffer) => boolean): Promise<void> {
  for (let i = 0; i < 1500; i++) {
    if (isEnough(bytesOf(path))) return;
    await sleep(20);
  }
  throw new Error(`${path} has ${bytesOf(path).length} bytes only`);
}

/** What a whole report of so many frames would be. */
function whole(format: string, count: number): Buffer {
  const path = at(`whole-${format}-${count}`);
  const { status } = run(["extract", "-", "-f", format, "-c", String(count), "-o", path], {
    input,
  });
  expect(status).toBe(0);
  return readFileSync(path);
}

/** Feeds a capture slowly, ends the process in the middle of a record, and gives what it left. */
async function killedWhileSlow(format: string, ...args: string[]): Promise<string> {
  const { extension } = reports.get(format)!;
  const output = at(`slow${args.join("")}.${extension}`);
  const shown = args.length === 0 ? `${output}.partial` : output;
  const wanted = whole(format, FED);
  const child = start(output, "-f", format, ...args);
  let from = 0;
  for (const end of [3, 11, FED].map((n) => recordStart(input, n))) {
    child.stdin.write(input.subarray(from, end));
    from = end;
    await sleep(30);
  }
  child.stdin.write(input.subarray(recordStart(input, FED), recordStart(input, FED) + 20));
  await until(shown, ({ length }) => length >= wanted.length);
  await kill(child);
  expect(bytesOf(shown).equals(wanted)).toBe(true);
  if (args.length === 0) expect(existsSync(output)).toBe(false);
  else expect(existsSync(`${output}.partial`)).toBe(false);
  return shown;
}

describe.skipIf(!built)("a process that is killed", () => {
  it.each(["ndjson", "csv", "tree"])(
    "leaves nothing under the final name, and %s up to the last frame as NAME.partial",
    async (format) => {
      const text = bytesOf(await killedWhileSlow(format)).toString("utf8");
      if (format === "ndjson")
        expect(
          text
            .trimEnd()
            .split("\n")
            .map((line) => (JSON.parse(line) as { number: number }).number),
        ).toEqual(Array.from({ length: FED }, (_, i) => i + 1));
      else expect(text).toMatch(format === "csv" ? /\r\n25,.*\r\n$/ : /\n {2}\|-- number -> 25\n/);
    },
  );

  it.each(["pcap", "pcapng"])(
    "leaves nothing under the final name, and %s up to the last frame as NAME.partial",
    async (format) => {
      const path = await killedWhileSlow(format);
      const frames = [...openCapture(readFileSync(path))].map((packet) => packet.bytes());
      expect(frames).toHaveLength(FED);
      expect(frames.every((bytes, i) => Buffer.compare(bytes, numbered(i)) === 0)).toBe(true);
      if (hasTshark) expect(framesByTshark(path)).toBe(FED);
    },
  );

  it.each(["json", "plist", "html", "tree", "ndjson", "csv"])(
    "with --keep-valid leaves %s whole under the final name",
    async (format) => {
      const bytes = bytesOf(await killedWhileSlow(format, "--keep-valid"));
      if (hasPython) expect(python(readers[format]!, bytes)).toBe(FED);
    },
  );

  it.each(["json", "plist", "html"])(
    "with --keep-valid leaves %s whole while it is busy, too",
    async (format) => {
      const output = at(`busy.${format}`);
      const child = start(output, "-f", format, "--keep-valid");
      child.stdin.write(pcapOf(20_000));
      await until(output, ({ length }) => length > 200_000);
      await kill(child);
      const bytes = bytesOf(output);
      if (hasPython) expect(python(readers[format]!, bytes)).toBeGreaterThan(10);
    },
  );

  it("while it is busy leaves all but the last piece of a capture", async () => {
    const output = at("busy.pcap");
    const child = start(output);
    child.stdin.write(pcapOf(20_000, {}, 1000));
    await until(`${output}.partial`, ({ length }) => length > 2_000_000);
    await kill(child);
    expect(existsSync(output)).toBe(false);
    const frames: Uint8Array[] = [];
    try {
      for (const packet of openCapture(bytesOf(`${output}.partial`))) frames.push(packet.bytes());
    } catch (error) {
      expect(error).toMatchObject({ code: "ERR_PCAP_TRUNCATED" });
    }
    expect(frames.length).toBeGreaterThan(1500);
    expect(frames.every((bytes, i) => Buffer.compare(bytes, numbered(i, 1000)) === 0)).toBe(true);
  });

  it("leaves a report that was there before", async () => {
    const output = at("before.json");
    writeFileSync(output, "before");
    const child = start(output);
    child.stdin.write(input.subarray(0, recordStart(input, 10)));
    await until(`${output}.partial`, ({ length }) => length > 0);
    await kill(child);
    expect(bytesOf(output).toString()).toBe("before");
  });
});

function framesByTshark(path: string): number {
  const args = ["-n", "-r", path, "-T", "fields", "-e", "frame.number"];
  const { status, stdout } = spawnSync("tshark", args, { encoding: "utf8" });
  expect(status).toBe(0);
  return stdout.trim().split("\n").length;
}

/** How many frames Python finds in a report that is whole to it. */
const readers: Readonly<Record<string, string>> = {
  json: "found = sum(k.startswith('Frame ') for k in json.loads(data))",
  ndjson: "found = len([json.loads(line) for line in data.split(b'\\n')[:-1]])",
  plist: "import plistlib\nfound = sum(k.startswith('Frame ') for k in plistlib.loads(data))",
  csv: "import csv, io\nfound = len(list(csv.reader(io.StringIO(data.decode(), newline=''), strict=True))) - 1",
  tree: "found = data.decode().count('\\n  |-- number -> ')",
  html: [
    "from html.parser import HTMLParser",
    "left, count = [], [0]",
    "class Reader(HTMLParser):",
    "    def handle_starttag(self, tag, attrs):",
    "        if tag not in ('meta', 'col'): left.append(tag)",
    "        count[0] += ('class', 'n') in attrs and tag == 'td'",
    "    def handle_endtag(self, tag): assert left.pop() == tag",
    "Reader().feed(data.decode())",
    "assert left == [], left",
    "found = count[0]",
  ].join("\n"),
};
