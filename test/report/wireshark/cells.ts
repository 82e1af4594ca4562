import { createDissector } from "../../../src/packet/dissector.ts";
import { all } from "../../../src/protocols/all.ts";
import { Columns } from "../../../src/report/wireshark/columns.ts";
import type { AnyProtocol } from "../../../src/schema/protocol.ts";
import { bytes } from "../../support/packets.ts";

const dissector = createDissector(all);

/** The wanted columns of a packet of which `first` is the lowest protocol; those that are empty left out. */
export function cellsOf(
  text: string,
  first: AnyProtocol,
  ...names: readonly string[]
): Record<string, string> {
  const cells = new Columns(names).cells(dissector.dissect(bytes(text), first));
  return Object.fromEntries(
    names.map((name, i) => [name, cells[i]!] as const).filter(([, cell]) => cell !== ""),
  );
}
