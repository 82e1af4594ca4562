import { readU16 } from "../../bytes/numbers.ts";
import { hexCell } from "./cell.ts";
import type { Extra, Override } from "./context.ts";

/** Bits of the first octet of a control field that are the modifier of unnumbered frames, and its poll or final bit. */
const MODIFIER = 0xec;
const UNNUMBERED_PF = 0x10;

/** What the control field says beside its declared parts. */
export const llcExtra: Extra = {
  protocol: "llc",
  names: [
    "llc.control.p",
    "llc.control.f",
    "llc.control.ftype",
    "llc.control.u_modifier_cmd",
    "llc.control.u_modifier_resp",
  ],
  cells({ bytes, start, headerEnd }, emit) {
    const at = start + 2;
    if (at >= headerEnd) return;
    const control = bytes[at]!;
    const unnumbered = (control & 3) === 3;
    if (!unnumbered && at + 1 >= headerEnd) return;
    const isResponse = (bytes[start + 1]! & 1) !== 0;
    const isSet = unnumbered ? (control & UNNUMBERED_PF) !== 0 : (bytes[at + 1]! & 1) !== 0;
    const isInformation = (control & 1) === 0;
    if (isSet) emit(isResponse && !isInformation ? "llc.control.f" : "llc.control.p", "1");
    if (isInformation) emit("llc.control.ftype", hexCell(0, 4));
    if (unnumbered) {
      const name = isResponse ? "llc.control.u_modifier_resp" : "llc.control.u_modifier_cmd";
      emit(name, hexCell((control & MODIFIER) >> 2, 2));
    }
  },
};

/** Names of the protocol identifier by the organisation that gave it. */
const pidNames: ReadonlyMap<number, string> = new Map([
  [0x00000c, "llc.cisco_pid"],
  [0x00005e, "llc.iana_pid"],
  [0x000081, "llc.nortel_pid"],
  [0x00e02b, "llc.extreme_pid"],
  [0x080007, "llc.apple_atalk_pid"],
]);
const organisation = (bytes: Uint8Array, start: number): number =>
  (bytes[start]! << 16) | readU16(bytes, start + 1);

/** Protocol identifiers under the names of their organisations. */
export const snapExtra: Extra = {
  protocol: "snap",
  names: [...pidNames.values()],
  cells({ bytes, start, headerEnd }, emit) {
    const name = pidNames.get(organisation(bytes, start));
    if (name !== undefined && start + 5 <= headerEnd)
      emit(name, hexCell(readU16(bytes, start + 3), 4));
  },
};

export const llcOverrides: readonly Override[] = [
  {
    name: "llc.pid",
    cell: (value, { bytes, start }) =>
      pidNames.has(organisation(bytes, start)) ? null : hexCell(value as number, 4),
  },
];
