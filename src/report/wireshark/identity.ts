import { formatHex } from "../../bytes/hex.ts";
import type { Layer } from "../../schema/layer.ts";
import { formatTime } from "./cell.ts";
import type { Extra, Override } from "./context.ts";
import { timestamp } from "./icmpv6-options.ts";

/** Host identity tags, which Wireshark shows as bytes. */
const tag = (name: string, from: number): Override => ({
  name: `hip.${name}`,
  cell: (_value, { bytes, start }) => formatHex(bytes.subarray(start + from, start + from + 16)),
});

/** Octets of a mobility header before what its type decides. */
const MOBILITY = 6;
const isUpdateNotification = ({ schema }: Layer): boolean =>
  (schema.caseName ?? "").startsWith("updateNotification");

/** Messages of mobility that Wireshark does not take apart. */
const mobilityExtra: Extra = {
  protocol: "mipv6",
  names: ["mip6.unknown_type_data"],
  cells(layer, emit) {
    if (isUpdateNotification(layer))
      emit(
        "mip6.unknown_type_data",
        formatHex(layer.bytes.subarray(layer.start + MOBILITY, layer.headerEnd)),
      );
  },
};

export const identityExtras: readonly Extra[] = [mobilityExtra];

/** Bytes with colons between them. */
const pairs = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");

export const identityOverrides: readonly Override[] = [
  tag("hit_sndr", 8),
  tag("hit_rcvr", 24),
  // Once as a number and once as an address.
  { name: "hip.tlv.locator_address", cell: (value) => `${value},${value}` },
  { name: "shim6.type", cell: (value) => ((value as number) > 127 ? null : String(value)) },
  {
    name: "mip6.lla",
    cell: (value) => (value instanceof Uint8Array ? pairs(value) : String(value)),
  },
  { name: "mip6.timestamp_tmp", cell: timestamp },
  {
    // Seconds and their fraction, the second of which Wireshark takes for nanoseconds.
    name: "mip6.mseg_id.timestamp",
    cell(value) {
      const n = value as bigint;
      return formatTime(Number(n >> 32n), Number(n & 0xffff_ffffn));
    },
  },
];
