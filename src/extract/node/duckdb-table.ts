import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { DuckDBAppender, DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import type { Cell, ParquetColumn } from "../../report/parquet/columns.ts";
import type { DuckDBPackage } from "./duckdb-package.ts";

/** What DuckDB holds in memory at most; what is beyond lies in files. */
const MEMORY = "256MiB";
/** The same where rows have texts of more than so many characters, since it writes many rows at once. */
const LONG = 4096;
const MEMORY_WHERE_LONG = "640MiB";
/** Each thread that writes holds a group of rows in memory that {@link MEMORY} does not count. */
const MOST_THREADS = 2;
/** Rows that lie together in the database: few, since with each of the last of them all are written anew, and texts may be long. */
const STORED = 4096;

const types = {
  INT32: "INTEGER",
  INT64: "BIGINT",
  TIMESTAMP: "TIMESTAMP_NS",
  TEXT: "VARCHAR",
} as const;

/** Rows that DuckDB reads and writes at once. */
export const VECTOR = 2048;
/** Rows of a group in the file, which DuckDB likes best, and characters of them at most, since they are compressed in memory. */
const GROUP = 60 * VECTOR;
const GROUP_CHARACTERS = 16 << 20;

/** A name or a text as SQL has it. */
const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * Rows in a database file of DuckDB that is there only until they are written as Parquet. A report comes piece by piece, and
 * DuckDB writes a file in one go; the file between keeps memory bounded.
 */
export class DuckDBTable {
  private readonly duckdb: DuckDBPackage;
  private readonly columns: readonly ParquetColumn[];
  private readonly path: string;
  private readonly database: { closeSync(): void };
  private readonly connection: DuckDBConnection;
  private readonly appender: DuckDBAppender;
  private readonly chunk: DuckDBDataChunk;
  private isClosed: boolean;

  private constructor(
    duckdb: DuckDBPackage,
    columns: readonly ParquetColumn[],
    path: string,
    database: { closeSync(): void },
    connection: DuckDBConnection,
    appender: DuckDBAppender,
  ) {
    this.duckdb = duckdb;
    this.columns = columns;
    this.path = path;
    this.database = database;
    this.connection = connection;
    this.appender = appender;
    this.chunk = duckdb.DuckDBDataChunk.create(columns.map(({ type }) => duckdb[types[type]]));
    this.isClosed = false;
  }

  /**
   * @param path Of the database, absolute, so that DuckDB takes no beginning of it for something else.
   * @param to The one file besides that DuckDB may write.
   */
  static async open(
    duckdb: DuckDBPackage,
    columns: readonly ParquetColumn[],
    path: string,
    to: string,
  ): Promise<DuckDBTable> {
    // Of a run that was killed.
    removeFiles(path);
    let database: { closeSync(): void } | null = null;
    try {
      const instance = await duckdb.DuckDBInstance.create(":memory:", {
        threads: "1",
        memory_limit: MEMORY,
        temp_directory: `${path}.tmp`,
        autoinstall_known_extensions: "false",
        autoload_known_extensions: "false",
      });
      database = instance;
      const connection = await instance.connect();
      await connection.run(`attach ${literal(path)} as store (row_group_size ${STORED})`);
      // Names come from outside. Should one ever be taken for more than a name, it gets nowhere.
      await connection.run(`set allowed_paths = [${literal(to)}]`);
      await connection.run("set enable_external_access = false");
      // Names of the file's columns may be alike but for case, or longer than a table takes: here they are numbers.
      const fields = columns.map(({ type }, i) => `c${i} ${types[type]}`);
      await connection.run(`create table store.packets (${fields.join(", ")})`);
      const appender = await connection.createAppender("packets", "main", "store");
      return new DuckDBTable(duckdb, columns, path, instance, connection, appender);
    } catch (error) {
      database?.closeSync();
      removeFiles(path);
      throw error;
    }
  }

  /**
   * Adds rows, column by column: {@link VECTOR} at most. Fewer are filled up with rows of nothing, so that what DuckDB reads at
   * once later is what it was given at once here, however long the texts in it are.
   *
   * @param isLast Whether there will be no more, and nothing needs to be filled up.
   */
  append(data: readonly Cell[][], isLast: boolean): void {
    const { chunk, duckdb } = this;
    const count = isLast ? data[0]!.length : VECTOR;
    chunk.reset();
    chunk.rowCount = count;
    this.columns.forEach(({ type }, i) => {
      const cells = data[i]!;
      while (cells.length < count) cells.push(null);
      chunk.setColumnValues(i, type === "TIMESTAMP" ? cells.map((c) => timeOf(c, duckdb)) : cells);
    });
    this.appender.appendDataChunk(chunk);
  }

  /** Brings what was added out of memory. */
  flush(): void {
    this.appender.flushSync();
  }

  /**
   * Writes all rows as a Parquet file, in the order in which they came, in groups.
   *
   * @param charactersOfRow Of the texts in a row, where they are longest.
   */
  async write(to: string, charactersOfRow: number): Promise<void> {
    this.appender.flushSync();
    const groupRows = Math.min(GROUP, Math.floor(GROUP_CHARACTERS / Math.max(1, charactersOfRow)));
    // What a thread holds of long texts is more than one group.
    const threads = groupRows < GROUP / 4 ? 1 : Math.min(availableParallelism(), MOST_THREADS);
    await this.connection.run(`set threads = ${threads}`);
    if (charactersOfRow > LONG)
      await this.connection.run(`set memory_limit = ${literal(MEMORY_WHERE_LONG)}`);
    const names = this.columns.map(({ name }, i) => `c${i} as ${identifier(name)}`);
    await this.connection.run(
      `copy (select ${names.join(", ")} from store.packets where c0 is not null) to ${literal(to)} ` +
        `(format parquet, compression zstd, row_group_size ${Math.max(1, groupRows)}, use_tmp_file false)`,
    );
  }

  /** Nothing is left of the table. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    try {
      // What the appender holds is not wanted any more, but there would be no other way to close it.
      this.appender.clear();
      this.connection.closeSync();
      this.database.closeSync();
    } finally {
      removeFiles(this.path);
    }
  }
}

function timeOf(cell: Cell, { DuckDBTimestampNanosecondsValue }: DuckDBPackage) {
  return cell === null ? null : new DuckDBTimestampNanosecondsValue(cell as bigint);
}

/** What DuckDB keeps beside a database while it is open has names of its own. */
function removeFiles(path: string): void {
  rmSync(path, { force: true });
  rmSync(`${path}.wal`, { force: true });
  rmSync(`${path}.tmp`, { force: true, recursive: true });
}
