import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { captures } from "../../scripts/synthetic/index.mjs";
import type { Extractor } from "../../src/extract/extractor.ts";
import { duckdbRenderer } from "../../src/extract/node/duckdb-renderer.ts";
import { extract, type NodeExtractOptions, openExtractor } from "../../src/extract/node/extract.ts";
import { MemoryOutput } from "../../src/extract/output.ts";
import { openOutput } from "../../src/node/output.ts";
import { Packet } from "../../src/packet/packet.ts";
import { all } from "../../src/protocols/all.ts";
import type { PacketRecord } from "../../src/report/report.ts";
import { fieldNames } from "../../src/report/wireshark/columns.ts";
import { captured, netBytes } from "../report/frames.ts";
import { goldenCapture } from "../report/golden-capture.ts";
import { sayer, texts } from "../report/hostile.ts";
import { fileOf } from "../report/wireshark/synthetic-file.ts";
import { pcapOf, recordStart, SESSION_FRAMES, session, variedPcapng } from "./captures.ts";

/** DuckDB has no build for some machines, and is there where it could be installed. */
const duckdb = await import("@duckdb/node-api").catch(() => null);
if (duckdb === null) console.log("skipped: Parquet by DuckDB (@duckdb/node-api is not here)");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-duckdb-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
/** A folder of its own, so that what is left in it can be told. */
function place(name = "packets.parquet"): string {
  const own = join(folder, String(++made));
  mkdirSync(own);
  return join(own, name);
}
const filesBeside = (path: string): string[] => readdirSync(dirname(path));

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

async function query(sql: string): Promise<unknown[][]> {
  const instance = await duckdb!.DuckDBInstance.create();
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  return rows as unknown[][];
}

/** The rows of a report in the order of the file. */
const rowsOf = (path: string): string => `read_parquet(${quoted(path)}, file_row_number = true)`;
const select = (path: string, what: string): Promise<unknown[][]> =>
  query(`select ${what} from ${rowsOf(path)} order by file_row_number`);
const writerOf = async (path: string): Promise<string> => {
  const [[name]] = (await query(
    `select created_by from parquet_file_metadata(${quoted(path)})`,
  )) as [[string]];
  return /^\w+/.exec(name)![0].toLowerCase();
};

/** The same report by either writer. */
async function both(input: Uint8Array, options: NodeExtractOptions = {}): Promise<string[]> {
  const paths: string[] = [];
  for (const parquet of ["duckdb", "hyparquet"] as const) {
    const output = place(`${parquet}.parquet`);
    await extract(input, { ...options, parquet, output });
    expect(await writerOf(output)).toBe(parquet === "duckdb" ? "duckdb" : "wirecraft");
    paths.push(output);
  }
  return paths;
}

/** Columns, their types and every cell, in order. */
async function expectSame([one, other]: readonly string[], rows: number): Promise<void> {
  const schema = (path: string) =>
    query(`select column_name, column_type from (describe select * from ${quoted(path)})`);
  expect(await schema(one!)).toEqual(await schema(other!));
  const different = `from ${rowsOf(one!)} a full join ${rowsOf(other!)} b using (file_row_number) where a is distinct from b`;
  expect(await query(`select a.number, b.number ${different} limit 3`)).toEqual([]);
  expect(await query(`select count(*) from ${quoted(one!)}`)).toEqual([[String(rows)]]);
}

const someFields = [
  ...["frame.comment", "eth.src", "vlan.id", "ip.src", "ip.ttl", "ipv6.dst", "tcp.port"],
  ...["tcp.flags", "tcp.payload", "udp.length", "dns.qry.name", "icmp.type", "http.host"],
];
const known = new Set(fieldNames(all));
const fields = someFields.filter((name) => known.has(name));

describe.skipIf(duckdb === null)("Parquet by DuckDB holds what Parquet by hyparquet does", () => {
  it.each([
    ["a session", session, SESSION_FRAMES],
    ["every kind of block", goldenCapture, 10],
    ["sections of either byte order", variedPcapng(), 120],
    ["no packets", pcapOf(0), 0],
  ])("of %s", async (_, capture, rows) => {
    expect(fields.length).toBeGreaterThan(10);
    await expectSame(await both(capture, { fields }), rows);
    await expectSame(await both(capture), rows);
  });

  const linkTypes = [...new Set(captures.map((one) => one.linkType))];
  it.each(linkTypes)("of the synthetic captures of link type %i", async (linkType) => {
    const members = captures.filter((one) => one.linkType === linkType);
    const { file, owners } = fileOf(members);
    const shown = [...known].filter((_, i) => i % 16 === linkType % 16);
    await expectSame(await both(file, { fields: shown }), owners.length);
  });

  it("of more rows than DuckDB takes at once, in order", async () => {
    const paths = await both(pcapOf(5000), { fields: ["udp.srcport"] });
    await expectSame(paths, 5000);
  });

  it("in groups where those are many", async () => {
    const output = place();
    const frames = pcapOf(1000);
    const body = frames.subarray(24);
    const capture = new Uint8Array(24 + body.length * 130);
    capture.set(frames.subarray(0, 24));
    for (let i = 0; i < 130; i++) capture.set(body, 24 + i * body.length);
    await extract(capture, { output, parquet: "duckdb" });
    expect(
      await query(
        `select count(*), min(number - file_row_number), max(number - file_row_number) from ${rowsOf(output)}`,
      ),
    ).toEqual([["130000", "1", "1"]]);
    const groups = `select distinct row_group_id, row_group_num_rows, compression from parquet_metadata(${quoted(output)})`;
    expect(await query(`${groups} order by 1`)).toEqual([
      ["0", "122880", "ZSTD"],
      ["1", "7120", "ZSTD"],
    ]);
  });
});

/** A report of packets as they are given, by DuckDB alone. */
async function reported(
  packets: Iterable<readonly [Packet, PacketRecord?]>,
  names: readonly string[],
): Promise<string> {
  const path = place();
  const renderer = await duckdbRenderer(path, true)({ fields: names }, openOutput(path));
  for (const [packet, record] of packets) renderer!.packet(packet, undefined, record);
  await renderer!.end();
  expect(filesBeside(path)).toEqual(["packets.parquet"]);
  return path;
}

describe.skipIf(duckdb === null)("Parquet by DuckDB", () => {
  it("has every text that a packet holds", async () => {
    const packets = texts.map((value, i) => sayer(value, i + 1));
    const found = await select(await reported(packets, ["layer.text"]), 'hex("layer.text")');
    const bytes = texts.map((value) => Buffer.from(value, "utf8").toString("hex").toUpperCase());
    expect(found.map(([value]) => value ?? "")).toEqual(bytes);
  });

  it("keeps nanoseconds and lengths of 32 bits, and has no time where 64 bits do not hold it", async () => {
    const { data, start, end, origin } = captured(netBytes);
    const at = (seconds: number, nanoseconds: number, length: number): [Packet] => [
      new Packet(data, start, end, length, seconds, nanoseconds, 1, origin, null),
    ];
    const least = -(2n ** 63n);
    const edges = [least, least + 1n, 2n ** 63n - 1n].map((time, i) => {
      const nanoseconds = ((time % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
      return at(Number((time - nanoseconds) / 1_000_000_000n), Number(nanoseconds), i);
    });
    const path = await reported(
      [
        at(1_511_106_545, 123_456_789, 2 ** 32 - 1),
        at(0, -1, 1),
        at(10 ** 12, 0, 2),
        at(-1, 999_999_999, 3),
        ...edges,
      ],
      [],
    );
    expect(await select(path, "epoch_ns(time), len")).toEqual([
      ["1511106545123456789", "4294967295"],
      [null, "1"],
      [null, "2"],
      ["-1", "3"],
      ["-9223372036854775808", "0"],
      ["-9223372036854775807", "1"],
      ["9223372036854775807", "2"],
    ]);
  });

  it("writes rows of long texts a few at a time", async () => {
    const long = "x".repeat(60_000);
    const packets = Array.from({ length: 700 }, (_, i) => sayer(`${long}${i}`, i + 1));
    const path = await reported(packets, ["layer.text"]);
    const found = await select(path, 'length("layer.text"), "layer.text"[60001:]');
    expect(found).toEqual(packets.map((_, i) => [String(60_000 + String(i).length), String(i)]));
    const [[most]] = (await query(
      `select max(row_group_num_rows) from parquet_metadata(${quoted(path)})`,
    )) as [[string]];
    expect(Number(most)).toBeLessThan(700);
  });

  it("takes names and paths for no more than that", async () => {
    const path = place(`it's "packets"; drop table packets --.parquet`);
    const names = [`a "quoted" ' name`, 'x"; drop table packets; --', "select"];
    const cells = new Map(names.map((name, i) => [name, String(i)]));
    const layers = { chain: ["Layer"], content: new Map(), cells };
    const renderer = await duckdbRenderer(path, true)({ fields: names }, openOutput(path));
    renderer!.packet(captured(netBytes), undefined, { layers });
    await renderer!.end();
    expect(filesBeside(path)).toEqual([`it's "packets"; drop table packets --.parquet`]);
    const described = await query(
      `select column_name from (describe select * from ${quoted(path)}) offset 11`,
    );
    expect(described.flat()).toEqual(names);
  });

  it("leaves names that are alike but for case to hyparquet, which does not change them", async () => {
    const path = place();
    const output = openOutput(path);
    const own = duckdbRenderer(path, true);
    expect(await own({ fields: ["a.b", "a.B"] }, output)).toBeNull();
    output.abandon();
    expect(filesBeside(path)).toEqual([]);
  });

  it("refuses a name that no field has, and leaves nothing", async () => {
    const output = place();
    const failing = extract(session, { output, fields: ["ip.sorce"], parquet: "duckdb" });
    await expect(failing).rejects.toMatchObject({ code: "ERR_REPORT_FIELD" });
    expect(filesBeside(output)).toEqual([]);
  });

  it("holds what was taken, when the extraction is left early", async () => {
    const output = place();
    const extractor = openExtractor(session, { output });
    for await (const { number } of extractor) if (number === 3) break;
    expect(await select(output, "number")).toEqual([["1"], ["2"], ["3"]]);
    expect(await writerOf(output)).toBe("duckdb");
    expect(filesBeside(output)).toEqual(["packets.parquet"]);
  });
});

describe.skipIf(duckdb === null)("Who writes Parquet", () => {
  it("is DuckDB into a file, where nobody says otherwise", async () => {
    const output = place();
    await extract(session, { output });
    expect(await writerOf(output)).toBe("duckdb");
  });

  it("is hyparquet into anything else", async () => {
    const output = new MemoryOutput();
    await extract(session, { output, format: "parquet" });
    const path = place();
    writeFileSync(path, output.bytes());
    expect(await writerOf(path)).toBe("wirecraft");
    await extract(session, { output: "/dev/null", format: "parquet" });
  });

  it("can be DuckDB for files only", () => {
    const options = { format: "parquet", parquet: "duckdb" } as const;
    for (const output of ["-", "/dev/null"])
      expect(() => openExtractor(session, { ...options, output })).toThrow(TypeError);
    const files = { ...options, output: join(folder, "files"), files: true };
    expect(() => openExtractor(session, files)).toThrow(TypeError);
  });

  it("is one of two", () => {
    const wrong = { output: place(), parquet: "arrow" as "duckdb" };
    expect(() => openExtractor(session, wrong)).toThrow(
      new RangeError("parquet: 'duckdb' or 'hyparquet' is wanted, not 'arrow'"),
    );
  });
});

describe("Without a package", () => {
  afterEach(() => {
    vi.doUnmock("@duckdb/node-api");
    vi.doUnmock("hyparquet-writer");
    vi.resetModules();
  });

  const missing = (name: string): void =>
    void vi.doMock(name, () => {
      throw new Error(`Cannot find package '${name}'`);
    });
  const freshExtract = async (): Promise<typeof extract> => {
    vi.resetModules();
    return (await import("../../src/extract/node/extract.ts")).extract;
  };

  it("without DuckDB hyparquet writes", async () => {
    missing("@duckdb/node-api");
    const output = place();
    await (await freshExtract())(session, { output });
    vi.doUnmock("@duckdb/node-api");
    if (duckdb !== null) expect(await writerOf(output)).toBe("wirecraft");
    expect(filesBeside(output)).toEqual(["packets.parquet"]);
  });

  it.skipIf(duckdb === null)("without hyparquet DuckDB writes", async () => {
    missing("hyparquet-writer");
    const output = place();
    await (await freshExtract())(session, { output });
    expect(await writerOf(output)).toBe("duckdb");
  });

  it.each([
    [undefined, "hyparquet-writer"],
    ["duckdb", "@duckdb/node-api"],
  ] as const)("without both, asked for %s, %s is wanted", async (parquet, name) => {
    missing("@duckdb/node-api");
    missing("hyparquet-writer");
    const output = place();
    const failing = (await freshExtract())(session, { output, ...(parquet && { parquet }) });
    await expect(failing).rejects.toMatchObject({
      name: "ReportError",
      code: "ERR_REPORT_PACKAGE",
      message: `parquet wants the package ${name}: npm install ${name}`,
    });
    expect(filesBeside(output)).toEqual([]);
  });
});

describe.skipIf(duckdb === null)("A fault under Parquet by DuckDB", () => {
  it("of the input keeps the good packets", async () => {
    const output = place();
    const cut = session.subarray(0, recordStart(session, 20) + 30);
    await expect(extract(cut, { output })).rejects.toMatchObject({ name: "CaptureError" });
    expect(await query(`select count(*), max(number) from ${quoted(output)}`)).toEqual([
      ["20", "20"],
    ]);
    expect(filesBeside(output)).toEqual(["packets.parquet"]);
  });

  it("of the place leaves nothing that was not there", async () => {
    const output = place();
    mkdirSync(`${output}.partial.duckdb`);
    writeFileSync(join(`${output}.partial.duckdb`, "mine"), "");
    await expect(extract(session, { output })).rejects.toMatchObject({
      name: "OutputError",
      code: "ERR_OUTPUT",
      path: output,
    });
    expect(filesBeside(output)).toEqual(["packets.parquet.partial.duckdb"]);
    expect(readdirSync(`${output}.partial.duckdb`)).toEqual(["mine"]);
  });

  it("of whoever takes frames leaves what was there before", async () => {
    const output = place();
    writeFileSync(output, "before");
    const verbose = (_: Extractor, { number }: { readonly number: number }): void => {
      if (number === 5) throw new Error("enough");
    };
    await expect(extract(session, { output, verbose })).rejects.toThrow("enough");
    expect(filesBeside(output)).toEqual(["packets.parquet"]);
  });

  it("that killed an earlier run is cleared away", async () => {
    const output = place();
    for (const end of ["", ".duckdb", ".duckdb.wal"])
      writeFileSync(`${output}.partial${end}`, "left over");
    mkdirSync(`${output}.partial.duckdb.tmp`);
    await extract(session, { output });
    expect(filesBeside(output)).toEqual(["packets.parquet"]);
    expect(await writerOf(output)).toBe("duckdb");
  });
});

/** A file system of a few megabytes, where those who run the tests may make one. */
function smallPlace(): string | null {
  const at = place("small");
  mkdirSync(at);
  const options = ["-t", "tmpfs", "-o", "size=3m", "tmpfs", at];
  return process.platform === "linux" && spawnSync("mount", options).status === 0 ? at : null;
}

describe.skipIf(duckdb === null)("A device that is full", () => {
  it("leaves nothing, and is what the error tells", async (context) => {
    const small = smallPlace();
    if (small === null) {
      console.log("skipped: Parquet on a full device (no tmpfs can be mounted here)");
      return context.skip();
    }
    try {
      const output = join(small, "packets.parquet");
      // What no compression makes fit.
      const frame = Buffer.alloc(1400);
      let state = 1;
      const packets = Array.from({ length: 4000 }, (_, i) => {
        for (let at = 0; at < frame.length; at += 4) {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
          frame.writeUInt32BE((state ^ (state >>> 15)) >>> 0, at);
        }
        return sayer(frame.toString("base64"), i + 1);
      });
      const renderer = await duckdbRenderer(output, true)(
        { fields: ["layer.text"] },
        openOutput(output),
      );
      const writing = async (): Promise<void> => {
        for (const [packet, record] of packets) renderer!.packet(packet, undefined, record);
        await renderer!.end();
      };
      await expect(writing()).rejects.toMatchObject({
        code: "ERR_OUTPUT",
        message: `cannot write ${output}: there is no room left on the device`,
      });
      renderer!.abandon();
      expect(readdirSync(small)).toEqual([]);
    } finally {
      // Also where a fault left files open.
      spawnSync("umount", ["-l", small]);
    }
  });
});

/** What is killed runs by itself: from what `npm run build` made. */
const door = new URL("../../dist/node/index.js", import.meta.url);
if (!existsSync(door)) console.log("skipped: killing an extraction (npm run build makes dist/)");

describe.skipIf(duckdb === null || !existsSync(door))("A killed extraction", () => {
  it("leaves nothing under the final name, and what it leaves is in nobody's way", async () => {
    const output = place();
    const input = place("in.pcap");
    symlinkSync(join(process.cwd(), "examples/session.pcap"), input);
    const code = `
      import { openExtractor } from ${JSON.stringify(door.href)};
      const extractor = openExtractor(${JSON.stringify(input)}, { output: ${JSON.stringify(output)} });
      await extractor.next();
      process.kill(process.pid, "SIGKILL");`;
    const { signal } = spawnSync(process.execPath, ["--input-type=module", "-e", code]);
    expect(signal).toBe("SIGKILL");
    expect(filesBeside(output)).toContain("packets.parquet.partial");
    expect(existsSync(output)).toBe(false);
    await extract(input, { output });
    expect(filesBeside(output)).toEqual(["packets.parquet"]);
    expect(await query(`select count(*) from ${quoted(output)}`)).toEqual([
      [String(SESSION_FRAMES)],
    ]);
  });
});
