import { resolve } from "node:path";
import type { Block } from "../../files/blocks.ts";
import type { PacketOptions } from "../../files/options.ts";
import { OutputError } from "../../node/output.ts";
import type { Packet } from "../../packet/packet.ts";
import type { Cell } from "../../report/parquet/columns.ts";
import { ParquetRows } from "../../report/parquet/rows.ts";
import type { PacketRecord } from "../../report/report.ts";
import type { ReportOutput } from "../output.ts";
import type { OwnRenderer, Renderer } from "../renderer.ts";
import { type DuckDBPackage, loadDuckDB } from "./duckdb-package.ts";
import { DuckDBTable, VECTOR } from "./duckdb-table.ts";

/** Characters of rows that DuckDB gets at once, as far as that is more rows than {@link FEW}. */
const CHARACTERS = 4 << 20;
/** Rows that DuckDB joins with others when it writes, until there are {@link VECTOR} of them. */
const FEW = 64;
/** Characters that DuckDB may hold before they are brought into its file. */
const HELD = 32 << 20;

/** A report as Parquet that DuckDB writes. */
class DuckDBRenderer implements Renderer {
  private readonly rows: ParquetRows;
  private readonly table: DuckDBTable;
  private readonly output: ReportOutput;
  private readonly to: string;
  private data: Cell[][];
  private characters: number;
  /** Characters since the last flush. */
  private held: number;
  /** The most characters that one row had in any of the chunks, on average. */
  private densest: number;

  constructor(rows: ParquetRows, table: DuckDBTable, output: ReportOutput, to: string) {
    this.rows = rows;
    this.table = table;
    this.output = output;
    this.to = to;
    this.data = rows.columns.map(() => []);
    this.characters = 0;
    this.held = 0;
    this.densest = 0;
  }

  block(_block: Block): void {}

  packet(packet: Packet, options?: PacketOptions, record?: PacketRecord): void {
    const cells = this.rows.cells(packet, options, record);
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i]!;
      this.data[i]!.push(cell);
      if (typeof cell === "string") this.characters += cell.length;
    }
    const count = this.data[0]!.length;
    if (count === VECTOR || (count > FEW && this.characters >= CHARACTERS)) this.append(false);
  }

  private append(isLast: boolean): void {
    const { data, characters, output } = this;
    const count = data[0]!.length;
    if (count === 0) return;
    this.data = this.rows.columns.map(() => []);
    this.characters = 0;
    this.densest = Math.max(this.densest, characters / count);
    this.held += characters;
    try {
      this.table.append(data, isLast);
      if (this.held >= HELD) {
        this.table.flush();
        this.held = 0;
      }
    } catch (error) {
      throw outputError(output.name, error);
    }
  }

  async end(): Promise<void> {
    this.append(true);
    try {
      await this.table.write(this.to, this.densest);
    } catch (error) {
      throw outputError(this.output.name, error);
    }
    this.table.close();
    this.output.finish();
  }

  abandon(): void {
    this.table.close();
    this.output.abandon();
  }
}

/** DuckDB has one class of errors; why it could not write stands in the text. */
function outputError(path: string, error: unknown): OutputError {
  const fault = error as NodeJS.ErrnoException;
  if (/no space left on device/i.test(fault.message)) fault.code = "ENOSPC";
  return new OutputError(path, fault);
}

/**
 * Reports as Parquet written by DuckDB into a file, which is smaller and read faster than what goes through pieces.
 *
 * @param path Where the report goes, a regular file; it is written as `NAME.partial`, as its output does too, beside a
 * database `NAME.partial.duckdb` that goes away with it.
 * @param isAsked Whether the report is to fail where DuckDB is not installed.
 */
export function duckdbRenderer(
  path: string,
  isAsked: boolean,
  load?: () => Promise<DuckDBPackage>,
): OwnRenderer {
  const to = `${resolve(path)}.partial`;
  return async (options, output) => {
    const duckdb = await loadDuckDB(isAsked, load);
    if (duckdb === null) return null;
    const rows = new ParquetRows(options);
    // To DuckDB they would be one name, and it would change one of them.
    if (new Set(rows.columns.map(({ name }) => name.toLowerCase())).size < rows.columns.length)
      return null;
    try {
      const table = await DuckDBTable.open(duckdb, rows.columns, `${to}.duckdb`, to);
      return new DuckDBRenderer(rows, table, output, to);
    } catch (error) {
      throw outputError(output.name, error);
    }
  };
}
