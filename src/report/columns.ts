import type { PacketOptions } from "../files/options.ts";
import type { Packet } from "../packet/packet.ts";
import type { AnyProtocol } from "../schema/protocol.ts";
import { ReportError } from "./errors.ts";
import type { PacketRecord, ReportOptions } from "./report.ts";
import { Columns, fieldNames } from "./wireshark/columns.ts";

/**
 * The cells of packets by Wireshark's field names, for reports with columns. A name may come twice. Names that were asked for
 * are looked up in the declarations that are given, or else in those of the dissector of the first packet; what another
 * program took apart has names of its own, which nobody here knows all of.
 */
export class FieldColumns {
  readonly names: readonly string[];
  private readonly columns: Columns;
  /** Which cell of the columns stands in each place. */
  private readonly places: readonly number[];
  private isChecked: boolean;

  /** @throws ReportError for a name that no field has, where the declarations are given. */
  constructor({ fields, protocols }: ReportOptions, unlessAsked: readonly string[]) {
    const names = fields ?? unlessAsked;
    this.names = names;
    const different = [...new Set(names)];
    this.columns = new Columns(different);
    this.places = names.map((name) => different.indexOf(name));
    this.isChecked = fields === undefined || protocols !== undefined;
    if (fields !== undefined && protocols !== undefined) checkFields(fields, protocols);
  }

  /** The cells of a packet in the order of the names, empty where it has no such field. */
  cells(packet: Packet, options?: PacketOptions, record?: PacketRecord): readonly string[] {
    const { names, places } = this;
    if (names.length === 0) return [];
    const layers = record?.layers;
    if (layers !== undefined) return names.map((name) => layers.cells.get(name) ?? "");
    if (!this.isChecked) {
      this.isChecked = true;
      checkFields(names, packet.origin.entry.dissector.protocols);
    }
    const cells = this.columns.cells(packet, options);
    return places.map((i) => cells[i]!);
  }
}

function checkFields(names: readonly string[], protocols: readonly AnyProtocol[]): void {
  const known = new Set(fieldNames(protocols));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  const which = unknown.length === 1 ? "no field is called" : "no fields are called";
  const quoted = unknown.map((name) => JSON.stringify(name)).join(", ");
  throw new ReportError("ERR_REPORT_FIELD", `${which} ${quoted}`);
}
