import type { PacketOptions } from "../../files/options.ts";
import type { Packet } from "../../packet/packet.ts";
import { FieldColumns } from "../columns.ts";
import type { PacketRecord, Report, ReportOptions } from "../report.ts";
import { type Cell, fieldColumn, fixedCells, fixedColumns, type ParquetColumn } from "./columns.ts";
import { parquetPackage } from "./package.ts";

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
 * A Parquet file, for DuckDB, pandas, Spark and whatever else reads columns: those of {@link fixedColumns}, and a column of
 * text for each field asked for. Rows are held back until there is a group of them.
 */
export class ParquetReport implements Report {
  readonly format = "parquet";
  readonly extension = "parquet";
  private readonly fields: FieldColumns;
  private readonly columns: readonly ParquetColumn[];
  private readonly bytes: InstanceType<ReturnType<typeof parquetPackage>["ByteWriter"]>;
  private readonly writer: InstanceType<ReturnType<typeof parquetPackage>["ParquetWriter"]>;
  private data: Cell[][];
  private characters: number;

  /** @throws ReportError for a name that no field has, and where the package was not loaded. */
  constructor(options: ReportOptions = {}) {
    const { ParquetWriter, ByteWriter } = parquetPackage();
    // A column has a name that no other has.
    this.fields = new FieldColumns({ ...options, fields: [...new Set(options.fields)] }, []);
    this.columns = [...fixedColumns, ...this.fields.names.map(fieldColumn)];
    this.bytes = new ByteWriter();
    const root = { name: "packets", num_children: this.columns.length };
    const schema = [root, ...this.columns.map(schemaElement)];
    this.writer = new ParquetWriter({ writer: this.bytes, schema, createdBy: "wirecraft" });
    this.data = this.columns.map(() => []);
    this.characters = 0;
  }

  start(): Uint8Array {
    return this.take();
  }

  packet(packet: Packet, options?: PacketOptions, record?: PacketRecord): Uint8Array {
    const cells = fixedCells(packet, record?.layers);
    for (const cell of this.fields.cells(packet, options, record))
      cells.push(cell === "" ? null : cell);
    cells.forEach((cell, i) => {
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
    const rows = data[0]!.length;
    if (rows === 0) return;
    const columnData = this.columns.map(({ name }, i) => ({ name, data: data[i]! }));
    this.writer.write({ columnData, rowGroupSize: rows });
    this.data = this.columns.map(() => []);
    this.characters = 0;
  }

  /** What was written since the last time. The writer goes on counting from the beginning of the file. */
  private take(): Uint8Array {
    const bytes = this.bytes.getBytes().slice();
    this.bytes.index = 0;
    return bytes;
  }
}
