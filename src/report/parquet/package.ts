import { ReportError } from "../errors.ts";

/** What of `hyparquet-writer` is used. */
export type ParquetPackage = Pick<
  typeof import("hyparquet-writer"),
  "ParquetWriter" | "ByteWriter"
>;

let loaded: ParquetPackage | null = null;

/**
 * Loads the package that writes Parquet, which nobody else needs and not everybody has.
 *
 * @throws ReportError that says how to install it.
 */
export async function loadParquet(
  load: () => Promise<ParquetPackage> = () => import("hyparquet-writer"),
): Promise<ParquetPackage> {
  try {
    loaded = await load();
    return loaded;
  } catch (cause) {
    throw missing({ cause });
  }
}

/** The package, once it is loaded. @throws ReportError before. */
export function parquetPackage(): ParquetPackage {
  if (loaded === null) throw missing();
  return loaded;
}

const missing = (options?: ErrorOptions): ReportError =>
  new ReportError(
    "ERR_REPORT_PACKAGE",
    "parquet wants the package hyparquet-writer: npm install hyparquet-writer",
    options,
  );
