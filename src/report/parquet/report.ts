import type { PacketOptions } from "../../files/options.ts";
import type { Packet } from "../../packet/packet.ts";
import type { PacketRecord, Report, ReportOptions } from "../report.ts";
import type { Cell, ParquetColumn } from "./columns.ts";
import { parquetPackage } from "./package.ts";
import { ParquetRows } from "./rows.ts";

/** Rows that are compressed together, and the characters of them that are waited for at most. */
const ROWS = 65_536;
const CHARACTERS = 32 << 20;

const NOTHING = new Uint8Array(0);

/** What a column is called in the file's own words. */
function schemaElement({ name, type, isOptional }: ParquetColumn) {
  const repetition = isOptional ? ("OPTIONAL" as const) : ("REQUIRED" as const);
  const own = { name, repetition_type: repetition };
  if (type === "TEXT")
    return { ...own, type: "BYTE_ARRAY" as const, converted_type: "UTF8" as const };
  if (type !== "TIMESTAMP") return { ...own, type };
  const time = { type: "TIMESTAMP" as const, isAdjustedToUTC: false, unit: "NANOS" as const };
  return { ...own, type: "INT64" as const, logical_type: time };
}

/**
 * A Parquet file, for DuckDB, pandas, Spark and whatever else reads columns: those of {@link ParquetRows}.
 * Rows are held back until there is a group of them.
 */
export class ParquetReport implements Report {
  readonly format = "parquet";
  readonly extension = "parquet";
  private readonly rows: ParquetRows;
  private readonly bytes: InstanceType<ReturnType<typeof parquetPackage>["ByteWriter"]>;
  private readonly writer: InstanceType<ReturnType<typeof parquetPackage>["ParquetWriter"]>;
  private data: Cell[][];
  private characters: number;

  /** @throws ReportError for a name that no field has, and where the package was not loaded. */
  constructor(options: ReportOptions = {}) {
    const { ParquetWriter, ByteWriter } = parquetPackage();
    this.rows = new ParquetRows(options);
    const { columns } = this.rows;
    this.bytes = new ByteWriter();
    const root = { name: "packets", num_children: columns.length };
    const schema = [root, ...columns.map(schemaElement)];
    this.writer = new ParquetWriter({ writer: this.bytes, schema, createdBy: "wirecraft" });
    this.data = columns.map(() => []);
    this.characters = 0;
  }

  start(): Uint8Array {
    return this.take();
  }

  packet(packet: Packet, options?: PacketOptions, record?: PacketRecord): Uint8Array {
    this.rows.cells(packet, options, record).forEach((cell, i) => {
      this.data[i]!.push(cell);
      if (typeof cell === "string") this.characters += cell.length;
    });
    if (this.data[0]!.length < ROWS && this.characters < CHARACTERS) return NOTHING;
    this.writeRows();
    return this.take();
  }

  end(): Uint8Array {
    this.writeRows();
    this.writer.finish();
    return this.take();
  }

  private writeRows(): void {
    const { data } = this;
    const { columns } = this.rows;
    const count = data[0]!.length;
    if (count === 0) return;
    const columnData = columns.map(({ name }, i) => ({ name, data: data[i]! }));
    this.writer.write({ columnData, rowGroupSize: count });
    this.data = columns.map(() => []);
    this.characters = 0;
  }

  /** What was written since the last time. The writer goes on counting from the beginning of the file. */
  private take(): Uint8Array {
    const bytes = this.bytes.getBytes().slice();
    this.bytes.index = 0;
    return bytes;
  }
}
