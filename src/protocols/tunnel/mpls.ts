import { bits, flag, u8, u16 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { protocol } from "../../schema/protocol.ts";
import type { AnySchema, Lookup } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { mplsAssociatedChannelNames, mplsLabelNames } from "../iana/mpls.ts";
import { ethernet, etherTypes } from "../link/ethernet.ts";
import { pppProtocols } from "../link/ppp/ppp.ts";
import { ipProtocols } from "../network/ipv4.ts";
import { udpPorts } from "../transport/udp.ts";

/** What follows a label is agreed between routers: protocols bound here, by label, come before any guess. */
export const mplsLabels = table("mpls.label", mplsLabelNames);

/** IANA MPLS generalised associated channel types. */
export const associatedChannels = table("pwach.channel_type", mplsAssociatedChannelNames);

/** The generic associated channel label: a channel header follows (RFC 5586 §4). */
const GAL = 13;

/** Control word of a pseudowire that carries Ethernet (RFC 4448 §4.6). */
export const pwEthernet = protocol({
  name: "pwEthernet",
  label: "PW-Ethernet",
  title: "Ethernet Pseudowire Control Word",
  spec: "RFC 4448",
  filter: "pweth",
})
  .fields({
    zero: bits(4, "Zero", { filter: null }),
    reserved: bits(12, "Reserved", { filter: null }),
    seq: u16("Sequence Number", { filter: "cw.sequence_number" }),
  })
  .payload({ next: ethernet });

/** Generic control word of a pseudowire (RFC 4385 §3). What it carries is agreed between the ends. */
export const pwControlWord = protocol({
  name: "pwControlWord",
  label: "PW-CW",
  title: "Pseudowire Control Word",
  spec: "RFC 4385",
  filter: "pwmcw",
}).fields({
  zero: bits(4, "Zero", { filter: null }),
  flags: bits(6, "Flags and Fragmentation", { base: "hex", digits: 4 }),
  length: bits(6, "Length", {
    note: "Of control word and payload, where that is below 64; else zero.",
  }),
  seq: u16("Sequence Number", { filter: "sequence_number" }),
});

/** Associated channel of a pseudowire or label switched path (RFC 4385 §5, RFC 5586 §2). */
export const pwAssociatedChannel = protocol({
  name: "pwAssociatedChannel",
  label: "PW-ACH",
  title: "Pseudowire Associated Channel Header",
  spec: "RFC 5586",
  filter: "pwach",
})
  .fields({
    one: bits(4, "First Nibble", { filter: null, default: 1 }),
    version: bits(4, "Version", { filter: "ver" }),
    reserved: u8("Reserved", { filter: "res", base: "hex" }),
    channelType: u16("Channel Type", {
      filter: "channel_type",
      base: "hex",
      names: mplsAssociatedChannelNames,
    }),
  })
  .payload({
    next: {
      table: associatedChannels,
      by: "channelType",
      otherwise: (h, lookup) => {
        if (h.channelType === 0x0021) return lookup(etherTypes, 0x0800);
        return h.channelType === 0x0057 ? lookup(etherTypes, 0x86dd) : undefined;
      },
    },
  });

/** Two MAC addresses of which the second is no group address, and an EtherType or length in use. */
function looksLikeEthernet(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < 14 || (bytes[at + 6]! & 1) !== 0) return false;
  const type = (bytes[at + 12]! << 8) | bytes[at + 13]!;
  return (
    type <= end - at - 14 ||
    type === 0x0800 ||
    type === 0x0806 ||
    type === 0x86dd ||
    type === 0x8100
  );
}

/** No field says what is under the last label: the first half byte must (RFC 4928 §3), and what bytes look like. */
function underLastLabel(layer: Layer, label: number, lookup: Lookup): AnySchema | undefined {
  const bound = lookup(mplsLabels, label);
  if (bound !== undefined) return bound;
  const { bytes, headerEnd: at, end } = layer;
  if (label === GAL) return pwAssociatedChannel;
  switch (bytes[at]! >> 4) {
    case 4:
      return lookup(etherTypes, 0x0800);
    case 6:
      return lookup(etherTypes, 0x86dd);
    case 1:
      return pwAssociatedChannel;
    case 0:
      if (looksLikeEthernet(bytes, at + 4, end)) return pwEthernet;
      if (looksLikeEthernet(bytes, at, end)) return ethernet;
      // Nothing tells what a pseudowire carries; most carry Ethernet.
      return end - at >= 18 ? pwEthernet : pwControlWord;
    default:
      return undefined;
  }
}

/** One entry of an MPLS label stack (RFC 3032 §2.1): each is a layer, the last one has `bottom` set. */
export const mpls = protocol({
  name: "mpls",
  title: "MultiProtocol Label Switching Header",
  spec: "RFC 3032",
  over: [
    etherTypes.at(0x8847, 0x8848),
    ipProtocols.at(137),
    udpPorts.at(6635),
    pppProtocols.at(0x0281, 0x0283),
  ],
  tunnel: true,
})
  .fields({
    // Those below have meanings of their own (RFC 7274 §3).
    label: bits(20, "Label", { names: mplsLabelNames, valid: [16, 0xfffff] }),
    trafficClass: bits(3, "Traffic Class", { filter: "exp" }),
    bottom: flag("Bottom of Stack", {
      computed: (layer) => layer.upper === null || layer.upper.schema.name !== "mpls",
    }),
    ttl: u8("Time to Live", { default: 64, valid: [1, 255] }),
  })
  .payload({
    next: (h, lookup) => (h.bottom ? underLastLabel(h.layer, h.label, lookup) : mplsItself()),
  });

/** Its own declaration cannot be named while it is being made. */
function mplsItself(): AnySchema {
  return mpls;
}
