import { openCapture } from "../node/open.ts";
import { standardOutput } from "../node/output.ts";
import { all } from "../protocols/all.ts";
import { Columns, fieldNames } from "../report/wireshark/columns.ts";
import { dissectorFor, forPackets, wholeNumber } from "./input.ts";
import { UsageError } from "./run.ts";

interface FieldsOptions {
  readonly list?: boolean;
  readonly field?: readonly string[];
  readonly count?: string;
  readonly decodeAs?: readonly string[];
}

/** `wirecraft fields`: columns as `tshark -n -T fields` prints them. */
export async function fields(path: string | undefined, options: FieldsOptions): Promise<void> {
  if (options.list) {
    const out = standardOutput();
    out.write(
      fieldNames(all)
        .map((name) => `${name}\n`)
        .join(""),
    );
    out.finish();
    return;
  }
  const names = options.field ?? [];
  if (path === undefined) throw new UsageError("fields: which capture? (- is standard input)");
  if (names.length === 0) throw new UsageError("fields: name at least one field with -e");
  const count = wholeNumber("-c", options.count);
  const columns = new Columns(names);
  const out = standardOutput();
  const capture = openCapture(path, {
    dissector: dissectorFor(options.decodeAs),
    customBlocks: true,
  });
  try {
    await forPackets(capture, count, (packet) => {
      out.write(`${columns.cells(packet, capture.optionsOf(packet)).join("\t")}\n`);
    });
  } finally {
    out.finish();
  }
}
