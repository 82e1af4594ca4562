import type { PacketOptions } from "../../files/options.ts";
import type { Packet } from "../../packet/packet.ts";
import { FieldColumns } from "../columns.ts";
import type { PacketRecord, Report, ReportOptions } from "../report.ts";
import { csvCell, csvRow, spreadsheetText } from "./cells.ts";

/**
 * The columns unless others are asked for: which packet, when, how long, between whom. All are fields by their names, so
 * that what stands in a column is what every other program with these names shows, and none needs what came before.
 */
export const defaultFields: readonly string[] = [
  ...["frame.number", "frame.time_epoch", "frame.len", "eth.src", "eth.dst", "eth.type"],
  ...["ip.src", "ip.dst", "ip.proto", "ipv6.src", "ipv6.dst", "ipv6.nxt"],
  ...["tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport"],
];

/** What tells a spreadsheet that the file is UTF-8. */
const BYTE_ORDER_MARK = "\ufeff";

/**
 * Comma-separated values as RFC 4180 has them: a header line of field names, a line for each packet, lines that end with
 * carriage return and line feed, cells in quotes where they must be. Cells are what {@link FieldColumns} gives, to the
 * letter; with `forSpreadsheet`, what a spreadsheet would compute is kept from being computed.
 */
export class CsvReport implements Report {
  readonly format = "csv";
  readonly extension = "csv";
  private readonly columns: FieldColumns;
  private readonly forSpreadsheet: boolean;

  /** @throws ReportError for a name that no field has. */
  constructor(options: ReportOptions = {}) {
    this.columns = new FieldColumns(options, defaultFields);
    this.forSpreadsheet = options.forSpreadsheet ?? false;
  }

  start(): string {
    return (this.forSpreadsheet ? BYTE_ORDER_MARK : "") + this.row(this.columns.names);
  }

  packet(packet: Packet, options?: PacketOptions, record?: PacketRecord): string {
    return this.row(this.columns.cells(packet, options, record));
  }

  end(): string {
    return "";
  }

  private row(values: readonly string[]): string {
    const shown = this.forSpreadsheet ? values.map(spreadsheetText) : values;
    return csvRow(shown.map(csvCell));
  }
}
