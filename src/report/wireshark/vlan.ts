import { readU16 } from "../../bytes/numbers.ts";
import { LENGTH_LIMIT } from "../../protocols/link/ethernet.ts";
import type { Layer } from "../../schema/layer.ts";
import { hexCell } from "./cell.ts";
import type { Extra, Override } from "./context.ts";
import { emitBadPadding, isPastEnd } from "./ethernet.ts";

/** IEEE 802.1Q tags: a length in the place of a type, which here may be zero too. */
export const vlanExtra: Extra = {
  protocol: "vlan",
  names: ["vlan.len", "vlan.len.past_end", "eth.padding_bad"],
  cells(layer, emit, { packet }) {
    const type = readU16(layer.bytes, layer.start + 2);
    if (type < LENGTH_LIMIT) {
      emit("vlan.len", String(type));
      if (isPastEnd(type, layer, packet)) emit("vlan.len.past_end", "1");
    }
    emitBadPadding(layer, emit);
  },
};

const isService = (layer: Layer | null): boolean => layer?.schema.name === "serviceVlan";

/** What Wireshark makes of a service tag: alone, or one of two that it shows as one layer. */
export function serviceRole(layer: Layer): "alone" | "outer" | "inner" {
  let below = 0;
  for (let l = layer.lower; l !== null && isService(l); l = l.lower) below++;
  if (below % 2 === 1) return "inner";
  return isService(layer.upper) ? "outer" : "alone";
}

/** Pairs of service tags, whose identifiers have names of their own. */
export const serviceVlanExtra: Extra = {
  protocol: "serviceVlan",
  names: ["ieee8021ad.svid", "ieee8021ad.cvid", "eth.padding_bad"],
  cells(layer, emit) {
    const role = serviceRole(layer);
    const id = String(readU16(layer.bytes, layer.start) & 0xfff);
    if (role === "outer") emit("ieee8021ad.svid", id);
    else if (role === "inner") emit("ieee8021ad.cvid", id);
    emitBadPadding(layer, emit);
  },
};

export const vlanOverrides: readonly Override[] = [
  {
    name: "vlan.etype",
    cell: (value) => ((value as number) < LENGTH_LIMIT ? null : hexCell(value as number, 4)),
  },
  {
    name: "ieee8021ad.id",
    cell: (value, layer) => (serviceRole(layer) === "alone" ? String(value) : null),
  },
  {
    name: "ieee8021ah.etype",
    cell: (value, layer) =>
      isService(layer) && serviceRole(layer) === "outer" ? null : hexCell(value as number, 4),
  },
];
