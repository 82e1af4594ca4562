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
    throw missingPackage("hyparquet-writer", { cause });
  }
}

/** The package, once it is loaded. @throws ReportError before. */
export function parquetPackage(): ParquetPackage {
  if (loaded === null) throw missingPackage("hyparquet-writer");
  return loaded;
}

/** What is thrown where a package that writes Parquet is not there: it says how to install it. */
export const missingPackage = (name: string, options?: ErrorOptions): ReportError =>
  new ReportError(
    "ERR_REPORT_PACKAGE",
    `parquet wants the package ${name}: npm install ${name}`,
    options,
  );
