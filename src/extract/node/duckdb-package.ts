import { missingPackage } from "../../report/parquet/package.ts";

/** What of `@duckdb/node-api` is used. */
export type DuckDBPackage = Pick<
  typeof import("@duckdb/node-api"),
  | "DuckDBInstance"
  | "DuckDBDataChunk"
  | "DuckDBTimestampNanosecondsValue"
  | "BIGINT"
  | "INTEGER"
  | "TIMESTAMP_NS"
  | "VARCHAR"
>;

/** Who writes a Parquet report. */
export type ParquetWriter = "duckdb" | "hyparquet";

/**
 * Loads DuckDB, which not everybody has, and which has no build for some machines; `null` where it does not load and nobody
 * asked for it by name.
 *
 * @throws ReportError that says how to install it, where it was asked for.
 */
export async function loadDuckDB(
  isAsked: boolean,
  load: () => Promise<DuckDBPackage> = () => import("@duckdb/node-api"),
): Promise<DuckDBPackage | null> {
  try {
    return await load();
  } catch (cause) {
    if (isAsked) throw missingPackage("@duckdb/node-api", { cause });
    return null;
  }
}
