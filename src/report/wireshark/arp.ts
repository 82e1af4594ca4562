import { formatHex } from "../../bytes/hex.ts";
import { readU16, readU32 } from "../../bytes/numbers.ts";
import type { Layer } from "../../schema/layer.ts";
import type { Extra, Override } from "./context.ts";

/** Octets up to the first address. */
const HEAD = 8;
const REQUEST = 1;
const REPLY = 2;
const DRARP_ERROR = 7;
const IPV4 = 0x0800;
const AX25 = 3;
const AX25_SIZE = 7;

const hardwareSize = ({ bytes, start }: Layer): number => bytes[start + 4]!;
const protocolSize = ({ bytes, start }: Layer): number => bytes[start + 5]!;
const operation = ({ bytes, start }: Layer): number => readU16(bytes, start + 6);

/** Where the target's protocol address starts. */
const targetProtocol = (layer: Layer): number =>
  layer.start + HEAD + 2 * hardwareSize(layer) + protocolSize(layer);

/** Of addresses that are not all there Wireshark shows none. */
const isWhole = (layer: Layer): boolean => targetProtocol(layer) + protocolSize(layer) <= layer.end;

const isAx25 = (layer: Layer): boolean =>
  readU16(layer.bytes, layer.start) === AX25 && hardwareSize(layer) === AX25_SIZE;

const isIpv4 = (layer: Layer): boolean =>
  readU16(layer.bytes, layer.start + 2) === IPV4 && protocolSize(layer) === 4;

/** The address of an amateur radio station, which tshark prints as it prints a MAC address. */
const formatAx25 = (b: Uint8Array, at: number): string =>
  Array.from(b.subarray(at, at + AX25_SIZE), (byte) => byte.toString(16).padStart(2, "0")).join(
    ":",
  );

/** What a packet is for, as its addresses say (RFC 5227), and addresses that Wireshark prints under other names. */
export const arpExtra: Extra = {
  protocol: "arp",
  names: [
    "arp.isgratuitous",
    "arp.isannouncement",
    "arp.isprobe",
    "arp.dst.drarp_error_status",
    "arp.src.hw_ax25",
    "arp.dst.hw_ax25",
  ],
  cells(layer, emit) {
    if (!isWhole(layer)) return;
    const { bytes } = layer;
    const senderHardware = layer.start + HEAD;
    const senderProtocol = senderHardware + hardwareSize(layer);
    const targetHardware = senderProtocol + protocolSize(layer);
    const target = targetProtocol(layer);
    if (isAx25(layer)) {
      emit("arp.src.hw_ax25", formatAx25(bytes, senderHardware));
      emit("arp.dst.hw_ax25", formatAx25(bytes, targetHardware));
    }
    if (!isIpv4(layer)) return;
    const opcode = operation(layer);
    if (opcode === DRARP_ERROR) emit("arp.dst.drarp_error_status", String(bytes[target]!));
    if (opcode !== REQUEST && opcode !== REPLY) return;
    const sender = readU32(bytes, senderProtocol);
    if (sender === readU32(bytes, target)) {
      emit("arp.isgratuitous", "1");
      const hardware = bytes.subarray(targetHardware, target);
      if (opcode === REQUEST && hardware.every((b) => b === 0)) emit("arp.isannouncement", "1");
    } else if (opcode === REQUEST && sender === 0) emit("arp.isprobe", "1");
  },
};

const whole = (
  name: string,
  print: (value: unknown) => string,
  hidden: (layer: Layer) => boolean = () => false,
): Override => ({
  name,
  cell: (value, layer) => (isWhole(layer) && !hidden(layer) ? print(value) : null),
});
const bytesCell = (value: unknown): string => formatHex(value as Uint8Array);

export const arpOverrides: readonly Override[] = [
  whole("arp.src.hw_mac", String),
  whole("arp.src.hw", bytesCell, isAx25),
  whole("arp.src.proto_ipv4", String),
  whole("arp.src.proto", bytesCell),
  whole("arp.dst.hw_mac", String),
  whole("arp.dst.hw", bytesCell, isAx25),
  whole("arp.dst.proto_ipv4", String, (layer) => operation(layer) === DRARP_ERROR),
  whole("arp.dst.proto", bytesCell),
];
