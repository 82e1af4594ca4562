import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { merge } from "../../src/cli/merge.ts";
import { PcapWriter } from "../../src/files/pcap-writer.ts";
import type { ByteSource } from "../../src/files/source.ts";
import { FilePool } from "../../src/node/file-pool.ts";
import { readAll } from "../files/samples.ts";

const main = "dist/cli/main.js";
const built = existsSync(main);
if (!built) console.log("skipped: the command line (npm run build makes dist/)");

let root = "";
let folder = "";
let count = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "wirecraft-merge-"));
});
beforeEach(() => {
  folder = mkdtempSync(join(root, `${count++}-`));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

/** A capture with a packet for each time, its second in its only byte. */
function capture(times: readonly number[], linkType = 1): Uint8Array {
  const writer = new PcapWriter({ linkType });
  for (const time of times) writer.write(Uint8Array.of(time), 0, 1, 1, time, 0);
  return writer.take();
}

const file = (name: string, bytes: Uint8Array): string => {
  writeFileSync(at(name), bytes);
  return at(name);
};

const order = (bytes: Uint8Array): number[] => readAll(bytes).rows.map((row) => row.bytes[0]!);

function run(args: readonly string[], input: Uint8Array = new Uint8Array(0)) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { input });
  return { status, out: stdout, err: stderr.toString() };
}

describe("wirecraft merge", () => {
  it("merges by time, or puts one behind the other", async () => {
    const paths = [file("a", capture([1, 5])), file("b.gz", gzipSync(capture([2, 3])))];
    await merge(paths, { output: at("out") });
    expect(order(readFileSync(at("out")))).toEqual([1, 2, 3, 5]);
    expect(readAll(readFileSync(at("out"))).interfaces).toMatchObject([{ format: "pcapng" }]);
    await merge(paths, { output: at("out"), append: true, snaplen: "1" });
    expect(order(readFileSync(at("out")))).toEqual([1, 5, 2, 3]);
    await merge(paths, { output: at("out.pcap") });
    expect(readFileSync(at("out.pcap"))).toEqual(Buffer.from(capture([1, 2, 3, 5])));
    await merge(paths, { output: at("out.pcap"), format: "pcapng" });
    expect(readAll(readFileSync(at("out.pcap"))).interfaces).toMatchObject([{ format: "pcapng" }]);
  });

  it("takes one capture, and the same one twice", async () => {
    const path = file("a", capture([1, 5]));
    await merge([path], { output: at("one") });
    expect(order(readFileSync(at("one")))).toEqual([1, 5]);
    await merge([path, path], { output: at("two") });
    expect(order(readFileSync(at("two")))).toEqual([1, 1, 5, 5]);
  });

  it("refuses to write over any of its inputs", async () => {
    const paths = [
      file("a", capture([1])),
      file("b", capture([2])),
      file("c.partial", capture([3])),
    ];
    for (const output of [at("b"), at("c")])
      await expect(merge(paths, { output })).rejects.toThrow("would destroy the input");
    expect(readFileSync(at("b"))).toEqual(Buffer.from(capture([2])));
    expect(readdirSync(folder).sort()).toEqual(["a", "b", "c.partial"]);
  });

  it("refuses other link types in pcap before anything is written", async () => {
    const paths = [file("a", capture([1])), file("b", capture([2], 101))];
    await expect(merge(paths, { output: at("out.pcap") })).rejects.toThrow("choose pcapng");
    expect(existsSync(at("out.pcap"))).toBe(false);
    await merge(paths, { output: at("out.pcapng") });
    expect(readAll(readFileSync(at("out.pcapng"))).interfaces).toHaveLength(2);
  });

  it.each([
    [{ snaplen: "0" }, "--snaplen"],
    [{ format: "text" }, "--format"],
  ])("refuses %j", async (options, message) => {
    const paths = [file("a", capture([1]))];
    await expect(merge(paths, { output: at("out"), ...options })).rejects.toThrow(message);
    expect(existsSync(at("out"))).toBe(false);
  });

  it("opens nothing where one of the files is missing", async () => {
    const paths = [file("a", capture([1])), at("none")];
    await expect(merge(paths, { output: at("out") })).rejects.toThrow("none");
    expect(existsSync(at("out"))).toBe(false);
    await expect(merge(["-", at("a"), "-"], { output: at("out") })).rejects.toThrow("once only");
  });
});

describe("files that are read side by side", () => {
  const readSome = (source: ByteSource, length: number): string => {
    const into = new Uint8Array(length);
    return String.fromCharCode(...into.subarray(0, source.read(into, 0, length) as number));
  };

  it.skipIf(!existsSync("/proc/self/fd"))(
    "are closed and opened again, and go on where they were",
    () => {
      const pool = new FilePool(2);
      const sources = ["abcd", "efgh", "ijkl"].map((text) =>
        pool.source(file(text, new TextEncoder().encode(text))),
      );
      sources.push(pool.source(at("abcd")));
      const open = readdirSync("/proc/self/fd").length;
      const read = [3, 1, 1].map((length) => sources.map((source) => readSome(source, length)));
      expect(read.map((all) => all.join(" "))).toEqual(["abc efg ijk abc", "d h l d", "   "]);
      expect(readdirSync("/proc/self/fd").length).toBe(open + 2);
      for (const source of sources) source.close();
      expect(readdirSync("/proc/self/fd").length).toBe(open);
    },
  );

  it("must not become others meanwhile", () => {
    const pool = new FilePool(1);
    const [a, b] = ["a", "b"].map((name) => pool.source(file(name, Uint8Array.of(65, 66))));
    expect(readSome(a!, 1) + readSome(b!, 1)).toBe("AA");
    renameSync(file("other", Uint8Array.of(1, 2)), at("a"));
    expect(() => a!.read(new Uint8Array(1), 0, 1)).toThrow("was replaced while it was read");
    b!.close();
  });

  it("are refused like others", () => {
    expect(() => new FilePool(0)).toThrow(RangeError);
    expect(() => new FilePool().source(at("none"))).toThrow("there is no such file");
    expect(() => new FilePool().source(folder)).toThrow("is a directory");
  });

  it("may be hundreds", async () => {
    const paths = Array.from({ length: 300 }, (_, i) => file(`${i}`, capture([i % 200, 200])));
    await merge(paths, { output: at("out") });
    expect(order(readFileSync(at("out")))).toHaveLength(600);
    await merge(paths, { output: at("out"), append: true });
    expect(order(readFileSync(at("out"))).slice(0, 4)).toEqual([0, 200, 1, 200]);
  });
});

describe.skipIf(!built)("the program", () => {
  it("merges standard input with files into standard output", () => {
    const { status, out, err } = run(
      ["merge", file("a", capture([3])), "-", "-o", "-"],
      capture([1, 4]),
    );
    expect(err).toBe("");
    expect(status).toBe(0);
    expect(order(out)).toEqual([1, 3, 4]);
  });

  it("merges more files than it may open", () => {
    const paths = Array.from({ length: 300 }, (_, i) => file(`${i}`, capture([i % 200, 200])));
    const command = ["ulimit -n 200;", process.execPath, main, "merge", ...paths, "-o", at("out")];
    const { status, stderr } = spawnSync("sh", ["-c", command.join(" ")]);
    expect(stderr.toString()).toBe("");
    expect(status).toBe(0);
    expect(order(readFileSync(at("out")))).toHaveLength(600);
  });

  it("names each broken input, and keeps what is good of all", () => {
    const cut = file("cut.pcap", capture([1, 2]).subarray(0, -1));
    const { status, err } = run(["merge", cut, file("b", capture([3])), cut, "-o", at("out")]);
    expect(status).toBe(1);
    expect(err.trim().split("\n")).toEqual([
      expect.stringContaining(`${cut}: the capture ends inside the record`),
      expect.stringContaining(`${cut}: the capture ends inside the record`),
    ]);
    expect(order(readFileSync(at("out")))).toEqual([1, 1, 3]);
  });

  it("writes nothing where an input is no capture", () => {
    const text = file("text", new TextEncoder().encode("no capture"));
    const { status, err } = run(["merge", file("a", capture([1])), text, "-o", at("out")]);
    expect(status).toBe(1);
    expect(err.trim().split("\n")).toEqual([expect.stringContaining(`${text}: the input is no`)]);
    expect(existsSync(at("out"))).toBe(false);
  });

  it("calls it wrong usage to name no capture or no output", () => {
    expect(run(["merge", "-o", at("out")]).status).toBe(2);
    expect(run(["merge", file("a", capture([1]))]).status).toBe(2);
  });
});
