import type { PacketOptions } from "../../files/options.ts";
import type { Packet } from "../../packet/packet.ts";
import { FieldColumns } from "../columns.ts";
import type { PacketRecord, ReportOptions } from "../report.ts";
import { type Cell, fieldColumn, fixedCells, fixedColumns, type ParquetColumn } from "./columns.ts";

/** Packets as the rows of a Parquet file, whoever writes it: {@link fixedColumns}, and a column of text for each field asked for. */
export class ParquetRows {
  readonly columns: readonly ParquetColumn[];
  private readonly fields: FieldColumns;

  /** @throws ReportError for a name that no field has. */
  constructor(options: ReportOptions = {}) {
    // A column has a name that no other has.
    this.fields = new FieldColumns({ ...options, fields: [...new Set(options.fields)] }, []);
    this.columns = [...fixedColumns, ...this.fields.names.map(fieldColumn)];
  }

  /** The cells of a packet, as many as there are columns. */
  cells(packet: Packet, options?: PacketOptions, record?: PacketRecord): readonly Cell[] {
    const cells = fixedCells(packet, record?.layers);
    for (const cell of this.fields.cells(packet, options, record))
      cells.push(cell === "" ? null : cell);
    return cells;
  }
}
