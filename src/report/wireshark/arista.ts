import { readU16 } from "../../bytes/numbers.ts";
import type { Layer } from "../../schema/layer.ts";
import { hexCell } from "./cell.ts";
import type { Extra, Override } from "./context.ts";

/** The versions that Wireshark knows: 64 or 48 bits, TAI or UTC, of the first generation of the hardware. */
const known: ReadonlySet<number> = new Set([0x0010, 0x0110, 0x0020, 0x0120]);

/** A header of another sub-type holds no time. */
const TIMESTAMP = 1;
const holdsTime = (layer: Layer): boolean => readU16(layer.bytes, layer.start) === TIMESTAMP;
const versionOf = (layer: Layer): number => readU16(layer.bytes, layer.start + 2);

/** Whether Wireshark stops behind the version. The times of later hardware, which lie the same way, it does not show. */
export const isUnknownAristaTime = (layer: Layer): boolean =>
  layer.schema.name === "arista" && holdsTime(layer) && !known.has(versionOf(layer));

/** The heading of either time, or that there is none. */
export const aristaExtra: Extra = {
  protocol: "arista",
  names: ["avsp.64ts", "avsp.48ts", "avsp.ts.unknown_version"],
  cells(layer, emit) {
    if (isUnknownAristaTime(layer)) emit("avsp.ts.unknown_version", "1");
    else if (holdsTime(layer))
      emit((versionOf(layer) & 0xf0) === 0x10 ? "avsp.64ts" : "avsp.48ts", "1");
  },
};

const onlyOfKnown = (name: string, print: (value: unknown) => string): Override => ({
  name,
  cell: (value, layer) => (isUnknownAristaTime(layer) ? null : print(value)),
});

export const aristaOverrides: readonly Override[] = [
  ...["avsp.64sec", "avsp.64ns", "avsp.48sec", "avsp.48ns"].map((n) => onlyOfKnown(n, String)),
  onlyOfKnown("avsp.etype", (value) => hexCell(value as number, 4)),
];
