import { viewOf } from "../../schema/layer.ts";
import { hexCell } from "./cell.ts";
import type { Emit, Extra, Override } from "./context.ts";

/** The parts of an address, and what may follow it. */
interface FrameRelay {
  readonly upperDlci: number;
  readonly secondDlci: number;
  readonly thirdDlci: number | undefined;
  readonly lowerDlci: number | undefined;
  readonly numbered: { readonly value: number } | undefined;
  readonly control: number | undefined;
  readonly commandResponse: boolean;
  readonly oui: number | undefined;
  readonly pid: number | undefined;
}

/** Bits of a control field that are the modifier of unnumbered frames, and its poll or final bit. */
const MODIFIER = 0xec;
/** Unnumbered information; other unnumbered frames Wireshark does not take apart. */
const UI = 0x03;
const NUMBERED_PF = 0x100;

/** The number that the parts of an address make. */
function dlciOf({ upperDlci, secondDlci, thirdDlci, lowerDlci }: FrameRelay): number {
  let dlci = upperDlci * 16 + secondDlci;
  if (thirdDlci !== undefined) dlci = dlci * 128 + thirdDlci;
  return lowerDlci === undefined ? dlci : dlci * 64 + lowerDlci;
}

function emitControl({ numbered, control, commandResponse }: FrameRelay, emit: Emit): void {
  const name = commandResponse ? "resp" : "cmd";
  if (control !== undefined) {
    if (control !== UI) return;
    emit(`fr.control.u_modifier_${name}`, hexCell((control & MODIFIER) >> 2, 2));
    emit("fr.control.ftype", hexCell(control & 3, 2));
  } else if (numbered !== undefined) {
    if ((numbered.value & NUMBERED_PF) !== 0) emit("fr.control.p", "1");
    emit("fr.control.ftype", hexCell(0, 4));
  }
}

/** The address as a number and as octets, and what the control field says beside its declared parts. */
export const frameRelayExtra: Extra = {
  protocol: "frameRelay",
  names: [
    "fr.dlci",
    "fr.first_addr_octet",
    "fr.second_addr_octet",
    "fr.third_addr_octet",
    "fr.control.p",
    "fr.control.ftype",
    "fr.control.u_modifier_cmd",
    "fr.control.u_modifier_resp",
    "fr.snaptype",
  ],
  cells(layer, emit) {
    const header = viewOf(layer) as unknown as FrameRelay;
    const { bytes, start } = layer;
    emit("fr.dlci", String(dlciOf(header)));
    emit("fr.first_addr_octet", hexCell(bytes[start]!, 2));
    emit("fr.second_addr_octet", hexCell(bytes[start + 1]!, 2));
    if (header.thirdDlci !== undefined) emit("fr.third_addr_octet", hexCell(bytes[start + 2]!, 2));
    emitControl(header, emit);
    if (header.oui === 0 && header.pid !== undefined) emit("fr.snaptype", hexCell(header.pid, 4));
  },
};

export const frameRelayOverrides: readonly Override[] = [
  {
    // Of a control field of two octets Wireshark shows the first.
    name: "fr.control",
    cell(value) {
      const first = (value as number) & 0xff;
      return (first & 3) === 3 && first !== UI ? null : hexCell(first, 2);
    },
  },
  {
    name: "fr.snap.pid",
    cell: (value, layer) =>
      (viewOf(layer) as unknown as FrameRelay).oui === 0 ? null : hexCell(value as number, 4),
  },
];
