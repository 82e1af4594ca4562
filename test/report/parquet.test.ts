import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Packet } from "../../src/packet/packet.ts";
import { all } from "../../src/protocols/all.ts";
import { loadParquet } from "../../src/report/parquet/package.ts";
import type { Piece, ReportOptions } from "../../src/report/report.ts";
import { reports } from "../../src/report/reports.ts";
import { captured, netBytes } from "./frames.ts";
import { sayer, sayingReport, texts } from "./hostile.ts";
import { fileOf, written } from "./write.ts";

const format = reports.get("parquet")!;
const create = async (options?: ReportOptions) => {
  await format.prepare!();
  return format.create(options);
};
const session = new Uint8Array(readFileSync("examples/session.pcap"));

/** DuckDB has no build for some machines, and is there where it could be installed. */
const duckdb = await import("@duckdb/node-api").catch(() => null);
if (duckdb === null)
  console.log("skipped: Parquet as DuckDB reads it (@duckdb/node-api is not here)");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-parquet-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The rows that a query finds in a Parquet file, which it calls `packets`. */
async function query(file: Uint8Array, sql: string): Promise<unknown[][]> {
  const path = join(folder, "packets.parquet");
  writeFileSync(path, file);
  const connection = await (await duckdb!.DuckDBInstance.create()).connect();
  await connection.run(`create view packets as select * from read_parquet('${path}')`);
  return (await connection.runAndReadAll(sql)).getRowsJson();
}

describe("a Parquet report", () => {
  it("says how to install the package that it wants, where that is missing", async () => {
    const cause = new Error("Cannot find package 'hyparquet-writer'");
    await expect(loadParquet(() => Promise.reject(cause))).rejects.toMatchObject({
      name: "ReportError",
      code: "ERR_REPORT_PACKAGE",
      message: "parquet wants the package hyparquet-writer: npm install hyparquet-writer",
      cause,
    });
  });

  it("refuses a name that no field has", async () => {
    const made = create({ fields: ["ip.sorce"], protocols: all });
    await expect(made).rejects.toMatchObject({ code: "ERR_REPORT_FIELD" });
  });

  it("begins and ends as the format wants, and holds groups of rows back only", async () => {
    const report = await create();
    const packet = captured(netBytes);
    const pieces: Piece[] = [report.start()];
    for (let i = 0; i < 65_540; i++) pieces.push(report.packet(packet));
    const lengths = pieces.map(({ length }) => length);
    expect(lengths[0]).toBe(4);
    expect(lengths.flatMap((length, i) => (length > 0 ? [i] : []))).toEqual([0, 65_536]);
    const file = fileOf([...pieces, report.end()]);
    expect([file.subarray(0, 4), file.subarray(-4)].map(String)).toEqual(["PAR1", "PAR1"]);
  });

  it("does not hold more text back than memory should", async () => {
    const report = await create({ fields: ["layer.text"] });
    const long = "x".repeat(1 << 20);
    const sizes = Array.from(
      { length: 40 },
      (_, i) => report.packet(...withOptions(long, i)).length,
    );
    expect(sizes.filter((size) => size > 0)).toHaveLength(1);
  });
});

const withOptions = (value: string, i: number) => {
  const [packet, record] = sayer(`${value}${i}`, i + 1);
  return [packet, undefined, record] as const;
};

describe.skipIf(duckdb === null)("a Parquet report, to DuckDB", () => {
  it("has typed columns, and those of fields as text", async () => {
    const report = await create({ fields: ["ip.ttl", "dns.qry.name", "ip.ttl"], protocols: all });
    const file = fileOf((await written(report, session)).pieces);
    const columns = await query(file, "select column_name, column_type from (describe packets)");
    expect(columns).toEqual([
      ["number", "BIGINT"],
      ["time", "TIMESTAMP_NS"],
      ["len", "BIGINT"],
      ["cap_len", "BIGINT"],
      ["interface", "INTEGER"],
      ["src", "VARCHAR"],
      ["dst", "VARCHAR"],
      ["src_port", "INTEGER"],
      ["dst_port", "INTEGER"],
      ["protocol", "VARCHAR"],
      ["protocols", "VARCHAR"],
      ["ip.ttl", "VARCHAR"],
      ["dns.qry.name", "VARCHAR"],
    ]);
    expect(
      await query(file, "select * from packets where number in (1, 3) order by number"),
    ).toEqual([
      [
        ...["1", "2026-03-02 07:30:00", "60", "60", 0, "02:00:5e:10:00:0a", "ff:ff:ff:ff:ff:ff"],
        ...[null, null, "ARP", "Ethernet:ARP", null, null],
      ],
      [
        ...["3", "2026-03-02 07:30:00.001562", "75", "75", 0, "192.0.2.10", "192.0.2.1"],
        ...[49512, 53, "DNS", "Ethernet:IPv4:UDP:DNS", "64", "www.example.com"],
      ],
    ]);
    const [[count]] = (await query(file, "select count(*) from packets")) as [[string]];
    expect(count).toBe("34");
  });

  it("keeps nanoseconds and lengths of 32 bits, also in what it says of least and most", async () => {
    const report = await create();
    const made = captured(netBytes);
    const at = (seconds: number, nanoseconds: number, length: number): Packet =>
      new Packet(
        made.data,
        made.start,
        made.end,
        length,
        seconds,
        nanoseconds,
        1,
        made.origin,
        null,
      );
    const packets = [
      at(1_511_106_545, 123_456_789, 2 ** 32 - 1),
      at(1_511_106_545, 123_456_788, 2 ** 31),
      at(0, -1, 1),
      at(10 ** 12, 0, 2),
      at(-1, 999_999_999, 3),
    ];
    const pieces = [report.start(), ...packets.map((one) => report.packet(one)), report.end()];
    const file = fileOf(pieces);
    expect(await query(file, "select epoch_ns(time), len from packets")).toEqual([
      ["1511106545123456789", "4294967295"],
      ["1511106545123456788", "2147483648"],
      [null, "1"],
      [null, "2"],
      ["-1", "3"],
    ]);
    // What a filter may leave out by what the file says of its groups.
    expect(await query(file, "select count(*) from packets where len > 4000000000")).toEqual([
      ["1"],
    ]);
    expect(
      await query(file, "select max(len), min(len), max(epoch_ns(time)) from packets"),
    ).toEqual([["4294967295", "1", "1511106545123456789"]]);
  });

  it("has every text that a packet holds", async () => {
    const report = sayingReport(await create({ fields: ["layer.text"] }));
    const found = await query(report, 'select hex("layer.text") from packets order by number');
    // As bytes: what reads the answers takes a byte order mark away.
    const bytes = texts.map((value) => Buffer.from(value, "utf8").toString("hex").toUpperCase());
    expect(found.map(([value]) => value ?? "")).toEqual(bytes);
  });

  it("of nothing has no rows", async () => {
    const report = await create();
    expect(
      await query(fileOf([report.start(), report.end()]), "select count(*) from packets"),
    ).toEqual([["0"]]);
  });

  it("has all rows of several groups", async () => {
    const report = await create();
    const pieces: Piece[] = [report.start()];
    for (let i = 1; i <= 70_000; i++)
      pieces.push(report.packet(captured(netBytes.subarray(0, 20), 1_511_106_545, i, i)));
    const file = fileOf([...pieces, report.end()]);
    expect(
      await query(
        file,
        "select count(*), sum(number), count(distinct time), max(cap_len) from packets",
      ),
    ).toEqual([["70000", String((70_000 * 70_001) / 2), "70000", "20"]]);
  });
});
